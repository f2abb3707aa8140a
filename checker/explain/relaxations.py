"""The same problem with one of the things that it assumes loosened, tightened or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, follows
from checker.system.problem import Problem, Step
from spec.nature import Choice
from spec.statements.claim import Claim
from spec.terms import numeral
from spec.trace import Position, TracedStage, trace

WITHIN_SECONDS = 0.5
"""Seconds of solving spent on whether one field can leave its domain."""


class End(Enum):
    """An end of the bounds of a choice."""

    UPPER = "upper"
    LOWER = "lower"


def widened(
    problem: Problem, step: int, choice: int, end: End, factor: Fraction, budget: QueryBudget
) -> Problem:
    """The problem with the width of one choice multiplied, the named end moving.

    A field that reads the widened choice is held at the nearest end of its domain where it would
    otherwise leave it, so that a break is one of what is claimed. An upper bound on a field that
    is coupled to other fields is not kept so.

    Args:
        problem: the problem, step by step.
        step: the index of the step.
        choice: the index of the choice in the step.
        end: the end that moves.
        factor: what the width is multiplied by; 0 leaves the other end alone.
        budget: limits on the solving.
    """
    old = problem.steps[step]
    choices = list(old.stage.choices)
    choices[choice] = _stretched(choices[choice], end, factor)
    stage = attrs.evolve(old.stage, choices=tuple(choices))
    if factor > 1:
        stage = attrs.evolve(stage, outputs=_held_in(stage, choice, old.target, budget))
    return _with_stage(problem, step, stage)


def _stretched(choice: Choice, end: End, factor: Fraction) -> Choice:
    width = numeral(factor) * (choice.high - choice.low)
    if end is End.UPPER:
        return attrs.evolve(choice, high=z3.simplify(choice.low + width))
    return attrs.evolve(choice, low=z3.simplify(choice.high - width))


def _held_in(
    stage: TracedStage, choice: int, target: Position, budget: QueryBudget
) -> tuple[z3.ExprRef, ...]:
    """The outputs, each that the choice may drive out of its domain held at the domain's ends."""
    reading = {str(stage.choices[choice].symbol)}
    for later in stage.choices[choice + 1 :]:
        if reading & (constants(later.low) | constants(later.high)):
            reading.add(str(later.symbol))
    held = []
    for field, term in zip(target.fields, stage.outputs, strict=True):
        low, high = numeral(field.low), numeral(field.high)
        if field.kind == "real" and reading & constants(term):
            inside = z3.And(*field.conditions(term))
            given = [stage.source.domain, stage.bounds]
            if not follows(given, inside, budget, WITHIN_SECONDS).valid:
                below_top = term if field.unbounded else z3.If(term > high, high, term)
                term = z3.If(term < low, low, below_top)
        held.append(term)
    return tuple(held)


def overseen(
    problem: Problem, claim: Claim, overriding: Mapping[str, Fraction], always: bool
) -> Problem | None:
    """The problem with oversight that always works, or with none that ever does.

    In the first the student is what distillation makes it, in the second it is arbitrary. None
    where no step has a student that depends on oversight.
    """
    general = trace(claim.scheme, {**claim.chosen, **overriding})
    stages = [_with_oversight(stage, always) for stage in general.stages]
    if all(new is old for new, old in zip(stages, general.stages, strict=True)):
        return None
    traced = attrs.evolve(general, stages=tuple(stages)).at_values()
    steps = tuple(Step(stage, stage.source, stage.target) for stage in traced.stages)
    return attrs.evolve(problem, traced=traced, steps=steps)


def _with_oversight(stage: TracedStage, always: bool) -> TracedStage:
    """The step with oversight that always works, or never."""
    oversight_holds = stage.oversight_holds
    if oversight_holds is None:
        return stage
    outputs = tuple(_branch(term, oversight_holds, always) for term in stage.outputs)
    if all(new is old for new, old in zip(outputs, stage.outputs, strict=True)):
        return stage
    return attrs.evolve(stage, outputs=outputs, oversight_holds=None)


def _branch(term: z3.ExprRef, oversight_holds: z3.BoolRef, always: bool) -> z3.ExprRef:
    # only the outermost branch is the coupling: the step may ask the same condition itself
    if z3.is_app_of(term, z3.Z3_OP_ITE) and term.arg(0).eq(oversight_holds):
        return term.arg(1 if always else 2)
    return term


def uncoupled(stage: TracedStage) -> Sequence[z3.ExprRef]:
    """What a traced step returns where oversight works, as ``trace`` gives it."""
    return _with_oversight(stage, always=True).outputs


def _with_stage(problem: Problem, index: int, stage: TracedStage) -> Problem:
    steps = list(problem.steps)
    steps[index] = Step(stage, steps[index].source, steps[index].target)
    stages = tuple(step.stage for step in steps)
    traced = attrs.evolve(problem.traced, stages=stages)
    return attrs.evolve(problem, traced=traced, steps=tuple(steps))
