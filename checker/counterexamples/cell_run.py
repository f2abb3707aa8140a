"""One strategy of nature, run over a whole cell of parameters at once.

A strategy says of every choice where between its bounds it lies. In linear forms over the cell, a
clause that is false of the state is false at every point of the cell, so the run breaks it there
at that iteration or before. In floats, at a few points of the cell, it only says what is worth
trying.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
import flint

from checker.backends.affine import Fork, constant, over
from checker.backends.evaluator import PLAIN
from checker.counterexamples.random_search import Strategy, following
from checker.system.parametric import Cell, ParametricProblem, Point

BITS = 128
MOST_FORKS = 32
NONE = constant(Fraction(0))
STILL = 1e-7


@attrs.frozen
class CellRun:
    """Where a strategy breaks a clause all over a cell: the iteration by which, and which."""

    iteration: int
    position: str
    clause: str


def breaks_all_over(
    parametric: ParametricProblem, cell: Cell, strategy: Strategy, most: int
) -> CellRun | None:
    """The break of a strategy that is sure at every point of a cell, if there is one.

    Where a condition is undecided over the cell and its branches lie apart, each is followed on
    its own; every point of the cell takes one of them, so all must break. Nature must have
    something to choose from all over the cell, at every step until then.
    """
    before = flint.ctx.prec
    flint.ctx.prec = BITS
    try:
        return _sweep(parametric, cell, strategy, most)
    finally:
        flint.ctx.prec = before


def _sweep(
    parametric: ParametricProblem, cell: Cell, strategy: Strategy, most: int
) -> CellRun | None:
    problem, units = parametric.problem, following(strategy)
    fork = Fork()
    programs = [program.bind(fork.backend) for program in parametric.steps]
    covering = Fork(follows=False).backend
    guards = {name: program.bind(covering) for name, program in problem.guards.items()}
    safe = {
        name: [tuple(map(_exactly, ends)) for ends in box] for name, box in parametric.safe.items()
    }
    values = [over(low, high, i, len(cell)) for i, (low, high) in enumerate(cell)]
    seed, _, _ = parametric.seed.bind(covering)(values, ())
    name = problem.agent.name
    clause = _false(problem.clauses[name], guards[name], seed)
    if clause:
        return CellRun(0, name, clause)
    states = [seed]
    for iteration in range(1, most + 1):
        for index, (step, program) in enumerate(zip(problem.steps, programs, strict=True)):
            drawn = [constant(unit) for unit in units(iteration, index)]
            reached = []
            for state in states:
                for outputs, _, widths in fork.all(program, [*state, *values], drawn):
                    if not all(NONE.sure(width, strictly=False) for width in widths):
                        return None
                    if not all(value.is_finite() for value in outputs):
                        return None
                    broken = _false(
                        problem.clauses[step.target.name], guards[step.target.name], outputs
                    )
                    clause = broken or clause
                    if not broken:  # wherever the run goes on, the clauses hold
                        reached.append(
                            [
                                value.within(low, high)
                                for value, (low, high) in zip(
                                    outputs, safe[step.target.name], strict=True
                                )
                            ]
                        )
            if not reached:
                return CellRun(iteration, step.target.name, clause)
            if len(reached) > MOST_FORKS:
                return None
            states = reached
    return None


def _exactly(value: Fraction) -> Any:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def _false(clauses: Sequence[Any], guard: Any, state: Sequence[Any]) -> str:
    truths, _, _ = guard(state, ())  # a doubt is neither True nor False
    return next((c.label for c, t in zip(clauses, truths, strict=True) if t is False), "")


def seems_to_break(
    parametric: ParametricProblem, point: Point, strategy: Strategy, most: int, still: float = STILL
) -> int:
    """The iteration at which a clause seems to break at a point, in floats; 0 if none does.

    A state that moves by less than ``still``, relatively, counts as come to rest.
    """
    problem, units = parametric.problem, following(strategy)
    programs = [program.bind(PLAIN) for program in parametric.steps]
    guards = [problem.guards[step.target.name].bind(PLAIN) for step in problem.steps]
    values = [float(value) for value in point]
    drawn = [[float(u) for u in units(1, index)] for index in range(len(programs))]
    state = [float(v) for v in parametric.seed.bind(PLAIN)(values, ())[0]]
    for iteration in range(1, most + 1):
        if 1 < iteration <= len(strategy):
            drawn = [[float(u) for u in units(iteration, index)] for index in range(len(programs))]
        before = state
        for index, (program, guard) in enumerate(zip(programs, guards, strict=True)):
            state = program([*state, *values], drawn[index])[0]
            if not all(guard(state, ())[0]):
                return iteration
        if iteration >= len(strategy) and all(
            abs(a - b) <= still * (1 + abs(b)) for a, b in zip(before, state, strict=True)
        ):
            break
    return 0
