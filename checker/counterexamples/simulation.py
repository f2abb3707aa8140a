"""Runs that are drawn, not looked for: nature chooses at random, at an end, or as one is told.

A simulation shows what can happen and proves nothing. It is replayed in the arithmetic of
counterexamples, so what it shows is exact.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import z3

from checker.backends.comparison import comparison_in
from checker.backends.evaluator import EXACT, FLOATS, UNDEFINED, compile_terms
from checker.counterexamples.random_search import split
from checker.system.problem import Problem, numeral_value
from checker.system.replay import EXACT_BITS, Run, Units, as_fraction, replay, size_in_bits
from checker.system.seeds import Point, begun, corners
from spec.errors import SpecError, alternatives

GRAIN = 64
"""Parts of a choice's range among which a random choice is drawn."""
CORNERS = 256
"""Constant corners of nature's choices that are tried for the worst."""


class Nature(Enum):
    """How nature chooses within its bounds."""

    RANDOM = "random"
    """Uniformly, anew at every step."""
    LEAST = "least"
    """The low end of every choice."""
    GREATEST = "greatest"
    """The high end of every choice."""
    WORST = "worst"
    """The ends of the choices, the same in all rounds, that come nearest to breaking the claims."""


@attrs.frozen
class Simulation:
    """A run, and the round by whose end it first breaks each claim that it breaks.

    Args:
        run: the run, all of whose steps are kept.
        breaks: the first round that breaks a claim, by the claim's name.
    """

    run: Run
    breaks: Mapping[str, int]


def simulate(
    claims: Mapping[str, Problem],
    nature: Nature,
    rounds: int,
    draw: int = 0,
    by_hand: Mapping[str, Fraction] | None = None,
) -> Simulation:
    """One run of so many rounds, or until it leaves a field's domain.

    Args:
        claims: the claims about the scheme, posed at the same parameters, by name.
        nature: how nature chooses.
        rounds: how many iterations.
        draw: the number of a random run: the same number gives the same run.
        by_hand: choices that take one value throughout, by name.

    Raises:
        SpecError: for a choice that no step has, a value outside its bounds, a division by zero, or
            a comparison that stays undecided.
    """
    by_hand = by_hand or {}
    start = _start(list(claims.values()), nature, rounds, draw, by_hand)
    claims = {name: begun(claimed, start) for name, claimed in claims.items()}
    problem = next(iter(claims.values()))
    loop = _unclaimed(problem)
    units = _units(list(claims.values()), nature, rounds, draw)
    if by_hand:
        units = _by_hand(loop, units, by_hand, rounds)
    run = replay(loop, units, rounds, kept=rounds)
    if run is None:
        raise SpecError("a comparison in this run stays undecided at the greatest precision", "")
    breaks = {}
    for name, claimed in claims.items():
        broken = replay(claimed, units, run.iteration)
        if broken is not None and broken.broken is not None and not broken.left_domain:
            breaks[name] = broken.iteration
    return Simulation(run, breaks)


def _unclaimed(problem: Problem) -> Problem:
    """The loop of a problem with nothing claimed of it but the fields' domains."""
    positions = problem.traced.positions
    return attrs.evolve(problem, clauses={p.name: problem.domain(p) for p in positions})


def _widths(problem: Problem) -> list[int]:
    return [len(step.stage.choices) for step in problem.steps]


def _start(
    claims: Sequence[Problem],
    nature: Nature,
    rounds: int,
    draw: int,
    by_hand: Mapping[str, Fraction],
) -> Point:
    """Where in the set of seeds the run begins; nowhere in particular where there is one seed."""
    problem = claims[0]
    width = len(problem.seed_choices)
    if nature is Nature.RANDOM:
        units = _drawn(width, f"{draw} seed")
    elif nature is Nature.WORST and width:
        margins = {
            corner: _worst_corner([begun(claimed, corner) for claimed in claims], rounds)[0]
            for corner in corners(problem)
        }
        units = list(max(margins.items(), key=lambda pair: pair[1])[0])
    else:
        units = [Fraction(nature is not Nature.LEAST)] * width
    for index, choice in enumerate(problem.seed_choices):
        if choice.name in by_hand:
            ends = [
                begun(problem, [*units[:index], end, *units[index + 1 :]]).began[index].value
                for end in (Fraction(0), Fraction(1))
            ]
            low, high = map(numeral_value, ends)
            units[index] = _unit(choice.name, by_hand[choice.name], (low, high - low), 0)
    return tuple(units)


def _units(claims: Sequence[Problem], nature: Nature, rounds: int, draw: int) -> Units:
    widths = _widths(claims[0])
    if nature is Nature.RANDOM:
        return lambda iteration, stage: _drawn(widths[stage], f"{draw} {iteration} {stage}")
    if nature is Nature.WORST:
        _, corner = _worst_corner(claims, rounds)
        return lambda iteration, stage: corner[stage]
    end = Fraction(nature is Nature.GREATEST)
    return lambda iteration, stage: [end] * widths[stage]


