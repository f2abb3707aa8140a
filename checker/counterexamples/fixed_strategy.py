"""A loop whose nature follows one constant strategy: no choice is left, so it is a single run.

Where that run is monotone it can be followed for millions of iterations
(``checker.counterexamples.worst_run``), which is how a claim is refuted just beyond its threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.counterexamples.random_search import Strategy
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.monotone import Order, is_monotone, order_at_a_time
from checker.system.obligations import preservation
from checker.system.parametric import Cell, ParametricProblem, Point, centre, within
from checker.system.problem import ClauseKind, Problem, SeedChoice, Step
from checker.system.replay import Run
from spec.terms import numeral
from spec.trace import SideCondition


@attrs.frozen
class FixedStrategyLoop:
    """A parametric problem under one constant strategy of nature.

    Args:
        parametric: the problem, with its free parameters.
        cell: the parameter values for which the loop was proved monotone.
        problem: the same problem by whole iterations, with every choice made.
        order: which way is worse for each field.
    """

    parametric: ParametricProblem
    cell: Cell
    problem: Problem
    order: Order

    def run(self, point: Point, most: int) -> Run | None:
        """The run at a point of the cell, if it breaks a clause within so many iterations."""
        if not within(point, self.cell):
            return None
        pairs = [
            (symbol, numeral(value))
            for symbol, value in zip(self.parametric.symbols, point, strict=True)
        ]
        return follow_worst_run(at_values(self.problem, pairs), self.order, most)


def fix_strategy(
    parametric: ParametricProblem, strategy: Strategy, cell: Cell, budget: QueryBudget
) -> FixedStrategyLoop | None:
    """The parametric problem under a strategy's last choices, made at every iteration.

    A field that nature may set to any value is also tried at its other end.

    Returns:
        None if the run that the choices give cannot be proved monotone all over the cell.
    """
    composed = parametric.problem.composed()
    given = parametric.bound(cell)
    if not _always_chooses(composed, given, budget):
        return None
    pairs = [(s, numeral(v)) for s, v in zip(parametric.symbols, centre(cell), strict=True)]
    for units in _variants(composed, [unit for stage in strategy[-1] for unit in stage]):
        fixed = fix_choices(composed, units)
        order = order_at_a_time(at_values(fixed, pairs), budget)
        if order is not None and is_monotone(fixed, order, budget, given):
            return FixedStrategyLoop(parametric, cell, fixed, order)
    return None


def at_values(problem: Problem, pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]) -> Problem:
    """The problem with numbers in place of its free parameters."""

    def put(terms: Iterable[z3.ExprRef]) -> tuple[z3.ExprRef, ...]:
        return tuple(z3.simplify(z3.substitute(term, *pairs)) for term in terms)

    def needed(sides: Iterable[SideCondition]) -> tuple[SideCondition, ...]:
        return tuple(attrs.evolve(n, condition=put([n.condition])[0]) for n in sides)

    def made(chosen: SeedChoice) -> SeedChoice:
        low, high, value = put((chosen.choice.low, chosen.choice.high, chosen.value))
        choice = attrs.evolve(chosen.choice, low=low, high=high)
        return attrs.evolve(chosen, choice=choice, value=value)

    (step,), traced = problem.steps, problem.traced
    stage = attrs.evolve(
        step.stage, outputs=put(step.stage.outputs), sides=needed(step.stage.sides)
    )
    seed_sides = needed(traced.seed_sides)
    return attrs.evolve(
        problem,
        traced=attrs.evolve(traced, seed=put(traced.seed), seed_sides=seed_sides),
        steps=(Step(stage, step.source, step.target),),
        began=tuple(map(made, problem.began)),
    )


def fix_choices(problem: Problem, units: Sequence[Fraction], *, strict: bool = False) -> Problem:
    """The composed problem with every choice made, where between its bounds ``units`` says.

    A ``strict`` one also keeps that nature has these values to choose.
    """
    (step,) = problem.steps
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    for choice, unit in zip(step.stage.choices, units, strict=True):
        low, high = (z3.substitute(end, *pairs) for end in (choice.low, choice.high))
        if unit in (0, 1):
            pairs.append((choice.symbol, high if unit else low))
        else:
            pairs.append((choice.symbol, low + numeral(unit) * (high - low)))
    outputs = tuple(z3.simplify(z3.substitute(term, *pairs)) for term in step.stage.outputs)
    needed = list(step.stage.sides)
    if strict:
        needed += [
            SideCondition(c.low <= c.high, f'nature has "{c.name}" to choose', division=False)
            for c in step.stage.choices
        ]
    sides = tuple(attrs.evolve(n, condition=z3.substitute(n.condition, *pairs)) for n in needed)
    stage = attrs.evolve(step.stage, choices=(), outputs=outputs, sides=sides)
    return attrs.evolve(problem, steps=(Step(stage, step.source, step.target),))


def _variants(problem: Problem, units: Sequence[Fraction]) -> Iterator[list[Fraction]]:
    """The strategy, then the same with each arbitrary field at its other end."""
    yield list(units)
    (step,) = problem.steps
    for index, choice in enumerate(step.stage.choices):
        if choice.role.spans_domain:
            varied = list(units)
            varied[index] = 1 - varied[index]
            yield varied


def _always_chooses(problem: Problem, given: Sequence[z3.BoolRef], budget: QueryBudget) -> bool:
    """Whether nature has something to choose from at every safe state."""
    (step,) = problem.steps
    safe = problem.clauses[problem.agent.name]
    return all(
        follows([*given, *obligation.hypotheses], clause.condition, budget).valid
        for obligation in preservation(step, safe, ())
        for clause in obligation.conclusions
        if clause.kind is ClauseKind.CHOICE
    )
