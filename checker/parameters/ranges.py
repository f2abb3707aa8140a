"""A parameter's domain in ranges with exact ends: at which values a claim holds, and at which not.

Theorem: docs/theory/regions.md, "Thresholds with several ends". Where the answer turns is found by
bisection and named; what is said of each range is proved of all its numbers.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction

import attrs

from checker.backends.algebraic import REFINED, Algebraic, beside, names, rational, simplest
from checker.backends.solver import QueryBudget
from checker.parameters.exact_condition import Way, breaking_condition, exact_conditions
from checker.parameters.extent import Edge, Extent
from checker.parameters.found_threshold import BothSides, EveryValue, FoundThreshold, Range, ShownBy
from checker.parameters.meaning import Condition, Span
from checker.parameters.obstacles import NotExact
from checker.parameters.pieces import Piece
from checker.system.parametric import Interval, ParametricProblem
from spec.statements.base import Answer

DIGITS = (9, 15, 24, 48, 96)
"""Decimal digits of the bracket at which a name is looked for."""
PROBES = tuple(Fraction(n, 64) for n in (1, 8, 20, 32, 44, 56, 63))
"""Where a span is looked at, as shares of its width."""
SECONDS = 5.0
"""For one query."""
NAMING_SECONDS = 20.0
"""Of the processor, after which no more digits are sought of an end without a name."""
NARROW = Fraction(1, 10**6)
"""The share of an interval of which nothing more is asked."""
HASTY = Fraction(1, 10**4)
"""The share of a bracket after which a turn next to its simplest fraction is looked for."""
MOST_CUTS = 7
"""How often a span is cut in the middle, one half within the other."""


Part = tuple[Span, Answer]
Outer = tuple[Algebraic | None, Algebraic | None]
"""Numbers as far as which answers on either side of a turn may hold, where that is likely."""


@attrs.define
class RangeSearch:
    """Cuts an interval where a condition's answer turns.

    Args:
        condition: an exact condition on the parameter.
        late: whether the time is up.
        own: the value of the parameter that the claim speaks of, which is looked at too.
        digits: of the bracket at which a name is looked for.
    """

    condition: Condition
    late: Callable[[], bool]
    own: Fraction
    digits: Sequence[int] = DIGITS
    _known: dict[Algebraic, Answer] = attrs.field(factory=dict)

    def ranges(self, interval: Interval) -> tuple[Range, ...]:
        """The interval in ranges, in order; they cover it."""
        low, high = map(rational, interval)
        parts = self._cut(Span(low, high), MOST_CUTS)
        found = [_point(low, self.at(low))]
        for span, answer in parts:
            found.append(Range(span.low, span.high, False, False, answer))
            found.append(_point(span.high, self.at(span.high)))
        return joined(found)

    def at(self, number: Algebraic) -> Answer:
        """The answer at a number."""
        if number not in self._known:
            self._known[number] = self.condition.at(number)
        return self._known[number]

    def _at(self, value: Fraction) -> Answer:
        return self.at(rational(value))

    def _likely(self, value: Fraction) -> Answer:
        """The answer at a value, or a guess of it."""
        known = self._known.get(rational(value))
        return self.condition.likely(rational(value)) if known is None else known

    def _cut(self, span: Span, cuts: int) -> list[Part]:
        """A span in parts, each with an answer that is proved all over it, or "unknown"."""
        low, high = span.low.high, span.high.low
        if high <= low or self.late():
            return [(span, Answer.UNKNOWN)]
        values = [_short(low + share * (high - low), (high - low) / 256) for share in PROBES]
        values = sorted({*values, *([self.own] if low < self.own < high else [])})
        answers = [self._likely(value) for value in values]
        told = [pair for pair in zip(values, answers, strict=True) if pair[1] is not Answer.UNKNOWN]
        for (one, here), (other, there) in itertools.pairwise(told):
            if here is not there:
                same = set(answers[values.index(other) :]) == {there}
                outer = (span.low, span.high if same else None)
                return self._turned(span, (one, other), cuts, outer)
        middle = answers[len(answers) // 2]
        if middle is not Answer.UNKNOWN and self.condition.all_over(span, middle):
            return [(span, middle)]
        value = values[len(values) // 2]
        if self.late() or set(answers) == {Answer.UNKNOWN} or self._at(value) is not middle:
            return [(span, Answer.UNKNOWN)]
        found = None if middle is Answer.UNKNOWN else self.condition.another(span, middle)
        if found is None or not low < found < high:
            return self._halved(span, value, cuts)
        if self._at(found) not in (middle, Answer.UNKNOWN):
            return self._turned(span, (min(value, found), max(value, found)), cuts)
        return self._halved(span, value, cuts)

    def _halved(self, span: Span, middle: Fraction, cuts: int) -> list[Part]:
        if cuts == 0:
            return [(span, Answer.UNKNOWN)]
        number = rational(middle)
        first = self._cut(Span(span.low, number), cuts - 1)
        return first + self._cut(Span(number, span.high), cuts - 1)

    def _turned(
        self, span: Span, values: Interval, cuts: int, outer: Outer = (None, None)
    ) -> list[Part]:
        """A span cut where the answer turns between two of its values."""
        around = self._edge(values, outer)
        if len(around) > 1:  # what lies on either side of a named number is one part
            number = around[0][0].high
            sides = (Span(span.low, number), Span(number, span.high))
        else:
            sides = (Span(span.low, around[0][0].low), Span(around[0][0].high, span.high))
        known = dict(around)
        if self.late():  # what was proved next to the turn stands
            first, last = Span(span.low, around[0][0].low), Span(around[-1][0].high, span.high)
            return [(first, Answer.UNKNOWN), *around, (last, Answer.UNKNOWN)]
        before, after = (
            [(side, known[side])] if side in known else self._cut(side, cuts) for side in sides
        )
        return [*before, *(around if len(around) == 1 else []), *after]

    def _edge(self, values: Interval, outer: Outer) -> list[Part]:
        """What is proved around the number at which the answer turns between two values: two parts
        that meet in it, or one of which nothing is known if no name for it is proved."""
        low, high = values
        first, last, whole = self._likely(low), self._likely(high), high - low
        named_by = time.process_time() + NAMING_SECONDS
        for digits in self.digits:
            width = whole / 10**digits
            until = named_by if digits > self.digits[0] else float("inf")
            low, high = self._narrowed(low, high, width, until)
            if self._likely(high) is not Answer.UNKNOWN:  # a third one may begin at the turn
                last = self._likely(high)
            for number in itertools.chain(self.condition.named(low, high), names(low, high)):
                parts = self._parts_at(number, ((low, first), (high, last)), outer)
                if parts:
                    return parts
            if high - low > width or self.late():
                break
        return [(Span(rational(low), rational(high)), Answer.UNKNOWN)]

    def _parts_at(
        self, number: Algebraic, known: Sequence[tuple[Fraction, Answer]], outer: Outer
    ) -> list[Part]:
        """The parts that meet in a number, if the answers at two values on either side of it hold
        all the way to it; they reach as far as the outer numbers where that is proved too."""
        number = number.refined()
        found: dict[bool, Part] = {}
        sides = zip((False, True), known, outer, strict=True)
        for above, (value, answer), far in sorted(sides, key=lambda s: s[1][1] is Answer.PROVED):
            ends = [end for end in (far, rational(value)) if end is not None]
            spans = (Span(number, end) if above else Span(end, number) for end in ends)
            span = next((each for each in spans if self.condition.all_over(each, answer)), None)
            if span is None:
                return []
            found[above] = (span, answer)
        return [found[False], found[True]]

    def _narrowed(
        self, low: Fraction, high: Fraction, width: Fraction, until: float
    ) -> tuple[Fraction, Fraction]:
        """Two values between which the answer turns, brought so near each other while time lasts.

        Where a quick guess between them turns out wrong at one of the two that it leads to, it is
        not asked again. Of several turns it is the first that the search comes upon.
        """
        first, last = self._likely(low), self._likely(high)
        guess = self.condition.between({first: low, last: high})
        one, other = self._bisected((low, high), first, width, until, guess)
        if low < one and self._likely(one) is not first:
            return self._bisected((low, one), first, width, until, self._likely)
        if other < high and self._likely(other) in (first, Answer.UNKNOWN):
            return self._bisected((other, high), first, width, until, self._likely)
        return one, other

    def _bisected(
        self,
        ends: tuple[Fraction, Fraction],
        first: Answer,
        width: Fraction,
        until: float,
        guess: Callable[[Fraction], Answer],
    ) -> tuple[Fraction, Fraction]:
        """Two values between which the answer is guessed to turn.

        Now and then it is tried whether the answer turns next to the simplest fraction between, as
        near as a name asks for.
        """
        low, high = ends
        hasty = (high - low) * HASTY
        while high - low > width and not self.late() and time.process_time() <= until:
            looked_at = [_short((low + high) / 2, (high - low) / 16)]
            if high - low <= hasty:
                hasty = (high - low) * HASTY
                looked_at = beside(simplest(low, high), width)
            silent = False
            for value in looked_at:
                answer = guess(value) if low < value < high else None
                if answer is Answer.UNKNOWN:  # as a condition may be at an end itself
                    if silent:
                        return low, high
                    silent = True
                    looked_at += beside(value, width)
                elif answer is not None:
                    low, high = (value, high) if answer is first else (low, value)
        return low, high


def _short(value: Fraction, room: Fraction) -> Fraction:
    """The shortest fraction near a value."""
    return simplest(value - room, value + room)


def _point(number: Algebraic, answer: Answer) -> Range:
    return Range(number, number, True, True, answer)


def joined(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Neighbours with the same answer as one range."""
    found: list[Range] = []
    for each in ranges:
        if found and found[-1].answer is each.answer:
            last = found.pop()
            each = attrs.evolve(each, low=last.low, low_included=last.low_included)
        found.append(each)
    return tuple(found)


