"""Weak and strong HCH asking by asking, and where pointers bear more than messages."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.strong_hch import (
    Asking,
    Copy,
    Messages,
    Person,
    Pointers,
    ask_afresh,
    ask_once,
    learn,
    mended,
    strong_hch,
    weak_hch,
)
from models.worlds.strong_hch import asked_afresh, asked_once, learned
from spec import I, Nature, Real, minimum
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)


def some_wrong(askings: list[Fraction]) -> Fraction:
    """P(one of these independent askings goes wrong): every outcome."""
    chance = Fraction(0)
    for outcome in product((True, False), repeat=len(askings)):
        weight = Fraction(1)
        for wrong, p in zip(outcome, askings, strict=True):
            weight *= p if wrong else 1 - p
        chance += weight if any(outcome) else 0
    return chance


@given(st.lists(SIXTIETHS, min_size=2, max_size=2), *[SIXTIETHS] * 3, st.integers(1, 3))
@FORTY
def test_askings_go_wrong_no_more_often_than_the_bounds(
    errors: list[Fraction], noticed: Fraction, redone: Fraction, unread: Fraction, uses: int
) -> None:
    """Two parts: asked at every use and read; or asked once, and read or not."""
    fixed = {"noticed": noticed, "redone": redone, "slip": Fraction(0)}
    left = 1 - noticed + noticed * redone
    copy: Any = Copy(capability=Real(1), error=Real(sum(errors, Fraction(0)) / 2))
    nature: Any = Given()
    messages = [left * error for error in errors for _ in range(uses)]
    weak = ask_afresh(copy, parameters_at(Messages, uses=uses, **fixed), nature)
    assert some_wrong(messages) <= number(weak.error)
    pointers = [(unread + (1 - unread) * left) * error for error in errors]
    strong = ask_once(copy, parameters_at(Pointers, unread=unread, **fixed), nature)
    assert some_wrong(pointers) <= number(strong.error)
    assert min(Fraction(1), sum(messages, Fraction(0))) == number(weak.error)
    assert min(Fraction(1), sum(pointers, Fraction(0))) == number(strong.error)


@given(SIXTIETHS, SIXTIETHS, SIXTIETHS, SIXTIETHS, st.integers(1, 4))
@FORTY
def test_pointers_bear_more_exactly_where_most_is_read(
    error: Fraction, noticed: Fraction, redone: Fraction, unread: Fraction, uses: int
) -> None:
    """y <= (u - 1)(1 - v) / v, as long as neither bound is cut off at 1."""
    fixed = {"noticed": noticed, "redone": redone, "slip": Fraction(0)}
    messages = parameters_at(Messages, uses=uses, **fixed)
    copy: Any = Copy(capability=Real(1), error=Real(error / 10))
    nature: Any = Given()
    weak = number(ask_afresh(copy, messages, nature).error)
    strong = number(ask_once(copy, parameters_at(Pointers, unread=unread, **fixed), nature).error)
    v = number(mended(messages))
    assume(v > 0 and error > 0)
    assert (strong <= weak) == (unread <= (uses - 1) * (1 - v) / v)


def comes_to(step: Callable[..., Any], parameters: Any, at: dict[str, Fraction]) -> Fraction:
    """What the error comes to in the worst run."""
    start = {"capability": Fraction(1), "error": Fraction(0)}
    run = worst_run(Copy, (step, learn), parameters, rounds=600, start=start, at=at)
    return run[-1]["error"]


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("hch", "name", "last", "outward"),
    [
        ((ask_afresh, Messages), "noticed", Fraction(31, 36), -1),
        ((ask_once, Pointers), "noticed", Fraction(55, 81), -1),
        ((ask_once, Pointers), "unread", Fraction(5, 27), 1),
    ],
)
def test_errors_stay_bounded_exactly_within_the_formula(
    hch: tuple[Callable[..., Any], Any], name: str, last: Fraction, outward: int, beyond: bool
) -> None:
    value = last + outward * Fraction(1 if beyond else -1, 1000)
    assert (comes_to(*hch, {name: value}) > LIMIT) == beyond


def remembered(copy: Copy[I], p: Messages, nature: Nature) -> Person[I]:
    """Copies that are asked the same again give the same answer."""
    left = (1 - mended(p)) * p.density * copy.error
    return Person(capability=copy.capability, error=minimum(1, p.slip + p.parts * left))


def all_read(copy: Copy[I], p: Pointers, nature: Nature) -> Person[I]:
    """Somebody reads whatever a pointer leads to."""
    left = (1 - mended(p)) * p.density * copy.error
    return Person(capability=copy.capability, error=minimum(1, p.slip + p.parts * left))


@pytest.mark.parametrize(
    ("scheme", "step", "concrete"),
    [(weak_hch, remembered, asked_afresh), (strong_hch, all_read, asked_once)],
)
def test_a_wrong_asking_is_refuted_by_a_world(
    scheme: Any, step: Callable[..., Any], concrete: Callable[..., Any]
) -> None:
    assert broken_world(scheme, "amplify", step, concrete, density="density") == "error"


def test_an_agent_that_never_departs_is_refuted_by_a_world() -> None:
    def perfect(person: Person[I], p: Asking, nature: Nature) -> Copy[I]:
        """The next agent answers as the person did."""
        nature.choose("departure", at_most=p.imitation_error)
        return Copy(capability=person.capability, error=person.error)

    assert broken_world(strong_hch, "distill", perfect, learned) == "error"
