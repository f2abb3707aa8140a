"""A parameter's domain in pieces: intervals that were decided whole, and the gaps between them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from fractions import Fraction

import attrs

from checker.system.parametric import Interval
from spec.statements.base import Answer


@attrs.frozen
class Piece:
    """An interval of the parameter and what was proved of all of it."""

    low: Fraction
    high: Fraction
    answer: Answer

    @property
    def span(self) -> Interval:
        """Its two ends."""
        return self.low, self.high

    @property
    def width(self) -> Fraction:
        """The distance between its ends."""
        return self.high - self.low

    @property
    def settled(self) -> bool:
        """Whether the claim was proved or refuted on all of it."""
        return self.answer in (Answer.PROVED, Answer.REFUTED)


def merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours with the same answer as one piece; the pieces are in order."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].answer is piece.answer and joined[-1].high == piece.low:
            joined[-1] = attrs.evolve(joined[-1], high=piece.high)
        else:
            joined.append(piece)
    return joined


def turns(pieces: Sequence[Piece]) -> list[tuple[Piece, Piece]]:
    """The pairs of a proved and a refuted piece between which nothing else is decided."""
    settled = [piece for piece in pieces if piece.settled]
    return [
        (a, b) if a.answer is Answer.PROVED else (b, a)
        for a, b in itertools.pairwise(settled)
        if a.answer is not b.answer
    ]


def widest_gap(pieces: Sequence[Piece], coarse: Fraction, fine: Fraction) -> Piece | None:
    """The widest undecided piece that is worth cutting.

    Args:
        pieces: the whole domain, in order.
        coarse: the width down to which gaps are cut where the answer turns.
        fine: the same where it does not: at an end of the domain, or with the same answer on both
            sides.
    """
    whole = merged(pieces)
    wanted: list[Piece] = []
    for number, gap in enumerate(whole):
        sides = {piece.answer for piece in whole[max(0, number - 1) : number + 2]}
        least = coarse if {Answer.PROVED, Answer.REFUTED} <= sides else fine
        if gap.answer is Answer.UNKNOWN and gap.width > least:
            wanted.append(gap)
    inside = [
        piece
        for piece in pieces
        if piece.answer is Answer.UNKNOWN
        and any(gap.low <= piece.low and piece.high <= gap.high for gap in wanted)
    ]
    return max(inside, key=lambda piece: piece.width, default=None)


def uncovered(
    span: Interval, pieces: Sequence[Piece], answers: Collection[Answer]
) -> list[Interval]:
    """The parts of a span that no piece with one of these answers covers."""
    left = [span]
    for piece in pieces:
        if piece.answer in answers:
            left = [part for whole in left for part in _without(whole, piece.span)]
    return left


def _without(span: Interval, hole: Interval) -> list[Interval]:
    (low, high), (a, b) = span, hole
    if b <= low or high <= a:
        return [span]
    parts = [(low, min(high, a)), (max(low, b), high)]
    return [part for part in parts if part[0] < part[1]]
