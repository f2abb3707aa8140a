"""Sound is proved by lifting alone, refuted by a world alone, and says what it assumes."""

from __future__ import annotations

import json
import pickle
import time
from typing import Any

import jsonschema
import pytest

from checker import check, judge
from checker.portfolio.decision import Options
from checker.report.documents import document
from checker.report.verdict import plain
from checker.report.words import describe, detail
from checker.statements import sound
from checker.statements.sound import (
    AS_TRAINED,
    Covered,
    NeitherShown,
    NoQuestion,
    NoWorld,
    Role,
    Tightness,
    Unmeasured,
    Without,
)
from checker.system.findings import AssumptionFails, Method
from checker.system.verdict import EnginesDisagree, Unknown, Vacuous, Verdict
from checker.worlds.lifting import Condition, Lifted, NotLifted
from checker.worlds.world import BoundInWorld, End
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
    maximum,
    minimum,
)
from spec.statements.base import Answer
from tests.support import ROOT
from tests.worlds.steps import (
    F,
    Fine,
    Pupil,
    School,
    asked,
    confirm,
    confirm_squared,
    confirmed,
    first,
    learn,
    learn_little,
    learned,
    loop,
    made,
    split,
    split_without_density,
)


def of(step: Any, concrete: Any, **more: Any) -> Sound:
    return Sound("s", loop(step), step.__name__, concrete, **more)


def without(verdict: Verdict) -> dict[str, Without]:
    return {fact.assumption.name: fact for fact in verdict.facts if isinstance(fact, Without)}


def test_a_right_step_is_proved_with_all_that_was_found() -> None:
    verdict = check(of(split, asked, density="density"))
    lifted, covered, tight, dropped = verdict.facts
    assert verdict.method is Method.LIFTING
    assert lifted == Lifted(everywhere=True, free=4)
    assert isinstance(covered, Covered)
    assert covered.settled
    assert covered.whole
    assert isinstance(tight, Tightness)
    assert tight.seen.share == 1
    assert isinstance(dropped, Without)
    assert dropped.assumption is DENSITY
    assert dropped.role is Role.NEEDED
    assert dropped.broken is not None
    assert dropped.broken.broken
    assert verdict.parameters["parts"] == 2


def test_a_mutant_is_refuted_by_its_smallest_world() -> None:
    verdict = check(of(split_without_density, asked, density="density", expected="refuted"))
    (broken,) = verdict.facts
    assert verdict.method is Method.SMALLEST_WORLD
    assert isinstance(broken, BoundInWorld)
    assert len(broken.world.asked) == 1


def test_each_assumption_is_dropped_in_turn() -> None:
    both = check(of(confirm_squared, confirmed, assumptions=(INDEPENDENT, SAME_HARDNESS)))
    found = without(both)
    assert {name: fact.role for name, fact in found.items()} == {
        "independent copies": Role.NEEDED,
        "same hardness": Role.NEEDED,
    }
    idle = check(of(confirm, confirmed, assumptions=(INDEPENDENT,)))
    assert without(idle)["independent copies"].role is Role.IDLE
    assert without(idle)[AS_TRAINED.name].role is Role.NEEDED


def test_a_question_at_which_a_condition_fails_is_a_world() -> None:
    """No number of the grid lies in the gap; the solver's counterexample to the condition does."""
    calm = Assumption("calm", "nothing happens in the gap")

    def gapped(question: Question, p: School) -> dict[str, Real]:
        each = question.part().error
        if question.assumes(calm):
            return {"error": each}
        # above e between two thirds and three quarters only
        gap = (each - F(17, 24)) ** 2
        return {"error": each + maximum(0, F(1, 10**9) - gap)}

    found = without(judge(of(confirm, gapped, assumptions=(calm,))))["calm"]
    assert found.role is Role.NEEDED
    assert found.broken is not None
    assert len(found.broken.world.asked) == 1
    assert F(2, 3) < found.broken.world.table[0].does["error"] < F(3, 4)


def silent(question: Question, p: School) -> dict[str, Real]:
    return {"error": question.part().error * 0 + question.draw("nothing", at_most=0)}


def test_an_assumption_without_which_nothing_is_found_is_open() -> None:
    """Without it the square is no concave bound, though one of nothing at all."""
    verdict = judge(of(confirm_squared, silent, assumptions=(SAME_HARDNESS,)))
    found = without(verdict)["same hardness"]
    assert verdict.answer is Answer.PROVED
    assert found.role is Role.OPEN
    assert found.covered is not None
    assert describe(found).startswith("without same hardness it is open: no world")


def test_worlds_prove_nothing_without_lifting() -> None:
    """The bound holds in all worlds, but not question by question: e^2 is no concave bound of 0."""
    verdict = judge(of(confirm_squared, silent))
    assert verdict.answer is Answer.UNKNOWN
    assert isinstance(verdict.reason, NeitherShown)
    assert verdict.reason.stopped == NotLifted(Condition.CONCAVE, "error", True)
    assert verdict.reason.covered.settled
    text = describe(verdict.reason)
    assert text.startswith("error: that the bound is concave in what differs")
    assert "no world of any size breaks it whose numbers are at 0, 1/4, 1/2, 3/4, 1" in text


def test_a_proof_and_a_world_that_breaks_it_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "lift", lambda *_: Lifted(everywhere=True, free=0))
    with pytest.raises(EnginesDisagree, match="was proved by lifting, and a world breaks it"):
        judge(of(split_without_density, asked, density="density"))


def small_slip(p: School) -> Bool:
    """The slip is small."""
    return p.slip <= F(1, 100)


