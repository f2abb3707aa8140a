# expect: Argument "seed" to "Loop" has incompatible type
"""Has a seed that asks for an agent, where there is none before it."""

from models.imitation import Imitation
from spec import Assistant, Loop, Nature
from spec.alignment import Trusted


def again(agent: Assistant[Trusted], p: Imitation, nature: Nature) -> Assistant[Trusted]:
    return agent


kept = Loop[Imitation, Assistant[Trusted]](
    "kept",
    parameters=Imitation,
    seed=again,  # error
    step=again,
)
