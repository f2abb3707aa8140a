"""Along parameters, a claim about a set of seeds is a claim about each of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.parameters.cell_checker import CellChecker
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import FoundThreshold
from checker.parameters.partition import explore
from checker.parameters.range_along import range_along
from checker.parameters.threshold import threshold
from checker.parameters.worst_seed import from_worst_seed
from checker.system.parametric import ParametricProblem
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    maximum,
    minimum,
    parameter,
)
from spec.statements.base import Answer
from tests.parameters.memories import SLOW

HALF = Fraction(1, 2)
QUERY = QueryBudget(5.0)


class Two(Agent[I]):
    x: Real = between(0, 1, "what is claimed to stay low")
    y: Real = between(0, 1, "what works on it")


class Low(Invariant):
    def holds(self, two: Two[Any]) -> Bool:
        return two.x <= "2/5"


class Spread(Parameters):
    spread: Real = parameter("1/5", 0, 1, "how far apart the seeds are")
    push: Real = parameter("1/10", 0, "1/2", "what each step adds")


Step = Callable[[Two[Any], Spread, Nature], Two[Any]]
Seed = Callable[..., Two[Low]]


def claim(seed: Seed, step: Step) -> Claim:
    loop = Loop[Spread, Two[Low]]("two", parameters=Spread, seed=seed, step=step)
    return Claim("two/low", loop, Low())


def along(parameter: str, seed: Seed, step: Step) -> ParametricProblem:
    return ParametricProblem(claim(seed, step), (parameter,))


def line(p: Spread, nature: Nature) -> Two[Low]:
    return Two(x=nature.choose("first", at_most=p.spread), y=Real(0))


def shared(p: Spread, nature: Nature) -> Two[Low]:
    """What is not in x is in y."""
    x = nature.choose("first", at_most=p.spread)
    return Two(x=x, y=p.spread - x)


def still(s: Two[I], p: Spread, nature: Nature) -> Two[I]:
    return s


def halve(s: Two[I], p: Spread, nature: Nature) -> Two[I]:
    return Two(x=s.x / 2, y=s.y / 2)


shares = st.fractions(0, 1, max_denominator=6)


@SLOW
@given(shares, shares, st.fractions(0, HALF, max_denominator=4), st.booleans())
def test_the_worst_seed_of_a_set_is_all_that_counts(
    a: Fraction, b: Fraction, base: Fraction, at_least: bool
) -> None:
    """Where more of both is worse, a scheme that begins at the greatest of both has the same
    threshold."""

    def step(s: Two[I], p: Spread, nature: Nature) -> Two[I]:
        slip = nature.choose("slip", at_most=p.push)
        return Two(x=minimum(1, a * s.x / 2 + b * s.y / 4 + slip), y=minimum(1, s.y * a / 2))

    def box(p: Spread, nature: Nature) -> Two[Low]:
        y = nature.choose("y", at_most=p.spread)
        return Two(x=nature.choose("x", at_least=base * y if at_least else 0, at_most=y), y=y)

    def corner(p: Spread) -> Two[Low]:
        return Two(x=p.spread, y=p.spread)

    for name in ("spread", "push"):
        assert from_worst_seed(along(name, box, step), QUERY).start is not None
        one, other = (threshold(claim(s, step), name, timeout=4.0) for s in (box, corner))
        if one.exact is not None and other.exact is not None:
            assert (one.exact, one.included) == (other.exact, other.included)
        for safe, unsafe in ((one.safe, other.unsafe), (other.safe, one.unsafe)):
            assert safe is not None
            assert unsafe is not None
            assert safe < unsafe


def moved(x: Any, y: Any, weights: Any, push: Any, most: Any, least: Any) -> tuple[Any, Any]:
    a, b, c, d = weights
    return most(0, least(1, a * x + b * y + push)), most(0, least(1, c * x + d * y))


@SLOW
@given(st.tuples(*[st.fractions(-1, 1, max_denominator=4)] * 4))
def test_cells_are_as_their_points(weights: Any) -> None:
    def step(s: Two[I], p: Spread, nature: Nature) -> Two[I]:
        slip = nature.choose("slip", at_most=p.push)
        x, y = moved(s.x, s.y, weights, slip, maximum, minimum)
        return Two(x=x, y=y)

    parametric = ParametricProblem(claim(shared, step), ("spread", "push"))
    checker, domain = CellChecker(parametric), parametric.domain
    boxes, _ = explore(checker, domain, domain, 60.0, most=24)
    for box in boxes:
        for spread, push in itertools.product(*box.cell):
            breaks = any(
                x > Fraction(2, 5)
                for first in range(5)
                for slip in (0, push)
                for x in followed(spread * first / 4, spread, slip, weights)
            )
            if box.decided.answer is Answer.PROVED:
                assert not breaks
            else:
                assert box.decided.answer is Answer.REFUTED
                found = decide(
                    parametric.claim, {"spread": spread, "push": push}, Options(attack=0)
                )
                assert found.answer is not Answer.PROVED


def followed(x: Fraction, spread: Fraction, slip: Any, weights: Any) -> Iterator[Fraction]:
    y = spread - x
    for _ in range(24):
        yield x
        x, y = moved(x, y, weights, slip, max, min)


def test_a_seed_within_the_set_may_be_the_worst() -> None:
    """From 2/5 the run is safe for ever, from 1/4 it breaks at once."""

    def bent(s: Two[I], p: Spread, nature: Nature) -> Two[I]:
        return Two(x=maximum(0, 2 * minimum(s.x, HALF - s.x)), y=s.y)

    assert from_worst_seed(along("spread", line, bent), QUERY).start is None
    found = CellChecker(along("spread", line, bent)).decide(((Fraction(2, 5),) * 2,))
    assert found.answer is not Answer.PROVED
    assert sides(threshold(claim(line, bent), "spread", timeout=2.0), Fraction(2, 5)) != {True}


def test_no_corner_of_the_choices_need_be_the_worst() -> None:
    """Of first (1 - first) the greatest is 1/4, where first is 1/2."""

    def hill(p: Spread, nature: Nature) -> Two[Low]:
        first = nature.choose("first", at_most=1)
        return Two(x=2 * p.spread * first * (1 - first), y=Real(0))

    assert from_worst_seed(along("spread", hill, still), QUERY).start is None
    found = threshold(claim(hill, still), "spread", timeout=4.0)
    assert found.safe is None or found.safe <= Fraction(4, 5)
    assert found.extent is not Extent.ALL


def test_of_a_linear_loop_no_seed_need_be_the_worst() -> None:
    """x is at most spread / 4 at first, and after an iteration half of what y is, at most spread /
    2; both at their greatest from different seeds."""

    def pair(p: Spread, nature: Nature) -> Two[Low]:
        first = nature.choose("first", at_most=p.spread)
        return Two(x=first / 4, y=p.spread - first)

    def swing(s: Two[I], p: Spread, nature: Nature) -> Two[I]:
        return Two(x=s.y / 2, y=s.x / 4)

    assert from_worst_seed(along("spread", pair, swing), QUERY).start is None
    found = threshold(claim(pair, swing), "spread")
    assert found.exact is not None
    assert found.exact.fraction == Fraction(4, 5)
    assert found.included


def sides(found: FoundThreshold, value: Fraction) -> set[bool]:
    """What a threshold says of a value."""
    return {
        each.answer is Answer.PROVED
        for each in found.ranges
        if each.low.high <= value <= each.high.low
    }


def test_a_field_that_leaves_its_domain_is_not_passed_over() -> None:
    """Of x alone is anything claimed, but from some seeds y grows beyond 1."""

    def wide(p: Spread, nature: Nature) -> Two[Low]:
        return Two(x=nature.choose("first", at_most=p.spread), y=nature.choose("y", at_most=HALF))

    def grows(s: Two[I], p: Spread, nature: Nature) -> Two[I]:
        return Two(x=s.x / 2, y=s.y * 2)

    assert from_worst_seed(along("spread", wide, grows), QUERY).start is None
    assert threshold(claim(wide, grows), "spread", timeout=10.0).extent is Extent.NONE


def test_of_a_set_that_is_empty_nothing_is_claimed() -> None:
    def some(p: Spread, nature: Nature) -> Two[Low]:
        return Two(x=nature.choose("first", at_least="1/10", at_most=p.spread), y=Real(0))

    parametric = along("spread", some, still)
    assert from_worst_seed(parametric, QUERY).start is None
    for cell, answer in {
        ("0", "1/20"): Answer.VACUOUS,
        ("1/20", "3/20"): Answer.UNKNOWN,
        ("1/10", "2/5"): Answer.PROVED,
        ("1/2", "1"): Answer.REFUTED,
    }.items():
        low, high = map(Fraction, cell)
        assert CellChecker(parametric).decide(((low, high),)).answer is answer
    found = threshold(claim(some, halve), "spread", timeout=20.0)
    answers = [(each.answer, each.low.fraction) for each in found.ranges]
    assert answers == [
        (Answer.VACUOUS, 0),
        (Answer.PROVED, Fraction(1, 10)),
        (Answer.REFUTED, Fraction(2, 5)),
    ]


def test_a_seed_of_the_set_outside_its_domain_breaks_the_claim() -> None:
    def out(p: Spread, nature: Nature) -> Two[Low]:
        return Two(x=nature.choose("first", at_most="1/5") - p.spread, y=Real(0))

    parametric = along("spread", out, still)
    assert from_worst_seed(parametric, QUERY).start is None
    for cell, answer in {
        ("1/100", "1/10"): Answer.REFUTED,
        ("1/2", "1"): Answer.REFUTED,
        ("0", "0"): Answer.PROVED,
    }.items():
        low, high = map(Fraction, cell)
        assert CellChecker(parametric).decide(((low, high),)).answer is answer
        assert decide(parametric.claim, {"spread": high}).answer is answer


@pytest.mark.parametrize("seed", [line, shared])
def test_check_tells_the_range_of_a_set(seed: Seed) -> None:
    found = range_along(claim(seed, still), decide(claim(seed, still)), "spread", Options())
    assert found.holds_at(Fraction(1, 5)) is True
    assert found.number is not None
    assert found.number.fraction == Fraction(2, 5)
