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
    can_judge,
    consulting,
    decomposed,
    odd_copies,
    retains_no_more_than_it_can,
    vetted_by_hand,
)
from spec import Assistant, Bool, I, Nature, Overseer, Scheme, structural
from spec.alignment import Trusted

__all__ = ["RewardModeling", "assist", "recursive_reward_modeling", "seed", "smart_enough", "train"]


class RewardModeling(RewardLearning, Consultation):
    """Parameters of recursive reward modeling."""

    fan_out: int = structural(2, 1, 10, "parts that an evaluation is split into", source="smallest")


def seed(p: RewardModeling) -> Assistant[Trusted]:
    """A weak agent vetted by hand, trained on evaluations that need no help."""
    return vetted_by_hand(p.slip)


def assist(agent: Assistant[I], p: RewardModeling, nature: Nature) -> Overseer[I]:
    """Amplify: evaluation assisted by the previous round's agents, each part put to a vote."""
    wrong = decomposed(agent.error, p.fan_out, p.slip)
    return consulting(agent, p, parts_asked=p.fan_out, wrong=wrong, gain=p.gain)


def smart_enough(evaluator: Overseer[I], student: Assistant[I], p: RewardModeling) -> Bool:
    """The assisted evaluator can in fact judge what the student can do, and a margin more."""
    return can_judge(evaluator, student, p.horizon, p.margin)


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
