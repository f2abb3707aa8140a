"""A number that bounds what happens at every question is held to be no mean, and used as none."""

from __future__ import annotations

import re
import time
from typing import Any

import attrs
import pytest

from checker import judge
from checker.backends.solver import QueryBudget
from checker.statements.sound import Role, Without
from checker.worlds.lifting import Condition, Lifted, NotLifted, lift
from checker.worlds.tracing import two_versions
from checker.worlds.world import AskedQuestion, BoundInWorld, End, Replay, TableQuestion, World
from spec import INDEPENDENT, SAME_HARDNESS, Nature, Question, Real, Sound, SpecError, minimum
from spec.statements.base import Answer
from tests.worlds.steps import (
    F,
    Pupil,
    School,
    confirm,
    confirm_squared,
    confirmed,
    learn,
    learned,
    loop,
)


def of(step: Any, concrete: Any, **more: Any) -> Sound:
    return Sound("s", loop(step), step.__name__, concrete, **more)


def lifted(statement: Sound) -> Lifted | NotLifted:
    return lift(two_versions(statement, {}), QueryBudget(5, time.monotonic() + 60), 30)


def departing(question: Question, p: School) -> dict[str, Real]:
    """It departs at every question with eps at most."""
    departs = question.draw("departs", at_most=p.eps)
    question.chooses("departs", departs)
    return {"error": minimum(1, question.part().error + departs)}


def departing_on_average(question: Question, p: School) -> dict[str, Real]:
    """It departs with eps in the mean."""
    departs = question.draw("departs")
    question.mean("eps", departs)
    question.chooses("departs", departs)
    return {"error": minimum(1, question.part().error + departs)}


BOTH = ("error", "departs")


def test_a_bound_at_every_question_may_be_squared_and_one_of_a_mean_may_not() -> None:
    at_every = of(confirm_squared, confirmed, assumptions=(INDEPENDENT,), everywhere="error")
    assert lifted(at_every) == Lifted(everywhere=True, free=5)
    verdict = judge(at_every)
    assert verdict.answer is Answer.PROVED
    roles = {f.assumption.name: f.role for f in verdict.facts if isinstance(f, Without)}
    assert roles == {"independent copies": Role.NEEDED, "as in training": Role.IDLE}
    assert judge(of(confirm_squared, confirmed, assumptions=(INDEPENDENT,))).answer is (
        Answer.REFUTED
    )


def test_a_choice_that_is_the_greatest_must_be_allowed_at_every_question() -> None:
    """That it is within its bounds is shown, and not taken for granted in showing it."""
    assert isinstance(lifted(of(learn, departing, everywhere=BOTH)), Lifted)
    stopped = lifted(of(learn, departing_on_average, everywhere=BOTH))
    assert stopped == NotLifted(Condition.CHOICE, "departs", True)
    verdict = judge(of(learn, departing_on_average, everywhere=BOTH))
    (broken,) = verdict.facts
    assert isinstance(broken, BoundInWorld)
    assert (broken.of, broken.end, broken.value) == ("departs", End.HIGH, F(1))


def test_a_mean_is_no_bound_at_every_question() -> None:
    def turns(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return Pupil[Any](error=Real(0), malign=pupil.error, debt=Real(0), rounds=pupil.rounds)

    def turned(question: Question, p: School) -> dict[str, Real]:
        return {"malign": question.part().error}

    assert isinstance(lifted(of(turns, turned)), Lifted)
    assert lifted(of(turns, turned, everywhere="malign")) == NotLifted(
        Condition.POINTWISE, "malign", True
    )
    verdict = judge(of(turns, turned, everywhere="malign"))
    assert verdict.answer is Answer.REFUTED
    (broken,) = verdict.facts
    assert isinstance(broken, BoundInWorld)
    assert broken.happens == max(does["malign"] for does in broken.on_each)
    assert isinstance(lifted(of(turns, turned, everywhere=("malign", "error"))), Lifted)


WORLD = World(
    (
        AskedQuestion(F(3, 4), {"departs": F(0)}, (0,)),
        AskedQuestion(F(1, 4), {"departs": F(1, 50)}, (1,)),
    ),
    (TableQuestion(F(3, 4), {"error": F(0)}), TableQuestion(F(1, 4), {"error": F(1, 2)})),
    {
        "slip": F(1, 200),
        "eps": F(1, 50),
        "density": F(2),
        "low_density": F(2),
        "harm": F(0),
        "parts": F(2),
        "error": F(1, 2),
        "malign": F(0),
        "debt": F(0),
        "rounds": F(0),
    },
)


def test_the_greatest_of_all_questions_is_replayed() -> None:
    replay = Replay(two_versions(of(learn, departing, everywhere=BOTH), {}))
    bounds = replay.bounds(WORLD)
    assert bounds is not None
    error, high, low = bounds
    assert (error.happens, error.says) == (F(1, 2) + F(1, 50), F(1, 2) + F(1, 50))
    assert (high.value, low.value) == (F(1, 50), F(1, 50))
    meant = {**WORLD.inputs, "error": F(1, 8)}
    assert replay.bounds(attrs.evolve(WORLD, inputs=meant)) is None
    of_means = Replay(two_versions(of(learn, departing), {})).bounds(
        attrs.evolve(WORLD, inputs=meant)
    )
    assert of_means is not None
    assert (of_means[0].happens, of_means[0].says) == (F(1, 8) + F(1, 200), F(1, 8) + F(1, 200))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: of(confirm, confirmed, everywhere="errors"), "is no real field of confirm's"),
        (lambda: of(confirm, confirmed, everywhere="rounds"), "is no real field of confirm's"),
        (
            lambda: of(confirm, confirmed, everywhere="error", assumptions=(SAME_HARDNESS,)),
            "makes every bound one at every question",
        ),
        (lambda: of(learn, learned, everywhere="error"), "says that it is one of a mean; say one"),
    ],
)
def test_a_bound_at_every_question_that_says_nothing_is_refused(make: Any, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        two_versions(make(), {})
