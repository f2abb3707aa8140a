# expect: Argument "distill" to "Scheme" has incompatible type
# expect: "Callable[[Overseer[Trusted], Imitation, Nature], Assistant[Trusted]]"
"""A scheme whose distillation learns from an agent, where amplification yields an expert."""

from models.imitation import Imitation, seed
from models.steps import consult
from spec import Assistant, I, Nature, Overseer, Scheme
from spec.alignment import Trusted


def copy(teacher: Assistant[I], p: Imitation, nature: Nature) -> Assistant[I]:
    return teacher


copying = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "copying",
    parameters=Imitation,
    seed=seed,
    amplify=consult,
    distill=copy,  # error
)
