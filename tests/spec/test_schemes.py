"""Mistakes in a scheme name their line, and subclasses and names in any alphabet are accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pytest

from checker import decide
from checker.system.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Process,
    Real,
    Scheme,
    SpecError,
    Unvetted,
    between,
    budget,
    parameter,
    some,
)
from spec.alignment import Benign
from spec.statements.base import Answer
from spec.trace import trace
from tests.spec.knobs import AnyAgent, Knobs, Small, SmallExpert, keep, loop, perfect
from tests.spec.traps import Trap, Traps, spring

TRAPS = Traps()
trap = TRAPS.trap


@trap("the seed divides by zero at these parameters", "guard the denominator with when(...)")
def seed_that_divides_by_zero() -> None:
    def seed(p: Knobs) -> Small[Unvetted]:  # trap
        return Small(error=1 / (p.noise - "1/10"), malign=Real(0))

    pose(Claim("divided", loop(seed=seed), Unvetted()))


@trap("distinct divides by zero at these parameters", "guard the denominator with when(...)")
def assumption_that_divides_by_zero() -> None:
    def distinct(p: Knobs) -> Bool:  # trap
        return 1 / (p.noise - "1/10") <= 5

    pose(Claim("divided", assuming(distinct), Unvetted()))


@trap("noisy returned a Real; return a condition")
def assumption_that_is_no_condition() -> None:
    def noisy(p: Knobs) -> Any:  # trap
        return p.noise

    pose(Claim("noisy", assuming(noisy), Unvetted()))


def assuming(*conditions: Callable[..., Any]) -> Process:
    return Loop[Knobs, Small[Unvetted]](
        "assuming", parameters=Knobs, seed=perfect, step=keep, assumptions=conditions
    )


@trap('seed of "called" is a Small, not a function', "without calling it")
def seed_that_was_called() -> None:
    seed = cast(Any, Small(error=Real(0), malign=Real(0)))
    Loop[Knobs, Small[Unvetted]]("called", parameters=Knobs, seed=seed, step=keep)  # trap


@trap("has Small in its brackets where its expert's Expert belongs")
def agent_in_the_place_of_an_expert() -> None:
    flat = Scheme[Knobs, Small[Unvetted], Small[Unvetted]](  # type: ignore[type-var]  # trap
        "flat", parameters=Knobs, seed=perfect, amplify=keep, distill=keep
    )
    trace(flat)


@trap("has AnyAgent and SmallExpert in its brackets", "give both fields, or neither")
def fields_on_one_side_only() -> None:
    def seed(p: Knobs) -> AnyAgent[Unvetted]:
        return some(AnyAgent, "seed")

    lopsided = Scheme[Knobs, AnyAgent[Unvetted], SmallExpert[Unvetted]](  # trap
        "lopsided", parameters=Knobs, seed=seed, amplify=keep, distill=keep
    )
    trace(lopsided)


@trap('"bare" does not say what it carries', "write Scheme[Parameters, Agent[I], Expert[I]](...)")
def scheme_without_brackets() -> None:
    def amplify(agent: Small[Unvetted], p: Knobs, nature: Nature) -> SmallExpert[Unvetted]:
        return SmallExpert(error=agent.error, malign=agent.malign)

    def distill(expert: SmallExpert[Unvetted], p: Knobs, nature: Nature) -> Small[Unvetted]:
        return Small(error=expert.error, malign=expert.malign)

    bare = Scheme("bare", parameters=Knobs, seed=perfect, amplify=amplify, distill=distill)  # trap
    trace(bare)


@trap('"bare" does not say what it carries', "write Loop[Parameters, Agent[I]](...)")
def loop_without_brackets() -> None:
    bare = Loop("bare", parameters=Knobs, seed=perfect, step=keep)  # trap
    trace(bare)


@trap("smart_enough returned True", "return a condition")
def oversight_that_is_no_condition() -> None:
    def amplify(agent: Small[I], p: Knobs, nature: Nature) -> SmallExpert[I]:
        return SmallExpert(error=agent.error, malign=agent.malign)

    def distill(expert: SmallExpert[I], p: Knobs, nature: Nature) -> Small[I]:
        return Small(error=expert.error, malign=expert.malign)

    def smart_enough(expert: Any, student: Any, p: Knobs) -> Any:  # trap
        return True

    sure = Scheme[Knobs, Small[Unvetted], SmallExpert[Unvetted]](
        "sure",
        parameters=Knobs,
        seed=perfect,
        amplify=amplify,
        distill=distill,
        smart_enough=smart_enough,
    )
    trace(sure)


def test_a_scheme_may_be_subclassed_with_its_brackets() -> None:
    class Fixed(Loop[Knobs, Small[Benign]]):
        """All brackets filled."""

    A = TypeVar("A", bound=Agent[Any])

    class Half(Loop[Knobs, A]):
        """One bracket left open."""

    class Bare(Loop[Any, Any]):
        """Nothing said."""

    seed = cast(Any, perfect)
    fixed = Fixed("fixed", parameters=Knobs, seed=seed, step=keep)
    half = Half[Small[Benign]]("half", parameters=Knobs, seed=seed, step=keep)
    for process in (fixed, half):
        assert (process.agent.cls, process.agent.carries) == (Small, Benign)
        assert len(trace(process).stages) == 1
    with pytest.raises(SpecError, match="in its brackets"):
        trace(Bare("bare", parameters=Knobs, seed=seed, step=keep))


def test_names_in_any_alphabet_serve_every_engine() -> None:
    class Gedächtnis(Agent[I]):
        fehler: Real = between(0, 1)
        größe: Real = between(0, 1)

    class Winzig(Invariant):
        ε: Real = budget(0, 1, limit="1/2")

        def holds(self, agent: Any) -> Bool:
            return Bool(agent.fehler + agent.größe <= self.ε)

    class Störung(Parameters):
        δ: Real = parameter("1/10", 0, 1)

    def anfang(p: Störung) -> Gedächtnis[Winzig]:
        return Gedächtnis(fehler=Real(0), größe=Real(0))

    def schritt(a: Any, p: Störung, nature: Nature) -> Any:
        störung = nature.choose("Störung |λ|", at_most=p.δ)
        return Gedächtnis(fehler=a.fehler / 2 + störung, größe=a.größe**2 + störung / 2)

    process = Loop[Störung, Gedächtnis[Winzig]](
        "Gedächtnis", parameters=Störung, seed=anfang, step=schritt
    )
    assert decide(Claim("gut", process, Winzig())).answer is Answer.PROVED
    broken = decide(Claim("schlecht", process, Winzig(), at={"δ": "1/2"}))
    assert broken.run is not None
    assert broken.run.iteration == 1
    assert set(broken.run.steps[0].after) == {"fehler", "größe"}


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
