"""How far each bound on nature can be loosened in a proved claim, or tightened in a refuted one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

import z3

from checker.explain.attempts import Case, attempt, breaking_run
from checker.explain.findings import AssumptionKind, AssumptionResult, ChoiceBound, Note, Status
from checker.explain.relaxations import End, widened
from checker.system.problem import Problem
from checker.system.replay import Run
from spec.nature import Choice
from spec.statements.base import Answer

FACTORS = tuple(Fraction(2**power) for power in range(11))
"""What the width of a bound is multiplied by, in turn."""
HALVINGS = 4
"""How often the factor is halved between two powers of two."""
ATTEMPTS = 5
"""Proofs attempted between 1 and the least factor that is refuted."""

At = Callable[[Fraction], Problem]
"""The problem with one bound's width multiplied by a factor."""

_bound_result = partial(AssumptionResult, AssumptionKind.BOUND)


def examine_bounds(case: Case) -> Iterator[AssumptionResult]:
    """Each bound on a choice, loosened or tightened by itself."""
    for number, step in enumerate(case.problem.steps):
        for index, choice in enumerate(step.stage.choices):
            if choice.role.spans_domain:  # cannot be loosened; the coupling says when it counts
                continue
            for end in (End.UPPER, End.LOWER) if _has_floor(choice) else (End.UPPER,):
                yield _examine(case, number, index, ChoiceBound(step.name, choice.name, end))


def _has_floor(choice: Choice) -> bool:
    low = z3.simplify(choice.low)
    return not (z3.is_rational_value(low) and low.as_fraction() == 0)


def _examine(case: Case, step: int, index: int, bound: ChoiceBound) -> AssumptionResult:
    choice = case.problem.steps[step].stage.choices[index]
    width = z3.simplify(choice.high - choice.low)
    if z3.is_rational_value(width) and width.as_fraction() == 0:
        return _bound_result(bound, Status.IDLE, note=Note.NO_WIDTH)

    def at(factor: Fraction) -> Problem:
        return widened(case.problem, step, index, bound.end, factor, case.budget)

    return _loosened(case, bound, at) if case.proved else _tightened(case, bound, at)


def _loosened(case: Case, bound: ChoiceBound, at: At) -> AssumptionResult:
    """A proved claim with a bound ever looser: more runs, so what is refuted stays refuted."""
    loosest = attempt(case, at(FACTORS[-1]))
    if loosest.answer is Answer.PROVED:
        return _bound_result(bound, Status.IDLE, proved=FACTORS[-1])
    if loosest.run is not None:
        found: tuple[Fraction, Run] | None = FACTORS[-1], loosest.run
    else:  # what is no run at all when so loose may still break when less so
        found = _loosest_break(at)
    if found is None:
        proved = _proof_below(case, at, FACTORS[-2])
        return _bound_result(bound, Status.UNDECIDED, proved, note=loosest.meaningless)
    clear, refuted, run = _least_break(at, *found)
    proved = _proof_below(case, at, clear)
    return _bound_result(bound, Status.NEEDED, proved, refuted, broken=run.broken)


def _loosest_break(at: At) -> tuple[Fraction, Run] | None:
    """The greatest factor below the last at which a run breaks, and the run."""
    for factor in reversed(FACTORS[:-1]):
        run = breaking_run(at(factor))
        if run is not None:
            return factor, run
    return None


def _least_break(at: At, refuted: Fraction, run: Run) -> tuple[Fraction, Fraction, Run]:
    """From a factor at which a run breaks, by bisection: one at which none was found, one just
    beyond it at which one breaks, and the run."""
    ladder = [factor for factor in FACTORS if factor <= refuted]
    low, high = 0, len(ladder) - 1
    while high - low > 1:
        middle = (low + high) // 2
        again = breaking_run(at(ladder[middle]))
        low, high, run = (middle, high, run) if again is None else (low, middle, again)
    clear, refuted = ladder[low], ladder[high]
    for _ in range(HALVINGS):
        factor = (clear + refuted) / 2
        again = breaking_run(at(factor))
        clear, refuted, run = (factor, refuted, run) if again is None else (clear, factor, again)
    return clear, refuted, run


def _proof_below(case: Case, at: At, start: Fraction) -> Fraction:
    """A factor that is proved: the start, or one below it that a few halvings come upon.

    1 is proved, and of two factors the smaller allows less.
    """
    proved, beyond, factor = Fraction(1), start, start
    for _ in range(ATTEMPTS):
        if factor <= 1 or case.budget.exhausted:
            break
        if attempt(case, at(factor)).answer is Answer.PROVED:
            proved = factor
            if factor == beyond:
                break
        else:
            beyond = factor
        factor = beyond / 16 if beyond > 16 * proved else (proved + beyond) / 2
    return proved


def _tightened(case: Case, bound: ChoiceBound, at: At) -> AssumptionResult:
    """A refuted claim with a bound ever tighter: fewer runs, so what is proved stays proved."""
    tightest = attempt(case, at(Fraction(0)))
    if tightest.answer is Answer.REFUTED:
        return _bound_result(bound, Status.IDLE, refuted=Fraction(0), broken=tightest.broken)
    if tightest.answer is Answer.UNKNOWN:
        refuted, broken = _tightest_break(at)
        note = tightest.meaningless
        return _bound_result(bound, Status.UNDECIDED, None, refuted, broken=broken, note=note)
    proved, refuted, broken = Fraction(0), Fraction(1), None
    for _ in range(HALVINGS):
        middle = (proved + refuted) / 2
        found = attempt(case, at(middle))
        if found.answer is Answer.UNKNOWN:
            break
        if found.answer is Answer.PROVED:
            proved = middle
        else:
            refuted, broken = middle, found.broken
    return _bound_result(bound, Status.NEEDED, proved, refuted, broken=broken)


def _tightest_break(at: At) -> tuple[Fraction, str | None]:
    """A small factor at which a run breaks, by halving 1, and the clause that it breaks."""
    refuted, broken = Fraction(1), None
    for _ in range(HALVINGS):
        run = breaking_run(at(refuted / 2))
        if run is None:
            break
        refuted, broken = refuted / 2, run.broken
    return refuted, broken
