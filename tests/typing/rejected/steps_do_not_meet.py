# expect: Argument "amplify" to "Scheme" has incompatible type
# expect: Overseer[Benign]]"
# expect: Overseer[Trusted]]"
"""The amplified agent is only benign, where the scheme needs a trusted one to distill."""

from models.distillation import clone
from models.imitation import Imitation, seed
from models.steps import consult
from spec import Assistant, Nature, Overseer, Scheme
from spec.alignment import Benign, Trusted


def ask(agent: Assistant[Trusted], p: Imitation, nature: Nature) -> Overseer[Benign]:
    return consult(agent, p, nature)


mismatched = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "mismatched",
    parameters=Imitation,
    seed=seed,
    amplify=ask,  # error
    distill=clone,
)
