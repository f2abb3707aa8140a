"""A weaker question than the one about all weights: about the few numbers that a bound reads.

Let a world ask the kind k of question with the weight w_k; these add up to 1. *A mean.* What
happens is h = sum w_k h_k, and the abstract step is given a number s with sum w_k m_k <= s. So
h <= a s + c for all a >= 0 and c with h_k <= a m_k + c for every k: the sides of the convex hull of
the points (m_k, h_k) that face up and do not fall. *A bound at every question.* What happens is
h = h_k of some k that is asked, and the step is given a number s with m_k <= s. If no numbers of
which this is true break a bound, then no weights do. The converse is false: it is asked of the
weights.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import satisfy
from checker.worlds.weighting import Goal, Worlds
from checker.worlds.world import End
from spec.terms import numeral

_happens = z3.Real("what happens")


@attrs.frozen
class Told:
    """A number of the abstract step, and by kind of question what it is at least: in the mean, or
    at each kind that is asked."""

    number: z3.ArithRef
    least: tuple[Fraction, ...]
    everywhere: bool


def hidden(worlds: Worlds, goal: Goal, seconds: float) -> bool:
    """Whether these numbers alone show that no world over the grid breaks a bound."""
    if worlds.versions.same_hardness:  # asked about one table after the other
        return False
    row = [kind.row[goal.column] for kind in worlds.grid.kinds]
    happens = [-value for value in row] if goal.end is End.LOW else row
    told = [*of_means(worlds), *of_table(worlds), *_of_choices(worlds)]
    known = [t.number >= numeral(min(t.least)) for t in told]
    if goal.everywhere:
        known.append(_of_some_kind(happens, [t for t in told if t.everywhere]))
    else:
        known += [side for t in told if not t.everywhere for side in sides(_happens, happens, t)]
    posed = [*worlds.held, _happens > goal.bound]
    return satisfy([*map(worlds.at_values, posed), *known], worlds.budget, seconds).unsat


def of_means(worlds: Worlds) -> Iterator[Told]:
    """The means over the questions asked."""
    for given, column in worlds.means:
        least = tuple(kind.row[column] for kind in worlds.grid.kinds)
        yield Told(worlds.at_values(given.symbol), least, everywhere=False)


def _of_choices(worlds: Worlds) -> Iterator[Told]:
    """Each choice is no less than a mean, or all values, and no more than it, or the greatest."""
    for chosen, column in worlds.chosen:
        symbol, takes = chosen.choice.symbol, [kind.row[column] for kind in worlds.grid.kinds]
        yield Told(symbol, tuple(takes), chosen.everywhere)
        most = [max(takes)] * len(takes) if chosen.everywhere else takes
        yield Told(-symbol, tuple(-value for value in most), everywhere=False)


def of_table(worlds: Worlds) -> Iterator[Told]:
    """The means over training, of which the ratio says how much is asked at least; the rest of
    training is where least is done."""
    entries, versions = worlds.grid.entries, worlds.versions
    for number, (use, ratio) in enumerate(zip(versions.uses, worlds.ratios, strict=True)):
        for place, (name, column) in enumerate(versions.columns.items()):
            if name not in use.columns:
                continue
            low = min(entry.does[place] for entry in entries if entry.use == number)
            tied = 0 if use.ratio is None else 1 / ratio
            least = []
            for kind in worlds.grid.kinds:
                does = [entries[n].does[place] for n in kind.parts if entries[n].use == number]
                mean = sum(does, Fraction(0)) / len(use.parts)
                least.append(max(does) if column.everywhere else tied * mean + (1 - tied) * low)
            yield Told(worlds.at_values(column.symbol), tuple(least), column.everywhere)


def _of_some_kind(happens: Sequence[Fraction], told: Sequence[Told]) -> z3.BoolRef:
    """That some kind of question is asked at which as much happens."""
    most: dict[tuple[Fraction, ...], Fraction] = {}
    for number, value in enumerate(happens):
        least = tuple(t.least[number] for t in told)
        most[least] = max(value, most.get(least, value))
    return z3.Or(
        *(
            z3.And(
                _happens <= numeral(value),
                *(t.number >= numeral(low) for t, low in zip(told, least, strict=True)),
            )
            for least, value in most.items()
        )
    )


def sides(what: z3.ArithRef, happens: Sequence[Fraction], told: Told) -> Iterator[z3.BoolRef]:
    """What bounds what happens in the mean: sides of a convex hull, from the left."""
    corners: list[tuple[Fraction, Fraction]] = []
    for x, y in sorted(zip(told.least, happens, strict=True), key=lambda p: (p[0], -p[1])):
        if corners and y <= corners[-1][1]:
            continue  # a side to it would fall
        while len(corners) > 1 and _slope(corners[-2], (x, y)) >= _slope(*corners[-2:]):
            corners.pop()
        corners.append((x, y))
    for (x, y), after in itertools.pairwise(corners):
        slope = _slope((x, y), after)
        yield what <= numeral(slope) * told.number + numeral(y - slope * x)
    yield what <= numeral(corners[-1][1])


def _slope(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]) -> Fraction:
    return (second[1] - first[1]) / (second[0] - first[0])
