"""Checks of the labels: exact rationals and the formulas, nothing of the checker.

A safe label rests on a set that holds the seed, lies within the limit and is mapped into itself:
a box (``keeps_box``) or, for one field and a polynomial step, an interval (``keeps_interval``). An
unsafe label rests on a run (``first_break``) or on a step that climbs everywhere (``climbs``).
Every function raises AssertionError where its reason does not hold.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import comb, lcm, prod
from typing import Any

import numpy as np

from benchmarks.question import Interval, System, spread

GRAIN = Fraction(1, 10**50)

Polynomial = Sequence[Fraction]
"""Coefficients, that of the constant first."""
Box = Sequence[tuple[Fraction, Fraction]]
"""The ends of each number."""
DEEPEST = 40
"""How often a box is halved."""


def require(condition: object) -> None:
    """Raise AssertionError unless the condition holds."""
    if not condition:
        raise AssertionError("the theory behind a label does not hold")


def keeps_box(system: System, box: Sequence[tuple[Fraction, Fraction]]) -> None:
    """Check in interval arithmetic that a box proves the system safe, by induction."""
    state = [Interval(low, high) for low, high in box]
    choices = [Interval(c.low, c.high) for c in system.choices]
    after = system.step(state, choices)
    for seed, field, here, there in zip(system.seed, system.fields, state, after, strict=True):
        require(here.low <= seed <= here.high)
        require(field.low <= here.low and here.high <= field.high)
        require(here.low <= there.low and there.high <= here.high)
    require(all(value.high <= system.limit for value in system.watched(state)))


def keeps_interval(
    system: System, low: Fraction, high: Fraction, degree: int, cuts: Sequence[Fraction] = ()
) -> None:
    """Check that [low, high] proves a system of one field safe.

    The step is a polynomial of at most ``degree`` in the field and affine in each choice, so over
    the choices it is extreme where each of them is at an end.
    """
    (field,) = system.fields
    (seed,) = system.seed
    require(field.low <= low <= seed <= high <= min(field.high, system.limit))
    for choices in itertools.product(*[(c.low, c.high) for c in system.choices]):
        step = polynomial_of(system, choices, degree)
        require(nonnegative(_minus([high], step), low, high, cuts))
        require(nonnegative(_minus(step, [low]), low, high, cuts))


def keeps_sublevel(
    system: System,
    terms: Mapping[tuple[int, ...], int],
    rate: Fraction,
    box: Box,
    parts: Sequence[Box],
    degrees: Sequence[int],
) -> None:
    """Check that the states of a box with p <= 0 prove the system safe.

    They hold the seed and are within the limit; p(F) <= rate p all over the box, and p > 0 in what
    of a step's images is outside of the box. So from p <= 0 in the box a step leads to p <= 0, and
    into the box. In each of the ``parts``, which cover the box, the step is a polynomial, and p
    after it of at most these ``degrees`` in the fields and the choices.
    """

    def p(state: Sequence[Fraction]) -> Fraction:
        total = Fraction(0)
        for exponents, value in terms.items():
            total += value * prod(
                (v**n for v, n in zip(state, exponents, strict=True)), start=Fraction(1)
            )
        return total

    count, choices = len(system.seed), [(c.low, c.high) for c in system.choices]

    def left(at: Sequence[Fraction]) -> Fraction:
        return rate * p(at[:count]) - p(system.step(at[:count], at[count:]))

    inside, nature = ([Interval(*ends) for ends in each] for each in (box, choices))
    require(p(system.seed) <= 0)
    require(all(a <= x <= b for x, (a, b) in zip(system.seed, box, strict=True)))
    require(all(value.high <= system.limit for value in map(spread, system.watched(inside))))
    after = [
        spread(v).hull(here) for v, here in zip(system.step(inside, nature), inside, strict=True)
    ]
    wide = [(v.low, v.high) for v in after]
    highest = [max(m[i] for m in terms) for i in range(count)]
    for i, ((low, high), (least, most), field) in enumerate(
        zip(box, wide, system.fields, strict=True)
    ):
        require(field.low <= low and high <= field.high)
        for ends in ((least, low), (high, most)):
            if ends[0] < ends[1]:
                require(
                    nonnegative_over(p, highest, [*wide[:i], ends, *wide[i + 1 :]], strict=True)
                )
    for part in parts:
        require(nonnegative_over(left, degrees, [*part, *choices]))


def nonnegative_over(
    polynomial: Callable[[Sequence[Fraction]], Fraction],
    degrees: Sequence[int],
    box: Box,
    strict: bool = False,
) -> bool:
    """Whether a polynomial of at most such degrees is shown to be >= 0, or > 0, on a box, which is
    halved: it is where its Bernstein coefficients are. Three more points check that it is one."""
    nodes = [
        [a + (b - a) * Fraction(k, max(d, 1)) for k in range(d + 1)]
        for d, (a, b) in zip(degrees, box, strict=True)
    ]
    values = [polynomial(at) for at in itertools.product(*nodes)]
    table: Any = np.array(values, dtype=object).reshape([d + 1 for d in degrees])
    for axis, degree in enumerate(degrees):
        table = np.moveaxis(np.tensordot(_from_values(degree), table, (1, axis)), 0, axis)
    for share in (Fraction(1, 3), Fraction(2, 7), Fraction(5, 9)):
        value = table
        for degree in degrees:
            value = np.tensordot(np.array(_weights(degree, share), dtype=object), value, (0, 0))
        require(value[()] == polynomial([a + (b - a) * share for a, b in box]))
    scale = lcm(*(v.denominator for v in table.flat))
    return _over(
        np.array([int(v * scale) for v in table.flat], dtype=object).reshape(table.shape), strict, 0
    )


def _over(table: Any, strict: bool, depth: int) -> bool:
    """Whether Bernstein coefficients in whole numbers, or those of halves, are not negative."""
    least = table.min()
    if least > 0 or (least == 0 and not strict):
        return True
    corners = table[np.ix_(*([0, -1] if n > 1 else [0] for n in table.shape))]
    if depth == DEEPEST or corners.min() < 0 or (strict and corners.min() == 0):
        return False
    axis = depth % table.ndim
    halves = (
        np.moveaxis(np.tensordot(half, table, (1, axis)), 0, axis)
        for half in _halving(table.shape[axis] - 1)
    )
    return all(_over(half, strict, depth + 1) for half in halves)


@cache
def _halving(degree: int) -> tuple[Any, Any]:
    """The coefficients on halves from those on the whole, times a power of two (de Casteljau)."""
    low = [
        [comb(k, j) * 2 ** (degree - k) if j <= k else 0 for j in range(degree + 1)]
        for k in range(degree + 1)
    ]
    high = [row[::-1] for row in low[::-1]]
    return np.array(low, dtype=object), np.array(high, dtype=object)


@cache
def _from_values(degree: int) -> Any:
    """The coefficients on [0, 1] from the values at so many points and one, evenly spaced."""
    rows = [_weights(degree, Fraction(k, max(degree, 1))) for k in range(degree + 1)]
    units = [[Fraction(i == j) for j in range(degree + 1)] for i in range(degree + 1)]
    columns = [solved(rows, unit) for unit in units]
    return np.array(columns, dtype=object).T


def _weights(degree: int, at: Fraction) -> list[Fraction]:
    """What each coefficient is multiplied by at a point of [0, 1]."""
    return [comb(degree, k) * at**k * (1 - at) ** (degree - k) for k in range(degree + 1)]


def climbs(system: System, degree: int) -> None:
    """Check that a system of one field climbs by at least some d > 0 in every state from the seed
    to the limit, each choice at its high end. Then it passes the limit: it cannot stay below.

    A polynomial that is positive on a closed interval has a positive minimum there.
    """
    (seed,) = system.seed
    step = polynomial_of(system, [c.high for c in system.choices], degree)
    require(positive(_minus(step, [Fraction(0), Fraction(1)]), seed, system.limit))


def rises(system: System, low: Fraction, high: Fraction, degree: int) -> None:
    """Check that the step of a system of one field rises on [low, high], choices at the top."""
    step = polynomial_of(system, [c.high for c in system.choices], degree)
    require(nonnegative([n * c for n, c in enumerate(step)][1:], low, high))


def first_break(
    system: System,
    choose: Callable[[int], Sequence[Fraction]] | None = None,
    most: int = 20_000,
    rising: bool = False,
) -> int:
    """The iteration at which a run of the system is first unsafe; nature chooses the high ends
    unless told otherwise (``choose`` is given the iteration, from 1).

    The run is kept between two bounds, rounded outward to multiples of GRAIN at each iteration,
    because exact fractions would grow beyond all bounds. ``rising``: the step rises in every field,
    so the two bounds are moved apart from each other, which loses nothing.
    """
    high = [c.high for c in system.choices]
    state = [Interval(value, value) for value in system.seed]
    for iteration in range(most + 1):
        if iteration:
            chosen = high if choose is None else choose(iteration)
            within = zip(system.choices, chosen, strict=True)
            require(all(c.low <= x <= c.high for c, x in within))
            if rising:
                lows = system.step([v.low for v in state], chosen)
                highs = system.step([v.high for v in state], chosen)
                moved = [Interval(a, b) for a, b in zip(lows, highs, strict=True)]
            else:
                moved = [spread(v) for v in system.step(state, chosen)]
            state = [v.outward(GRAIN) for v in moved]
        placed = zip(system.fields, state, strict=True)
        outside = any(v.low > r.high or v.high < r.low for r, v in placed)
        if outside or any(value.low > system.limit for value in system.watched(state)):
            return iteration
        require(all(value.high <= system.limit for value in system.watched(state)))
    raise AssertionError("the theory behind a label does not hold: no violation was met")


def reaches(
    system: System, actions: Sequence[Sequence[Fraction]], most: int = 20_000
) -> int | None:
    """The first iteration at which a loop of finitely many states is unsafe, under some of the
    choices in ``actions``; None if all states that can be reached are safe. Breadth first."""
    layer, seen = {tuple(system.seed)}, {tuple(system.seed)}
    for iteration in range(most):
        if not all(system.safe(state) for state in layer):
            return iteration
        after = {
            tuple(map(Fraction, system.step(state, chosen)))
            for state in layer
            for chosen in actions
        }
        layer = after - seen
        seen |= layer
        if not layer:
            return None
        require(len(seen) < most)
    raise AssertionError("the theory behind a label does not hold: the states have no end")


def solved(matrix: Sequence[Sequence[Fraction]], column: Sequence[Fraction]) -> list[Fraction]:
    """The solution of a system of linear equations, by Gauss and Jordan's elimination."""
    rows = [[*row, value] for row, value in zip(matrix, column, strict=True)]
    for i in range(len(rows)):
        pivot = next(j for j in range(i, len(rows)) if rows[j][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j, row in enumerate(rows):
            if j != i and row[i]:
                rows[j] = [a - row[i] * b for a, b in zip(row, rows[i], strict=True)]
    return [row[-1] for row in rows]


def polynomial_of(system: System, choices: Sequence[Fraction], degree: int) -> Polynomial:
    """The step of a system of one field as a polynomial of at most ``degree``, by interpolation;
    three more points check that it is one."""
    points = [Fraction(n, degree + 4) for n in range(degree + 4)]
    values = [system.step((x,), choices)[0] for x in points]
    found = [Fraction(0)] * (degree + 1)
    basis, known = [Fraction(1)], list(values[: degree + 1])
    for order in range(degree + 1):  # Newton's divided differences
        found = [a + known[order] * b for a, b in itertools.zip_longest(found, basis, fillvalue=0)]
        basis = _times(basis, [-points[order], Fraction(1)])
        for i in range(degree, order, -1):
            known[i] = (known[i] - known[i - 1]) / (points[i] - points[i - order - 1])
    require(all(value_at(found, x) == v for x, v in zip(points, values, strict=True)))
    return found


def value_at(polynomial: Polynomial, x: Fraction) -> Fraction:
    """The value of a polynomial."""
    value = Fraction(0)
    for coefficient in reversed(polynomial):
        value = value * x + coefficient
    return value


def nonnegative(
    polynomial: Polynomial,
    low: Fraction,
    high: Fraction,
    cuts: Sequence[Fraction] = (),
    depth: int = 40,
) -> bool:
    """Whether the polynomial is shown to be >= 0 on [low, high], which is cut at ``cuts`` and then
    in halves: it is where its Bernstein coefficients are."""
    return _shown(polynomial, low, high, cuts, depth, strict=False)


def positive(polynomial: Polynomial, low: Fraction, high: Fraction, depth: int = 40) -> bool:
    """Whether the polynomial is shown to be > 0 on [low, high]."""
    return _shown(polynomial, low, high, (), depth, strict=True)


def _shown(
    polynomial: Polynomial,
    low: Fraction,
    high: Fraction,
    cuts: Sequence[Fraction],
    depth: int,
    strict: bool,
) -> bool:
    inner = [cut for cut in cuts if low < cut < high]
    if not inner:
        least = min(_bernstein(polynomial, low, high))
        if least > 0 or (least == 0 and not strict):
            return True
        ends = min(value_at(polynomial, low), value_at(polynomial, high))
        if depth == 0 or ends < 0 or (strict and ends == 0):
            return False
    middle = inner[0] if inner else (low + high) / 2
    halves = ((low, middle), (middle, high))
    return all(_shown(polynomial, a, b, inner, depth - 1, strict) for a, b in halves)


def _bernstein(polynomial: Polynomial, low: Fraction, high: Fraction) -> list[Fraction]:
    """The Bernstein coefficients on [low, high]; the polynomial lies within their range there."""
    degree = len(polynomial) - 1
    moved = [Fraction(0)]
    for coefficient in reversed(polynomial):  # p(low + (high - low) t), by Horner
        moved = _times(moved, [low, high - low])
        moved[0] += coefficient
    moved = moved[: degree + 1]
    return [
        sum((Fraction(comb(i, j), comb(degree, j)) * moved[j] for j in range(i + 1)), Fraction(0))
        for i in range(degree + 1)
    ]


def _times(a: Polynomial, b: Polynomial) -> list[Fraction]:
    product = [Fraction(0)] * (len(a) + len(b) - 1)
    for (i, x), (j, y) in itertools.product(enumerate(a), enumerate(b)):
        product[i + j] += x * y
    return product


def _minus(a: Polynomial, b: Polynomial) -> Polynomial:
    return [x - y for x, y in itertools.zip_longest(a, b, fillvalue=Fraction(0))]
