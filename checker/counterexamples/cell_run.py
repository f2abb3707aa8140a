"""One strategy of nature, run over a whole cell of parameters at once.

A course says where in a set of seeds a run begins, and which strategy it follows from there; a
strategy says of every choice where between its bounds it lies. In affine forms over the cell, a
clause that is false of the state is false at every point of the cell, so the run breaks it there
at that iteration or before. In floats, at a few points of the cell, it only says what is worth
trying.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import attrs
import flint

from checker.backends.affine import Fork, constant, over
from checker.backends.evaluator import PLAIN, Backend, ball
from checker.backends.rounding import precision
from checker.counterexamples.random_search import Strategy, following
from checker.system.parametric import Cell, ParametricProblem, Point
from checker.system.problem import Clause
from checker.system.seeds import Point as Start
from spec.trace import Position

BITS = 128
MOST_FORKS = 32
NONE = constant(Fraction(0))
STILL = 1e-7

State = Sequence[Any]
"""The fields of an agent, as affine forms over the cell."""


@attrs.frozen
class Course:
    """Nature's strategy, and where in the set of seeds it is followed from."""

    strategy: Strategy = ()
    start: Start = ()


@attrs.frozen
class CellRun:
    """Where a strategy breaks a clause all over a cell: the iteration by which, and which."""

    iteration: int
    position: str
    clause: str


def breaks_all_over(
    parametric: ParametricProblem, cell: Cell, course: Course, most: int
) -> CellRun | None:
    """The break of a course that is sure at every point of a cell, if there is one.

    Where a condition is undecided over the cell and its branches lie apart, each is followed on
    its own; every point of the cell takes one of them, so all must break. Nature must have
    something to choose from all over the cell, at every step until then.
    """
    with precision(BITS):
        return _follow(parametric.starting(course.start), cell, course.strategy, most)


def _follow(
    parametric: ParametricProblem, cell: Cell, strategy: Strategy, most: int
) -> CellRun | None:
    problem, units = parametric.problem, following(strategy)
    fork, covering = Fork(), Fork(follows=False).backend
    programs = [program.bind(fork.backend) for program in parametric.steps]
    guards = {p.name: _Guard.of(parametric, p, covering) for p in problem.traced.positions}
    values = [over(low, high, i, len(cell)) for i, (low, high) in enumerate(cell)]
    seed, _, _ = parametric.seed.bind(covering)(values, ())
    broken = guards[problem.agent.name].broken(seed)
    if broken is not None:
        return CellRun(0, problem.agent.name, broken.label)
    states: list[State] = [seed]
    for iteration in range(1, most + 1):
        for index, (step, program) in enumerate(zip(problem.steps, programs, strict=True)):
            drawn = [constant(unit) for unit in units(iteration, index)]
            landings = (
                (outputs, widths)
                for state in states
                for outputs, _, widths in fork.all(program, [*state, *values], drawn)
            )
            survivors = guards[step.target.name].survivors(landings)
            if isinstance(survivors, Clause):
                return CellRun(iteration, step.target.name, survivors.label)
            if survivors is None or len(survivors) > MOST_FORKS:
                return None
            states = survivors
    return None


@attrs.frozen
class _Guard:
    """What must hold at one position: its clauses, and a box around the states that meet them."""

    clauses: Sequence[Clause]
    truths: Any
    box: Sequence[tuple[Any, Any]]

    @classmethod
    def of(cls, parametric: ParametricProblem, position: Position, backend: Backend) -> _Guard:
        ends = zip(position.fields, parametric.safe[position.name], strict=True)
        endless = flint.arb("inf")
        box = [
            (ball(low), endless if field.open_above(high) else ball(high))
            for field, (low, high) in ends
        ]
        program = parametric.problem.guards[position.name].bind(backend)
        return cls(parametric.problem.clauses[position.name], program, box)

    def broken(self, state: State) -> Clause | None:
        """The first clause that is false of the state at every point of the cell."""
        truths, _, _ = self.truths(state, ())  # a doubt is neither True nor False
        paired = zip(self.clauses, truths, strict=True)
        return next((clause for clause, truth in paired if truth is False), None)

    def survivors(
        self, landings: Iterable[tuple[State, Sequence[Any]]]
    ) -> list[State] | Clause | None:
        """The states from which the run may go on, among those that a step leads to.

        Where the run goes on the clauses hold, so a state is cut to the box around the safe ones.

        Returns:
            those states; a clause that is broken, if there are none; None where nature may have
            nothing to choose from, or a number is not finite.
        """
        last: Clause | None = None
        left: list[State] = []
        for outputs, widths in landings:
            if not all(NONE.sure(width, strictly=False) for width in widths):
                return None
            if not all(value.is_finite() for value in outputs):
                return None
            broken = self.broken(outputs)
            if broken is None:
                ends = zip(outputs, self.box, strict=True)
                left.append([value.within(low, high) for value, (low, high) in ends])
            else:
                last = broken
        return left or last


def seems_to_break(
    parametric: ParametricProblem, point: Point, course: Course, most: int, still: float = STILL
) -> int:
    """The iteration at which a clause seems to break at a point, in floats; 0 if none does.

    A state that moves by less than ``still``, relatively, counts as come to rest.
    """
    parametric, strategy = parametric.starting(course.start), course.strategy
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
        if iteration >= len(strategy) and _at_rest(before, state, still):
            break
    return 0


def _at_rest(before: Sequence[float], after: Sequence[float], still: float) -> bool:
    return all(abs(a - b) <= still * (1 + abs(b)) for a, b in zip(before, after, strict=True))
