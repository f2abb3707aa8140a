"""Mistakes in the fields of an agent and in their domains name their line and their mend."""

from __future__ import annotations

from typing import Any

import pytest

from checker.system.problem import pose
from spec import Agent, Bool, Claim, Count, I, Loop, Nature, Real, Unvetted, between, whole
from spec.trace import trace
from tests.spec.knobs import AnyAgent, Counted, Knobs, Small, keep, loop
from tests.spec.traps import Trap, Traps, spring

TRAPS = Traps()
trap, step_trap = TRAPS.trap, TRAPS.step_trap


@trap("the float 0.5 is not exact", 'write "1/2"')
def float_in_a_domain() -> None:
    class Halved(Agent[I]):
        error: Real = between(0, 0.5)  # type: ignore[arg-type]  # trap


@trap("the seed's error is 2, outside its domain [0, 1]")
def seed_outside_its_domain() -> None:
    def seed(p: Knobs) -> Small[Unvetted]:  # trap
        return Small(error=Real(2), malign=Real(0))

    pose(Claim("outside", loop(seed=seed), Unvetted()))


@trap("the seed breaks a coupled bound of its fields")
def seed_outside_a_coupled_bound() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: 1 - agent.error)

    def seed(p: Knobs) -> Coupled[Unvetted]:  # trap
        return Coupled(error=Real("3/4"), malign=Real("1/2"))

    coupled = Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=keep)
    pose(Claim("outside", coupled, Unvetted()))


@step_trap("Small(...) forgets malign", "pass each one (agent.field to keep it)")
def forgotten_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error)  # type: ignore[call-arg]  # trap


@step_trap("Small has no field treachery", "it has error, malign")
def unknown_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    fields = {"error": agent.error, "malign": agent.malign, "treachery": Real(0)}
    return Small(**fields)  # trap


@trap("a coupled bound reads error, which is written below it", "reorder the fields")
def coupled_bound_on_a_later_field() -> None:
    class Coupled(Agent[I]):
        malign: Real = between(0, 1, coupled=lambda agent: 1 - agent.error)  # trap
        error: Real = between(0, 1)

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real(0), malign=Real(0))

    def step(agent: Coupled[I], p: Knobs, nature: Nature) -> Coupled[I]:
        return nature.anything(Coupled)

    trace(Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=step))


@trap("Bare.error has no domain", "write `error: Real = between(low, high, 'what it measures')`")
def field_without_a_domain() -> None:
    class Bare(Agent[I]):  # trap
        error: Real

    def seed(p: Knobs) -> Bare[Unvetted]:
        return Bare(error=Real(0))

    trace(Loop[Knobs, Bare[Unvetted]]("bare", parameters=Knobs, seed=seed, step=keep))


@trap("the field Secret._error begins with an underscore", "call it error")
def field_with_an_underscore() -> None:
    class Secret(Agent[I]):  # trap
        _error: Real = between(0, 1)


@trap("Made has an __init__ of its own", "write a function that returns one")
def agent_with_its_own_init() -> None:
    class Made(Agent[I]):
        error: Real = between(0, 1)

        def __init__(self) -> None:  # trap
            pass


@trap("an empty domain: 1 is above 1/2", "swap the two bounds")
def empty_domain() -> None:
    class Nobody(Agent[I]):
        error: Real = between(1, "1/2")  # trap


@trap("Counted.lessons wants a Count, not a Real", "keep it whole with plus and times")
def real_in_a_count_field() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        lessons = agent.lessons + 1
        return Counted(doubt=agent.doubt, lessons=lessons, vetted=agent.vetted)  # trap

    def seed(p: Knobs) -> Counted[Unvetted]:
        return Counted(doubt=Real(0), lessons=Count(0), vetted=Bool(True))

    trace(Loop[Knobs, Counted[Unvetted]]("counted", parameters=Knobs, seed=seed, step=step))


@step_trap("Small has no eror; it has error, malign")
def misspelt_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.eror, malign=agent.malign)  # trap


@step_trap("Small(...) takes its fields by name", "write Small(error=..., malign=...)")
def fields_without_names(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(agent.error, agent.malign)  # type: ignore[call-arg]  # trap


@trap("the coupled bound of malign raised AttributeError: Coupled has no eror", "it has error")
def typo_in_a_coupled_bound() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: 1 - agent.eror)  # trap

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real(0), malign=Real(0))

    trace(Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=keep))


@trap("the coupled bound of malign: a condition is used as a number", "write when")
def coupled_bound_that_is_no_number() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: agent.error <= 1)  # trap

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real(0), malign=Real(0))

    trace(Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=keep))


@trap("a Count has whole bounds, not 1/2 to 2", "use between(...)")
def count_with_a_fraction_for_a_bound() -> None:
    whole("1/2", 2)  # type: ignore[arg-type]  # trap


@trap("AnyAgent() stands for no agent", 'some(AnyAgent, "name")')
def agent_without_fields_out_of_nothing() -> None:
    def seed(p: Knobs) -> AnyAgent[Unvetted]:  # trap
        return AnyAgent()

    trace(Loop[Knobs, AnyAgent[Unvetted]]("nobody", parameters=Knobs, seed=seed, step=keep))


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
