"""Mistakes in invariants name their line, and inheritance joins two invariants into both."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import example, given
from hypothesis import strategies as st

from checker.system.problem import pose
from spec import Bool, Claim, Invariant, Real, SpecError, Unvetted, between, budget
from spec.alignment import Aligned, Benign, Trusted
from spec.invariants import conjuncts, limits_of, satisfied
from tests.spec.knobs import REPRODUCIBLE, Small, loop
from tests.spec.traps import Trap, Traps, spring

TRAPS = Traps()
trap = TRAPS.trap


@trap("the limit 2 is outside the budget's domain [0, 1]")
def limit_outside_its_domain() -> None:
    class Loose(Invariant):
        error: Real = budget(0, 1, limit=2)  # trap


@trap("Numeric.holds returned a Real;", "return a condition such as agent.malign <= self.malign")
def invariant_that_is_no_condition() -> None:
    class Numeric(Invariant):
        def holds(self, agent: Any) -> Any:  # trap
            return agent.malign

    pose(Claim("numeric", loop(), Numeric()))


@trap("Patient.holds on Small", "Small has no patience; it has error, malign")
def invariant_on_a_field_the_agent_lacks() -> None:
    class Patient(Invariant):
        def holds(self, agent: Any) -> Bool:
            return Bool(agent.patience >= "1/2")  # trap

    pose(Claim("patient", loop(), Patient()))


@trap("symbolic condition", "all_of")
def if_in_an_invariant() -> None:
    class Branching(Invariant):
        def holds(self, agent: Any) -> Bool:
            return agent.error <= 0 or agent.malign <= 0  # type: ignore[no-any-return]  # trap

    pose(Claim("branching", loop(), Branching()))


@trap("Raising.holds on Small raised KeyError: 'patience'")
def invariant_that_raises() -> None:
    class Raising(Invariant):
        def holds(self, agent: Any) -> Bool:
            return Bool(agent.__dict__["patience"])  # trap

    pose(Claim("raising", loop(), Raising()))


@trap("Endless.holds on Small raised RecursionError", "calls itself without end")
def invariant_that_never_ends() -> None:
    class Endless(Invariant):
        def holds(self, agent: Any) -> Bool:
            return self.holds(agent)  # trap

    pose(Claim("endless", loop(), Endless()))


@trap("Proper.holds is a property", "write `def holds(self, agent: ...) -> Bool:`")
def invariant_that_is_a_property() -> None:
    class Proper(Invariant):  # trap
        holds = property(lambda self: True)


@trap("Misspelt says nothing of an agent", "write `def holds(self, agent: ...) -> Bool:`")
def invariant_that_says_nothing() -> None:
    class Misspelt(Invariant):  # trap
        def hold(self, agent: Any) -> Bool:
            return Bool(agent.malign <= 0)


@trap("Unlimited.malign is no budget", "budget(low, high, 'what it bounds', limit=...)")
def invariant_with_a_field_that_is_no_budget() -> None:
    class Unlimited(Invariant):  # trap
        malign: Real = between(0, 1)

        def holds(self, agent: Any) -> Bool:
            return Bool(agent.malign <= self.malign)


class Doubled(Invariant):
    """An invariant with a helper and a class attribute, which nothing may replace."""

    factor = 2
    malign: Real = budget(0, 1, limit="1/10")

    def scaled(self, agent: Any) -> Any:
        return self.factor * agent.malign

    def holds(self, agent: Any) -> Bool:
        return Bool(self.scaled(agent) <= self.malign)


@trap("Halved.scaled replaces that of Doubled", "give it another name")
def helper_that_is_overridden() -> None:
    class Halved(Doubled):
        def scaled(self, agent: Any) -> Any:  # trap
            return agent.malign / 2


@trap("Mixin.scaled replaces that of Doubled", "give it another name")
def helper_that_is_overridden_from_the_side() -> None:
    class Mixin:
        def scaled(self, agent: Any) -> Any:  # trap
            return 0

    class Halved(Mixin, Doubled):
        pass


@trap("Lax.factor replaces that of Doubled", "give it another name")
def constant_that_is_overridden() -> None:
    class Lax(Doubled):  # trap
        factor = 0


@trap("Hidden.malign replaces that of Doubled", "give it another name")
def budget_that_is_overridden_by_a_property() -> None:
    class Hidden(Doubled):  # trap
        malign = property(lambda self: Real(1))


@trap("Loose.malign has the limit 1/2, but 1/10 in Benign", "claim Loose(malign=Real(...))")
def limit_that_is_overridden() -> None:
    class Loose(Benign):  # trap
        malign: Real = budget(0, 1, limit="1/2")


@trap("Both.malign has the limit 1/10, but 1/5 in Other", "give it another name")
def two_limits_of_one_name() -> None:
    class Other(Invariant):
        malign: Real = budget(0, 1, limit="1/5")

        def holds(self, agent: Any) -> Bool:
            return Bool(agent.malign <= self.malign)

    class Both(Benign, Other):  # trap
        pass


@trap("Strange.holds reads x, which is none of its arguments")
def invariant_on_a_number_kept_from_elsewhere() -> None:
    class Strange(Invariant):
        def holds(self, agent: Any) -> Bool:  # trap
            return Bool(agent.error <= Real(z3.Real("x")))

    pose(Claim("strange", loop(), Strange()))


def test_a_claimed_limit_outside_its_domain_is_refused() -> None:
    assert limits_of(Benign(malign=Real(1))) == {"malign": 1}
    with pytest.raises(SpecError, match=r"Benign\.malign = 2 is outside \[0, 1\]"):
        pose(Claim("loose", loop(), Benign(malign=Real(2))))


def test_a_symbolic_limit_is_refused() -> None:
    with pytest.raises(SpecError, match=r"Benign\.malign is not an exact number"):
        limits_of(Benign(malign=Real(z3.Real("x"))))


SHARE = st.fractions(0, 1, max_denominator=20)


def in_set(invariant: Invariant, agent: object) -> bool:
    value = z3.simplify(satisfied(invariant, agent).term)
    assert z3.is_true(value) or z3.is_false(value)
    return bool(z3.is_true(value))


@given(SHARE, SHARE, SHARE, st.fractions(0, 3, max_denominator=4))
@REPRODUCIBLE
@example(Fraction(1), Fraction(0), Fraction(1, 10), Fraction(3))
@example(Fraction(1, 10), Fraction(1, 10), Fraction(1, 10), Fraction(1, 2))
def test_an_override_never_enlarges_the_set(
    malign: Fraction, error: Fraction, within: Fraction, factor: Fraction
) -> None:
    class Scaled(Benign):
        def holds(self, agent: Any) -> Bool:
            return Bool((agent.malign <= factor * self.malign).term)

    class Anything(Scaled):
        def holds(self, agent: Any) -> Bool:
            return Bool(True)

    agent = Small[Unvetted](error=Real(error), malign=Real(malign))
    assert in_set(Benign(malign=Real(within)), agent) == (malign <= within)
    for override in (Scaled, Anything):
        wanted = malign <= within and malign <= factor * within
        assert in_set(override(malign=Real(within)), agent) == wanted


@given(SHARE, SHARE, SHARE, SHARE)
@REPRODUCIBLE
def test_invariants_joined_by_inheritance_mean_both(
    malign: Fraction, error: Fraction, wrong: Fraction, within: Fraction
) -> None:
    class Joined(Aligned, Benign):
        def holds(self, agent: Any) -> Bool:
            return Bool(True)

    agent = Small[Unvetted](error=Real(error), malign=Real(malign))
    joined = Joined(wrong=Real(wrong), malign=Real(within))
    assert in_set(joined, agent) == (error <= wrong and malign <= within)


def test_each_conjunct_bears_its_class_and_parents_come_first() -> None:
    class Stricter(Trusted):
        def holds(self, agent: Any) -> Bool:
            return Bool((agent.cost <= 1).term)

    class Free:
        error = malign = resistance = Real(0)
        cost = Real(2)

    found = conjuncts(Stricter(), Free())
    assert sorted(name for name, _ in found) == ["Aligned", "Benign", "Corrigible", "Stricter"]
    assert found[-1][0] == "Stricter"
    assert [z3.is_true(z3.simplify(condition.term)) for _, condition in found] == [True] * 3 + [
        False
    ]


def test_a_budget_may_be_said_again_at_the_same_limit() -> None:
    class Narrower(Benign):
        malign: Real = budget(0, "1/5", "the same budget in a smaller domain", limit="1/10")

    assert limits_of(Narrower()) == {"malign": Fraction(1, 10)}
    with pytest.raises(SpecError, match="is outside"):
        limits_of(Narrower(malign=Real("1/4")))


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
