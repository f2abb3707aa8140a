"""Conditions that cannot all hold, shown by putting symbols at ends of their ranges.

One condition, the *goal*, is followed. *Lemma.* Let s·x + t > 0, where s and t do not read x. If
s ≥ 0 and x ≤ u, then s·u + t > 0; if s ≤ 0 and x ≥ l, then s·l + t > 0; and the same with "not
below 0". *Proof.* s·u + t ≥ s·x + t, and so for l. ∎ So the goal with an end in place of the symbol
follows, and the conditions that read the symbol are left out, but for what they say of its ends.
The less of two is at most either, the greater at least; any other conditional is one of two, by
its test. All that is concluded follows from conditions that hold together somewhere: if it cannot
be, they cannot. An end that does not help is no counterexample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, product

from cvc5 import Kind, Term

from recheck.parts.algebra import Unread
from recheck.parts.apart import ask_apart
from recheck.parts.boxes import Condition
from recheck.parts.conditionals import Algebra, Conditional
from recheck.parts.ends import Alternative, way_of, without_idle
from recheck.parts.known import known
from recheck.parts.polynomials import (
    constant,
    put,
    read_by,
)
from recheck.solver import ask
from recheck.terms import MANAGER

GOALS_A_SECOND = 160
"""Goals that are looked at for each second that a query may take, and once more a quarter."""
LEAF = 20
"""How many goals one question to the solver counts for."""
QUICK, MORE = 0.1, 0.2
"""Seconds for a question with no symbol left to put at an end: by linear lemmas, by cells."""


def impossible_at_ends(asserted: Sequence[Term], seconds: float) -> bool:
    """Whether it is shown that conditions cannot all hold; the last is the goal. The fewer seconds
    there are for a query, the fewer goals are looked at: how many does not depend on a clock."""
    algebra = Algebra(asserted)
    try:
        algebra.suppose(asserted[:-1])
        goals = algebra.cases(asserted[-1])
    except Unread:
        return False
    given, most = algebra.unfolded(algebra.given), int(GOALS_A_SECOND * seconds)
    return any(
        all(
            search.impossible([*given, *chain(*either), *goal[:-1]], goal[-1], algebra.conditionals)
            for *either, goal in product(*algebra.either, goals)
        )
        for search in (Search(algebra, most), Search(algebra, most // 4, thorough=True))
    )


class Search:
    """Looks for ends at which a goal cannot be, among so many goals; if it is thorough, in both
    cases of the less or greater of two if neither end is enough, and of conditionals that other
    conditions read."""

    def __init__(self, algebra: Algebra, goals: int, *, thorough: bool = False) -> None:
        self.algebra, self.left, self.box = algebra, goals, algebra.box()
        self.thorough = thorough

    def impossible(
        self, given: Iterable[Condition], goal: Condition, conditionals: Mapping[int, Conditional]
    ) -> bool:
        """Whether it is shown that a goal does not hold where what is given does."""
        self.left -= 1
        here = known(given, self.box)
        if here is None:
            return True
        goal = here.reduced(goal)
        if here.excludes(goal):
            return True
        if constant(goal.size) is not None or self.left < 0:
            return False
        near = [goal, *here.conditions] if self.thorough else [goal]
        live = _needed(near, conditionals)
        inner = frozenset[int]().union(*(each.reads for each in live.values()))
        here = without_idle(here, read_by(goal.size) | inner | {*live})
        symbols = sorted((read_by(goal.size) | {*live}) - inner)
        ways = (way_of(here, goal, n, live.get(n)) for n in symbols)
        way = min((each for each in ways if each), key=lambda each: each[:3], default=None)
        if way is None:
            return self._answered([*here.conditions, goal])
        left = {number: each for number, each in live.items() if number != way.symbol}
        if all(any(self._at(goal, way.symbol, case, left)) for case in way.cases):
            return True
        rest = self._at(goal, way.symbol, way.otherwise, left)
        return self.thorough and bool(way.otherwise) and all(rest)

    def _at(
        self,
        goal: Condition,
        symbol: int,
        alternatives: Sequence[Alternative],
        left: Mapping[int, Conditional],
    ) -> Iterator[bool]:
        """Whether the goal is impossible with a symbol at each end, the shortest goals first."""
        goals = [(given, put(goal.size, symbol, *end)) for given, end in alternatives]
        for given, size in sorted(goals, key=lambda each: len(each[1].monoms())):
            yield self.impossible(given, goal.with_(size), left)

    def _answered(self, conditions: Sequence[Condition]) -> bool:
        """Whether the solver shows that conditions cannot all hold."""
        self.left -= LEAF
        symbols = [
            MANAGER.mkConst(MANAGER.getRealSort(), f"s{n}")
            for n in range(len(self.algebra.symbols))
        ]
        terms = [_term(each, symbols) for each in conditions if constant(each.size) is None]
        if ask(terms, QUICK, "nl-ext=none", "nl-cov=false") == "":
            return True
        return ask_apart(terms, MORE, "nl-ext=none") == ""


def _needed(
    conditions: Iterable[Condition], conditionals: Mapping[int, Conditional]
) -> dict[int, Conditional]:
    """The conditionals that conditions read, and those that these read."""
    found: dict[int, Conditional] = {}
    left = [number for each in conditions for number in read_by(each.size)]
    while left:
        number = left.pop()
        if number in conditionals and number not in found:
            found[number] = conditionals[number]
            left += found[number].reads
    return found


def _term(condition: Condition, symbols: Sequence[Term]) -> Term:
    """A condition as a term."""
    terms = []
    for exponents, number in condition.size.to_dict().items():
        factors = [symbols[n] for n, power in enumerate(exponents) for _ in range(power)]
        value = MANAGER.mkReal(int(number.p), int(number.q))
        terms.append(MANAGER.mkTerm(Kind.MULT, value, *factors) if factors else value)
    size = MANAGER.mkTerm(Kind.ADD, *terms) if len(terms) > 1 else terms[0]
    kind = Kind.GT if condition.strict else Kind.GEQ
    return MANAGER.mkTerm(kind, size, MANAGER.mkReal(0))
