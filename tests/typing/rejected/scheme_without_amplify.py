# expect: Argument "amplify" to "Scheme" has incompatible type
# expect: "Callable[[Assistant[Trusted], Imitation, Nature], Overseer[Trusted]]"
"""A scheme whose amplification hands the agent on as it is: what it distills is no expert."""

from models.distillation import clone
from models.imitation import Imitation, seed
from spec import Assistant, I, Nature, Overseer, Scheme
from spec.alignment import Trusted


def keep(agent: Assistant[I], p: Imitation, nature: Nature) -> Assistant[I]:
    return agent


skipping = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "skipping",
    parameters=Imitation,
    seed=seed,
    amplify=keep,  # error
    distill=clone,
)