def test_it_is_vacuous_where_the_schemes_assumptions_fail() -> None:
    assumed = Loop[School, Pupil[Fine]](
        "assumed", parameters=School, seed=first, step=split, assumptions=[small_slip]
    )
    statement = Sound("s", assumed, "split", asked, density="density", at={"slip": "1/2"})
    verdict = judge(statement)
    assert verdict.result == Vacuous(AssumptionFails("small_slip", "The slip is small."))
    within = judge(statement, {"slip": F(1, 200)})
    assert within.answer is Answer.PROVED


def test_it_is_vacuous_where_there_is_no_question() -> None:
    def contradicts(question: Question, p: School) -> dict[str, Real]:
        return {"error": question.draw("none", at_least=1, at_most=0)}

    verdict = judge(of(confirm, contradicts))
    assert verdict.result == Vacuous(NoQuestion(), Method.WORLDS)
    assert "there is no question" in describe(NoQuestion())


def test_nothing_is_proved_of_no_world() -> None:
    def slips(question: Question, p: School) -> dict[str, Real]:
        question.mean("slip", 2 + question.draw("slip"))
        return {"error": Real(0)}

    verdict = judge(of(confirm, slips))
    assert verdict.result == Unknown(Method.WORLDS, NoWorld())
    assert "no world was found at all" in describe(NoWorld())


def test_the_time_limit_holds() -> None:
    started = time.perf_counter()
    judge(of(confirm_squared, confirmed, assumptions=(INDEPENDENT,)), options=Options(timeout=0.01))
    assert time.perf_counter() - started < 5


# --- words ----------------------------------------------------------------------------------------


def test_a_world_is_told_as_a_story() -> None:
    verdict = judge(of(split_without_density, asked, density="density", at={"density": 2}))
    story = plain(verdict)
    (broken,) = verdict.facts
    assert isinstance(broken, BoundInWorld)
    assert "in a world of 1 question error is " in story
    assert "question 1, asked always: slip = 0; parts " in story
    assert "of training: error = 1" in story
    assert "the step is given slip = 0, error = " in story


def test_a_choice_that_nature_may_not_make_is_told() -> None:
    verdict = judge(of(learn_little, learned))
    (broken,) = verdict.facts
    assert isinstance(broken, BoundInWorld)
    assert broken.end is End.HIGH
    assert "and nature may choose at most" in describe(broken)

    def forced(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        departs = nature.choose("departs", at_least=p.eps / 2, at_most=1)
        return made(minimum(1, pupil.error + departs))

    (low,) = judge(of(forced, learned)).facts
    assert isinstance(low, BoundInWorld)
    assert low.end is End.LOW
    assert low.value < low.limit
    assert f"departs is {low.value}" in describe(low).replace("0.25", "1/4")
    assert "and nature may choose at least" in describe(low)


def test_every_fact_has_words() -> None:
    lines = [
        line
        for statement in (
            of(split, asked, density="density"),
            of(confirm, confirmed, assumptions=(INDEPENDENT,)),
            of(learn, learned),
        )
        for fact in judge(statement).facts
        for line in detail(fact)
    ]
    text = "\n".join(lines)
    assert "proved for one question, and so for worlds of every size, for all values" in text
    assert "the bound on error is attained in some world" in text
    assert "without independent copies it is proved all the same" in text
    assert "without as in training: in a world of 1 question" in text
    assert describe(Lifted(True, 0)).endswith("worlds of every size")
    assert describe(Lifted(False, 2)).endswith("at these values of the parameters")
    assert describe(Covered((F(0), F(1)), 9, False, False)) == (
        "no world was found to break it whose numbers are at 0, 1 of their ranges "
        "(9 kinds of question, a sample)"
    )
    assert describe(Unmeasured("error")) == "how tight the bound on error is was not found out"
    assert describe(NotLifted(Condition.DEFINED, "x", False)).endswith("is undecided")
    for condition in Condition:
        assert describe(condition) != str(condition)


def test_half_a_bound_is_told_as_a_share() -> None:
    def slack(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(minimum(1, 2 * pupil.error))

    verdict = judge(of(slack, confirmed, assumptions=(INDEPENDENT,)))
    shares = [describe(fact) for fact in verdict.facts if isinstance(fact, Tightness)]
    assert len(shares) == 1
    assert shares[0].endswith("% of the bound on error is attained in some world")


# --- documents ------------------------------------------------------------------------------------

SCHEMA = json.loads((ROOT / "checker/report/documents/schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "statement",
    [
        of(split, asked, density="density"),
        of(confirm, confirmed, assumptions=(INDEPENDENT,)),
        of(learn_little, learned),
        of(confirm_squared, confirmed, assumptions=(INDEPENDENT,)),
    ],
    ids=lambda s: s.step,
)
def test_a_document_is_what_the_schema_says(statement: Sound) -> None:
    verdict = judge(statement)
    found = json.loads(json.dumps(document(verdict)))
    part = {**SCHEMA, "oneOf": [{"$ref": "#/$defs/verdict"}]}
    jsonschema.Draft202012Validator(part).validate(found)
    told = found["soundness"]
    if verdict.answer is Answer.PROVED:
        assert told["lifted"] == "every value"
        assert {entry["role"] for entry in told["without"]} <= {"needed", "idle"}
    else:
        assert told["broken"]["asked"][0].keys() == {"weight", "draws", "parts", "does"}
    spoilt = json.loads(json.dumps(found))
    spoilt["soundness"]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(part).validate(spoilt)


def test_a_verdict_can_be_sent_between_processes() -> None:
    verdict = judge(of(split, asked, density="density"))
    assert pickle.loads(pickle.dumps(verdict)).facts == verdict.facts
