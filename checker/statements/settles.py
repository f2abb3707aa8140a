"""From an arbitrary start: does every run enter the invariant, and stay?

Theorem. Let D be the domain of agents, F one iteration (the set of all agents it can make), and
D = B0, B1, ..., Bn sets such that F leads from each into the next and Bn is within B(n-1). Then
every run from D is in Bn from iteration n on. *Proof.* After n iterations a run is in Bn. A state
of Bn is one of B(n-1), which F leads into Bn; so it stays. If Bn satisfies the invariant, it holds
from iteration n on, whatever nature chooses.

It is refuted by an agent and a constant strategy of nature such that the run from that agent
violates the invariant at every iteration, which is a proof like any other, of the negation.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import z3

from checker.backends.evaluator import FLOATS
from checker.backends.solver import QueryBudget, follows, parts
from checker.counterexamples.fixed_strategy import fix_choices
from checker.counterexamples.random_search import following
from checker.invariants.certificate import Certificate, clauses_of_box
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.parameters.settling import anywhere
from checker.portfolio.decision import Options
from checker.portfolio.proving import prove
from checker.statements.posing import decided, posed
from checker.system.findings import Fact, Method
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.problem import Bound, Clause, Problem, Step
from checker.system.region import Array, Box, Region, bounds_of
from checker.system.replay import Run, replay
from checker.system.verdict import Proof, Refutation, Unknown, Vacuous, Verdict
from checker.system.walk import Walk, held_set
from spec.statements.dynamics import Settles
from spec.terms import conjunction, numeral
from spec.trace import Position

LONGEST = 400
"""Iterations within which every run should have settled."""
TRIED = 4_000
"""Pairs of a start and constant choices that are followed in floats."""
FOLLOWED = 120
"""Iterations for which they are followed."""
SEEN = 3
"""Iterations of a run outside the invariant that are shown."""
ATTEMPTS = 6
"""Runs that seem to stay outside of which this is put to the solver."""


@attrs.frozen
class Settled(Fact):
    """From every agent, the invariant holds after so many iterations and ever after.

    ``bounds`` are those on the box that all runs are in by then, beside the fields' domains.
    ``walk`` has the boxes that lead there, for others to check.
    """

    iterations: int
    bounds: tuple[Bound, ...]
    walk: Walk = ()


@attrs.frozen
class RunStaysOut(Fact):
    """A run that violates the invariant at every iteration, and how that is proved.

    The first iterations of the run are kept; it goes on forever.
    """

    run: Run
    proof: Proof


class Shrinking(Enum):
    """Why the boxes around all runs are not followed any further."""

    LATE = "late"
    """The time is up."""
    AT_REST = "at rest"
    """The next box is the same."""
    NOT_SHOWN = "not shown"
    """Where the steps lead from a box is not shown, or not that they are defined there."""
    LONG = "long"
    """The iterations are used up."""


@attrs.frozen
class NotSettled(Fact):
    """The boxes around all runs are not shown to be within the invariant after so many iterations,
    and no run was seen to stay outside it."""

    iterations: int
    ended: Shrinking


def decide_settles(
    statement: Settles, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether the invariant holds from some iteration on, forever, from every agent.

    Raises:
        SpecError: for a mistake in the specification.
    """
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    problem, blank = posed(statement, overriding, budget)
    if isinstance(blank.result, Vacuous):
        return blank
    composed = problem.composed()
    stuck = _stays_outside(composed, budget)
    if stuck is not None:
        return decided(blank, budget, Refutation(Method.STAYS_OUT), (stuck,))
    found = entered(problem, budget)
    if composed is not problem and isinstance(found, NotSettled) and not budget.exhausted:
        found = entered(composed, budget)
    if isinstance(found, Settled):
        return decided(blank, budget, Proof(Method.SHRINKING_BOXES), (found,))
    return decided(blank, budget, Unknown(Method.SHRINKING_BOXES, found))


