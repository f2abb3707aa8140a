"""Loops whose claim is settled by the first few states of a few runs.

Theorem (docs/theory/regions.md, "Short runs"). Take the runs in which each choice is always at one
of its ends. If, wherever their first n states are safe, a set that holds them is kept by every
step, the claim holds forever exactly where those states are safe.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.parameters.obstacles import NotExact, Obstacle
from checker.system.obligations import preservation
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Clause, ClauseKind, Problem, with_choices
from spec.terms import conjunction

LONGEST = 3
"""States of each run around which a set is tried."""
MOST_CHOICES = 3
"""Choices of which every combination of ends is tried; of more, all lower and all upper ends."""

State = Sequence[z3.ExprRef]


@attrs.frozen
class ShortRun:
    """The condition that the first states of some runs are safe."""

    symbol: z3.ArithRef
    keeps: z3.BoolRef


@attrs.frozen
class _Attempt:
    """A problem of one step, what is known of the parameter, and the limits on the queries."""

    problem: Problem
    given: Sequence[z3.BoolRef]
    budget: QueryBudget

    def put(self, term: z3.ExprRef, state: State) -> z3.ExprRef:
        return z3.substitute(term, *zip(self.problem.agent.symbols, state, strict=True))

    def safe(self, states: Sequence[State]) -> list[z3.BoolRef]:
        """That states meet the claim and the domain."""
        safe = self.problem.safe(self.problem.agent)
        return [self.put(safe, state) for state in states]

    def follow(self, known: Sequence[z3.BoolRef], clauses: Sequence[z3.BoolRef]) -> bool:
        return all(follows([*self.given, *known], c, self.budget).valid for c in clauses)

    def kept(self, held: Sequence[Clause], known: z3.BoolRef) -> bool:
        """Whether every step leads from a set into itself and is defined on it, and the set implies
        every clause."""
        inside = [clause.condition for clause in held]
        clauses = self.problem.clauses[self.problem.agent.name]
        (step,) = self.problem.steps
        return self.follow([known, *inside], [clause.condition for clause in clauses]) and all(
            self.follow([known, *duty.hypotheses], [c.condition for c in duty.conclusions])
            for duty in preservation(step, held, held)
        )


def short_run(parametric: ParametricProblem, span: Interval, budget: QueryBudget) -> ShortRun:
    """The runs and their first states that settle the claim at every value in an interval.

    Raises:
        NotExact: where that is shown of none.
    """
    attempt = _attempt(parametric, span, budget)
    problem = attempt.problem
    clauses = problem.clauses[problem.agent.name]
    for states in _first_states(attempt):
        keeps = z3.And(*attempt.safe(states))
        for held in (clauses, (*_box_around(problem, states), *clauses)):
            if attempt.kept(held, keeps):
                return ShortRun(parametric.symbols[0], keeps)
    raise NotExact(Obstacle.NO_ORDER)


def first_breaks(parametric: ParametricProblem, span: Interval, budget: QueryBudget) -> ShortRun:
    """The first states of some runs. Where one of them is not safe the claim breaks; of other
    values nothing is said."""
    attempt = _attempt(parametric, span, budget)
    *_, states = _first_states(attempt)
    return ShortRun(parametric.symbols[0], z3.And(*attempt.safe(states)))


def _attempt(parametric: ParametricProblem, span: Interval, budget: QueryBudget) -> _Attempt:
    given = parametric.meant_within((span,))
    return _Attempt(parametric.problem.composed(), given, budget)


def _first_states(attempt: _Attempt) -> Iterator[list[State]]:
    """The first state of some runs, the first two of each, and so on, while all are defined."""
    problem = attempt.problem
    yield [problem.seed]
    ends = list(strategies(len(problem.steps[0].stage.choices)))
    runs: list[list[State]] = [[problem.seed] for _ in ends]
    for _ in range(1, LONGEST):
        for run, tops in zip(runs, ends, strict=True):
            after, defined = successor(problem, run[-1], tops)
            if not attempt.follow(attempt.safe(run), defined):
                return
            run.append(after)
        yield [state for run in runs for state in run]


def strategies(choices: int) -> Iterator[tuple[bool, ...]]:
    """Which choices are at their upper ends."""
    if choices <= MOST_CHOICES:
        return itertools.product((False, True), repeat=choices)
    return iter([(False,) * choices, (True,) * choices])


def successor(
    problem: Problem, state: State, tops: Sequence[bool]
) -> tuple[State, list[z3.BoolRef]]:
    """A state's successor with the choices at their ends, and what must hold for it to be one."""
    (step,) = problem.steps
    here = zip(step.source.symbols, state, strict=True)
    pairs = with_choices(here, step.stage.choices, tops)
    needed = [choice.low <= choice.high for choice in step.stage.choices]
    needed += [side.condition for side in step.stage.sides]
    defined = [z3.substitute(condition, *pairs) for condition in needed]
    return [z3.substitute(output, *pairs) for output in step.stage.outputs], defined


def _box_around(problem: Problem, states: Sequence[State]) -> tuple[Clause, ...]:
    """Two clauses for each field: it is at least one of its values in the states, at most one."""
    clauses = []
    for index, symbol in enumerate(problem.agent.symbols):
        values = [state[index] for state in states]
        for side in (
            z3.Or(*[symbol >= value for value in values]),
            z3.Or(*[symbol <= value for value in values]),
        ):
            clauses.append(Clause("a box around the runs", conjunction([side]), ClauseKind.BOUND))
    return tuple(clauses)
