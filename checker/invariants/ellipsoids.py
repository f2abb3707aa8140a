"""Ellipsoids: quadratic sets that an affine step with bounded choices does not leave.

Theorem (docs/theory/invariants.md, "Ellipsoids"). Let z' = A z + sum b_i u_i with |u_i| <= 1, P a
symmetric matrix, and rate, weights >= 0 numbers with rate + sum weights = 1. If the quadratic form

    rate z'Pz + sum weights_i u_i^2 - (A z + sum b_i u_i)'P(A z + sum b_i u_i)

is positive semidefinite in (z, u), then z'Pz <= 1 is kept. Where P is positive definite, c.z is at
most the root of c'P^-1 c there. Both are decided exactly, by rational elimination.

P is guessed in floats: the inverse of the solution X of a discrete Lyapunov equation,
X = A X A'/rate + sum b_i b_i'/weights_i, the smallest in the direction that a clause bounds (Boyd,
El Ghaoui, Feron and Balakrishnan, Linear Matrix Inequalities in System and Control Theory, 1994,
chapter 6). Where nature chooses nothing and the step turns without shrinking, P is an exact
solution of A'PA = P.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs
import flint
import numpy as np
import z3

from checker.backends.evaluator import rational
from checker.backends.solver import QueryBudget, follows, parts
from checker.invariants.preimages import ONE, HalfSpace, affine_pieces, half_spaces, row_of
from checker.system.problem import Problem, numeral_value
from checker.system.region import Array, Region
from checker.system.replay import as_fraction
from spec.nodes import id_of
from spec.terms import numeral
from spec.trace import Position

MOST_FIELDS = 8
ROUNDINGS = ((1e-2, 3), (1e-3, 5), (1e-5, 7), (1e-7, 10), (1e-10, 14))
"""How much room the guess is given, and the decimal digits that P is rounded to, roughest first."""
RATES = tuple(n / 24 for n in range(1, 24))
"""Parts of the way from the square of the spectral radius to 1 at which a rate is tried."""
TURNS = 40
MOST_SEED_CHOICES = 6
CYCLE = 240
"""Iterations over which a turning step is averaged."""

Matrix = tuple[tuple[Fraction, ...], ...]
Vector = tuple[Fraction, ...]
ZERO, UNIT = Fraction(0), Fraction(1)


@attrs.frozen
class AffineStep:
    """z' = A z + sum b_i u_i around a centre that the step keeps, each u_i in [-1, 1]."""

    turn: Matrix
    pushes: tuple[Vector, ...]
    centre: Vector
    starts: tuple[Vector, ...]
    """The seed, from the centre; of a set of seeds, points whose convex hull holds it."""


@attrs.frozen
class Ellipsoid:
    """The states z with z'Pz <= 1, and the numbers that show that a step keeps it."""

    form: Matrix
    rate: Fraction
    weights: Vector

    def holds(self, z: Sequence[Fraction]) -> bool:
        """Whether a state lies within it."""
        return quadratic(self.form, z) <= 1

    def kept_by(self, step: AffineStep) -> bool:
        """Whether the theorem's form is positive semidefinite: decided exactly."""
        if self.rate < 0 or min(self.weights, default=ZERO) < 0:
            return False
        if self.rate + sum(self.weights, ZERO) > 1:
            return False
        size, extra = len(step.turn), len(step.pushes)
        image = [[*row, *(push[i] for push in step.pushes)] for i, row in enumerate(step.turn)]
        after = _product(_product(_transposed(image), self.form), image)
        left = [[ZERO] * (size + extra) for _ in range(size + extra)]
        for i, j in itertools.product(range(size), repeat=2):
            left[i][j] = self.rate * self.form[i][j]
        for i, weight in enumerate(self.weights):
            left[size + i][size + i] = weight
        rest = [
            [a - b for a, b in zip(*rows, strict=True)] for rows in zip(left, after, strict=True)
        ]
        return semidefinite(rest)

    def within(self, row: HalfSpace, centre: Vector) -> bool:
        """Whether it lies in a half-space: decided exactly. P must be positive definite."""
        room = row.bound - _dot(row.coefficients, centre)
        inverse = _inverse(self.form)
        return (
            inverse is not None
            and room >= 0
            and quadratic(inverse, row.coefficients) <= room * room
            and semidefinite(self.form)
        )

    def cap(self, centre: Vector, position: Position) -> tuple[Any, Fraction]:
        """The ellipsoid as a bound on a quadratic expression over a position's fields."""
        total: Any = None
        symbols = position.symbols
        for i, j in itertools.combinations_with_replacement(range(len(symbols)), 2):
            weight = self.form[i][j] * (1 if i == j else 2)
            total = with_product(total, weight, symbols[i] * symbols[j])
        for i, symbol in enumerate(symbols):
            total = with_product(total, -2 * _dot(self.form[i], centre), symbol)
        return total, 1 - quadratic(self.form, centre)


