"""Four premises suffice over uninterpreted agents, relations and invariant, and each is needed."""

from __future__ import annotations

import pytest

from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.invariants.uninterpreted import FiniteModel, Relation, decide_premises, premises
from checker.system.obligations import ALIGNED_START, OVERSIGHT, SEED, Duty, Label
from checker.system.problem import pose
from checker.system.verdict import Refutation
from models.amplification import Preserved, iterated_amplification
from models.imitation import imitation
from models.iterated_amplification import budgeted_amplification
from models.reward_modeling import recursive_reward_modeling
from spec import Claim, SpecError
from spec.alignment import Aligned, Benign, Corrigible
from spec.statements.base import Answer

GENERAL = Claim("premises", iterated_amplification, Preserved())
PREMISES = list(dict.fromkeys(o.premise for o in premises(pose(GENERAL))))


def test_there_are_four_premises() -> None:
    assert len(PREMISES) == 4


def test_together_they_suffice() -> None:
    assert decide(GENERAL).answer is Answer.PROVED


@pytest.mark.parametrize("premise", PREMISES)
def test_each_is_needed(premise: str) -> None:
    result = decide_premises(pose(GENERAL), premise, QueryBudget(5.0))
    assert isinstance(result, Refutation)
    model = result.reason
    assert isinstance(model, FiniteModel)
    first, last = model.run[0], model.run[-1]
    assert first.cls == last.cls == "AnyAgent"
    assert Relation("good", holds=False) in model.relations[last]
    if premise != ALIGNED_START:  # the run starts well and one step spoils it
        assert Relation("good", holds=True) in model.relations[first]
        assert Relation("good", holds=False) not in model.relations[first]
        assert len(model.run) == 3


def test_an_unknown_premise_is_refused() -> None:
    with pytest.raises(SpecError, match="no premise"):
        decide_premises(pose(GENERAL), "luck", QueryBudget(5.0))


@pytest.mark.parametrize(
    "claim",
    [
        Claim("imitation", imitation, Aligned(), at={"checked": "7/10"}),
        Claim("amplification", budgeted_amplification, Benign(), at={"checked": "7/10"}),
        Claim("rewards", recursive_reward_modeling, Corrigible(), at={"checked": "4/5"}),
    ],
    ids=lambda claim: claim.name,
)
def test_every_scheme_that_keeps_an_invariant_discharges_the_four_premises(claim: Claim) -> None:
    verdict = decide(claim, options=Options(attack=0))
    assert verdict.certificate is not None
    amplify = Label(Duty.PRESERVATION, "amplify", 2)
    distill = Label(Duty.PRESERVATION, "distill", 3)
    four = {SEED, amplify, OVERSIGHT, distill}
    assert four <= set(verdict.certificate.discharged)
