"""What the solver is told of exp, log and logistic: true inequalities with rational numbers.

The solver decides polynomial arithmetic only. Each value f(t) in a query is replaced by a number of
its own, with lemmas that hold of every real t: tangents and secants by convexity, bounds by
monotonicity. What has no solution with them has none at all. A solution may still be none of the
real functions; then lemmas are added at the very points where it is wrong, and the query is asked
anew (incremental linearization: Cimatti, Griggio, Irfan, Roveri and Sebastiani, "Incremental
Linearization for Satisfiability and Verification Modulo Nonlinear Arithmetic and Transcendental
Functions", ACM Transactions on Computational Logic, 2018). Every number in a lemma is the end of a
ball that contains the value (docs/theory/curves.md).
"""

from __future__ import annotations

import itertools
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

import attrs
import z3

from checker.backends.evaluator import BALLS, ball
from checker.backends.rounding import precision
from spec.curves import Curve, curve_of
from spec.nodes import children_of, id_of, number_in, topological
from spec.terms import numeral

BITS = 80
"""The working precision in which lemmas are made."""
CLOSE = Fraction(1, 2**40)
"""A value this near to the curve, relatively, is not told from it: more lemmas would not help."""
STEEP = 4096
"""Arguments beyond which no lemma is made at a point: the value has thousands of digits."""
PAIRED = 12
"""Values of one curve up to which each is compared with each."""
REMEMBERED = 100_000
"""Terms of which it is remembered whether they read a curve."""
ZERO, ONE = Fraction(0), Fraction(1)
FIRST_CUT = {Curve.EXP: ZERO, Curve.LOG: ONE, Curve.LOGISTIC: ZERO}


@attrs.frozen
class Value:
    """A number that stands for the value of a curve at an argument without curves."""

    curve: Curve
    symbol: z3.ArithRef
    argument: z3.ArithRef


_read: dict[int, tuple[z3.ExprRef, bool]] = {}
"""Whether terms read a curve. They are kept, so that no other term takes their ids."""


def has_curves(conditions: Sequence[z3.ExprRef]) -> bool:
    """Whether some condition reads the value of a curve."""
    if len(_read) >= REMEMBERED:
        _read.clear()
    for node in topological(conditions, _read):  # most terms share their parts with earlier ones
        inside = any(_read[id_of(child)][1] for child in children_of(node))
        _read[id_of(node)] = (node, inside or curve_of(node) is not None)
    return any(_read[id_of(condition)][1] for condition in conditions)


def without_curves(
    conditions: Sequence[z3.BoolRef],
) -> tuple[list[z3.BoolRef], list[Value]]:
    """The conditions with a number of its own for each value of a curve, and these numbers."""
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    found: list[Value] = []
    for node in topological(list(conditions)):
        curve = curve_of(node)
        if curve is not None:
            argument = z3.substitute(node.arg(0), *pairs) if pairs else node.arg(0)
            assert isinstance(argument, z3.ArithRef)
            symbol = z3.FreshConst(z3.RealSort(), curve.value)
            assert isinstance(symbol, z3.ArithRef)
            found.append(Value(curve, symbol, argument))
            pairs.append((node, symbol))
    return [z3.substitute(condition, *pairs) for condition in conditions], found


def enclosed(curve: Curve, at: Fraction) -> tuple[Fraction, Fraction] | None:
    """Two numbers with the curve between them at a point; None where it is not defined or steep."""
    if abs(at) > STEEP or (curve is Curve.LOG and (at <= 0 or at < ONE / 2**STEEP)):
        return None
    with precision(BITS):
        return _ends(BALLS.helpers[curve.value](ball(at)))


def image(curve: Curve, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction] | None:
    """Two numbers between which a curve is all over an interval; None where it is not defined all
    over, or comes too far out."""
    if curve is Curve.LOG:
        if low <= 0:
            return None
        with precision(BITS):
            return _ends(ball(low).log())[0], _ends(ball(high).log())[1]
    if high > STEEP and curve is Curve.EXP:
        return None
    # each rises, so what is too far out for a ball is bounded by what it is a little nearer
    bottom = enclosed(curve, min(low, Fraction(STEEP)))
    top = enclosed(curve, max(high, Fraction(-STEEP)))
    return ZERO if bottom is None else bottom[0], ONE if top is None else top[1]


def _ends(value: Any) -> tuple[Fraction, Fraction]:
    """The ends of a ball, each of about as many digits as the working precision has."""
    return _exactly(value.lower()), _exactly(value.upper())


