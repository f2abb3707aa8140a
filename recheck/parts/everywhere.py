"""A claim broken at every point of a box of parameters, by one strategy of nature.

The box is cut into parts, and in each the strategy's run is followed in intervals that hold the
fields of the run at every point of the part, until a condition is false of all that they hold.
*Lemma.* Then at every point the run breaks the claim, by then or before. *Proof.* Up to where the
claim is broken at a point, the run there is one, whose fields the intervals hold: nature has
something to choose and nothing divides by zero, each at all points of the part. ∎
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from cvc5 import Term

from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import Evidence, Step
from recheck.parts.arithmetic import Program
from recheck.parts.intervals import Interval, around, interval
from recheck.parts.runs import Plan, plan_of, program_of, programs_of

MOST_PARTS = 1024
"""Parts of one box in which a run is followed."""
MOST_ITERATIONS = 1 << 17
"""Iterations of the runs in all parts of a box."""

Box = tuple[tuple[Fraction, Fraction], ...]


def require_broken(strategy: Strategy, box: Box, name: str) -> None:
    """Follow a strategy at the corners of a box, to see at once what is wrong, and in parts of it,
    the largest first, each cut where it is undecided, until the claim is broken in all.

    Raises:
        Rejected: where the claim surely holds all along the run.
        Undecided: where there are too many parts.
    """
    corners: list[Box] = [tuple((end, end) for end in ends) for ends in product(*box)]
    parts, count = deque([*corners, box]), 0
    while parts:
        part, count = parts.popleft(), count + 1
        broken = strategy.broken_in(part)
        if broken is False:
            raise Rejected(f"{name}: the run breaks nothing somewhere in it")
        if broken is None and part not in corners:
            parts += _cut(part, box)
        if count + len(parts) > MOST_PARTS or strategy.iterations > MOST_ITERATIONS:
            raise Undecided(f"{name}: the run is not decided in {count} parts of it")


def _cut(part: Box, box: Box) -> list[Box]:
    """Both halves of a part, cut where it is widest."""
    widths = [(b - a) / (d - c) for (a, b), (c, d) in zip(part, box, strict=True)]
    low, high = part[widths.index(max(widths))]
    middle = (low + high) / 2
    if widths[0] >= widths[1]:
        return [((low, middle), part[1]), ((middle, high), part[1])]
    return [(part[0], (low, middle)), (part[0], (middle, high))]


class Strategy:
    """A run in which each choice, those of a set of seeds too, lies at a place between its ends, at
    any values of parameters."""

    def __init__(self, evidence: Evidence, symbols: Sequence[Term]) -> None:
        system = self.system = evidence.system
        plan: Plan = plan_of(evidence.proof)
        seed = [Fraction(unit) for unit in evidence.proof.get("seed", ())]
        self.start = program_of(system.start, seed, symbols)
        self.stretches = [(n, programs_of(system, units, symbols)) for n, units in plan]
        self.guards = {
            place: Program(fields, evidence.kept(place)) for place, fields in system.fields.items()
        }
        self.iterations = 0
        if any(len(programs) < len(system.steps) for _, programs in self.stretches):
            raise Malformed("an iteration leaves a choice open")

    def broken_in(self, part: Box) -> bool | None:
        """Whether the run breaks the claim at all points of a part; False where it surely does not
        at any, None where that is undecided."""
        values = [around(ends) for ends in part]
        sure = True
        for place, state in self._states(values):
            truths = [None] if None in state else self.guards[place].run(state, interval)
            if False in truths:
                return True
            sure = sure and None not in truths
            if None in state:
                return None
        return False if sure else None

    def _states(self, values: Sequence[Interval]) -> Iterator[tuple[str, list[Any]]]:
        """The agents that the run comes through, and where they stand; with None what is undefined
        or undecided, and after it nothing."""
        state = self._after(self.system.start, self.start, values)
        yield self.system.agent, state
        for count, programs in self.stretches:
            iteration = list(zip(self.system.steps, programs, strict=True))
            for _, (step, program) in product(range(count), iteration):
                self.iterations += 1
                state = self._after(step, program, [*state, *values])
                yield step.target, state

    def _after(self, step: Step, program: Program, values: Sequence[Interval]) -> list[Any]:
        """Where a step leads, with None what is undefined, or whether nature has a choice."""
        found = program.run(values, interval)
        state, widths = found[: len(step.outputs)], found[len(step.outputs) :]
        if False in widths:
            raise Rejected(f"{step.name} leaves nature nothing to choose")
        return [None] if None in widths else state
