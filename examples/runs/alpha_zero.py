"""Expert iteration on tic-tac-toe as in ``expert_iteration.py``, without the gate.

Source: Silver et al., "A general reinforcement learning algorithm that masters chess, shogi, and Go
through self-play" (2018).
"""

from __future__ import annotations

from collections.abc import Iterator

from examples.runs import expert_iteration
from examples.runs.command import Options, command
from examples.runs.record import Row


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    return expert_iteration.run(options, gated=False)


if __name__ == "__main__":
    command("alpha_zero", __doc__, run, ["distillation"])