def entered(problem: Problem, budget: QueryBudget) -> Settled | NotSettled:
    """The iteration by which every run is within the invariant for good, and the box it is in; or
    why none is known."""
    agent = problem.agent
    synthesizer = RegionSynthesizer(anywhere(problem))
    box: Box = tuple((field.low, field.high) for field in agent.fields)
    visited: list[Box] = [box]
    for count in range(LONGEST + 1):
        between = _images(problem, synthesizer, box, budget)
        if between is None:
            ended = Shrinking.LATE if budget.exhausted else Shrinking.NOT_SHOWN
            return NotSettled(count, ended)
        visited += between
        image = between[-1]
        clauses = Region(box).clauses(agent)
        here = [*parts(agent.domain), *(clause.condition for clause in clauses)]
        claimed = problem.claimed(agent)
        if all(follows(here, c.condition, budget).valid for c in claimed):
            return Settled(count, bounds_of(clauses), _walk(problem, visited))
        if image == box:
            return NotSettled(count, Shrinking.AT_REST)
        box = image
    return NotSettled(LONGEST, Shrinking.LONG)


def _walk(problem: Problem, visited: Sequence[Box]) -> Walk:
    """The boxes that every run comes through, one after every step; the last lies within the one
    an iteration before."""
    steps = problem.steps
    sources = [steps[number % len(steps)].source for number in range(len(visited))]
    walk = [
        held_set(source, clauses_of_box(box, source), into=number)
        for number, (source, box) in enumerate(zip(sources, visited, strict=True), start=1)
    ]
    walk[-1] = attrs.evolve(walk[-1], into=None, within=len(walk) - 1 - len(steps))
    return tuple(walk)


def _images(
    problem: Problem, synthesizer: RegionSynthesizer, box: Box, budget: QueryBudget
) -> list[Box] | None:
    """Boxes into which the steps of one iteration lead all of this one, one after the other; None
    if they are not found. The last is within this one: what rounding adds to it is cut off."""
    images, before = list[Box](), box
    if budget.exhausted:
        return None
    for transformer, step in zip(synthesizer.transformers, problem.steps, strict=True):
        whole = tuple((field.low, field.high) for field in step.target.fields)
        image = transformer.exact_image(box)
        if image is not None and step is problem.steps[-1]:
            image, whole = _common(image, before), before
        image = None if image is None else _kept(problem, step, box, image, whole, budget)
        if image is None:
            return None
        box = _within(image, step.target)
        images.append(box)
    return images


def _common(one: Box, other: Box) -> Box | None:
    """What two boxes share; None for nothing."""
    ends = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(one, other, strict=True)]
    return tuple(ends) if all(low <= high for low, high in ends) else None


def _within(box: Box, position: Position) -> Box:
    return tuple(
        (max(low, field.low), min(high, field.high))
        for (low, high), field in zip(box, position.fields, strict=True)
    )


def _kept(
    problem: Problem, step: Step, here: Box, there: Box, whole: Box, budget: QueryBudget
) -> Box | None:
    """A box into which a step leads from all of another: a guess, or what is kept of it.

    The guess is made from some values only where a field has no greatest, and at the corners where
    a step seems monotone. Each of its ends that does not hold gives way to that of the ``whole``.
    """
    if _preserves(problem, step, here, there, budget):
        return there

    def alone(place: int, low: Fraction, high: Fraction) -> bool:
        only = (*whole[:place], (low, high), *whole[place + 1 :])
        return _preserves(problem, step, here, only, budget)

    kept = tuple(
        (
            low if alone(place, low, top) else bottom,
            high if alone(place, bottom, high) else top,
        )
        for place, ((low, high), (bottom, top)) in enumerate(zip(there, whole, strict=True))
    )
    return kept if _preserves(problem, step, here, kept, budget) else None


def _preserves(problem: Problem, step: Step, here: Box, there: Box, budget: QueryBudget) -> bool:
    """Whether a step leads from all of one box into another, and is defined there."""
    before = (*problem.domain(step.source), *Region(here).clauses(step.source))
    after = (*problem.domain(step.target), *Region(there).clauses(step.target))
    return met(preservation(step, before, after), budget)


