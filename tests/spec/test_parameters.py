"""Parameters keep to their domains, and chosen values replace their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from checker.system.problem import pose
from spec import Claim, Loop, Parameters, Real, SpecError, Unvetted, parameter, structural
from spec.parameters import settle, symbolic_parameters
from spec.trace import trace
from tests.spec.knobs import Knobs, Small, keep, loop, perfect
from tests.spec.traps import Trap, Traps, spring

TRAPS = Traps()
trap = TRAPS.trap


@trap("Plain.noise is no parameter", "write `noise: Real = parameter(default, low, high)`")
def parameter_without_a_domain() -> None:
    class Plain(Parameters):  # trap
        noise: Real

    trace(Loop[Plain, Small[Unvetted]]("plain", parameters=Plain, seed=perfect, step=keep))  # type: ignore[arg-type]


@trap("the default 2 is outside the domain [0, 1]")
def default_outside_its_domain() -> None:
    class Wild(Parameters):
        noise: Real = parameter(2, 0, 1)  # trap


@trap("structural(5/2, 1, 9) shapes the step", "round them, or use parameter(...)")
def structural_fraction() -> None:
    structural(Fraction(5, 2), 1, 9)  # type: ignore[arg-type]  # trap


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"nois": Fraction(0)}, "no parameter nois; Knobs has noise, copies"),
        ({"noise": Fraction(2)}, "noise = 2 is outside its domain [0, 1]"),
        ({"noise": Fraction(-1, 2)}, "noise = -1/2 is outside its domain [0, 1]"),
        ({"copies": Fraction(5, 2)}, "copies = 5/2, but copies is a whole number"),
    ],
)
def test_a_parameter_value_is_checked(chosen: Mapping[str, Fraction], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        settle(Knobs, chosen)
    assert message in str(caught.value)
    with pytest.raises(SpecError) as caught:
        pose(Claim("chosen", loop(), Unvetted()), chosen)
    assert message in str(caught.value)


def test_chosen_values_replace_defaults_and_structural_ones_are_plain() -> None:
    assert settle(Knobs, {}) == {"noise": Fraction(1, 10), "copies": 3}
    values = settle(Knobs, {"copies": Fraction(9), "noise": Fraction(1)})
    assert values == {"noise": 1, "copies": 9}
    parameters, symbols = symbolic_parameters(Knobs, values)
    assert type(parameters.copies) is int
    assert parameters.copies == 9
    assert list(symbols) == ["noise"]
    assert parameters.noise.term.eq(symbols["noise"])


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
