"""Debate: two advocates show the judge two pixels each, in turn, one of them for the false claim.

See ``advocates.py`` for the question, the judge and the advocates. The log is one of the scheme
``moderated-debate``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from examples.runs.advocates import argued
from examples.runs.command import Options, command
from examples.runs.network import Answers
from examples.runs.record import Row


def both(questions: int, turns: int, rng: np.random.Generator) -> Iterator[Answers]:
    """The sides take turns; a fair coin says who begins."""
    first = rng.integers(0, 2, questions)
    for turn in range(turns):
        yield (first + turn) % 2


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    return argued(options, both)


if __name__ == "__main__":
    command("debate", __doc__, run, ["distillation"])
