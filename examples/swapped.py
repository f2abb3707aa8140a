"""One step of a shipped scheme swapped: recursive reward modeling whose students are filtered.

alignspec check examples/swapped.py
"""

from models.distillation import Filtering, sift, train
from models.reward_modeling import RewardModeling, seed
from models.steps import can_judge, consult, keeps_back_no_more_than_it_loses, odd_copies
from spec import Assistant, Claim, I, Nature, Overseer, Real, Scheme
from spec.alignment import Benign, Trusted


class Filtered(RewardModeling, Filtering):
    """Parameters of both."""


def train_and_sift(evaluator: Overseer[I], p: Filtered, nature: Nature) -> Assistant[I]:
    return sift(train(evaluator, p, nature), p)


filtered_reward_modeling = Scheme[Filtered, Assistant[Trusted], Overseer[Trusted]](
    "reward-modeling-filtered",
    parameters=Filtered,
    seed=seed,
    amplify=consult,
    distill=train_and_sift,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses],
)

benign = Claim(
    "filtered-is-benign",
    filtered_reward_modeling,
    Benign(malign=Real("1/50")),
    at={"checked": "19/20"},
    over="reward_error",
    says="With the filter, and checks of 19/20, malign answers stay rare.",
)
