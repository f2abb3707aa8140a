"""Two schemes: every run of one is a run of the other, by a simulation relation.

Whole iterations are compared. One is *sound* if it divides by nothing that is zero and leaves no
domain; a run goes on until an iteration is unsound. *Theorem.* Let the seeds be related and in
their domains; and from related agents of the domains, whatever nature chooses within the first's
bounds, let the terms of some case lie within the second's, the iterations both be sound or both
not, and where they are, the agents that they make be related. Then every run of the first is
followed by one of the second, related iteration by iteration and broken at the same one. *Proof.*
By induction over the iterations: take the first case that fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from cvc5 import Kind, Term

from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import System, scope_of, system_of
from recheck.obligations import Obligation, Shown, course
from recheck.parts.arithmetic import Program, rational
from recheck.parts.induction import unrolled_choices
from recheck.parts.walks import of_seed
from recheck.terms import FALSE, MANAGER, defined, every, substitute

RELATIONS = {"=": Kind.EQUAL, "<=": Kind.LEQ}
Links = Sequence[tuple[str, str, str]]
"""Fields that are compared: one of the first scheme, one of the second, and how."""


class Pair(NamedTuple):
    """Two systems over shared free parameters, the second to follow the first."""

    first: System
    second: System
    links: Links

    @property
    def swapped(self) -> Pair:
        """The other way round; with ``<=`` the one that follows still has more."""
        return Pair(self.second, self.first, [(b, a, how) for a, b, how in self.links])

    def known(self) -> list[Term]:
        """What is assumed of the parameters."""
        return [*self.first.scope.given, *self.first.assumptions, *self.second.assumptions]

    def related(self, *states: Mapping[Term, Term]) -> list[Term]:
        """That two agents are related; the fields' symbols, where no states are given."""
        systems = (self.first, self.second)
        named = [{str(f.getSymbol()): f for f in s.fields[s.agent]} for s in systems]
        pairs = [(named[0][a], named[1][b], RELATIONS[how]) for a, b, how in self.links]
        found = [MANAGER.mkTerm(how, a, b) for a, b, how in pairs]
        return substitute(found, {t: new for state in states for t, new in state.items()})


class Iteration(NamedTuple):
    """An iteration from a state: nature's bounds, that it is sound, and the state after it."""

    bounds: list[Term]
    sound: list[Term]
    after: Mapping[Term, Term]


def pair_of(document: Mapping[str, Any], ends: Mapping[str, tuple[str, str]]) -> Pair:
    """The two systems of a document, with some parameters between ends.

    Raises:
        Undecided: where there are none.
        Malformed: for an end that is no parameter of both.
    """
    sections = [document["system"], document.get("other")]
    if None in sections:
        raise Undecided(f"no evidence is written yet for this {document['statement']['kind']}")
    if not all(set(ends) <= set(section["parameters"]) for section in sections):
        raise Malformed("a parameter that is not one of both")
    scope = scope_of(sections[0], ends)
    beside = scope_of(sections[1], ends, scope)
    links = [(a, b, how) for a, b, how in document["statement"]["related"]]
    pair = Pair(system_of(sections[0], scope), system_of(sections[1], beside), links)
    if pair.first.start.choices or pair.second.start.choices:
        raise Undecided("no way to compare schemes whose seed is a set")
    return pair


def iteration(system: System, state: Mapping[Term, Term], number: int = 0) -> Iteration:
    """One iteration from a state, with choices of its own for each number."""
    steps = unrolled_choices(system, number) if number else system.steps
    bounds, sound = list[Term](), list[Term]()
    for taken in course(system, steps, (), state):
        bounds = list(taken.after)
        here = substitute(system.domain[taken.step.target], taken.state)
        sound += [*defined([*taken.step.terms, *here]), *here]
    return Iteration(bounds, sound, taken.state)


def simulated(document: Mapping[str, Any]) -> Shown:
    """That the first scheme refines the second."""
    over, proof = document["statement"]["over"], document["proof"]
    if document["verdict"] == "proved" and "cases" in proof:
        require_something(document)
        return Shown("", list(of_simulation(pair_of(document, over), proof)))
    raise Undecided("no way to check this refinement")


def point_of(document: Mapping[str, Any]) -> Mapping[str, tuple[str, str]]:
    """A value of each free parameter, as ends.

    Raises:
        Rejected: where it is not within its range.
    """
    point, over = document["proof"]["point"], document["statement"]["over"]
    if set(point) != set(over):
        raise Malformed("not a value for each free parameter")
    for name, (low, high) in over.items():
        if not Fraction(low) <= Fraction(point[name]) <= Fraction(high):
            raise Rejected(f"{name} is out of its range")
    return {name: (value, value) for name, value in point.items()}


def require_something(document: Mapping[str, Any]) -> None:
    """Work out that the assumptions hold at some point, so that something is said.

    Raises:
        Rejected: where one is false there.
    """
    pair = pair_of(document, point_of(document))
    if not all(Program((), pair.known()).run((), rational)):
        raise Rejected("an assumption is false at the point")


def of_simulation(pair: Pair, proof: Mapping[str, Any]) -> Iterator[Obligation]:
    """What makes a relation, with a term for each choice of the second scheme, a simulation."""
    first, second, known = pair.first, pair.second, pair.known()
    own, others = (system.fields[system.agent] for system in (first, second))
    held = first.scope.read(proof["held"], [*own, *others])
    seeds = [
        dict(zip(f, s.start.outputs, strict=True)) for f, s in ((own, first), (others, second))
    ]
    for system in (first, second):
        what = f"in the domain of the {system.agent}"
        found = list(of_seed(system, what, system.domain[system.agent]))
        yield from Shown("", found).given(known).obligations
    at_seeds = [*pair.related(*seeds), *substitute(held, {**seeds[0], **seeds[1]})]
    yield Obligation("the seeds are related", known, at_seeds)
    ours, theirs = iteration(first, {}), iteration(second, {})
    known = [*known, *first.domain[first.agent], *second.domain[second.agent]]
    known += [*pair.related(), *held, *ours.bounds]
    kept = [
        *pair.related(ours.after, theirs.after),
        *substitute(held, {**ours.after, **theirs.after}),
    ]
    sound, also = every(ours.sound), every(theirs.sound)
    answered = [*theirs.bounds, sound.impTerm(also), also.impTerm(sound)]
    answered += [sound.impTerm(each) for each in kept]
    made = [choice.symbol for step in first.steps for choice in step.choices]
    open_ = [choice.symbol for step in second.steps for choice in step.choices]
    cases = []
    for texts in proof["cases"]:
        terms = first.scope.read(texts, [*own, *others, *made])
        cases.append(substitute(answered, dict(zip(open_, terms, strict=True))))
    if len(cases) == 1:
        yield Obligation("the second scheme follows", known, cases[0])
    else:
        fits = FALSE
        for case in cases:
            fits = fits.orTerm(every(case))
        yield Obligation("some case of the second scheme follows", known, [fits])
