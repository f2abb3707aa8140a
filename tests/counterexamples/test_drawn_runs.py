"""A random search finds a break and shrinks it."""

from __future__ import annotations

from checker.counterexamples.drawn_runs import draw
from checker.system.problem import pose
from spec import Claim, I, Nature, minimum
from tests.plain_schemes import Half, NoParameters, Tiny, tiny_loop


def test_hypothesis_finds_and_shrinks_a_break() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x + nature.choose("n", at_most="1/4")))

    found = draw(pose(Claim("drift", tiny_loop(step), Half())), 6, 200)
    assert found is not None
    run, plan = found
    assert run.iteration == 3  # 1/4 + 1/4 is still within 1/2
    assert len(plan) == 3
