# expect: Argument 1 to "amplify" has incompatible type "Overseer[Trusted]"
# expect: expected "Assistant[Trusted]"
"""Amplifies twice in a row: an expert is not an agent, and copies of it cannot be consulted."""

from models.imitation import Imitation, amplify, seed
from spec import Nature, Overseer
from spec.alignment import Trusted


def twice(p: Imitation, nature: Nature) -> Overseer[Trusted]:
    expert = amplify(seed(p), p, nature)
    return amplify(expert, p, nature)  # error
