"""Ranges with exact ends, against formulas and long runs at many values of the parameter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.algebraic import Algebraic, rational
from checker.parameters.bracketing import BracketSearch, within_ranges
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import FoundThreshold, Range
from checker.parameters.meaning import Span
from checker.parameters.pieces import Piece
from checker.parameters.ranges import (
    RangeSearch,
    covering,
    joined,
    pieces_of,
    range_of,
    ranges_on,
    with_ranges,
)
from checker.parameters.threshold import WIDTH, blank_threshold, threshold
from checker.system.parametric import ParametricProblem
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    budget,
    parameter,
)
from spec.statements.base import Answer
from tests.parameters.memories import SLOW

FEW = settings(SLOW, max_examples=3)

GRID = [Fraction(n, 60) for n in range(-120, 121)]


class Point(Agent[I]):
    z: Real = between(-3, 3, "a coordinate")


class AtMost(Invariant):
    bound: Real = budget(-3, 3, "z", limit=1)

    def holds(self, point: Point[Any]) -> Bool:
        return point.z <= self.bound


class Within(Invariant):
    bound: Real = budget(0, 3, "|z|", limit=2)

    def holds(self, point: Point[Any]) -> Bool:
        return all_of(point.z <= self.bound, -point.z <= self.bound)


class Inside(Invariant):
    bound: Real = budget(0, 3, "|z|", limit=2)

    def holds(self, point: Point[Any]) -> Bool:
        return all_of(point.z < self.bound, -point.z < self.bound)


class C(Parameters):
    c: Real = parameter(0, -2, 2, "what is added")


Rewrite = Callable[[Real, Real], Real]


def claim(rewrite: Rewrite, invariant: Invariant) -> Claim:
    kind: Any = type(invariant)

    def start(p: C) -> Point[Any]:
        return Point(z=Real(0))

    def step(point: Point[I], p: C, nature: Nature) -> Point[I]:
        return Point(z=rewrite(point.z, p.c))

    return Claim(
        "point", Loop[C, Point[kind]]("point", parameters=C, seed=start, step=step), invariant
    )


def answer_at(ranges: Sequence[Range], value: Fraction) -> Answer:
    """The answer of the one range that holds a value; the ends are compared with the value."""
    found = []
    for each in ranges:
        above = each.low.high < value or (each.low.fraction == value and each.low_included)
        below = value < each.high.low or (each.high.fraction == value and each.high_included)
        found += [each.answer] if above and below else []
    assert len(found) == 1
    return found[0]


def answer_of(found: FoundThreshold, value: Fraction) -> Answer:
    """The answer at a value, also where a threshold has one end, or none."""
    if found.ranges:
        return answer_at(found.ranges, value)
    if found.extent is Extent.EDGE:
        assert found.exact is not None
        assert found.included
        first = found.exact.low >= value
        safe = first if found.rising else found.exact.high <= value
        return Answer.PROVED if safe else Answer.REFUTED
    return {Extent.ALL: Answer.PROVED, Extent.NONE: Answer.REFUTED}[found.extent]


@FEW
@given(
    st.tuples(*[st.sampled_from([Fraction(n, 4) for n in range(-6, 7)])] * 3),
    st.sampled_from([Fraction(1, 4), Fraction(1, 2)]),
)
def test_a_parameter_that_helps_and_harms(roots: tuple[Fraction, ...], limit: Fraction) -> None:
    """z/2 + q(c)/8 settles at q(c)/4, at once above the seed or below it; q is a cubic."""

    def cubic(c: Any) -> Any:
        a, b, d = roots
        return (c - a) * (c - b) * (c - d)

    # the cubic is at most (7/2)^3, so z stays in the domain only where |q| / 4 <= 3
    tested = claim(lambda z, c: z / 2 + cubic(c) / 8, AtMost(bound=Real(limit)))
    found = threshold(tested, "c", timeout=40)
    for value in GRID:
        settles = cubic(value) / 4
        kept = -3 <= settles <= limit
        assert answer_of(found, value) is (Answer.PROVED if kept else Answer.REFUTED)


@FEW
@given(
    st.sampled_from([("1/2", 1), ("1/2", "3/2"), ("3/4", 1), ("1", "3/2"), (1, 1), ("5/4", 1)]),
    st.sampled_from([Within, Inside]),
)
def test_squares_are_bounded_between_two_ends(numbers: tuple[Any, Any], kind: Any) -> None:
    """a z^2 + c, which is not monotone, against runs of 400 steps; beyond 1/(4 a) they diverge, and
    below -limit the first step breaks the claim."""
    a, limit = map(Fraction, numbers)
    tested = claim(lambda z, c: a * z**2 + c, kind(bound=Real(limit)))
    found = threshold(tested, "c", timeout=20)
    for value in GRID:
        state, breaks = Fraction(0), False
        for _ in range(400):
            state = a * state * state + value
            breaks = abs(state) > limit or (kind is Inside and abs(state) == limit)
            if breaks:
                break
            state = Fraction(round(state * 10**12), 10**12) if state.denominator > 10**12 else state
        answer = answer_at(found.ranges, value)
        assert answer is (Answer.REFUTED if breaks else Answer.PROVED)


@FEW
@given(
    st.sampled_from([("3/4", "1/2"), ("3/4", "5/4"), ("1", 1), ("5/4", "3/4"), ("3/2", "1/2")]),
    st.sampled_from([("1/4", Within), ("1/2", Within), ("1/2", Inside)]),
)
def test_a_step_that_falls_where_it_was_high(
    numbers: tuple[Any, Any], asked: tuple[str, Any]
) -> None:
    """c - a z, which swings for greater a, with what nature adds; against the worst of its runs."""
    a, limit = map(Fraction, numbers)
    room = Fraction(asked[0])
    kind: Any = asked[1]

    def start(p: C) -> Point[Any]:
        return Point(z=Real(0))

    def step(point: Point[I], p: C, nature: Nature) -> Point[I]:
        return Point(z=p.c - a * point.z + nature.choose("push", at_most=room))

    scheme = Loop[C, Point[kind]]("point", parameters=C, seed=start, step=step)
    found = threshold(Claim("point", scheme, kind(bound=Real(limit))), "c", timeout=20)
    for value in GRID:
        low = high = Fraction(0)
        breaks = False
        for _ in range(60):
            low, high = value - a * high, value - a * low + room
            worst = max(high, -low)
            breaks = breaks or worst > limit or (kind is Inside and worst == limit)
        answer = answer_of(found, value)
        if kind is Inside:  # what only tends to the limit may be left open
            assert answer is not (Answer.PROVED if breaks else Answer.REFUTED)
        else:
            assert answer is (Answer.REFUTED if breaks else Answer.PROVED)


def test_the_real_slice_of_the_mandelbrot_set() -> None:
    class Wide(Parameters):
        c: Real = parameter(0, -3, 1, "c")

    def start(p: Wide) -> Point[Within]:
        return Point(z=Real(0))

    def step(point: Point[I], p: Wide, nature: Nature) -> Point[I]:
        return Point(z=point.z**2 + p.c)

    scheme = Loop[Wide, Point[Within]]("mandelbrot", parameters=Wide, seed=start, step=step)
    found = threshold(Claim("mandelbrot", scheme, Within()), "c", timeout=60)
    ends = [(r.low.fraction, r.high.fraction, r.answer) for r in found.ranges]
    quarter = Fraction(1, 4)
    assert ends == [
        (-3, -2, Answer.REFUTED),
        (-2, quarter, Answer.PROVED),
        (quarter, 1, Answer.REFUTED),
    ]
    assert found.ranges[1].low_included
    assert found.ranges[1].high_included
    assert found.counterexample is not None


class Growth(Parameters):
    p: Real = parameter(0, 0, 1, "what is added in each iteration")


class Turned(Agent[I]):
    x: Real = between(-4, 4)
    y: Real = between(-4, 4)
    added: Real = between(0, 200)


class AsItWas(Invariant):
    most: Real = budget(0, 4, "the first coordinate", limit=1)

    def holds(self, point: Turned[Any]) -> Bool:
        return all_of(point.x <= self.most, point.added <= 0)


def turning() -> Claim:
    """A turn that shrinks, and a count of which nothing may be added."""

    def start(p: Growth) -> Turned[AsItWas]:
        return Turned(x=Real(1), y=Real(0), added=Real(0))

    def step(s: Turned[I], p: Growth, nature: Nature) -> Turned[I]:
        x, y = (s.x * 4 - s.y * 3) / 8, (s.x * 3 + s.y * 4) / 8
        return Turned(x=x, y=y, added=s.added + p.p)

    loop = Loop[Growth, Turned[AsItWas]]("turning", parameters=Growth, seed=start, step=step)
    return Claim("turning", loop, AsItWas())


def test_a_claim_that_holds_at_one_end_alone() -> None:
    found = threshold(turning(), "p", timeout=60)
    assert [each.answer for each in found.ranges] == [Answer.PROVED, Answer.REFUTED]
    assert found.exact is not None
    assert found.exact.fraction == 0
    assert found.included


def positive(p: Growth) -> Bool:
    """Something is added."""
    return p.p > 0


def fading(assumptions: list[Callable[[Growth], Bool]]) -> Claim:
    """Half of it is left, and a little is added."""

    def start(p: Growth) -> Point[AtMost]:
        return Point(z=Real(1) / 2)

    def step(point: Point[I], p: Growth, nature: Nature) -> Point[I]:
        return Point(z=point.z / 2 + p.p)

    loop = Loop[Growth, Point[AtMost]](
        "fading", parameters=Growth, seed=start, step=step, assumptions=assumptions
    )
    return Claim("fading", loop, AtMost())


@pytest.mark.parametrize(("assumptions", "at_zero"), [([], True), ([positive], False)])
def test_an_end_is_decided_where_the_claim_means_something(
    assumptions: list[Callable[[Growth], Bool]], at_zero: bool
) -> None:
    parametric = ParametricProblem(fading(assumptions), ("p",), {})
    search = BracketSearch(parametric, WIDTH, time.monotonic() + 60, lambda text: None)
    zero, one = rational(Fraction(0)), rational(Fraction(1))
    asked = [
        Range(zero, zero, True, True, Answer.UNKNOWN),
        Range(zero, one, False, True, Answer.REFUTED),
    ]
    found = search._at_ends(asked)
    assert [each.answer for each in found] == [
        Answer.PROVED if at_zero else Answer.UNKNOWN,
        Answer.REFUTED,
    ]


@pytest.mark.parametrize("answer", [Answer.PROVED, Answer.REFUTED])
def test_what_is_not_known_is_never_covered(answer: Answer) -> None:
    domain = (Fraction(0), Fraction(1))
    pieces = [
        Piece(Fraction(1, 4), Fraction(1, 2), answer),
        Piece(Fraction(1, 2), Fraction(3, 4), answer),
    ]
    found = covering(domain, [range_of(piece) for piece in pieces])
    assert [each.answer for each in found] == [Answer.UNKNOWN, answer, Answer.UNKNOWN]
    assert [each.low_included for each in found] == [True, True, False]
    assert [each.high_included for each in found] == [False, True, True]


@pytest.mark.parametrize("rising", [True, False])
@pytest.mark.parametrize("at_the_end", [Answer.PROVED, Answer.REFUTED, Answer.UNKNOWN])
def test_what_is_open_at_the_end_itself_is_not_said_to_break(
    rising: bool, at_the_end: Answer
) -> None:
    blank = blank_threshold(ParametricProblem(fading([]), ("p",), {}))
    zero, half, one = (rational(Fraction(n, 2)) for n in range(3))
    answers = (Answer.PROVED, Answer.REFUTED) if rising else (Answer.REFUTED, Answer.PROVED)
    ranges = joined(
        [
            Range(zero, half, True, False, answers[0]),
            Range(half, half, True, True, at_the_end),
            Range(half, one, False, True, answers[1]),
        ]
    )
    found = with_ranges(blank, ranges)
    told = {Answer.PROVED: True, Answer.REFUTED: False, Answer.UNKNOWN: None}
    assert (found.exact, found.included) == (half, told[at_the_end])


@attrs.define
class UpTo:
    """A claim that holds up to a number. Nothing is said of a hole around it.

    Args:
        end: the number.
        hole: how far the hole reaches on either side; the number itself is always in it.
        included: whether it is known to hold at the number.
        silent: whether nothing at all is said of numbers above 1/2.
        stops: whether the time is up once both sides of the end have been proved.
        names: numbers that it takes for the end.
        asked: how many answers at single numbers there were.
        proved: the answers that were proved of intervals.
    """

    end: Fraction
    hole: Fraction = Fraction(0)
    included: bool = False
    silent: bool = False
    stops: bool = False
    names: tuple[Fraction, ...] = ()
    asked: int = 0
    proved: set[Answer] = attrs.field(factory=set)

    def at(self, number: Algebraic) -> Answer:
        self.asked += 1
        value = number.nearest
        if self.included and value == self.end:
            return Answer.PROVED
        if abs(value - self.end) <= self.hole or (self.silent and value > Fraction(1, 2)):
            return Answer.UNKNOWN
        return Answer.PROVED if value < self.end else Answer.REFUTED

    def between(self, values: Mapping[Answer, Fraction]) -> Callable[[Fraction], Answer]:
        return lambda value: self.likely(rational(value))

    def likely(self, number: Algebraic) -> Answer:
        return self.at(number)

    def all_over(self, span: Span, answer: Answer) -> bool:
        low, high = span.low.nearest, span.high.nearest
        shown = {
            Answer.PROVED: high <= self.end - self.hole,
            Answer.REFUTED: low >= self.end + self.hole,
        }
        if not shown.get(answer) or (self.silent and high > Fraction(1, 2)):
            return False
        self.proved.add(answer)
        return True

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        return None

    def named(self, low: Fraction, high: Fraction) -> Iterator[Algebraic]:
        return (rational(name) for name in self.names if low <= name <= high)

    def late(self) -> bool:
        return self.stops and len(self.proved) == 2

    def ranges(self) -> Sequence[Range]:
        return RangeSearch(self, self.late, Fraction(1, 97)).ranges((Fraction(0), Fraction(1)))


MOST_ASKED = 56
ENDS = st.builds(Fraction, st.integers(1, 40), st.integers(41, 50))


@given(ENDS)
def test_a_short_end_at_which_nothing_is_said_is_named(end: Fraction) -> None:
    first, at_the_end, last = UpTo(end).ranges()
    assert (first.answer, at_the_end.answer, last.answer) == (
        Answer.PROVED,
        Answer.UNKNOWN,
        Answer.REFUTED,
    )
    assert at_the_end.low.fraction == at_the_end.high.fraction == end


@given(ENDS)
def test_a_short_end_is_named_after_few_answers(end: Fraction) -> None:
    """Halving alone to the nine digits at which a name is looked for asks 64 times or more."""
    condition = UpTo(end, included=True)
    first, last = condition.ranges()
    assert (first.high.fraction, first.high_included) == (end, True)
    assert last.answer is Answer.REFUTED
    assert condition.asked < MOST_ASKED


@given(st.integers(2, 9), st.integers(-(10**150), 10**150))
def test_an_end_with_a_long_name_is_named_by_what_it_comes_of(share: int, more: int) -> None:
    """A wrong name next to it, which is tried first, is refused."""
    end = Fraction(1, share) + Fraction(more, 10**170 + 7)
    first, last = UpTo(end, included=True, names=(end + Fraction(1, 10**30), end)).ranges()
    assert first.high.fraction == last.low.fraction == end
    first, *_, last = UpTo(end, names=(end + Fraction(1, 10**30),)).ranges()
    assert first.high.nearest <= end <= last.low.nearest
    assert end + Fraction(1, 10**30) not in (first.high.fraction, last.low.fraction)


@attrs.define
class From(UpTo):
    """The same, which means nothing below another number.

    Args:
        start: the other number.
    """

    start: Fraction = Fraction(0)

    def at(self, number: Algebraic) -> Answer:
        return Answer.VACUOUS if number.nearest < self.start else super().at(number)

    def all_over(self, span: Span, answer: Answer) -> bool:
        if answer is Answer.VACUOUS:
            return span.high.nearest <= self.start
        return span.low.nearest >= self.start and super().all_over(span, answer)

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        between = (self.start + self.end) / 2
        return between if answer is not Answer.PROVED else None


@given(ENDS, st.integers(1, 6))
def test_three_answers_next_to_one_another_are_told_apart(end: Fraction, digits: int) -> None:
    """However near the two ends are to each other, one name is not taken for both."""
    start = end * (1 - Fraction(1, 10**digits))
    found = From(end, included=True, start=start).ranges()
    assert [(each.high.fraction, each.answer) for each in found] == [
        (start, Answer.VACUOUS),
        (end, Answer.PROVED),
        (1, Answer.REFUTED),
    ]


@attrs.define
class Misled(UpTo):
    """The same, whose guesses between two values take another end for its own.

    Args:
        taken: the other end.
        reach: how wide an interval may be of which anything is proved.
    """

    taken: Fraction = Fraction(1, 2)
    reach: Fraction = Fraction(1)

    def between(self, values: Mapping[Answer, Fraction]) -> Callable[[Fraction], Answer]:
        return lambda value: Answer.PROVED if value < self.taken else Answer.REFUTED

    def all_over(self, span: Span, answer: Answer) -> bool:
        narrow = span.high.nearest - span.low.nearest <= self.reach
        return narrow and super().all_over(span, answer)


@given(ENDS, ENDS)
def test_a_guess_that_is_wrong_moves_no_end(end: Fraction, taken: Fraction) -> None:
    found = Misled(end, included=True, taken=taken).ranges()
    for each in found:
        below, above = each.high.nearest <= end, each.low.nearest >= end
        assert each.answer is Answer.UNKNOWN or (below if each.answer is Answer.PROVED else above)
    assert [each.answer for each in found] == [Answer.PROVED, Answer.REFUTED]
    assert found[0].high.fraction == end


@given(ENDS)
def test_an_end_is_named_where_little_is_proved_at_once(end: Fraction) -> None:
    """No side is proved as a whole, but both are next to the end and in parts."""
    first, last = Misled(end, included=True, taken=end, reach=Fraction(1, 7)).ranges()
    assert first.high.fraction == last.low.fraction == end


@given(ENDS)
def test_what_is_proved_when_the_time_is_up_stands(end: Fraction) -> None:
    found = UpTo(end, stops=True).ranges()
    wide = [each for each in found if each.low != each.high]
    assert any(e.answer is Answer.PROVED and e.high.fraction == end for e in wide)
    assert any(e.answer is Answer.REFUTED and e.low.fraction == end for e in wide)


def test_a_hole_of_which_nothing_is_said_is_left_open() -> None:
    hole = Fraction(1, 1000)
    for each in UpTo(Fraction(1, 3), hole).ranges():
        reach = (each.low.nearest, each.high.nearest)
        assert each.answer is not Answer.PROVED or reach[1] <= Fraction(1, 3) - hole
        assert each.answer is not Answer.REFUTED or reach[0] >= Fraction(1, 3) + hole


def test_a_condition_is_asked_where_those_before_it_are_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end = Fraction(3, 4)
    conditions = [UpTo(end, silent=True), UpTo(end), UpTo(end)]
    monkeypatch.setattr("checker.parameters.ranges.exact_conditions", lambda *_: iter(conditions))
    parametric = ParametricProblem(claim(lambda z, c: z, Within()), ("c",), {})
    found = ranges_on(parametric, (Fraction(0), Fraction(1)))
    assert [each.answer for each in found if each.low != each.high] == [
        Answer.PROVED,
        Answer.REFUTED,
    ]
    assert found[0].high.fraction == end
    first, second, third = (condition.asked for condition in conditions)
    assert first
    assert second
    assert not third  # nothing is left to ask


def test_no_condition_is_looked_for_after_the_deadline() -> None:
    parametric = ParametricProblem(claim(lambda z, c: z * z + c, Within()), ("c",), {})
    found = ranges_on(parametric, (Fraction(-2), Fraction(2)), time.monotonic() - 1)
    assert all(each.answer is Answer.UNKNOWN for each in found)


@attrs.frozen
class Fading:
    """A condition that holds below 1/3, and has no answers once it was asked so often."""

    left: list[int]

    def at(self, number: Algebraic) -> Answer:
        self.left[0] -= 1
        if self.left[0] < 0:
            return Answer.UNKNOWN
        return Answer.PROVED if number.nearest < Fraction(1, 3) else Answer.REFUTED

    def likely(self, number: Algebraic) -> Answer:
        return self.at(number)

    def between(self, values: Mapping[Answer, Fraction]) -> Callable[[Fraction], Answer]:
        return lambda value: self.at(rational(value))

    def named(self, low: Fraction, high: Fraction) -> Iterator[Algebraic]:
        return iter(())

    def all_over(self, span: Span, answer: Answer) -> bool:
        return False

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        return None


@pytest.mark.parametrize("asked", range(0, 60))
def test_answers_that_cease_as_the_time_is_up_leave_parts_open(asked: int) -> None:
    search = RangeSearch(Fading([asked]), lambda: False, Fraction(1, 4), (9,))
    found = search.ranges((Fraction(0), Fraction(1)))
    assert (found[0].low.nearest, found[-1].high.nearest) == (Fraction(0), Fraction(1))


def test_a_number_at_which_it_holds_is_not_said_to_break_it() -> None:
    """Where the time is up, what is known of ranges without their ends is told as a bracket."""
    one, turn, other = (rational(Fraction(value)) for value in ("0", "1/3", "1"))
    known = [
        Range(one, turn, True, True, Answer.PROVED),
        Range(turn, other, False, True, Answer.REFUTED),
    ]
    safe, unsafe = (within_ranges(piece, known) for piece in pieces_of(known))
    assert safe.span == (Fraction(0), Fraction(1, 3))
    assert Fraction(1, 3) < unsafe.low < Fraction(1, 3) + Fraction(1, 10**9)
    assert unsafe.high == 1
