"""What no verdict could be given on is refused, with the line and the fix."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from checker.worlds.tracing import two_versions
from spec import (
    DENSITY,
    INDEPENDENT,
    SAME_HARDNESS,
    Assumption,
    Bool,
    Loop,
    Nature,
    Question,
    Real,
    Sound,
    SpecError,
    parameter,
)
from tests.worlds.steps import (
    Fine,
    Pupil,
    School,
    asked,
    confirm,
    confirmed,
    first,
    learn,
    learned,
    loop,
    made,
    split,
)

Concrete = Callable[[Question, Any], Any]
COUNTER: list[int] = []
KEPT: list[Real] = []


def draws(name: str) -> Concrete:
    def concrete(question: Question, p: School) -> dict[str, Real]:
        question.mean(name, question.draw("it"))
        return {"error": Real(0)}

    return concrete


def tells(name: str) -> Concrete:
    def concrete(question: Question, p: School) -> dict[str, Real]:
        question.chooses("departs", Real(0))
        if name != "departs":
            question.chooses(name, Real(0))
        return {"error": Real(0)}

    return concrete


def returning(value: Any) -> Concrete:
    return lambda question, p: value


def silent(question: Question, p: School) -> dict[str, Real]:
    return {"error": Real(0)}


def twice(question: Question, p: School) -> dict[str, Real]:
    question.mean("error", question.part().error)
    return {"error": question.part().error}


def counts(question: Question, p: School) -> dict[str, Real]:
    COUNTER.append(1)
    return {"error": Real(len(COUNTER)) / 100}


def keeps(question: Question, p: School) -> dict[str, Real]:
    KEPT.append(question.draw("mine"))
    return {"error": KEPT[0]}


def foreign(question: Question, p: School) -> dict[str, Real]:
    other = Question((), ())
    return {"error": other.draw("another's")}


def gaps(question: Question, p: School) -> dict[str, Real]:
    return {"error": question.part(1).error}


def negative(question: Question, p: School) -> dict[str, Real]:
    return {"error": question.part().debt}


def raises(question: Question, p: School) -> dict[str, Real]:
    raise ValueError("no idea")


def branches(question: Question, p: School) -> dict[str, Real]:
    return {"error": question.draw("a") if question.draw("b") > 0 else Real(0)}


REFUSED: list[tuple[Concrete, str]] = [
    (draws("slips"), "is about no input of learn: no real parameter, and no real field"),
    (draws("rounds"), "is about no input of learn"),
    (draws("parts"), "is about no input of learn"),
    (tells("departure"), "is about no choice that nature makes in learn; it makes departs"),
    (silent, 'reads nature\'s choice "departs"'),
    (returning({}), "returned {}; return what the new agent does"),
    (returning(Real(0)), "returned a Real; return what the new agent does"),
    (returning({"wrong": Real(0)}), "is no real field of what learn makes"),
    (returning({"rounds": Real(0)}), "is no real field of what learn makes"),
    (returning({"error": True}), "returned True as 'error'; return a number"),
    (returning({"error": Bool(True)}), "returned a Bool as 'error'; return a number"),
    (returning({"error": 0.5}), "returned 0.5 as 'error'; return a number"),
    (counts, "gives something else each time it is run"),
    (foreign, "reads drawn: another's, which is none of its arguments"),
    (gaps, "the parts of a question are 1; count them from 0, without gaps"),
    (negative, "debt may be negative"),
    (raises, "raised ValueError: no idea"),
    (branches, "has no truth value yet"),
    (twice, '"error" is a mean twice'),
]


@pytest.mark.parametrize(("concrete", "message"), REFUSED, ids=[m[:30] for _, m in REFUSED])
def test_a_concrete_step_that_means_nothing_is_refused(concrete: Concrete, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)) as caught:
        two_versions(Sound("s", loop(learn), "learn", concrete), {})
    assert re.match(r".*test_tracing\.py:\d+", caught.value.location)


class Confused(School):
    """A parameter that has the name of a pupil's field."""

    malign: Real = parameter(0, 0, 1)


def test_a_name_that_is_a_parameter_s_and_a_field_s_is_refused() -> None:
    """A world in which the field is not the parameter's value would be none."""
    scheme = Loop[Confused, Pupil[Fine]]("learn", parameters=Confused, seed=first, step=learn)
    with pytest.raises(SpecError, match='"malign" is both a parameter and a field'):
        two_versions(Sound("s", scheme, "learn", learned), {})


