# expect: Argument "distill" to "Scheme" has incompatible type
# expect: Cloning
# expect: RewardModeling
"""Swaps in a distillation whose parameters the scheme does not have."""

from models.distillation import clone
from models.reward_modeling import RewardModeling, seed
from models.steps import consult
from spec import Assistant, Overseer, Scheme
from spec.alignment import Trusted

swapped = Scheme[RewardModeling, Assistant[Trusted], Overseer[Trusted]](
    "swapped",
    parameters=RewardModeling,
    seed=seed,
    amplify=consult,
    distill=clone,  # error
)
