"""Provers that lead, strategy by strategy, and verifiers that do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.who_leads import (
    Commitment,
    ProofTest,
    nothing_said,
    nothing_tested,
    prover_leads,
    verifier_leads,
)
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.support import number, parameters_at

PIECES = 10
"""Claims, each true or false, and of each the prover says one thing or another."""


def splits(total: int, messages: int) -> Iterator[tuple[int, ...]]:
    """Every way to say so many things of so many claims."""
    if messages == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in splits(total - first, messages - 1):
            yield (first, *rest)


@pytest.mark.parametrize("messages", [1, 2, 3])
@pytest.mark.parametrize("false", range(PIECES + 1))
def test_whatever_gets_the_most_accepted_tells_nothing(false: int, messages: int) -> None:
    """Every strategy of the prover, and the verifier's best answer to it."""
    true = PIECES - false
    found = []
    for of_true in splits(true, messages):
        for of_false in splits(false, messages):
            heard = list(zip(of_true, of_false, strict=True))
            accepted = sum(t + f for t, f in heard if f <= t)
            found.append((accepted, sum(min(t, f) for t, f in heard)))
    most = max(accepted for accepted, _ in found)
    assert {wrong for accepted, wrong in found if accepted == most} == {min(true, false)}
    if messages > 1:
        assert most == min(PIECES, 2 * true)
        assert min(wrong for _, wrong in found) == 0


@given(SIXTIETHS, SIXTIETHS, SIXTIETHS, st.sampled_from([0, 1]))
@FORTY
def test_the_step_is_the_game(
    false: Fraction, of_true: Fraction, of_false: Fraction, plays_best: int
) -> None:
    nature: Any = Given(
        claims_that_are_false=false,
        true_claims_of_which_it_says_so=of_true,
        false_claims_of_which_it_says_so=of_false,
    )
    p = parameters_at(Commitment, plays_best=plays_best)
    nothing: Any = nothing_said(p)
    gain = number(prover_leads(nothing, p, nature).gain)
    true = 1 - false
    heard = [
        (true * of_true, false * of_false),
        (true * (1 - of_true), false * (1 - of_false)),
    ]
    accepted = sum((t + f for t, f in heard if f <= t), Fraction(0))
    gained = min(true, false) - sum((min(t, f) for t, f in heard), Fraction(0))
    assert gained >= 0
    best = accepted >= min(Fraction(1), 2 * true)
    assert gain == (gained if best or not plays_best else 0)


@given(SIXTIETHS, SIXTIETHS, SIXTIETHS)
@FORTY
def test_a_verifier_that_leads_is_wrong_where_proofs_mislead(
    false: Fraction, fooled: Fraction, unconvinced: Fraction
) -> None:
    """Every claim: is it false, and does its proof pass?"""
    wrong = Fraction(0)
    for is_false in (True, False):
        for passes in (True, False):
            chance = false if is_false else 1 - false
            passing = fooled if is_false else 1 - unconvinced
            chance *= passing if passes else 1 - passing
            wrong += chance * (is_false == passes)
    p = parameters_at(ProofTest, false_share=false, fooled=fooled, unconvinced=unconvinced)
    nothing: Any = nothing_tested(p)
    nature: Any = Given()
    assert number(verifier_leads(nothing, p, nature).gain) == min(false, 1 - false) - wrong
