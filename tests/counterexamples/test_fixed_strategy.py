"""A loop whose choices are made is one run, at every value of its parameter."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from checker.backends.solver import QueryBudget
from checker.counterexamples.fixed_strategy import fix_strategy
from checker.system.parametric import ParametricProblem
from spec import I, Nature, Real
from tests.parameters.memories import Memory, Noise, claim


def divided(p: Noise) -> Memory[Any]:
    return Memory(error=p.noise / (p.noise + 1))


def chosen(p: Noise, nature: Nature) -> Memory[Any]:
    return Memory(error=nature.choose("first", at_most=p.noise) / (p.noise + 1))


def adds(error: Real, p: Noise, nature: Nature) -> Real:
    return error + nature.choose("slip", at_most=p.noise / 16)


@pytest.mark.parametrize("seed", [divided, chosen])
def test_the_run_begins_where_the_seed_is_at_its_value(
    seed: Callable[..., Memory[I]],
) -> None:
    """Also where the seed divides by the parameter, or nature chooses it up to the parameter."""
    parametric = ParametricProblem(claim(adds, "1/2", seed=seed), ("noise",))
    start = (Fraction(1),) * len(parametric.problem.seed_choices)
    cell = ((Fraction(1, 8), Fraction(1, 4)),)
    always = [[[Fraction(1)]]]
    loop = fix_strategy(parametric.starting(start), always, cell, QueryBudget(5.0))
    assert loop is not None
    for noise in (Fraction(1, 8), Fraction(1, 5)):
        run = loop.run((noise,), 100)
        assert run is not None
        assert run.seed["error"].low <= noise / (noise + 1) <= run.seed["error"].high
        iterations = (Fraction(1, 2) - noise / (noise + 1)) / (noise / 16)
        assert run.iteration == iterations // 1 + 1
