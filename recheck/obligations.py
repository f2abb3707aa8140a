"""What must hold for the evidence to be a proof: derived here, from the system and the certificate.

A walk is a finite list of sets: a run begins in the first, one step leads from each into the one
that it names, or a set lies within the one that it names. *Theorem.* If the start is in the first
set, each step is defined everywhere in its set and leads from there, whatever nature chooses within
its bounds, into the next, and every set that a step leads into satisfies the claim and the domain,
then every run satisfies them forever. *Proof.* By induction the run is, after n steps, in the n-th
set of the walk, which is infinite since every set leads on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from recheck.errors import Malformed, Rejected
from recheck.evidence import Evidence, Step, System
from recheck.terms import Term, conjuncts, defined, make, number, read, substitute, symbol


class Obligation(NamedTuple):
    """That the goals hold wherever the hypotheses do."""

    name: str
    hypotheses: Sequence[Term]
    goals: Sequence[Term]


class HeldSet(NamedTuple):
    """One set of a walk: its conditions, and where it leads."""

    position: str
    conditions: Sequence[Term]
    into: int | None
    within: int | None
    overseen: bool

    @property
    def next(self) -> int:
        """The set from which a run goes on."""
        found = self.within if self.into is None else self.into
        assert found is not None
        return found


START = {"Claim": "seed", "Grows": "seed", "Closed": "claim", "Settles": "anywhere"}
"""Where the runs begin about which each kind of statement speaks."""


def walk_of(system: System, listed: Any) -> list[HeldSet]:
    """The sets of a walk.

    Raises:
        Malformed: where one leads nowhere, or into two others.
    """
    walk = []
    for given in listed:
        conditions = [read(text, system.symbols(given["position"])) for text in given["conditions"]]
        into, within = given["into"], given["within"]
        if (into is None) == (within is None) or not 0 <= (within if into is None else into) < len(
            listed
        ):
            raise Malformed("a set that leads nowhere")
        held = HeldSet(
            given["position"], conjuncts(conditions), into, within, given["overseen"] is True
        )
        walk.append(held)
    if not walk:
        raise Malformed("a walk without sets")
    return walk


def of_walk(evidence: Evidence, walk: Sequence[HeldSet]) -> Iterator[Obligation]:
    """What makes a walk a proof of the evidence's claim."""
    system, claim = evidence.system, evidence.claim
    yield _start(evidence, walk[0])
    path, reached = _path(walk)
    for place in path:
        held = walk[place]
        if place in reached:
            goals = [*system.domain[held.position]]
            if evidence.kind != "Settles" or place in _cycle(walk):
                goals += claim.get(held.position, [])
            goals = [*defined(goals), *goals]
            yield Obligation(f"set {place} is within the claim", held.conditions, goals)
        if held.within is not None:
            outer = walk[held.within]
            if outer.position != held.position:
                raise Rejected(f"set {place} stands at another position than what it is within")
            yield Obligation(
                f"set {place} is within set {held.within}", held.conditions, outer.conditions
            )
        else:
            yield from _lead(evidence, walk, place)
    if evidence.kind == "Grows":
        for place in sorted(_cycle(walk)):
            if walk[place].position == system.agent:
                yield _gain(evidence, walk[place].conditions, f"set {place}")


def _gain(evidence: Evidence, held: Sequence[Term], where: str) -> Obligation:
    """That an iteration adds to a field at least a number above 0."""
    system, proof = evidence.system, evidence.proof
    field = system.symbols(system.agent)[f"{system.agent}.{proof['field']}"]
    gain = Fraction(proof["gain"])
    if gain <= 0:
        raise Rejected("a gain of nothing")
    by: dict[Term, Term] = {}
    known = list(held)
    for step in system.steps:
        step = step.at(by)
        for choice in step.choices:
            known += choice.within
        by = dict(zip(system.fields[step.target], step.outputs, strict=True))
        if step.target != system.agent:
            between = [*system.domain[step.target], *evidence.claim.get(step.target, [])]
            known += substitute(between, by)
    gained = make(">=", make("-", by[field], field), number(gain, field.sort))
    return Obligation(f"an iteration from {where} gains", known, [gained])


