"""Sets {p <= 0} that a polynomial step does not leave, by sums of squares.

Theorem (docs/theory/regions.md, "Polynomial sets"). Let a box and the clauses be given by
polynomials g_i <= 0, the faces first. Let p be a polynomial, r >= 0 and t_i > 0, such that

    p - t_i g_i             is nowhere negative for a face, and in the box for a clause,
    r p(x) - p(F(x, w))     is not negative where all g_i <= 0, nature keeps to its bounds and the
                            conditions of the piece F hold, of each piece of the step,
    -p(x)                   is not negative at the seeds.

Then {p <= 0} holds the seeds, is within the box and the clauses, and is kept by the step.

Each line asks for a sum of squares times factors, and all are linear in p and the t_i: one
semidefinite program for each rate r, of which a few are tried.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce

import attrs

from checker.backends.evaluator import rational
from checker.backends.polynomials import Polynomial
from checker.backends.rounding import ceil_to, floor_to
from checker.backends.semidefinite import Array
from checker.backends.solver import QueryBudget
from checker.invariants.ellipsoids import with_product
from checker.invariants.polynomial_steps import PolynomialLoop, Scale, polynomial_loop, written
from checker.invariants.sums_of_squares import (
    Guess,
    Identity,
    Monomial,
    Squares,
    Wanted,
    exact,
    guessed,
    monomials,
)
from checker.system.lemmas import Lemma, Terms, Weighted
from checker.system.problem import Clause, Problem, bound_on
from checker.system.region import Box
from checker.system.replay import as_fraction
from spec.trace import Position

WIDER = tuple(map(Fraction, ("1/2", "2", "6", "1/8")))
"""How far beyond the states that were seen a box reaches, of their width."""
RATES = tuple(map(Fraction, ("99/100", "9/10", "999/1000", "1/2")))
DIGITS = (2, 3, 5, 7, 9)
"""Decimal digits that p is rounded to, the roughest first."""
LEAST_ROOM = 1e-9
LEAST_WIDTH = 1e-3
MOST_TERMS = 5_000
MOST_SYMBOLS = 6
"""Fields and choices of a step."""
ONE = Fraction(1)


@attrs.frozen
class PolynomialSet:
    """The states with p <= 0, and the identities that show that a loop keeps it.

    Args:
        loop: the loop.
        polynomial: p, over the loop's scaled symbols.
        rate: how much of p is left at most after a step.
        multiples: of each face and each clause, t.
        seeded: of each piece of the seed, that p is not positive.
        within: of each face and each clause, that its multiple is at most p.
        kept: of each piece of the step, that p does not become positive.
    """

    loop: PolynomialLoop
    polynomial: Polynomial
    rate: Fraction
    multiples: tuple[Fraction, ...]
    seeded: tuple[Identity, ...]
    within: tuple[Identity, ...]
    kept: tuple[Identity, ...]

    def clauses(self, position: Position) -> tuple[Clause, ...]:
        """The box, the clauses that hold within the set, and p <= 0 in whole numbers."""
        ring, scales = self.polynomial.context(), self.loop.scales
        scaled = (each.into(x) for each, x in zip(scales, ring.gens(), strict=True))
        terms = _terms(self.polynomial.compose(*scaled, ctx=ring))
        whole = Fraction(
            math.lcm(*(value.denominator for _, value in terms)),
            math.gcd(*(value.numerator for _, value in terms)),
        )
        whole = whole / math.gcd(*(int(value * whole) for _, value in terms))
        total, cap, named = None, Fraction(0), list[tuple[Fraction, list[str]]]()
        for monomial, value in sorted(
            terms, key=lambda term: (-sum(term[0]), [-n for n in term[0]])
        ):
            if any(monomial):
                powers = list(zip(position.symbols, position.fields, monomial, strict=False))
                symbols = [symbol for symbol, _, power in powers for _ in range(power)]
                total = with_product(total, value * whole, reduce(operator.mul, symbols))
                named.append((value * whole, [f.name for _, f, n in powers for _ in range(n)]))
            else:
                cap = -value * whole
        held = (*self.loop.faces, *self.loop.clauses)
        return (*(each.clause for each in held), bound_on(written(named), total, "<=", cap))

    @property
    def lemmas(self) -> Iterator[Lemma]:
        """What shows it, for others to check. What -p is multiplied by goes before the squares."""
        loop, p = self.loop, self.polynomial
        for each in self.seeded if loop.seed_scales else ():
            yield _lemma(loop.seed_scales, each.squares, seed=True)
        limits = (*loop.faces, *loop.clauses)
        for limit, multiple, each in zip(limits, self.multiples, self.within, strict=True):
            apart = [Squares((), _unit(p), ((multiple * limit.drawn_in,),))] if limit.strict else []
            squares = (Squares((-p,), _unit(p), ((ONE,),)), *apart, *each.squares)
            yield _lemma(loop.scales, squares)
        for each in self.kept:
            squares = (Squares((-p,), _unit(p), ((self.rate,),)), *each.squares)
            yield _lemma(loop.scales, squares)


def polynomial_set(
    problem: Problem, states: Array, degrees: Sequence[int], budget: QueryBudget
) -> PolynomialSet | None:
    """A set that holds the seed, meets every clause and is kept by the step, wherever that is
    defined. Only for a problem composed to one step.

    Args:
        problem: the loop.
        states: some that runs were seen to visit.
        degrees: of p, in the order in which they are tried.
        budget: how long to look; the solver is not asked.
    """
    symbols = len(problem.agent.fields) + len(problem.steps[0].stage.choices)
    if max(symbols, len(problem.seed_choices)) > MOST_SYMBOLS:
        return None
    loops: list[PolynomialLoop] = []
    for box in boxes(problem, states):
        found = polynomial_loop(problem, box)
        if found is None:
            return None
        loops.append(found)
    for degree, loop in itertools.product(degrees, loops):
        for kept in candidates(loop, degree, budget):
            return kept
    return None


def boxes(problem: Problem, states: Array) -> Iterator[Box]:
    """Boxes around states, within the domain, whose ends have few digits."""
    for wider in WIDER:
        box = []
        ends = zip(problem.agent.fields, states.min(axis=0), states.max(axis=0), strict=True)
        for field, low, high in ends:
            room = max(float(high - low), LEAST_WIDTH) * float(wider)
            grain = Fraction(2) ** math.floor(math.log2(room / 4))
            least = max(field.low, floor_to(Fraction(float(low) - room), grain))
            most = ceil_to(Fraction(float(high) + room), grain)
            box.append((least, most if field.unbounded else min(field.high, most)))
        yield tuple(box)


def candidates(loop: PolynomialLoop, degree: int, budget: QueryBudget) -> Iterator[PolynomialSet]:
    """Sets for a polynomial of a degree: guessed, rounded, and decided exactly."""
    if not _feasible(loop, degree):
        return
    search = _Search.of(loop, degree)
    for rate in RATES:
        if budget.exhausted:
            return
        wanted = search.wanted(rate)
        guess = guessed(wanted, search.bounds, budget.deadline)
        if guess is not None and guess.room >= LEAST_ROOM:
            rounded = (search.rounded(wanted, guess, rate, digits) for digits in DIGITS)
            found = next((each for each in rounded if each is not None), None)
            if found is not None:
                yield found


def _feasible(loop: PolynomialLoop, degree: int) -> bool:
    """Whether a polynomial of a degree has not too many terms after a step."""
    highest = max(each.total_degree() for piece in loop.steps for each in piece.fields)
    size = len(loop.scales)
    return math.comb(size + degree * max(highest, 1), size) <= MOST_TERMS


@attrs.frozen
class _Search:
    """The unknowns are the room, the coefficients of p, and a multiple of each face and clause."""

    loop: PolynomialLoop
    basis: tuple[Monomial, ...]
    states: tuple[Polynomial, ...]
    steps: tuple[tuple[Polynomial, ...], ...]
    seeds: tuple[tuple[Polynomial, ...], ...]

    @classmethod
    def of(cls, loop: PolynomialLoop, degree: int) -> _Search:
        """For a polynomial of a degree, whose monomials are worked out of all pieces."""
        basis = monomials(degree, [degree] * len(loop.fields))
        return cls(
            loop,
            basis,
            _powers(loop.fields, basis),
            tuple(_powers(piece.fields, basis) for piece in loop.steps),
            tuple(_powers(piece.fields, basis) for piece in loop.seeds),
        )

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Of the unknowns. All that is wanted is homogeneous, so that these set the scale."""
        limits = len(self.loop.faces) + len(self.loop.clauses)
        return [(0.0, 1.0), *[(-1.0, 1.0)] * len(self.basis), *[(0.0, 100.0)] * limits]

    def wanted(self, rate: Fraction) -> list[Wanted]:
        """What makes a polynomial one whose set is kept: of the seeds, the limits, the steps."""
        loop, one = self.loop, self.states[0]
        found = []
        for piece, values in zip(loop.seeds, self.seeds, strict=True):
            parts = {n: -value for n, value in enumerate(values, start=1)}
            found.append(Wanted(parts, piece.factors, values[0]))
        whole = dict(enumerate(self.states, start=1))
        for number, limit in enumerate((*loop.faces, *loop.clauses)):
            parts = {**whole, len(self.basis) + 1 + number: -limit.polynomial}
            found.append(Wanted(parts, () if number < len(loop.faces) else loop.inside, one))
        safe = (*loop.inside, *(clause.factor for clause in loop.clauses))
        for piece, values in zip(loop.steps, self.steps, strict=True):
            moved = zip(self.states, values, strict=True)
            parts = {n: a * rational(rate) - b for n, (a, b) in enumerate(moved, start=1)}
            found.append(Wanted(parts, (*safe, *piece.factors), one))
        return found

    def rounded(
        self, wanted: Sequence[Wanted], guess: Guess, rate: Fraction, digits: int
    ) -> PolynomialSet | None:
        """The set with numbers of so many digits; None where an identity does not work out."""
        values = [Fraction(round(float(v) * 10**digits), 10**digits) for v in guess.numbers]
        multiples = tuple(values[len(self.basis) + 1 :])
        if min(multiples) <= 0:
            return None
        identities = []
        for each, matrices in zip(wanted, guess.matrices, strict=True):
            found = exact(each, values, matrices)
            if found is None:
                return None
            identities.append(found)
        seeds, steps = len(self.seeds), len(self.steps)
        p = Wanted(dict(enumerate(self.states, start=1)), (), self.states[0]).at(values)
        seeded, within = tuple(identities[:seeds]), tuple(identities[seeds:-steps])
        kept = tuple(identities[-steps:])
        return PolynomialSet(self.loop, p, rate, multiples, seeded, within, kept)


def _powers(fields: Sequence[Polynomial], basis: Sequence[Monomial]) -> tuple[Polynomial, ...]:
    """The monomials with polynomials put in; 1 is the first, and each comes after its parts."""
    found: dict[Monomial, Polynomial] = {}
    for monomial in basis:
        place = next((n for n, power in enumerate(monomial) if power), None)
        if place is None:
            found[monomial] = fields[0].context().constant(1)
        else:
            less = tuple(power - (n == place) for n, power in enumerate(monomial))
            found[monomial] = found[less] * fields[place]
    return tuple(found.values())


def _lemma(scales: Sequence[Scale], squares: Sequence[Squares], *, seed: bool = False) -> Lemma:
    parts = (Weighted(tuple(map(_terms, s.factors)), s.basis, s.gram) for s in squares)
    return Lemma(tuple((each.centre, each.scale) for each in scales), seed, tuple(parts))


def _unit(polynomial: Polynomial) -> tuple[Monomial]:
    """The monomial 1."""
    return ((0,) * polynomial.context().nvars(),)


def _terms(polynomial: Polynomial) -> Terms:
    return tuple(
        (tuple(map(int, monomial)), as_fraction(value))
        for monomial, value in polynomial.to_dict().items()
    )
