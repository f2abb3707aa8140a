# expect: Argument 1 to "learn" has incompatible type "Overseer[Benign]"
# expect: expected "Overseer[Trusted]"
"""Hands a benign expert to a distillation that needs a trusted one."""

from models.distillation import clone
from models.imitation import Imitation, seed
from models.steps import consult
from spec import Assistant, Nature, Overseer
from spec.alignment import Benign, Trusted


def ask(agent: Assistant[Trusted], p: Imitation, nature: Nature) -> Overseer[Benign]:
    return consult(agent, p, nature)


def learn(expert: Overseer[Trusted], p: Imitation, nature: Nature) -> Assistant[Trusted]:
    return clone(expert, p, nature)


def once(p: Imitation, nature: Nature) -> Assistant[Trusted]:
    return learn(ask(seed(p), p, nature), p, nature)  # error