def _start(evidence: Evidence, first: HeldSet) -> Obligation:
    system = evidence.system
    if first.position != system.agent:
        raise Rejected("the walk does not begin with an agent")
    domain, start = list(system.domain[system.agent]), START[evidence.kind]
    if start == "seed":
        at_seed = dict(zip(system.fields[system.agent], system.seed, strict=True))
        return Obligation("the seed is in set 0", (), substitute(first.conditions, at_seed))
    known = domain if start == "anywhere" else [*domain, *evidence.claim[system.agent]]
    return Obligation("every start is in set 0", known, first.conditions)


def _path(walk: Sequence[HeldSet]) -> tuple[list[int], set[int]]:
    """The sets that a run comes through, in order, and those that a step (or the start) reaches."""
    path, reached, number = [], {0}, 0
    while number not in path:
        path.append(number)
        held, number = walk[number], walk[number].next
        if held.into is not None:
            reached.add(number)
    rounds = path[path.index(number) :]
    if not any(walk[each].into is not None for each in rounds):
        raise Rejected("the walk comes back on itself without a step")
    return path, reached


def _cycle(walk: Sequence[HeldSet]) -> set[int]:
    """The sets into which the steps lead again and again."""
    path, _ = _path(walk)
    last = walk[path[-1]]
    rounds = path[path.index(last.next) :]
    return {walk[number].next for number in rounds if walk[number].into is not None}


def _lead(evidence: Evidence, walk: Sequence[HeldSet], number: int) -> Iterator[Obligation]:
    """That the steps from a set lead into the next, by way of the domain and the claim."""
    system, held = evidence.system, walk[number]
    target = walk[held.next]
    steps = _steps(system, held.position, target.position)
    hypotheses = list(held.conditions)
    by: dict[Term, Term] = {}
    for count, step in enumerate(steps):
        step = step.at(by)
        what = f"{step.name} from set {number}"
        yield from well_defined(step, hypotheses, what)
        for choice in step.choices:
            hypotheses += choice.within
        if held.overseen and count == 0:
            yield _overseen(system, walk, number, step)
            hypotheses += [] if step.oversight is None else [step.oversight]
        by = dict(zip(system.fields[step.target], step.outputs, strict=True))
        goals = target.conditions
        if count + 1 < len(steps):
            goals = [*system.domain[step.target], *evidence.claim.get(step.target, [])]
            what += " is within the claim"
        else:
            what += f" leads into set {held.into}"
        yield Obligation(what, list(hypotheses), substitute(goals, by))


def _steps(system: System, source: str, target: str) -> list[Step]:
    """The steps from one position to the next at which a set is held."""
    sources = [step.source for step in system.steps]
    if source not in sources:
        raise Rejected(f"no step begins at {source}")
    found = [system.steps[sources.index(source)]]
    while found[-1].target != target:
        if len(found) > len(sources):
            raise Rejected(f"no step leads to {target}")
        found.append(system.steps[sources.index(found[-1].target)])
    return found


def well_defined(step: Step, hypotheses: Sequence[Term], what: str) -> Iterator[Obligation]:
    """That nature has something to choose, and that no denominator is zero."""
    known = list(hypotheses)
    for choice in step.choices:
        ends = [*defined([choice.low, choice.high]), make("<=", choice.low, choice.high)]
        yield Obligation(f"{what}: nature can choose {choice.symbol.args[0]}", list(known), ends)
        known += choice.within
    divisions = defined(step.terms)
    if divisions:
        yield Obligation(f"{what}: no division by zero", known, divisions)


def _overseen(system: System, walk: Sequence[HeldSet], number: int, step: Step) -> Obligation:
    """That oversight holds of everything that comes into a set."""
    path, _ = _path(walk)
    before = [walk[n] for n in path if walk[n].into == number]
    outside = [n for n in path if walk[n].within == number]
    if number == 0 or outside or len(before) != 1 or step.oversight is None:
        raise Rejected("oversight is assumed where it is not shown")
    steps = _steps(system, before[0].position, step.source)
    if len(steps) != 1:
        raise Rejected("oversight is assumed where it is not shown")
    by = dict(zip(system.fields[step.source], steps[0].outputs, strict=True))
    amplified = step.at(by)
    known = list(before[0].conditions)
    for choice in (*steps[0].choices, *amplified.choices):
        known += choice.within
    goals = [] if amplified.oversight is None else [amplified.oversight]
    return Obligation(f"oversight works in set {number}", known, goals)


