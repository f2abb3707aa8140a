"""Conditions on polynomials, and the ends that linear ones leave to symbols.

*Lemma.* Where a linear condition holds, each symbol that it reads is bounded by what the others
make of the rest at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import flint

from recheck.parts.polynomials import Box, End, Polynomial

ROUNDS = 3
"""How often the ends of symbols are put into linear conditions."""


class Condition(NamedTuple):
    """That a polynomial is not below 0, or above it."""

    size: Polynomial
    strict: bool

    def with_(self, size: Polynomial) -> Condition:
        """The same of another polynomial."""
        return self._replace(size=size)


def ends_of(conditions: Iterable[Condition], box: Box) -> Box | None:
    """The ends that linear conditions leave to symbols within a box; None if they leave nothing."""
    linear = [_parts(each.size) for each in conditions if each.size.total_degree() == 1]
    linear.sort(key=lambda parts: len(parts[0]))
    found = dict(box)
    for _ in range(ROUNDS):
        before = dict(found)
        for slopes, number in linear:
            for symbol, slope in slopes.items():
                others = [(other, s) for other, s in slopes.items() if other != symbol]
                _bound(found, symbol, slope, _most(found, others, number))
        if found == before:
            break
    crossed = (low is not None and high is not None and low > high for low, high in found.values())
    return None if any(crossed) else found


def _parts(size: Polynomial) -> tuple[dict[int, Any], Any]:
    """The slopes of a linear polynomial, and its value at 0."""
    slopes, number = {}, flint.fmpq(0)
    for exponents, factor in size.to_dict().items():
        if any(exponents):
            slopes[list(exponents).index(1)] = factor
        else:
            number = factor
    return slopes, number


def _most(box: Box, slopes: Sequence[tuple[int, Any]], number: Any) -> End:
    """What a linear polynomial is never more than."""
    for symbol, slope in slopes:
        end = box.get(symbol, (None, None))[slope > 0]
        if end is None:
            return None
        number += slope * end
    return number


def _bound(box: dict[int, tuple[End, End]], symbol: int, slope: Any, most: End) -> None:
    """Put down that slope times symbol is at least what the others leave."""
    if most is None:
        return
    low, high = box.get(symbol, (None, None))
    end = -most / slope
    if slope > 0 and (low is None or end > low):
        box[symbol] = (end, high)
    if slope < 0 and (high is None or end < high):
        box[symbol] = (low, end)
