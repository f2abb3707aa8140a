"""Names of choices carry no structure: no name makes one choice of two."""

from __future__ import annotations

from typing import Any

from checker import judge
from checker.system.problem import pose
from checker.system.transition_system import transition_system
from spec import (
    Agent,
    Bool,
    Claim,
    Expert,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    Refines,
    Scheme,
    Unvetted,
    between,
)
from spec.statements.base import Answer


class Pair(Agent[I]):
    x: Real = between(0, 1, "first")
    y: Real = between(0, 1, "second")


class Single(Expert[I]):
    x: Real = between(0, 1, "first")


class Same(Invariant):
    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.x == pair.y


class Nothing(Parameters):
    pass


def zero(p: Nothing) -> Pair[Same]:
    return Pair(x=Real(0), y=Real(0))


def named_like_the_other(pair: Pair[I], p: Nothing, nature: Nature) -> Single[Unvetted]:
    return Single(x=nature.choose("distill: c", at_most=1))


def choose_anew(single: Single[Unvetted], p: Nothing, nature: Nature) -> Pair[Same]:
    return Pair(x=single.x, y=nature.choose("c", at_most=1))


def choose(pair: Pair[I], p: Nothing, nature: Nature) -> Single[Unvetted]:
    return Single(x=nature.choose("d", at_most=1))


def copy(single: Single[Unvetted], p: Nothing, nature: Nature) -> Pair[Same]:
    return Pair(x=single.x, y=single.x)


WIDE = Scheme[Nothing, Pair[Same], Single[Unvetted]](
    "wide",
    parameters=Nothing,
    seed=zero,
    amplify=named_like_the_other,
    distill=choose_anew,
)
NARROW = Scheme[Nothing, Pair[Same], Single[Unvetted]](
    "narrow", parameters=Nothing, seed=zero, amplify=choose, distill=copy
)


def test_two_choices_stay_two_in_a_composed_step() -> None:
    (step,) = pose(Claim("wide/same", WIDE, Same())).composed().steps
    names = [choice.name for choice in step.stage.choices]
    assert len(set(names)) == len(names) == 2


def test_two_choices_stay_two_in_a_transition_system() -> None:
    system = transition_system(WIDE, "left", {})
    symbols = [choice.symbol.decl().name() for choice in system.choices]
    assert len(set(symbols)) == len(symbols) == 2


def test_a_scheme_that_chooses_twice_does_not_refine_one_that_copies() -> None:
    assert judge(Refines("wide/narrow", WIDE, NARROW)).answer is Answer.REFUTED
    assert judge(Refines("narrow/wide", NARROW, WIDE)).answer is Answer.PROVED
