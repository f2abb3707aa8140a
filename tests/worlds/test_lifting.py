"""Each condition of lifting is asked for: a step that breaks just one is not lifted."""

from __future__ import annotations

import time
from typing import Any

import pytest

from checker.backends.solver import QueryBudget
from checker.worlds.lifting import Condition, Lifted, NotLifted, lift
from checker.worlds.tracing import two_versions
from spec import (
    DENSITY,
    INDEPENDENT,
    SAME_HARDNESS,
    Assumption,
    Nature,
    Overseer,
    Question,
    Real,
    Scheme,
    Sound,
    maximum,
    minimum,
    when,
)
from spec.agents import Assistant
from spec.alignment import Trusted
from tests.worlds.steps import (
    Pupil,
    School,
    asked,
    confirm,
    confirm_squared,
    confirmed,
    learn,
    learn_little,
    learned,
    loop,
    made,
    split,
    split_of_means,
    split_without_density,
    split_without_slip,
)


def lifted(statement: Sound, without: Assumption | None = None) -> Lifted | NotLifted:
    budget = QueryBudget(5, time.monotonic() + 30)
    return lift(two_versions(statement, {}, without), budget, 20)


def of(step: Any, concrete: Any, **more: Any) -> Sound:
    return Sound("s", loop(step), step.__name__, concrete, **more)


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_a_decomposition_is_lifted_for_all_values_of_its_parameters(parts: int) -> None:
    found = lifted(of(split, asked, density="density", at={"parts": parts}))
    assert found == Lifted(everywhere=True, free=4)


def test_a_distillation_is_lifted() -> None:
    assert isinstance(lifted(of(learn, learned)), Lifted)


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        (of(split_without_density, asked, density="density"), Condition.POINTWISE),
        (of(split_without_slip, asked, density="density"), Condition.POINTWISE),
        (of(split_of_means, asked, density="density"), Condition.POINTWISE),
        (of(learn_little, learned), Condition.CHOICE),
        (of(confirm_squared, confirmed, assumptions=(INDEPENDENT,)), Condition.CONCAVE),
        (of(confirm_squared, confirmed, assumptions=(SAME_HARDNESS,)), Condition.POINTWISE),
    ],
)
def test_a_mutant_is_not_lifted(statement: Sound, condition: Condition) -> None:
    found = lifted(statement)
    assert isinstance(found, NotLifted)
    assert (found.condition, found.fails) == (condition, True)


def test_a_table_that_is_the_same_everywhere_needs_no_concave_bound() -> None:
    both = of(confirm_squared, confirmed, assumptions=(INDEPENDENT, SAME_HARDNESS))
    assert isinstance(lifted(both), Lifted)
    assert isinstance(lifted(both, INDEPENDENT), NotLifted)
    assert isinstance(lifted(both, SAME_HARDNESS), NotLifted)
    assert isinstance(lifted(both, DENSITY), Lifted)  # nothing depends on what is asked how often