def range_of(piece: Piece) -> Range:
    """A piece as a range; what nothing is known of has no ends of its own."""
    own = piece.answer is not Answer.UNKNOWN
    return Range(rational(piece.low), rational(piece.high), own, own, piece.answer)


def pieces_of(ranges: Sequence[Range]) -> list[Piece]:
    """Ranges as pieces with rational ends, which cover them but for next to irrational ones."""
    spans = [(each.low.high, each.high.low, each.answer) for each in ranges]
    found: list[Piece] = []
    for low, high, answer in spans:
        if found and found[-1].high < low:
            found.append(Piece(found[-1].high, low, Answer.UNKNOWN))
        if low < high:
            found.append(Piece(low, high, answer))
    return found


def covering(interval: Interval, known: Sequence[Range]) -> list[Range]:
    """Ranges that cover an interval: those that are known, and undecided ones between them.

    Where two overlap, what both say is proved, so the second says what is beyond the first.
    """
    low, high = map(rational, interval)
    found: list[Range] = []
    at, included = low, False
    for each in sorted(known, key=lambda r: (r.low.nearest, not r.low_included, r.high.nearest)):
        if each.high.nearest < at.nearest or (
            each.high.nearest == at.nearest and (included or not each.high_included)
        ):
            continue
        if each.low.nearest > at.nearest or not (included or each.low_included):
            found.append(Range(at, each.low, not included, not each.low_included, Answer.UNKNOWN))
            found.append(each)
        else:
            begins = each.low.nearest == at.nearest and each.low_included and not included
            found.append(attrs.evolve(each, low=at, low_included=begins or not included))
        at, included = each.high, each.high_included
    if at.nearest < high.nearest or not included:
        found.append(Range(at, high, not included, True, Answer.UNKNOWN))
    return list(joined(found))


