"""Loops whose claim is inductive where no run breaks it within its first few steps.

Theorem (docs/theory/regions.md, "First steps"). Where some choices of nature lead from the seed to
a state that breaks a clause, the claim breaks; where the clauses are inductive, it holds. Neither
needs the other: of a value at which neither is shown nothing is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.algebraic import rational
from checker.backends.solver import QueryBudget, satisfy
from checker.parameters.meaning import Meaning, OfMeaning, Span, near_ends, value_of
from checker.parameters.observable import steady_fields
from checker.parameters.obstacles import Obstacle, require
from checker.parameters.pinned import pinned
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Clause, ClauseKind, Problem
from spec.nature import Choice
from spec.statements.base import Answer
from spec.terms import numeral

LONGEST = 3
"""Steps after which a break is looked for."""
MOST_STRATEGIES = 8
"""That are tried to break the claim all over an interval."""


@attrs.frozen
class FreeRun:
    """The first states of a run, by choices that are symbols.

    Args:
        steps: how many there are to the last state.
        choices: nature's choices, in order.
        exists: the conditions that they are within their bounds and the steps are defined.
        breaks: that the last state breaks a clause.
    """

    steps: int
    choices: tuple[Choice, ...]
    exists: tuple[z3.BoolRef, ...]
    breaks: z3.BoolRef

    @property
    def broken(self) -> list[z3.BoolRef]:
        """That there is such a run and that it breaks the claim."""
        return [*self.exists, self.breaks]


@attrs.frozen(slots=False)
class FirstSteps(OfMeaning):
    """A claim that breaks where some run breaks it within a few steps, and holds where it is
    inductive."""

    problem: Problem
    meaning: Meaning

    @cached_property
    def runs(self) -> list[FreeRun]:
        """The runs of no step, of one, and so on."""
        return list(itertools.islice(_free_runs(self.problem), LONGEST + 1))

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        if any(satisfy([*there, *run.broken], self._budget).sat for run in self.runs):
            return Answer.REFUTED
        return Answer.PROVED if self._inductive(there) else Answer.UNKNOWN

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        return self._inductive(where)

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        """Whether a few strategies break the claim, one or another at each value: those that do so
        near the ends, and at values at which no other does."""
        left, symbol = list(where), str(self.meaning.symbol)
        values = [] if span is None else [*near_ends(span)]
        for _ in range(MOST_STRATEGIES):
            if not values:
                outcome = satisfy(left, self._budget)
                if not outcome.sat or symbol not in outcome.values:
                    return outcome.unsat
                values.append(outcome.values[symbol])
            broken = self._broken_like(values.pop())
            if broken is None:
                return False
            left.append(z3.Not(broken))
        return satisfy(left, self._budget).unsat

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        symbol, where = self.meaning.symbol, span.holds(self.meaning.symbol)
        found = self.meaning.another(where, means=answer is Answer.VACUOUS)
        if found is None and answer is Answer.PROVED:
            values = (value_of(symbol, [*where, *run.broken], self._budget) for run in self.runs)
            found = next((value for value in values if value is not None), None)
        return found

    @property
    def _budget(self) -> QueryBudget:
        return self.meaning.budget

    def _inductive(self, where: Sequence[z3.BoolRef]) -> bool:
        """Whether the clauses are kept all over: no run breaks them in its first steps, and from
        then on they are inductive, with what the steady fields are by then."""
        clauses = self.problem.clauses[self.problem.agent.name]
        if not met(preservation(self.problem.steps[0], clauses, ()), self._budget, where):
            return False
        for run in self.runs:
            if not satisfy([*where, *run.broken], self._budget).unsat:
                return False
            held = (*clauses, *self._steady_after(run.steps))
            due = preservation(self.problem.steps[0], held, held)
            if met(due, self._budget, where):
                return True
        return False

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

    def _broken_like(self, value: Fraction) -> z3.BoolRef | None:
        """A condition on the parameter under which the claim breaks as it does at a value."""
        symbol = self.meaning.symbol
        for run in self.runs:
            outcome = satisfy([symbol == numeral(value), *run.broken], self._budget)
            if outcome.sat:
                at = (symbol, value)
                return pinned(z3.And(*run.broken), run.choices, at, outcome.values)
        return None


def first_steps(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> FirstSteps:
    """The condition, if it says something near each end of an interval and in its middle.

    Raises:
        NotExact: otherwise.
    """
    problem = parametric.problem.composed()
    stage = problem.steps[0].stage
    require(not stage.unknowns and z3.is_true(stage.constraint), Obstacle.NO_ORDER)
    found = FirstSteps(problem, meaning)
    looked_at = near_ends(Span(*map(rational, span)))
    said = all(found.at(rational(value)) is not Answer.UNKNOWN for value in looked_at)
    require(said, Obstacle.NO_ORDER)
    return found


def _free_runs(problem: Problem) -> Iterator[FreeRun]:
    (step,) = problem.steps
    stage, safe = step.stage, problem.safe(problem.agent)
    state: Sequence[z3.ExprRef] = problem.seed
    choices: list[Choice] = []
    exists: list[z3.BoolRef] = []
    for steps in itertools.count():
        here = list(zip(problem.agent.symbols, state, strict=True))
        breaks = z3.Not(z3.substitute(safe, *here))
        yield FreeRun(steps, tuple(choices), tuple(exists), breaks)
        fresh = [(c.symbol, z3.FreshConst(c.symbol.sort(), "choice")) for c in stage.choices]
        put = [*here, *fresh]
        sides = [side.condition for side in stage.sides]
        exists += [z3.substitute(part, *put) for part in (stage.bounds, *sides)]
        for choice, (_, symbol) in zip(stage.choices, fresh, strict=True):
            low, high = (z3.substitute(end, *put) for end in (choice.low, choice.high))
            choices.append(attrs.evolve(choice, symbol=symbol, low=low, high=high))
        state = [z3.substitute(output, *put) for output in stage.outputs]