def of_induction(evidence: Evidence, depth: int) -> Iterator[Obligation]:
    """What makes a k-induction a proof: the first iterations meet the claim, and so many iterations
    in a row that do are followed by another.

    Every agent in the claim has a successor: the steps are defined, and what lies between them is
    in the claim.
    """
    system = evidence.system
    if START[evidence.kind] != "seed" or not 1 <= depth <= 16:
        raise Malformed("no such induction")
    here = [*system.domain[system.agent], *evidence.claim.get(system.agent, [])]
    at_seed = dict(zip(system.fields[system.agent], system.seed, strict=True))
    yield Obligation("the seed is within the claim", (), substitute(here, at_seed))
    for count in range(1, depth):
        known, state = _unrolled(evidence, list(system.seed), count)
        by = dict(zip(system.fields[system.agent], state, strict=True))
        yield Obligation(f"iteration {count} is within the claim", known, substitute(here, by))
    yield from _one_iteration(evidence, here)
    start = [symbol(f"{each.args[0]}@0", each.sort) for each in system.fields[system.agent]]
    by = dict(zip(system.fields[system.agent], start, strict=True))
    known, state = _unrolled(evidence, start, depth, here)
    after = dict(zip(system.fields[system.agent], state, strict=True))
    known = [*substitute(here, by), *known]
    if evidence.kind == "Grows":
        yield _gain(evidence, here, "the claim")
    yield Obligation(f"after {depth} iterations comes another", known, substitute(here, after))


def _one_iteration(evidence: Evidence, here: Sequence[Term]) -> Iterator[Obligation]:
    """That an iteration from the claim is defined, and keeps the claim between its steps."""
    by: dict[Term, Term] = {}
    system, known = evidence.system, list(here)
    for step in system.steps:
        step = step.at(by)
        yield from well_defined(step, known, step.name)
        for choice in step.choices:
            known += choice.within
        by = dict(zip(system.fields[step.target], step.outputs, strict=True))
        if step is not system.steps[-1] and step.target != system.agent:
            goals = [*system.domain[step.target], *evidence.claim.get(step.target, [])]
            yield Obligation(f"{step.name} is within the claim", list(known), substitute(goals, by))


def _unrolled(
    evidence: Evidence, state: list[Term], count: int, kept: Sequence[Term] = ()
) -> tuple[list[Term], list[Term]]:
    """So many iterations from a state: nature's bounds, that all but the last meet ``kept``, and
    the last state."""
    system, known = evidence.system, []
    for iteration in range(1, count + 1):
        for step in system.steps:
            by = dict(zip(system.fields[step.source], state, strict=True))
            by |= {
                c.symbol: symbol(f"{c.symbol.args[0]}@{iteration}", "Real") for c in step.choices
            }
            step = step.at(by)
            for choice in step.choices:
                known += choice.within
            state = list(step.outputs)
        if iteration < count:
            fields = system.fields[system.agent]
            known += substitute(kept, dict(zip(fields, state, strict=True)))
    return known, state


def of_every_node(evidence: Evidence, texts: Sequence[str]) -> Iterator[Obligation]:
    """What makes conditions hold at every node of every finite tree: that they hold at a node all
    of whose children meet them, however many these are, and whatever nature chooses."""
    system = evidence.system
    fields = system.fields[system.agent]
    held = conjuncts(read(text, system.symbols(system.agent)) for text in texts)
    goals = [*system.domain[system.agent], *evidence.claim[system.agent]]
    yield Obligation("what is kept is within the claim", held, [*defined(goals), *goals])
    for step in system.steps:
        known: list[Term] = []
        for child in children(system, step):
            known += substitute(held, dict(zip(fields, child, strict=True)))
        yield from well_defined(step, known, step.name)
        for choice in step.choices:
            known += choice.within
        by = dict(zip(fields, step.outputs, strict=True))
        yield Obligation(f"{step.name} keeps it", known, substitute(held, by))


def children(system: System, step: Step) -> list[tuple[Term, ...]]:
    """The fields of each child of a node at which a step is taken."""
    own, size = system.fields[step.source], len(system.fields[system.agent])
    if len(own) % size or step.target != system.agent:
        raise Malformed(f"{step.name} does not lead from children to their node")
    found = [own[start : start + size] for start in range(0, len(own), size)]
    if any(
        [f.sort for f in child] != [f.sort for f in system.fields[system.agent]] for child in found
    ):
        raise Malformed(f"the children of {step.name} are no nodes")
    return found
