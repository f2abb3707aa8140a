# expect: Argument 1 to "consult" has incompatible type "Overseer[Trusted]"
# expect: expected "Assistant[Trusted]"
"""Amplifies twice in a row: an expert is not an agent, and copies of it cannot be consulted."""

from models.imitation import Imitation, seed
from models.steps import consult
from spec import Nature, Overseer
from spec.alignment import Trusted


def twice(p: Imitation, nature: Nature) -> Overseer[Trusted]:
    expert = consult(seed(p), p, nature)
    return consult(expert, p, nature)  # error
