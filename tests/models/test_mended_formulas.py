"""Each formula that was mended: as it stood before, exactly its soundness statement fails.

The table of docs/theory/worlds.md. What was mended otherwise than in a step has no soundness
statement, and is named there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from checker.cli.shipped import shipped_statements
from checker.report.verdict import plain
from checker.statements.registry import judge
from checker.worlds.world import BoundInWorld
from models.cross_examination import hear_examined_debate
from models.debate import (
    after_debate,
    at_leaf,
    at_level,
    flaw_missed,
    hear_debate,
    learn_verdicts,
)
from models.distillation import aggregate, clone, learn_partly_labelled, sift, step_error, train
from models.steps import asked, consult, corrected, majority_wrong
from spec import Nature, Number, Real, Sound, minimum
from spec.statements.base import Answer
from tests.mutation.steps import with_step

Step = Callable[[Any, Any, Nature], Any]
LOST = "regret against the expert"
STATEMENTS = {s.name: s for s in shipped_statements() if isinstance(s, Sound)}


def _with(record: Any, **changes: Any) -> Any:
    return attrs.evolve(record, **changes)


# --- debate: the judge at the leaf, and who is asked ----------------------------------------------


def _heard(judge: Any, p: Any, leaf_wrong: Real, missed: Real) -> Any:
    rank, arguing = judge.capability, 2 * p.depth
    return after_debate(
        judge, p, rank=rank, leaf_wrong=leaf_wrong, missed=missed, arguing=arguing, ruling=1
    )


def ruled_by_a_constant(judge: Any, p: Any, nature: Nature) -> Any:
    """At the leaf errs a person of constant error, whoever rules there."""
    return _heard(judge, p, p.steering * p.judge_error, at_level(judge, p))


def misreading_as_in_training(judge: Any, p: Any, nature: Nature) -> Any:
    """The liar steers to where the judge rules wrongly, and not to where rulings are misread."""
    return _heard(judge, p, p.steering * judge.error + p.judge_error, at_level(judge, p))


def never_unlucky(judge: Any, p: Any, nature: Nature) -> Any:
    """A debater that is right finds every flaw."""
    return _heard(judge, p, at_leaf(judge, p), p.disputed * judge.error)


def losing_one_step(expert: Any, p: Any, nature: Nature) -> Any:
    """A departure from a verdict loses one step, and not all of an episode."""
    return learn_verdicts(expert, _with(p, horizon=1), nature)


def disputed_as_in_training(judge: Any, p: Any, nature: Nature) -> Any:
    """The claims in dispute come as the question does."""
    return _heard(judge, p, at_leaf(judge, p), flaw_missed(asked(judge.error, p), p))


def resisting_as_the_question(judge: Any, p: Any, nature: Nature) -> Any:
    """All answers of a debate come as its question does, and so does resistance."""
    resists = asked((2 * p.depth + 1) * judge.resistance, p)
    return _with(hear_debate(judge, p, nature), resistance=corrected(resists, p.correction, 1))


def unleaked(judge: Any, p: Any, nature: Nature) -> Any:
    """Copies that are cross-examined never know the attack."""
    return hear_examined_debate(judge, _with(p, leak=Real(0)), nature)


# --- consultation ---------------------------------------------------------------------------------


def resisting_by_parts(agent: Any, p: Any, nature: Nature) -> Any:
    """Resistance is added up over the parts, and not over the copies of each."""
    resists = p.fan_out * agent.resistance * (1 - p.correction)
    return _with(consult(agent, p, nature), resistance=minimum(1, resists))


def detected_though_resisting(agent: Any, p: Any, nature: Nature) -> Any:
    """An answer is malign and resists the filter as if the two were independent."""
    past = p.fan_out * agent.malign * (1 - p.detection * (1 - agent.resistance))
    return _with(consult(agent, p, nature), malign=minimum(1, past))


def asked_at_any_density(agent: Any, p: Any, nature: Nature) -> Any:
    """Errors go by their mean in training, whatever is asked."""
    wrong = minimum(1, p.slip + p.fan_out * agent.error)
    return _with(consult(agent, p, nature), error=wrong)


def rejected_for_nothing(agent: Any, p: Any, nature: Nature) -> Any:
    """What a check rejects is redone without error."""
    return consult(agent, _with(p, false_alarm=Real(0), alone_error=Real(0)), nature)


# --- distillation ---------------------------------------------------------------------------------


def regret_of_the_student_alone(expert: Any, p: Any, nature: Nature) -> Any:
    """Regret is measured against the expert, and taken for that against the optimum."""
    student = clone(expert, p, nature)
    return _with(student, regret=student.regret - expert.regret)


def residual_beside_the_factor(expert: Any, p: Any, nature: Nature) -> Any:
    """What DAgger's learner leaves adds to the regret once, and not at each of T steps."""
    student = aggregate(expert, p, nature)
    lost = nature.choices[-1]
    step = step_error(expert, p)
    high = minimum(p.horizon, p.recoverability * p.horizon * step + p.residual)
    nature.choices[-1] = _with(lost, high=high.term)
    return student


