"""The search for a proof of refinement: cases of a witness, until the solver accepts them.

The witness is looked for on the whole domains first, and failing that on sets around what the two
schemes can reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

import attrs
import z3

from checker.backends.solver import QueryBudget
from checker.invariants.houdini import reachable
from checker.refinement.compared import ComparedScheme, Ranges
from checker.refinement.correspondence import Link
from checker.refinement.sample_points import SamplePoint, Sampler
from checker.refinement.simulation import Case, Condition, Invariants, RefinementQuestion
from checker.refinement.witness import Cover, NoCase, case_at
from checker.system.findings import Fact
from checker.system.problem import Problem
from checker.system.transition_system import transition_system
from spec.nature import Choice
from spec.terms import numeral

SAMPLED = 40
"""Points at which cases are guessed to begin with."""
MOST_CASES = 5
MOST_ROUNDS = 8
"""Witnesses that are put to the solver; each that fails gives one more point."""
QUANTIFIED = 3.0
"""Seconds for the one query with a quantifier."""


@attrs.frozen
class SeedsFail(Fact):
    """A condition on the seeds is not shown."""

    condition: Condition


@attrs.frozen
class WitnessUndecided(Fact):
    """The solver neither shows a condition nor gives a point at which it fails."""

    condition: Condition


class NoWitness(Fact, Enum):
    """Why no witness was put together."""

    NO_SAMPLE = "no sample"
    """No sample point meets the hypotheses."""
    STUCK = "stuck"
    """At some point nothing that the second scheme may choose answers the first."""
    NO_TERM = "no term"
    """At some point none of the terms that are tried answers the first."""
    TOO_MANY_CASES = "too many cases"


Obstacle = SeedsFail | WitnessUndecided | NoWitness
"""What stands in the way of a proof."""


@attrs.define
class Attempt:
    """How far the search for a proof got.

    ``cases`` are those of the witness, or those that were guessed; ``stuck`` is a point at which
    the second scheme cannot follow.
    """

    proved: bool = False
    cases: list[Case] = attrs.field(factory=list)
    held: Invariants = attrs.field(factory=Invariants)
    obstacle: Obstacle | None = None
    stuck: SamplePoint | None = None


def find_proof(
    question: RefinementQuestion,
    problems: Sequence[Problem],
    theirs: Sequence[Problem],
    over: Ranges,
    budget: QueryBudget,
) -> Attempt:
    """A witness on the whole domains, or failing that on sets around what is reachable.

    Args:
        question: which scheme is to be refined by which.
        problems: the first scheme at a few exact parameters.
        theirs: the second scheme at the same.
        over: the ranges of the symbolic parameters.
        budget: limits on the queries.
    """
    attempt = simulate(question, Invariants(), problems[0], over, budget)
    if attempt.proved or isinstance(attempt.obstacle, SeedsFail):
        return attempt
    held = Invariants(
        reachable(question.first, problems, question.given, budget),
        reachable(question.second, theirs, question.given, budget),
    )
    if not (held.first or held.second) or budget.exhausted:
        return attempt
    again = simulate(question, held, problems[0], over, budget)
    again.cases = again.cases or attempt.cases
    return again


def simulate(
    question: RefinementQuestion,
    held: Invariants,
    problem: Problem,
    over: Ranges,
    budget: QueryBudget,
) -> Attempt:
    """Look for a witness on given sets, and check it.

    Args:
        question: which scheme is to be refined by which.
        held: sets that no sound iteration of either leaves, already checked.
        problem: the first scheme at exact parameters, for sample states.
        over: the ranges of the symbolic parameters.
        budget: limits on the queries.
    """
    unmet = question.start(held, budget)
    attempt = Attempt(held=held, obstacle=None if unmet is None else SeedsFail(unmet))
    sampler = Sampler(question, held, over)
    _guess_and_check(question, sampler, sampler.points(problem, SAMPLED), attempt, budget)
    if attempt.proved:
        return attempt
    if attempt.stuck is None and not isinstance(attempt.obstacle, SeedsFail):
        seconds = min(QUANTIFIED, budget.limit_seconds)
        if question.answerable(held, budget, seconds):
            return Attempt(proved=True, held=held)
    return attempt


def _guess_and_check(
    question: RefinementQuestion,
    sampler: Sampler,
    points: list[SamplePoint],
    attempt: Attempt,
    budget: QueryBudget,
) -> None:
    """Guess cases at points and put them to the solver; where they fail is one more point."""
    covers: dict[int, set[int]] = {}
    for _ in range(MOST_ROUNDS):
        obstacle = _cover(question, points, attempt, covers, budget)
        attempt.obstacle = attempt.obstacle or obstacle
        if attempt.obstacle is not None:
            return
        cases = _fewest(attempt.cases, covers, len(points))
        failing = question.discharge(cases, attempt.held, budget)
        if failing is None:
            attempt.cases, attempt.proved = cases, True
            return
        outcome = failing.outcome
        point = sampler.at(outcome.values) if outcome.invalid else None
        if point is None or budget.exhausted:
            attempt.obstacle = WitnessUndecided(failing.condition)
            return
        points.append(point)
        covers.clear()
    attempt.obstacle = NoWitness.TOO_MANY_CASES


def _cover(
    question: RefinementQuestion,
    points: Sequence[SamplePoint],
    attempt: Attempt,
    covers: dict[int, set[int]],
    budget: QueryBudget,
) -> NoWitness | None:
    """Add cases until every point is answered; why not, if that fails."""
    if not points:
        return NoWitness.NO_SAMPLE
    cover = Cover(question, points)
    for index, earlier in enumerate(attempt.cases):
        covers.setdefault(index, cover.of(earlier))
    obstacle: NoWitness | None = None
    skipped: set[int] = set()
    while len(attempt.cases) < MOST_CASES:
        left = set(range(len(points))) - set().union(skipped, *covers.values())
        if not left or budget.exhausted:
            break
        index = min(left)
        case = case_at(question, points[index], budget)
        answered = set() if isinstance(case, NoCase) else cover.of(case)
        if isinstance(case, NoCase) or index not in answered:
            skipped.add(index)
            if case is NoCase.UNMATCHED:
                attempt.stuck = attempt.stuck or points[index]
                obstacle = NoWitness.STUCK
            obstacle = obstacle or NoWitness.NO_TERM
            continue
        covers[len(attempt.cases)] = answered
        attempt.cases.append(case)
    covered = set().union(*covers.values()) if covers else set()
    if obstacle is None and len(covered) < len(points):
        return NoWitness.TOO_MANY_CASES
    return obstacle


def _fewest(cases: Sequence[Case], covers: Mapping[int, set[int]], count: int) -> list[Case]:
    """Few of the cases that still answer every point, those that answer most first."""
    left, chosen = set(range(count)), []
    while left:
        index = max(covers, key=lambda i: len(covers[i] & left))
        if not covers[index] & left:
            break
        chosen.append(cases[index])
        left -= covers[index]
    return chosen or list(cases[:1])


def allows_everything(
    question: RefinementQuestion,
    second: ComparedScheme,
    theirs: Sequence[Problem],
    over: Ranges,
    budget: QueryBudget,
) -> bool:
    """Whether the second scheme's iteration is shown to make every agent of its domain.

    A scheme that makes any agent of the domain is looked at in place of the first.
    """
    copy = transition_system(second.process, "any", second.values, tuple(over))
    if any(field.kind != "real" for field in copy.fields):
        return False
    choices = tuple(
        Choice(
            field.name,
            z3.Real(f"any:{field.name}"),
            numeral(field.low),
            numeral(field.high),
            "",
            "",
            unbounded=field.unbounded,
        )
        for field in copy.fields
    )
    outputs = tuple(choice.symbol for choice in choices)
    anything = attrs.evolve(copy, choices=choices, outputs=outputs, sides=())
    compared = {link.second for link in question.links}
    links = tuple(
        Link(index, index, (field.name, field.name), "=")
        for index, field in enumerate(copy.fields)
        if index in compared
    )
    given = (*question.given, anything.in_domain(outputs))
    havoc = RefinementQuestion(anything, question.second, links, given)
    return simulate(havoc, Invariants(), theirs[0], over, budget).proved
