"""Several density ratios: each change of distribution is told apart, needed, and replayed."""

from __future__ import annotations

import random
import re
import time
from fractions import Fraction
from typing import Any

import attrs
import pytest

from checker import judge
from checker.backends.solver import QueryBudget
from checker.report.verdict import plain
from checker.statements.sound import Role, Without
from checker.worlds.grid import grid_of
from checker.worlds.lifting import Condition, Lifted, NotLifted, lift
from checker.worlds.random_worlds import Drawn, world_of
from checker.worlds.tracing import two_versions
from checker.worlds.weighting import Worlds
from checker.worlds.world import AskedQuestion, Replay, TableQuestion, World
from spec import (
    SAME_HARDNESS,
    Agent,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Question,
    Real,
    Sound,
    SpecError,
    between,
    budget,
    minimum,
    parameter,
)
from spec.statements.base import Answer
from spec.worlds import within_ratio
from tests.worlds.steps import F


class Advocate(Agent[I]):
    """An agent that argues and rules."""

    error: Real = between(0, 1, "mean error")


class Seldom(Invariant):
    """It errs seldom."""

    error: Real = budget(0, 1, "error", limit="1/10")

    def holds(self, advocate: Advocate[Any]) -> Any:
        """The error is within the budget."""
        return advocate.error <= self.error


class Court(Parameters):
    """Two ways of being asked, and a person who reads the ruling."""

    calling: Real = parameter(2, 1, 8)
    steering: Real = parameter(3, 1, 8)
    misread: Real = parameter("1/20", 0, 1)


def first(p: Court) -> Advocate[Seldom]:
    return Advocate(error=Real(0))


def of(bound: Any, concrete: Any = None, **more: Any) -> Sound:
    """That this bound covers one answer to the question and a ruling at a leaf."""

    def step(advocate: Advocate[Any], p: Court, nature: Nature) -> Advocate[Any]:
        return Advocate[Any](error=minimum(1, bound(advocate.error, p)))

    loop = Loop[Court, Advocate[Seldom]]("court", parameters=Court, seed=first, step=step)
    more.setdefault("density", ("calling", "steering"))
    return Sound("s", loop, "step", concrete or ruled, **more)


def ruled(question: Question, p: Court) -> dict[str, Real]:
    """The answer is wrong, or the leaf is: by the one who rules, or the one who reads."""
    leaf = question.part(1, "steering")
    return {"error": minimum(1, question.part(0).error + leaf.error + leaf.misread)}


def right(error: Real, p: Court) -> Real:
    return p.calling * error + p.steering * (error + p.misread)


def once(error: Real, p: Court) -> Real:
    """As if whoever is called errs for both."""
    return p.calling * error + p.steering * p.misread


def exchanged(error: Real, p: Court) -> Real:
    return p.calling * (error + p.misread) + p.steering * error


def in_one_go(error: Real, p: Court) -> Real:
    """The same number as the right bound, written so that nothing tells the two means apart."""
    return (p.calling + p.steering) * error + p.steering * p.misread


def lifted(statement: Sound) -> Lifted | NotLifted:
    return lift(two_versions(statement, {}), QueryBudget(5, time.monotonic() + 60), 30)


def test_two_means_of_one_number_are_told_apart() -> None:
    assert lifted(of(right)) == Lifted(everywhere=True, free=2)
    both = {i.apart.decl().name() for i in two_versions(of(right), {}).inputs if i.name == "error"}
    assert both == {"agent.error under calling", "agent.error under steering"}


def test_a_guess_that_tells_them_apart_badly_proves_nothing() -> None:
    """What is guessed of the places decides what is proved, and never what is true."""
    found = lifted(of(in_one_go))
    assert isinstance(found, NotLifted)
    assert found.condition is Condition.POINTWISE
    assert judge(of(in_one_go)).answer is Answer.UNKNOWN


@pytest.mark.parametrize("mutant", [once, exchanged])
def test_a_bound_that_mixes_up_the_ratios_is_refuted(mutant: Any) -> None:
    assert judge(of(mutant)).answer is Answer.REFUTED


def test_each_ratio_is_dropped_in_turn() -> None:
    verdict = judge(of(right))
    assert verdict.answer is Answer.PROVED
    dropped = [fact for fact in verdict.facts if isinstance(fact, Without)]
    assert [d.assumption for d in dropped] == [within_ratio("calling"), within_ratio("steering")]
    for without, label in zip(dropped, ("calling", "steering"), strict=True):
        assert without.role is Role.NEEDED
        assert without.broken is not None
        table = without.broken.world.table
        asked = {part for q in without.broken.world.asked for part in q.parts}
        ratio = {"calling": 2, "steering": 3}[label]
        often = {q.under for n, q in enumerate(table) if n in asked and ratio * q.weight < 1}
        assert often == {label}
    assert "under steering, " in plain(verdict)


