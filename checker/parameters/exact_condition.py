"""Exact conditions on one parameter: at which of its values a claim holds forever.

Theorems: docs/theory/regions.md, "Thresholds with several ends". A condition answers for single
numbers, rational or algebraic, and for all numbers between two. Where the parameter has a direction
does not matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction

import attrs
import z3

from checker.backends.algebraic import Algebraic, rational
from checker.backends.solver import QueryBudget, satisfy
from checker.parameters.comparisons import with_limits, without_limits
from checker.parameters.ends_up import ends_up
from checker.parameters.exact_threshold import breaks_soon, is_inductive
from checker.parameters.first_steps import first_steps
from checker.parameters.kept_bounds import kept_bounds, narrowed
from checker.parameters.meaning import Condition, Meaning, OfMeaning, Span, value_of
from checker.parameters.named_ends import rests_at_limits
from checker.parameters.observable import observed_loop
from checker.parameters.observed_condition import KeepsObserved
from checker.parameters.observed_runs import ObservedRuns
from checker.parameters.obstacles import NotExact, Obstacle
from checker.parameters.one_number import OneNumber, one_number
from checker.parameters.short_runs import ShortRun, first_breaks, short_run
from checker.parameters.worst_case import (
    WorstCase,
    breakable,
    met_all_over,
    require_one_seed,
    with_direction,
    worst_case_on,
)
from checker.system.parametric import Interval, ParametricProblem
from checker.system.region import Box
from spec.statements.base import Answer

HASTY_SECONDS = 1.0
"""For a search for a condition that may take long, before others are tried."""


@attrs.frozen
class Settles(OfMeaning):
    """A claim about a monotone loop: it holds where its worst case settles.

    Args:
        worst: the worst case, whatever the direction of the parameter.
        claim: what is claimed.
        closed: the same with every comparison non-strict.
        inside: the same with every comparison strict.
        meaning: where the claim means something.
    """

    worst: WorstCase
    claim: tuple[z3.BoolRef, ...]
    closed: tuple[z3.BoolRef, ...]
    inside: tuple[z3.BoolRef, ...]
    meaning: Meaning

    @property
    def strict(self) -> bool:
        """Whether the claim has limits that must not be reached."""
        return any(not a.eq(b) for a, b in zip(self.claim, self.closed, strict=True))

    @property
    def enough(self) -> tuple[z3.BoolRef, ...]:
        """What a point that settles must meet for the claim to hold."""
        return self.inside if self.strict else self.closed

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        try:
            if self.worst.exists(self.worst.settled(self.enough), [*there, *self.worst.given]):
                return Answer.PROVED
            settles = self.strict and self.worst.exists(
                self.worst.settled(self.closed), [*there, *self.worst.given]
            )
        except NotExact:
            return Answer.UNKNOWN
        if not settles:
            return Answer.REFUTED
        if is_inductive(self.worst, self.claim, there):
            return Answer.PROVED
        return Answer.REFUTED if breaks_soon(self.worst, self.claim, there) else Answer.UNKNOWN

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        where = [*where, *self.worst.given]
        settled = [*where, *self.worst.settled(self.closed)]
        if satisfy(settled, self.worst.budget).unsat:
            return True
        return self.strict and breaks_soon(self.worst, self.claim, where)

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        where = [*where, *self.worst.given]
        if self.strict and is_inductive(self.worst, self.claim, where):
            return True
        return self._by_direction(span) or self.worst.exists_all_over(
            self.worst.settled(self.enough), where
        )

    def _by_direction(self, span: Span) -> bool:
        """Whether the parameter has a direction in a span, and the claim holds at its worse end."""
        ends = (span.low.low, span.high.high)
        low, high = self.worst.bounds
        inner = attrs.evolve(self.worst, bounds=(max(low, ends[0]), min(high, ends[1])))
        directed = with_direction(inner)
        if not directed.directed:
            return False
        end = span.high if directed.rising else span.low
        there = [*end.says(self.worst.symbol), *directed.given]
        return satisfy([*there, *self.worst.settled(self.enough)], self.worst.budget).sat

    def named(self, low: Fraction, high: Fraction) -> Iterator[Algebraic]:
        """Numbers between two at which the answer may turn: where the claim begins or ceases to
        mean something, or the worst run comes to rest at a limit."""
        yield from super().named(low, high)
        yield from rests_at_limits(self.worst, low, high)

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        symbol, budget = self.worst.symbol, self.worst.budget
        where = span.holds(symbol)
        if answer is Answer.VACUOUS:
            return self.meaning.another(where, means=True)
        found = self.meaning.another(where, means=False)
        if found is None and answer is Answer.REFUTED:
            found = value_of(symbol, [*where, *self.worst.settled(self.closed)], budget)
        return found


@attrs.frozen
class SettlesBetween(OfMeaning):
    """A claim about one number, in modes: it holds where the ends between which it lies settle."""

    found: OneNumber
    meaning: Meaning

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        if satisfy([*there, self.found.inside], self.meaning.budget).sat:
            return Answer.PROVED
        return Answer.REFUTED if self._broken(None, there) else Answer.UNKNOWN

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        return satisfy([*where, self.found.settled], self.meaning.budget).unsat

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        return met_all_over(self.found.ends, self.found.inside, where, self.meaning.budget)

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        where = span.holds(self.found.symbol)
        if answer is not Answer.REFUTED:
            return self.meaning.another(where, means=answer is Answer.VACUOUS)
        return value_of(self.found.symbol, [*where, self.found.settled], self.meaning.budget)


@attrs.frozen
class KeepsAwhile(OfMeaning):
    """A claim that holds where the first few states of a few runs meet it.

    Without ``exactly``, it breaks where they do not, and elsewhere nothing is known.
    """

    run: ShortRun
    meaning: Meaning
    exactly: bool = True

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        if self._holds(there):
            return Answer.PROVED
        return Answer.REFUTED if self._broken(None, there) else Answer.UNKNOWN

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        return satisfy([*where, self.run.keeps], self.meaning.budget).unsat

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        return self._holds(where)

    def _holds(self, where: list[z3.BoolRef]) -> bool:
        against = [*where, z3.Not(self.run.keeps)]
        return self.exactly and satisfy(against, self.meaning.budget).unsat

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        where = span.holds(self.run.symbol)
        if answer is Answer.VACUOUS:
            return self.meaning.another(where, means=True)
        found = self.meaning.another(where, means=False)
        if found is None:
            keeps = self.run.keeps
            against = z3.Not(keeps) if answer is Answer.PROVED else keeps
            found = value_of(self.run.symbol, [*where, against], self.meaning.budget)
        return found


@attrs.frozen
class Together:
    """Several parts of a claim, which holds where each of them does."""

    parts: tuple[Settles, ...]

    def at(self, number: Algebraic) -> Answer:
        """The answer at a number."""
        return _of_all([part.at(number) for part in self.parts])

    def likely(self, number: Algebraic) -> Answer:
        """The answer at a number."""
        return self.at(number)

    def between(self, values: Mapping[Answer, Fraction]) -> Callable[[Fraction], Answer]:
        """Guesses of the answers between two values."""
        return lambda value: self.at(rational(value))

    def all_over(self, span: Span, answer: Answer) -> bool:
        """Whether an answer is proved all over a span."""
        shown = (part.all_over(span, answer) for part in self.parts)
        return all(shown) if answer is Answer.PROVED else any(shown)

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        found = (part.another(span, answer) for part in self.parts)
        return next((value for value in found if value is not None), None)

    def named(self, low: Fraction, high: Fraction) -> Iterator[Algebraic]:
        """Numbers between two at which the answer of a part may turn."""
        return itertools.chain.from_iterable(part.named(low, high) for part in self.parts)


def _of_all(answers: Sequence[Answer]) -> Answer:
    for one in (Answer.VACUOUS, Answer.REFUTED, Answer.UNKNOWN):
        if one in answers:
            return one
    return Answer.PROVED


Way = Callable[[ParametricProblem, Interval, Meaning], Condition]
"""A condition on the parameter in an interval; raises ``NotExact`` where it has none."""


def exact_conditions(
    parametric: ParametricProblem,
    span: Interval,
    budget: QueryBudget,
    ways: Sequence[Way] | None = None,
) -> Iterator[Condition]:
    """Conditions that are exact at every value in an interval, each found when it is asked for, in
    all ways or in some.

    What one answers is proved, and another may answer where it is silent. Those come first of which
    it is soon known whether there is one.

    Raises:
        NotExact: where the seed is a set, and the ways are not told.
    """
    if ways is None:
        require_one_seed(parametric)
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, budget)
    soon: tuple[Way, ...] = (ends_up, _monotone, _one_number, _awhile_soon, _observed)
    for way in (*soon, _awhile, _in_kept_bounds, first_steps) if ways is None else ways:
        if budget.exhausted:
            return
        try:
            condition = way(parametric, span, meaning)
        except NotExact:
            continue
        yield condition


def _monotone(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> Condition:
    return _settles(worst_case_on(parametric, span, meaning.budget), meaning)


def _one_number(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> Condition:
    return SettlesBetween(one_number(parametric, span, meaning.budget), meaning)


def _observed(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> Condition:
    """A condition by an observable, if it says anything in the middle of an interval."""
    loop = observed_loop(parametric, meaning.budget)
    found = KeepsObserved(ObservedRuns(loop), meaning)
    if found.at(rational((span[0] + span[1]) / 2)) is Answer.UNKNOWN:
        raise NotExact(Obstacle.NO_ORDER)
    return found


def _awhile(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> Condition:
    return KeepsAwhile(short_run(parametric, span, meaning.budget), meaning)


def _awhile_soon(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> Condition:
    """A condition by short runs, if it is soon found."""
    return KeepsAwhile(short_run(parametric, span, meaning.budget.within(HASTY_SECONDS)), meaning)


def _in_kept_bounds(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> Condition:
    """A condition in a domain that is narrowed to bounds which are kept, or clause by clause."""
    kept = kept_bounds(parametric, span, meaning.budget)
    if kept is not None:
        with suppress(NotExact):
            return _within(parametric, span, meaning, kept)
    return _within(parametric, span, meaning, None)


def breaking_condition(
    parametric: ParametricProblem, span: Interval, budget: QueryBudget
) -> Condition:
    """A condition that says only where the claim breaks within the first few iterations.

    Raises:
        NotExact: where the seed is a set.
    """
    require_one_seed(parametric)
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, budget)
    return KeepsAwhile(first_breaks(parametric, span, budget), meaning, exactly=False)


def _within(
    parametric: ParametricProblem, span: Interval, meaning: Meaning, kept: Box | None
) -> Condition:
    """A condition on the claim in a narrower domain: on all of it, or on each of its clauses.

    Bounds of the domain that may be left are asked about as clauses of the claim are. Where the
    domain implies the whole claim, what is left to ask is whether it is kept.

    Raises:
        NotExact: where a clause has none.
    """
    problem, budget = parametric.problem.composed(), meaning.budget
    if kept is not None:
        with suppress(NotExact):
            return _settles(worst_case_on(parametric, span, budget, kept), meaning)
        problem = narrowed(problem, kept)
    bounds = breakable(parametric, span, problem, budget)
    asked = (*problem.claimed(problem.agent), *bounds) or problem.domain(problem.agent)
    parts = [
        _settles(worst_case_on(parametric, span, budget, kept, [clause], bounds), meaning)
        for clause in asked
    ]
    return Together(tuple(parts))


def _settles(worst: WorstCase, meaning: Meaning) -> Settles:
    closed = tuple(with_limits(condition) for condition in worst.conditions)
    inside = tuple(without_limits(condition) for condition in worst.conditions)
    return Settles(worst, worst.conditions, closed, inside, meaning)
