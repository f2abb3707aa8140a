"""From an arbitrary start: does every run enter the invariant and stay, and is it closed at all?

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
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import z3

from checker.boxes import Box, Guesser, Region, contains
from checker.cells import rounded
from checker.certify import Certificate, prove
from checker.compile import FLOATS
from checker.decision import Options, vacuity
from checker.falsify import following
from checker.obligations import leads
from checker.pinned import pin
from checker.problem import Clause, Problem, Step, pose
from checker.report import trace_of
from checker.run import Run, replay
from checker.solver import Meter, follows, parts
from checker.unroll import by_stage, units_of
from checker.verdict import Trace, Verdict, undecided
from spec.claims import Claim
from spec.invariants import limits_of
from spec.kinds import Closed, Settles
from spec.terms import conjunction, numeral
from spec.trace import Position

LONGEST = 400
"""Iterations within which every run should have settled."""
TRIED = 4_000
FOLLOWED = 120
SEEN = 3
"""Iterations of a run outside the invariant that are shown."""
ATTEMPTS = 6


def decide_settles(
    statement: Settles, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether the invariant holds from some iteration on, forever, from every agent.

    Raises:
        SpecError: for a mistake in the specification.
    """
    meter = Meter(options.query, time.monotonic() + options.timeout)
    problem, blank = _posed(statement, overriding, meter)
    if blank.verdict == "vacuous":
        return blank
    composed = problem.composed()
    stuck = _stays_outside(composed, meter)
    if stuck is not None:
        run, proof = stuck
        lines = [text.plain for text in trace_of(run)]
        lines[0] = lines[0].replace("seed:", "an agent:")
        within = "; ".join(b for bounds in proof.bounds.values() for b in bounds)
        facts = (*lines, f"and so on forever: {proof.method}" + (f", {within}" if within else ""))
        return _timed(blank, meter, verdict="refuted", method="a run that stays out", facts=facts)
    for form in [problem] if composed is problem else [problem, composed]:
        entered = _enters(form, meter)
        if entered is not None:
            count, bounds = entered
            settled: tuple[str, ...] = (
                f"every agent is within after {count} iteration{'s' if count != 1 else ''}, and "
                f"stays: {bounds}",
            )
            return _timed(blank, meter, verdict="proved", method="shrinking boxes", facts=settled)
    reason = f"the boxes do not settle within {LONGEST} iterations, and no run was seen to stay out"
    return _timed(blank, meter, method="shrinking boxes", reason=reason)


