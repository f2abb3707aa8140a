"""Recursive reward modeling.

A person evaluates outcomes with the help of agents of the previous round, who answer the parts of
an evaluation; a reward model is fitted to the evaluations, and the next agent is trained against it
by reinforcement learning.

Sources: Leike et al., "Scalable agent alignment via reward modeling: a research direction" (2018);
the regret of planning in a perturbed model, as in Kearns and Singh, "Near-optimal reinforcement
learning in polynomial time" (2002).
"""

from __future__ import annotations

from models.distillation import RewardLearning, train
from models.steps import (
    Splitting,
    can_judge,
    consult,
    keeps_back_no_more_than_it_loses,
    odd_copies,
    vetted_by_hand,
)
from spec import Assistant, Overseer, Scheme
from spec.alignment import Trusted


class RewardModeling(RewardLearning, Splitting):
    """Parameters of recursive reward modeling."""


def seed(p: RewardModeling) -> Assistant[Trusted]:
    """A weak agent vetted by hand, trained on evaluations that need no help."""
    return vetted_by_hand(p.slip, p.horizon)


recursive_reward_modeling = Scheme[RewardModeling, Assistant[Trusted], Overseer[Trusted]](
    "reward-modeling",
    parameters=RewardModeling,
    seed=seed,
    amplify=consult,
    distill=train,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses],
    about="Recursive reward modeling: evaluation assisted by the agents trained before.",
)