def inductive_ellipsoids(problem: Problem, budget: QueryBudget) -> Region | None:
    """Ellipsoids whose intersection contains the seed, meets every clause and is kept by the step.

    Only for a problem composed to one step. None where the step is not affine with constant bounds
    on its choices, or where a clause is not met by the ellipsoids that were guessed.
    """
    step = affine_step(problem)
    if step is None:
        return None
    agent = problem.agent
    columns = {id_of(symbol): i for i, symbol in enumerate(agent.symbols)}
    found: list[Ellipsoid] = []
    curved: list[z3.BoolRef] = []
    for condition in (c for clause in problem.clauses[agent.name] for c in parts(clause.condition)):
        rows = [row_of(affine, columns) for affine in half_spaces(condition)]
        if not rows or None in rows:
            curved.append(condition)
        for row in rows:
            if row is None or any(each.within(row, step.centre) for each in found):
                continue
            fitting = next(candidates(step, row), None)
            if fitting is None:
                return None
            found.append(fitting)
    found = found or list(itertools.islice(candidates(step, None), 1))
    caps = tuple(each.cap(step.centre, agent) for each in found)
    held = [term <= numeral(cap) for term, cap in caps]
    if not found or not all(follows(held, condition, budget).valid for condition in curved):
        return None
    return Region(tuple((field.low, field.high) for field in agent.fields), caps)


def affine_step(problem: Problem) -> AffineStep | None:
    """The step in exact numbers; None if it is of another form."""
    (step,) = problem.steps
    stage, agent = step.stage, problem.agent
    plain = not stage.sides and not stage.unknowns and stage.oversight_holds is None
    if not plain or len(agent.fields) > MOST_FIELDS or problem.free_parameters:
        return None
    outputs = [affine_pieces(output) for output in stage.outputs]
    if any(pieces is None or len(pieces) != 1 for pieces in outputs):
        return None
    maps = [pieces[0] for pieces in outputs if pieces is not None]
    turn = tuple(tuple(each.get(id_of(s), ZERO) for s in agent.symbols) for each in maps)
    shift = [each.get(ONE, ZERO) for each in maps]
    pushes = []
    for choice in stage.choices:
        ends = [z3.simplify(end) for end in (choice.low, choice.high)]
        if choice.unbounded or not all(z3.is_rational_value(end) for end in ends):
            return None
        low, high = (numeral_value(end) for end in ends)
        if low > high:
            return None
        slopes = [each.get(id_of(choice.symbol), ZERO) for each in maps]
        shift = [a + slope * (low + high) / 2 for a, slope in zip(shift, slopes, strict=True)]
        push = tuple(slope * (high - low) / 2 for slope in slopes)
        pushes += [push] if any(push) else []
    centre = _fixed_point(turn, shift)
    if centre is None:
        return None
    seeds = _hull_of_seeds(problem)
    if seeds is None:
        return None
    starts = tuple(tuple(a - b for a, b in zip(seed, centre, strict=True)) for seed in seeds)
    return AffineStep(turn, tuple(pushes), centre, starts)


def _hull_of_seeds(problem: Problem) -> list[Vector] | None:
    """Points whose convex hull is the set of seeds: the seeds at the corners of nature's choices.

    None where the seed is not affine in them, or their bounds are not constant.
    """
    if not problem.seed_choices:
        return [tuple(numeral_value(term) for term in problem.seed)]
    ends = [(z3.simplify(c.low), z3.simplify(c.high)) for c in problem.seed_choices]
    constant = all(z3.is_rational_value(end) for pair in ends for end in pair)
    found = [affine_pieces(term) for term in problem.seed]
    maps = [pieces[0] for pieces in found if pieces is not None and len(pieces) == 1]
    if not constant or len(maps) < len(found) or len(ends) > MOST_SEED_CHOICES:
        return None
    if problem.seed_sides or any(choice.unbounded for choice in problem.seed_choices):
        return None
    spans = [(numeral_value(low), numeral_value(high)) for low, high in ends]
    if any(low > high for low, high in spans):
        return None
    keys = [id_of(choice.symbol) for choice in problem.seed_choices]
    corners = [dict(zip(keys, corner, strict=True)) for corner in itertools.product(*spans)]
    return [
        tuple(
            each.get(ONE, ZERO) + sum((each.get(k, ZERO) * v for k, v in at.items()), ZERO)
            for each in maps
        )
        for at in corners
    ]


