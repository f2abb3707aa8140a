"""Recursive reward modeling.

A person evaluates outcomes with the help of agents of the previous round; a reward model is fitted
to the evaluations, and the next agent is trained against it by reinforcement learning.

Sources: Leike et al., "Scalable agent alignment via reward modeling: a research direction" (2018);
the regret of planning in a perturbed model, as in Kearns and Singh, "Near-optimal reinforcement
learning in polynomial time" (2002).
"""

from __future__ import annotations

from models.distillation import RewardLearning, train
from models.steps import (
    Consultation,
    corrected,
    decomposed,
    effective,
    filtered,
    odd_copies,
    retains_no_more_than_it_can,
    voted,
    voted_against,
)
from spec import Assistant, Bool, I, Nature, Overseer, Real, Scheme, minimum, structural
from spec.agents import TOP_RANK
from spec.alignment import Trusted

__all__ = ["RewardModeling", "assist", "recursive_reward_modeling", "seed", "smart_enough", "train"]


class RewardModeling(RewardLearning, Consultation):
    """Parameters of recursive reward modeling."""

    fan_out: int = structural(2, 1, 10, "parts that an evaluation is split into", source="smallest")


def seed(p: RewardModeling) -> Assistant[Trusted]:
    """A weak agent vetted by hand, trained on evaluations that need no help."""
    return Assistant(
        capability=Real(1),
        error=p.slip,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def assist(agent: Assistant[I], p: RewardModeling, nature: Nature) -> Overseer[I]:
    """Amplify: evaluation assisted by the previous round's agents, each part put to a vote."""
    heard = filtered(agent.malign, p.detection, agent.resistance)
    return Overseer(
        capability=minimum(TOP_RANK, agent.capability + p.gain),
        error=voted(p.copies, decomposed(agent.error, p.fan_out, p.slip), p.correlation),
        malign=voted_against(p.copies, minimum(1, p.fan_out * heard)),
        resistance=corrected(agent.resistance, p.correction, p.fan_out),
        cost=1 + p.fan_out * p.copies * agent.cost,
        regret=agent.regret,
    )


def smart_enough(evaluator: Overseer[I], student: Assistant[I], p: RewardModeling) -> Bool:
    """The assisted evaluator can in fact judge what the student can do, and a margin more."""
    return effective(evaluator, p.horizon) >= student.capability + p.margin


recursive_reward_modeling = Scheme[RewardModeling, Assistant[Trusted], Overseer[Trusted]](
    "reward-modeling",
    parameters=RewardModeling,
    seed=seed,
    amplify=assist,
    distill=train,
    smart_enough=smart_enough,
    assumptions=[odd_copies, retains_no_more_than_it_can],
    about="Recursive reward modeling: evaluation assisted by the agents trained before.",
)