def ranges_on(
    parametric: ParametricProblem,
    interval: Interval,
    deadline: float = float("inf"),
    ways: Sequence[Way] | None = None,
    found: tuple[Range, ...] = (),
    digits: Sequence[int] = DIGITS,
) -> tuple[Range, ...]:
    """An interval of the parameter in ranges, by conditions that are exact on it, in all ways or in
    some: what the first leaves open is asked of the next, and what was ``found`` before leaves open
    of the first. None if there is no such condition.

    The deadline, by ``time.monotonic``, is that of the search for conditions too.
    """
    budget = QueryBudget(SECONDS, deadline)
    if found and not _open_parts(interval, found):
        return found
    with suppress(NotExact):
        for condition in exact_conditions(parametric, interval, budget, ways):
            found = _further(parametric, interval, found, condition, budget, digits)
            if budget.exhausted or not _open_parts(interval, found):
                break
    return found


def _further(
    parametric: ParametricProblem,
    interval: Interval,
    found: Sequence[Range],
    condition: Condition,
    budget: QueryBudget,
    digits: Sequence[int] = DIGITS,
) -> tuple[Range, ...]:
    """An interval in ranges, with what a condition says of those parts that are open."""
    search = RangeSearch(condition, lambda: budget.exhausted, parametric.own[0], digits)
    if not found:
        return search.ranges(interval)
    said = [each for part in _open_parts(interval, found) for each in search.ranges(part)]
    known = [each for each in (*found, *said) if each.answer is not Answer.UNKNOWN]
    return tuple(covering(interval, known))


