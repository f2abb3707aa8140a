"""Which schemes are instances of iterated amplification, which are not, and how they differ."""

from __future__ import annotations

from typing import Any

from models.debate import debate
from models.imitation import (
    Imitation,
    imitation,
    step_error,
)
from models.reward_modeling import RewardModeling, recursive_reward_modeling
from spec import (
    EVALUATIONS,
    SAMPLED_ANSWERS,
    Assistant,
    Instance,
    Overseer,
    Real,
    maximum,
    minimum,
)

AnyStudent = Assistant[Any]
AnyOverseer = Overseer[Any]


def consultations(p: RewardModeling | Imitation) -> int:
    """Each part of a question is put to every copy."""
    return p.fan_out * p.copies


def apart(first: Real, second: Real) -> Real:
    """How far two numbers are apart."""
    return maximum(first - second, second - first)


def total_variation(expert: AnyOverseer, student: AnyStudent, p: Any) -> Real:
    """Total variation between the answers of expert and student, each right, mistaken or malign.

    The largest difference in the probability of any event: a mistake, a malign answer, either.
    """
    return maximum(
        apart(student.error, expert.error),
        apart(student.malign, expert.malign),
        apart(student.error + student.malign, expert.error + expert.malign),
    )


def departures(expert: AnyOverseer, p: Imitation) -> Real:
    """The chance of departing from the expert at any of T steps."""
    return minimum(1, p.horizon * step_error(expert, p))


def own_regret(expert: AnyOverseer, student: AnyStudent, p: RewardModeling) -> Real:
    """Regret under the true reward, beyond the 2 T w that wrong evaluations alone may cost."""
    return student.regret - 2 * p.horizon * (expert.error + expert.malign)


def fitted(expert: AnyOverseer, p: RewardModeling) -> Real:
    """2 T r of a reward model within r of the evaluations, and the optimiser's gap."""
    return 2 * p.horizon * (p.reward_error + p.label_noise * expert.cost) + p.optimiser_gap


statements = [
    Instance(
        "imitation-instance/cloning",
        imitation,
        channel=SAMPLED_ANSWERS,
        calls=consultations,
        distance=total_variation,
        eps=departures,
    ),
    Instance(
        "rrm-instance/rrm",
        recursive_reward_modeling,
        channel=EVALUATIONS,
        calls=consultations,
        distance=own_regret,
        eps=fitted,
    ),
    Instance(
        "rrm-instance/imi",
        imitation,
        channel=EVALUATIONS,
        calls=consultations,
        distance=total_variation,
        eps=departures,
        expected="refuted",
    ),
    Instance(
        "debate/adapter",
        debate,
        channel=SAMPLED_ANSWERS,
        calls=lambda p: 2 * p.depth,
        distance=total_variation,
        eps=lambda expert, p: minimum(1, p.imitation_error + p.label_noise * expert.cost),
    ),
]