def _drawn(width: int, key: str) -> list[Fraction]:
    generator = random.Random(key)
    return [Fraction(generator.randint(0, GRAIN), GRAIN) for _ in range(width)]


def _worst_corner(claims: Sequence[Problem], rounds: int) -> tuple[float, list[list[Fraction]]]:
    """The constant corner at which the claims' conditions come nearest to failing, in floats, and
    how near: what is positive breaks."""
    widths = _widths(claims[0])
    total = sum(widths)
    ends = np.array(list(itertools.islice(itertools.product((1.0, 0.0), repeat=total), CORNERS)))
    agent = claims[0].agent
    margins = compile_terms(agent.symbols, (), list(_margins(claims))).bind(FLOATS)
    programs = [step.program.bind(FLOATS) for step in claims[0].steps]
    state: list[Any] = [np.full(len(ends), float(value)) for value in claims[0].seed_in(FLOATS)]
    worst = np.full(len(ends), -np.inf)
    with np.errstate(all="ignore"):
        for _ in range(rounds):
            start = 0
            for step, program, width in zip(claims[0].steps, programs, widths, strict=True):
                outputs, _, _ = program(state, ends.T[start : start + width])
                start += width
                fields = outputs[: len(step.target.fields)]
                state = [np.broadcast_to(np.asarray(v, float), len(ends)) for v in fields]
            for margin in margins(state, ())[0]:
                worst = np.fmax(worst, np.broadcast_to(np.asarray(margin, float), len(ends)))
    row = int(np.nanargmax(worst))
    return float(worst[row]), split(ends[row], widths)


def _margins(claims: Sequence[Problem]) -> Iterator[z3.ArithRef]:
    """How far each claimed comparison is from failing: negative where it holds."""
    for problem in claims:
        for clause in problem.claimed(problem.agent):
            said = comparison_in(clause.condition)
            if said is not None:
                yield said.low - said.high


def _by_hand(
    problem: Problem, otherwise: Units, chosen: Mapping[str, Fraction], rounds: int
) -> Units:
    """Units at which the named choices take their values along the run that they produce."""
    known = dict.fromkeys(c.name for step in problem.steps for c in step.stage.choices)
    known |= dict.fromkeys(each.choice.name for each in problem.began)
    for name in chosen:
        if name not in known:
            there = alternatives(known, name)
            raise SpecError(f'nature has no choice "{name}"; there is {there}', "")
    programs = [step.program.bind(EXACT) for step in problem.steps]
    state = problem.seed_in(EXACT)
    plan: dict[tuple[int, int], list[Fraction]] = {}
    for iteration in range(1, rounds + 1):
        for stage, (step, program) in enumerate(zip(problem.steps, programs, strict=True)):
            units = list(otherwise(iteration, stage))
            for index, choice in enumerate(step.stage.choices):
                if choice.name in chosen:
                    _, lows, widths = program(state, _exactly(units, index))
                    ends = lows[index], widths[index]
                    units[index] = _unit(choice.name, chosen[choice.name], ends, iteration)
            plan[iteration, stage] = units
            state = program(state, _exactly(units))[0][: len(step.target.fields)]
            if UNDEFINED in state or size_in_bits(state) > EXACT_BITS:
                return _cut_short(plan, iteration, rounds)
    return lambda iteration, stage: plan[iteration, stage]


def _exactly(units: Sequence[Fraction], low: int | None = None) -> list[Any]:
    """The units as the back end has them; one choice at its low end."""
    return [EXACT.constant(Fraction(0) if i == low else unit) for i, unit in enumerate(units)]


def _unit(name: str, value: Fraction, ends: tuple[Any, Any], iteration: int) -> Fraction:
    low, width = as_fraction(ends[0]), as_fraction(ends[1])
    if not low <= value <= low + width:
        place = f"at iteration {iteration}" if iteration else "in the seed"
        raise SpecError(
            f"nature cannot choose {name} = {value} {place}: its bounds there are "
            f"{low} and {low + width}",
            "",
        )
    return (value - low) / width if width else Fraction(0)


def _cut_short(
    plan: Mapping[tuple[int, int], Sequence[Fraction]], iteration: int, rounds: int
) -> Callable[[int, int], Sequence[Fraction]]:
    """The plan so far, if the run needs no more of it.

    Raises:
        SpecError: when it does, and the exact state has outgrown what is carried on.
    """
    if iteration < rounds:
        raise SpecError(
            f"values chosen by hand are followed exactly, and after {iteration} rounds the state "
            f"has more digits than that; use --rounds {iteration}",
            "",
        )
    return lambda iteration, stage: plan[iteration, stage]
