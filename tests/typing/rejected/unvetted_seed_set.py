# expect: Argument "seed" to "Loop" has incompatible type
"""Starts from any agent whatever, of which no type says that it carries the invariant."""

from models.imitation import Imitation
from spec import Assistant, Loop, Nature, Unvetted
from spec.alignment import Trusted


def anybody(p: Imitation, nature: Nature) -> Assistant[Unvetted]:
    return nature.anything(Assistant)


def keep(agent: Assistant[Trusted], p: Imitation, nature: Nature) -> Assistant[Trusted]:
    return agent


kept = Loop[Imitation, Assistant[Trusted]](
    "kept",
    parameters=Imitation,
    seed=anybody,  # error
    step=keep,
)