def test_a_number_kept_from_an_earlier_run_is_refused() -> None:
    """It is no number of the question that is met now, though it may have the same name."""
    KEPT.clear()
    with pytest.raises(SpecError, match="gives something else each time it is run"):
        two_versions(Sound("s", loop(confirm), "confirm", keeps), {})


def statements() -> list[tuple[Callable[[], Sound], str]]:
    own = Assumption("own", "whatever")
    return [
        (lambda: Sound("s", loop(learn), "learns", learned), "is no step of learn; it has learn"),
        (lambda: Sound("s", loop(learn), "learn", 3), "concrete is no function"),  # type: ignore[arg-type]
        (
            lambda: Sound("s", loop(learn), "learn", learned, assumptions=("x",)),  # type: ignore[arg-type]
            "is no Assumption",
        ),
        (
            lambda: Sound("s", loop(learn), "learn", learned, density="slips"),
            "is no real parameter",
        ),
        (
            lambda: Sound("s", loop(learn), "learn", learned, density="density"),
            "is about the table, which the concrete step never reads",
        ),
        (
            lambda: Sound("s", loop(split), "split", asked, density="low_density"),
            "is a density ratio, which is at least 1, but its domain begins at 1/2",
        ),
        (
            lambda: Sound("s", loop(split), "split", asked, assumptions=(INDEPENDENT,)),
            '"independent copies" is assumed, and the concrete step never asks',
        ),
        (
            lambda: Sound("s", loop(split), "split", asked, assumptions=(own,)),
            '"own" is assumed, and the concrete step never asks',
        ),
        (
            lambda: Sound("s", loop(learn), "learn", learned, assumptions=(SAME_HARDNESS,)),
            '"same hardness" is assumed of the table, which the concrete step never reads',
        ),
        (
            lambda: Sound("s", loop(learn), "learn", learned, assumptions=(DENSITY,)),
            '"density ratio" is assumed of the table',
        ),
        (
            lambda: Sound("s", loop(confirm), "confirm", confirmed, table=lambda e: 1),  # type: ignore[arg-type,return-value]
            "table returned 1; return a condition",
        ),
        (
            lambda: Sound("s", loop(split), "split", asked, at={"slip": 2}),
            "slip = 2 is outside its domain",
        ),
    ]


@pytest.mark.parametrize(("make", "message"), statements())
def test_a_statement_that_no_verdict_fits_is_refused(
    make: Callable[[], Sound], message: str
) -> None:
    with pytest.raises(SpecError, match=re.escape(message)) as caught:
        two_versions(make(), {})
    assert re.match(r".*\.py:\d+", caught.value.location)


def test_the_density_ratio_is_no_mean() -> None:
    def concrete(question: Question, p: School) -> dict[str, Real]:
        question.mean("density", question.draw("it"))
        return {"error": question.part().error}

    with pytest.raises(SpecError, match='"density" is the density ratio, which is no mean'):
        two_versions(Sound("s", loop(split), "split", concrete, density="density"), {})


def test_a_step_between_agents_without_fields_is_refused() -> None:
    from models.amplification import iterated_amplification

    with pytest.raises(SpecError, match="between agents without fields"):
        two_versions(Sound("s", iterated_amplification, "amplify", silent), {})


def test_the_parameters_are_symbols_but_for_those_that_shape_the_step() -> None:
    seen: list[School] = []

    def concrete(question: Question, p: School) -> dict[str, Real]:
        seen.append(p)
        return asked(question, p)

    statement = Sound("s", loop(split), "split", concrete, density="density", at={"parts": 3})
    found = two_versions(statement, {"slip": 0})  # type: ignore[dict-item]
    assert seen[0].parts == 3
    assert found.parts == 3
    assert str(seen[0].slip.term) == "parameter.slip"
    assert found.averaged == {"slip"}
    assert {given.name: given.of_table for given in found.inputs} == {"slip": False, "error": True}


def test_what_nobody_averages_is_free() -> None:
    def spoiled(pupil: Any, p: School, nature: Nature) -> Any:
        return made(pupil.malign)

    found = two_versions(Sound("s", loop(spoiled), "spoiled", silent), {})
    assert found.inputs == ()
