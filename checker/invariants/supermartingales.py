"""Half-spaces that a step keeps on average at its worst: harmonic functions of the worst choices.

Where a step is affine once nature's choices are made, as in a Markov chain whose probabilities are
nature's within bounds, fix the choices at ends of their bounds. A function g with g(F(x)) = g(x)
there is harmonic for that chain; if no other choice makes g(F(x)) greater, g never exceeds what it
is at the seed (a supermartingale; Puterman, Markov Decision Processes, 1994, section 7.2). Which
ends are the worst is found as in policy iteration (Howard, 1960): wherever another end makes
g(F(x)) greater at every state, the choice is moved there, and g is solved for anew. Where no step
makes the sum of all fields greater, as that of the probabilities of states, that is kept too. The
half-spaces are candidates like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import z3

from checker.invariants.eigenfunctions import eigenfunctions
from checker.invariants.preimages import ONE, HalfSpace, affine_pieces, region
from checker.system.problem import Problem
from checker.system.region import Region
from checker.system.seeds import exact_corners
from spec.nodes import id_of

MOST_CORNERS = 16
"""Corners of the choices that are tried, those with all choices at one end first."""

Corner = tuple[bool, ...]
"""Of each choice, whether it is at its upper end."""
Branches = list[list[dict[int, Fraction]]]


def supermartingales(problem: Problem) -> Iterator[Region]:
    """Candidates: the domain of the agent, cut by one harmonic function of one corner of choices.

    Only for a problem composed to one step whose choices have constant bounds.
    """
    (step,) = problem.steps
    agent, choices = problem.agent, step.stage.choices
    ends = [(choice.low, choice.high) for choice in choices]
    if not choices or not all(z3.is_rational_value(end) for pair in ends for end in pair):
        return
    seeds, seen = exact_corners(problem), set[tuple[HalfSpace, ...]]()
    todo = [(True,) * len(choices), (False,) * len(choices)]
    others = itertools.product((True, False), repeat=len(choices))
    tried: set[Corner] = set()
    while len(tried) < MOST_CORNERS:
        corner = todo.pop(0) if todo else next(others, None)
        if corner is None:
            return
        if corner in tried:
            continue
        tried.add(corner)
        branches = _branches(problem, corner)
        if branches is None:
            return
        for row in _harmonic(problem, branches):
            half = _half_space(row, seeds)
            for rows in _with_the_sum(half, branches, seeds):
                if rows not in seen:
                    seen.add(rows)
                    yield region(agent, rows)
            todo.insert(0, _improved(problem, corner, row))


def _branches(problem: Problem, corner: Corner) -> Branches | None:
    """The affine expressions that each field may become with the choices at these ends; None if
    they are not affine."""
    (step,) = problem.steps
    ends = zip(step.stage.choices, corner, strict=True)
    made = [(choice.symbol, choice.high if top else choice.low) for choice, top in ends]
    outputs = [z3.simplify(z3.substitute(output, *made)) for output in step.stage.outputs]
    found = [affine_pieces(output) for output in outputs]
    branches = [pieces for pieces in found if pieces is not None]
    return branches if len(branches) == len(found) else None


def _harmonic(problem: Problem, branches: Branches) -> Iterator[list[Fraction]]:
    """The coefficients of the functions that a step leaves as they are, with either sign."""
    columns = [id_of(symbol) for symbol in problem.agent.symbols]
    for found in eigenfunctions(branches, columns, ONE):
        if found.scale == 1:
            for sign in (1, -1):
                yield [sign * value for value in found.row[:-1]]


def _improved(problem: Problem, corner: Corner, row: Sequence[Fraction]) -> Corner:
    """The ends at which a function is greater after a step, from every state with fields of at
    least 0; where a choice makes it greater from some states and less from others it stays."""
    better, here = list(corner), _after(problem, corner, row)
    for number, top in enumerate(corner):
        there = _after(problem, (*corner[:number], not top, *corner[number + 1 :]), row)
        if here is None or there is None:
            continue
        low, high = (there, here) if top else (here, there)
        more = [high.get(key, Fraction(0)) - low.get(key, Fraction(0)) for key in {*low, *high}]
        if any(more) and min(more) >= 0:
            better[number] = True
        elif any(more) and max(more) <= 0:
            better[number] = False
    return tuple(better)


def _after(
    problem: Problem, corner: Corner, row: Sequence[Fraction]
) -> Mapping[int, Fraction] | None:
    """A function of the state after a step, as coefficients by symbol; None if it has branches."""
    branches = _branches(problem, corner)
    if branches is None or any(len(pieces) > 1 for pieces in branches):
        return None
    total: dict[int, Fraction] = {}
    for factor, pieces in zip(row, branches, strict=True):
        for key, value in pieces[0].items():
            total[key] = total.get(key, Fraction(0)) + factor * value
    return total


def _with_the_sum(
    half: HalfSpace, branches: Branches, seeds: Sequence[Sequence[Fraction]]
) -> list[tuple[HalfSpace, ...]]:
    """The half-space, and the same with the sum of all fields, if no state of fields of at least 0
    leads to a greater sum at these ends of the choices."""
    columns: dict[int, Fraction] = {}
    for pieces in branches:
        for key in {key for piece in pieces for key in piece}:
            most = max(piece.get(key, Fraction(0)) for piece in pieces)
            columns[key] = columns.get(key, Fraction(0)) + most
    if columns.pop(ONE, Fraction(0)) > 0 or any(value > 1 for value in columns.values()):
        return [(half,)]
    total = _half_space([Fraction(1)] * len(half.coefficients), seeds)
    return [(half,), (half, total)]


def _half_space(row: Sequence[Fraction], seeds: Sequence[Sequence[Fraction]]) -> HalfSpace:
    """The half-space of the states at which a linear function is at most what it is at a seed."""
    scale = max(map(abs, row))
    scaled = tuple(value / scale for value in row)
    return HalfSpace(scaled, max(HalfSpace(scaled, Fraction(0)).at(seed) for seed in seeds))
