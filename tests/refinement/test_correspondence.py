"""Two schemes that share no field cannot be compared."""

from __future__ import annotations

from typing import Any

import pytest

from checker.refinement.correspondence import pair
from spec import Agent, Bool, I, Invariant, Loop, Real, SpecError, between
from tests.parameters.memories import Noise
from tests.refinement.pairs import confirm, loop


def test_two_schemes_that_share_no_field() -> None:
    class Other(Agent[I]):
        mistakes: Real = between(0, 1, "something else")

    class Few(Invariant):
        def holds(self, agent: Other[Any]) -> Bool:
            return agent.mistakes <= "1/2"

    other = Loop[Noise, Other[Few]](
        "other",
        parameters=Noise,
        seed=lambda p: Other[Few](mistakes=Real(0)),
        step=lambda agent, p, nature: agent,
    )
    with pytest.raises(SpecError, match="share no field"):
        pair(loop("one", confirm), other)
