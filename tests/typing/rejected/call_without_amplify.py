# expect: Argument 1 to "clone" has incompatible type "Assistant[Trusted]"
# expect: expected "Overseer[Trusted]"
"""Distills the seed itself: nobody amplified it, so there is no expert to learn from."""

from models.distillation import clone
from models.imitation import Imitation, seed
from spec import Assistant, Nature
from spec.alignment import Trusted


def skip(p: Imitation, nature: Nature) -> Assistant[Trusted]:
    return clone(seed(p), p, nature)  # error
