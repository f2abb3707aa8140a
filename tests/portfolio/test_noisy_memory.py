"""Verdicts on the noisy memory agree with an independent simulation."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest

from checker import decide
from examples.noisy_memory import Memory, MostlyRight, memory
from spec import Bool, Claim, Invariant
from spec.statements.base import Answer


def first_bad_iteration(noise: str, most: int) -> int | None:
    """Simulated in 60-digit decimals, far finer than any gap to the limit in these runs."""
    with localcontext() as context:
        context.prec = 60
        numerator, _, denominator = noise.partition("/")
        eps, error = Decimal(numerator) / Decimal(denominator), Decimal(0)
        for iteration in range(1, most + 1):
            wrong = 3 * error**2 - 2 * error**3
            error = eps * (1 - wrong) + (1 - eps) * wrong
            if error > Decimal("0.4"):
                return iteration
    return None


@pytest.mark.parametrize("noise", ["4/25", "6/37", "1/100", "16216216/100000000"])
def test_noise_up_to_six_thirty_sevenths_is_borne(noise: str) -> None:
    assert first_bad_iteration(noise, 2000) is None
    assert (
        decide(Claim("memory", memory, MostlyRight(), at={"noise": noise})).answer is Answer.PROVED
    )


@pytest.mark.parametrize("noise", ["9/50", "1/6", "163/1000", "1/2", "16217/100000"])
def test_more_noise_is_refuted_at_the_first_bad_iteration(noise: str) -> None:
    verdict = decide(Claim("memory", memory, MostlyRight(), at={"noise": noise}))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.iteration == first_bad_iteration(noise, 20_000)


def test_the_noisy_memory_approaches_one_half_without_reaching_it() -> None:
    class BelowHalf(Invariant):
        def holds(self, agent: Memory[Any]) -> Bool:
            return agent.error < "1/2"

    claim = Claim("memory", memory, BelowHalf(), at={"noise": "3/10"})
    assert decide(claim).answer in (Answer.PROVED, Answer.UNKNOWN)
    assert decide(claim).answer is Answer.PROVED
