"""Mistakes in a claim name their line and their mend."""

from __future__ import annotations

import pytest

from spec import Claim, Real, Unvetted
from spec.alignment import Benign
from tests.spec.knobs import loop
from tests.spec.traps import Trap, Traps, spring

TRAPS = Traps()
trap = TRAPS.trap


@trap("in Claim(...), invariant=the class Benign is no invariant at its limits", "write Benign()")
def claim_of_a_class() -> None:
    Claim("class", loop(), Benign)  # type: ignore[arg-type]  # trap


@trap("in Claim(...), scheme=a Benign is no scheme")
def claim_with_its_arguments_swapped() -> None:
    Claim("swapped", Benign(), loop())  # type: ignore[arg-type]  # trap


@trap("Benign.malign = 2 is outside [0, 1]", "claim a limit within the budget's domain")
def claim_at_a_limit_outside_its_domain() -> None:
    Claim("loose", loop(), Benign(malign=Real(2)))  # trap


@trap("no parameter nois; Knobs has noise, copies")
def claim_at_an_unknown_parameter() -> None:
    Claim("unknown", loop(), Unvetted(), at={"nois": 0})  # trap


@trap("noise = 2 is outside its domain [0, 1]")
def claim_at_a_parameter_outside_its_domain() -> None:
    Claim("outside", loop(), Unvetted(), at={"noise": 2})  # trap


@trap("at noise: the float 0.5 is not exact", 'write "1/2"')
def claim_at_a_float() -> None:
    Claim("float", loop(), Unvetted(), at={"noise": 0.5})  # type: ignore[dict-item]  # trap


@trap("over='copies' is no real parameter of loop; it has noise")
def claim_over_a_structural_parameter() -> None:
    Claim("over", loop(), Unvetted(), over="copies")  # trap


@trap("expert_limit is set, but loop has no expert")
def claim_about_an_expert_that_is_not_there() -> None:
    Claim("expert", loop(), Unvetted(), expert_limit=Unvetted())  # trap


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
