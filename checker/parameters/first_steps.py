"""Loops whose claim is inductive where no run breaks it within its first few steps.

Theorem (docs/theory/regions.md, "First steps"). Where some choices of nature lead from the seed to
a state that breaks a clause, the claim breaks; where the clauses are inductive, it holds. Neither
needs the other: of a value at which neither is shown nothing is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.algebraic import Algebraic, rational
from checker.backends.solver import QueryBudget, follows, satisfy
from checker.parameters.comparisons import with_limits
from checker.parameters.escapes import escapes, moves
from checker.parameters.free_runs import FreeRun, followed_runs, free_runs
from checker.parameters.kept_parts import kept_parts
from checker.parameters.meaning import Meaning, OfMeaning, Span, near_ends, value_of
from checker.parameters.observable import steady_fields
from checker.parameters.obstacles import NotExact, Obstacle, require
from checker.parameters.passed_through import (
    OneNumber,
    one_number,
    passed_through,
    passing_run,
)
from checker.parameters.worst_case import met_all_over
from checker.system.gaps import met
from checker.system.obligations import at, preservation
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Clause, ClauseKind, Problem
from spec.statements.base import Answer
from spec.terms import numeral

LONGEST = 3
"""Steps after which a break is looked for."""
SOON = 1.0
"""Seconds for a query that may be answered in another way."""
MOST_QUANTIFIED = 4
"""Choices of a run that is asked about with a quantifier."""
MOST_STRATEGIES = 8
"""That are tried to break the claim all over an interval."""


@attrs.frozen(slots=False)
class FirstSteps(OfMeaning):
    """A claim that breaks where some run breaks it within a few steps, and holds where it is
    inductive."""

    parametric: ParametricProblem
    meaning: Meaning
    _enough: list[tuple[Clause, ...]] = attrs.field(factory=list, init=False, eq=False)
    """What was kept when the claim was last proved by it."""

    @cached_property
    def problem(self) -> Problem:
        """The loop by whole iterations."""
        return self.parametric.problem.composed()

    @cached_property
    def one_number(self) -> OneNumber | None:
        """The loop as one that reads one number."""
        return one_number(self.problem)

    @cached_property
    def moves(self) -> list[z3.BoolRef]:
        """That a field rises, or falls."""
        over = self.problem.over(self.parametric.choices(self.parametric.domain))
        return list(moves(self.problem, over))

    @cached_property
    def runs(self) -> list[FreeRun]:
        """The runs of no step, of one, and so on."""
        return list(itertools.islice(free_runs(self.problem), LONGEST + 1))

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        first, later = self.runs[:2], self.runs[2:]
        if any(self._can_break(there, run) for run in first):
            return Answer.REFUTED
        if self._inductive_with((), there) or self._kept_as_before(there):
            return Answer.PROVED
        if any(self._can_break(there, run) for run in later):
            return Answer.REFUTED
        kept = self._kept_parts(there)
        if self._inductive(there) or self._inductive_with_kept(kept, there):
            return Answer.PROVED
        value = self._value(there)
        runs = [] if value is None else self._further(there, value, self._passing(there, [value]))
        escaped = escapes(self.problem, self.moves, kept, there, self._budget)
        broken = escaped or any(self._can_break(there, run) for run in runs)
        return Answer.REFUTED if broken else Answer.UNKNOWN

    def _can_break(self, there: Sequence[z3.BoolRef], run: FreeRun) -> bool:
        return satisfy([*there, *run.broken], self._budget).sat

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        return (
            self._inductive(where)
            or self._kept_as_before(where)
            or self._inductive_with_kept(self._kept_parts(where), where)
        )

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        """Whether a few runs break the claim, one or another at each value, or a field moves on
        wherever the claim is met, or at each value some step breaks it, from the seed or from what
        is passed through."""
        passing = [] if span is None else self._passing(where, near_ends(span))
        return (
            self._broken_by_few(span, where, passing)
            or escapes(self.problem, self.moves, self._kept_parts(where), where, self._budget)
            or any(
                met_all_over(run.chosen, z3.And(*run.broken), where, self._soon)
                for run in (*self.runs[1:2], *passing)
                if len(run.choices) <= MOST_QUANTIFIED
            )
        )

    def _passing(self, where: Sequence[z3.BoolRef], values: Sequence[Fraction]) -> list[FreeRun]:
        """Runs that pass through any number between two."""
        loop, symbol, budget = self.one_number, self.meaning.symbol, self._budget
        if loop is None:
            return []
        between = passed_through(loop, symbol, values, where, budget)
        return [passing_run(loop, each) for each in between]

    def _further(
        self, where: Sequence[z3.BoolRef], value: Fraction, passing: Sequence[FreeRun]
    ) -> Iterator[FreeRun]:
        """Longer runs than those of the first steps."""
        yield from passing
        yield from followed_runs(self.parametric, value, where, self._budget)

    def _kept_parts(self, where: Sequence[z3.BoolRef]) -> list[Clause]:
        """What no run leaves while it is safe."""
        value = self._value(where)
        if value is None:
            return []
        return kept_parts(self.problem, self.meaning.symbol, value, where, self._budget)

    def _value(self, where: Sequence[z3.BoolRef]) -> Fraction | None:
        """A value of the parameter that meets some conditions."""
        return value_of(self.meaning.symbol, where, self._budget)

    def _broken_by_few(
        self, span: Span | None, where: list[z3.BoolRef], passing: Sequence[FreeRun]
    ) -> bool:
        """Whether a few runs break the claim: those that come to its limits at the very ends, that
        break it near the ends, and at values at which no other does."""
        left, symbol = list(where), str(self.meaning.symbol)
        values = [] if span is None else [*near_ends(span)]
        for number in () if span is None else (span.low, span.high):
            left += [z3.Not(broken) for broken in self._touching(number, passing)]
        for _ in range(MOST_STRATEGIES):
            if not values:
                outcome = satisfy(left, self._budget)
                if not outcome.sat or symbol not in outcome.values:
                    return outcome.unsat
                values.append(outcome.values[symbol])
            broken = self._broken_like(values.pop(), where, passing)
            if broken is None:
                return False
            left.append(z3.Not(broken))
        return satisfy(left, self._budget).unsat

    def _touching(self, number: Algebraic, passing: Sequence[FreeRun]) -> Iterator[z3.BoolRef]:
        """Conditions under which the claim breaks by runs that come to its limits at a number."""
        symbol = self.meaning.symbol
        for run in passing:
            with suppress(NotExact):
                touches = [*number.says(symbol), *run.exists, with_limits(run.breaks)]
                outcome = satisfy(touches, self._soon)
                if outcome.sat:
                    broken = run.like((symbol, number.nearest), outcome.values)
                    yield from [] if broken is None else [broken]

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        symbol, where = self.meaning.symbol, span.holds(self.meaning.symbol)
        found = self.meaning.another(where, means=answer is Answer.VACUOUS)
        if found is None and answer is Answer.PROVED:
            values = (value_of(symbol, [*where, *run.broken], self._budget) for run in self.runs)
            found = next((value for value in values if value is not None), None)
        return found

    @property
    def _soon(self) -> QueryBudget:
        """For questions without which an answer may be found."""
        return self._budget.hasty(SOON)

    @property
    def _budget(self) -> QueryBudget:
        return self.meaning.budget

    def _inductive(self, where: Sequence[z3.BoolRef]) -> bool:
        """Whether the clauses are kept all over: no run breaks them in its first steps, and from
        then on they are inductive, with what the steady fields are by then."""
        clauses = self.problem.clauses[self.problem.agent.name]
        if not met(preservation(self.problem.steps[0], clauses, ()), self._budget, where):
            return False
        for steps, run in enumerate(self.runs):
            if not satisfy([*where, *run.broken], self._budget).unsat:
                return False
            held = (*clauses, *self._steady_after(steps))
            due = preservation(self.problem.steps[0], held, held)
            if met(due, self._budget, where):
                return True
        return False

    def _inductive_with(self, kept: Sequence[Clause], where: Sequence[z3.BoolRef]) -> bool:
        """Whether the clauses hold at the seed and are inductive with what no run leaves."""
        held = (*self.problem.clauses[self.problem.agent.name], *kept)
        begins = satisfy([*where, *self.runs[0].broken], self._budget).unsat
        due = preservation(self.problem.steps[0], held, held)
        return begins and met(due, self._budget, where)

    def _kept_as_before(self, where: Sequence[z3.BoolRef]) -> bool:
        """Whether what was enough to prove the claim elsewhere is so here: the seed is in it, no
        step leaves it."""
        symbols, seed = self.problem.agent.symbols, self.problem.seed
        for kept in self._enough:
            begins = (clause.condition for clause in at(symbols, seed, kept))
            inside = all(follows(where, condition, self._budget).valid for condition in begins)
            if inside and self._inductive_with(kept, where):
                return True
        return False

    def _inductive_with_kept(self, kept: Sequence[Clause], where: Sequence[z3.BoolRef]) -> bool:
        """Whether the clauses are inductive with what no run leaves, which is remembered then."""
        shown = self._inductive_with(kept, where)
        if shown:
            self._enough[:] = [tuple(kept)]
        return shown

    def _steady_after(self, steps: int) -> list[Clause]:
        """What the fields that no choice moves are after some steps from the seed, where they stay
        so."""
        (step,) = self.problem.steps
        symbols = self.problem.agent.symbols
        steady = steady_fields(self.problem)
        state = list(self.problem.seed)
        for _ in range(steps):
            here = list(zip(symbols, state, strict=True))
            for index in steady:
                state[index] = z3.simplify(z3.substitute(step.stage.outputs[index], *here))
        return [
            Clause("a steady field", symbols[index] == state[index], ClauseKind.BOUND)
            for index in steady
        ]

    def _broken_like(
        self, value: Fraction, where: Sequence[z3.BoolRef], passing: Sequence[FreeRun]
    ) -> z3.BoolRef | None:
        """A condition on the parameter under which the claim breaks as it does at a value."""
        symbol = self.meaning.symbol
        first, later = self.runs[:2], self.runs[2:]
        further = self._further(where, value, passing)
        for run in itertools.chain(first, further, later):
            outcome = satisfy([symbol == numeral(value), *run.broken], self._budget)
            if outcome.sat:
                return run.like((symbol, value), outcome.values)
        return None


def first_steps(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> FirstSteps:
    """The condition, if it says something near each end of an interval and in its middle.

    Raises:
        NotExact: otherwise.
    """
    problem = parametric.problem.composed()
    stage = problem.steps[0].stage
    require(not stage.unknowns and z3.is_true(stage.constraint), Obstacle.NO_ORDER)
    found = FirstSteps(parametric, meaning)
    looked_at = near_ends(Span(*map(rational, span)))
    said = all(found.at(rational(value)) is not Answer.UNKNOWN for value in looked_at)
    require(said, Obstacle.NO_ORDER)
    return found
