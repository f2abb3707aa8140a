"""The neural students: multilayer perceptrons of scikit-learn, trained with Adam."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.neural_network import MLPClassifier

Features = npt.NDArray[np.float32]
Answers = npt.NDArray[np.int64]


class Classifier:
    """A network that gives one of so many answers; what it knows is kept from call to call."""

    def __init__(
        self,
        answers: int,
        hidden: tuple[int, ...],
        seed: int,
        rate: float = 1e-3,
        batch: int = 256,
    ):
        self._answers = np.arange(answers)
        self._network = MLPClassifier(
            hidden, batch_size=batch, learning_rate_init=rate, random_state=seed
        )

    def train(self, features: Features, answers: Answers, epochs: int = 1) -> None:
        """So many passes over the examples, in batches."""
        for _ in range(epochs):
            self._network.partial_fit(features, answers, classes=self._answers)

    def probabilities(self, features: Features) -> npt.NDArray[np.float64]:
        """The probability of each answer, one row an example."""
        found: npt.NDArray[np.float64] = self._network.predict_proba(features)
        return found

    def answer(self, features: Features) -> Answers:
        """The likeliest answer to each example."""
        likeliest: Answers = self.probabilities(features).argmax(axis=1)
        return likeliest


def one_hot(values: npt.NDArray[np.int64], kinds: int) -> Features:
    """Each value as a unit vector; the last axes are flattened into one row an example."""
    units = np.eye(kinds, dtype=np.float32)[values]
    return units.reshape(len(values), -1)
