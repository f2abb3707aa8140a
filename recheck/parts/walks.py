"""Walks: what must hold of a list of sets for a claim to hold of every run.

A walk is a finite list of sets: a run begins in the first, one step leads from each into the one
that it names, or a set lies within the one that it names. *Theorem.* If the start is in the first
set, each step is defined everywhere in its set and leads from there, whatever nature chooses within
its bounds, into the next, and every set that a step leads into satisfies the claim and the domain,
then every run satisfies them forever. *Proof.* By induction the run is, after n steps, in the n-th
set of the walk, which is infinite since every set leads on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cvc5 import Term

from recheck.errors import Malformed, Rejected
from recheck.evidence import START, Evidence, Step, System
from recheck.obligations import Obligation, course, well_defined, whole
from recheck.terms import substitute


class HeldSet(NamedTuple):
    """One set of a walk, and the set from which a run goes on: by a step, or lying within it."""

    position: str
    conditions: Sequence[Term]
    next: int
    stepping: bool


def walk_of(system: System, listed: Sequence[Mapping[str, Any]]) -> list[HeldSet]:
    """The sets of a walk.

    Raises:
        Malformed: where one leads nowhere, or into two others.
    """
    walk = []
    for given in listed:
        ways = [way for way in (given["into"], given["within"]) if way is not None]
        if len(ways) != 1 or not 0 <= ways[0] < len(listed):
            raise Malformed("a set that leads nowhere")
        conditions = system.conditions(given["position"], given["conditions"])
        way = (ways[0], given["within"] is None)
        walk.append(HeldSet(given["position"], conditions, *way))
    if not walk:
        raise Malformed("a walk without sets")
    return walk


def of_walk(evidence: Evidence) -> Iterator[Obligation]:
    """What makes a walk a proof of the evidence's claim."""
    walk = walk_of(evidence.system, evidence.proof["walk"])
    yield from starting(evidence, walk[0])
    path, cycle = path_of(walk)
    reached = {0, *(walk[place].next for place in path if walk[place].stepping)}
    for place in path:
        held, outer, name = walk[place], walk[walk[place].next], f"set {place}"
        if place in reached:
            settling = evidence.kind == "Settles" and place not in cycle
            domain = evidence.system.domain[held.position]
            goals = whole(domain if settling else evidence.kept(held.position))
            yield Obligation(f"{name} is within the claim", held.conditions, goals)
        if held.stepping:
            yield from leading(evidence, walk, place)
        elif outer.position != held.position:
            raise Rejected(f"{name} stands at another position than what it is within")
        else:
            yield Obligation(f"{name} is within set {held.next}", held.conditions, outer.conditions)


def starting(evidence: Evidence, first: HeldSet) -> Iterator[Obligation]:
    """That every start is in the first set."""
    system, start = evidence.system, START[evidence.kind]
    if first.position != system.agent:
        raise Rejected("the walk does not begin with an agent")
    if start == "seed":
        yield from of_seed(system, "in set 0", first.conditions)
        return
    known = system.domain[system.agent] if start == "anywhere" else evidence.kept(system.agent)
    yield Obligation("every start is in set 0", known, first.conditions)


def of_seed(system: System, what: str, conditions: Sequence[Term]) -> Iterator[Obligation]:
    """That conditions hold of the seed, which is defined, whatever nature chooses of it."""
    yield from well_defined(system.start, (), "the seed")
    (seed,) = course(system, [system.start], ())
    yield Obligation(f"the seed is {what}", seed.after, substitute(conditions, seed.state))


def path_of(walk: Sequence[HeldSet]) -> tuple[list[int], set[int]]:
    """The sets that a run comes through, in order, and those into which steps lead again and
    again."""
    path, number = list[int](), 0
    while number not in path:
        path.append(number)
        number = walk[number].next
    cycle = {walk[each].next for each in path[path.index(number) :] if walk[each].stepping}
    if not cycle:
        raise Rejected("the walk comes back on itself without a step")
    return path, cycle


def leading(evidence: Evidence, walk: Sequence[HeldSet], number: int) -> Iterator[Obligation]:
    """That the steps from a set lead into the next, by way of the domain and the claim."""
    system, held = evidence.system, walk[number]
    target = walk[held.next]
    steps = _steps(system, held.position, target.position)
    for count, taken in enumerate(course(system, steps, held.conditions), start=1):
        what = f"{taken.step.name} from set {number}"
        yield from well_defined(taken.step, taken.before, what)
        between = count < len(steps)
        what += " is within the claim" if between else f" leads into set {held.next}"
        goals = whole(evidence.kept(taken.step.target)) if between else target.conditions
        yield Obligation(what, taken.after, substitute(goals, taken.state))


def _steps(system: System, source: str, target: str) -> list[Step]:
    """The steps from one position to the next at which a set is held."""
    sources = [step.source for step in system.steps]
    if source not in sources or target not in sources:
        raise Rejected(f"no step leads from {source} to {target}")
    found = [system.steps[sources.index(source)]]
    while found[-1].target != target:
        found.append(system.steps[sources.index(found[-1].target)])
    return found
