"""Self-rewarding training: the preferred of two answers, outcome by outcome, and the exact gap."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import judge
from models.self_rewarding import SelfJudge, SelfRewarding, prefer, self_rewarding
from spec import Nature, Number, Real, Threshold
from spec.alignment import Reliable
from spec.statements.base import Answer
from tests.models.draws import FORTY, SIXTIETHS
from tests.support import number, parameters_at

LIMIT, SLIP, EPS = Fraction(1, 10), Fraction(1, 200), Fraction(1, 200)


def preferred(wrong: Fraction, misjudged: Fraction) -> Fraction:
    """Every outcome of: is each answer wrong, does the judge err."""
    total = Fraction(0)
    for first, second, errs in product((0, 1), repeat=3):
        weight = (wrong if first else 1 - wrong) * (wrong if second else 1 - wrong)
        weight *= misjudged if errs else 1 - misjudged
        total += weight if (first and second) or (first != second and errs) else 0
    return total


@given(st.lists(st.tuples(SIXTIETHS, SIXTIETHS), min_size=1, max_size=6))
@FORTY
def test_the_step_covers_every_set_of_questions(
    questions: list[tuple[Fraction, Fraction]],
) -> None:
    """Questions of any hardness and any judge; those mostly wrong are settled."""
    n = len(questions)
    table = [(x, v) if x <= Fraction(1, 2) else (None, v) for x, v in questions]
    now_open = sum(x for x, _ in table if x is not None) / n
    settled = Fraction(sum(x is None for x, _ in table), n)
    model: SelfJudge[Reliable] = SelfJudge(
        open=Real(Fraction(now_open)),
        settled=Real(settled),
        misjudged=Real(sum(v for _, v in table) / n),
    )
    after = prefer(model, parameters_at(SelfRewarding, human=0), Nature("prefer"))
    still = [(x, v) for x, v in table if x is not None and v <= Fraction(1, 2)]
    chosen = [preferred(x, v) for x, v in still]
    assert all(y <= x for y, (x, _) in zip(chosen, still, strict=True))
    assert Fraction(sum(chosen)) / n <= number(after.open)
    assert Fraction(n - len(still), n) <= number(after.settled)


def edge(kappa: Fraction, human: Fraction) -> Fraction:
    """The gap at which f + s = L is a fixed point of the recursion, solved by hand."""
    noise = EPS / 2 / (1 - kappa / 2) + (human * SLIP + EPS / 2) / (1 - kappa)
    unit = kappa * (5 - 3 * kappa) / ((1 - kappa) * (2 - kappa))
    return (1 - noise / LIMIT) / unit


@pytest.mark.parametrize("human", [Fraction(2, 5), Fraction(1, 2), Fraction(3, 4)])
def test_the_gap_is_the_one_worked_out_by_hand(human: Fraction) -> None:
    gap = edge(1 - human, human)
    at: dict[str, Number] = {"human": human, "seed_error": 0}
    statement = Threshold("t", self_rewarding, Reliable(), parameter="gap", value=gap, at=at)
    assert judge(statement).answer is Answer.PROVED
    for factor, keeps in ((Fraction(19, 20), True), (Fraction(21, 20), False)):
        assert stays(gap * factor, human) is keeps


def stays(gap: Fraction, human: Fraction) -> bool:
    """The worst run, in fractions rounded up, for a thousand rounds."""
    now_open = settled = misjudged = Fraction(0)
    kept = 1 - human
    for _ in range(1000):
        now_open, settled = (
            kept * (now_open + misjudged) / 2 + EPS / 2,
            kept * (settled + 2 * misjudged) + human * SLIP + EPS / 2,
        )
        now_open, settled = (Fraction(-(-x * 10**12 // 1), 10**12) for x in (now_open, settled))
        misjudged = gap * (now_open + settled)
        if now_open + settled > LIMIT:
            return False
    return True


@given(st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=20))
@FORTY
def test_the_edge_of_stability_is_where_the_determinant_vanishes(kappa: Fraction) -> None:
    """det(1 - kappa M) = 0 for M of the errors (open, settled), at gap (1-k)(2-k)/(k(5-3k))."""
    gap = (1 - kappa) * (2 - kappa) / (kappa * (5 - 3 * kappa))
    a, b = 1 - kappa * (1 + gap) / 2, -kappa * gap / 2
    c, d = -kappa * 2 * gap, 1 - kappa * (1 + 2 * gap)
    assert a * d - b * c == 0
    assert a > 0
