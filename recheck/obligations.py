"""What must hold for the evidence to be a proof: derived here, from the system and the certificate.

A walk is a finite list of sets: a run begins in the first, one step leads from each into the one
that it names, or a set lies within the one that it names. *Theorem.* If the start is in the first
set, each step is defined everywhere in its set and leads from there, whatever nature chooses within
its bounds, into the next, and every set that a step leads into satisfies the claim and the domain,
then every run satisfies them forever. *Proof.* By induction the run is, after n steps, in the n-th
set of the walk, which is infinite since every set leads on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from cvc5 import Kind, Term

from recheck.errors import Malformed, Rejected
from recheck.evidence import Evidence, Step, System
from recheck.terms import MANAGER, defined, substitute


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


class Taken(NamedTuple):
    """A step over the symbols at which a course began: what is known before nature chooses and
    after, and the target's fields."""

    step: Step
    before: Sequence[Term]
    after: Sequence[Term]
    state: Mapping[Term, Term]


START = {"Claim": "seed", "Grows": "seed", "Closed": "claim", "Settles": "anywhere"}
"""Where the runs begin about which each kind of statement speaks."""


def course(
    system: System,
    steps: Sequence[Step],
    known: Sequence[Term],
    by: Mapping[Term, Term] | None = None,
) -> Iterator[Taken]:
    """Some steps in turn, from a state."""
    state = by or {}
    for step in steps:
        here = step.at(state)
        within = [bound for choice in here.choices for bound in choice.within]
        state = dict(zip(system.fields[step.target], here.outputs, strict=True))
        yield Taken(here, known, [*known, *within], state)
        known = [*known, *within]


def walk_of(system: System, listed: Sequence[Mapping[str, Any]]) -> list[HeldSet]:
    """The sets of a walk.

    Raises:
        Malformed: where one leads nowhere, or into two others.
    """
    walk = []
    for given in listed:
        place = given["position"]
        ways = [way for way in (given["into"], given["within"]) if way is not None]
        if len(ways) != 1 or not 0 <= ways[0] < len(listed):
            raise Malformed("a set that leads nowhere")
        conditions = system.conditions(place, given["conditions"])
        walk.append(HeldSet(place, conditions, given["into"], given["within"], given["overseen"]))
    if not walk:
        raise Malformed("a walk without sets")
    return walk


def of_walk(evidence: Evidence, walk: Sequence[HeldSet]) -> Iterator[Obligation]:
    """What makes a walk a proof of the evidence's claim."""
    yield _start(evidence, walk[0])
    path, cycle = _path(walk)
    reached = {0, *(walk[place].into for place in path)}
    for place in path:
        held, name = walk[place], f"set {place}"
        if place in reached:
            settling = evidence.kind == "Settles" and place not in cycle
            domain = evidence.system.domain[held.position]
            goals = _whole(domain if settling else evidence.kept(held.position))
            yield Obligation(f"{name} is within the claim", held.conditions, goals)
        if held.within is None:
            yield from _lead(evidence, walk, place)
        elif walk[held.within].position != held.position:
            raise Rejected(f"{name} stands at another position than what it is within")
        else:
            outer = walk[held.within].conditions
            yield Obligation(f"{name} is within set {held.within}", held.conditions, outer)
        if evidence.kind == "Grows" and place in cycle and held.position == evidence.system.agent:
            yield _gain(evidence, held.conditions, name)


def _gain(evidence: Evidence, held: Sequence[Term], where: str) -> Obligation:
    """That an iteration adds to a field at least a number above 0."""
    system, proof = evidence.system, evidence.proof
    names = {each.getSymbol(): each for each in system.fields[system.agent]}
    field = names[f"{system.agent}.{proof['field']}"]
    if Fraction(proof["gain"]) <= 0:
        raise Rejected("a gain of nothing")
    between: list[Term] = []
    for taken in course(system, system.steps, held):
        if taken.step.target != system.agent:
            between += substitute(evidence.kept(taken.step.target), taken.state)
    gained = MANAGER.mkTerm(Kind.SUB, taken.state[field], field)
    goal = MANAGER.mkTerm(Kind.GEQ, gained, MANAGER.mkReal(proof["gain"]))
    return Obligation(f"an iteration from {where} gains", [*taken.after, *between], [goal])


