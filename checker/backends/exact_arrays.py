"""Many exact rationals at once: whole numbers in numpy over one denominator that all share.

They are machine integers as long as no result can exceed these, and Python's own beyond that, so
nothing is ever rounded. A division by zero makes an element undefined, which spreads, as in the
exact back end of ``checker.backends.evaluator``, and comparisons are true, false, or neither.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import attrs
import numpy as np

from checker.backends.evaluator import EXACT, UNDEFINED, Backend, rational
from spec.curves import Curve

MOST = 2**62
"""Up to which whole numbers are machine integers."""


@attrs.frozen(eq=False)
class Rationals:
    """The numbers ``tops / bottom``, but for those that are undefined.

    Args:
        tops: whole numbers, of numpy's or of Python's.
        bottom: what all of them are divided by; positive.
        most: the greatest absolute value among the tops, or more.
        undefined: which are undefined; None if none is.
    """

    __array_ufunc__ = None

    tops: Any
    bottom: int
    most: int
    undefined: Any = None

    @classmethod
    def of(cls, values: Sequence[Fraction]) -> Rationals:
        """The numbers as one array."""
        bottom = math.lcm(*(value.denominator for value in values))
        tops = [value.numerator * (bottom // value.denominator) for value in values]
        most = max(map(abs, tops), default=0)
        return cls(np.array(tops, dtype=np.int64 if most < MOST else object), bottom, most)

    @classmethod
    def constant(cls, value: Fraction) -> Rationals:
        """One number, that stands beside an array of any length."""
        top, most = value.numerator, abs(value.numerator)
        return cls(np.array(top, np.int64 if most < MOST else object), value.denominator, most)

    def at(self, where: Any) -> Rationals:
        """Some of the numbers."""
        if self.tops.ndim == 0:
            return self
        left_out = None if self.undefined is None else self.undefined[where]
        return attrs.evolve(self, tops=self.tops[where], undefined=left_out)

    def spread(self, size: int) -> Rationals:
        """So many numbers, where one stood for all."""
        lost = None if self.undefined is None else np.broadcast_to(self.undefined, (size,))
        return attrs.evolve(self, tops=np.broadcast_to(self.tops, (size,)), undefined=lost)

    def whole(self) -> list[int]:
        """The tops as Python's numbers: as all have one denominator, these are equal where the
        numbers are."""
        found: list[int] = self.tops.tolist()
        return found

    def fractions(self) -> list[Fraction]:
        """The numbers one by one; each that is there often is made once."""
        tops = self.whole()
        made = {top: Fraction(top, self.bottom) for top in set(tops)}
        return [made[top] for top in tops]

    def defined(self) -> Any:
        """Which numbers are defined."""
        return True if self.undefined is None else ~self.undefined

    def __add__(self, other: Rationals) -> Rationals:
        return _over_one(self, other, np.add)

    def __sub__(self, other: Rationals) -> Rationals:
        return _over_one(self, other, np.subtract)

    def __neg__(self) -> Rationals:
        return attrs.evolve(self, tops=_array(-self.tops))

    def __mul__(self, other: Rationals) -> Rationals:
        a, b = self, other
        if a.most * b.most >= MOST:
            a, b = a.lowest(), b.lowest()
        most = a.most * b.most
        tops = _as(a.tops, most) * _as(b.tops, most)
        return Rationals(_array(tops), a.bottom * b.bottom, most, _either(a, b))

    def __pow__(self, exponent: int) -> Rationals:
        return reduce(Rationals.__mul__, [self] * exponent)

    def __truediv__(self, other: Rationals) -> Rationals:
        return self * other.inverse()

    def inverse(self) -> Rationals:
        """One over each of the numbers; undefined for 0."""
        low = self.lowest()
        tops = np.unique(np.abs(low.tops)).tolist()
        common = math.lcm(*(top for top in tops if top))
        zero = np.asarray(low.tops == 0, bool)
        safe = np.where(zero, 1, low.tops)
        most = common * low.bottom
        over = _as(_array(common), most) // _as(np.abs(safe), most) * np.sign(safe)
        undefined = zero if low.undefined is None else zero | low.undefined
        return Rationals(
            _array(over * low.bottom), common, most, undefined if np.any(undefined) else None
        )

    def lowest(self) -> Rationals:
        """The same with the least denominator that all can share."""
        common = math.gcd(self.bottom, *np.unique(self.tops).tolist())
        tops = _array(self.tops // common)
        most = int(np.max(np.abs(tops), initial=0))
        if most < MOST and tops.dtype == object:
            tops = tops.astype(np.int64)
        return Rationals(tops, self.bottom // common, most, self.undefined)


def _array(tops: Any) -> Any:
    """What arithmetic gives, as an array: of an array with one number it gives that number."""
    kind = object if isinstance(tops, int) else None
    return tops if isinstance(tops, np.ndarray) else np.array(tops, kind)


def _as(tops: Any, most: int) -> Any:
    """Numbers that may become as great as that."""
    return tops if most < MOST or tops.dtype == object else tops.astype(object)


def _either(*numbers: Rationals) -> Any:
    """Which elements are undefined in one of several."""
    masks = [n.undefined for n in numbers if n.undefined is not None]
    return reduce(np.logical_or, masks) if masks else None


def _shared(a: Rationals, b: Rationals) -> tuple[Any, Any, int, int]:
    """The tops of two over one denominator, that, and what the tops do not exceed together."""
    for again in (False, True):
        bottom = math.lcm(a.bottom, b.bottom)
        up, down = bottom // a.bottom, bottom // b.bottom
        most = a.most * up + b.most * down
        if max(most, up, down) < MOST or again:
            break
        a, b = a.lowest(), b.lowest()
    great = max(most, up, down)
    return _times(_as(a.tops, great), up), _times(_as(b.tops, great), down), bottom, most


def _times(tops: Any, factor: int) -> Any:
    return tops if factor == 1 else _array(tops * factor)


def _over_one(a: Rationals, b: Rationals, way: Callable[[Any, Any], Any]) -> Rationals:
    first, second, bottom, most = _shared(a, b)
    return Rationals(_array(way(first, second)), bottom, most, _either(a, b))


@attrs.frozen(eq=False)
class Truths:
    """Conditions on each element: where they are true, and where false; undefined elsewhere."""

    true: Any
    false: Any


def _truths(of: Any) -> Truths:
    return of if isinstance(of, Truths) else Truths(np.asarray(of), np.asarray(not of))


def _compared(way: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Truths]:
    def compare(a: Rationals, b: Rationals) -> Truths:
        first, second, _, _ = _shared(a, b)
        holds, undefined = np.asarray(way(first, second), bool), _either(a, b)
        if undefined is None:
            return Truths(holds, ~holds)
        return Truths(holds & ~undefined, ~holds & ~undefined)

    return compare


def _all(*conditions: Any) -> Truths:
    found = list(map(_truths, conditions))
    return Truths(
        reduce(np.logical_and, (c.true for c in found), np.True_),
        reduce(np.logical_or, (c.false for c in found), np.False_),
    )


def _not(condition: Any) -> Truths:
    found = _truths(condition)
    return Truths(found.false, found.true)


def _any(*conditions: Any) -> Truths:
    return _not(_all(*map(_not, conditions)))


def _same(first: Any, second: Any) -> Truths:
    a, b = _truths(first), _truths(second)
    return Truths((a.true & b.true) | (a.false & b.false), (a.true & b.false) | (a.false & b.true))


def _branch(condition: Any, a: Any, b: Any) -> Any:
    test = _truths(condition)
    if not isinstance(a, Rationals):
        taken, decided = _any(_all(test, a), _all(_not(test), b)), test.true | test.false
        return Truths(taken.true & decided, taken.false & decided)
    first, second, bottom, most = _shared(a, b)
    neither = ~(test.true | test.false)
    for number, there in ((a, test.true), (b, test.false)):
        if number.undefined is not None:
            neither = neither | (number.undefined & there)
    tops = np.where(test.true, first, second)
    return Rationals(tops, bottom, most, neither if np.any(neither) else None)


def _curve(curve: Curve) -> Callable[[Rationals], Rationals]:
    """A curve at each of the numbers, where it has an exact value."""
    valued = EXACT.helpers[curve.value]

    def of_all(at: Rationals) -> Rationals:
        points, places = np.unique(at.tops, return_inverse=True)
        found = [valued(rational(Fraction(top, at.bottom))) for top in points.tolist()]
        lost = np.array([value is UNDEFINED for value in found])[places].reshape(at.tops.shape)
        known = [Fraction(0) if v is UNDEFINED else Fraction(int(v.p), int(v.q)) for v in found]
        values = Rationals.of(known).at(places)
        undefined = lost if at.undefined is None else lost | at.undefined
        tops = np.asarray(values.tops).reshape(at.tops.shape)
        return attrs.evolve(values, tops=tops, undefined=undefined if np.any(undefined) else None)

    return of_all


ARRAYS = Backend(
    "exact arrays",
    Rationals.constant,
    {
        "div": lambda a, b: a / b,
        "at": lambda low, width, unit, _: low + unit * width,
        "le": _compared(np.less_equal),
        "lt": _compared(np.less),
        "eq": _compared(np.equal),
        "iff": _same,
        "ite": _branch,
        "both": _all,
        "either": _any,
        "no": _not,
        **{curve.value: _curve(curve) for curve in Curve},
    },
)


def where_true(condition: Any, size: int, *, defined: Iterable[Rationals]) -> Any:
    """At which of so many places a condition is true, and numbers are defined."""
    found = np.broadcast_to(_truths(condition).true, (size,))
    return reduce(np.logical_and, (number.defined() for number in defined), found)
