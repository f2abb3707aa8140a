"""Absorbing chains along a parameter: claims about where probability, or anything, ends up.

Theorem (docs/theory/regions.md, "Absorbing chains"). Once nature has chosen, a step is linear in
fields that are not below 0; some, the absorbing ones, keep what they have and feed no other. What
a clause says of those has a limit along the run of each fixed choice, a quotient of polynomials in
the parameter. Where a limit is beyond the clause, it breaks; where no choice makes the limits
greater, they bound every state of every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.equations import NOTHING, ONE, Quotients, Univariate, as_term, solution
from checker.backends.evaluator import rational
from checker.parameters.linear import LinearClause, Row, dot

Matrix = tuple[Row, ...]


@attrs.frozen
class Sign:
    """That a polynomial in the parameter is at least 0, or ``strictly`` more."""

    polynomial: Univariate
    strictly: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether it is so at a value."""
        found = self.polynomial(rational(value))
        return bool(found > 0 if self.strictly else found >= 0)

    def said(self, symbol: z3.ArithRef) -> z3.BoolRef:
        """The condition on the parameter."""
        term = as_term(self.polynomial, symbol)
        return term > 0 if self.strictly else term >= 0


Reason = tuple[Sign, ...]
"""Conditions on the parameter under which, all together, an answer is right."""


@attrs.frozen
class Kept:
    """A function of the state that no step makes greater where ``reason`` holds: ``row`` of the
    fields over ``under``, which is positive there."""

    row: Row
    under: Univariate
    reason: Reason


@attrs.frozen(slots=False)
class Chain:
    """A loop that is linear in its fields once nature has chosen.

    Args:
        seed: the first state.
        steps: for each combination of ends of nature's choices the step as a matrix, of which row i
            says what becomes of field i.
        rooms: how far the ends of each choice lie apart.
        clauses: the claim and the domain, as far as they are linear.
        all_told: whether that is all of both.
        absorbing: the fields that keep what they have and feed no other, by number.
    """

    seed: Row
    steps: tuple[Matrix, ...]
    rooms: Row
    clauses: tuple[LinearClause, ...]
    all_told: bool
    absorbing: tuple[int, ...]

    @cached_property
    def passing(self) -> list[int]:
        """The other fields."""
        return [index for index in range(len(self.seed)) if index not in self.absorbing]

    @cached_property
    def breaks(self) -> list[Reason]:
        """Conditions under each of which a clause breaks: what is passing passes, and the limit
        along the run of one fixed choice is beyond the clause."""
        possible = tuple(Sign(room) for room in self.rooms)
        return [
            (*possible, *passes, Sign(dot(limit.row, self.seed) - limit.under * c.limit, True))
            for step in self.steps
            if (passes := self._passes(step)) is not None
            for c in self.clauses
            if (limit := self._limit(step, c)) is not None
        ]

    def keeps(self, value: Fraction) -> Reason | None:
        """Conditions under which every clause holds forever, all of them true at a value; None if
        there are none."""
        if not self.all_told or not met(self._not_below_zero, value):
            return None
        found = list(self._not_below_zero)
        for ways in self._ways:
            reason = next((each for each in ways if met(each, value)), None)
            if reason is None:
                return None
            found += reason
        return tuple(found)

    @cached_property
    def _ways(self) -> list[list[Reason]]:
        """For each clause the conditions under each of which something that is kept implies it."""
        return [[self._implies(each, clause) for each in self._kept] for clause in self.clauses]

    @cached_property
    def _not_below_zero(self) -> Reason:
        """That nature has its choices, and no field of any state is below 0."""
        entries = (entry for step in self.steps for row in step for entry in row)
        return _telling(Sign(each) for each in (*self.rooms, *self.seed, *entries))

    @cached_property
    def _kept(self) -> list[Kept]:
        """What may be kept: nothing at all, two sums, the clauses as they are, and the limits."""
        size = range(len(self.seed))
        limits = (self._limit(step, clause) for step in self.steps for clause in self.clauses)
        sums = (
            Kept(tuple(ONE if index in among else NOTHING for index in size), ONE, ())
            for among in ((), size, self.passing)
        )
        own = (Kept(clause.row, ONE, ()) for clause in self.clauses)
        return [self._falling(each) for each in (*sums, *own, *limits) if each is not None]

    def _falling(self, kept: Kept) -> Kept:
        """With the conditions that no step makes it greater."""
        after = (
            sum((more * row[j] for more, row in zip(kept.row, step, strict=True)), NOTHING)
            for step in self.steps
            for j in range(len(kept.row))
        )
        here = (value for _ in self.steps for value in kept.row)
        falls = _telling(Sign(a - b) for a, b in zip(here, after, strict=True))
        return attrs.evolve(kept, reason=(*kept.reason, *falls))

    def _implies(self, kept: Kept, clause: LinearClause) -> Reason:
        """Conditions under which a clause follows from what is kept, at all states of runs."""
        more = (Sign(a - kept.under * b) for a, b in zip(kept.row, clause.row, strict=True))
        within = kept.under * clause.limit - dot(kept.row, self.seed)
        return _telling((*kept.reason, *more, Sign(within, clause.strict)))

    def _passes(self, step: Matrix) -> Reason | None:
        """Conditions under which all that is passing comes to nothing: a weighting of it that is
        not below 0 falls by the whole sum in each step."""
        found = self._balanced(step, [ONE] * len(self.passing))
        if found is None:
            return None
        return _telling((Sign(found.under, strictly=True), *map(Sign, found.over)))

    def _limit(self, step: Matrix, clause: LinearClause) -> Kept | None:
        """The function that one step leaves as it is and that agrees with a clause about absorbing
        fields; None for another clause."""
        if all(clause.row[index] == NOTHING for index in self.absorbing):
            return None
        fed = [
            sum((clause.row[i] * step[i][j] for i in self.absorbing), NOTHING) for j in self.passing
        ]
        found = self._balanced(step, fed)
        if found is None:
            return None
        row = [found.under * value for value in clause.row]
        for index, value in zip(self.passing, found.over, strict=True):
            row[index] = value
        return Kept(tuple(row), found.under, (Sign(found.under, strictly=True),))

    def _balanced(self, step: Matrix, gains: Sequence[Univariate]) -> Quotients | None:
        """The weighting of what is passing that falls by given gains: w (1 - A) = gains."""
        less = [
            [(ONE if i == j else NOTHING) - step[i][j] for i in self.passing] for j in self.passing
        ]
        return solution(less, gains)


def _telling(signs: Iterator[Sign] | Sequence[Sign]) -> Reason:
    """Conditions without those that are numbers and true, and without repetitions."""
    different = {(str(each.polynomial), each.strictly): each for each in signs}
    return tuple(
        each
        for each in different.values()
        if each.polynomial.degree() > 0 or not each.holds(Fraction(0))
    )


def met(reason: Reason, value: Fraction) -> bool:
    """Whether all conditions are true at a value."""
    return all(each.holds(value) for each in reason)
