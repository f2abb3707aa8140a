"""Half-spaces that a step keeps on average at its worst: harmonic functions of the worst choices.

Where a step is affine once nature's choices are made, as in a Markov chain whose probabilities are
nature's within bounds, fix the choices at ends of their bounds. A function g with g(F(x)) = g(x)
there is harmonic for that chain; if no other choice makes g(F(x)) greater, g never exceeds what it
is at the seed (a supermartingale; Puterman, Markov Decision Processes, 1994, section 7.2). Which
ends are the worst is tried, and the half-space is a candidate like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import z3

from checker.invariants.eigenfunctions import eigenfunctions
from checker.invariants.preimages import ONE, HalfSpace, affine_pieces, region
from checker.system.problem import Problem
from checker.system.region import Region
from checker.system.seeds import exact_corners

MOST_CORNERS = 16
"""Corners of the choices that are tried, those with all choices at one end first."""


def supermartingales(problem: Problem) -> Iterator[Region]:
    """Candidates: the domain of the agent, cut by one harmonic function of one corner of choices.

    Only for a problem composed to one step whose choices have constant bounds.
    """
    (step,) = problem.steps
    agent, choices = problem.agent, step.stage.choices
    ends = [(choice.low, choice.high) for choice in choices]
    if not choices or not all(z3.is_rational_value(end) for pair in ends for end in pair):
        return
    columns = [symbol.get_id() for symbol in agent.symbols]
    seeds = exact_corners(problem)
    seen: set[HalfSpace] = set()
    for corner in _corners(len(choices)):
        made = [
            (c.symbol, c.high if top else c.low) for c, top in zip(choices, corner, strict=True)
        ]
        outputs = [z3.simplify(z3.substitute(output, *made)) for output in step.stage.outputs]
        pieces = [affine_pieces(output) for output in outputs]
        branches = [piece for piece in pieces if piece is not None]
        if len(branches) < len(pieces):
            return
        for found in eigenfunctions(branches, columns, ONE):
            if found.scale != 1:
                continue
            for sign in (1, -1):
                half = _half_space([sign * value for value in found.row[:-1]], seeds)
                if half not in seen:
                    seen.add(half)
                    yield region(agent, [half])


def _corners(choices: int) -> Iterator[tuple[bool, ...]]:
    """Ends of the choices: all at the top, all at the bottom, then the others, up to so many."""
    yield (True,) * choices
    yield (False,) * choices
    others = itertools.product((True, False), repeat=choices)
    yield from itertools.islice((c for c in others if any(c) and not all(c)), MOST_CORNERS - 2)


def _half_space(row: Sequence[Fraction], seeds: Sequence[Sequence[Fraction]]) -> HalfSpace:
    """The half-space of the states at which a linear function is at most what it is at a seed."""
    scale = max(map(abs, row))
    scaled = tuple(value / scale for value in row)
    return HalfSpace(scaled, max(HalfSpace(scaled, Fraction(0)).at(seed) for seed in seeds))
