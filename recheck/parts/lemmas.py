"""A set into which a step leads back, as lemmas show.

What a lemma says is worked out from its parts, and used where its sum is a positive multiple of
what a condition compares with 0. Of a goal with conditionals each case of their tests is shown.

*Theorem.* If some conditions of a set follow from the others, it is enough that a run is where the
others hold: at the start, and after each step from the set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cvc5 import Kind, Term

from recheck.errors import Rejected
from recheck.evidence import Evidence
from recheck.obligations import Obligation, whole
from recheck.parts.algebra import Unread
from recheck.parts.boxes import Condition
from recheck.parts.conditionals import Algebra
from recheck.parts.polynomials import key
from recheck.parts.squares import Lemma, lemma_of
from recheck.parts.walks import leading, starting, walk_of
from recheck.terms import conjuncts, substitute, topological

MOST_TESTS = 6
"""Tests of conditionals that are decided one after the other."""


def of_lemmas(evidence: Evidence) -> Iterator[Obligation]:
    """What is left to show of a walk of one set, once lemmas have shown what they can.

    Raises:
        Rejected: where a lemma does not hold, or the walk has other sets.
    """
    lemmas, system = list(map(lemma_of, evidence.proof["lemmas"])), evidence.system
    held, *others = walk_of(system, evidence.proof["walk"])
    if others or held.position != system.agent or not held.stepping:
        raise Rejected("lemmas are about one set into which steps lead back")
    chosen = [choice.symbol for step in system.steps for choice in step.choices]
    own = [each for each in lemmas if not each.seed]
    among = Using([*system.fields[system.agent], *chosen], own)
    fewer = held._replace(conditions=among.without_consequences(held.conditions))
    seeding = Using(
        [choice.symbol for choice in system.start.choices], [each for each in lemmas if each.seed]
    )
    claimed = Obligation(
        "set 0 is within the claim", held.conditions, whole(evidence.kept(held.position))
    )
    led = leading(evidence, [held._replace(next=1), fewer], 0)
    for using, due in ((seeding, starting(evidence, fewer)), (among, [claimed, *led])):
        for each in due:
            goals = [g for g in conjuncts(each.goals) if not using.shown(each.hypotheses, g)]
            if goals:
                yield each._replace(goals=goals)


class Using(NamedTuple):
    """Lemmas, and the symbols that they are about."""

    symbols: Sequence[Term]
    lemmas: Sequence[Lemma]

    def without_consequences(self, conditions: Sequence[Term]) -> list[Term]:
        """The conditions without those that lemmas show by the others: the last are left out first,
        since they may rest on the ones before them."""
        left = list(conditions)
        for each in reversed(conditions):
            others = [other for other in left if other != each]
            if self._follows(others, each):
                left = others
        return left

    def shown(self, hypotheses: Sequence[Term], goal: Term, tests: int = MOST_TESTS) -> bool:
        """Whether some lemma shows a goal; in each case, if it has conditionals."""
        choosing = [part for part in topological([goal]) if part.getKind() is Kind.ITE]
        if not choosing:
            return self._follows(hypotheses, goal)
        test = choosing[0][0]
        same = [part for part in choosing if part[0] == test]
        return tests > 0 and all(
            self.shown(
                [*hypotheses, case], substitute([goal], {p: p[n] for p in same})[0], tests - 1
            )
            for n, case in ((1, test), (2, test.notTerm()))
        )

    def _follows(self, hypotheses: Sequence[Term], goal: Term) -> bool:
        algebra = Algebra([*hypotheses, goal, *self.symbols])
        wanted = _comparison(algebra, goal)
        if wanted is None:
            return False
        found = (_comparison(algebra, part) for part in conjuncts(hypotheses))
        known = {key(each.size) for each in found if each is not None}
        gens = [algebra.ring.gens()[algebra.numbers[symbol]] for symbol in self.symbols]
        for lemma in self.lemmas:
            if wanted.strict and not lemma.strict:
                continue
            ring = lemma.total.context()
            inner = gens[: ring.nvars()] or [algebra.ring.constant(0)]
            total, *given = (
                each.compose(*inner, ctx=algebra.ring) for each in (lemma.total, *lemma.given)
            )
            if total == 0 or key(total) != key(wanted.size):
                continue
            if all(key(each) in known for each in given if each != 0):
                return True
        return False


def _comparison(algebra: Algebra, term: Term) -> Condition | None:
    """What a condition says not to be below 0, if it is one comparison of polynomials."""
    try:
        cases = algebra.cases(term)
    except Unread:
        return None
    one = len(cases) == 1 and len(cases[0]) == 1 and cases[0][0].size != 0
    return cases[0][0] if one else None
