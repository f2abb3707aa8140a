"""Thresholds by brackets, where the exact theorem cannot be used.

The domain is cut into cells that are proved safe or unsafe whole. What is left between the two
kinds is bisected, by proofs and replayed runs at single values, down to the width asked for.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from checker.backends.algebraic import REFINED, simplest
from checker.backends.solver import QueryBudget
from checker.parameters.cell_checker import CellChecker
from checker.parameters.extent import Edge, Extent
from checker.parameters.found_threshold import (
    BothSides,
    FoundThreshold,
    Range,
    Settling,
    ShownBy,
)
from checker.parameters.meaning import Meaning
from checker.parameters.pieces import Piece, merged, turns, uncovered, widest_gap
from checker.parameters.point_checker import MARGINS, PointChecker
from checker.parameters.ranges import (
    broken_on,
    covering,
    pieces_of,
    range_of,
    ranges_on,
    with_ranges,
)
from checker.system.announcements import announce
from checker.system.parametric import Interval, ParametricProblem, bisect_cell
from spec.statements.base import Answer

COARSE = Fraction(1, 64)
"""The share of the domain that may stay undecided before its edges are looked at."""
MEANING_SECONDS = 5.0
"""For one query about where the claim means something."""
MOST_CELLS = 600
MOST_TRIES = 80
"""Cells that are decided to cover one side of a threshold."""
SHARES = (Fraction(0), *(Fraction(1, n) for n in (1_000_000, 1000, 10, 2)))
"""How far into a range a run is looked for, as shares of its width."""
SHORT = 10**6
"""The denominator below which a fraction in the bracket is tried for its own sake."""


@attrs.define(slots=False)
class BracketSearch:
    """Brings a threshold between a proof and a counterexample.

    Args:
        parametric: the claim and its one free parameter.
        width: how near the two sides are brought, in the parameter's unit.
        deadline: when to stop, by ``time.monotonic``.
        tell: is told what is being done.
    """

    parametric: ParametricProblem
    width: Fraction
    deadline: float
    tell: Callable[[str], None]
    _decided: list[Range] = attrs.field(factory=list)

    @cached_property
    def cells(self) -> CellChecker:
        """Decides whole cells."""
        return CellChecker(self.parametric, deadline=self.deadline, margins=MARGINS)

    @cached_property
    def points(self) -> PointChecker:
        """Decides single values."""
        return PointChecker(self.parametric, self.cells, self.deadline, self.tell)

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.deadline

    def answer(
        self, blank: FoundThreshold, end: Edge | None = None, ranges: Sequence[Range] = ()
    ) -> FoundThreshold:
        """The bracket reached, filled into what is known beforehand.

        With ``end``, the claim is proved at its ``holds_at``, and broken from its ``fails_at`` on.
        With ``ranges``, the domain is in ranges already, of which some are undecided.
        """
        domain = self.parametric.domain[0]
        pieces = pieces_of(ranges) if ranges else [Piece(*domain, Answer.UNKNOWN)]
        known = list(ranges)
        pieces = self._refined(pieces, (domain[1] - domain[0]) * COARSE, known)
        if not self._only_bounds(turns(pieces)):  # else single values show as much, and sooner
            pieces = self._refined(pieces, self.width, known)
        edges = turns(pieces)
        if len(edges) == 1 and end is not None and None not in (end.holds_at, end.fails_at):
            assert end.holds_at is not None
            assert end.fails_at is not None
            found = attrs.evolve(blank, pieces=tuple(self._by_cells(pieces, known)))
            return self._ended(found, end.holds_at, end.fails_at)
        if known and not self._only_bounds(edges):
            announce(with_ranges(blank, self._assembled(known, ())))
            found = with_ranges(blank, self._at_ends(self._assembled(known, pieces)))
            return self._nowhere(found) if found.extent is Extent.NONE else found
        answers = {piece.answer for piece in pieces}
        found = attrs.evolve(blank, pieces=tuple(pieces))
        announce(found)
        if answers == {Answer.PROVED}:
            return attrs.evolve(found, extent=Extent.ALL, proof=self.cells.last)
        if answers == {Answer.REFUTED}:
            return self._nowhere(found)
        if len(edges) == 1:
            ((safe, unsafe),) = edges
            return self._narrowed(found, *(within_ranges(piece, known) for piece in (safe, unsafe)))
        return with_ranges(found, self._at_ends(self._assembled(known, pieces)))

    def _refined(self, pieces: list[Piece], fine: Fraction, known: list[Range]) -> list[Piece]:
        """The pieces cut down to a width, and what exact conditions say of their gaps, which is
        added to what is known."""
        pieces = self._cut(pieces, fine)
        exact = self._exact_gaps(pieces)
        known += exact
        return _pieces_with(pieces, exact)

    def _only_bounds(self, edges: Sequence[tuple[Piece, Piece]]) -> bool:
        """Whether the answer turns once, in a gap, along a parameter that only bounds nature: then
        what two single values show is so of all values on either side of them."""
        if len(edges) != 1:
            return False
        ((safe, unsafe),) = edges
        rising = safe.high <= unsafe.low
        gap = unsafe.low - safe.high if rising else safe.low - unsafe.high
        return gap > self.width and self.cells.directions[0] == (1 if rising else -1)

    def _by_cells(self, pieces: Sequence[Piece], known: Sequence[Range]) -> Sequence[Piece]:
        """The pieces that hold with their ends: where ranges are known, those of cells alone."""
        if not known:
            return pieces
        ends = [(each.low.nearest, each.high.nearest, each.answer) for each in self._decided]
        return merged([Piece(*each) for each in sorted(ends, key=lambda end: end[0])])

    def _exact_gaps(self, pieces: Sequence[Piece]) -> list[Range]:
        """What is known of the undecided pieces where a condition is found for one alone."""
        found: list[Range] = []

        for piece in pieces:
            if piece.answer is Answer.UNKNOWN and piece.width > REFINED and not self.late:
                self.tell(f"looking for an exact condition near {float(piece.low):.6g}")
                ways = (
                    way(self.parametric, piece.span, self.deadline)
                    for way in (ranges_on, broken_on)
                )
                decided = next(filter(None, ways), ())
                found += [each for each in decided if each.answer is not Answer.UNKNOWN]
        return found

    def _assembled(self, ranges: Sequence[Range], pieces: Sequence[Piece]) -> list[Range]:
        """All that is known of the domain, in order."""
        known = [each for each in ranges if each.answer is not Answer.UNKNOWN] + self._decided
        for number, piece in enumerate(pieces):
            sides = pieces[max(0, number - 1) : number + 2]
            turns = {Answer.PROVED, Answer.REFUTED} == {p.answer for p in sides} - {piece.answer}
            if piece.answer is Answer.UNKNOWN and turns and piece.width > REFINED:
                known += map(range_of, self._halves(*sides))
        return covering(self.parametric.domain[0], known)

    def _at_ends(self, ranges: Sequence[Range]) -> list[Range]:
        """The ranges with the undecided numbers at which one begins or ends decided by themselves:
        a claim may hold at 0 and nowhere near it."""
        known = [each for each in ranges if each.answer is not Answer.UNKNOWN]
        symbol, budget = self.parametric.symbols[0], QueryBudget(MEANING_SECONDS)
        meaning = Meaning(symbol, self.parametric.meaningful, budget)
        for each in ranges:
            ends = ((each.low, each.low_included), (each.high, each.high_included))
            for end in dict.fromkeys(end for end, included in ends if included):
                value = end.fraction
                if each.answer is not Answer.UNKNOWN or value is None or self.late:
                    continue
                if meaning.everywhere(end.says(symbol)):
                    known.append(Range(end, end, True, True, self.points.decide(value)))
        asked = [each for each in known if each.answer is not Answer.UNKNOWN]
        return covering(self.parametric.domain[0], asked)

    def _halves(self, before: Piece, gap: Piece, after: Piece) -> list[Piece]:
        """What is proved of a gap between two pieces: what lies before two values that are near
        each other, and beyond them."""
        first = before.answer
        good, bad = gap.span if first is Answer.PROVED else (gap.high, gap.low)
        low, high = sorted(self._bisected(good, bad))
        found = []
        for span, answer in (((gap.low, low), first), ((high, gap.high), after.answer)):
            left = [Piece(*part, Answer.UNKNOWN) for part in self._uncovered(span, answer, [])]
            shown = uncovered(span, left, (Answer.UNKNOWN,))
            found += [Piece(*part, answer) for part in shown if part[0] < part[1]]
        return found

    def with_run(self, found: FoundThreshold) -> FoundThreshold:
        """The threshold with a replayed run that breaks the claim, as near to where it holds as one
        is found."""
        if found.counterexample is not None:
            return found
        for near, far, broken in _beyond(found.ranges):
            for share in SHARES if broken else SHARES[1:]:
                value = near + share * (far - near)
                if self.late:
                    return found
                self.points.decide(value)
                run = self.points.runs.get(value)
                if run is not None:
                    return attrs.evolve(found, counterexample=run, counterexample_at=value)
        return found

    def _nowhere(self, found: FoundThreshold) -> FoundThreshold:
        low, high = self.parametric.domain[0]
        best = low if self.cells.directions[0] >= 0 else high
        self.points.decide(best)
        run = self.points.runs.get(best)
        return attrs.evolve(
            found,
            extent=Extent.NONE,
            counterexample=run,
            counterexample_at=None if run is None else best,
        )

    def _ended(self, found: FoundThreshold, good: Fraction, bad: Fraction) -> FoundThreshold:
        """The two sides as they are proved by a worst case that settles at one of them."""
        rising = good < bad
        return attrs.evolve(
            found,
            extent=Extent.EDGE,
            rising=rising,
            safe=good,
            unsafe=bad,
            shown=self._both_sides(rising, good, bad, self._beyond(found, rising, bad)),
            proof=Settling.SOMEWHERE,
        )

    def _beyond(self, found: FoundThreshold, rising: bool, bad: Fraction) -> list[Piece]:
        """The pieces, and the side of the threshold at which nothing settles."""
        low, high = self.parametric.domain[0]
        side = (bad, high) if rising else (low, bad)
        return [*found.pieces, Piece(*side, Answer.REFUTED)]

    def _narrowed(self, found: FoundThreshold, safe: Piece, unsafe: Piece) -> FoundThreshold:
        rising = safe.high <= unsafe.low
        good, bad = (safe.high, unsafe.low) if rising else (safe.low, unsafe.high)
        announce(attrs.evolve(found, extent=Extent.EDGE, rising=rising, safe=good, unsafe=bad))
        good, bad = self._shortened(*self._bisected(good, bad))
        if bad not in self.points.runs:
            self.points.decide(bad)
        if good not in self.points.evidence:
            self.points.decide(good)
        run = self.points.runs.get(bad)
        return attrs.evolve(
            found,
            extent=Extent.EDGE,
            rising=rising,
            safe=good,
            unsafe=bad,
            shown=self._both_sides(rising, good, bad, found.pieces),
            proof=self.points.evidence.get(good, self.cells.last),
            counterexample=run,
            counterexample_at=None if run is None else bad,
        )

    def _shortened(self, good: Fraction, bad: Fraction) -> tuple[Fraction, Fraction]:
        """The bracket with the simplest fraction in it for one of its ends, if that is short."""
        short = simplest(min(good, bad), max(good, bad))
        if short not in (good, bad) and short.denominator < SHORT:
            answer = self.points.decide(short)
            good = short if answer is Answer.PROVED else good
            bad = short if answer is Answer.REFUTED else bad
        return good, bad

    def _both_sides(
        self, rising: bool, good: Fraction, bad: Fraction, pieces: Sequence[Piece]
    ) -> BothSides:
        """What was shown of the values on either side of the bracket."""
        if self.cells.directions[0] == (1 if rising else -1):
            return BothSides(rising, ShownBy.BOUNDS)
        low, high = self.parametric.domain[0]
        safe_side, unsafe_side = ((low, good), (bad, high))
        if not rising:
            safe_side, unsafe_side = ((good, high), (low, bad))
        left = self._uncovered(safe_side, Answer.PROVED, pieces)
        left += self._uncovered(unsafe_side, Answer.REFUTED, pieces)
        gaps = any(piece.answer is Answer.VACUOUS for piece in pieces)
        width = sum((b - a for a, b in left), Fraction(0))
        apart = any(not {good, bad} & set(part) for part in left)
        return BothSides(rising, ShownBy.CELLS, width, gaps, apart)

    def _uncovered(self, span: Interval, answer: Answer, pieces: Sequence[Piece]) -> list[Interval]:
        """The parts of a span that could not be shown to have an answer as whole cells."""
        todo = uncovered(span, pieces, (answer, Answer.VACUOUS))
        left: list[Interval] = []
        tries = 0
        while todo:
            part = todo.pop()
            if self.late or tries > MOST_TRIES or part[1] - part[0] <= self.width:
                left.append(part)
                continue
            tries += 1
            if self.cells.decide((part,)).answer is not answer:
                todo += [cell[0] for cell in bisect_cell((part,), 0)]
        return left

    def _cut(self, pieces: list[Piece], fine: Fraction) -> list[Piece]:
        """The domain in pieces, each decided whole, but for the gaps where the answer turns, and
        for others down to a width."""
        coarse = (pieces[-1].high - pieces[0].low) * COARSE
        pieces = list(pieces)
        for _ in range(MOST_CELLS):
            gap = None if self.late else widest_gap(pieces, coarse, fine)
            if gap is None or self._only_bounds(turns(pieces)):
                break
            pieces.remove(gap)
            middle = (gap.low + gap.high) / 2
            middle = simplest(middle - gap.width / 8, middle + gap.width / 8)
            for low, high in ((gap.low, middle), (middle, gap.high)):
                answer = self.cells.decide(((low, high),)).answer
                self.tell(f"[{float(low):.6g}, {float(high):.6g}] is {answer}")
                pieces.append(Piece(low, high, answer))
                self._decided += [] if answer is Answer.UNKNOWN else [range_of(pieces[-1])]
            pieces.sort(key=lambda piece: piece.low)
        return merged(pieces)

    def _bisected(self, good: Fraction, bad: Fraction) -> tuple[Fraction, Fraction]:
        while abs(bad - good) > self.width and not self.late:
            self.points.span = (min(good, bad), max(good, bad))
            middle, answer = self._between(good, bad)
            if answer is Answer.UNKNOWN:
                break
            good, bad = (middle, bad) if answer is Answer.PROVED else (good, middle)
        return good, bad

    def _between(self, good: Fraction, bad: Fraction) -> tuple[Fraction, Answer]:
        """A value between two others and the answer there, if one of three has an answer."""
        span, answer = bad - good, Answer.UNKNOWN
        for part in (Fraction(1, 2), Fraction(1, 3), Fraction(2, 3)):
            middle = good + part * span
            nearby = abs(span) / 16
            middle = simplest(middle - nearby, middle + nearby)
            answer = self.points.decide(middle)
            self.tell(f"{float(middle):.12g} is {answer}; {float(abs(span)):.2g} left")
            if answer is not Answer.UNKNOWN:
                break
        return middle, answer


def within_ranges(piece: Piece, known: Sequence[Range]) -> Piece:
    """A piece, with values just within it for ends that the ranges of which it is made leave out:
    a claim may hold at the number from which on it breaks."""
    low, high = piece.span
    for each in known:
        if each.answer is piece.answer:
            low += REFINED if each.low.fraction == low and not each.low_included else 0
            high -= REFINED if each.high.fraction == high and not each.high_included else 0
    return Piece(low, high, piece.answer)


def _pieces_with(pieces: Sequence[Piece], ranges: Sequence[Range]) -> list[Piece]:
    """Pieces, and what ranges say of those that are undecided."""
    if not ranges:
        return list(pieces)
    decided = [range_of(piece) for piece in pieces if piece.answer is not Answer.UNKNOWN]
    interval = (pieces[0].low, pieces[-1].high)
    return pieces_of(covering(interval, [*decided, *ranges]))


def _beyond(ranges: Sequence[Range]) -> Iterator[tuple[Fraction, Fraction, bool]]:
    """Where the claim breaks next to where it holds: a value at or next to that end, the other end,
    and whether it breaks at the former."""
    for one, other in itertools.pairwise(ranges):
        if (one.answer, other.answer) == (Answer.PROVED, Answer.REFUTED):
            broken = other.low_included and other.low.fraction is not None
            yield other.low.high, other.high.low, broken
        if (one.answer, other.answer) == (Answer.REFUTED, Answer.PROVED):
            broken = one.high_included and one.high.fraction is not None
            yield one.high.low, one.low.high, broken
