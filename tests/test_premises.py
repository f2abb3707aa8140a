"""The premises claim, over uninterpreted agents, relations and invariant."""

from __future__ import annotations

import pytest

from checker import decide
from checker.premises import decide_premises, premises
from checker.problem import pose
from checker.solver import Meter
from models.amplification import Preserved, iterated_amplification
from spec import Claim, SpecError

GENERAL = Claim("premises", iterated_amplification, Preserved())
PREMISES = list(dict.fromkeys(o.premise for o in premises(pose(GENERAL))))


def test_there_are_four_premises() -> None:
    assert len(PREMISES) == 4


def test_together_they_suffice() -> None:
    assert decide(GENERAL).verdict == "proved"


@pytest.mark.parametrize("premise", PREMISES)
def test_each_is_needed(premise: str) -> None:
    kind, model, _ = decide_premises(pose(GENERAL), premise, Meter(5.0))
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
        decide_premises(pose(GENERAL), "luck", Meter(5.0))
