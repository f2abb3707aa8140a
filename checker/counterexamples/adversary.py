"""Adversaries that plan: strategies of nature that change with the state or the iteration.

Three are tried, in floats and in many runs at once. *Periodic* ones repeat two to four choices.
*Greedy* ones take, at every iteration, the corner of the choices after which a clause is nearest to
breaking. *Planned* ones look at a whole horizon: along a run, the derivative of a clause's excess
at the end with respect to each choice is carried backward, and every choice is moved to the end of
its bounds that the sign asks for (the successive approximations of Pontryagin's maximum principle:
Krylov & Chernousko, 1963). For an affine step one pass is optimal. What is found is only a list of
choices, and counts once it is replayed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import z3

from checker.backends.comparison import comparison_in
from checker.backends.evaluator import FLOATS, compile_terms
from checker.backends.solver import QueryBudget
from checker.counterexamples.random_search import Strategy, following, simplify
from checker.system.problem import Problem
from checker.system.region import Array
from checker.system.replay import Run, replay
from spec.terms import as_real

PERIODS = (2, 3, 4)
PERIODIC_RUNS = 512
GREEDY_CORNERS = 64
PASSES = 5
TRIES = 6
SHORT, LONG = 512, 4096
"""Iterations of a quick hunt and of a thorough one."""
MOST_NUMBERS = 30_000_000
"""Numbers of one array of derivatives; the horizon is shortened to fit."""
BROKEN = 1e-12


@attrs.frozen
class Simulator:
    """One iteration in floats, side by side for many runs, and how far clauses are exceeded."""

    problem: Problem
    programs: Sequence[Callable[..., Any]]
    excesses: Sequence[Callable[..., Any]]
    widths: Sequence[int]

    @classmethod
    def of(cls, problem: Problem) -> Simulator:
        """The simulator of a problem."""
        excesses = []
        for step in problem.steps:
            target = step.target
            terms = [excess(clause.condition) for clause in problem.clauses[target.name]]
            excesses.append(compile_terms(target.symbols, (), terms).bind(FLOATS))
        return cls(
            problem,
            [step.program.bind(FLOATS) for step in problem.steps],
            excesses,
            [len(step.stage.choices) for step in problem.steps],
        )

    @property
    def width(self) -> int:
        """Choices of one iteration."""
        return sum(self.widths)

    def seeds(self, runs: int) -> Array:
        """The seed, once for each run (rows: runs)."""
        return np.tile(np.array(self.problem.seed_in(FLOATS), dtype=float), (runs, 1))

    def move(self, states: Array, units: Array) -> tuple[Array, Array]:
        """The states after one iteration, and per run the excess of each clause on the way."""
        columns: Any = list(states.T)
        start, found = 0, []
        runs = len(states)
        with np.errstate(all="ignore"):
            for step, program, measure, width in zip(
                self.problem.steps, self.programs, self.excesses, self.widths, strict=True
            ):
                outputs, _, _ = program(columns, list(units[:, start : start + width].T))
                start += width
                columns = [
                    np.broadcast_to(np.asarray(value, dtype=float), runs)
                    for value in outputs[: len(step.target.fields)]
                ]
                values, _, _ = measure(columns, ())
                found += [np.broadcast_to(np.asarray(v, dtype=float), runs) for v in values]
        return np.stack(columns, axis=1), np.stack(found, axis=1)

    def strategy(self, units: Array) -> Strategy:
        """The rows of units as a strategy, one row an iteration."""
        plan = []
        for row in units:
            ends = np.cumsum(self.widths)
            parts = np.split(row, ends[:-1])
            plan.append([[Fraction(float(u)) for u in part] for part in parts])
        return plan


def planned_counterexample(
    problem: Problem, budget: QueryBudget, *, longest: int
) -> tuple[Run, Strategy] | None:
    """A replayed run that breaks a clause, found by adversaries that plan; None without one.

    Args:
        problem: the loop.
        budget: when to stop.
        longest: iterations to look ahead.
    """
    for number, (length, strategy) in enumerate(plans(problem, longest, budget)):
        run = replay(problem, following(strategy), length)
        if run is not None and run.broken is not None:
            return simplify(problem, run, strategy)
        if number + 1 >= TRIES:
            break
    return None


def plans(problem: Problem, longest: int, budget: QueryBudget) -> Iterator[tuple[int, Strategy]]:
    """Strategies that break a clause as far as floats can tell, with the iteration at which."""
    simulator = Simulator.of(problem)
    if not simulator.width:
        return
    searches = [
        planned(simulator, 64, budget),
        periodic(simulator, longest),
        greedy(simulator, longest),
    ]
    if longest > 64:
        searches.append(planned(simulator, longest, budget))
    for search in searches:
        if budget.exhausted:
            return
        yield from search


def periodic(simulator: Simulator, horizon: int) -> Iterator[tuple[int, Strategy]]:
    """Corners of the choices in turn, with periods of two to four iterations."""
    generator = np.random.default_rng(20183)
    for period in PERIODS:
        total = simulator.width * period
        if 2**total <= PERIODIC_RUNS:
            table = np.array(list(itertools.product((0.0, 1.0), repeat=total)))
        else:
            table = generator.integers(0, 2, size=(PERIODIC_RUNS, total)).astype(float)
        table = table.reshape(len(table), period, simulator.width)
        states, alive = simulator.seeds(len(table)), np.arange(len(table))
        for iteration in range(1, horizon + 1):
            units = table[alive, (iteration - 1) % period]
            states, beyond = simulator.move(states, units)
            broken = (beyond > BROKEN).any(axis=1)
            if broken.any():
                row = table[alive[np.argmax(broken)]]
                rounds = -(-iteration // period)
                yield iteration, simulator.strategy(np.tile(row, (rounds, 1))[:iteration])
                break
            fine = np.isfinite(states).all(axis=1)
            states, alive = states[fine], alive[fine]
            # what has come to rest in its cycle is dropped
            if iteration % 256 == 0:
                kept = _still_moving(simulator, states, table[alive], period, iteration)
                states, alive = states[kept], alive[kept]
            if not len(alive):
                break


def _still_moving(
    simulator: Simulator, states: Array, table: Array, period: int, iteration: int
) -> Array:
    later = states
    for ahead in range(period):
        later, _ = simulator.move(later, table[:, (iteration + ahead) % period])
    moving: Array = (np.abs(later - states) > 1e-12 * (1 + np.abs(states))).any(axis=1)
    return moving


def greedy(simulator: Simulator, horizon: int) -> Iterator[tuple[int, Strategy]]:
    """At every iteration the corner after which one clause, a run for each, is nearest to
    breaking."""
    if 2**simulator.width <= GREEDY_CORNERS:
        corners = np.array(list(itertools.product((0.0, 1.0), repeat=simulator.width)))
    else:
        corners = np.random.default_rng(3).integers(0, 2, size=(GREEDY_CORNERS, simulator.width))
        corners = corners.astype(float)
    _, first = simulator.move(simulator.seeds(1), corners[:1])
    goals = np.arange(first.shape[1])
    states = simulator.seeds(len(goals))
    chosen: list[Array] = []
    for iteration in range(1, horizon + 1):
        many = np.repeat(states, len(corners), axis=0)
        after, beyond = simulator.move(many, np.tile(corners, (len(goals), 1)))
        after = after.reshape(len(goals), len(corners), -1)
        beyond = beyond.reshape(len(goals), len(corners), -1)
        beyond = np.where(np.isfinite(beyond), beyond, -np.inf)
        best = beyond[goals, :, goals].argmax(axis=1)
        chosen.append(corners[best])
        states = after[goals, best]
        broken = (beyond[goals, best] > BROKEN).any(axis=1)
        if broken.any():
            row = int(np.argmax(broken))
            yield iteration, simulator.strategy(np.array([units[row] for units in chosen]))
            return
        if not np.isfinite(states).all():
            return


def planned(
    simulator: Simulator, horizon: int, budget: QueryBudget
) -> Iterator[tuple[int, Strategy]]:
    """Choices that push one clause's excess at one end of the run, a run for each pair."""
    fields, width = len(simulator.problem.agent.fields), simulator.width
    clauses = simulator.move(simulator.seeds(1), np.zeros((1, width)))[1].shape[1]
    size = fields * (fields + width)
    goals = [
        (clause, end)
        for end in (horizon, horizon // 2, horizon // 4, 3 * horizon // 4)
        for clause in range(clauses)
    ][:48]
    while horizon * len(goals) * size > MOST_NUMBERS and len(goals) > 4:
        goals = goals[: len(goals) // 2]
    horizon = min(horizon, MOST_NUMBERS // (len(goals) * size))
    goals = [(clause, min(end, horizon)) for clause, end in goals]
    generator = np.random.default_rng(20184)
    units = np.full((horizon, len(goals), width), 0.5)
    for number in range(PASSES):
        states, broken = forward(simulator, units)
        if broken is not None:
            iteration, row = broken
            yield iteration, simulator.strategy(units[:iteration, row])
            return
        if states is None or number == PASSES - 1 or budget.exhausted:
            return
        wanted = backward(simulator, states, units, goals)
        changed = wanted != units
        if number >= 2:  # moving everything at once may go back and forth
            changed &= generator.random(units.shape) < 0.5
        if not changed.any():
            return
        units = np.where(changed, wanted, units)


def forward(simulator: Simulator, units: Array) -> tuple[Array | None, tuple[int, int] | None]:
    """The states before every iteration, or the first break as (iteration, run)."""
    states = simulator.seeds(units.shape[1])
    visited = np.empty((len(units), *states.shape))
    for index, row in enumerate(units):
        visited[index] = states
        states, beyond = simulator.move(states, row)
        broken = (beyond > BROKEN).any(axis=1)
        if broken.any():
            return None, (index + 1, int(np.argmax(broken)))
        if not np.isfinite(states).all():
            return None, None
    return visited, None


def backward(
    simulator: Simulator, visited: Array, units: Array, goals: Sequence[tuple[int, int]]
) -> Array:
    """The end of its bounds that each choice should be at, by the derivative of the goal."""
    horizon, runs, fields = visited.shape
    width = units.shape[2]
    by_state = np.empty((horizon, runs, fields, fields))  # [.., input, output]
    by_unit = np.empty((horizon, runs, width, fields))
    flat, drawn = visited.reshape(-1, fields), units.reshape(-1, width)
    for i in range(fields):
        step = 1e-6 * (1 + np.abs(flat[:, i]))
        above, below = flat.copy(), flat.copy()
        above[:, i] += step
        below[:, i] -= step
        change = simulator.move(above, drawn)[0] - simulator.move(below, drawn)[0]
        by_state[:, :, i] = (change / (2 * step)[:, None]).reshape(horizon, runs, fields)
    for i in range(width):
        above, below = drawn.copy(), drawn.copy()
        above[:, i], below[:, i] = 1.0, 0.0
        change = simulator.move(flat, above)[0] - simulator.move(flat, below)[0]
        by_unit[:, :, i] = change.reshape(horizon, runs, fields)
    goal = np.array([clause for clause, _ in goals])
    ends = np.array([end for _, end in goals])
    wanted = units.copy()
    costate = np.zeros((runs, fields))
    for index in reversed(range(horizon)):
        starting = ends == index + 1
        if starting.any():
            costate = np.where(
                starting[:, None], _slopes(simulator, visited[index], units[index], goal), costate
            )
            direct = _unit_slopes(simulator, visited[index], units[index], goal)
            push = np.where(
                starting[:, None], direct, np.einsum("rio,ro->ri", by_unit[index], costate)
            )
            back = np.where(
                starting[:, None],
                costate,
                np.einsum("rio,ro->ri", by_state[index], costate),
            )
        else:
            push = np.einsum("rio,ro->ri", by_unit[index], costate)
            back = np.einsum("rio,ro->ri", by_state[index], costate)
        active = (ends >= index + 1)[:, None]
        wanted[index] = np.where(
            active & (push > 0), 1.0, np.where(active & (push < 0), 0.0, units[index])
        )
        size = np.abs(back).max(axis=1, keepdims=True)
        costate = np.nan_to_num(np.where(active, back / np.where(size > 0, size, 1.0), costate))
    return wanted


def _slopes(simulator: Simulator, states: Array, units: Array, goal: Array) -> Array:
    """The derivative of each run's goal, one iteration later, by the state."""
    rows, found = np.arange(len(states)), np.empty_like(states)
    for i in range(states.shape[1]):
        step = 1e-6 * (1 + np.abs(states[:, i]))
        above, below = states.copy(), states.copy()
        above[:, i] += step
        below[:, i] -= step
        change = simulator.move(above, units)[1] - simulator.move(below, units)[1]
        found[:, i] = change[rows, goal] / (2 * step)
    return np.nan_to_num(found)


def _unit_slopes(simulator: Simulator, states: Array, units: Array, goal: Array) -> Array:
    """The change of each run's goal, one iteration later, over each choice's bounds."""
    rows, found = np.arange(len(states)), np.empty_like(units)
    for i in range(units.shape[1]):
        above, below = units.copy(), units.copy()
        above[:, i], below[:, i] = 1.0, 0.0
        change = simulator.move(states, above)[1] - simulator.move(states, below)[1]
        found[:, i] = change[rows, goal]
    return np.nan_to_num(found)


def excess(condition: z3.BoolRef) -> z3.ArithRef:
    """A number that is positive where the condition fails and, but for its edge, not where it
    holds: by how much it is exceeded."""
    said = comparison_in(condition)
    if said is not None:
        return as_real(said.low) - as_real(said.high)
    kind, children = condition.decl().kind(), condition.children()
    if kind == z3.Z3_OP_NOT:
        return -excess(children[0])
    if kind == z3.Z3_OP_AND and children:
        return _greatest([excess(child) for child in children])
    if kind == z3.Z3_OP_OR and children:
        return -_greatest([-excess(child) for child in children])
    if kind == z3.Z3_OP_EQ and not z3.is_bool(children[0]):
        apart = as_real(children[0]) - as_real(children[1])
        return _greatest([apart, -apart])
    return z3.If(condition, z3.RealVal(-1), z3.RealVal(1))


def _greatest(terms: Sequence[z3.ArithRef]) -> z3.ArithRef:
    greatest = terms[0]
    for term in terms[1:]:
        greatest = z3.If(term > greatest, term, greatest)
    return greatest
