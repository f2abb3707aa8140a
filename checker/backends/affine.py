"""Numbers that depend on parameters: a rigorous linear form over a cell.

A value is held as c + g_1 d_1 + ... + g_k d_k + [-r, r], where each d_i runs over [-1, 1] as a
parameter runs over the cell. Unlike a ball it remembers how it depends on the parameters, so that
x - x is 0 and a run of many steps stays tight. All coefficients are FLINT balls and every remainder
is rounded outward. Source: affine arithmetic with fixed noise symbols (de Figueiredo and Stolfi,
"Affine arithmetic: concepts and applications", 2004); the quotient by the mean value theorem.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import flint

from checker.backends.evaluator import BALLS, ball
from spec.curves import Curve

ZERO = flint.arb(0)


class Linear:
    """A number over a cell, as above."""

    __slots__ = ("centre", "slopes", "spread")

    def __init__(self, centre: Any, slopes: tuple[Any, ...] = (), spread: Any = ZERO) -> None:
        self.centre, self.slopes, self.spread = centre, slopes, spread

    @property
    def extent(self) -> Any:
        """The most by which the value may be off its centre."""
        total = self.spread
        for slope in self.slopes:
            total = total + abs(slope)
        return total

    def is_finite(self) -> bool:
        """Whether every coefficient is finite."""
        return all(part.is_finite() for part in (self.centre, self.spread, *self.slopes))

    def sure(self, other: Linear, strictly: bool) -> bool | None:
        """Whether this is at most (or below) the other: everywhere, nowhere, or undecided."""
        apart = other - self
        low, high = apart.centre - apart.extent, apart.centre + apart.extent
        if strictly:
            return True if low > 0 else (False if high <= 0 else None)
        return True if low >= 0 else (False if high < 0 else None)

    def ends(self) -> tuple[Any, Any]:
        """Exact bounds of the value."""
        extent = self.extent
        return (self.centre - extent).lower(), (self.centre + extent).upper()

    def within(self, low: Any, high: Any) -> Linear:
        """The same where it is known to lie in [low, high]: an interval, if that is tighter."""
        bottom, top = self.ends()
        if not (bottom < low or top > high):
            return self
        return _tighter(self, _interval(max(bottom, low), min(top, high)))

    def lesser(self, other: Linear) -> Linear:
        """The lesser of two forms."""
        (a, b), (c, d) = self.ends(), other.ends()
        low, high = (other - self).ends()
        below = _interval(min(low, ZERO), min(high, ZERO))
        return _tighter(self + below, _interval(min(a, c), min(b, d)))

    def hull(self, other: Linear) -> Linear:
        """A form that covers both."""
        apart = other - self
        low = _least(apart.centre - apart.extent)
        high = _greatest(apart.centre + apart.extent)
        return Linear(
            self.centre + (low + high) / 2, self.slopes, self.spread + _up((high - low) / 2)
        )

    def __add__(self, other: Linear) -> Linear:
        return Linear(
            self.centre + other.centre,
            _merged(self.slopes, other.slopes, _plus),
            self.spread + other.spread,
        )

    def __sub__(self, other: Linear) -> Linear:
        return Linear(
            self.centre - other.centre,
            _merged(self.slopes, other.slopes, _minus),
            self.spread + other.spread,
        )

    def __neg__(self) -> Linear:
        return Linear(-self.centre, tuple(-slope for slope in self.slopes), self.spread)

    def __mul__(self, other: Linear) -> Linear:
        a, b = self.centre, other.centre
        if not self.slopes and self.spread == 0:
            return Linear(a * b, tuple(a * slope for slope in other.slopes), abs(a) * other.spread)
        if not other.slopes and other.spread == 0:
            return other * self
        slopes = _merged(
            tuple(b * slope for slope in self.slopes),
            tuple(a * slope for slope in other.slopes),
            _plus,
        )
        rest = abs(a) * other.spread + abs(b) * self.spread + self.extent * other.extent
        return Linear(a * b, slopes, _up(rest))

    def __pow__(self, exponent: int) -> Linear:
        """By squaring: a product of many factors is one of few."""
        if exponent == 1:
            return self
        half = self ** (exponent // 2)
        return half * half * self if exponent % 2 else half * half

    def __truediv__(self, other: Linear) -> Linear:
        return self * other.reciprocal()

    def reciprocal(self) -> Linear:
        """1 / x = 1 / c - (x - c) / c^2 + (x - c)^2 / (c^2 x)."""
        if not self.slopes and self.spread == 0:
            return Linear(1 / self.centre)
        square = self.centre * self.centre
        least = abs(self.centre) - self.extent
        if not least > 0:
            return Linear(flint.arb("nan"))
        rest = self.extent * self.extent / (square * least) + self.spread / square
        return Linear(1 / self.centre, tuple(-slope / square for slope in self.slopes), _up(rest))


def over(low: Fraction, high: Fraction, index: int, count: int) -> Linear:
    """The parameter that is d_index itself, between two bounds."""
    half = ball((high - low) / 2)
    slopes = tuple(half if i == index else ZERO for i in range(count)) if high > low else ()
    return Linear(ball((low + high) / 2), slopes)


def constant(value: Fraction) -> Linear:
    """A number that depends on nothing."""
    return Linear(ball(value))


def _plus(a: Any, b: Any) -> Any:
    return a + b


def _minus(a: Any, b: Any) -> Any:
    return a - b


def _merged(
    a: tuple[Any, ...], b: tuple[Any, ...], combine: Callable[[Any, Any], Any]
) -> tuple[Any, ...]:
    if not b:
        return a
    if not a:
        return b if combine is _plus else tuple(-slope for slope in b)
    return tuple(combine(x, y) for x, y in zip(a, b, strict=True))


def _interval(low: Any, high: Any) -> Linear:
    """Any number between two exact ones."""
    return Linear((low + high) / 2, (), _up((high - low) / 2 + ZERO))


def _tighter(a: Linear, b: Linear) -> Linear:
    return b if b.extent < a.extent else a


def _up(value: Any) -> Any:
    return value.upper()


def _least(value: Any) -> Any:
    return value.lower() if value < 0 or not value >= 0 else ZERO


def _greatest(value: Any) -> Any:
    return value.upper() if value > 0 or not value <= 0 else ZERO


@attrs.frozen
class Doubt:
    """A condition that is undecided over the cell; ``turned`` is its negation.

    ``sides`` are a and b where it says that a is at most b.
    """

    number: int
    turned: bool = False
    sides: tuple[Linear, Linear] | None = None


APART = 1e-9
"""Branches further apart than this, and than their own extents, are followed one by one."""


class Fork:
    """Linear forms that follow both branches of an undecided condition, one after the other.

    Every point of the cell takes one of the branches, so what holds along all of them holds.
    Unless it ``follows`` branches, it covers both by one form.
    """

    def __init__(self, follows: bool = True) -> None:
        self._follows, self._doubts = follows, 0
        joined = {name: self._joining(BALLS.helpers[name]) for name in ("both", "either", "iff")}
        self.backend = attrs.evolve(
            BALLS,
            name="linear forms",
            constant=constant,
            helpers={
                **joined,
                "div": lambda a, b: a / b,
                "at": _at,
                "le": lambda a, b: self._told(a.sure(b, strictly=False), (a, b)),
                "lt": lambda a, b: self._told(a.sure(b, strictly=True), (a, b)),
                "eq": lambda a, b: self._told(_same(a, b)),
                "no": _negated,
                "ite": self._branch,
                **{curve.value: _over_balls(BALLS.helpers[curve.value]) for curve in Curve},
            },
        )

    def all(self, program: Any, inputs: Any, units: Any) -> Any:
        """What the program returns along each combination of branches."""
        waiting: list[dict[int, bool]] = [{}]
        while waiting:
            self._taken, self._doubts, self._waiting = waiting.pop(), 0, waiting
            yield program(inputs, units)

    def _told(self, truth: bool | None, sides: tuple[Linear, Linear] | None = None) -> bool | Doubt:
        if truth is not None:
            return truth
        self._doubts += 1
        return Doubt(self._doubts, sides=sides)

    def _joining(self, combine: Callable[..., bool | None]) -> Callable[..., bool | Doubt]:
        def joined(*conditions: bool | Doubt) -> bool | Doubt:
            truth = combine(*[None if isinstance(c, Doubt) else c for c in conditions])
            doubts = [c for c in conditions if isinstance(c, Doubt)]
            if truth is None and len(doubts) == 1 and combine is not BALLS.helpers["iff"]:
                return doubts[0]  # the others are decided and do not settle it
            return self._told(truth)

        return joined

    def _branch(self, condition: bool | Doubt, a: Any, b: Any) -> Any:
        if not isinstance(condition, Doubt):
            return a if condition else b
        if not isinstance(a, Linear):
            return a if a is b else self._told(None)
        if condition.turned:
            a, b = b, a
        if condition.sides == (a, b):
            return a.lesser(b)
        if condition.sides == (b, a):
            return -(-a).lesser(-b)
        taken = self._taken.get(condition.number) if self._follows else None
        if taken is None:
            both = a.hull(b)
            if not self._follows or not both.extent > 2 * (a.extent + b.extent) + APART:
                return both
            self._waiting.append({**self._taken, condition.number: False})
            taken = self._taken[condition.number] = True
        return a if taken else b


def _at(low: Linear, width: Linear, unit: Linear, high: Linear) -> Linear:
    """Where a choice lies: its end itself where the unit is 0 or 1."""
    if unit.centre == 0:
        return low
    return high if unit.centre == 1 else low + unit * width


def _over_balls(curve: Callable[[Any], Any]) -> Callable[[Linear], Linear]:
    """A rising function of a form, which forgets the parameters: what it is at the form's ends."""

    def valued(form: Linear) -> Linear:
        low, high = form.ends()
        bottom, top = curve(flint.arb(low)), curve(flint.arb(high))
        if not (bottom.is_finite() and top.is_finite()):
            return Linear(flint.arb("nan"))
        return _interval(bottom.lower(), top.upper())

    return valued


def _same(a: Linear, b: Linear) -> bool | None:
    apart = a - b
    if apart.centre == 0 and apart.extent == 0:
        return True
    return False if abs(apart.centre) > apart.extent else None


def _negated(condition: bool | Doubt) -> bool | Doubt:
    if isinstance(condition, Doubt):
        return attrs.evolve(condition, turned=not condition.turned)
    return not condition
