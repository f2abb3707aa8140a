"""An agent is vetted for what it carries, also where mypy lets something else through."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import pytest

from checker import decide
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
    SpecError,
    between,
)
from spec.invariants import conjuncts
from spec.statements.base import Answer
from spec.trace import trace

Tag = TypeVar("Tag")


class Box(Agent[I]):
    x: Real = between(0, 1, "what is to stay low")


class Strong(Invariant):
    def holds(self, box: Box[Any]) -> Bool:
        return box.x <= "1/2"


class Lax(Invariant):
    def holds(self, box: Box[Any]) -> Bool:
        return box.x <= 1


class Filled(Box[Strong]):
    """An agent class that has filled its bracket."""


class Tagged(Box[I], Generic[Tag, I]):
    """An agent class whose second argument is what it carries."""


class Nothing(Parameters):
    pass


def test_a_bracket_that_a_class_has_filled_is_read() -> None:
    def seed(p: Nothing) -> Filled:
        return Filled(x=Real(1))

    def step(box: Filled, p: Nothing, nature: Nature) -> Filled:
        return box

    loop = Loop[Nothing, Filled]("filled", parameters=Nothing, seed=seed, step=step)
    assert loop.agent.carries is Strong


def test_what_an_agent_carries_is_what_stands_in_the_bracket_of_agent() -> None:
    def seed(p: Nothing) -> Tagged[Lax, Strong]:
        return Tagged(x=Real(1))

    def step(box: Tagged[Tag, I], p: Nothing, nature: Nature) -> Tagged[Tag, I]:
        return box

    loop = Loop[Nothing, Tagged[Lax, Strong]]("tagged", parameters=Nothing, seed=seed, step=step)
    assert loop.agent.carries is Strong


@pytest.mark.parametrize("name", ["__slack__", "__getattribute__", "__eq__", "__class_getitem__"])
def test_an_invariant_defines_no_name_that_python_reads(name: str) -> None:
    with pytest.raises(SpecError, match=f"defines {name}"):
        type("Weaker", (Strong,), {name: lambda self, *_: Real(1)})


def test_an_ancestor_means_the_same_whoever_inherits_it() -> None:
    class Suspicious(Invariant):
        def holds(self, box: Box[Any]) -> Bool:
            return Bool(True) if type(self) is not Suspicious else box.x <= "1/2"

    class Heir(Suspicious):
        def holds(self, box: Box[Any]) -> Bool:
            return box.x <= 1

    found = dict(conjuncts(Heir(), Box(x=Real("3/4"))))
    assert str(found["Suspicious"]) == "False"
    assert str(found["Heir"]) == "True"


GAIN = Real(0)


def test_a_global_that_changes_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def seed(p: Nothing) -> Box[Strong]:
        return Box(x=Real(0))

    def step(box: Box[I], p: Nothing, nature: Nature) -> Box[I]:
        return Box(x=GAIN)

    loop = Loop[Nothing, Box[Strong]]("box", parameters=Nothing, seed=seed, step=step)
    claim = Claim("box/strong", loop, Strong())
    assert decide(claim).answer is Answer.PROVED
    first = trace(loop).stages
    assert trace(loop).stages[0] is first[0], "an unchanged step is not traced again"
    monkeypatch.setitem(globals(), "GAIN", Real(1))
    assert decide(claim).answer is Answer.REFUTED
