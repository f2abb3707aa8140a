"""Consultancy: one advocate shows the judge all four pixels, half the time for the false claim.

See ``advocates.py`` for the question, the judge and the advocates. The log is one of the scheme
``consultancy``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from examples.runs.advocates import argued
from examples.runs.command import Options, command
from examples.runs.network import Answers
from examples.runs.record import Row


def consultant(questions: int, turns: int, rng: np.random.Generator) -> Iterator[Answers]:
    """The same side speaks at every turn; a fair coin assigns it."""
    side = rng.integers(0, 2, questions)
    for _ in range(turns):
        yield side


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    return argued(options, consultant)


if __name__ == "__main__":
    command("consultancy", __doc__, run, ["distillation"])
