"""What breaks a claim at one value of a parameter, said of all its values.

Nature's choices there, each where it lies between its bounds, are a strategy at every value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import z3

from checker.backends.solver import constants
from checker.system.problem import numeral_value
from spec.errors import SpecError
from spec.nature import Choice
from spec.terms import numeral

ENDS = (Fraction(0), Fraction(1))


def pinned(
    condition: z3.BoolRef,
    choices: Sequence[Choice],
    at: tuple[z3.ArithRef, Fraction],
    chosen: Mapping[str, Fraction],
) -> z3.BoolRef | None:
    """A condition with choices that meet it at a value of the parameter put in, each where it lies
    there between its bounds, or at one of these if the condition is met there too.

    Args:
        condition: over the parameter and the choices.
        choices: their bounds read the parameter and the choices before.
        at: the parameter and the value.
        chosen: the choices by their symbols' names; one that is not named is at its lower bound.

    Returns:
        A condition on the parameter alone; None where a bound has no value.
    """
    here = (at[0], numeral(at[1]))
    try:
        units = _units(choices, here, chosen)
    except SpecError:
        return None
    found = _put(condition, choices, units)
    for index in range(len(choices)):
        for end in ENDS:
            tried = [*units[:index], end, *units[index + 1 :]]
            moved = _put(condition, choices, tried)
            if z3.is_true(z3.simplify(z3.substitute(moved, here))):
                units, found = tried, moved
                break
    return found


def at_ends(
    condition: z3.BoolRef,
    choices: Sequence[Choice],
    parameter: z3.ArithRef,
    met: Callable[[z3.BoolRef], bool],
) -> z3.BoolRef:
    """A condition with choices put at ends of their bounds, the last first, each as long as it is
    still ``met``.

    What comes out has fewer choices, and is met with some of these only where the condition is met
    with some of all: whatever ``met`` says, it is the condition with terms for some choices. Ends
    that read anything else than choices and the parameter are not tried.
    """
    known = {str(parameter), *(str(choice.symbol) for choice in choices)}
    for choice in reversed(choices):
        for end in (choice.low, choice.high):
            if constants(end) <= known:
                tried = z3.simplify(z3.substitute(condition, (choice.symbol, end)))
                if met(tried):
                    condition = tried
                    break
    return condition


def _units(
    choices: Sequence[Choice],
    here: tuple[z3.ExprRef, z3.ExprRef],
    chosen: Mapping[str, Fraction],
) -> list[Fraction]:
    """Where choices lie between their bounds.

    Raises:
        SpecError: where a bound has no value.
    """
    pairs, units = [here], []
    for choice in choices:
        low, high = (
            numeral_value(z3.simplify(z3.substitute(end, *pairs)))
            for end in (choice.low, choice.high)
        )
        value = chosen.get(str(choice.symbol), low)
        pairs.append((choice.symbol, numeral(value)))
        units.append((value - low) / (high - low) if low < high else Fraction(0))
    return units


def _put(condition: z3.BoolRef, choices: Sequence[Choice], units: Sequence[Fraction]) -> z3.BoolRef:
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    for choice, unit in zip(choices, units, strict=True):
        low, high = (z3.substitute(end, *pairs) for end in (choice.low, choice.high))
        term = {Fraction(0): low, Fraction(1): high}.get(unit, low + numeral(unit) * (high - low))
        pairs.append((choice.symbol, term))
    return z3.substitute(condition, *pairs)
