"""A range is exact where the theorem applies, a bracket elsewhere, and is told without rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import Options, decide
from checker.backends.algebraic import Algebraic
from checker.parameters.range_along import range_along
from checker.report.verdict import region
from checker.system.verdict import Bracket, EnginesDisagree
from examples.swapped import benign
from properties.schemes import table
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    budget,
    parameter,
)
from spec.statements.base import Answer
from tests.parameters.memories import SumWithin, claim, majority, power, split
from tests.support import unit


class Pair(Agent[I]):
    one: Real = between(-1, 1)
    other: Real = between(-1, 1)


class Within(Invariant):
    """Neither is far off, to either side."""

    off: Real = budget(0, 1, "how far off either may be", limit="1/2")

    def holds(self, pair: Pair[Any]) -> Bool:
        ends = (pair.one <= self.off, pair.one >= -self.off)
        return all_of(*ends, pair.other <= self.off, pair.other >= -self.off)


class Kept(Parameters):
    share: Real = parameter("9/10", 0, 1, "how much of each is kept")


def _off(p: Kept) -> Pair[Within]:
    return Pair(one=Real("1/2"), other=Real("1/4"))


def _turn(pair: Pair[I], p: Kept, nature: Nature) -> Pair[I]:
    return Pair(one=p.share * pair.other, other=-p.share * pair.one)


turning = Loop[Kept, Pair[Within]]("turning", parameters=Kept, seed=_off, step=_turn)
turned = Claim("turned", turning, Within())


def along(kept: Claim) -> Bracket:
    return range_along(kept, decide(kept), "noise", Options())


def test_an_exact_range() -> None:
    """A majority of three keeps within 2/5 exactly up to 6/37."""
    found = along(claim(majority(3), "2/5"))
    assert region(found) == "holds iff noise <= 6/37 = 0.1621..."
    assert found.holds_at(Fraction(6, 37)) is True
    assert found.holds_at(Fraction(1, 10)) is True
    assert found.holds_at(Fraction(1, 6)) is False


def test_an_irrational_end_names_its_polynomial() -> None:
    found = along(claim(power(3), "3/4"))
    assert found.number is not None
    assert found.number.fraction is None
    assert (
        region(found) == f"holds iff noise <= 0.3849..., a root of {found.number.polynomial('x')}"
    )


def test_a_bracket_where_there_is_no_exact_range() -> None:
    """An adversary that splits a budget has no greatest choice."""
    found = along(Claim("split", split, SumWithin()))
    assert found.number is None
    assert region(found).startswith("noise: holds up to 0.2")


def test_an_exact_end_in_a_bracket() -> None:
    """On the whole domain no condition is found, between the two ends of a bracket one is."""
    found = range_along(benign, decide(benign), "reward_error", Options())
    assert region(found) == "holds iff reward_error <= 661/20000 = 0.03305"
    assert found.monotone


def test_every_value_of_what_has_no_worst_run() -> None:
    """What turns has no worst run, but no share leads out of the limits."""
    assert (
        region(range_along(turned, decide(turned), "share", Options())) == "holds for every share"
    )


def test_every_value() -> None:
    assert region(along(claim(majority(3), "1/2"))) == "holds for every noise"
    assert region(along(claim(majority(3), 0))) == "holds iff noise <= 0"
    broken = next(cell for cell in table if cell.name == "reward-modeling/benign")
    assert isinstance(broken, Claim)
    found = range_along(broken, decide(broken), "checked", Options())
    assert region(found) == "breaks for every checked"


def test_every_value_of_a_bracket() -> None:
    """Where a step jumps there is no exact range, but a bound of nature's that breaks the claim at
    its least value breaks it at every one."""
    broken = next(cell for cell in table if cell.name == "debate-with-person/benign")
    assert isinstance(broken, Claim)
    found = range_along(broken, decide(broken), "imitation_error", Options())
    assert found.number is None
    assert region(found) == "breaks for every imitation_error"


def test_a_contradiction_is_not_hidden() -> None:
    kept = claim(majority(3), "2/5")
    verdict = decide(kept, {"noise": Fraction(1, 5)})
    assert verdict.answer is Answer.REFUTED
    proved = decide(kept, {"noise": Fraction(1, 10)})
    lying = attrs.evolve(proved, parameters=verdict.parameters)
    with pytest.raises(EnginesDisagree, match="contradicts"):
        range_along(kept, lying, "noise", Options())


@given(unit, st.booleans(), st.booleans(), st.booleans())
def test_both_ends_settle_what_lies_beyond(
    end: Fraction, rising: bool, included: bool, above: bool
) -> None:
    number = Algebraic((-end.numerator, end.denominator), end, end)
    off = Fraction(1, 100)
    safe, unsafe = (end - off, end + off) if rising else (end + off, end - off)
    found = Bracket("p", Fraction(-2), Fraction(2), safe, unsafe, True, rising, number, included)
    assert found.holds_at(end) is included
    far = Fraction(3, 2) if above else Fraction(-3, 2)
    assert found.holds_at(far) is (above is not rising)
