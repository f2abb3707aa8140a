"""Questions taken apart: by tests, and by bounds on quotients."""

from __future__ import annotations

import re
import time

import pytest
from cvc5 import Term

from recheck.parts.cases import impossible
from recheck.parts.quotients import with_bounds_on_quotients, without_quotients
from recheck.terms import Reader, conjuncts


def read(*texts: str) -> list[Term]:
    reader = Reader()
    symbols = [reader.declare(name, "Real") for name in "xyz"]
    return conjuncts(reader.read(text, symbols) for text in texts)


def shown(*texts: str) -> bool:
    return impossible(read(*texts), time.monotonic() + 20)


UNIT = ["(<= 0.0 x)", "(<= x 1.0)", "(<= 0.0 y)", "(<= y 1.0)", "(<= 0.0 z)", "(<= z 1.0)"]
MIXED = "(+ (* x y) (* (- 1.0 x) z))"
HUMP = "(* x (- 1.0 x))"
LEAST = "(ite (<= x y) x y)"


@pytest.mark.parametrize(
    "conditions",
    [
        [f"(> {MIXED} 1.0)"],
        [f"(> {MIXED} (ite (<= y z) z y))"],
        [f"(< {MIXED} {LEAST})", "(<= y z)", "(<= x y)"],
        [f"(> {LEAST} x)"],
        [f"(> {HUMP} (/ 1.0 4.0))"],
        ["(< x y)", "(> (* z (/ x y)) z)"],
    ],
)
def test_what_cannot_be_is_shown(conditions: list[str]) -> None:
    assert shown(*UNIT, *conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        [f"(> {MIXED} (/ 999.0 1000.0))"],
        [f"(>= {MIXED} 1.0)"],
        [f"(< {MIXED} (ite (<= y z) z y))"],
        [f"(> {HUMP} (/ 24.0 100.0))"],
        [f"(> {LEAST} (/ 999.0 1000.0))"],
        ["(< (* x y) (ite (<= x y) 0.0 z))"],  # only where the test is false
        ["(< (* x y) (ite (<= x y) z 0.0))"],
        ["(< x y)", "(> (* z (/ x y)) (/ 1.0 2.0))"],
        ["(< y x)", "(> (/ x y) 100.0)"],
        ["(= y 0.0)", "(> (/ x y) 5.0)"],  # a quotient by zero is any number
        ["(< (* x y) (* z z))", "(> (* x z) (* y y))"],  # x is in two conditions
    ],
)
def test_what_can_be_is_not_said_to_be_impossible(conditions: list[str]) -> None:
    assert not shown(*UNIT, *conditions)


def _known_of_a_quotient(conditions: list[Term]) -> set[str]:
    plain = without_quotients(conditions)
    more = [str(each) for each in with_bounds_on_quotients(conditions) if each not in plain]
    return {re.sub(r"\|quotient \d+\|", "q", each) for each in more}


def test_of_a_quotient_only_what_follows_is_added() -> None:
    """Where x < y, the quotient x/y is less than 1 if y is above 0, and else it need not be."""
    below, used = "(< x y)", "(>= (/ x y) z)"
    known = _known_of_a_quotient(read(*UNIT, "(> y 0.0)", below, used))
    assert known >= {"(not (>= q 1.0))", "(>= q 0.0)"}
    unsigned = _known_of_a_quotient(read("(<= (- 1.0) x)", "(<= x 1.0)", below, used))
    assert "(not (>= q 1.0))" not in unsigned
