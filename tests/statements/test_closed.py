"""Statements that a set is closed under a step agree with a grid."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from checker import check, judge
from spec import Claim, Closed, I, Nature, Real, minimum
from spec.statements.base import Answer
from tests.statements.memories import FEW, AtMost, F, Memory, Noise, loop


@FEW
@given(st.integers(-10, 10), st.integers(-10, 10), st.integers(0, 10), st.integers(1, 9))
def test_closure_agrees_with_a_grid(a: int, b: int, c: int, limit: int) -> None:
    most, grid = F(limit, 10), [F(n, 40) for n in range(41)]

    def image(error: Fraction) -> Fraction:
        return F(a, 10) * error**2 + F(b, 10) * error + F(c, 10)

    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        e = memory.error
        return Memory(error=F(a, 10) * e**2 + F(b, 10) * e + F(c, 10))

    verdict = judge(Closed("c", loop(step), AtMost(error=Real(most))))
    leaves = [e for e in grid if e <= most and not 0 <= image(e) <= most]
    assert verdict.answer in ([Answer.REFUTED] if leaves else [Answer.PROVED, Answer.REFUTED])
    if verdict.run is not None:
        start = verdict.run.seed["error"].low
        assert start <= most
        assert not 0 <= image(start) <= most


def test_what_is_kept_from_the_seed_need_not_be_closed() -> None:
    def grows(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=minimum(1, 2 * memory.error))

    check(Claim("kept", loop(grows), AtMost()))
    check(Closed("open", loop(grows), AtMost(), expected="refuted"))
