"""The premises claim, over uninterpreted agents, relations and invariant."""

from __future__ import annotations

import pytest

from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.invariants.uninterpreted import decide_premises, premises
from checker.system.problem import pose
from models.amplification import Preserved, iterated_amplification
from properties.schemes import table
from spec import Claim, SpecError

GENERAL = Claim("premises", iterated_amplification, Preserved())
PREMISES = list(dict.fromkeys(o.premise for o in premises(pose(GENERAL))))


def test_there_are_four_premises() -> None:
    assert len(PREMISES) == 4


def test_together_they_suffice() -> None:
    assert decide(GENERAL).verdict == "proved"


@pytest.mark.parametrize("premise", PREMISES)
def test_each_is_needed(premise: str) -> None:
    kind, model, _ = decide_premises(pose(GENERAL), premise, QueryBudget(5.0))
    assert kind == "refuted"
    agents = [line for line in model if line.startswith("AnyAgent") and ": " in line]
    path = model[0].split(" -> ")
    last = next(line for line in agents if line.startswith(path[-1] + ":"))
    assert "not good" in last.replace("not good expert", "")
    if premise != "an aligned start":  # the run starts well and one step spoils it
        first = next(line for line in agents if line.startswith(path[0] + ":"))
        assert "not good" not in first.replace("not good expert", "")
        assert len(path) == 3


def test_an_unknown_premise_is_refused() -> None:
    with pytest.raises(SpecError, match="no premise"):
        decide_premises(pose(GENERAL), "luck", QueryBudget(5.0))


@pytest.mark.parametrize(
    "claim", [c for c in table if c.expected == "proved"], ids=lambda claim: claim.name
)
def test_every_scheme_that_keeps_an_invariant_discharges_the_four_premises(claim: Claim) -> None:
    verdict = decide(claim, options=Options(attack=0))
    assert verdict.proof is not None
    four = {"(i) seed", "(ii) amplify", "(ii) smart enough", "(iii) distill"}
    assert four <= set(verdict.proof.discharged)
