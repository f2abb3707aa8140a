"""Each formula that was mended fails as it stood before, in a world that is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checker.report.verdict import plain
from checker.statements.registry import judge
from models.distillation import train
from models.imitation import Imitation, imitation
from models.imitation import seed as vetted
from models.reward_modeling import RewardModeling
from models.reward_modeling import seed as trained_by_hand
from models.steps import consult
from models.worlds.consultation import consulted, malign_is_wrong
from models.worlds.training import verdict_learned
from spec import Assistant, I, Nature, Number, Overseer, Real, Scheme, Sound, minimum
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