def _stays_outside(composed: Problem, budget: QueryBudget) -> RunStaysOut | None:
    """A run that violates the invariant forever, and the proof that it does."""
    for start, units in itertools.islice(_outsiders(composed), ATTEMPTS):
        if budget.exhausted:
            return None
        claimed = z3.Not(conjunction([c.condition for c in composed.claimed(composed.agent)]))
        agent = composed.agent
        outside = attrs.evolve(
            composed,
            traced=composed.traced.starting_at([numeral(v) for v in start]),
            clauses={agent.name: (*composed.domain(agent), Clause("outside", claimed))},
        )
        found = prove(fix_choices(outside, units, strict=True), budget)
        run = replay(outside, following([[list(units)]]), SEEN)
        if isinstance(found, Certificate) and run is not None and run.broken is None:
            return RunStaysOut(run, Proof(found.method, found.stated(outside)))
    return None


def _outsiders(composed: Problem) -> Iterator[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    """Corners of the domain, and constant choices under which they seem to stay outside; the
    simplest choices first."""
    (step,) = composed.steps
    fields = composed.agent.fields
    corners, units = _drawn(len(fields), len(step.stage.choices))
    found = [int(i) for i in np.flatnonzero(_seem_outside(composed, corners, units))]
    found.sort(key=lambda i: (int(units[i].sum()), int(corners[i].sum())))
    seen: set[tuple[int, ...]] = set()
    for index in found:
        if tuple(units[index]) in seen:
            continue
        seen.add(tuple(units[index]))
        start = tuple(
            field.high if top else field.low
            for field, top in zip(fields, corners[index], strict=True)
        )
        yield start, tuple(Fraction(int(u)) for u in units[index])


def _drawn(fields: int, choices: int) -> tuple[Array, Array]:
    """Rows of 0 and 1: at which end of its domain each field of a run starts, and at which end of
    its bounds each choice lies. The plain ones come first."""
    generator = np.random.default_rng(11)
    corners = generator.integers(0, 2, size=(TRIED, fields))
    units = generator.integers(0, 2, size=(TRIED, choices))
    corners[:2], units[:4] = np.array([[0], [1]]), np.array([[0], [1], [0], [1]])
    corners[2:4] = np.array([[1], [0]])
    return corners, units


def _seem_outside(composed: Problem, corners: Array, units: Array) -> Array:
    """Which runs, in floats, violate the invariant at every iteration and leave no domain."""
    (step,) = composed.steps
    low = np.array([float(field.low) for field in composed.agent.fields])
    high = np.array([float(field.high) for field in composed.agent.fields])
    program = step.program.bind(FLOATS)
    guard = composed.guards[composed.agent.name].bind(FLOATS)
    of_domain = [clause.of_domain for clause in composed.clauses[composed.agent.name]]
    outside = np.ones(TRIED, dtype=bool)
    state = (low + corners * (high - low)).T
    for _ in range(FOLLOWED):
        with np.errstate(all="ignore"):
            truths, _, _ = guard(state, ())
            outside &= _outside(truths, of_domain)
            outputs, _, _ = program(state, units.T)
            state = np.stack([np.broadcast_to(np.asarray(o, float), TRIED) for o in outputs])
    return outside


def _outside(truths: Sequence[Any], of_domain: Sequence[bool]) -> Array:
    """Which states violate the invariant and lie in their domain, by the truth of each clause."""
    rows = [np.broadcast_to(np.asarray(truth, bool), TRIED) for truth in truths]
    claimed = [row for row, domain in zip(rows, of_domain, strict=True) if not domain]
    domains = [row for row, domain in zip(rows, of_domain, strict=True) if domain]
    violated: Array = ~np.all(claimed, axis=0)
    return violated & np.all(domains, axis=0) if domains else violated