def labelled_for_nothing(distill: Step) -> Step:
    """Labels are as many however dear they are."""

    def distilled(expert: Any, p: Any, nature: Nature) -> Any:
        return distill(expert, _with(p, label_noise=Real(0)), nature)

    return distilled


def mixed_with_training(expert: Any, p: Any, nature: Nature) -> Any:
    """Labelled episodes err with the error in training, and only the others with what is left."""
    share = p.labelled * p.imitation_error + (1 - p.labelled) * p.complexity / p.episodes
    return learn_partly_labelled(
        expert, _with(p, imitation_error=share / 2, complexity=Real(0)), nature
    )


def half_as_many_labels(expert: Any, p: Any, nature: Nature) -> Any:
    """What labels leave is bounded without the factor that samples cost."""
    fewer = {"episodes": 4 * p.episodes, "imitation_error": p.imitation_error / 4}
    return learn_partly_labelled(expert, _with(p, **fewer), nature)


def reward_off_in_the_mean(evaluator: Any, p: Any, nature: Nature) -> Any:
    """The mean error of verdicts is the most that a reward is off where the student goes."""
    return train(evaluator, _with(p, optimisation=Real(1)), nature)


def rejected_for_free(student: Any, p: Any, nature: Nature) -> Any:
    """What a filter rejects costs no episode."""
    return _with(sift(student, p), regret=student.regret)


# --- votes and reports ----------------------------------------------------------------------------


def majority_of_a_mean(voter: Any, p: Any, nature: Nature) -> Any:
    """A vote errs with M_k of the mean error, however hard the questions are."""
    return _with(voter, error=majority_wrong(p.copies, voter.error))


DEAR: dict[str, Number] = {"label_noise": "1/10", "horizon": 1}

MENDED: list[tuple[Step, str, dict[str, Number], str]] = [
    (ruled_by_a_constant, "soundness/debate/hear", {}, "malign"),
    (misreading_as_in_training, "soundness/debate/hear", {"steering": 3}, "error"),
    (never_unlucky, "soundness/debate/hear", {}, "error"),
    (losing_one_step, "soundness/debate/learn", {"horizon": 4}, ""),
    (disputed_as_in_training, "soundness/debate/hear", {"disputed": 3}, "error"),
    (resisting_as_the_question, "soundness/debate/hear", {"steering": 3}, "resistance"),
    (unleaked, "soundness/cross-examination/hear", {"leak": "1/2"}, "error"),
    (resisting_by_parts, "soundness/consult", {"copies": 3}, "resistance"),
    (detected_though_resisting, "soundness/consult", {}, "malign"),
    (asked_at_any_density, "soundness/consult", {"density": 2}, "error"),
    (rejected_for_nothing, "soundness/consult", {"checked": 1, "false_alarm": "1/2"}, "error"),
    (regret_of_the_student_alone, "soundness/clone", {}, "regret"),
    (
        residual_beside_the_factor,
        "soundness/aggregate",
        {"residual": "1/20"},
        "regret against the expert",
    ),
    (mixed_with_training, "soundness/partly-labelled", {"horizon": 1}, ""),
    (half_as_many_labels, "soundness/partly-labelled", {"horizon": 1}, ""),
    (reward_off_in_the_mean, "soundness/train", {"optimisation": 2}, ""),
    (labelled_for_nothing(clone), "soundness/clone", DEAR, ""),
    (labelled_for_nothing(aggregate), "soundness/aggregate", DEAR, ""),
    (labelled_for_nothing(learn_partly_labelled), "soundness/partly-labelled", DEAR, ""),
    (labelled_for_nothing(train), "soundness/train", DEAR, ""),
    (rejected_for_free, "soundness/filter/reject", {}, "regret"),
    (majority_of_a_mean, "soundness/vote/any-hardness", {}, "error"),
]
"""The formula before, the statement that fails on it, where, and what is broken there."""


@pytest.mark.parametrize(
    ("step", "name", "at", "broken"), MENDED, ids=[f"{s.__name__}-{name}" for s, name, *_ in MENDED]
)
def test_the_formula_before_is_refuted_by_a_world(
    step: Step, name: str, at: dict[str, Number], broken: str
) -> None:
    statement = STATEMENTS[name]
    step.__name__ = _function(statement).__name__  # by which a loop's step is found
    reverted = attrs.evolve(
        statement,
        scheme=with_step(statement.scheme, statement.step, step),
        at={**statement.at, **at},
    )
    verdict = judge(reverted)
    assert verdict.answer is Answer.REFUTED, plain(verdict)
    found = next(fact for fact in verdict.facts if isinstance(fact, BoundInWorld))
    assert found.of == broken or not broken
    assert found.of in plain(verdict)


def _function(statement: Sound) -> Any:
    return next(s.function for s in statement.scheme.stages if s.name == statement.step)
