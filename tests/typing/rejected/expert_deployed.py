# expect: Argument 1 to "deploy" has incompatible type "Overseer[Trusted]"
# expect: expected "Agent[Benign]"
"""Deploys the expert where an agent is wanted; the agent itself passes, as trusted is benign."""

from models.imitation import Imitation, seed
from models.steps import consult
from spec import Agent, Nature
from spec.alignment import Benign


def deploy(agent: Agent[Benign]) -> None:
    pass


def release(p: Imitation, nature: Nature) -> None:
    deploy(seed(p))
    deploy(consult(seed(p), p, nature))  # error
