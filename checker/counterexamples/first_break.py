"""The iteration at which a claim first breaks, over all runs: value iteration from the claim back.

Let a loop be one step F on the state x, nature's choices u between numbers, and every output a sum
of terms that read at most one field and at most one choice, each once. Let g be affine, g_0 = g and
g_(n+1)(x) = max over u of g_n(F(x, u)), which is a(x) + sum over the choices of max u_c h_c(x) with
affine a and h_c. *Lemma.* Let every h_c on the way be of one sign on the domain. Then every g_n is
affine there, and for a seed x_0 the greatest g(x_n) over all runs that are in the domain before x_n
is g_n(x_0). *Proof.* Each choice is at the end that the sign of h_c names, whatever the others are,
so g_(n+1) is affine again, at least g_n(F(x, u)), and equal to it at those ends. By induction on n,
g(x_n) <= g_1(x_(n-1)) <= ... <= g_n(x_0), and the run of those ends has equality throughout. ∎

The domain is part of what is claimed, so where each clause says that an affine function is at most,
or below, 0, the first n at which some g_n(x_0) says otherwise is the first at which any run breaks.
The recursion is that of finite horizons (Puterman, Markov Decision Processes, 1994, section 4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
import flint

from checker.backends.evaluator import EXACT, rational
from checker.backends.polynomials import polynomials
from checker.backends.solver import QueryBudget, parts
from checker.invariants.preimages import comparisons
from checker.system.gaps import always_a_successor
from checker.system.problem import Problem
from checker.system.replay import Units
from spec.nodes import number_in

MOST_BITS = 2_000_000
"""Bits of all coefficients together, up to which iterations are gone back."""

Row = Sequence[Any]
"""An affine function of the state: a coefficient for each field, the constant last."""


@attrs.frozen
class Earliest:
    """The first iteration at which any run breaks a claim, or None if none does so within the
    iterations that were asked about; and the choices of a run that does."""

    iteration: int | None
    units: Units = attrs.field(default=lambda iteration, stage: (), eq=False)


def first_break(problem: Problem, most: int, budget: QueryBudget) -> Earliest | None:
    """The first iteration, from 1 to ``most``, at which any run breaks a clause.

    Args:
        problem: a loop composed to one step.
        most: iterations that are asked about.
        budget: limits on the queries, and the time when all is over.

    Returns:
        None where the lemma does not apply, or the time is over.
    """
    loop = None if problem.seed_choices else _loop_of(problem)
    if loop is None or not always_a_successor(problem, budget):
        return None
    seed = [rational(value) for value in problem.seed_in(EXACT)]
    return _Backward(loop, [*seed, flint.fmpq(1)]).first(most, budget)


@attrs.frozen
class _Loop:
    """A loop to which the lemma applies, but for the signs.

    Args:
        steps: the step with all choices at 0, and for each choice what one unit of it adds. Each
            is a matrix whose rows are what becomes of the fields, and of 1.
        choices: the ends of each choice.
        fields: the ends of each field's domain, None where there is no upper one.
        claims: a row for each function that is claimed to be at most 0.
        strict: which of them are claimed to be below.
    """

    steps: tuple[Any, ...]
    choices: tuple[tuple[Any, Any], ...]
    fields: tuple[tuple[Any, Any | None], ...]
    claims: Any
    strict: tuple[bool, ...]


class _Backward:
    """The greatest values of the claimed functions, from one iteration further back each time."""

    def __init__(self, loop: _Loop, seed: Sequence[Any]) -> None:
        self._loop = loop
        self._seed = flint.fmpq_mat([[value] for value in seed])
        self._rows = loop.claims
        self._tops: list[list[list[bool]]] = []  # by iteration, function and choice

    def first(self, most: int, budget: QueryBudget) -> Earliest | None:
        """The first iteration at which one of them breaks its bound."""
        for iteration in range(1, most + 1):
            if budget.exhausted or not self._step_back():
                return None
            values = [value for (value,) in (self._rows * self._seed).tolist()]
            for number, (value, strict) in enumerate(zip(values, self._loop.strict, strict=True)):
                if value > 0 or (strict and value == 0):
                    return Earliest(iteration, self._ends(number))
        return Earliest(None)

    def _ends(self, number: int) -> Units:
        ends = [[Fraction(top) for top in tops[number]] for tops in reversed(self._tops)]
        return lambda iteration, _: ends[min(iteration, len(ends)) - 1]

    def _step_back(self) -> bool:
        """Whether the next rows are found: each slope has one sign, and the numbers are short."""
        loop = self._loop
        rows, *slopes = [(self._rows * step).tolist() for step in loop.steps]
        tops = []
        for n, row in enumerate(rows):
            signs = [sign_on(slope[n], loop.fields) for slope in slopes]
            if None in signs:
                return False
            tops.append([sign == 1 for sign in signs])
            for slope, top, (low, high) in zip(slopes, tops[-1], loop.choices, strict=True):
                row = [a + (high if top else low) * b for a, b in zip(row, slope[n], strict=True)]
            rows[n] = row
        self._rows = flint.fmpq_mat(rows)
        self._tops.append(tops)
        bits = (value.p.bit_length() + value.q.bit_length() for row in rows for value in row)
        return bool(sum(bits) <= MOST_BITS)


def sign_on(row: Row, fields: Sequence[tuple[Any, Any | None]]) -> int | None:
    """The sign of an affine function on a domain: 1 where it is nowhere below 0, -1 where it is
    nowhere above; None if it is both somewhere, or neither is seen."""
    for sign in (1, -1):
        least = sign * row[-1]
        for slope, (low, high) in zip(row[:-1], fields, strict=True):
            end = low if sign * slope >= 0 else high
            if end is None:
                break
            least += sign * slope * end
        else:
            if least >= 0:
                return sign
    return None


# --- reading a problem ----------------------------------------------------------------------------


def _loop_of(problem: Problem) -> _Loop | None:
    (step,) = problem.steps
    agent, choices = problem.agent, step.stage.choices
    ends = [
        (low, high)
        for low, high in ((number_in(choice.low), number_in(choice.high)) for choice in choices)
        if low is not None and high is not None
    ]
    if len(ends) < len(choices) or any(choice.unbounded for choice in choices):
        return None
    claims = [
        comparison
        for clause in problem.clauses[agent.name]
        for part in parts(clause.condition)
        for comparison in comparisons(part) or (None,)
    ]
    claimed = [each for each in claims if each is not None]
    if len(claimed) < len(claims):
        return None
    symbols = [*agent.symbols, *(choice.symbol for choice in choices)]
    read = polynomials([*step.stage.outputs, *(a - b for a, b, _ in claimed)], symbols)
    if read is None:
        return None
    sizes = len(agent.symbols), len(choices)
    found = [_rows(polynomial, *sizes) for polynomial in read]
    rows = [each for each in found if each is not None]
    if len(rows) < len(found):
        return None
    outputs, functions = rows[: sizes[0]], rows[sizes[0] :]
    one = [flint.fmpq(n == sizes[0]) for n in range(sizes[0] + 1)]
    nothing = [flint.fmpq(0)] * (sizes[0] + 1)
    return _Loop(
        steps=tuple(
            flint.fmpq_mat([*(row[n] for row in outputs), nothing if n else one])
            for n in range(sizes[1] + 1)
        ),
        choices=tuple(
            (rational(low), rational(high))
            for low, high in ends
            if low is not None and high is not None
        ),
        fields=tuple(
            (rational(f.low), None if f.unbounded else rational(f.high)) for f in agent.fields
        ),
        claims=flint.fmpq_mat([row[0] for row in functions]),
        strict=tuple(strict for _, _, strict in claimed),
    )


def _rows(polynomial: Any, fields: int, choices: int) -> list[list[Any]] | None:
    """A polynomial as an affine function of the fields, and one for what each choice multiplies."""
    found = [[flint.fmpq(0)] * (fields + 1) for _ in range(choices + 1)]
    for powers, value in polynomial.to_dict().items():
        of_field = [n for n, power in enumerate(powers[:fields]) if power]
        of_choice = [n for n, power in enumerate(powers[fields:], start=1) if power]
        if max(powers, default=0) > 1 or len(of_field) > 1 or len(of_choice) > 1:
            return None
        found[of_choice[0] if of_choice else 0][of_field[0] if of_field else fields] += value
    return found
