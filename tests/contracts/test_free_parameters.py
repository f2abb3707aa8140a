"""Contracts hold over free parameters and assumptions, or are said to be left open."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import checker.contracts.inquiry as inquiry
from checker.backends.solver import Entailment, Satisfaction, Satisfiability, Validity
from checker.contracts.findings import Contract
from checker.report.contracts import CONTRACTS
from checker.report.words import describe
from checker.statements.instance import LeftOpen
from checker.statements.registry import judge
from spec import Bool, I, Nature, when
from spec.statements.base import Answer
from tests.contracts.school import (
    Pupil,
    School,
    Teacher,
    failing,
    findings_of,
    instance,
    scheme,
    teacher,
)


def test_contracts_hold_for_all_values_of_a_free_parameter() -> None:
    assert failing(judge(instance(over={"step": ("1/100", 5), "slip": (0, 1)}))) == set()


def test_a_free_parameter_that_breaks_one_is_named() -> None:
    verdict = judge(instance(over={"step": (0, 5)}))
    assert failing(verdict) == {Contract.RAISES, Contract.IMPROVES}
    finding = findings_of(verdict)[Contract.RAISES]
    assert finding.at == {"step": 0}
    assert describe(finding).endswith("at step = 0")


def test_overriding_a_free_parameter_fixes_it() -> None:
    statement = instance(over={"step": (0, 5)})
    assert judge(statement, {"step": Fraction(1)}).answer is Answer.PROVED
    assert judge(statement, {"step": Fraction(0)}).answer is Answer.REFUTED


def test_assumptions_that_nothing_meets() -> None:
    def many(p: School) -> Bool:
        """At least four copies."""
        return Bool(p.copies >= 4)

    def small(p: School) -> Bool:
        """Slips are rarer than one in twenty."""
        return p.slip <= "1/20"

    assert judge(instance(scheme(assumptions=(many,)))).answer is Answer.VACUOUS
    over = {"slip": (0, 1)}
    assert judge(instance(scheme(assumptions=(small,)), over=over)).answer is Answer.VACUOUS
    careful = instance(scheme(assumptions=(small,)), over=over, at={"slip": "1/20"})
    assert failing(judge(careful)) == set()


def test_what_the_solver_leaves_open_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def satisfy(*_: Any, **__: Any) -> Satisfaction:
        return Satisfaction(Satisfiability.UNKNOWN)

    def follows(*_: Any, **__: Any) -> Entailment:
        return Entailment(Validity.UNKNOWN)

    monkeypatch.setattr(inquiry, "satisfy", satisfy)
    monkeypatch.setattr(inquiry, "follows", follows)
    verdict = judge(instance())
    assert verdict.answer is Answer.UNKNOWN
    assert all(finding.undecided for finding in findings_of(verdict).values())
    assert verdict.reason == LeftOpen(tuple(Contract))
    assert all(words in describe(verdict.reason) for words in CONTRACTS.values())


def test_a_counterexample_that_is_none_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that the exact evaluation does not confirm leave the contract open."""

    def wrong(conditions: Any, budget: Any, seconds: Any = None) -> Satisfaction:
        return Satisfaction(Satisfiability.SAT, {})

    monkeypatch.setattr(inquiry, "satisfy", wrong)

    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, skill=when(a.skill >= 1, a.skill, a.skill + 1))

    verdict = judge(instance(scheme(amplify=amplify)))
    assert verdict.answer is Answer.UNKNOWN
    finding = findings_of(verdict)[Contract.RAISES]
    assert finding.undecided
    assert describe(finding).startswith(f"undecided: {CONTRACTS[Contract.RAISES]}")