def _start(evidence: Evidence, first: HeldSet) -> Obligation:
    system, start = evidence.system, START[evidence.kind]
    if first.position != system.agent:
        raise Rejected("the walk does not begin with an agent")
    if start == "seed":
        return Obligation("the seed is in set 0", (), _at_seed(system, first.conditions))
    known = system.domain[system.agent] if start == "anywhere" else evidence.kept(system.agent)
    return Obligation("every start is in set 0", known, first.conditions)


def _whole(goals: Sequence[Term]) -> list[Term]:
    """The goals, and that they divide by nothing that is zero."""
    return [*defined(goals), *goals]


def _at_seed(system: System, conditions: Sequence[Term]) -> list[Term]:
    by = dict(zip(system.fields[system.agent], system.seed, strict=True))
    return [*defined(system.seed), *substitute(conditions, by)]


def _path(walk: Sequence[HeldSet]) -> tuple[list[int], set[int]]:
    """The sets that a run comes through, in order, and those into which steps lead again and
    again."""
    path, number = [], 0
    while number not in path:
        path.append(number)
        number = walk[number].next
    rounds = path[path.index(number) :]
    cycle = {walk[each].next for each in rounds if walk[each].into is not None}
    if not cycle:
        raise Rejected("the walk comes back on itself without a step")
    return path, cycle


def _lead(evidence: Evidence, walk: Sequence[HeldSet], number: int) -> Iterator[Obligation]:
    """That the steps from a set lead into the next, by way of the domain and the claim."""
    system, held = evidence.system, walk[number]
    target, overseen = walk[held.next], list[Term]()
    steps = _steps(system, held.position, target.position)
    for count, taken in enumerate(course(system, steps, held.conditions), start=1):
        what = f"{taken.step.name} from set {number}"
        yield from well_defined(taken.step, [*taken.before, *overseen], what)
        if held.overseen and count == 1:
            yield _overseen(system, walk, number)
            overseen += taken.step.oversight
        between = count < len(steps)
        what += " is within the claim" if between else f" leads into set {held.into}"
        goals = _whole(evidence.kept(taken.step.target)) if between else target.conditions
        yield Obligation(what, [*taken.after, *overseen], substitute(goals, taken.state))


def _steps(system: System, source: str, target: str) -> list[Step]:
    """The steps from one position to the next at which a set is held."""
    sources = [step.source for step in system.steps]
    if source not in sources or target not in sources:
        raise Rejected(f"no step leads from {source} to {target}")
    found = [system.steps[sources.index(source)]]
    while found[-1].target != target:
        found.append(system.steps[sources.index(found[-1].target)])
    return found


def well_defined(step: Step, hypotheses: Sequence[Term], what: str) -> Iterator[Obligation]:
    """That nature has something to choose, and that no denominator is zero."""
    known = list(hypotheses)
    for choice in step.choices:
        ends = [*defined([choice.low, choice.high]), MANAGER.mkTerm(Kind.LEQ, *choice[1:3])]
        name = f"{what}: nature can choose {choice.symbol.getSymbol()}"
        yield Obligation(name, list(known), ends)
        known += choice.within
    divisions = defined(step.terms)
    if divisions:
        yield Obligation(f"{what}: no division by zero", known, divisions)


