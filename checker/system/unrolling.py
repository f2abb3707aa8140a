"""A few iterations in one query: k-induction, and counterexamples of a given length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.curves import has_curves
from checker.backends.evaluator import EXACT, PLAIN
from checker.backends.solver import QueryBudget, Satisfiability, satisfy
from checker.system.obligations import at
from checker.system.problem import Problem
from checker.system.replay import Run, Units, replay
from checker.system.seeds import begun, unit_at, units_of_seed
from spec.nodes import name_of


@attrs.frozen
class Path:
    """Symbols and conditions for a run of several whole iterations of a composed problem."""

    states: tuple[tuple[z3.ExprRef, ...], ...]
    choices: tuple[tuple[z3.ExprRef, ...], ...]
    moves: tuple[z3.BoolRef, ...]
    sides: tuple[z3.BoolRef, ...]


@attrs.frozen
class Replayed:
    """A run that breaks a clause, the problem from its own seed, and nature's strategy."""

    run: Run
    start: Problem
    units: Units


@attrs.frozen
class Values:
    """What the solver lets nature choose in a run: of the seed, and by iteration."""

    seed: Mapping[str, Fraction]
    choices: Sequence[Mapping[str, Fraction]]


def path(problem: Problem, length: int) -> Path:
    """A path of ``length`` iterations from an arbitrary state."""
    (step,) = problem.steps
    symbols = step.source.symbols
    states = tuple(tuple(_copy(s, i) for s in symbols) for i in range(length + 1))
    picked = tuple(tuple(_copy(c.symbol, i) for c in step.stage.choices) for i in range(length))
    moves, sides = [], []
    for i in range(length):
        pairs = list(zip(symbols, states[i], strict=True))
        pairs += [(c.symbol, p) for c, p in zip(step.stage.choices, picked[i], strict=True)]
        lands = [
            z3.substitute(output, *pairs) == after
            for output, after in zip(step.stage.outputs, states[i + 1], strict=True)
        ]
        sides.append(z3.And(*[z3.substitute(s.condition, *pairs) for s in step.stage.sides]))
        moves.append(z3.And(z3.substitute(step.stage.bounds, *pairs), *lands))
    return Path(states, picked, tuple(moves), tuple(sides))


def _copy(symbol: z3.ExprRef, number: int) -> z3.ExprRef:
    # in front: no symbol of a problem begins with @, but a choice may be named "x @1"
    return z3.Const(f"@{number} {symbol}", symbol.sort())


def break_at(
    problem: Problem, length: int, budget: QueryBudget, seconds: float | None = None
) -> Values | Satisfiability:
    """A run from the seed that breaks a clause after exactly ``length`` iterations.

    Returns:
        nature's choices; UNSAT if there is no such run, UNKNOWN if that is open.
    """
    (step,) = problem.steps
    steps = path(problem, length)
    start = [s == t for s, t in zip(steps.states[0], problem.seed, strict=True)]
    start += problem.seed_given
    broken = z3.Not(z3.And(holds(problem, steps.states[-1]), *steps.sides[-1:]))
    outcome = satisfy([*start, *steps.moves, broken], budget, seconds)
    if not outcome.may_be_met:
        return outcome.answer
    choices = [
        {
            choice.name: outcome.values.get(name_of(symbol), Fraction(0))
            for choice, symbol in zip(step.stage.choices, picked, strict=True)
        }
        for picked in steps.choices
    ]
    begun_with = {
        choice.name: outcome.values.get(name_of(choice.symbol), Fraction(0))
        for choice in problem.seed_choices
    }
    return Values(begun_with, choices)


def holds(problem: Problem, state: Sequence[z3.ExprRef]) -> z3.BoolRef:
    """That a state of a path meets every clause."""
    agent = problem.agent
    clauses = at(agent.symbols, state, problem.clauses[agent.name])
    return z3.And(*[clause.condition for clause in clauses])


def units_of(problem: Problem, values: Sequence[Mapping[str, Fraction]]) -> Units:
    """Where the chosen values lie between their bounds along the run that they produce."""
    (step,) = problem.steps
    backend = PLAIN if has_curves(step.stage.terms) or has_curves(problem.seed) else EXACT
    program = step.program.bind(backend)
    state = problem.seed_in(backend)
    plan: list[list[Fraction]] = []
    for chosen in values:
        units: list[Fraction] = []
        for index, choice in enumerate(step.stage.choices):
            padded = units + [Fraction(0)] * (len(step.stage.choices) - index)
            _, low, width = program(state, [backend.constant(u) for u in padded])
            units.append(unit_at(chosen[choice.name], low[index], width[index]))
        state, _, _ = program(state, [backend.constant(u) for u in units])
        plan.append(units)
    return lambda iteration, _: plan[min(iteration, len(plan)) - 1] if plan else []


def replayed(problem: Problem, composed: Problem, values: Values, length: int) -> Replayed | None:
    """The run of the values that the solver gave for the composed problem, if it breaks a clause
    within so many iterations; with it the one seed that it starts from."""
    units = units_of_seed(composed, values.seed) if composed.seed_choices else ()
    start = begun(problem, units)
    plan = by_stage(problem, units_of(begun(composed, units), values.choices))
    run = replay(start, plan, length)
    return None if run is None or run.broken is None else Replayed(run, start, plan)


def by_stage(problem: Problem, units: Units) -> Units:
    """The units of whole iterations, dealt out to the steps that they were composed of."""
    ends = [0]
    for step in problem.steps:
        ends.append(ends[-1] + len(step.stage.choices))

    def dealt(iteration: int, stage: int) -> Sequence[Fraction]:
        return units(iteration, 0)[ends[stage] : ends[stage + 1]]

    return dealt
