"""Proofs: candidate certificates are guessed, and the solver is asked about one step of each.

A certificate is a set at each position of the loop that one iteration cannot leave, entered after
a checked prefix of iterations from the seed. ``prove`` tries four kinds: the claimed limits as they
are, first iterations that return into themselves, inductive boxes, and k-induction;
``prove_harder`` tries polyhedra and unions of boxes, for loops that no box suits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

import attrs

from checker.backends.solver import Outcome, QueryBudget, follows, parts
from checker.invariants.box_unions import hull, inductive_union
from checker.invariants.budgets import Budgets, budgets_of
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.k_induction import induct
from checker.invariants.post_fixpoint import post_fixpoint
from checker.invariants.preimages import polyhedron
from checker.invariants.template_polyhedra import MOST_FIELDS, Polyhedra
from checker.system.obligations import Held, at, obligations, preservation
from checker.system.problem import Clause, Problem
from checker.system.region import Box, Region, contains
from spec.trace import Position

PREFIXES = (0, 1, 2, 4, 8, 16, 32)
MARGINS = (3e-2, 3e-3, 1e-4, 1e-6, 1e-8)
INDUCTION_DEPTHS = (2, 3, 4)
POLYHEDRON_SECONDS, UNION_SECONDS = 10.0, 30.0
TOLD = 4
"""Boxes up to which a union is told in full."""
LONG_CHAIN = 64
"""Fields times iterations from which on a chain of boxes is tried after the regions."""


@attrs.frozen
class Certificate:
    """What was proved to hold forever, and how.

    ``budgets`` are the invariants' budgets at each position, ``bounds`` the field bounds that
    strengthen them, ``prefix`` the number of iterations checked before the set is entered.
    ``cells`` lists, for a union of boxes, the boxes at each position.
    """

    method: str
    prefix: int = 0
    budgets: Mapping[str, Mapping[str, Fraction]] = attrs.field(factory=dict)
    bounds: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    discharged: tuple[str, ...] = ()
    regions: Mapping[str, Region] = attrs.field(factory=dict)
    cells: Mapping[str, tuple[Box, ...]] = attrs.field(factory=dict)


@attrs.frozen
class Blocked:
    """The first obligation of a candidate that failed or stayed undecided."""

    obligation: str
    clause: str
    outcome: Outcome


def prove(
    problem: Problem, budget: QueryBudget, *, terse: bool = True, thorough: bool = True
) -> Certificate | list[Blocked]:
    """A checked certificate, or what blocked each attempt.

    The loop is first proved step by step, with a set at every position. Where that fails, whole
    iterations are tried, which keeps what the steps know of each other. A ``terse`` proof is
    stated by as few field bounds as it needs; without ``thorough`` only regions around the seed,
    step by step, are tried.
    """
    blocked: list[Blocked] = []
    composed = problem.composed()
    prefixes = PREFIXES if thorough else PREFIXES[:1]
    for form in [problem] if composed is problem or not thorough else [problem, composed]:
        found = _prove(form, budget, blocked, prefixes, terse if thorough else None)
        if found is not None:
            return found
    if not thorough:
        return blocked
    for depth in INDUCTION_DEPTHS:
        if not budget.exhausted and induct(composed, depth, budget):
            return Certificate(f"{depth}-induction", discharged=(f"{depth}-induction step",))
    return blocked


def prove_harder(
    problem: Problem, budget: QueryBudget, *, terse: bool = True
) -> Certificate | None:
    """A certificate of whole iterations that is no box: a polyhedron, or a union of boxes."""
    composed = problem.composed()
    agent = composed.agent
    synthesizer = Polyhedra(composed) if len(agent.fields) <= MOST_FIELDS else None
    if synthesizer is not None and synthesizer.broken:  # a simulated run breaks a clause
        return None
    for region in _polyhedra(composed, synthesizer, budget):
        if budget.exhausted:
            return None
        held = {agent.name: (*composed.domain(agent), *region.clauses(agent))}
        names = discharge(composed, held, budget)
        if isinstance(names, Blocked):
            if synthesizer is not None and names.outcome.answer == "fails":
                synthesizer.widen(names.outcome.values)
            continue
        return _certificate(
            composed, "inductive polyhedron", 0, {agent.name: region}, names, budget, terse
        )
    part = budget.within(UNION_SECONDS)
    found = inductive_union(composed, part)
    budget.count(part)
    if found is None:
        return None
    union, names = found
    return Certificate(
        f"union of {len(union)} boxes",
        bounds={agent.name: _told(union, agent)},
        discharged=names,
        cells={agent.name: union},
    )


def _told(union: Sequence[Box], position: Position) -> tuple[str, ...]:
    """A union in words: the boxes if they are few, else how many, and the box around them."""
    boxes = [[clause.label for clause in Region(box).clauses(position)] for box in union]
    if len(boxes) <= TOLD:
        return (", or ".join(" and ".join(labels) or "anything" for labels in boxes),)
    around = [clause.label for clause in Region(hull(union)).clauses(position)]
    return (f"one of {len(union)} boxes" + (", all within" if around else ""), *around)


def _polyhedra(
    problem: Problem, synthesizer: Polyhedra | None, budget: QueryBudget
) -> Iterator[Region]:
    """Candidates: the affine preimages of the clauses, then linear templates."""
    part = budget.within(POLYHEDRON_SECONDS)
    exact = polyhedron(problem, part)
    budget.count(part)
    if exact is not None:
        yield exact
    if synthesizer is not None:
        yield from synthesizer.candidates()


def _prove(
    problem: Problem,
    budget: QueryBudget,
    blocked: list[Blocked],
    prefixes: Sequence[int],
    terse: bool | None,
) -> Certificate | None:
    held = {p.name: problem.clauses[p.name] for p in problem.traced.positions}
    names = discharge(problem, held, budget)
    if not isinstance(names, Blocked):
        return _certificate(problem, "the limits are inductive", 0, {}, names, budget, terse)
    blocked.append(names)
    synthesizer = RegionSynthesizer(problem)
    chain = synthesizer.chain(max(max(prefixes), 4))
    back = _returns(problem, chain)
    # a long chain has as many links as fields to check, and a region around the seed is one step
    late = back is not None and back[1] * len(problem.agent.fields) > LONG_CHAIN
    if back is not None and not late:
        closed = _lasso(problem, chain, *back, budget)
        if closed is not None:
            return closed
    for method, prefix, regions in _candidates(problem, synthesizer, chain, prefixes, budget):
        if budget.exhausted:
            return None
        held = {
            p.name: (*problem.domain(p), *regions[p.name].clauses(p))
            for p in problem.traced.positions
        }
        names = discharge(problem, held, budget, seeded=prefix == 0)
        if isinstance(names, Blocked):
            blocked.append(names)
            continue
        if prefix:
            start = chain[: prefix * len(problem.steps) + 1]
            agent = problem.agent
            if not covers(regions[agent.name].clauses(agent), _of_box(start[-1], agent), budget):
                continue
            if clear_steps(problem, start, budget) < len(start):
                continue
            names = ("(i) seed", f"prefix of {prefix} iterations", *names)
        return _certificate(problem, method, prefix, regions, names, budget, terse)
    return _lasso(problem, chain, *back, budget) if back is not None and late else None


def discharge(
    problem: Problem, held: Held, budget: QueryBudget, *, seeded: bool = True
) -> tuple[str, ...] | Blocked:
    """Put every obligation of a candidate to the solver: the names of all, or the first to fail.

    If smart-enough experts cannot be shown, the rest is tried without relying on them.
    """
    names = _discharge(problem, held, budget, seeded, oversight=True)
    if isinstance(names, Blocked) and names.obligation == "(ii) smart enough":
        again = _discharge(problem, held, budget, seeded, oversight=False)
        return names if isinstance(again, Blocked) else again
    return names


def _discharge(
    problem: Problem, held: Held, budget: QueryBudget, seeded: bool, oversight: bool
) -> tuple[str, ...] | Blocked:
    names: list[str] = []
    for obligation in obligations(
        problem.steps, problem.seed, held, oversight=oversight, given=problem.given
    ):
        if obligation.name == "(i) seed" and not seeded:
            continue
        for clause in obligation.conclusions:
            outcome = follows(obligation.hypotheses, clause.condition, budget)
            if not outcome.proved:
                return Blocked(obligation.name, clause.label, outcome)
        if obligation.name not in names:
            names.append(obligation.name)
    for step in problem.steps:
        here = [clause.condition for clause in held[step.source.name]]
        for clause in problem.clauses[step.source.name]:
            outcome = follows(here, clause.condition, budget)
            if not outcome.proved:
                return Blocked("(iv) limits", clause.label, outcome)
    return (*names, "(iv) limits")


def _candidates(
    problem: Problem,
    synthesizer: RegionSynthesizer,
    chain: Sequence[Box],
    prefixes: Sequence[int],
    budget: QueryBudget,
) -> Iterator[tuple[str, int, Mapping[str, Region]]]:
    """Candidate regions by method and prefix, the cheapest first."""
    for prefix in prefixes:
        if prefix * len(problem.steps) >= len(chain):
            return
        start = chain[prefix * len(problem.steps)]
        for margin in MARGINS:
            regions = synthesizer.inflate(start, margin)
            if regions is not None:
                yield "inductive region", prefix, regions
                break
        if len(problem.steps) == 1:
            box = post_fixpoint(problem, start, budget)
            if box is not None:
                yield "monotone comparison", prefix, {problem.agent.name: Region(box)}


def _returns(problem: Problem, chain: Sequence[Box]) -> tuple[int, int] | None:
    """The first iterations (an earlier one, a later one) such that the later box lies within the
    earlier."""
    length = len(problem.steps)
    for end in range(length, len(chain), length):
        for start in range(0, end, length):
            if contains(chain[start], chain[end]):
                return start // length, end // length
    return None


def _lasso(
    problem: Problem, chain: Sequence[Box], back: int, rounds: int, budget: QueryBudget
) -> Certificate | None:
    """The proof that the first iterations return into one of the boxes they have been in."""
    end = rounds * len(problem.steps)
    if clear_steps(problem, chain[: end + 1], budget) <= end:
        return None
    return Certificate(
        f"iteration {rounds} is back within iteration {back}",
        rounds,
        discharged=("(i) seed", f"prefix of {rounds} iterations"),
    )


def clear_steps(problem: Problem, boxes: Sequence[Box], budget: QueryBudget) -> int:
    """How many of the boxes, from the seed on, are reached from one another and meet the clauses.

    Every link is one step, put to the solver.
    """
    steps = problem.steps
    entered = at(problem.agent.symbols, problem.seed, _of_box(boxes[0], problem.agent))
    if not all(follows(problem.given, clause.condition, budget).proved for clause in entered):
        return 0
    for number, box in enumerate(boxes):
        step = steps[number % len(steps)]
        here = _of_box(box, step.source)
        conditions = [clause.condition for clause in here]
        clauses = problem.clauses[step.source.name]
        if budget.exhausted or not all(
            follows(conditions, clause.condition, budget).proved for clause in clauses
        ):
            return number
        if number + 1 == len(boxes):
            break
        there = _of_box(boxes[number + 1], step.target)
        for obligation in preservation(step, here, there, name="prefix"):
            for clause in obligation.conclusions:
                if not follows(obligation.hypotheses, clause.condition, budget).proved:
                    return number + 1
    return len(boxes)


def _certificate(
    problem: Problem,
    method: str,
    prefix: int,
    regions: Mapping[str, Region],
    names: tuple[str, ...],
    budget: QueryBudget,
    terse: bool | None,
) -> Certificate:
    """State a proof by budgets: alone if they are inductive, else with the field bounds that the
    induction needs. Where ``terse`` is None it is enough that there is one, by its regions."""
    positions = problem.traced.positions
    if terse is None:
        return Certificate(method, prefix, discharged=names, regions=regions)
    if len(problem.steps) < len(problem.traced.process.stages):
        method += " of whole iterations"
    budgets = {p.name: budgets_of(problem, p, regions.get(p.name)) for p in positions}
    bounds: dict[str, tuple[Clause, ...]] = {p.name: () for p in positions}
    if regions:
        bounds = {p.name: regions[p.name].clauses(p) for p in positions}
        base = {p.name: (*problem.domain(p), *budgets[p.name].clauses) for p in positions}

        def inductive(extra: Mapping[str, Sequence[Clause]]) -> bool:
            held = {name: (*clauses, *extra[name]) for name, clauses in base.items()}
            return not isinstance(discharge(problem, held, budget, seeded=prefix == 0), Blocked)

        covered = all(
            covers(budgets[p.name].clauses, (*problem.domain(p), *bounds[p.name]), budget)
            for p in positions
        )
        if not covered or not inductive(bounds):  # the bounds alone state it
            budgets = {p.name: Budgets({}, ()) for p in positions}
        elif inductive({p.name: () for p in positions}):
            bounds = {p.name: () for p in positions}
        elif terse:
            bounds = _needed(bounds, inductive)
    return Certificate(
        method,
        prefix,
        {name: found.values for name, found in budgets.items()},
        {name: tuple(clause.label for clause in clauses) for name, clauses in bounds.items()},
        names,
        regions,
    )


def _needed(
    bounds: dict[str, tuple[Clause, ...]],
    inductive: Callable[[Mapping[str, Sequence[Clause]]], bool],
) -> dict[str, tuple[Clause, ...]]:
    """The bounds without those that the induction can do without."""
    for name in bounds:
        for clause in bounds[name]:
            fewer = {**bounds, name: tuple(c for c in bounds[name] if c is not clause)}
            if inductive(fewer):
                bounds = fewer
    return bounds


def covers(outer: Sequence[Clause], inner: Sequence[Clause], budget: QueryBudget) -> bool:
    """Whether the set of the inner clauses lies within that of the outer ones."""
    here = [clause.condition for clause in inner]
    return all(follows(here, clause.condition, budget).proved for clause in outer)


def _of_box(box: Box, position: Position) -> tuple[Clause, ...]:
    domain = (Clause("domain", part) for part in parts(position.domain))
    return (*domain, *Region(box).clauses(position))
