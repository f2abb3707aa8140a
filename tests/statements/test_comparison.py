"""Refinement and agreement of two schemes can be stated."""

from __future__ import annotations

from checker import check
from checker.refinement.refinement import Refinement
from checker.refinement.simulation import Origin, OriginKind
from checker.report.words import detail
from models.imitation import imitation, imitation_on_policy
from spec import Agrees, Refines
from spec.alignment import Aligned

PERFECT = {"residual": 0}
"""A no-regret learner that has learnt all there is on the student's own states."""


def test_refinement_and_agreement_as_statements() -> None:
    proved = check(Refines("r", imitation_on_policy, imitation, at=PERFECT))
    (refinement,) = proved.facts
    assert isinstance(refinement, Refinement)
    (case,) = refinement.witness
    origins = {term.choice: term.origin for term in case}
    assert origins["distill: departure"] == Origin(OriginKind.NAMESAKE)
    assert any("departure: the same" in line for line in detail(refinement))
    check(Refines("r", imitation, imitation_on_policy, at=PERFECT, expected="refuted"))
    check(Agrees("a", imitation, imitation_on_policy, invariant=Aligned(), at=PERFECT))
