"""Mistakes in what nature chooses name their line and their mend."""

from __future__ import annotations

from typing import Any

import pytest

from checker import decide
from spec import Claim, Nature, Unvetted
from tests.spec.knobs import Counted, Knobs, Small, loop
from tests.spec.traps import Trap, Traps, spring

TRAPS = Traps()
trap, step_trap = TRAPS.trap, TRAPS.step_trap


@step_trap('nature.choose("error") has no bound', "write at_most=...")
def choice_without_a_bound(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=nature.choose("error"), malign=agent.malign)  # trap


@step_trap('nature chooses "slip" twice', "give each choice its own name")
def two_choices_of_one_name(agent: Any, p: Knobs, nature: Nature) -> Any:
    slip = nature.choose("slip", at_most=1)
    return Small(error=slip, malign=nature.choose("slip", at_most=1))  # trap


@step_trap("nature.anything(Counted) cannot choose lessons", "only Real fields")
def anything_with_a_count(agent: Any, p: Knobs, nature: Nature) -> Any:
    return nature.anything(Counted)  # trap


@trap('nature has no value for "slip"', "order the two bounds")
def choice_between_crossed_bounds() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        slip = nature.choose("slip", at_least="1/2", at_most=agent.error)  # trap
        return Small(error=slip, malign=agent.malign)

    decide(Claim("crossed", loop(step=step), Unvetted()))


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
