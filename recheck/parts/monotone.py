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
from functools import partial
from itertools import chain, product
from typing import NamedTuple

from cvc5 import Kind, Term

from recheck.parts.algebra import Algebra, Conditional, Quotient, Unread
from recheck.parts.apart import ask_apart
from recheck.parts.known import FUEL, UP, Condition, Known, known
from recheck.parts.polynomials import (
    ZERO,
    Polynomial,
    constant,
    key,
    least,
    powers,
    put,
    read_by,
    reads,
)
from recheck.solver import ask
from recheck.terms import MANAGER

GOALS_A_SECOND = 160
"""Goals that are looked at for each second that a query may take, and once more a quarter."""
LEAF = 20
"""How many goals one question to the solver counts for."""
QUICK, MORE = 0.1, 0.2
"""Seconds for a question with no symbol left to put at an end: by linear lemmas, by cells."""
MOST_PAIRS = 4
"""Pairs of ends that stand in for the conditions on a symbol that the goal does not read."""
ALONE, SPLIT, EITHER, SEVERAL, SIGN, LOST = 0, 1, 2, 3, 4, 10
"""What is done first: a symbol with one end, a conditional by its test, the less or greater of two,
a symbol with several ends, one of unknown slope. Each condition that is lost comes on top."""

Alternative = tuple[Sequence[Condition], Quotient]
"""What is given where a symbol is put at an end, and the end."""


class Ends(NamedTuple):
    """The ends of a symbol, and how many conditions say something else of it."""

    lows: Sequence[Polynomial]
    highs: Sequence[Polynomial]
    lost: int


class Way(NamedTuple):
    """How to do away with a symbol: all cases must be impossible, each by one alternative; or else
    all cases of a conditional."""

    cost: int
    width: int
    symbol: int
    cases: Sequence[Sequence[Alternative]]
    otherwise: Sequence[Alternative] = ()