def candidates(step: AffineStep, row: HalfSpace | None) -> Iterator[Ellipsoid]:
    """Ellipsoids that the step keeps, that contain the seed and lie in the half-space, if one is
    given: guessed, rounded, and decided exactly."""
    normal = None if row is None else np.array([float(v) for v in row.coefficients])
    for guess in (_conserved(step), *_shrinking(step, normal)):
        if guess is None or not all(map(guess.holds, step.starts)) or not guess.kept_by(step):
            continue
        if len(step.starts) > 1 and not semidefinite(guess.form):  # then it may not be convex
            continue
        if row is None or guess.within(row, step.centre):
            yield guess


def _shrinking(step: AffineStep, normal: Array | None) -> Iterator[Ellipsoid | None]:
    """Guesses from Lyapunov equations, the roughest numbers first."""
    turn = np.array([[float(v) for v in row] for row in step.turn])
    radius = float(max(abs(np.linalg.eigvals(turn))))
    if radius >= 1:
        return
    pushes = [np.array([float(v) for v in push]) for push in step.pushes]
    starts = np.array([[float(v) for v in start] for start in step.starts])
    sized = np.eye(len(turn)) if normal is None else np.outer(normal, normal)
    rates = [radius**2 + (1 - radius**2) * part for part in RATES] if pushes else [1.0]
    for room, digits in ROUNDINGS:
        options = [_guess(turn, pushes, starts, sized, rate, room) for rate in rates]
        known = [option for option in options if option is not None]
        if known:
            _, shape, rate, weights = min(known, key=lambda option: option[0])
            yield _rounded(shape, rate, weights, digits)


def _guess(
    turn: Array, pushes: Sequence[Array], starts: Array, sized: Array, rate: float, room: float
) -> tuple[float, Array, float, list[float]] | None:
    """The size in the direction that matters, the matrix X, the rate and the weights."""
    slower = rate * (1 - room)
    if max(abs(np.linalg.eigvals(turn))) ** 2 >= slower:
        return None
    each = [_lyapunov(turn, slower, np.outer(push, push)) for push in pushes]
    sizes = [float(np.sqrt(max(np.sum(sized * x), 1e-30))) for x in each]
    weights = [(1 - rate) * size / sum(sizes) for size in sizes]
    reached = sum(
        (x / (w * (1 - room)) for x, w in zip(each, weights, strict=True)), np.zeros_like(turn)
    )
    seeded = _lyapunov(turn, slower, starts.T @ starts)
    scale = max(np.trace(reached), np.trace(seeded), 1e-12)
    reached = reached + _lyapunov(turn, slower, np.eye(len(turn)) * scale * room * 1e-2)
    shape = _around(reached, seeded, starts, room)
    return float(np.sum(sized * shape)), shape, rate, weights


def _around(reached: Array, seeded: Array, starts: Array, room: float) -> Array:
    """The least sum of the two that holds the seeds: of the second, as much as is needed."""
    low, high = 0.0, 1.0 + room
    for _ in range(TURNS):
        middle = (low + high) / 2
        sizes = np.sum(starts.T * np.linalg.solve(reached + middle * seeded, starts.T), axis=0)
        inside = sizes.max() <= 1 - room / 10
        low, high = (low, middle) if inside else (middle, high)
    return reached + high * (1 + room) * seeded


def _lyapunov(turn: Array, rate: float, added: Array) -> Array:
    """The X with X = A X A' / rate + added."""
    size = len(turn)
    system = np.eye(size * size) - np.kron(turn, turn) / rate
    found: Array = np.linalg.solve(system, added.reshape(-1)).reshape(size, size)
    return (found + found.T) / 2


def _rounded(shape: Array, rate: float, weights: Sequence[float], digits: int) -> Ellipsoid | None:
    """The guess in rational numbers; None if the floats do not allow it."""
    try:
        form = np.linalg.inv(shape)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(form).all():
        return None
    grain = Fraction(10) ** (int(np.floor(np.log10(np.abs(form).max()))) + 1 - digits)
    cells = [
        [round(Fraction(float(v)) / grain) * grain for v in row] for row in (form + form.T) / 2
    ]
    exact = tuple(Fraction(w).limit_denominator(10**9) for w in weights)
    return Ellipsoid(tuple(map(tuple, cells)), 1 - sum(exact, ZERO), exact)


