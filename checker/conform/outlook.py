"""What is still guaranteed from the last measurement on, if every bound of the scheme holds again.

The agent may be anything in the box that the log leaves for it; each claim is put to the engines
with that box in place of the seed, and with the run's own numbers as in the relation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.conform.departure import measured_box
from checker.conform.findings import Kept, Outlook
from checker.conform.measured import Measured, Sense
from checker.conform.reach import inside
from checker.conform.relation import Relation
from checker.counterexamples.random_search import falsify
from checker.invariants.certificate import Certificate, clear_steps
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.portfolio.proving import prove
from checker.portfolio.searches import SHORT_SEARCH
from checker.system.announcements import announce
from checker.system.problem import Problem, pose
from checker.system.region import Box, within_box
from spec.errors import SpecError
from spec.invariants import limits_of
from spec.nature import Choice
from spec.statements.claim import Claim
from spec.terms import numeral
from spec.trace import Position

AHEAD = 32
"""Iterations up to which it is said how long an invariant holds at least."""
PROOF_SECONDS = 10.0
"""Seconds of solving for a proof that an invariant holds forever."""


def outlook(
    claims: Sequence[Claim], relation: Relation, measured: Measured, box: Box, budget: QueryBudget
) -> tuple[Outlook, ...]:
    """What becomes of each claimed invariant when the agent is anything in a box, and at which
    measured agents it is broken."""
    found: dict[str, Outlook] = {}
    for claim in claims:
        limits = ", ".join(f"{n} <= {v}" for n, v in limits_of(claim.invariant).items())
        name = f"{type(claim.invariant).__name__} ({limits})"
        if name not in found:
            announce(f"looking ahead: {name}")
            problem = _posed(claim, relation)
            ahead = _outlook(problem, relation, box, budget)
            broken = tuple(_broken(problem, measured, budget))
            found[name] = attrs.evolve(ahead, invariant=name, broken=broken)
    return tuple(found.values())


def _broken(problem: Problem, measured: Measured, budget: QueryBudget) -> Iterator[int]:
    """The iterations at whose agent no state within what was measured keeps a claim.

    Of a conjunction one part that fails at every state is enough. What is alike is asked once.
    """
    agent, known = problem.agent, dict[Box, bool]()
    for (iteration, place), found in measured.at.items():
        if place:
            continue
        box = measured_box(agent, found)
        if box not in known:
            given = within_box(agent.fields, agent.symbols, box)
            known[box] = any(
                follows(given, z3.Not(clause.condition), budget).valid
                for clause in problem.claimed(agent)
                if not _fits(clause.condition, agent, box)
            )
        if known[box]:
            yield iteration


def _fits(condition: z3.BoolRef, agent: Position, box: Box) -> bool:
    """Whether the state at the low ends of a box keeps a condition, or the one at its high ends:
    then nothing need be asked."""
    for upper in (False, True):
        pairs = [
            (symbol, numeral(ends[upper]) if symbol.is_real() else z3.IntVal(int(ends[upper])))
            for symbol, ends in zip(agent.symbols, box, strict=True)
        ]
        if z3.is_true(z3.simplify(z3.substitute(condition, *pairs))):
            return True
    return False


def _posed(claim: Claim, relation: Relation) -> Problem:
    """The claim about the relation's steps."""
    problem = pose(claim, relation.problem.traced.values)
    stages = tuple(step.stage for step in relation.steps)
    traced = attrs.evolve(problem.traced, stages=stages)
    return attrs.evolve(problem, traced=traced, steps=relation.steps)


def _outlook(problem: Problem, relation: Relation, box: Box, budget: QueryBudget) -> Outlook:
    agent = problem.agent
    given = inside(agent, box)
    if not all(follows(given, c.condition, budget).valid for c in problem.claimed(agent)):
        return Outlook("", Kept.BROKEN)
    begun = _begun(problem, box)
    if begun is None:
        return Outlook("", Kept.OPEN)
    part = budget.within(PROOF_SECONDS)
    if isinstance(prove(begun, part, thorough=False), Certificate):
        return Outlook("", Kept.FOREVER)
    if isinstance(prove(begun.composed(), part, thorough=False), Certificate):
        return Outlook("", Kept.FOREVER)
    chain = RegionSynthesizer(begun).chain(AHEAD)
    clear = max(0, (clear_steps(begun, chain, budget) - 1) // len(begun.steps))
    return Outlook("", Kept.SOME_TIME, clear, _breaks(problem, relation, box))


def _begun(problem: Problem, box: Box) -> Problem | None:
    """The problem from anywhere in a box; None where the box has no end."""
    seed: list[z3.ExprRef] = []
    free = []
    for field, symbol, (low, high) in zip(
        problem.agent.fields, problem.agent.symbols, box, strict=True
    ):
        if field.open_above(high):
            return None
        if low == high:
            seed.append(numeral(low) if symbol.is_real() else z3.IntVal(int(low)))
            continue
        start = z3.Const(f"the log's {field.name}", symbol.sort())
        seed.append(start)
        free.append(Choice(f"the log's {field.name}", start, numeral(low), numeral(high), "", ""))
    traced = problem.traced.starting_at(seed)
    return attrs.evolve(problem, traced=traced, free_parameters=tuple(free))


def _breaks(problem: Problem, relation: Relation, box: Box) -> int | None:
    """After how many iterations an allowed run from the worst corner breaks the claim."""
    corner: list[Fraction] = []
    for field, (low, high) in zip(problem.agent.fields, box, strict=True):
        corner.append(low if relation.sense(0, field) is Sense.LEAST else high)
    seed = tuple(
        numeral(value) if symbol.is_real() else z3.IntVal(int(value))
        for value, symbol in zip(corner, problem.agent.symbols, strict=True)
    )
    traced = problem.traced.starting_at(seed)
    try:
        found = falsify(attrs.evolve(problem, traced=traced), SHORT_SEARCH, simple=False)
    except SpecError:
        return None
    return None if found is None else found[0].iteration