def impossible_at_ends(asserted: Sequence[Term], seconds: float) -> bool:
    """Whether it is shown that conditions cannot all hold; the last is the goal. The fewer seconds
    there are for a query, the fewer goals are looked at: how many does not depend on a clock."""
    algebra = Algebra(asserted)
    try:
        algebra.suppose(asserted[:-1])
        goals = algebra.cases(asserted[-1])
    except Unread:
        return False
    given, most = list(_unfolded(algebra)), int(GOALS_A_SECOND * seconds)
    return any(
        all(
            search.impossible([*given, *chain(*either), *goal[:-1]], goal[-1], algebra.conditionals)
            for *either, goal in product(*algebra.either, goals)
        )
        for search in (Search(algebra, most), Search(algebra, most // 4, thorough=True))
    )


def _unfolded(algebra: Algebra) -> Iterator[Condition]:
    """What is given, with both of two where a condition on the less or the greater says so."""
    left = list(algebra.given)
    while left:
        condition = left.pop()
        read = {
            n: algebra.conditionals[n] for n in read_by(condition.size) & {*algebra.conditionals}
        }
        inner = frozenset[int]().union(*(each.reads for each in read.values()))
        symbol = max(set(read) - inner, default=None)
        if symbol is not None:
            parts = powers(condition.size, symbol)
            sign = algebra.known.sign(parts[1]) if len(parts) == 2 else None
            upper = read[symbol].upper
            if sign is not None and upper is not None and (sign in UP) == upper:
                ends = [value for _, value in read[symbol].cases]
                left += [condition.with_(put(condition.size, symbol, *end)) for end in ends]
                continue
        yield condition


class Search:
    """Looks for ends at which a goal cannot be, among so many goals; if it is thorough, in both
    cases of the less or greater of two if neither end is enough."""

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
        live = _needed(goal, conditionals)
        inner = frozenset[int]().union(*(each.reads for each in live.values()))
        here = _without_idle(here, read_by(goal.size) | inner)
        ways = (_way(here, goal, n, live.get(n)) for n in sorted(read_by(goal.size) - inner))
        way = min((each for each in ways if each), key=lambda each: each[:3], default=None)
        if way is None:
            return self._answered([*here.conditions, goal])
        at = partial(self._at, goal, way.symbol, live)
        if all(any(map(at, case)) for case in way.cases):
            return True
        return self.thorough and bool(way.otherwise) and all(map(at, way.otherwise))

    def _at(
        self,
        goal: Condition,
        symbol: int,
        live: Mapping[int, Conditional],
        alternative: Alternative,
    ) -> bool:
        given, end = alternative
        left = {number: each for number, each in live.items() if number != symbol}
        return self.impossible(given, goal.with_(put(goal.size, symbol, *end)), left)

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


def _needed(goal: Condition, conditionals: Mapping[int, Conditional]) -> dict[int, Conditional]:
    """The conditionals that a goal reads, and those that these read."""
    found: dict[int, Conditional] = {}
    left = list(read_by(goal.size))
    while left:
        number = left.pop()
        if number in conditionals and number not in found:
            found[number] = conditionals[number]
            left += found[number].reads
    return found


def _without_idle(here: Known, used: frozenset[int] | set[int]) -> Known:
    """What is known without symbols that are not used: in place of the conditions on one stands
    that its ends are on the right sides of one another."""
    idle = set[int]().union(*(read_by(each.size) for each in here.conditions)) - used
    for symbol in sorted(idle):
        lows, highs, lost = _ends(here, symbol)
        if not lost and len(lows) * len(highs) <= MOST_PAIRS:
            rest = [each for each in here.conditions if not reads(each.size, symbol)]
            pairs = [Condition(high - low, strict=False) for low in lows for high in highs]
            here = here._replace(conditions=[*rest, *pairs])
    return here


def _ends(here: Known, symbol: int) -> Ends:
    """The ends of a symbol that matter."""
    lows, highs, lost = list[Polynomial](), list[Polynomial](), 0
    for size, _ in here.conditions:
        if reads(size, symbol):
            rest, *slopes = powers(size, symbol)
            slope = constant(slopes[0]) if len(slopes) == 1 else None
            if slope is None:
                lost += 1
            else:
                (lows if slope > 0 else highs).append(rest * (-1 / slope))
    return Ends(_tightest(here, lows, 1), _tightest(here, highs, -1), lost)


def _tightest(here: Known, ends: Sequence[Polynomial], side: int) -> list[Polynomial]:
    """The ends without those that another implies."""
    found: list[Polynomial] = []
    for end in ends:
        if not any(_implies(here, other, end, side) for other in found):
            found = [other for other in found if not _implies(here, end, other, side)]
            found.append(end)
    return sorted(found, key=lambda end: len(end.monoms()))


def _implies(here: Known, one: Polynomial, other: Polynomial, side: int) -> bool:
    """Whether an end is known to be no wider than another."""
    apart = (one - other) * side
    if apart.is_zero() or key(apart) in here.signs:
        return True
    return least(apart, here.box, iter(range(FUEL)), ZERO) is not None


def _way(here: Known, goal: Condition, symbol: int, own: Conditional | None) -> Way | None:
    """How to do away with a symbol of the goal, if there is a way."""
    rest = [each for each in here.conditions if not reads(each.size, symbol)]
    parts = powers(goal.size, symbol)
    sign = here.sign(parts[1]) if len(parts) == 2 else None
    if own is not None:
        split = [_in_case(here, symbol, *each) for each in own.cases]
        if sign is not None and own.upper is not None and (sign in UP) == own.upper:
            return Way(EITHER, 2, symbol, [[(rest, value) for _, value in own.cases]], split)
        return Way(SPLIT, 2, symbol, [[each] for each in split])
    if len(parts) > 2:
        return None
    lows, highs, lost = _ends(here, symbol)
    down, up = _sided(rest, lows, highs, 1), _sided(rest, highs, lows, -1)
    if sign is None:
        if not lows or not highs:
            return None
        rising, falling = (Condition(s, strict=False) for s in (parts[1], -parts[1]))
        cases = [[([*g, rising], e) for g, e in up], [([*g, falling], e) for g, e in down]]
        return Way(SIGN + LOST * lost, len(up) + len(down), symbol, cases)
    ends = up if sign in UP else down
    cost = (ALONE if len(ends) == 1 else SEVERAL) + LOST * lost
    return Way(cost, len(ends), symbol, [ends]) if ends else None


def _in_case(here: Known, symbol: int, case: Sequence[Condition], value: Quotient) -> Alternative:
    """A conditional in one of its cases."""
    conditions = [each.with_(put(each.size, symbol, *value)) for each in here.conditions]
    return [*conditions, *case], value


def _sided(
    rest: Sequence[Condition], ends: Sequence[Polynomial], others: Sequence[Polynomial], side: int
) -> list[Alternative]:
    """A symbol at each of its ends on one side, on the right side of those on the other; of which
    only the linear conditions are kept."""
    found = list[Alternative]()
    for end in ends:
        apart = [(other - end) * side for other in others]
        kept = [Condition(size, strict=False) for size in apart if size.total_degree() <= 1]
        found.append(([*rest, *kept], (end, end.context().constant(1))))
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