def decide_closed(
    statement: Closed, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether one iteration keeps the invariant with nothing else known of the agent.

    Raises:
        SpecError: for a mistake in the specification.
    """
    meter = Meter(options.query, time.monotonic() + options.timeout)
    problem, blank = _posed(statement, overriding, meter)
    if blank.verdict == "vacuous":
        return blank
    composed = problem.composed()
    (step,) = composed.steps
    inside = composed.clauses[composed.agent.name]
    answers = []
    for obligation in leads(step, inside, inside, name="one iteration"):
        for clause in obligation.conclusions:
            outcome = follows(obligation.hypotheses, clause.condition, meter)
            answers.append(outcome.answer)
            run = _one_iteration(problem, composed, outcome.values)
            if outcome.answer == "fails" and run is not None:
                trace = Trace(run, "from an agent that satisfies it", "one iteration")
                return _timed(blank, meter, verdict="refuted", method="one step", trace=trace)
    if all(answer == "proved" for answer in answers):
        return _timed(blank, meter, verdict="proved", method="one step")
    return _timed(blank, meter, method="one step", reason="Z3 leaves the step undecided")


def _posed(
    statement: Settles | Closed, overriding: Mapping[str, Fraction], meter: Meter
) -> tuple[Problem, Verdict]:
    claim = Claim(
        statement.name,
        statement.scheme,
        statement.invariant,
        at=statement.at,
        place=statement.place,
    )
    problem = pose(claim, overriding)
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}),
        invariant=type(statement.invariant).__name__,
        limits=dict(limits_of(statement.invariant)),
        parameters=problem.traced.values,
    )
    empty = vacuity(problem, claim, meter)
    if empty:
        blank = attrs.evolve(blank, verdict="vacuous", method="assumptions", reason=empty)
    return problem, blank


def _timed(blank: Verdict, meter: Meter, **found: Any) -> Verdict:
    return attrs.evolve(blank, queries=meter.queries, solving=meter.seconds, **found)


def _anywhere(problem: Problem) -> Problem:
    """The same loop with nothing claimed but the domains, from no particular seed."""
    return attrs.evolve(
        problem,
        clauses={p.name: problem.domain(p) for p in problem.traced.positions},
    )


def _enters(problem: Problem, meter: Meter) -> tuple[int, str] | None:
    """The iteration by which every run is within the invariant for good, and the box it is in."""
    agent, steps = problem.agent, problem.steps
    movers = Guesser(_anywhere(problem)).movers
    box: Box = tuple((slot.low, slot.high) for slot in agent.slots)
    for count in range(LONGEST + 1):
        if meter.exhausted:
            return None
        start = box
        for mover, step in zip(movers, steps, strict=True):
            image = mover.exact_image(box)
            if image is None or not _leads(problem, step, box, image, meter):
                return None
            box = _within(image, step.target)
        if not contains(start, box):
            return None
        clauses = Region(start).clauses(agent)
        here = [*parts(agent.domain), *(clause.condition for clause in clauses)]
        claimed = problem.claimed(agent)
        if all(follows(here, c.condition, meter).proved for c in claimed):
            return count, ", ".join(rounded(clause.label) for clause in clauses) or "anything"
        if box == start:
            return None
    return None


def _within(box: Box, position: Position) -> Box:
    return tuple(
        (max(low, slot.low), min(high, slot.high))
        for (low, high), slot in zip(box, position.slots, strict=True)
    )


def _leads(problem: Problem, step: Step, here: Box, there: Box, meter: Meter) -> bool:
    """Whether a step leads from all of one box into another, and is defined there."""
    before = (*problem.domain(step.source), *Region(here).clauses(step.source))
    after = (*problem.domain(step.target), *Region(there).clauses(step.target))
    return all(
        follows(obligation.hypotheses, clause.condition, meter).proved
        for obligation in leads(step, before, after, name="shrinking")
        for clause in obligation.conclusions
    )


def _stays_outside(composed: Problem, meter: Meter) -> tuple[Run, Certificate] | None:
    """A run that violates the invariant forever, and the proof that it does."""
    for start, units in itertools.islice(_outsiders(composed), ATTEMPTS):
        if meter.exhausted:
            return None
        claimed = z3.Not(conjunction([c.condition for c in composed.claimed(composed.agent)]))
        agent = composed.agent
        outside = attrs.evolve(
            composed,
            traced=attrs.evolve(composed.traced, seed=tuple(numeral(v) for v in start)),
            clauses={agent.name: (*composed.domain(agent), Clause("outside", claimed))},
        )
        proof = prove(pin(outside, units, strict=True), meter)
        run = replay(outside, following([[list(units)]]), SEEN)
        if isinstance(proof, Certificate) and run is not None and run.broken is None:
            return run, proof
    return None


def _outsiders(composed: Problem) -> Iterator[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    """Corners of the domain, and constant choices under which they seem to stay outside; the
    simplest choices first."""
    (step,) = composed.steps
    slots, extra = composed.agent.slots, len(step.stage.choices)
    generator = np.random.default_rng(11)
    corners = generator.integers(0, 2, size=(TRIED, len(slots)))
    units = generator.integers(0, 2, size=(TRIED, extra))
    corners[:2], units[:4] = np.array([[0], [1]]), np.array([[0], [1], [0], [1]])
    corners[2:4] = np.array([[1], [0]])
    low = np.array([float(slot.low) for slot in slots])
    high = np.array([float(slot.high) for slot in slots])
    points = low + corners * (high - low)
    program = step.program.bind(FLOATS)
    guard = composed.guards[composed.agent.name].bind(FLOATS)
    claimed = [not clause.of_domain for clause in composed.clauses[composed.agent.name]]
    outside = np.ones(TRIED, dtype=bool)
    state = points.T
    for _ in range(FOLLOWED):
        with np.errstate(all="ignore"):
            truths, _, _ = guard(state, ())
            rows = [np.broadcast_to(np.asarray(t, bool), TRIED) for t in truths]
            held = np.all([row for row, mine in zip(rows, claimed, strict=True) if mine], axis=0)
            lawful = [row for row, mine in zip(rows, claimed, strict=True) if not mine]
            outside &= ~held & (np.all(lawful, axis=0) if lawful else True)
            outputs, _, _ = program(state, units.T)
            state = np.stack([np.broadcast_to(np.asarray(o, float), TRIED) for o in outputs])
    found = [int(i) for i in np.flatnonzero(outside)]
    found.sort(key=lambda i: (int(units[i].sum()), int(corners[i].sum())))
    seen: set[tuple[int, ...]] = set()
    for index in found:
        if tuple(units[index]) in seen:
            continue
        seen.add(tuple(units[index]))
        start = tuple(
            slot.high if top else slot.low for slot, top in zip(slots, corners[index], strict=True)
        )
        yield start, tuple(Fraction(int(u)) for u in units[index])


def _one_iteration(
    problem: Problem, composed: Problem, values: Mapping[str, Fraction]
) -> Run | None:
    """The run of one iteration that a model describes, if it begins inside and ends outside."""
    agent = composed.agent
    start = [
        min(max(values.get(str(symbol), slot.low), slot.low), slot.high)
        for symbol, slot in zip(agent.symbols, agent.slots, strict=True)
    ]
    seed = tuple(numeral(value) for value in start)
    at_state = attrs.evolve(problem, traced=attrs.evolve(problem.traced, seed=seed))
    whole = attrs.evolve(composed, traced=attrs.evolve(composed.traced, seed=seed))
    (step,) = composed.steps
    chosen = {c.name: values.get(str(c.symbol), Fraction(0)) for c in step.stage.choices}
    run = replay(at_state, by_stage(at_state, units_of(whole, [chosen])), 1)
    return run if run is not None and run.iteration == 1 and run.broken is not None else None