def worlds_of(statement: Sound) -> Worlds:
    versions = two_versions(statement, {})
    replay, budget = Replay(versions), QueryBudget(5, time.monotonic() + 60)
    return Worlds(versions, replay, grid_of(versions, replay, budget), budget)


def test_drawn_worlds_agree_with_sums_by_hand_and_keep_to_the_bound() -> None:
    worlds, generator = worlds_of(of(right)), random.Random(5)

    def units(count: int) -> list[Fraction]:
        return [F(generator.randint(0, 4), 4) for _ in range(count)]

    seen = 0
    for _ in range(60):
        size = generator.randint(1, 3)
        drawn = Drawn(
            [units(2) for _ in range(size)],
            [generator.randint(0, 3) for _ in range(size)],
            [(generator.randint(1, 5), [generator.randint(0, 4) for _ in range(2)], [])
             for _ in range(generator.randint(1, 3))],
        )  # fmt: skip
        world = world_of(worlds, drawn)
        assert world is not None
        found = worlds.replay.bounds(world)
        assert found is not None
        happens = sum(
            q.weight
            * min(
                F(1),
                world.table[q.parts[0]].does["error"]
                + world.table[q.parts[1]].does["error"]
                + world.table[q.parts[1]].does["misread"],
            )
            for q in world.asked
        )
        mean = {
            (label, name): sum(
                (q.weight * q.does[name] for q in world.table if q.under == label), F(0)
            )
            for label, name in (
                ("calling", "error"),
                ("steering", "error"),
                ("steering", "misread"),
            )
        }
        error = max(mean["calling", "error"], mean["steering", "error"])
        assert found[0].happens == happens
        assert found[0].says == min(F(1), 2 * error + 3 * (error + mean["steering", "misread"]))
        assert not found[0].broken
        seen += found[0].happens > 0
    assert seen > 30


GOOD = World(
    (AskedQuestion(F(1), {}, (0, 1)),),
    (
        TableQuestion(F(1), {"error": F(0)}, "calling"),
        TableQuestion(F(1, 3), {"error": F(1), "misread": F(0)}, "steering"),
        TableQuestion(F(2, 3), {"error": F(0), "misread": F(0)}, "steering"),
    ),
    {"calling": F(2), "steering": F(3), "misread": F(1, 20), "error": F(1, 3)},
)


def test_a_part_is_asked_of_its_own_table_within_its_own_ratio() -> None:
    replay = Replay(two_versions(of(right), {}))
    assert replay.bounds(GOOD) is not None
    elsewhere = attrs.evolve(GOOD, asked=(AskedQuestion(F(1), {}, (0, 0)),))
    with pytest.raises(KeyError):  # nothing is known of misreading there
        replay.bounds(elsewhere)
    crossed = attrs.evolve(GOOD, asked=(AskedQuestion(F(1), {}, (2, 1)),))
    assert replay.bounds(crossed) is None
    rarer = attrs.evolve(
        GOOD,
        table=(
            GOOD.table[0],
            attrs.evolve(GOOD.table[1], weight=F(1, 4)),
            attrs.evolve(GOOD.table[2], weight=F(3, 4)),
        ),
    )
    assert replay.bounds(rarer) is None
    misread = attrs.evolve(
        GOOD,
        table=(*GOOD.table[:2], attrs.evolve(GOOD.table[2], does={"error": F(0), "misread": F(1)})),
    )
    assert replay.bounds(misread) is None


def asks(*ways: tuple[int, str]) -> Any:
    def concrete(question: Question, p: Court) -> dict[str, Real]:
        return {"error": sum((question.part(n, ratio).error for n, ratio in ways), Real(0))}

    return concrete


def of_ratio(question: Question, p: Court) -> dict[str, Real]:
    return {"error": question.part(0).error + question.part(1, "steering").calling}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: of(right, asks((0, ""))), "never reads under it"),
        (
            lambda: of(right, asks((0, ""), (1, "steering"), (2, "pull"))),
            "is asked under no density ratio of the statement; it has calling, steering",
        ),
        (lambda: of(right, asks((0, "calling"), (0, "steering"))), "give each part one density"),
        (lambda: of(right, density=("calling", "calling")), "names a ratio twice"),
        (lambda: of(right, density=("calling", "hauling")), "is no real parameter"),
        (lambda: of(right, assumptions=(SAME_HARDNESS,)), "makes every density ratio the same"),
        (lambda: of(right, of_ratio), "is a density ratio, which is no mean over the table"),
    ],
)
def test_ratios_that_say_nothing_are_refused(make: Any, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        two_versions(make(), {})
