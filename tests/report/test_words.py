"""Facts, labels and certificates are put into the words that people read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from checker.contracts.findings import Contract, Finding, Fulfilment, ToldApart
from checker.invariants.uninterpreted import FiniteModel, Member, Relation
from checker.portfolio.engine import Need
from checker.report import contracts, uninterpreted
from checker.report.certificate import bounds_at, method_of
from checker.report.engines import NEEDS
from checker.report.runs import run_lines
from checker.report.words import amount, describe, detail, move, shortest
from checker.system.findings import AssumptionFails, AssumptionsContradict, Blocked, Method
from checker.system.obligations import LIMITS, OVERSIGHT, SEED, Duty, Label
from checker.system.problem import Bound
from checker.system.replay import (
    EXACT_ARITHMETIC,
    Arithmetic,
    ArithmeticKind,
    Enclosure,
    Run,
    TraceStep,
)
from checker.system.verdict import Blame, Proof, Shortest, Stated

REGISTERED = (contracts, uninterpreted)
"""Importing these modules gives their facts words."""


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (SEED, "(i) seed"),
        (OVERSIGHT, "(ii) smart enough"),
        (LIMITS, "(iv) limits"),
        (Label(Duty.PRESERVATION, "amplify", 2), "(ii) amplify"),
        (Label(Duty.PRESERVATION, "distill", 3), "(iii) distill"),
        (Label(Duty.PRESERVATION, "rewrite", 2), "(ii) rewrite"),
        (Label(Duty.WELL_DEFINED, "distill", 3), "(iii) distill is well defined"),
        (Label(Duty.PREFIX, number=4), "prefix of 4 iterations"),
        (Label(Duty.INDUCTION, number=2), "2-induction step"),
    ],
    ids=str,
)
def test_obligations_are_numbered_as_in_the_list_of_them(label: Label, text: str) -> None:
    assert describe(label) == text


def test_blame_names_the_obligation_and_the_iteration() -> None:
    assert describe(Blame(SEED)) == "(i) seed"
    assert describe(Blame(OVERSIGHT, 9)) == "(ii) smart enough, at iteration 9"


def test_every_method_has_words_of_its_own() -> None:
    texts = {method: describe(method) for method in Method}
    assert all(texts.values())
    assert not [text for text in texts.values() if text.startswith("Method.")]
    assert texts[Method.BOUNDED_MODEL_CHECKING] == "bounded model checking"
    assert texts[Method.POLYHEDRON] == "inductive polyhedron"
    assert texts[Method.POST_FIXPOINT] == texts[Method.WORST_RUN] == "monotone comparison"


def test_a_method_is_told_with_the_numbers_of_its_certificate() -> None:
    half = Bound("x", "<=", Fraction(1, 2))
    two = Stated(boxes={"agent": ((half,), (Bound("x", ">=", Fraction(3, 4)),))})
    five = Stated(boxes={"agent": ((half,),) * 5}, bounds={"agent": (half,)})
    for method, stated, text in (
        (Method.BOX_UNION, two, "union of 2 boxes"),
        (Method.K_INDUCTION, Stated(depth=3), "3-induction"),
        (Method.RETURN, Stated(prefix=8, returns=5), "iteration 8 is back within iteration 5"),
        (
            Method.LIMITS,
            Stated(whole_iterations=True),
            "the limits are inductive of whole iterations",
        ),
        (Method.POLYHEDRON, Stated(), "inductive polyhedron"),
    ):
        assert method_of(Proof(method, stated)) == text
    assert bounds_at(two, "agent") == ["x <= 1/2, or x >= 3/4"]
    assert bounds_at(five, "agent") == ["one of 5 boxes, all within", "x <= 1/2"]


def test_arithmetic_is_told_with_its_precision() -> None:
    assert describe(EXACT_ARITHMETIC) == "exact"
    assert describe(Arithmetic(ArithmeticKind.BALLS, 256)) == "balls of 256 bits"
    assert describe(Arithmetic(ArithmeticKind.TWO_ENDED, 64)) == "two-ended balls of 64 bits"


def test_it_is_said_whether_a_shorter_run_was_ruled_out() -> None:
    proved = {Shortest.NONE_SHORTER, Shortest.CLEAR_BEFORE, Shortest.WORST_RUN_CLEAR}
    for member in Shortest:
        assert shortest(member, 9).startswith("proved: ") == (member in proved)
    assert shortest(Shortest.CLEAR_BEFORE, 9) == "proved: all runs are clear for 8 iterations"
    assert shortest(Shortest.CLEAR_BEFORE, 2) == "proved: all runs are clear for 1 iteration"


def test_assumptions_are_told_by_name_and_text() -> None:
    fails = AssumptionFails("odd_copies", "The copies are odd.")
    assert "odd_copies fails" in describe(fails)
    assert describe(fails).endswith("The copies are odd.")
    torn = AssumptionsContradict(("The slip is small.", "The slip is large."))
    assert describe(torn).endswith("contradict each other: The slip is small.; The slip is large.")


def test_what_blocks_a_proof_is_told_with_its_values() -> None:
    blocked = Blocked(LIMITS, "Half", fails=True, values={"agent.x": Fraction(2, 3)})
    assert describe(blocked) == "(iv) limits, Half fails at agent.x = 2/3"
    assert describe(Blocked(LIMITS, "Half", fails=False)) == "(iv) limits, Half is undecided"


def test_fields_that_make_no_difference_are_named() -> None:
    agents = {"regret": Fraction(0)}, {"regret": Fraction(1)}
    for idle, tail in (
        (("regret",), "; its regret alone makes no difference"),
        (("error", "regret"), "; its error, regret alone make no difference"),
        ((), " cannot"),
    ):
        evidence = ToldApart(agents, {"wrong": Fraction(0)}, idle)
        finding = Finding(Contract.CONSULTS, Fulfilment.HOLDS, evidence)
        assert describe(finding).startswith("holds: amplify consults the agent: ")
        assert describe(finding).endswith(tail)


def test_a_counter_model_is_told_by_its_run_and_its_members() -> None:
    start, expert, end = (Member(cls, n) for cls, n in (("A", 1), ("E", 1), ("A", 2)))
    relations = {
        start: (Relation("good", holds=True), Relation("amplify", holds=True, other=expert)),
        end: (Relation("good", holds=False),),
    }
    assert list(detail(FiniteModel((start, expert, end), relations, 1))) == [
        "A 1 -> E 1 -> A 2",
        "A 1: good, amplify E 1",
        "A 2: not good",
        "the invariant fails after 1 iteration",
    ]


def exactly(value: str) -> Enclosure:
    return Enclosure(Fraction(value), Fraction(value))


def nearly(value: str, within: str = "1e-18") -> Enclosure:
    return Enclosure(Fraction(value) - Fraction(within), Fraction(value) + Fraction(within))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (exactly("21527/100000"), "0.21527"),
        (exactly("1/200"), "0.005"),
        (exactly("1/3"), "1/3"),
        (exactly("3"), "3"),
        (exactly("2675900/4703391"), "0.5689..."),
        (exactly("500000000001/10000000000000"), "0.05000..."),  # beyond 1/20, and marked so
        (nearly("0.234742918"), "0.234743"),
        (nearly("9/50"), "0.18"),
        (nearly("0.0500000000025"), "0.0500000000025"),
        (nearly("0.19999999"), "0.19999999"),
        (nearly("0.2000000000000001"), "0.200000..."),
        (nearly("0.1999999999999999"), "0.199999..."),
    ],
)
def test_a_number_of_a_run_is_a_decimal_on_the_right_side_of_a_limit(
    value: Enclosure, text: str
) -> None:
    assert amount(value) == text


def test_a_move_has_the_digits_that_tell_its_ends_apart() -> None:
    assert move(exactly("1/200"), exactly("3/200")) == ("0.005", "0.015")
    assert move(nearly("0.12345671"), nearly("0.12345674")) == ("0.12345671", "0.12345674")
    assert move(exactly("1000001/9000000"), exactly("1000003/9000000")) == (
        "0.111111222222...",
        "0.111111444444...",
    )
    assert move(nearly("1/9"), nearly("1/9", "1e-19")) is None


NEARLY_NOTHING = "nothing changes in the first twelve digits"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (exactly("1/3"), exactly("1/3"), "nothing changes"),
        (exactly(f"{2**60 - 1}/{2**60}"), exactly(f"{2**61 - 1}/{2**61}"), NEARLY_NOTHING),
        (nearly("1/9"), nearly("1/9", "1e-19"), NEARLY_NOTHING),
        (nearly("1/9"), nearly("1/9"), NEARLY_NOTHING),  # no run is known to rest in a ball
    ],
)
def test_only_what_is_known_to_rest_is_said_not_to_change(
    before: Enclosure, after: Enclosure, text: str
) -> None:
    step = TraceStep(1, "drift", {"x": before}, {}, {"x": after}, None)
    _, line = run_lines(Run({"x": before}, (step,), 1, "agent", None, EXACT_ARITHMETIC))
    assert line.plain == f"    1 drift: {text}"


def test_every_need_of_an_engine_has_words() -> None:
    assert set(NEEDS) == set(Need)
