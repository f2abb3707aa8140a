"""A step that covers its concrete version in every world: the conditions of the lifting theorem
(docs/theory/worlds.md), derived from the step's two versions.

The certificate is a convex set, which holds what every question contributes to the means that the
step is given and to nature's choices, and for each bound a function of these contributions. All
else is derived: what a question is and contributes, that the set is convex and holds that, that the
functions cover what happens, are concave on the set, and are at most what the step says once each
contribution has risen to what the step may be given for its mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cvc5 import Kind, Term

from recheck.errors import Malformed, Rejected
from recheck.obligations import Obligation, Shown
from recheck.parts.arithmetic import Program, rational
from recheck.parts.orders import at_most
from recheck.parts.versions import Versions
from recheck.parts.worlds import of_world
from recheck.terms import MANAGER, defined, substitute, symbols_in

ZERO, TWO = MANAGER.mkReal(0), MANAGER.mkReal(2)


def of_soundness(document: Mapping[str, Any]) -> Shown:
    """A world that breaks a bound, or a lifting from one question to every world.

    Raises:
        Rejected: where it is not what shows the verdict.
    """
    if "lifting" not in document["proof"]:
        return of_world(document)
    if document["verdict"] != "proved":
        raise Rejected("a lifting refutes nothing")
    lifting = _Lifting(document["step"], document["proof"]["lifting"])
    return Shown("", [each for each in lifting.obligations() if each.goals])


class _Lifting:
    """Two versions of a step with a convex set, and a function for each bound that is a mean's."""

    def __init__(self, step: Mapping[str, Any], proof: Mapping[str, Any]) -> None:
        self.versions = versions = Versions(step, free=proof["free"])
        known = [*versions.abstract, *(mean.symbol for mean in versions.means)]
        self.hull = versions.read(proof["hull"], known)
        self.bounds = versions.read(proof["bounds"], known)
        greatest = [each for each in versions.told if each.greatest]
        drawn = [part for draw in versions.draws for part in draw.within]
        self.given = [*versions.given, *(c for each in greatest for c in each.choice.within)]
        self.any_question = [*versions.given, *drawn, *versions.table, *versions.ceilings]
        below = [at_most(each.amount, each.choice.symbol) for each in greatest]
        self.question = [*self.given, *drawn, *versions.table, *versions.ceilings, *below]
        self.here = {mean.symbol: mean.amount for mean in versions.means}
        self.second = {mean.symbol: mean.second for mean in versions.means}
        self.middle = {
            mean.symbol: MANAGER.mkTerm(
                Kind.DIVISION, MANAGER.mkTerm(Kind.ADD, mean.symbol, mean.second), TWO
            )
            for mean in versions.means
            if mean.symbol != mean.second
        }

    def obligations(self) -> Iterator[Obligation]:
        """The conditions of the theorem, and those of what leads up to it."""
        versions, bounds = self.versions, iter(self.bounds)
        _require_assumed(versions)
        ends = [end for each in versions.told for end in each.choice[1:3]]
        abstract = [each.abstract for each in versions.compared]
        yield from self._averages()
        yield Obligation("a question is defined", self.any_question, defined(versions.terms))
        yield Obligation("nature's bounds are defined", versions.given, defined(ends))
        yield Obligation("what the step says is defined", self.given, defined(abstract))
        yield from self._convex()
        for each in versions.compared:
            bound = each.abstract if each.everywhere else _next(bounds)
            goal = at_most(each.concrete, *substitute([bound], self.here))
            yield Obligation(f"{each.name}: covered", self.question, [goal])
            if not each.everywhere:
                yield from self._lifted(each.name, bound, each.abstract)
        yield Obligation("a student is in its domain", self.question, versions.student)
        for told in versions.told:
            name, (low, high) = f"{told.choice.symbol}: ", told.choice[1:3]
            if told.greatest:
                goals = [at_most(low, told.amount), at_most(told.amount, high)]
                yield Obligation(f"{name}allowed", self.any_question, goals)
                continue
            least, most = _next(bounds), _next(bounds)
            here = substitute([least, most], self.here)
            goals = [at_most(here[0], told.amount), at_most(told.amount, here[1])]
            yield Obligation(f"{name}allowed", self.question, goals)
            yield from self._lifted(f"{name}most", most, high)
            yield from self._lifted(f"{name}least", *_negated(least, low))
        if next(bounds, None) is not None:
            raise Malformed("more bounds than the step has")

    def _averages(self) -> Iterator[Obligation]:
        """That what is averaged over the table is never negative, and the density ratio above 0: so
        much of a mean as is asked is at most the mean in training."""
        versions, others = self.versions, {*self.versions.entry.values()}
        for ratio, entries in versions.averages():
            positive = MANAGER.mkTerm(Kind.GT, ratio, ZERO)
            yield Obligation("a density ratio is positive", versions.given, [positive])
            for entry in entries:
                own = [c for c in versions.table if not symbols_in([c]) & (others - {entry})]
                name = f"{entry}: at least 0"
                yield Obligation(name, [*versions.given, *own], [at_most(ZERO, entry)])

    def _convex(self) -> Iterator[Obligation]:
        """That the set is convex, as each condition says that a function which is concave on the
        set of the conditions before it is at least 0; and that it holds what a question gives."""
        for number, condition in enumerate(self.hull):
            less, more = _sides(condition)
            slack = MANAGER.mkTerm(Kind.SUB, more, less)
            known, name = [*self.given, *self.hull[:number]], f"the set, condition {number + 1}"
            yield from self._concave(name, known, slack)
            yield Obligation(
                f"{name}: of a question", self.question, substitute([condition], self.here)
            )

    def _lifted(self, name: str, bound: Term, says: Term) -> Iterator[Obligation]:
        """That a bound is concave on the set, and at most what the step says once it has risen."""
        known = [*self.given, *self.hull]
        yield from self._concave(name, known, bound)
        fixed = {m.symbol: m.given for m in self.versions.means if not m.rises}
        risen = [at_most(m.symbol, m.given) for m in self.versions.means if m.rises]
        terms = substitute([*known, *risen, at_most(bound, says)], fixed)
        yield Obligation(f"{name}: rises", terms[:-1], terms[-1:])

    def _concave(self, name: str, known: Sequence[Term], term: Term) -> Iterator[Obligation]:
        """That a function of contributions is defined where something is known of them, and concave
        there: no less at the middle of two than halfway between."""
        (there,), (middle,) = substitute([term], self.second), substitute([term], self.middle)
        twice = MANAGER.mkTerm(Kind.MULT, TWO, middle)
        known = list(dict.fromkeys([*known, *substitute(known, self.second)]))
        goal = at_most(MANAGER.mkTerm(Kind.ADD, term, there), twice)
        yield Obligation(f"{name}: concave", known, [*defined([term]), goal])


def _require_assumed(versions: Versions) -> None:
    """The values of the parameters meet what is assumed of them.

    Raises:
        Rejected: where they do not.
    """
    own = {*versions.own}
    read = [versions.reader.read(text, versions.abstract) for text in versions.step["given"]]
    of_own = substitute([term for term in read if symbols_in([term]) <= own], versions.own)
    if not all(Program((), of_own).run((), rational)):
        raise Rejected("the values of the parameters are not as assumed")


def _sides(condition: Term) -> tuple[Term, Term]:
    """Of a condition that one term is at most another, which is at most which.

    Raises:
        Malformed: where it is something else.
    """
    if condition.getKind() is Kind.LEQ:
        return condition[0], condition[1]
    if condition.getKind() is Kind.GEQ:
        return condition[1], condition[0]
    raise Malformed("a condition on contributions that says not of one that it is at most another")


def _negated(*terms: Term) -> list[Term]:
    return [MANAGER.mkTerm(Kind.NEG, term) for term in terms]


def _next(bounds: Iterator[Term]) -> Term:
    found = next(bounds, None)
    if found is None:
        raise Malformed("fewer bounds than the step has")
    return found
