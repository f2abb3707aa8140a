"""Thresholds of random schemes, held against an oracle that shares no code with the engines."""

from __future__ import annotations

from fractions import Fraction

import attrs
import pytest

from benchmarks.differential import edges
from benchmarks.differential.language import Free, claim_of
from benchmarks.differential.machines import Choice, Field, Kept, Machine, Step, name, term
from checker.backends.algebraic import rational
from checker.parameters.bracketing import BracketSearch
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import FoundThreshold, Range
from checker.parameters.pieces import Piece
from checker.parameters.threshold import threshold
from checker.report.words import describe
from checker.system.parametric import ParametricProblem
from spec.statements.base import Answer

SCHEMES, CHUNK = 24, 6
FREE = Free(edges.OPEN, Fraction(1, 4), Fraction(0), Fraction(1))


@pytest.mark.parametrize("first", range(0, SCHEMES, CHUNK))
def test_thresholds_and_oracle_agree(first: int) -> None:
    chunk = range(first, first + CHUNK)
    outcomes = [edges.judge_edges(number, timeout=0.2, most=15) for number in chunk]
    assert [(o.number, o.problem) for o in outcomes if o is not None and o.problem] == []


def leaning() -> Machine:
    """x' = x / 2 + open settles at 2 open, within 1 for all open up to 1/2."""
    step = Step((), (name("x") / 2 + name(edges.OPEN),))
    kept = (Kept(name("x"), Fraction(1)),)
    return Machine("leaning", (Field("x", high=Fraction(9)),), (Fraction(0),), (step,), kept)


def found_of(machine: Machine) -> FoundThreshold:
    return threshold(claim_of("leaning", machine, FREE), edges.OPEN, timeout=10)


def told(machine: Machine, found: FoundThreshold) -> str:
    return edges.contradiction(machine, FREE, found, 0, 60)[0]


def test_a_wrong_threshold_is_told() -> None:
    machine = leaning()
    found = found_of(machine)
    assert found.exact == rational(Fraction(1, 2))
    assert told(machine, found) == ""
    later = attrs.evolve(found, exact=rational(Fraction(3, 5)), safe=None, unsafe=None)
    assert "holds at" in told(machine, later)
    sooner = attrs.evolve(found, exact=rational(Fraction(2, 5)), safe=None, unsafe=None)
    assert "alone it is proved" in told(machine, sooner)
    assert "it says" in told(machine, attrs.evolve(found, rising=False))
    assert "breaks at 1/2" in told(machine, attrs.evolve(found, included=False))
    assert "holds at" in told(machine, attrs.evolve(found, extent=Extent.ALL))
    assert "breaks at" in told(machine, attrs.evolve(found, extent=Extent.NONE))


def test_wrong_ranges_are_told() -> None:
    machine, half = leaning(), rational(Fraction(1, 2))
    low, high = rational(Fraction(0)), rational(Fraction(1))
    found = attrs.evolve(found_of(machine), extent=Extent.PIECES, exact=None)

    def with_turn_included(included: bool) -> FoundThreshold:
        first = Range(low, half, True, included, Answer.PROVED)
        return attrs.evolve(
            found, ranges=(first, Range(half, high, not included, True, Answer.REFUTED))
        )

    assert told(machine, with_turn_included(True)) == ""
    assert "breaks at 1/2" in told(machine, with_turn_included(False))


def test_a_run_of_another_value_is_told() -> None:
    machine = leaning()
    found = found_of(machine)
    assert found.counterexample_at is not None
    elsewhere = attrs.evolve(found, counterexample_at=found.counterexample_at / 2)
    assert "the run at" in told(machine, elsewhere)


def test_a_number_stands_open_wherever_it_stands() -> None:
    quarter = Fraction(1, 4)
    step = Step((Choice("n", high=term(quarter)),), (name("x") * quarter + name("n") * 2,))
    machine = Machine("one", (Field("x"),), (quarter,), (step,))
    assert edges.numbers_in(machine) == [quarter, 2]
    opened = edges.mapped(machine, lambda n: name(edges.OPEN) if n == quarter else n)
    third = Fraction(1, 3)
    put = edges.at(opened, third)
    assert edges.numbers_in(put) == [third, 2]
    assert put.seed == (third,)
    assert put.steps[0].choices[0].high.args == (third,)


def test_what_is_divided_by_does_not_become_zero() -> None:
    for number in range(160):
        given = edges.opened(number, edges.OPEN)
        if given is None:
            continue
        machine, (free,) = given
        for value in (free.low, free.high):
            assert not edges.divides(edges.at(machine, value), Fraction(0))


@pytest.mark.parametrize(
    ("seed", "high", "means"), [("1/4", "1/8", True), ("2", "1/8", False), ("1/4", "-1/8", False)]
)
def test_a_seed_elsewhere_and_an_empty_choice_mean_nothing(
    seed: str, high: str, means: bool
) -> None:
    step = Step((Choice("n", high=term(Fraction(high))),), (name("x") / 2 + name("n"),))
    machine = Machine("one", (Field("x"),), (Fraction(seed),), (step,))
    assert edges.means_something(machine) is means


def test_what_is_left_may_be_anywhere() -> None:
    """An interval at the far end that no cell covers is not next to the threshold."""
    machine, (free,) = edges.opened(15124, edges.OPEN) or pytest.fail("nothing stands open")
    parametric = ParametricProblem(claim_of("a scheme", machine, free), (edges.OPEN,), {})
    search = BracketSearch(parametric, Fraction(1, 10), float("inf"), lambda text: None)
    good, bad = Fraction(-1, 6), Fraction(-1, 12)
    far, near = Fraction(-3, 4), Fraction(-1, 3)
    for start, apart in ((far, True), (near, False)):
        pieces = [
            Piece(far, Fraction(-1, 2), Answer.PROVED if start == near else Answer.UNKNOWN),
            Piece(Fraction(-1, 2), near, Answer.PROVED),
            Piece(near, good, Answer.UNKNOWN if start == near else Answer.PROVED),
            Piece(bad, Fraction(0), Answer.REFUTED),
        ]
        search.deadline = 0.0  # no cell is decided any more
        shown = search._both_sides(True, good, bad, pieces)
        assert shown.left > 0
        assert shown.apart is apart
        assert ("next to" in describe(shown)) is not apart
