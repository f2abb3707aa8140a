"""Sets that hold every agent a scheme can reach: bounds are guessed, and kept if inductive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
import z3

from checker.backends.rounding import ceil_to, floor_to
from checker.backends.solver import QueryBudget, follows
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.system.problem import Clause, Problem, bound_on
from checker.system.region import Box, ends_of, seed_box
from checker.system.transition_system import TransitionSystem

MARGIN = 1e-6
GRAIN = Fraction(1, 10**9)

Pairs = Sequence[tuple[z3.ExprRef, z3.ExprRef]]
"""A substitution."""


def reachable(
    transition_system: TransitionSystem,
    problems: Sequence[Problem],
    given: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> tuple[Clause, ...]:
    """Bounds on the system's state that hold at the seed and after every sound iteration.

    Args:
        transition_system: the scheme.
        problems: the scheme at a few exact parameters, to guess from.
        given: what is assumed of the parameters that are symbols.
        budget: limits on the queries.

    Returns:
        the greatest inductive part of the guesses, checked.
    """
    clauses: list[Clause] = []
    for guess in (_inflated, _image):
        boxes = [box for box in (guess(problem.composed()) for problem in problems) if box]
        if len(boxes) == len(problems):
            clauses += _hull(transition_system, boxes)
    return inductive(transition_system, clauses, given, budget)


def inductive(
    transition_system: TransitionSystem,
    clauses: Sequence[Clause],
    given: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> tuple[Clause, ...]:
    """The greatest subset of the clauses that the seed meets and that is kept by every iteration
    (Flanagan and Leino, "Houdini, an annotation assistant" (2001))."""
    start = list(zip(transition_system.state, transition_system.seed, strict=True))
    after = list(zip(transition_system.state, transition_system.outputs, strict=True))
    known = [transition_system.domain, transition_system.bounds, *transition_system.sound]
    return tuple(inductive_part(clauses, start, after, given, known, budget))


def kept_by_step(
    problem: Problem, guesses: Iterable[Clause], given: Sequence[z3.BoolRef], budget: QueryBudget
) -> list[Clause]:
    """The greatest part of some clauses that the seed meets and that no step leaves, from a state
    that is safe and within them; of a problem composed to one step."""
    (step,) = problem.steps
    seed = list(zip(problem.agent.symbols, problem.seed, strict=True))
    after = list(zip(problem.agent.symbols, step.stage.outputs, strict=True))
    safe = [problem.safe(problem.agent), step.stage.bounds]
    return inductive_part(guesses, seed, after, given, safe, budget)


def inductive_part(
    clauses: Iterable[Clause],
    start: Pairs,
    after: Pairs,
    given: Sequence[z3.BoolRef],
    known: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> list[Clause]:
    """The greatest subset of some clauses that a seed meets and that one step keeps.

    Args:
        clauses: the guesses.
        start: the state's symbols, each with its value in the seed.
        after: the same with its value after a step.
        given: what is known of the parameters.
        known: what is known of a state and of nature's choices besides.
        budget: limits on the queries.
    """
    left = [
        clause
        for clause in clauses
        if follows(given, z3.substitute(clause.condition, *start), budget).valid
    ]
    while left:
        held = [*given, *known, *(clause.condition for clause in left)]
        kept = [
            clause
            for clause in left
            if follows(held, z3.substitute(clause.condition, *after), budget).valid
        ]
        if len(kept) == len(left):
            break
        left = kept
    return left


def _hull(transition_system: TransitionSystem, boxes: Sequence[Box]) -> list[Clause]:
    """The bounds of the least box around the boxes, where they say more than the domain."""
    found = []
    for index, (field, symbol) in enumerate(
        zip(transition_system.fields, transition_system.state, strict=True)
    ):
        low = min(box[index][0] for box in boxes)
        high = max(box[index][1] for box in boxes)
        if low > field.low:
            found.append(bound_on(field.name, symbol, ">=", low))
        if not field.reaches_top(high):
            found.append(bound_on(field.name, symbol, "<=", high))
    return found


def _inflated(problem: Problem) -> Box | None:
    regions = RegionSynthesizer(problem).inflate(seed_box(problem), MARGIN)
    return None if regions is None else regions[problem.agent.name].box


def _image(problem: Problem) -> Box | None:
    """The seed, and where one iteration leads from the domain."""
    low, high = ends_of(tuple((field.low, field.high) for field in problem.agent.fields))
    with np.errstate(all="ignore"):
        bottom, top, _ = RegionSynthesizer(problem).transformers[0].image(low, high, np.zeros(0))
    if not (np.isfinite(bottom).all() and np.isfinite(top).all()):
        return None
    return tuple(
        (min(a, floor_to(Fraction(float(x)), GRAIN)), max(b, ceil_to(Fraction(float(y)), GRAIN)))
        for (a, b), x, y in zip(seed_box(problem), bottom, top, strict=True)
    )
