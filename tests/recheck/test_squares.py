"""Lemmas by sums of squares: sets by hand, and evidence of the checker, whole and tampered with."""

from __future__ import annotations

import copy
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks import polynomial
from checker import Options, decide
from checker.evidence.document import evidence
from recheck.check import Outcome, derived
from recheck.errors import Malformed, Rejected
from recheck.evidence import FORM
from recheck.parts.squares import positive_semidefinite
from spec import Real
from spec.statements.base import Answer
from tests.recheck.loops import Document, held, report_on
from tests.turning_schemes import TURN, Two, claim_of

UNIT = [[0]]


def part(gram: list[list[str]], *given: list[Any], basis: list[list[int]] = UNIT) -> Document:
    return {"given": list(given), "basis": basis, "gram": gram}


def lemma(*parts: Document) -> Document:
    return {"seed": False, "scales": [["0", "1"]], "parts": list(parts)}


DISC = [[[0], "1"], [[2], "-1"]]
"""1 - x^2."""
SQUARE = [[0], [1]]
KEPT = lemma(part([["1/4"]], DISC), part([["3/4"]]))
"""1 - (x/2)^2 = (1 - x^2)/4 + 3/4."""
MOST = lemma(part([["1"]], DISC), part([["1", "-1"], ["-1", "1"]], basis=SQUARE))
"""2 (1 - x) = (1 - x^2) + (1 - x)^2."""
LEAST = lemma(part([["1"]], DISC), part([["1", "1"], ["1", "1"]], basis=SQUARE))


def halving(output: str = "(/ agent.x 2.0)", *lemmas: Document) -> Document:
    """A number that is halved in every iteration: x^2 <= 1."""
    position = {"name": "agent", "fields": [["agent.x", "Real"]]}
    conditions = ("(<= (- 1.0) agent.x)", "(<= agent.x 1.0)", "(<= (* agent.x agent.x) 1.0)")
    step = {"name": "step", "source": "agent", "target": "agent", "choices": [], "named": []}
    return {
        "format": "alignspec-evidence",
        "version": 3,
        "statement": {"name": "halving", "kind": "Claim"},
        "verdict": "proved",
        "method": "by hand",
        "system": {
            "scheme": "halving",
            "parameters": {},
            "structure": {},
            "assumptions": [],
            "positions": [position | {"domain": ["(<= (- 4.0) agent.x)", "(<= agent.x 4.0)"]}],
            "fold": False,
            "seed": ["1.0"],
            "steps": [step | {"outputs": [output]}],
        },
        "claim": {"agent": ["(<= agent.x 1.0)"]},
        "proof": {
            "walk": [held("agent", *conditions, into=0)],
            "lemmas": list(lemmas or (MOST, LEAST, KEPT)),
        },
        "queries": [],
        "hashes": {},
    }


def left(document: Document) -> set[str]:
    """What lemmas leave to the solver."""
    return {each.name for each in derived(document).obligations}


LEADS = "step from set 0 leads into set 1"


def test_a_set_by_hand_is_accepted_without_a_question_about_the_step(tmp_path: Path) -> None:
    assert report_on(halving(), tmp_path).outcome is Outcome.ACCEPTED
    assert LEADS not in left(halving())


def test_each_lemma_is_needed_and_none_serves_another_step(tmp_path: Path) -> None:
    for lemmas in ((MOST, LEAST), (MOST, KEPT), (LEAST, KEPT)):
        assert LEADS in left(halving("(/ agent.x 2.0)", *lemmas))
    assert LEADS in left(halving("(/ agent.x 3.0)"))
    assert report_on(halving("(* 2.0 agent.x)"), tmp_path).outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    "parts",
    [
        [part([["-1/4"]], DISC), part([["5/4"]])],
        [part([["1/4"]], DISC), part([["3/4", "1"], ["1", "0"]], basis=SQUARE)],
        [part([["1/4"]], DISC), part([["3/4", "1"], ["0", "1"]], basis=SQUARE)],
        [part([["1/4"]], DISC), part([["0", "1"], ["1", "9"]], basis=SQUARE)],
    ],
)
def test_a_matrix_that_is_not_semidefinite_is_rejected(parts: Any, tmp_path: Path) -> None:
    document = halving("(/ agent.x 2.0)", MOST, LEAST, lemma(*parts))
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "semidefinite" in found.why


@pytest.mark.parametrize(
    "parts",
    [
        [part([["1", "0"]], basis=UNIT)],
        [part([["1"]], basis=[[0], [1]])],
        [part([["1"]], basis=[[0, 0]])],
        [part([["1"]], [[[0, 1], "1"]])],
        [part([["1/0"]])],
    ],
)
def test_what_is_no_lemma_is_malformed(parts: Any, tmp_path: Path) -> None:
    with pytest.raises((Malformed, *FORM)):
        report_on(halving("(/ agent.x 2.0)", MOST, LEAST, lemma(*parts)), tmp_path)


