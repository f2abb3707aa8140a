"""Whether a claim is about anything: a run in which something happens, and fields that are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

import attrs

from checker.backends.solver import constants
from checker.explain.relaxations import End, uncoupled
from checker.system.problem import Problem
from checker.system.replay import Enclosure, Run, TraceStep, replay
from checker.system.seeds import begun
from spec.errors import SpecError
from spec.nature import ChoiceRole
from spec.statements.claim import Claim
from spec.trace import TracedStage, trace

ITERATIONS = 4
GROWS = "capability"
"""The field that is watched along the run."""


@attrs.frozen
class NonVacuity:
    """One run with each choice at the same end of its bounds, and the fields nothing reads.

    Args:
        end: where the choices of the run lie; None where there is no run.
        iterations: how many iterations the run goes on.
        start: the capability at the seed, where agents have such a field.
        last: the capability at the end of the run.
        rises: whether the capability rises in at least one iteration, and never falls.
        made: the choices that are not 0 at some point of the run, each with its step; those that
            matter only where nobody oversees the student are left out.
        unread: the fields that no step reads, but for passing them on, and no clause of the claim.
    """

    end: End | None = None
    iterations: int = 0
    start: Enclosure | None = None
    last: Enclosure | None = None
    rises: bool | None = None
    made: tuple[ChoiceMade, ...] = ()
    unread: tuple[str, ...] = ()


@attrs.frozen
class ChoiceMade:
    """A choice of nature in one of the steps, by name."""

    step: str
    choice: str


def nonvacuity_of(claim: Claim, problem: Problem) -> NonVacuity:
    """Whether anything happens in the loop, and what of the agents it never looks at.

    The run is the one with the choices at their upper ends, unless capability rises only in the one
    with the choices at their lower ends.
    """
    unread = unread_fields(claim, problem)
    found = [
        _of_run(end, run, unread)
        for end, run in ((End.UPPER, _run(problem, 1)), (End.LOWER, _run(problem, 0)))
        if run is not None
    ]
    first = found[0] if found else NonVacuity()
    return next((each for each in found if each.rises), first)


def _run(problem: Problem, unit: int) -> Run | None:
    widths = [len(step.stage.choices) for step in problem.steps]
    start = [Fraction(unit)] * len(problem.seed_choices)
    units: Callable[[int, int], Sequence[Fraction]]
    units = lambda _, stage: [Fraction(unit)] * widths[stage]  # noqa: E731
    try:
        return replay(begun(problem, start), units, ITERATIONS)
    except SpecError:  # the step divides by zero on the way: nothing to tell
        return None


def _of_run(end: End, run: Run, unread: tuple[str, ...]) -> NonVacuity:
    last = run.steps[-1].step if run.steps else ""
    states = [run.seed, *(step.after for step in run.steps if step.step == last)]
    grown = [state[GROWS] for state in states if GROWS in state]
    made = dict.fromkeys(choice for step in run.steps for choice in _made(step))
    return NonVacuity(
        end,
        run.iteration,
        grown[0] if grown else None,
        grown[-1] if grown else None,
        _rises(grown) if grown else None,
        tuple(made),
        unread,
    )


def _rises(values: Sequence[Enclosure]) -> bool:
    pairs = list(pairwise(values))
    return any(b.low > a.high for a, b in pairs) and all(b.low >= a.low for a, b in pairs)


def _made(step: TraceStep) -> Iterator[ChoiceMade]:
    """The choices of one step that are surely not 0."""
    for name, value in step.chosen.items():
        unoverseen = step.roles.get(name) is ChoiceRole.UNOVERSEEN
        if (value.low > 0 or value.high < 0) and not unoverseen:
            yield ChoiceMade(step.step, name)


def unread_fields(claim: Claim, problem: Problem) -> tuple[str, ...]:
    """The fields that occur nowhere in a bound, a condition of oversight, a clause of the claim, or
    the next value of another field."""
    general = trace(claim.scheme, problem.traced.values)
    names = list(dict.fromkeys(s.name for p in general.positions for s in p.fields))
    read: set[str] = set()
    for stage in general.stages:
        read |= _read_by(stage)
    for position in problem.traced.positions:
        claimed = {n for c in problem.claimed(position) for n in constants(c.condition)}
        fields = zip(position.fields, position.symbols, strict=True)
        read |= {field.name for field, symbol in fields if str(symbol) in claimed}
    return tuple(name for name in names if name not in read)


def _read_by(stage: TracedStage) -> set[str]:
    """The fields that one step reads; one that it only passes on is not read."""
    by_symbol: Mapping[str, str] = {
        str(symbol): field.name
        for field, symbol in zip(stage.source.fields, stage.source.symbols, strict=True)
    }
    terms = [end for choice in stage.choices for end in (choice.low, choice.high)]
    terms += [] if stage.oversight_holds is None else [stage.oversight_holds]
    terms += [
        term
        for field, term in zip(stage.target.fields, uncoupled(stage), strict=True)
        if by_symbol.get(str(term)) != field.name
    ]
    return {by_symbol[n] for term in terms for n in constants(term) if n in by_symbol}
