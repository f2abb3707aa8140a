"""Handwritten digits: 1,797 images of 8 x 8 pixels, which ship with scikit-learn.

Source: Alpaydin and Kaynak, "Optical recognition of handwritten digits" (UCI repository, 1998), its
test set.
"""

from __future__ import annotations

import attrs
import numpy as np
from sklearn.datasets import load_digits

from examples.runs.network import Answers, Features

KINDS = 10


@attrs.frozen
class Digits:
    """Images, one row each, every pixel between 0 and 1, and the digits that they show."""

    images: Features
    shown: Answers

    def __len__(self) -> int:
        return len(self.shown)

    def among(self, chosen: Answers | slice) -> Digits:
        """Some of them."""
        return Digits(self.images[chosen], self.shown[chosen])


def shuffled(rng: np.random.Generator) -> Digits:
    """All of them, in a random order."""
    found = load_digits()
    order = rng.permutation(len(found.target))
    return Digits((found.data / 16).astype(np.float32)[order], found.target.astype(np.int64)[order])
