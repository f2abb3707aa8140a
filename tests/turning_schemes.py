"""These schemes suit no box and no order, and are written again in plain Fractions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from checker.backends.evaluator import EXACT, compile_terms
from checker.system.problem import Problem
from checker.system.region import Box, Region
from spec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Real, between
from tests.plain_schemes import NoParameters


class Two(Agent[I]):
    x: Real = between(-2, 2)
    y: Real = between(-2, 2)


class One(Agent[I]):
    x: Real = between(0, 1)


State = tuple[Fraction, ...]
Test = Callable[[Any], Bool]


def claim_of(cls: Any, seed: Sequence[Fraction | str], step: Any, holds: Test) -> Claim:
    """A claim about a loop whose step takes the agent and nature and returns the fields."""
    names = ["x", "y"][: len(seed)]

    class Kept(Invariant):
        def holds(self, agent: Any) -> Bool:
            return holds(agent)

    def start(p: Any) -> Any:
        return cls(**{name: Real(value) for name, value in zip(names, seed, strict=True)})

    def move(s: Any, p: Any, nature: Any) -> Any:
        return cls(**dict(zip(names, step(s, nature), strict=True)))

    start.__annotations__ = {"p": NoParameters, "return": cls[Kept]}
    move.__annotations__ = {"s": cls[I], "p": NoParameters, "nature": Nature, "return": cls[I]}
    loop: Any = Loop[NoParameters, cls[Kept]](
        "loop", parameters=NoParameters, seed=start, step=move
    )
    return Claim("claim", loop, Kept())


def linear_claims() -> st.SearchStrategy[Claim]:
    """Claims about linear steps of two numbers, to one of which nature adds noise."""

    def claim(a: list[Fraction], noise: Fraction, limit: Fraction) -> Claim:
        def step(s: Any, nature: Any) -> list[Any]:
            drawn = nature.choose("n", at_least=-noise, at_most=noise)
            return [a[0] * s.x + a[1] * s.y + drawn, a[2] * s.x + a[3] * s.y]

        return claim_of(Two, ["0", "1/4"], step, lambda agent: agent.x <= limit)

    return st.builds(
        claim,
        st.lists(st.fractions(-1, 1, max_denominator=4), min_size=4, max_size=4),
        st.fractions(0, Fraction(1, 2), max_denominator=4),
        st.fractions(Fraction(1, 4), 2, max_denominator=4),
    )


def inside(box: Box, state: State) -> bool:
    return all(low <= value <= high for (low, high), value in zip(box, state, strict=True))


def satisfies(region: Region, problem: Problem, state: State) -> bool:
    """Whether a state is in the box and under the caps, in exact rationals."""
    terms = [term for term, _ in region.caps]
    program = compile_terms(problem.agent.symbols, (), terms).bind(EXACT)
    values, _, _ = program([EXACT.constant(value) for value in state], ())
    under = all(v <= EXACT.constant(cap) for v, (_, cap) in zip(values, region.caps, strict=True))
    return inside(region.box, state) and under


coefficient = st.fractions(-1, 1, max_denominator=5)
noise = st.fractions(0, Fraction(1, 4), max_denominator=8)
maps = st.tuples(*[st.tuples(coefficient, coefficient, coefficient, noise)] * 2)
Map = tuple[tuple[Fraction, ...], tuple[Fraction, ...]]


def language_step(both: Map) -> Any:
    def step(s: Any, nature: Any) -> list[Real]:
        found = []
        for name, (a, b, c, width) in zip("nm", both, strict=True):
            drawn = nature.choose(name, at_least=-width, at_most=width)
            found.append(s.x * a + s.y * b + s.x * s.y * c + drawn)
        return found

    return step


def plain_step(both: Map, state: State, drawn: Sequence[Fraction]) -> State:
    x, y = state
    return tuple(
        a * x + b * y + c * x * y + share * width
        for (a, b, c, width), share in zip(both, drawn, strict=True)
    )


def reached(both: Map, seed: State, depth: int) -> list[set[State]]:
    """All states by iteration, every choice at an end or in the middle."""
    shares = list(itertools.product((Fraction(-1), Fraction(0), Fraction(1)), repeat=2))
    levels = [{seed}]
    for _ in range(depth):
        levels.append({plain_step(both, s, share) for s in levels[-1] for share in shares})
    return levels


TURN = ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5)))


def turned(state: State, shrink: Fraction) -> State:
    return tuple(shrink * (a * state[0] + b * state[1]) for a, b in TURN)


def spiral(shrink: Fraction, limit: str, width: str = "0") -> Claim:
    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least="-" + width if width != "0" else 0, at_most=width)
        first, second = ((s.x * a + s.y * b) * shrink for a, b in TURN)
        return [first + n, second]

    return claim_of(Two, ["1", "0"], step, lambda agent: agent.x <= limit)


def shared_budget(s: Any, nature: Any) -> list[Real]:
    first = nature.choose("to x", at_most="1/4")
    second = nature.choose("to y", at_most="1/4" - first)
    return [s.x / 2 + first, s.y / 2 + second]
