"""Whether a claim is about anything: a run in which something happens, and fields that are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs

from checker.backends.solver import constants
from checker.explain.relaxations import uncoupled
from checker.system.problem import Problem
from checker.system.replay import Enclosure, Run, replay
from spec.errors import SpecError
from spec.statements.claim import Claim
from spec.trace import trace

ITERATIONS = 4
GROWS = "capability"
ARBITRARY = "arbitrary "


@attrs.frozen
class NonVacuity:
    """One run with each choice at the same end of its bounds, and the fields nothing reads.

    Args:
        end: "upper" or "lower", where the choices of the run lie.
        iterations: how many iterations the run goes on.
        start: the capability at the seed, where agents have such a field.
        last: the capability at the end of the run.
        rises: whether the capability rises in at least one iteration, and never falls.
        moved: the choices that are not 0 at some point of the run; of those that are left to nature
            only where nobody oversees the student, none.
        unread: the fields that no step reads, but for passing them on, and no clause of the claim.
    """

    end: str = ""
    iterations: int = 0
    start: Enclosure | None = None
    last: Enclosure | None = None
    rises: bool | None = None
    moved: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The substance as plain JSON."""
        return {
            "end": self.end,
            "iterations": self.iterations,
            "capability": None
            if self.start is None or self.last is None
            else [str(self.start), str(self.last)],
            "capability_rises": self.rises,
            "choices_made": list(self.moved),
            "unread_fields": list(self.unread),
        }


def nonvacuity_of(claim: Claim, problem: Problem) -> NonVacuity:
    """Whether anything happens in the loop, and what of the agents it never looks at.

    The run with the choices at their upper ends is told, unless capability rises only in the one
    with the choices at their lower ends.
    """
    unread = unread_fields(claim, problem)
    told = [
        _told(end, run, unread)
        for end, run in (("upper", _run(problem, 1)), ("lower", _run(problem, 0)))
        if run is not None
    ]
    return next((found for found in told if found.rises), told[0] if told else NonVacuity())


def _run(problem: Problem, unit: int) -> Run | None:
    widths = [len(step.stage.choices) for step in problem.steps]
    units: Callable[[int, int], Sequence[Fraction]]
    units = lambda _, stage: [Fraction(unit)] * widths[stage]  # noqa: E731
    try:
        return replay(problem, units, ITERATIONS)
    except SpecError:  # the step divides by zero on the way: nothing to tell
        return None


def _told(end: str, run: Run, unread: tuple[str, ...]) -> NonVacuity:
    last = run.steps[-1].step if run.steps else ""
    states = [run.seed, *(m.after for m in run.steps if m.step == last)]
    grown = [state[GROWS] for state in states if GROWS in state]
    rises = None
    if grown:
        pairs = list(pairwise(grown))
        rises = any(b.low > a.high for a, b in pairs) and all(b.low >= a.low for a, b in pairs)
    moved = [
        f"{step.step}: {name}"
        for step in run.steps
        for name, value in step.chosen.items()
        if (value.low > 0 or value.high < 0) and not name.startswith(ARBITRARY)
    ]
    return NonVacuity(
        end,
        run.iteration,
        grown[0] if grown else None,
        grown[-1] if grown else None,
        rises,
        tuple(dict.fromkeys(moved)),
        unread,
    )


def unread_fields(claim: Claim, problem: Problem) -> tuple[str, ...]:
    """The fields that occur at no place in a bound, a condition of oversight, a clause of the
    claim, or the next value of another field."""
    general = trace(claim.scheme, problem.traced.values)
    names = list(dict.fromkeys(s.name for p in general.positions for s in p.fields))
    read: set[str] = set()
    for stage in general.stages:
        by_symbol = {
            str(symbol): field.name
            for field, symbol in zip(stage.source.fields, stage.source.symbols, strict=True)
        }
        terms = [end for choice in stage.choices for end in (choice.low, choice.high)]
        terms += [] if stage.oversight_holds is None else [stage.oversight_holds]
        for field, term in zip(stage.target.fields, uncoupled(stage), strict=True):
            if by_symbol.get(str(term)) != field.name:  # a field that is only passed on is not read
                terms.append(term)
        read |= {by_symbol[n] for term in terms for n in constants(term) if n in by_symbol}
    for position in problem.traced.positions:
        claimed = {n for c in problem.claimed(position) for n in constants(c.condition)}
        fields = zip(position.fields, position.symbols, strict=True)
        read |= {field.name for field, symbol in fields if str(symbol) in claimed}
    return tuple(name for name in names if name not in read)