def _overseen(system: System, walk: Sequence[HeldSet], number: int) -> Obligation:
    """That oversight holds of everything that comes into a set."""
    path, _ = _path(walk)
    before = [walk[n] for n in path if walk[n].into == number]
    outside = number == 0 or any(walk[n].within == number for n in path)
    if outside or len(before) != 1:
        raise Rejected("oversight is assumed where it is not shown")
    steps = _steps(system, before[0].position, walk[number].position)
    following = _steps(system, walk[number].position, walk[walk[number].next].position)[:1]
    taken = list(course(system, [*steps, *following], before[0].conditions))
    if len(taken) != 2 or not taken[1].step.oversight:
        raise Rejected("oversight is assumed where it is not shown")
    return Obligation(f"oversight works in set {number}", taken[1].after, taken[1].step.oversight)


def of_induction(evidence: Evidence, depth: int) -> Iterator[Obligation]:
    """What makes a k-induction a proof: the first iterations meet the claim, and so many iterations
    in a row that do are followed by another.

    Every agent in the claim has a successor: the steps are defined, and what lies between them is
    in the claim.
    """
    system = evidence.system
    if START[evidence.kind] != "seed" or not 1 <= depth <= 16:
        raise Malformed("no such induction")
    here = evidence.kept(system.agent)
    yield Obligation("the seed is within the claim", (), _at_seed(system, _whole(here)))
    seed = dict(zip(system.fields[system.agent], system.seed, strict=True))
    for count in range(1, depth):
        known, after = _unrolled(system, seed, count)
        goals = substitute(_whole(here), after)
        yield Obligation(f"iteration {count} is within the claim", known, goals)
    for taken in course(system, system.steps, here):
        yield from well_defined(taken.step, taken.before, taken.step.name)
        if taken.step.target != system.agent:
            goals = substitute(_whole(evidence.kept(taken.step.target)), taken.state)
            yield Obligation(f"{taken.step.name} is within the claim", taken.after, goals)
    known, after = _unrolled(system, {}, depth, here)
    if evidence.kind == "Grows":
        yield _gain(evidence, here, "the claim")
    name = f"after {depth} iterations comes another"
    yield Obligation(name, [*here, *known], substitute(_whole(here), after))


def _unrolled(
    system: System, state: Mapping[Term, Term], count: int, kept: Sequence[Term] = ()
) -> tuple[list[Term], Mapping[Term, Term]]:
    """So many iterations from a state: nature's bounds, that all but the last meet ``kept``, and
    the last state."""
    known: list[Term] = []
    for iteration in range(1, count + 1):
        names = {
            c.symbol: MANAGER.mkConst(c.symbol.getSort(), f"{c.symbol.getSymbol()}@{iteration}")
            for step in system.steps
            for c in step.choices
        }
        taken = list(course(system, [step.at(names) for step in system.steps], known, state))[-1]
        state, known = taken.state, list(taken.after)
        if iteration < count:
            known += substitute(kept, state)
    return known, state


def of_every_node(evidence: Evidence, texts: Sequence[str]) -> Iterator[Obligation]:
    """What makes conditions hold at every node of every finite tree: that they hold at a node all
    of whose children meet them, however many these are, and whatever nature chooses."""
    system = evidence.system
    fields, held = system.fields[system.agent], system.conditions(system.agent, texts)
    goals = _whole(evidence.kept(system.agent))
    yield Obligation("what is kept is within the claim", held, goals)
    for step in system.steps:
        known: list[Term] = []
        for child in children(system, step):
            known += substitute(held, dict(zip(fields, child, strict=True)))
        yield from well_defined(step, known, step.name)
        (taken,) = course(system, [step], known)
        yield Obligation(f"{step.name} keeps it", taken.after, substitute(held, taken.state))


def children(system: System, step: Step) -> list[tuple[Term, ...]]:
    """The fields of each child of a node at which a step is taken."""
    own, size = system.fields[step.source], len(system.fields[system.agent])
    if len(own) % size or step.target != system.agent:
        raise Malformed(f"{step.name} does not lead from children to their node")
    found = [own[start : start + size] for start in range(0, len(own), size)]
    sorts = [field.getSort() for field in system.fields[system.agent]]
    if any([field.getSort() for field in child] != sorts for child in found):
        raise Malformed(f"the children of {step.name} are no nodes")
    return found
