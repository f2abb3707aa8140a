"""Does one scheme refine another? A witness that was checked, or a run that was replayed.

The statement, the conditions and the proof are in docs/theory/refinement.md.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction

import attrs
import z3

from checker.backends.smtlib import smtlib
from checker.backends.solver import QueryBudget, satisfy
from checker.refinement.compared import ComparedScheme, Ranges, Side
from checker.refinement.correspondence import Link
from checker.refinement.distinguishing_run import DistinguishingRun, DistinguishingSearch
from checker.refinement.sample_points import number_of
from checker.refinement.simulation import (
    Case,
    Origin,
    RefinementQuestion,
    pose_question,
    valued,
)
from checker.refinement.witness_search import Attempt, Obstacle, allows_everything, find_proof
from checker.system.findings import Fact
from checker.system.problem import Bound
from checker.system.region import bounds_of
from checker.system.transition_system import problem_of
from spec.errors import SpecError
from spec.nodes import name_of
from spec.statements.base import Answer
from spec.terms import numeral

MOST_POINTS = 9
"""Parameter values at which runs are looked for."""
SHARES = (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(1, 64))
"""Where in the range of a free parameter these values lie, after its own value."""


class RefinementMethod(Fact, Enum):
    """How it was decided whether one scheme refines another."""

    WITNESS = "witness"
    """A witness that the solver accepts."""
    QUANTIFIED = "quantified"
    """A query with a quantifier, which gives no witness."""
    DISTINGUISHING_RUN = "distinguishing run"
    """A replayed run that the other scheme cannot follow."""


@attrs.frozen
class ChoiceTerm:
    """How a witness chooses one number: where the value comes from, and as an SMT-LIB term.

    The term is over the state (``left.FIELD``), the other's choices (``left:NAME``) and the
    parameters (``parameter.NAME``).
    """

    choice: str
    origin: Origin
    term: str


@attrs.frozen
class Simulation:
    """A witness and the sets of agents for which it was shown, in SMT-LIB over the symbols of
    ``ChoiceTerm``: conditions, and per case a term for each of the other's choices, in order."""

    held: tuple[str, ...]
    cases: tuple[tuple[str, ...], ...]


@attrs.frozen
class NotFollowed(Fact):
    """Why it is open whether one scheme refines another.

    Args:
        obstacle: what stands in the way of a proof.
        out_of_time: whether the time was up.
        stuck: a state, not shown to be reachable, in which the second cannot follow; none was
            found where it is empty.
    """

    obstacle: Obstacle | None
    out_of_time: bool
    stuck: Mapping[str, Fraction]


@attrs.frozen
class Refinement(Fact):
    """Whether every run of ``first`` is a run of ``second``.

    Args:
        first: the name of the scheme whose runs are to be followed.
        second: the name of the scheme that is to follow.
        side: on which side of the comparison the first stands.
        answer: whether it does.
        method: how that was decided.
        witness: one tuple of terms for each case; the first that fits is meant.
        held: bounds on reachable agents that the proof uses.
        simulation: witness and bounds, for another program to check.
        allows_everything: whether the second makes every agent of its domain, so that being
            refined by something says nothing.
        distinguishing_run: a run that the second cannot follow.
        reason: why neither was shown.
        queries: solver queries that it took.
        seconds: time that it took.
    """

    first: str
    second: str
    side: Side
    answer: Answer = Answer.UNKNOWN
    method: RefinementMethod | None = None
    witness: tuple[tuple[ChoiceTerm, ...], ...] = ()
    held: Mapping[Side, tuple[Bound, ...]] = attrs.field(factory=dict)
    simulation: Simulation | None = None
    allows_everything: bool = False
    distinguishing_run: DistinguishingRun | None = None
    reason: NotFollowed | None = None
    queries: int = 0
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        """Whether it is shown that the first refines the second."""
        return self.answer is Answer.PROVED