def test_lemmas_about_more_than_one_set_are_rejected(tmp_path: Path) -> None:
    document = halving()
    (only,) = document["proof"]["walk"]
    document["proof"]["walk"] = [only | {"into": 1}, only]
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


def test_each_case_of_a_conditional_is_shown() -> None:
    for other, shown in (("(* 2.0 agent.x)", False), ("(- (/ agent.x 2.0))", True)):
        document = halving(f"(ite (<= agent.x 0.0) (/ agent.x 2.0) {other})")
        assert (LEADS not in left(document)) is shown


def test_conditions_do_not_rest_on_each_other_in_a_circle() -> None:
    """x <= 1 and 2 x <= 2 say the same; one of them is left."""
    twice = lemma(part([["2"]], [[[0], "1"], [[1], "-1"]]))
    document = halving("(* 2.0 agent.x)", twice)
    document["proof"]["walk"] = [
        held("agent", "(<= agent.x 1.0)", "(<= (* 2.0 agent.x) 2.0)", into=0)
    ]
    assert LEADS in left(document)


def test_a_strict_condition_needs_a_part_above_zero() -> None:
    strict = "(< agent.x (/ 11.0 10.0))"
    """10 (11/10 - x) = 5 (1 - x^2) + 5 (1 - x)^2 + 1."""
    ball = part([["5"]], DISC)
    square = part([["5", "-5"], ["-5", "5"]], basis=SQUARE)
    apart = lemma(ball, square, part([["1"]]))
    together = lemma(ball, part([["6", "-5"], ["-5", "5"]], basis=SQUARE))
    for added, shown in ((apart, True), (together, False)):
        document = halving("(/ agent.x 2.0)", added, KEPT)
        document["claim"]["agent"] = []
        document["proof"]["walk"] = [held("agent", strict, "(<= (* agent.x agent.x) 1.0)", into=0)]
        assert (LEADS not in left(document)) is shown


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(-3, 3), min_size=n, max_size=n), min_size=n, max_size=n
        )
    ),
    st.integers(-2, 2),
)
def test_semidefinite_is_having_no_negative_eigenvalue(rows: list[list[int]], less: int) -> None:
    half = np.array(rows)
    matrix = half @ half.T - less * np.eye(len(rows), dtype=int)
    least = float(np.linalg.eigvalsh(matrix.astype(float))[0])
    assume(less == 0 or abs(least) > 1e-6)
    exact = [[flint.fmpq(int(v)) for v in row] for row in matrix]
    assert positive_semidefinite(exact) is (less == 0 or least > 0)


SAFE = {q.name.split(",")[0]: q for q in polynomial.QUESTIONS if q.label == "safe"}


@cache
def written(name: str) -> Document:
    """The evidence for a model that is proved."""
    options = Options(timeout=60, engines=("polynomial-sets",))
    verdict = decide(SAFE[name].claim, options=options)
    assert verdict.answer is Answer.PROVED
    return evidence(verdict, SAFE[name].claim)


@pytest.mark.parametrize("name", ["heavy ball", "one-sided friction by 1/10", "nerve by 1/5"])
def test_evidence_of_the_checker_is_accepted(name: str, tmp_path: Path) -> None:
    found = report_on(written(name), tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
    assert LEADS not in left(written(name))


def test_a_strict_claim_is_shown_by_lemmas(tmp_path: Path) -> None:
    def step(s: Any, nature: Any) -> list[Real]:
        return [(a * s.x + b * s.y) * Real("9/10") for a, b in TURN]

    claim = claim_of(Two, ["1", "0"], step, lambda at: at.x + at.y * at.y < "9/4")
    verdict = decide(claim, options=Options(timeout=60, engines=("polynomial-sets",)))
    document = evidence(verdict, claim)
    assert LEADS.replace("step", "move", 1) not in left(document)
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_changed_lemma_shows_nothing(data: st.DataObject) -> None:
    document = copy.deepcopy(written("predators by 1/5"))
    lemmas = document["proof"]["lemmas"]
    chosen = lemmas[data.draw(st.integers(0, len(lemmas) - 1))]
    each = chosen["parts"][data.draw(st.integers(0, len(chosen["parts"]) - 1))]
    change = data.draw(st.sampled_from([Fraction(1), Fraction(-1, 10**9), Fraction(3, 7)]))
    place = data.draw(st.integers(0, len(each["basis"]) - 1))
    what = data.draw(st.sampled_from(["gram", "given", "scale"]))
    if what == "gram":
        each["gram"][place][place] = str(Fraction(each["gram"][place][place]) + change)
    elif what == "scale":
        chosen["scales"][0][1] = str(Fraction(chosen["scales"][0][1]) + change)
    else:
        assume(each["given"])
        term = each["given"][0][0]
        term[1] = str(Fraction(term[1]) + change)
    try:
        assert LEADS in left(document)
    except Rejected as error:
        assert "semidefinite" in str(error)  # noqa: PT017