def _exactly(end: Any) -> Fraction:
    mantissa, exponent = (int(part) for part in end.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


@attrs.define
class Lemmas:
    """The lemmas of one query, made at the points where they are wanted."""

    values: Sequence[Value]
    cuts: dict[Curve, list[Fraction]] = attrs.field(factory=dict)

    def first(self) -> Iterator[z3.BoolRef]:
        """What is told from the start: ranges, order, one tangent, and fixed arguments."""
        for value in self.values:
            yield from _range(value)
        for curve in Curve:
            same = [value for value in self.values if value.curve is curve]
            if same:
                yield from self.at(curve, FIRST_CUT[curve])
            if len(same) <= PAIRED:
                for one, other in itertools.combinations(same, 2):
                    yield _ordered(one, other)
        for value in self.values:
            constant = z3.simplify(value.argument)
            number = number_in(constant)
            if number is not None:
                yield from self.at(value.curve, number)

    def at(self, curve: Curve, point: Fraction) -> Iterator[z3.BoolRef]:
        """What is known of the curve at a point, said of all its values: bounds to either side, the
        tangent, and the secants to the next points at which something is known."""
        cuts = self.cuts.setdefault(curve, [])
        ends = enclosed(curve, point)
        if ends is None or point in cuts:
            return
        insort(cuts, point)
        index = cuts.index(point)
        around = [cuts[i] for i in (index - 1, index + 1) if 0 <= i < len(cuts)]
        for value in self.values:
            if value.curve is not curve:
                continue
            yield from _beside(value, point, ends)
            yield from _tangent(value, point)
            for other in around:
                yield from _secant(value, *sorted((point, other)))

    def wrong(
        self, valued: Callable[[z3.ExprRef], Fraction | None]
    ) -> list[tuple[Curve, Fraction]]:
        """The points at which a solution is none of the real curves."""
        found: list[tuple[Curve, Fraction]] = []
        for value in self.values:
            at, said = valued(value.argument), valued(value.symbol)
            if at is None or said is None:
                continue
            point = _short(at)
            ends = enclosed(value.curve, at)
            if ends is None:
                continue
            room = CLOSE * max(abs(ends[0]), CLOSE)
            if not ends[0] - room <= said <= ends[1] + room:
                point = at if point in self.cuts[value.curve] else point
                found += [(value.curve, place) for place in self._places(value.curve, point)]
        return found

    def _places(self, curve: Curve, point: Fraction) -> list[Fraction]:
        """The point, and one that keeps solutions from creeping along the curve: the whole number
        beyond all known points, or the middle of two, if the point is close to one of them."""
        known = self.cuts[curve]
        below = max((cut for cut in known if cut < point), default=None)
        above = min((cut for cut in known if cut > point), default=None)
        if above is None:
            return [point, Fraction(ceil(point))]
        if below is None:
            return [point, point / 2 if curve is Curve.LOG else Fraction(floor(point))]
        if min(point - below, above - point) * 8 < above - below:
            return [point, (below + above) / 2]
        return [point]


def _short(point: Fraction) -> Fraction:
    """The point to about nine digits, so that lemmas stay small."""
    if not point:
        return point
    digits = point.denominator.bit_length() - abs(point.numerator).bit_length() + 30
    grain = Fraction(2) ** digits
    return Fraction(round(point * grain)) / grain


def _range(value: Value) -> Iterator[z3.BoolRef]:
    if value.curve in (Curve.EXP, Curve.LOGISTIC):
        yield value.symbol > 0
    if value.curve is Curve.LOGISTIC:
        yield value.symbol < 1


def _ordered(one: Value, other: Value) -> z3.BoolRef:
    """That each curve rises: the greater argument has the greater value, equal ones the same."""
    same = z3.And(
        (one.argument <= other.argument) == (one.symbol <= other.symbol),
        (other.argument <= one.argument) == (other.symbol <= one.symbol),
    )
    if one.curve is Curve.LOG:
        return z3.Implies(z3.And(one.argument > 0, other.argument > 0), same)
    return same


def _beside(value: Value, at: Fraction, ends: tuple[Fraction, Fraction]) -> Iterator[z3.BoolRef]:
    """Below the point no more than there, above it no less."""
    t, point = value.argument, numeral(at)
    below = z3.And(t > 0, t <= point) if value.curve is Curve.LOG else t <= point
    yield z3.Implies(below, value.symbol <= numeral(ends[1]))
    yield z3.Implies(t >= point, value.symbol >= numeral(ends[0]))


def _tangent(value: Value, at: Fraction) -> Iterator[z3.BoolRef]:
    """The tangent of a rational slope s near that at the point, on the side of the curve where it
    bends away. With y(s) the point where the slope is s, it is f(y(s)) + s (t - y(s))."""
    t, f = value.argument, value.symbol
    with precision(BITS):
        x = ball(at)
        if value.curve is Curve.EXP:
            s = _slope(x.exp())
            if s > 0:  # y = log s: exp(t) >= s t + s (1 - log s)
                low, _ = _ends(ball(s) * (1 - ball(s).log()))
                yield f >= numeral(s) * t + numeral(low)
        elif value.curve is Curve.LOG:
            s = _slope(1 / x)
            if s > 0:  # y = 1 / s: log(t) <= s t - 1 - log s
                _, high = _ends(-1 - ball(s).log())
                yield z3.Implies(t > 0, f <= numeral(s) * t + numeral(high))
        elif at:  # convex below 0, and f(-t) = 1 - f(t)
            share = BALLS.helpers["logistic"](-abs(x))
            s = _slope(share * (1 - share))
            if 0 < s < Fraction(1, 4):
                share = 2 * ball(s) / (1 + (1 - 4 * ball(s)).sqrt())  # no digits cancel
                low, _ = _ends(share - ball(s) * (share / (1 - share)).log())
                if at < 0:
                    yield z3.Implies(t <= 0, f >= numeral(s) * t + numeral(low))
                else:
                    yield z3.Implies(t >= 0, f <= numeral(s) * t + numeral(1 - low))


def _slope(value: Any) -> Fraction:
    """A short rational number near the middle of a ball."""
    return _short(_exactly(value.mid()))


def _secant(value: Value, low: Fraction, high: Fraction) -> Iterator[z3.BoolRef]:
    """Between two points the curve is on one side of the secant: below it where it is convex, above
    it where it is concave. Zero is a point of logistic, so that no secant crosses it."""
    ends = enclosed(value.curve, low), enclosed(value.curve, high)
    if ends[0] is None or ends[1] is None:
        return
    convex = value.curve is Curve.EXP or (value.curve is Curve.LOGISTIC and high <= 0)
    a, b = (ends[0][1], ends[1][1]) if convex else (ends[0][0], ends[1][0])
    slope = (b - a) / (high - low)
    t = value.argument
    line = numeral(slope) * t + numeral(a - slope * low)
    within = z3.And(numeral(low) <= t, t <= numeral(high))
    yield z3.Implies(within, value.symbol <= line if convex else value.symbol >= line)