def refines(
    first: ComparedScheme,
    second: ComparedScheme,
    links: Sequence[Link],
    over: Ranges,
    budget: QueryBudget,
) -> Refinement:
    """Whether the first scheme refines the second, for all values of ``over`` in their ranges.

    Args:
        first: the scheme whose runs are to be followed.
        second: the scheme that is to follow.
        links: the compared fields.
        over: shared parameters that are left symbolic, with their ranges.
        budget: limits on the queries.

    Raises:
        SpecError: for a mistake in a specification, or assumptions that no value meets.
    """
    started, before = time.perf_counter(), budget.queries
    question = pose_question(first, second, links, over)
    points = _parameter_points(first, question, over, budget)
    problems = [problem_of(first.process, {**first.values, **point}) for point in points]
    theirs = [problem_of(second.process, {**second.values, **point}) for point in points]
    blank = Refinement(first.process.name, second.process.name, first.side)
    attempt = find_proof(question, problems, theirs, over, budget)
    if attempt.proved:
        everything = allows_everything(question, second, theirs, over, budget)
        found = attrs.evolve(_proved(blank, attempt), allows_everything=everything)
    else:
        found = _refuted(blank, first, second, links, points, attempt, budget)
    return attrs.evolve(
        found, queries=budget.queries - before, seconds=time.perf_counter() - started
    )


def _parameter_points(
    first: ComparedScheme, question: RefinementQuestion, over: Ranges, budget: QueryBudget
) -> list[dict[str, Fraction]]:
    """A few exact values of the symbolic parameters that meet the assumptions."""
    found: list[dict[str, Fraction]] = []
    axes = []
    for name, (low, high) in over.items():
        default = first.values.get(name)
        own = [default] if default is not None and low <= default <= high else []
        axes.append([*own, *(low + share * (high - low) for share in SHARES)])
    for values in itertools.islice(itertools.product(*axes), MOST_POINTS):
        point = dict(zip(over, values, strict=True))
        pairs = {question.first.free[name]: numeral(value) for name, value in point.items()}
        if point not in found and z3.is_true(valued(z3.And(*question.given), pairs)):
            found.append(point)
    if found:
        return found
    outcome = satisfy(list(question.given), budget)
    if outcome.sat:
        return [
            {name: outcome.values.get(f"parameter.{name}", low) for name, (low, _) in over.items()}
        ]
    names = [text for m in (question.first, question.second) for _, text, _ in m.assumptions]
    raise SpecError(
        "no value of the parameters meets the assumptions: " + "; ".join(dict.fromkeys(names)), ""
    )


def _proved(blank: Refinement, attempt: Attempt) -> Refinement:
    """The refinement that a successful search for a proof shows."""
    return attrs.evolve(
        blank,
        answer=Answer.PROVED,
        method=RefinementMethod.WITNESS if attempt.cases else RefinementMethod.QUANTIFIED,
        witness=tuple(
            tuple(ChoiceTerm(c.choice, c.origin, z3.simplify(c.term).sexpr()) for c in case)
            for case in attempt.cases
        ),
        held={
            blank.side: bounds_of(attempt.held.first),
            blank.side.other: bounds_of(attempt.held.second),
        },
        simulation=_simulation(attempt) if attempt.cases else None,
    )


def _simulation(attempt: Attempt) -> Simulation:
    held = (*attempt.held.first, *attempt.held.second)
    return Simulation(
        tuple(smtlib(clause.condition) for clause in held),
        tuple(tuple(smtlib(chosen.term) for chosen in case) for case in attempt.cases),
    )


def _refuted(
    blank: Refinement,
    first: ComparedScheme,
    second: ComparedScheme,
    links: Sequence[Link],
    points: Sequence[Mapping[str, Fraction]],
    attempt: Attempt,
    budget: QueryBudget,
) -> Refinement:
    """A run that the second cannot follow, at some of the parameter points; or why it is open."""
    for point in points:
        if budget.exhausted:
            break
        question = pose_question(first.at(point), second.at(point), links, {})
        cases = [_at_values(case, point) for case in attempt.cases]
        problem = problem_of(first.process, {**first.values, **point})
        found = DistinguishingSearch(question, problem, dict(point)).run(cases, budget)
        if found is not None:
            return attrs.evolve(
                blank,
                answer=Answer.REFUTED,
                method=RefinementMethod.DISTINGUISHING_RUN,
                distinguishing_run=found,
            )
    stuck = attempt.stuck or {}
    values = {name_of(symbol): number_of(value) for symbol, value in stuck.items()}
    return attrs.evolve(blank, reason=NotFollowed(attempt.obstacle, budget.exhausted, values))


def _at_values(case: Case, point: Mapping[str, Fraction]) -> Case:
    """A case of a witness with values in place of the free parameters."""
    put = [(z3.Real(f"parameter.{name}"), numeral(value)) for name, value in point.items()]
    if not put:
        return case
    return tuple(attrs.evolve(c, term=z3.substitute(c.term, *put)) for c in case)
