"""Potentials: what is claimed plus what is still to come, which no step raises.

A learning rate that decays, a budget that nature uses up: how far errors still rise depends on what
is left. No box around the states is kept then, and they come to rest anywhere. But the error plus a
multiple of what is left, or of its products with other fields, is never raised.

Theorem (docs/theory/regions.md, "Potentials"). Let g <= 0 be a clause of the claim, and let a term
h have h(seed) <= 0, or h <= 0 in a box around the states after a few safe iterations, and, at every
safe x with h(x) <= 0, h(F(x, w)) <= 0 and g <= h at F(x, w). Then all runs keep g <= 0.

h is looked for as g plus monomials, by linear programs over sampled states: such that no step
raises it and h(seed) is least; then again at those samples alone that are no higher than the seed,
for as long as that helps (barrier certificates from samples: Kapinski, Deshmukh, Sankaranarayanan
and Arechiga, HSCC 2014). It is a candidate: what it must be is put to the solver.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce

import attrs
import numpy as np
import z3
from scipy.optimize import linprog

from checker.backends.comparison import comparison_in
from checker.backends.evaluator import FLOATS, compile_terms
from checker.backends.solver import QueryBudget
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.polynomial_steps import written
from checker.system.problem import Clause, Problem, bound_on
from checker.system.region import Array, Box, ends_of, region_of
from spec.nodes import number_in
from spec.terms import numeral

DEGREES = (1, 2, 3)
MOST_TERMS = 20
MOST_FIELDS = 6
SAMPLES = 1_500
AT_ENDS = 0.3
"""How often a number is drawn at an end: it is tight at corners and faces."""
ROUNDS = 6
"""How often the samples are narrowed to those that matter."""
LARGEST = 1e4
"""Of a factor, at most."""
DIGITS = (2, 4, 6)
"""Decimal digits that factors are rounded to, the roughest first."""
ROOM = 1e-9
STEEP = 0.5
"""Of what a step moves in all, the share by which it may have to lower a potential."""

Steps = tuple[Array, Array]
"""Safe states, and to where some step leads from each."""


def potentials(
    problem: Problem, start: Box, steps: Steps, budget: QueryBudget
) -> Iterator[tuple[Clause, ...]]:
    """Candidates for clauses that hold in a box and that, with the domain and the claim, no step
    leaves, as far as sampled steps tell: the simplest first. Only for a problem composed to one
    step."""
    told = [_side(clause) for clause in problem.claimed(problem.agent)]
    sides = [side for side in told if side is not None]
    if not sides or len(start) > MOST_FIELDS:
        return
    corners = np.array(list(itertools.product(*start)), dtype=float)
    for degree in DEGREES:
        monomials = _monomials(problem, degree)
        if len(monomials) > MOST_TERMS or budget.exhausted or not len(steps[0]):
            return
        found = [(side, _factors(problem, side, monomials, (corners, *steps))) for side in sides]
        known = [(side, factors) for side, factors in found if factors is not None]
        for digits in DIGITS if known else ():
            yield tuple(
                _clause(problem, side, monomials, _rounded(factors, digits))
                for side, factors in known
            )


@attrs.frozen
class _Side:
    """One side of a comparison, which is at most a number."""

    term: z3.ArithRef
    most: Fraction


def _side(clause: Clause) -> _Side | None:
    """What a clause says; None where it is not that something is at most something else."""
    compared = comparison_in(clause.condition)
    if compared is None or compared.strict:
        return None
    low, high = number_in(compared.low), number_in(compared.high)
    if high is not None:
        return _Side(compared.low, high)
    if low is not None:
        return _Side(-compared.high, -low)
    return _Side(compared.low - compared.high, Fraction(0))


@attrs.frozen
class _Monomial:
    """A product of fields, by their indices."""

    fields: tuple[int, ...]

    def term(self, problem: Problem) -> z3.ArithRef:
        """The product."""
        return reduce(operator.mul, (problem.agent.symbols[index] for index in self.fields))

    def names(self, problem: Problem) -> list[str]:
        """The names of its factors."""
        return [problem.agent.fields[index].name for index in self.fields]


def _monomials(problem: Problem, degree: int) -> list[_Monomial]:
    """Products of the fields, of up to so many of them."""
    fields = range(len(problem.agent.fields))
    sizes = range(1, degree + 1)
    several = (itertools.combinations_with_replacement(fields, size) for size in sizes)
    return list(map(_Monomial, itertools.chain(*several)))


def _factors(
    problem: Problem,
    side: _Side,
    monomials: Sequence[_Monomial],
    samples: tuple[Array, Array, Array],
) -> Array | None:
    """The factors of monomials that make a potential of a side, as far as samples tell: corners of
    where it begins, and steps."""
    terms = [side.term, *(each.term(problem) for each in monomials)]
    program = compile_terms(problem.agent.symbols, (), terms).bind(FLOATS)

    def values(points: Array) -> Array:
        with np.errstate(all="ignore"):
            outputs, _, _ = program(points.T, ())
        return np.stack([np.broadcast_to(np.asarray(v, float), len(points)) for v in outputs], 1)

    start, here, there = map(values, samples)
    finite = np.isfinite(here).all(axis=1) & np.isfinite(there).all(axis=1)
    here, there = here[finite], there[finite]
    height, most = np.inf, float(side.most)
    for _ in range(ROUNDS):
        lowest = _lowest(here, there, start)
        if lowest is None or lowest[0] > height - ROOM:
            return None
        height, factors = lowest
        if height < most - ROOM:
            return _steepest(here, there, start, most)
        near = here[:, 0] + here[:, 1:] @ factors <= height + ROOM
        here, there = here[near], there[near]
    return None


def _lowest(here: Array, there: Array, start: Array) -> tuple[float, Array] | None:
    """How low a potential can be at the start, and its factors."""
    rows = np.concatenate(
        [
            np.pad(-here[:, 1:], ((0, 0), (0, 1))),
            np.pad((there - here)[:, 1:], ((0, 0), (0, 1))),
            np.pad(start[:, 1:], ((0, 0), (0, 1)), constant_values=-1.0),
        ]
    )
    most = np.concatenate([np.zeros(len(here)), (here - there)[:, 0], -start[:, 0]])
    goal = np.eye(rows.shape[1])[-1]
    bounds = [(-LARGEST, LARGEST)] * (len(goal) - 1) + [(None, None)]
    found = linprog(goal, rows, most, bounds=bounds, method="highs")
    return (float(found.fun), found.x[:-1]) if found.success else None


def _steepest(here: Array, there: Array, start: Array, most: float) -> Array | None:
    """The factors of a potential that is low enough at the start, and that every step lowers by as
    great a share as can be of all that it moves: so that it may be rounded."""
    moved = there - here
    shares = np.abs(moved).sum(axis=1, keepdims=True)
    rows = np.concatenate(
        [
            np.pad(-here[:, 1:], ((0, 0), (0, 1))),
            np.concatenate([moved[:, 1:], shares], axis=1),
            np.pad(start[:, 1:], ((0, 0), (0, 1))),
        ]
    )
    ends = np.concatenate([np.zeros(len(here)), -moved[:, 0], most - ROOM - start[:, 0]])
    goal = -np.eye(rows.shape[1])[-1]
    bounds = [(-LARGEST, LARGEST)] * (len(goal) - 1) + [(0.0, STEEP)]
    found = linprog(goal, rows, ends, bounds=bounds, method="highs")
    return found.x[:-1] if found.success else None


def sampled_steps(synthesizer: RegionSynthesizer) -> Steps:
    """Steps from some safe states, of a problem composed to one step."""
    generator, problem = np.random.default_rng(29), synthesizer.problem
    (step,) = synthesizer.transformers
    low, high = ends_of(region_of(problem))
    fields, units = len(low), len(problem.steps[0].stage.choices)
    shares = generator.random((SAMPLES, fields + units))
    ends = generator.random(shares.shape) < AT_ENDS
    shares = np.where(ends, np.round(shares), shares)
    states = low + shares[:, :fields] * (high - low)
    whole = [field.kind != "real" for field in problem.agent.fields]
    states[:, whole] = np.round(states[:, whole])
    with np.errstate(all="ignore"):
        truths, _, _ = problem.guards[problem.agent.name].bind(FLOATS)(states.T, ())
    safe = np.logical_and.reduce([np.broadcast_to(t, len(states)) for t in truths])
    points = np.concatenate([states, shares[:, fields:]], axis=1)[safe]
    return points[:, :fields], step.outputs(points)[:, :fields]


def _rounded(factors: Array, digits: int) -> list[Fraction]:
    return [Fraction(round(float(f) * 10**digits), 10**digits) for f in factors]


def _clause(
    problem: Problem, side: _Side, monomials: Sequence[_Monomial], factors: Sequence[Fraction]
) -> Clause:
    """That the potential is at most what the side is at most."""
    added = [(factor, each) for factor, each in zip(factors, monomials, strict=True) if factor]
    total: z3.ArithRef = sum((numeral(f) * each.term(problem) for f, each in added), side.term)
    own = " ".join(str(side.term).replace(f"{problem.agent.name}.", "").split())
    text = written([(Fraction(1), [own]), *((f, each.names(problem)) for f, each in added)])
    return bound_on(text, total, "<=", side.most)
