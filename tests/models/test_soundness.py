"""Each formula that was mended fails as it stood before, in a world that is printed."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from checker.backends.solver import QueryBudget
from checker.report.verdict import plain
from checker.statements.registry import judge
from checker.worlds.lifting import Lifted, lift
from checker.worlds.tracing import two_versions
from models.cross_examination import CrossExamination, cross_examination, hear_examined_debate
from models.debate import (
    Debate,
    after_debate,
    at_leaf,
    at_level,
    debate,
    flaw_missed,
    hear_debate,
    learn_verdicts,
)
from models.debate import seed as vetted_judge
from models.distillation import Filtering, learn_partly_labelled, sift, train
from models.filters import unfiltered
from models.imitation import Imitation, imitation
from models.imitation import seed as vetted
from models.reward_modeling import RewardModeling
from models.reward_modeling import seed as trained_by_hand
from models.semi_supervised import SemiSupervised
from models.steps import asked, consult, corrected
from models.worlds.consultation import consulted
from models.worlds.debate import WITHIN_REACH, debated, examined
from models.worlds.training import (
    loses_an_episode_at_most,
    partly_labelled,
    sifted,
    verdict_departed_from,
    verdict_learned,
)
from models.worlds.votes import malign_is_wrong
from properties import soundness, soundness_debate, soundness_games
from properties.soundness_debate import RATIOS
from spec import (
    INDEPENDENT,
    Assistant,
    I,
    Loop,
    Nature,
    Number,
    Overseer,
    Real,
    Scheme,
    Sound,
    minimum,
)
from spec.alignment import Trusted
from spec.fields import fields_of
from spec.statements.base import Answer


def _changed(expert: Overseer[I], **fields: Any) -> Overseer[I]:
    values = {field.name: getattr(expert, field.name) for field in fields_of(type(expert))}
    return Overseer(**{**values, **fields})


def filtered_by_a_product(agent: Assistant[I], p: Imitation, nature: Nature) -> Overseer[I]:
    """A malign answer gets past with m (1 - d (1 - q)), as if resistance came independently."""
    past = p.fan_out * agent.malign * (1 - p.detection * (1 - agent.resistance))
    return _changed(consult(agent, p, nature), malign=minimum(1, past))


def resisting_by_parts(agent: Assistant[I], p: Imitation, nature: Nature) -> Overseer[I]:
    """Resistance is added up over the parts and not over their copies."""
    resists = p.fan_out * agent.resistance * (1 - p.correction)
    return _changed(consult(agent, p, nature), resistance=minimum(1, resists))


def asked_as_in_training(agent: Assistant[I], p: Imitation, nature: Nature) -> Overseer[I]:
    """Errors go by their mean in training, whatever is asked."""
    return _changed(consult(agent, p, nature), error=minimum(1, p.slip + p.fan_out * agent.error))


@pytest.mark.parametrize(
    ("step", "at", "field"),
    [
        (filtered_by_a_product, {}, "malign"),
        (resisting_by_parts, {"copies": 3}, "resistance"),
        (asked_as_in_training, {"density": 2}, "error"),
    ],
)
def test_a_wrong_consultation_is_refuted_by_a_world(
    step: Callable[..., Any], at: dict[str, Number], field: str
) -> None:
    mutant = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
        "mutant", parameters=Imitation, seed=vetted, amplify=step, distill=imitation.distill
    )
    verdict = judge(
        Sound(
            "mutant",
            mutant,
            "amplify",
            consulted,
            table=malign_is_wrong,
            density="density",
            at=at,
        )
    )
    assert verdict.answer is Answer.REFUTED
    assert field in plain(verdict)


def test_a_reward_whose_mistakes_nobody_seeks_out_is_refuted_by_a_world() -> None:
    """The step at density 1, against students that go where verdicts are wrong."""

    def unsought(evaluator: Overseer[I], p: RewardModeling, nature: Nature) -> Assistant[I]:
        values = {field.name: getattr(p, field.name) for field in fields_of(RewardModeling)}
        return train(evaluator, RewardModeling(**{**values, "optimisation": Real(1)}), nature)

    mutant = Scheme[RewardModeling, Assistant[Trusted], Overseer[Trusted]](
        "mutant", parameters=RewardModeling, seed=trained_by_hand, amplify=consult, distill=unsought
    )
    verdict = judge(
        Sound(
            "mutant",
            mutant,
            "distill",
            verdict_learned,
            density="optimisation",
            at={"optimisation": 2},
        )
    )
    assert verdict.answer is Answer.REFUTED


def resisting_as_the_question(judge: Assistant[I], p: Debate, nature: Nature) -> Overseer[I]:
    """All answers of a debate come as its question does, those at the leaf too."""
    resists = asked((2 * p.depth + 1) * judge.resistance, p)
    resistance = corrected(resists, p.correction, 1)
    return _changed(hear_debate(judge, p, nature), resistance=resistance)


def _heard(judge: Assistant[I], p: Debate, leaf_wrong: Real, missed: Real) -> Overseer[I]:
    rank, arguing = judge.capability, 2 * p.depth
    return after_debate(
        judge, p, rank=rank, leaf_wrong=leaf_wrong, missed=missed, arguing=arguing, ruling=1
    )


def misreading_as_in_training(judge: Assistant[I], p: Debate, nature: Nature) -> Overseer[I]:
    """The liar steers to where the judge rules wrongly, and not to where rulings are misread."""
    leaf_wrong = p.steering * judge.error + p.judge_error
    return _heard(judge, p, leaf_wrong, at_level(judge, p))


def ruling_like_a_person(judge: Assistant[I], p: Debate, nature: Nature) -> Overseer[I]:
    """Only a person errs at the leaf, whoever rules there."""
    return _heard(judge, p, p.steering * p.judge_error, at_level(judge, p))


def disputed_as_in_training(judge: Assistant[I], p: Debate, nature: Nature) -> Overseer[I]:
    """The claims in dispute come as the question does."""
    return _heard(judge, p, at_leaf(judge, p), flaw_missed(asked(judge.error, p), p))


def never_unlucky(judge: Assistant[I], p: Debate, nature: Nature) -> Overseer[I]:
    """A debater that is right finds every flaw."""
    return _heard(judge, p, at_leaf(judge, p), p.disputed * judge.error)


@pytest.mark.parametrize(
    ("step", "at", "field"),
    [
        (resisting_as_the_question, {"steering": 3}, "resistance"),
        (misreading_as_in_training, {"steering": 3}, "error"),
        (ruling_like_a_person, {}, "malign"),
        (disputed_as_in_training, {"disputed": 3}, "error"),
        (never_unlucky, {}, "error"),
    ],
)
def test_a_wrong_debate_is_refuted_by_a_world(
    step: Callable[..., Any], at: dict[str, Number], field: str
) -> None:
    mutant = Scheme[Debate, Assistant[Trusted], Overseer[Trusted]](
        "mutant", parameters=Debate, seed=vetted_judge, amplify=step, distill=debate.distill
    )
    assumed = (INDEPENDENT, WITHIN_REACH)
    verdict = judge(
        Sound("mutant", mutant, "amplify", debated, density=RATIOS, assumptions=assumed, at=at)
    )
    assert verdict.answer is Answer.REFUTED
    assert f"{field} is " in plain(verdict)


def test_copies_that_know_the_attack_are_not_left_out() -> None:
    def unleaked(judge: Assistant[I], p: CrossExamination, nature: Nature) -> Overseer[I]:
        values = {field.name: getattr(p, field.name) for field in fields_of(CrossExamination)}
        return hear_examined_debate(judge, CrossExamination(**{**values, "leak": Real(0)}), nature)

    mutant = Scheme[CrossExamination, Assistant[Trusted], Overseer[Trusted]](
        "mutant",
        parameters=CrossExamination,
        seed=vetted_judge,
        amplify=unleaked,
        distill=cross_examination.distill,
    )
    verdict = judge(
        Sound(
            "mutant",
            mutant,
            "amplify",
            examined,
            density=RATIOS,
            assumptions=(INDEPENDENT, WITHIN_REACH),
            at={"leak": "1/2"},
        )
    )
    assert verdict.answer is Answer.REFUTED


def test_a_departure_from_a_verdict_loses_all_of_an_episode() -> None:
    def one_step(expert: Overseer[I], p: Debate, nature: Nature) -> Assistant[I]:
        values = {field.name: getattr(p, field.name) for field in fields_of(Debate)}
        return learn_verdicts(expert, Debate(**{**values, "horizon": 1}), nature)

    mutant = Scheme[Debate, Assistant[Trusted], Overseer[Trusted]](
        "mutant", parameters=Debate, seed=vetted_judge, amplify=debate.amplify, distill=one_step
    )
    statement = Sound(
        "mutant",
        mutant,
        "distill",
        verdict_departed_from,
        table=loses_an_episode_at_most,
        at={"horizon": 4},
    )
    assert judge(statement).answer is Answer.REFUTED


def test_what_a_filter_rejects_is_lost() -> None:
    def lossless(student: Assistant[I], p: Filtering, nature: Nature) -> Assistant[I]:
        found: Assistant[I] = sift(student, p)
        return Assistant(
            capability=found.capability,
            error=found.error,
            malign=found.malign,
            resistance=found.resistance,
            cost=found.cost,
            regret=student.regret,
        )

    mutant = Loop[Filtering, Assistant[Trusted]](
        "mutant", parameters=Filtering, seed=unfiltered, step=lossless
    )
    statement = Sound("mutant", mutant, "lossless", sifted, table=loses_an_episode_at_most)
    verdict = judge(statement)
    assert verdict.answer is Answer.REFUTED
    assert "regret is " in plain(verdict)


def test_labels_leave_more_than_their_number_says() -> None:
    def halved(expert: Overseer[I], p: SemiSupervised, nature: Nature) -> Assistant[I]:
        values = {field.name: getattr(p, field.name) for field in fields_of(SemiSupervised)}
        twice = {"episodes": 4 * p.episodes, "imitation_error": p.imitation_error / 4}
        return learn_partly_labelled(expert, SemiSupervised(**{**values, **twice}), nature)

    mutant = Scheme[SemiSupervised, Assistant[Trusted], Overseer[Trusted]](
        "mutant", parameters=SemiSupervised, seed=vetted, amplify=consult, distill=halved
    )
    statement = Sound(
        "mutant",
        mutant,
        "distill",
        partly_labelled,
        table=loses_an_episode_at_most,
        at={"horizon": 1},
    )
    assert judge(statement).answer is Answer.REFUTED


# --- structural parameters ------------------------------------------------------------------------

_NAMED = {
    statement.name: statement
    for module in (soundness, soundness_debate, soundness_games)
    for group in vars(module).values()
    if isinstance(group, list)
    for statement in group
}
CONSULT, PARTLY, CLONE, AGGREGATE = (
    _NAMED[f"soundness/{name}"] for name in ("consult", "consult-partly", "clone", "aggregate")
)
HEAR, ASK, VOTE, REVIEW = (
    _NAMED[f"soundness/{name}"]
    for name in ("debate/hear", "growth/ask", "growth/vote", "critiques/review")
)
SHAPES: list[tuple[Sound, dict[str, int]]] = [
    *((CONSULT, {"fan_out": n}) for n in (1, 2, 3)),
    *((PARTLY, {"parts": n, "questions": q}) for n, q in ((1, 1), (3, 1), (3, 2), (4, 2))),
    *((CLONE, {"horizon": n}) for n in (1, 10, 50)),
    *((AGGREGATE, {"horizon": n}) for n in (1, 10, 50)),
    *((HEAR, {"depth": d, "tries": n}) for d in (1, 2, 3, 4) for n in (1, 4)),
    *((ASK, {"fan_out": n}) for n in (1, 2, 3, 5)),
    *((VOTE, {"copies": n}) for n in (1, 3, 5)),
    *((REVIEW, {"fan_out": n}) for n in (1, 3, 5)),
]


@pytest.mark.parametrize(
    ("statement", "shape"), SHAPES, ids=[f"{s.name}-{shape}" for s, shape in SHAPES]
)
def test_a_step_is_lifted_in_every_shape_for_all_its_parameters(
    statement: Sound, shape: dict[str, int]
) -> None:
    versions = two_versions(statement, {name: Fraction(n) for name, n in shape.items()})
    found = lift(versions, QueryBudget(30, time.monotonic() + 240), 240)
    assert isinstance(found, Lifted)
    assert found.everywhere
