"""A map begins with parameters of which the verdict depends."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker.cli.exploring import explored
from checker.parameters.axes import Axis, main_axes
from spec import Bool, Claim, I, Invariant, Loop, Nature, Parameters, Real, budget, parameter
from tests.plain_schemes import Tiny


class Four(Parameters):
    idle: Real = parameter("1/2", 0, 1, "nothing reads it")
    start: Real = parameter(0, 0, "1/4", "where it begins: never enough to break it")
    kept: Real = parameter("1/2", 0, 1, "share that stays")
    added: Real = parameter("1/8", 0, 1, "most that nature adds")


class Low(Invariant):
    x: Real = budget(0, 1, "how much", limit="1/2")

    def holds(self, tiny: Tiny[Any]) -> Bool:
        return tiny.x <= self.x


def begin(p: Four) -> Tiny[Low]:
    return Tiny(x=p.start)


def fade(tiny: Tiny[I], p: Four, nature: Nature) -> Tiny[I]:
    return Tiny(x=p.kept * tiny.x + p.added * (1 - p.kept) * nature.choose("n", at_most=1))


fading = Loop[Four, Tiny[Low]]("fading", parameters=Four, seed=begin, step=fade)


@pytest.mark.parametrize(
    ("over", "axes"),
    [("", ("added", "kept")), ("kept", ("kept", "added")), ("idle", ("idle", "added"))],
)
def test_idle_parameters_are_no_axes(over: str, axes: tuple[str, str]) -> None:
    found = main_axes(Claim("fading", fading, Low(), over=over), {})
    assert tuple(axis.name for axis in found) == axes


def of(target: str) -> Claim:
    return explored(target)[0]


def test_shipped_maps_begin_where_something_happens() -> None:
    small = Axis("imitation_error", (Fraction(0), Fraction(1, 10)))
    assert main_axes(of("imitation"), {}) == (Axis("checked"), small)
    far = {"imitation_error": Fraction(1, 2)}
    assert main_axes(of("imitation"), far)[1] == Axis("imitation_error")
    assert [axis.name for axis in main_axes(of("noisy-majority"), {})] == ["noise"]


def test_a_window_stands_where_the_verdict_turns() -> None:
    """x comes to `added` (no share of the start is kept for ever), so it turns at 1/2."""
    claim = Claim("fading", fading, Low(), over="added")
    assert main_axes(claim, {})[0] == Axis("added")
    tight = Claim("fading", fading, Low(x=Real("1/20")), over="added")
    assert main_axes(tight, {})[0] == Axis("added", (Fraction(0), Fraction(1, 5)))
    loose = Claim("fading", fading, Low(x=Real("19/20")), over="added")
    assert main_axes(loose, {})[0] == Axis("added")  # its own value, 1/8, is far from there
    high = main_axes(loose, {"added": Fraction(9, 10)})[0]
    assert high == Axis("added", (Fraction(4, 5), Fraction(1)))
