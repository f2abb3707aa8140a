"""Conditionals, each a symbol beside its cases, and conditions as comparisons of polynomials.

What is the less or the greater of two, by its test, is marked. What holds in several cases is a
list of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import copy
from itertools import product
from math import prod
from typing import NamedTuple

from cvc5 import Kind, Term

from recheck.parts.algebra import NOTHING, Quotient, Quotients, Unread
from recheck.parts.boxes import Condition
from recheck.parts.known import FUEL, UP, known
from recheck.parts.polynomials import Box, Polynomial, constant, key, least, powers, put, read_by
from recheck.terms import NUMBERS, topological

COMPARISONS = (Kind.LEQ, Kind.LT, Kind.GEQ, Kind.GT)
MOST_CASES = 16
"""Cases of one condition that are told apart."""
Cases = list[tuple[Condition, ...]]
"""Conditions of which in one case all hold."""


class Conditional(NamedTuple):
    """What is the first of two in some cases, and the second in others; the less of the two if
    ``upper`` is true, the greater if it is false."""

    cases: Sequence[tuple[Sequence[Condition], Quotient]]
    reads: frozenset[int]
    upper: bool | None


class Algebra(Quotients):
    """Reads conditions, and terms with conditionals, under what is known of their symbols."""

    def __init__(self, asserted: Sequence[Term]) -> None:
        super().__init__(asserted)
        self.conditionals: dict[int, Conditional] = {}
        self.given: list[Condition] = []
        self.either: list[Cases] = []

    def suppose(self, asserted: Iterable[Term]) -> None:
        """Read conditions that hold, those without quotients first; those with several cases are
        ``either``, but for some if there are too many."""
        late = (Kind.ITE, Kind.DIVISION)
        order = {a: any(part.getKind() in late for part in topological([a])) for a in asserted}
        for quotients in (False, True):
            for each in (a for a in order if order[a] is quotients):
                with suppress(Unread):
                    cases = self.cases(each)
                    if len(cases) == 1:
                        self.given += cases[0]
                    elif prod(map(len, self.either)) * len(cases) <= MOST_CASES:
                        self.either.append(cases)
            self.known = known(self.given, {}) or NOTHING

    def box(self) -> Box:
        """The ends of symbols, those of conditionals among them."""
        found = dict(self.known.box)
        for number, each in self.conditionals.items():
            parts = [over for _, (over, under) in each.cases if under == self.one]
            lows, highs = [
                [least(sign * p, found, iter(range(FUEL))) for p in parts] for sign in (1, -1)
            ]
            some = [[end for end in ends if end is not None] for ends in (lows, highs)]
            whole = len(parts) == len(each.cases)
            low = max(some[0], default=None) if each.upper is False else None
            high = max(some[1], default=None) if each.upper else None
            if whole and len(some[0]) == len(lows):
                low = min(lows) if low is None else low
            if whole and len(some[1]) == len(highs):
                high = min(highs) if high is None else high
            found[number] = (low, None if high is None else -high)
        return found

    def cases(self, term: Term, truth: bool = True) -> Cases:
        """When a condition holds, or does not.

        Raises:
            Unread: where it is not made of comparisons of quotients of polynomials.
        """
        kind = term.getKind()
        if kind is Kind.NOT:
            return self.cases(term[0], not truth)
        if kind in COMPARISONS:
            return [(self._compared(term, truth),)]
        if kind is Kind.EQUAL and not term[0].getSort().isBoolean():
            size, _ = self._difference(term[0], term[1])
            both = (Condition(size, not truth), Condition(-size, not truth))
            return [both] if truth else [(each,) for each in both]
        parts = {Kind.AND: (True, True), Kind.OR: (False, True), Kind.IMPLIES: (False, False)}
        if kind not in parts:
            raise Unread
        every, first = parts[kind]
        truths = [first == truth, *[truth] * (term.getNumChildren() - 1)]
        below = [self.cases(child, t) for child, t in zip(term, truths, strict=True)]
        if prod(map(len, below)) > MOST_CASES:
            raise Unread
        if every != truth:
            return [case for cases in below for case in cases]
        return [sum(each, ()) for each in product(*below)]

    def _compared(self, term: Term, truth: bool) -> Condition:
        less, more = (1, 0) if term.getKind() in (Kind.GEQ, Kind.GT) else (0, 1)
        strict = term.getKind() in (Kind.LT, Kind.GT)
        if not truth:
            less, more, strict = more, less, not strict
        return Condition(self._difference(term[more], term[less])[0], strict)

    def conditional(self, term: Term) -> Quotient:
        """A symbol for a conditional, of which the cases are put down."""
        yes, no = self.cases(term[0]), self.cases(term[0], truth=False)
        plain = (self.quotient(term[1]), self.quotient(term[2]))
        first, second = self._within(yes, term[1]), self._within(no, term[2])
        both = ((yes, first), (no, second))
        cases = [(self.unfolded(case), value) for tests, value in both for case in tests]
        reads = [read_by(size) for case, _ in cases for size, _ in case]
        reads += [read_by(size) for size in (*first, *second)]
        upper = self._upper(term, yes) if plain == (first, second) else None
        self.conditionals[self.numbers[term]] = Conditional(cases, frozenset().union(*reads), upper)
        return self._symbol(term)

    def _within(self, cases: Cases, term: Term) -> Quotient:
        """A quotient where a test holds, by which a denominator may be known not to be 0."""
        plain = self.quotient(term)
        divided = {self.numbers[p] for p in topological([term]) if p.getKind() is Kind.DIVISION}
        if len(cases) != 1 or not divided & (read_by(plain[0]) | read_by(plain[1])):
            return plain
        inside = copy(self)
        kept = (Kind.ITE, Kind.CONSTANT, *NUMBERS)
        inside.read = {part: q for part, q in self.read.items() if part.getKind() in kept}
        inside.known = known([*self.given, *cases[0]], {}) or NOTHING
        return inside.quotient(term)

    def _upper(self, term: Term, yes: Cases) -> bool | None:
        """Whether a conditional is the less of two, or the greater; None if it is neither."""
        apart = self._difference(term[2], term[1])[0]
        tests = [test.size for case in yes for test in case]
        if len(tests) != 1 or constant(tests[0]) is not None or constant(apart) is not None:
            return None
        return {key(apart): True, key(-apart): False}.get(key(tests[0]))

    def unfolded(self, conditions: Iterable[Condition]) -> list[Condition]:
        """Conditions, with both of two where one on the less or the greater says so."""
        left, found = list(conditions), list[Condition]()
        while left:
            condition = left.pop()
            ends = self._both(condition)
            left += [condition.with_(put(condition.size, *end)) for end in ends]
            found += [] if ends else [condition]
        return found

    def _both(self, condition: Condition) -> list[tuple[int, Polynomial, Polynomial]]:
        """A symbol in a condition, at each of two of which it is the less or the greater."""
        own = {*self.conditionals} & read_by(condition.size)
        inner = frozenset[int]().union(*(self.conditionals[number].reads for number in own))
        symbol = max(own - inner, default=None)
        parts = [] if symbol is None else powers(condition.size, symbol)
        sign = self.known.sign(parts[1]) if len(parts) == 2 else None
        if symbol is None or sign is None:
            return []
        upper, cases = self.conditionals[symbol].upper, self.conditionals[symbol].cases
        if upper is None or (sign in UP) != upper:
            return []
        return [(symbol, *value) for _, value in cases]
