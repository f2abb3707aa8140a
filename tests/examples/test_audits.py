"""Audits in turn: what is decided of cells of their parameters is what the worst run says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.evidence.document import evidence, text_of
from checker.parameters.cell_checker import CellChecker
from checker.parameters.point_checker import PointChecker
from checker.system.parametric import Cell, ParametricProblem
from examples.audits import few
from recheck.check import Outcome, recheck
from spec.statements.base import Answer

LIMIT, ROUNDS = Fraction(1, 10), 5
NAMES = ("drift", "missed")


def most_wrong(drift: Fraction, missed: Fraction) -> Fraction:
    """What the worst run rises to: an audit leaves u = missed (u + 5 drift), and four rounds pass
    before the next."""
    return ROUNDS * drift * missed / (1 - missed) + (ROUNDS - 1) * drift


def cells() -> st.SearchStrategy[Cell]:
    drifts = st.fractions(0, Fraction(1, 20), max_denominator=400)
    shares = st.fractions(0, Fraction(4, 5), max_denominator=40)
    wide = st.fractions(Fraction(1, 1000), Fraction(1, 100), max_denominator=1000)
    return st.tuples(drifts, shares, wide, wide).map(
        lambda drawn: ((drawn[0], drawn[0] + drawn[2]), (drawn[1], drawn[1] + drawn[3]))
    )


@settings(max_examples=20)
@given(cells())
def test_a_cell_is_decided_as_the_worst_run_ends(cell: Cell) -> None:
    least, most = (most_wrong(*corner) for corner in zip(*cell, strict=True))
    answer = CellChecker(ParametricProblem(few, NAMES)).decide(cell).answer
    assert answer is not Answer.PROVED or most <= LIMIT
    assert answer is not Answer.REFUTED or least > LIMIT
    assert answer is Answer.PROVED or most > LIMIT * Fraction(99, 100)


@settings(max_examples=5)
@given(st.fractions(Fraction(1, 1000), Fraction(1, 20), max_denominator=1000))
def test_a_value_is_decided_as_the_worst_run_ends(drift: Fraction) -> None:
    parametric = ParametricProblem(few, NAMES[:1])
    checker = PointChecker(parametric, CellChecker(parametric), float("inf"), lambda said: None)
    reached = most_wrong(drift, Fraction(1, 4))
    expected = Answer.PROVED if reached <= LIMIT else Answer.REFUTED
    if abs(reached - LIMIT) > LIMIT / 1000:
        assert checker.decide(drift) is expected


def test_the_boxes_of_the_modes_are_evidence(tmp_path: Path) -> None:
    verdict = decide(few, options=Options(engines=("modes",)))
    assert verdict.answer is Answer.PROVED
    file = tmp_path / "few.json"
    file.write_text(text_of(evidence(verdict, few)))
    report = recheck(file, 10.0)
    assert report.outcome is Outcome.ACCEPTED, report.why