def test_a_table_that_is_the_same_everywhere_still_needs_a_bound_that_rises() -> None:
    def falls(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(1 - pupil.error)

    def wrong(question: Question, p: School) -> dict[str, Real]:
        return {"error": 1 - question.part().error}

    found = lifted(of(falls, wrong, assumptions=(SAME_HARDNESS,)))
    assert found == NotLifted(Condition.MONOTONE, "error", True)


def test_a_bound_falls_where_its_input_is_only_an_upper_bound() -> None:
    def falls(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(minimum(1, 1 - pupil.error / 2))

    def right(question: Question, p: School) -> dict[str, Real]:
        return {"error": 1 - question.part().error / 2}

    assert lifted(of(falls, right)) == NotLifted(Condition.MONOTONE, "error", True)


def test_a_concave_bound_that_cannot_be_read_off_is_asked_of_the_solver() -> None:
    def curved(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(2 * pupil.error - pupil.error**2)

    def either(question: Question, p: School) -> dict[str, Real]:
        each = question.part().error
        return {"error": each + each * (1 - each)}

    assert isinstance(lifted(of(curved, either)), Lifted)


def test_a_convex_bound_is_not_concave() -> None:
    def kinked(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(maximum(0, 2 * pupil.error - 1))

    def kink(question: Question, p: School) -> dict[str, Real]:
        return {"error": maximum(0, 2 * question.part().error - 1)}

    assert lifted(of(kinked, kink)) == NotLifted(Condition.CONCAVE, "error", True)


def test_a_division_by_zero_is_found_on_either_side() -> None:
    def divides(question: Question, p: School) -> dict[str, Real]:
        return {"error": question.part().error * p.slip / p.slip}

    found = lifted(of(confirm, divides))
    # at the statement's own slip there is no division by zero
    assert found == Lifted(everywhere=False, free=5)

    def halves(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(when(p.harm > 0, pupil.error, pupil.error / (pupil.error + p.harm)))

    stopped = lifted(of(halves, confirmed, assumptions=(INDEPENDENT,)))
    assert isinstance(stopped, NotLifted)
    assert stopped.condition is Condition.DEFINED
    assert "steps.py" in stopped.of or "test_lifting.py" in stopped.of


def test_what_holds_only_at_the_parameters_own_values_is_said_to() -> None:
    def thin(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(minimum(1, pupil.error * (1 + p.eps) / (1 + 2 * p.eps) + p.harm))

    assert isinstance(lifted(of(thin, confirmed, assumptions=(INDEPENDENT,))), NotLifted)
    own = of(thin, confirmed, assumptions=(INDEPENDENT,), at={"eps": 0})
    assert lifted(own) == Lifted(everywhere=False, free=5)


def test_the_lower_bound_of_a_choice_is_kept_to_as_well() -> None:
    def forced(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        departs = nature.choose("departs", at_least=p.eps / 2, at_most=1)
        return made(minimum(1, pupil.error + departs))

    assert lifted(of(forced, learned)) == NotLifted(Condition.MONOTONE, "departs", True)


def test_a_bound_of_a_choice_must_be_concave() -> None:
    def curved(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        departs = nature.choose("departs", at_most=p.eps**2)
        return made(minimum(1, pupil.error + departs))

    def squared(question: Question, p: School) -> dict[str, Real]:
        amount = question.draw("amount")
        question.mean("eps", amount)
        question.chooses("departs", amount**2)
        return {"error": amount**2}

    assert lifted(of(curved, squared)) == NotLifted(Condition.CONCAVE, "departs", True)


class Watched(School):
    """Parameters of a scheme with oversight."""


def seed(p: Watched) -> Assistant[Trusted]:
    return Assistant(
        capability=Real(1),
        error=Real(0),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def amplify(agent: Assistant[Any], p: Watched, nature: Nature) -> Overseer[Any]:
    return Overseer(
        capability=agent.capability,
        error=agent.error,
        malign=agent.malign,
        resistance=agent.resistance,
        cost=agent.cost,
        regret=agent.regret,
    )


def distill(expert: Overseer[Any], p: Watched, nature: Nature) -> Assistant[Any]:
    return Assistant(
        capability=expert.capability,
        error=minimum(1, expert.error + p.eps),
        malign=expert.malign,
        resistance=expert.resistance,
        cost=Real(1),
        regret=expert.regret,
    )


overseen = Scheme[Watched, Assistant[Trusted], Overseer[Trusted]](
    "overseen",
    parameters=Watched,
    seed=seed,
    amplify=amplify,
    distill=distill,
    smart_enough=lambda expert, student, p: expert.error <= p.slip,
)


def student(question: Question, p: Watched) -> dict[str, Real]:
    error = question.draw("the expert errs")
    question.mean("error", error)
    departs = question.draw("departs")
    question.mean("eps", departs)
    return {"error": minimum(1, error + departs)}


def beyond(question: Question, p: Watched) -> dict[str, Real]:
    found = student(question, p)
    return {"error": found["error"] - 1}


def test_the_student_is_compared_where_oversight_holds() -> None:
    assert isinstance(lifted(Sound("s", overseen, "distill", student)), Lifted)


def test_an_arbitrary_student_is_within_its_domain() -> None:
    found = lifted(Sound("s", overseen, "distill", beyond))
    assert found == NotLifted(Condition.IN_DOMAIN, "error", True)


def test_a_bound_must_be_concave_wherever_a_question_may_take_it() -> None:
    """A slip of 2 lies outside the parameter's domain, and with it the kink of the bound."""

    def kinked(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(p.slip + maximum(0, 3 * p.slip - 3))

    def doubled(question: Question, p: School) -> dict[str, Real]:
        amount = 2 * question.draw("half a slip")
        question.mean("slip", amount)
        return {"error": amount + maximum(0, 3 * amount - 3)}

    def single(question: Question, p: School) -> dict[str, Real]:
        amount = question.draw("slip")
        question.mean("slip", amount)
        return {"error": amount + maximum(0, 3 * amount - 3)}

    assert lifted(of(kinked, doubled)) == NotLifted(Condition.CONCAVE, "error", True)
    assert isinstance(lifted(of(kinked, single)), Lifted)