def _open_parts(interval: Interval, found: Sequence[Range]) -> list[Interval]:
    """The parts of an interval of which nothing is known, but for narrow ones at an end without a
    name."""
    narrow = (interval[1] - interval[0]) * NARROW
    pieces = pieces_of(found)
    return [p.span for p in pieces if p.answer is Answer.UNKNOWN and p.width > narrow]


def broken_on(
    parametric: ParametricProblem, interval: Interval, deadline: float = float("inf")
) -> tuple[Range, ...]:
    """An interval in ranges, by a condition that only says where the claim breaks at once; none if
    that is nowhere."""
    budget = QueryBudget(SECONDS, deadline)
    try:
        condition = breaking_condition(parametric, interval, budget)
    except NotExact:
        return ()
    found = _further(parametric, interval, (), condition, budget)
    return found if any(each.answer is not Answer.UNKNOWN for each in found) else ()


def with_ranges(found: FoundThreshold, ranges: Sequence[Range]) -> FoundThreshold:
    """A threshold with what is known of the whole domain filled in."""
    found = attrs.evolve(found, ranges=tuple(ranges), pieces=())
    told = {each.answer for each in ranges}
    if told == {Answer.PROVED}:
        return attrs.evolve(found, extent=Extent.ALL, shown=EveryValue())
    if told in ({Answer.REFUTED}, {Answer.REFUTED, Answer.VACUOUS}):
        shown = EveryValue() if Answer.VACUOUS not in told else None
        return attrs.evolve(found, extent=Extent.NONE, shown=shown)
    if not told & {Answer.PROVED, Answer.REFUTED}:
        return attrs.evolve(found, extent=Extent.UNKNOWN)
    meant = [each for each in ranges if each.answer is not Answer.VACUOUS]
    if len(meant) == 1:
        return attrs.evolve(found, extent=Extent.PIECES)
    first, *between, last = meant
    apart = len(between) + 2 < len(ranges) - _at_the_ends(ranges)
    if apart or {first.answer, last.answer} != {Answer.PROVED, Answer.REFUTED}:
        return attrs.evolve(found, extent=Extent.PIECES)
    if between and [each.answer for each in between] != [Answer.UNKNOWN]:
        return attrs.evolve(found, extent=Extent.PIECES)
    return _one_edge(found, first, last)


def edge_of(ranges: Sequence[Range]) -> tuple[Edge, bool] | None:
    """The one end of the values at which the claim holds, and whether greater values are worse;
    None where something is open, the claim means nothing somewhere, or there are more ends."""
    told = [each.answer for each in ranges]
    if told == [Answer.PROVED]:
        return Edge(Extent.ALL, holds_at=ranges[0].low.nearest), True
    if told == [Answer.REFUTED]:
        return Edge(Extent.NONE, fails_at=ranges[0].low.nearest), True
    if set(told) != {Answer.PROVED, Answer.REFUTED} or len(told) > 2:
        return None
    edge = _edge_between(*ranges)
    return None if edge.included is None else (edge, told[0] is Answer.PROVED)


def _at_the_ends(ranges: Sequence[Range]) -> int:
    """How many ranges in which the claim means nothing are at an end of the domain."""
    return sum(each.answer is Answer.VACUOUS for each in (ranges[0], ranges[-1]))


def _one_edge(found: FoundThreshold, first: Range, last: Range) -> FoundThreshold:
    """A threshold with one end, between two ranges that are next to each other or nearly so."""
    rising, edge = first.answer is Answer.PROVED, _edge_between(first, last)
    gaps = Answer.VACUOUS in {each.answer for each in found.ranges}
    return attrs.evolve(
        found,
        extent=edge.extent,
        rising=rising,
        safe=edge.holds_at,
        unsafe=edge.fails_at,
        exact=edge.number,
        included=edge.included,
        shown=BothSides(rising, ShownBy.RANGES, gaps=gaps),
    )


def _edge_between(first: Range, last: Range) -> Edge:
    """The end between two ranges that are next to each other or nearly so."""
    rising = first.answer is Answer.PROVED
    number = first.high if first.high == last.low else None
    low, high = first.high.low, last.low.high
    if number is not None:  # the nearest fractions of which each side is said
        low = low if first.high_included else max(first.low.high, low - REFINED)
        high = high if last.low_included else min(last.high.low, high + REFINED)
    included: bool | None = first.high_included if rising else last.low_included
    if number is None or first.high_included == last.low_included:
        included = None  # neither range says what is at the number
    return Edge(Extent.EDGE, low if rising else high, high if rising else low, number, included)
