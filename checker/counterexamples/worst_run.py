"""Long rigorous runs: the worst run of a monotone problem, its lower and upper end apart.

A ball that holds a state loses its digits within a hundred iterations, because it forgets that the
same number stands at several places. Here the run is enclosed by two exact points instead. Where
the step is monotone, the image of the better point, rounded for the better, stays below the run,
and that of the worse point above it; the enclosure then grows by rounding alone. When the claim is
undecided between the two points the precision is doubled and the run is followed anew.

A step that leaves nature no value has no successor, and then there is no run to follow. Either the
solver shows that no safe state is such a one, or the widths of nature's bounds are watched on the
way, over everything between the two points.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint

from checker.backends.evaluator import BALLS, compile_terms
from checker.backends.solver import QueryBudget, follows
from checker.invariants.monotone import Order
from checker.system.obligations import preservation
from checker.system.problem import Problem, numeral_value
from checker.system.replay import Enclosure, Run, TraceStep, dyadic, require_choices

FIRST_BITS, MOST_BITS = 64, 4096
KEPT = 3


def follow_worst_run(
    problem: Problem, order: Order, most: int, budget: QueryBudget | None = None
) -> Run | None:
    """Follow the worst run until a claimed clause breaks.

    Returns:
        the broken run, with its first and last steps; None when nothing breaks within ``most``
        iterations, or it is undecided at the greatest precision. The order must have been proved.

    Raises:
        SpecError: when the run leaves nature nothing to choose from.
    """
    watched = not _always_a_choice(problem, budget or QueryBudget(2.0))
    before, bits = flint.ctx.prec, FIRST_BITS
    try:
        while bits <= MOST_BITS:
            flint.ctx.prec = bits
            found = _follow(problem, order, most, bits, watched)
            if found != "undecided":
                return found if isinstance(found, Run) else None
            bits *= 2
    finally:
        flint.ctx.prec = before
    return None


def _always_a_choice(problem: Problem, budget: QueryBudget) -> bool:
    """Whether the solver shows that every safe state leaves nature some value for each choice."""
    (step,) = problem.steps
    return all(
        follows(obligation.hypotheses, clause.condition, budget).proved
        for obligation in preservation(
            step, problem.clauses[problem.agent.name], (), name="choices"
        )
        for clause in obligation.conclusions
    )


def _follow(problem: Problem, order: Order, most: int, bits: int, watched: bool) -> Run | str:
    (step,) = problem.steps
    agent = problem.agent
    cone = sorted(order.worse)
    clauses = problem.claimed(agent)
    program = step.program.bind(BALLS)
    guard = compile_terms(agent.symbols, (), [c.condition for c in clauses]).bind(BALLS)
    units = [flint.arb(int(top)) for top in order.tops]
    bounds = [(BALLS.constant(field.low), BALLS.constant(field.high)) for field in agent.fields]
    seed = [BALLS.constant(numeral_value(term)) for term in problem.seed]
    better, worse = list(seed), list(seed)
    for i in cone:
        better[i], worse[i] = _end(seed[i], -order.worse[i]), _end(seed[i], order.worse[i])
    start = _state(problem, cone, better, worse)
    head: list[tuple[int, Any, Any]] = []
    tail: deque[tuple[int, Any, Any]] = deque(maxlen=KEPT + 1)
    for iteration in range(most + 1):
        kept = (iteration, better, worse)
        if iteration <= KEPT:
            head.append(kept)
        else:
            tail.append(kept)
        broken = [c for c, t in zip(clauses, guard(better, ())[0], strict=True) if t is False]
        if broken:
            points = [*head, *tail]
            steps = [
                TraceStep(
                    b[0],
                    step.name,
                    _state(problem, cone, *a[1:]),
                    {},
                    _state(problem, cone, *b[1:]),
                    None,
                )
                for a, b in itertools.pairwise(points)
                if b[0] == a[0] + 1
            ]
            told = f"two-ended balls of {bits} bits"
            return Run(start, tuple(steps), iteration, agent.name, broken[0].label, told)
        if not all(t is True for t in guard(worse, ())[0]):
            return "undecided"
        if watched:
            between = [low.union(high) for low, high in bounds]
            for i in cone:
                between[i] = better[i].union(worse[i])
            widths = program(between, units)[2]
            require_choices(step.stage.choices, widths, iteration + 1)
            if not all(width >= 0 for width in widths):
                return "undecided"
        low, high = program(better, units)[0], program(worse, units)[0]
        new_better, new_worse = list(better), list(worse)
        for i in cone:
            sign = order.worse[i]
            new_better[i] = _clamped(_end(low[i], -sign), bounds[i])
            new_worse[i] = _clamped(_end(high[i], sign), bounds[i])
        if new_better == better and new_worse == worse:
            return "stays"
        better, worse = new_better, new_worse
    return "stays"


def _end(value: Any, sign: int) -> Any:
    return value.upper() if sign > 0 else value.lower()


def _clamped(value: Any, bounds: tuple[Any, Any]) -> Any:
    """The value, in the field's domain: the run itself was proved not to leave it."""
    low, high = bounds
    return low if value < low else (high if value > high else value)


def _state(problem: Problem, cone: Sequence[int], better: Any, worse: Any) -> dict[str, Enclosure]:
    named = {}
    for i in cone:
        ends: list[Fraction] = sorted((dyadic(better[i].lower()), dyadic(worse[i].upper())))
        named[problem.agent.fields[i].name] = Enclosure(ends[0], ends[-1])
    return named
