"""Each shared invariant bounds its field and stands on the page of invariants."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import z3

from spec import Invariant, Real, alignment
from spec.alignment import (
    Calibrated,
    Honest,
    Informed,
    NonColluding,
    Reliable,
    SandbaggingFree,
    Secure,
    WorstCaseBenign,
)


@pytest.mark.parametrize(
    ("invariant", "field"),
    [
        (Honest(), "deception"),
        (Reliable(), "error"),
        (Secure(), "exposure"),
        (Calibrated(), "miscalibration"),
        (Informed(), "withheld"),
        (NonColluding(), "collusion"),
        (WorstCaseBenign(), "worst_malign"),
        (SandbaggingFree(), "held_back"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_invariant_bounds_its_field_and_nothing_else(invariant: Invariant, field: str) -> None:
    class Only:
        def __init__(self, number: Fraction) -> None:
            setattr(self, field, Real(number))

    limit = Fraction(1, 100 if field == "exposure" else 10)
    for number, holds in ((limit, True), (limit + Fraction(1, 10**9), False)):
        assert z3.is_true(z3.simplify(invariant.holds(Only(number)).term)) == holds


def test_the_page_lists_every_shared_invariant() -> None:
    page = Path("docs/reference/invariants.md").read_text("utf-8")
    shared = [
        thing
        for thing in vars(alignment).values()
        if isinstance(thing, type) and issubclass(thing, Invariant) and thing is not Invariant
    ]
    assert len(shared) > 5
    assert not [one.__name__ for one in shared if f"`{one.__name__}`" not in page]
