"""Best of n: by drawing all n answers, and on models drawn at random."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import log, prod, sqrt
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.best_of_n import (
    Draws,
    distance_of,
    divergence,
    next_better,
    promised,
    worse_than_all,
)
from spec import Nature
from tests.models.draws import SIXTY
from tests.models.given_choices import Given
from tests.support import number, parameters_at

MODELS = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(
    lambda weights: [Fraction(w, sum(weights)) for w in weights]
)


def best_of(model: list[Fraction], draws: int) -> list[Fraction]:
    """P(each answer is the best of so many), over all that may be drawn."""
    given = [Fraction(0)] * len(model)
    for drawn in product(range(len(model)), repeat=draws):
        given[max(drawn)] += prod(model[i] for i in drawn)
    return given


@SIXTY
@given(MODELS, st.integers(1, 4))
def test_the_best_of_n_against_all_draws(model: list[Fraction], draws: int) -> None:
    p = parameters_at(Draws, draws=draws)
    answer: Any = worse_than_all(p)
    left = Fraction(1)
    for drawn, chosen in zip(model, best_of(model, draws), strict=True):
        nature = cast(Nature, Given(probability_of_the_next_answer=drawn / left))
        answer = next_better(answer, p, nature)
        assert number(answer.drawn) == drawn
        assert number(answer.given) == chosen <= draws * drawn
        left -= drawn


@SIXTY
@given(MODELS, st.integers(1, 40))
def test_no_model_is_further_than_the_formula(model: list[Fraction], draws: int) -> None:
    """The bound for models of any answers, in floats."""
    total, below = 0.0, Fraction(0)
    for drawn in model:
        given = (below + drawn) ** draws - below**draws
        below += drawn
        total += float(given) * log(given / drawn)
    assert total <= log(draws) - (draws - 1) / draws + 1e-9


@pytest.mark.parametrize(("draws", "kinds"), [(1, 5), (2, 10), (3, 7), (16, 50)])
def test_the_divergence_against_floats(draws: int, kinds: int) -> None:
    masses = [(i / kinds) ** draws - ((i - 1) / kinds) ** draws for i in range(1, kinds + 1)]
    expected = sum(c * log(c * kinds) for c in masses)
    found = divergence(draws, kinds)
    assert float(found.low) == pytest.approx(expected, abs=1e-9)
    assert 0 <= found.high - found.low <= Fraction(1, 10**15)
    formula = log(draws) - (draws - 1) / draws
    assert float(promised(draws).low) == pytest.approx(formula, abs=1e-12)
    assert float(distance_of(draws).high) == pytest.approx(sqrt(formula), abs=1e-12)


def test_the_best_number_of_draws_among_many() -> None:
    """With alpha = 1, beta = 1/4, of all n up to a thousand."""

    def reward(n: int) -> float:
        d = sqrt(log(n) - (n - 1) / n)
        return d * (1 - d / 4)

    assert max(range(1, 1000), key=reward) == 147