def _conserved(step: AffineStep) -> Ellipsoid | None:
    """A quadratic form that the step keeps exactly, at its value at the seed."""
    if step.pushes or not any(map(any, step.starts)):
        return None
    size = len(step.turn)
    places = list(itertools.combinations_with_replacement(range(size), 2))
    basis = _kept_forms(step.turn, places)
    if not basis:
        return None
    turn = np.array([[float(v) for v in row] for row in step.turn])
    total, power = np.zeros((size, size)), np.eye(size)
    for _ in range(CYCLE):
        total += power.T @ power / CYCLE
        power = power @ turn
    if not np.isfinite(total).all():
        return None
    columns = np.array([[float(v) for v in kept] for kept in basis]).T
    goal = np.array([total[i, j] for i, j in places])
    shares, *_ = np.linalg.lstsq(columns, goal, rcond=None)
    exact = [Fraction(float(share)).limit_denominator(1000) for share in shares]
    cells = [
        sum((a * kept[n] for a, kept in zip(exact, basis, strict=True)), ZERO)
        for n in range(len(places))
    ]
    form = [[ZERO] * size for _ in range(size)]
    for (i, j), value in zip(places, cells, strict=True):
        form[i][j] = form[j][i] = value
    level = max(quadratic(form, start) for start in step.starts)
    if level <= 0:
        return None
    return Ellipsoid(tuple(tuple(v / level for v in row) for row in form), UNIT, ())


def _kept_forms(turn: Matrix, places: Sequence[tuple[int, int]]) -> list[Vector]:
    """A basis of the symmetric P with A'PA = P, each by its entries at the places."""
    columns = []
    for i, j in places:
        unit = [
            [Fraction((r, c) in ((i, j), (j, i))) for c in range(len(turn))]
            for r in range(len(turn))
        ]
        moved = _product(_product(_transposed(turn), unit), turn)
        columns.append([moved[r][c] - unit[r][c] for r, c in places])
    system = flint.fmpq_mat([[rational(v) for v in row] for row in _transposed(columns)])
    reduced, rank = system.rref()
    count = len(places)
    pivots = [next(c for c in range(count) if reduced[r, c] != 0) for r in range(rank)]
    found = []
    for free in (c for c in range(count) if c not in pivots):
        entries = [Fraction(place == free) for place in range(count)]
        for r, pivot in enumerate(pivots):
            entries[pivot] = as_fraction(-reduced[r, free])
        found.append(tuple(entries))
    return found


def semidefinite(matrix: Sequence[Sequence[Fraction]]) -> bool:
    """Whether a symmetric rational matrix is positive semidefinite, by symmetric elimination."""
    rows = [list(row) for row in matrix]
    for k in range(len(rows)):
        pivot = rows[k][k]
        if pivot < 0 or (pivot == 0 and any(rows[k][k + 1 :])):
            return False
        if pivot == 0:
            continue
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / pivot
            if factor:
                for j in range(k, len(rows)):
                    rows[i][j] -= factor * rows[k][j]
    return True


def quadratic(form: Sequence[Sequence[Fraction]], z: Sequence[Fraction]) -> Fraction:
    """z'Pz."""
    return _dot(z, [_dot(row, z) for row in form])


def _dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), ZERO)


def _transposed(rows: Sequence[Sequence[Fraction]]) -> list[tuple[Fraction, ...]]:
    return list(zip(*rows, strict=True))


def _product(
    a: Sequence[Sequence[Fraction]], b: Sequence[Sequence[Fraction]]
) -> list[list[Fraction]]:
    columns = _transposed(b)
    return [[_dot(row, column) for column in columns] for row in a]


def _inverse(matrix: Matrix) -> Matrix | None:
    try:
        found = flint.fmpq_mat([[rational(v) for v in row] for row in matrix]).inv()
    except ZeroDivisionError:
        return None
    return tuple(tuple(as_fraction(v) for v in row) for row in found.tolist())


def _fixed_point(turn: Matrix, shift: Sequence[Fraction]) -> Vector | None:
    """A point that the step keeps when nature's choices are in their middles."""
    if not any(shift):
        return (ZERO,) * len(shift)
    rows = [[Fraction(i == j) - v for j, v in enumerate(row)] for i, row in enumerate(turn)]
    inverse = _inverse(tuple(map(tuple, rows)))
    return None if inverse is None else tuple(_dot(row, shift) for row in inverse)


def with_product(total: Any, weight: Fraction, what: Any) -> Any:
    """A sum with one more product, or the same where the weight is nothing."""
    if not weight:
        return total
    product = what if abs(weight) == 1 else numeral(abs(weight)) * what
    if total is None:
        return product if weight > 0 else -product
    return total + product if weight > 0 else total - product
