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

import attrs
import numpy as np
import z3

from checker.backends.evaluator import FLOATS
from checker.backends.solver import QueryBudget, follows, parts
from checker.counterexamples.fixed_strategy import fix_choices
from checker.counterexamples.random_search import following
from checker.invariants.certificate import Certificate, prove
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.parameters.cell_checker import rounded
from checker.portfolio.decision import Options
from checker.report.verdict import trace_of
from checker.statements.posing import posed, timed
from checker.system.obligations import preservation
from checker.system.problem import Clause, Problem, Step
from checker.system.region import Box, Region, contains
from checker.system.replay import Run, replay
from checker.system.verdict import Verdict
from spec.statements.dynamics import Settles
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
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    problem, blank = posed(statement, overriding, budget)
    if blank.verdict == "vacuous":
        return blank
    composed = problem.composed()
    stuck = _stays_outside(composed, budget)
    if stuck is not None:
        run, proof = stuck
        lines = [text.plain for text in trace_of(run)]
        lines[0] = lines[0].replace("seed:", "an agent:")
        within = "; ".join(b for bounds in proof.bounds.values() for b in bounds)
        facts = (*lines, f"and so on forever: {proof.method}" + (f", {within}" if within else ""))
        return timed(blank, budget, verdict="refuted", method="a run that stays out", facts=facts)
    for form in [problem] if composed is problem else [problem, composed]:
        entered = _enters(form, budget)
        if entered is not None:
            count, bounds = entered
            settled: tuple[str, ...] = (
                f"every agent is within after {count} iteration{'s' if count != 1 else ''}, and "
                f"stays: {bounds}",
            )
            return timed(blank, budget, verdict="proved", method="shrinking boxes", facts=settled)
    reason = f"the boxes do not settle within {LONGEST} iterations, and no run was seen to stay out"
    return timed(blank, budget, method="shrinking boxes", reason=reason)


def _anywhere(problem: Problem) -> Problem:
    """The same loop with nothing claimed but the domains, from no particular seed."""
    return attrs.evolve(
        problem,
        clauses={p.name: problem.domain(p) for p in problem.traced.positions},
    )


def _enters(problem: Problem, budget: QueryBudget) -> tuple[int, str] | None:
    """The iteration by which every run is within the invariant for good, and the box it is in."""
    agent, steps = problem.agent, problem.steps
    transformers = RegionSynthesizer(_anywhere(problem)).transformers
    box: Box = tuple((field.low, field.high) for field in agent.fields)
    for count in range(LONGEST + 1):
        if budget.exhausted:
            return None
        start = box
        for transformer, step in zip(transformers, steps, strict=True):
            image = transformer.exact_image(box)
            if image is None or not _leads(problem, step, box, image, budget):
                return None
            box = _within(image, step.target)
        if not contains(start, box):
            return None
        clauses = Region(start).clauses(agent)
        here = [*parts(agent.domain), *(clause.condition for clause in clauses)]
        claimed = problem.claimed(agent)
        if all(follows(here, c.condition, budget).proved for c in claimed):
            return count, ", ".join(rounded(clause.label) for clause in clauses) or "anything"
        if box == start:
            return None
    return None


def _within(box: Box, position: Position) -> Box:
    return tuple(
        (max(low, field.low), min(high, field.high))
        for (low, high), field in zip(box, position.fields, strict=True)
    )


def _leads(problem: Problem, step: Step, here: Box, there: Box, budget: QueryBudget) -> bool:
    """Whether a step leads from all of one box into another, and is defined there."""
    before = (*problem.domain(step.source), *Region(here).clauses(step.source))
    after = (*problem.domain(step.target), *Region(there).clauses(step.target))
    return all(
        follows(obligation.hypotheses, clause.condition, budget).proved
        for obligation in preservation(step, before, after, name="shrinking")
        for clause in obligation.conclusions
    )


def _stays_outside(composed: Problem, budget: QueryBudget) -> tuple[Run, Certificate] | None:
    """A run that violates the invariant forever, and the proof that it does."""
    for start, units in itertools.islice(_outsiders(composed), ATTEMPTS):
        if budget.exhausted:
            return None
        claimed = z3.Not(conjunction([c.condition for c in composed.claimed(composed.agent)]))
        agent = composed.agent
        outside = attrs.evolve(
            composed,
            traced=attrs.evolve(composed.traced, seed=tuple(numeral(v) for v in start)),
            clauses={agent.name: (*composed.domain(agent), Clause("outside", claimed))},
        )
        proof = prove(fix_choices(outside, units, strict=True), budget)
        run = replay(outside, following([[list(units)]]), SEEN)
        if isinstance(proof, Certificate) and run is not None and run.broken is None:
            return run, proof
    return None


def _outsiders(composed: Problem) -> Iterator[tuple[tuple[Fraction, ...], tuple[Fraction, ...]]]:
    """Corners of the domain, and constant choices under which they seem to stay outside; the
    simplest choices first."""
    (step,) = composed.steps
    fields, extra = composed.agent.fields, len(step.stage.choices)
    generator = np.random.default_rng(11)
    corners = generator.integers(0, 2, size=(TRIED, len(fields)))
    units = generator.integers(0, 2, size=(TRIED, extra))
    corners[:2], units[:4] = np.array([[0], [1]]), np.array([[0], [1], [0], [1]])
    corners[2:4] = np.array([[1], [0]])
    low = np.array([float(field.low) for field in fields])
    high = np.array([float(field.high) for field in fields])
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
            field.high if top else field.low
            for field, top in zip(fields, corners[index], strict=True)
        )
        yield start, tuple(Fraction(int(u)) for u in units[index])
