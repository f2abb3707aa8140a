"""Turns: how fields that only themselves move come round again.

Counts of rounds since the last audit, flags of whose turn it is: nothing else moves them, so that
from one seed they have the same values at the same iteration of every run. They come round, since
they have finitely many values. Between two values of theirs what remains is a step of the other
fields alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import z3

from checker.parameters.comparisons import told
from checker.parameters.obstacles import Obstacle, require
from checker.system.problem import Problem
from spec.nodes import number_in

LONGEST = 64
"""Iterations until the fields come round again, at most."""


@attrs.frozen
class Turn:
    """The fields that states have in common.

    Args:
        begins: their values where a turn begins, by index.
        lead: how many iterations after the seed that is.
        length: how many iterations a turn takes.
    """

    begins: tuple[tuple[int, z3.ExprRef], ...] = ()
    lead: int = 0
    length: int = 1

    def begun(self, state: Sequence[z3.ExprRef]) -> tuple[z3.ExprRef, ...]:
        """A state, as it is where a turn begins."""
        values = dict(self.begins)
        return tuple(values.get(index, term) for index, term in enumerate(state))

    def told(self, state: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
        """A state after a step, without the conditionals that only these fields decide."""
        return list(map(told, state)) if self.begins else list(state)


NONE_TURNS = Turn()
"""That of no fields: each iteration is like the one before."""


def turn_of(problem: Problem, same: Sequence[int]) -> Turn:
    """How some fields of a loop of one step come round, from its seed; those of no turn if there
    are none.

    Raises:
        NotExact: where they begin at no number, or do not come round soon.
    """
    if not same:
        return NONE_TURNS
    (step,), symbols = problem.steps, problem.agent.symbols
    outputs = [step.stage.outputs[index] for index in same]
    now = tuple(z3.simplify(problem.seed[index]) for index in same)
    passed: dict[tuple[object, ...], int] = {}
    values: list[tuple[z3.ExprRef, ...]] = []
    while (key := tuple(map(number_in, now))) not in passed:
        require(None not in key and len(passed) <= LONGEST, Obstacle.TURNS_LATE)
        passed[key] = len(values)
        values.append(now)
        here = list(zip((symbols[index] for index in same), now, strict=True))
        now = tuple(z3.simplify(z3.substitute(output, *here)) for output in outputs)
    lead = passed[key]
    begins = tuple(zip(same, values[lead], strict=True))
    return Turn(begins, lead, len(values) - lead)
