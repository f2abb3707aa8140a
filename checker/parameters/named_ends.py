"""Names of ends that a claim and its assumptions have themselves, however long these are.

An end that is known to many digits is named by the shortest polynomial that is nearly 0 there
(``checker.backends.algebraic.names``), which wants more digits the longer the polynomial is. But an
end has a reason, and the reason an equation. Two kinds are asked here:

- an assumption begins or ceases to hold: its two sides are equal there;
- the worst run of a loop comes to rest at a limit: for a limit x <= v of one field x whose worst
  successor G(x) reads no other field, G(v) = v there, or x = v in the state from which it sets out.

Each is a guess like any other name, and is proved like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import z3

from checker.backends.algebraic import Algebraic
from checker.backends.comparison import comparison_in
from checker.backends.roots import roots
from checker.backends.solver import constants
from checker.parameters.worst_case import WorstCase
from spec.nodes import id_of, name_of, topological


def turns_of(
    conditions: Sequence[z3.BoolRef], symbol: z3.ArithRef, low: Fraction, high: Fraction
) -> Iterator[Algebraic]:
    """Numbers between two at which a comparison of a parameter may change its truth."""
    for node in topological(conditions):
        compared = comparison_in(node)
        if compared is not None and constants(node) == {name_of(symbol)}:
            yield from roots(compared.high - compared.low, symbol, low, high)


def rests_at_limits(worst: WorstCase, low: Fraction, high: Fraction) -> Iterator[Algebraic]:
    """Numbers between two at which the worst run may come to rest at a limit of the claim."""
    for index, limit in _limits(worst):
        here = (worst.state[index], limit)
        for reached in (z3.substitute(worst.successor[index], here), worst.start[index]):
            yield from roots(reached - limit, worst.symbol, low, high)


def _limits(worst: WorstCase) -> Iterator[tuple[int, z3.ArithRef]]:
    """What the claim compares a field of the cone with, and which field."""
    fields = {id_of(worst.state[index]): index for index in worst.order.worse}
    state = {name_of(symbol) for symbol in worst.state}
    for node in topological(worst.conditions):
        compared = comparison_in(node)
        for field, limit in () if compared is None else (compared[:2], compared[1::-1]):
            if id_of(field) in fields and not constants(limit) & state:
                yield fields[id_of(field)], limit
