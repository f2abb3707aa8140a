"""Two steps share a tolerance in proportion to the slopes of a linear loop."""

from __future__ import annotations

import pytest

from checker import judge
from spec import Tolerances
from spec.statements.base import Answer
from tests.statements.memories import AtMost, F, halves


@pytest.mark.parametrize(("first", "second"), [(1, 3), (5, 1)])
def test_shares_of_a_linear_loop_are_in_proportion_to_its_slopes(first: int, second: int) -> None:
    """The fixed point is 2 (first slip + second blur): each tolerance is 1 / (4 slope)."""
    share = F(max(first, second), first + second)
    near, far = share - F(1, 20), share + F(1, 20)
    # an enclosure around the share itself cannot tell
    for wanted, expected in (
        (near, Answer.PROVED),
        (share, Answer.UNKNOWN),
        (far, Answer.REFUTED),
    ):
        statement = Tolerances(
            "t",
            halves(first, second),
            AtMost(),
            amplify="slip",
            distill="blur",
            perfect_amplify={"slip": 0},
            perfect_distill={"blur": 0},
            share=wanted,
        )
        assert judge(statement).answer is expected
