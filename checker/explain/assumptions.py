"""Which of the things that a claim assumes matter: each is dropped or loosened, by itself.

See docs/reference/assumptions.md. Every answer here is a proof that the solver checked, or a
replayed run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, constants
from checker.explain.attempts import Case, attempt, attempt_at
from checker.explain.bounds import examine_bounds
from checker.explain.findings import (
    AssumptionKind,
    AssumptionResult,
    AssumptionsReport,
    ClaimOpen,
    Note,
    NotExamined,
    Status,
)
from checker.explain.nonvacuity import nonvacuity_of
from checker.explain.relaxations import overseen
from checker.system.problem import pose
from spec.errors import SpecError
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.trace import trace

POINTS = 4
"""Points tried at which an assumption alone is violated."""


def examine_assumptions(
    claim: Claim,
    answer: Answer,
    overriding: Mapping[str, Fraction] | None = None,
    budget: QueryBudget | None = None,
    tell: Callable[[AssumptionResult], None] = lambda _: None,
) -> AssumptionsReport:
    """Drop or loosen each thing that a decided claim assumes.

    Args:
        claim: the claim.
        answer: what was decided of it at these parameters.
        overriding: parameter values that replace the claim's own.
        budget: limits on the solving.
        tell: is told each result when it is there.
    """
    if answer not in (Answer.PROVED, Answer.REFUTED):
        return AssumptionsReport(reason=ClaimOpen(answer))
    problem = pose(claim, overriding)
    if not problem.agent.fields:
        return AssumptionsReport(reason=NotExamined.UNINTERPRETED)
    proved = answer is Answer.PROVED
    case = Case(claim, overriding or {}, problem, proved, budget or QueryBudget(5.0))
    results: list[AssumptionResult] = []
    for examine in (examine_bounds, _coupling, _assumptions, _expert_limit):
        for result in examine(case):
            tell(result)
            results.append(result)
    return AssumptionsReport(tuple(results), nonvacuity=nonvacuity_of(claim, problem))


def _coupling(case: Case) -> Iterator[AssumptionResult]:
    """Oversight that never works must be borne by a proof that does not need it; a break that
    does not need its failure survives oversight that always works."""
    changed = overseen(case.problem, case.claim, case.overriding, always=not case.proved)
    if changed is None:
        return
    found = attempt(case, changed)
    status = Status.UNDECIDED
    if found.answer is not Answer.UNKNOWN:
        same = (found.answer is Answer.PROVED) == case.proved
        status = Status.IDLE if same else Status.NEEDED
    yield AssumptionResult(
        AssumptionKind.COUPLING,
        None,
        status,
        broken=found.broken,
        note=Note.NEVER_WORKS if case.proved else Note.ALWAYS_WORKS,
        answer=found.answer,
    )


def _assumptions(case: Case) -> Iterator[AssumptionResult]:
    """Of a proved claim: a break at these parameters needs no more than that they are allowed."""
    if case.proved:
        for number, (name, _, _) in enumerate(case.problem.traced.assumptions):
            yield _assumption(case, number, name)


def _assumption(case: Case, number: int, name: str) -> AssumptionResult:
    status = Status.IDLE
    tried: dict[str, Fraction] = {}
    for point in list(_violating(case, number))[:POINTS]:
        tried = point
        found = attempt_at(case, point)
        if found.meaningless is not None or found.answer is Answer.REFUTED:
            return AssumptionResult(
                AssumptionKind.ASSUMPTION,
                name,
                Status.NEEDED,
                point=point,
                broken=found.broken,
                note=found.meaningless,
            )
        if found.answer is Answer.UNKNOWN:
            status = Status.UNDECIDED
    if not tried:
        return AssumptionResult(
            AssumptionKind.ASSUMPTION, name, Status.UNDECIDED, note=Note.NO_POINT
        )
    return AssumptionResult(AssumptionKind.ASSUMPTION, name, status, point=tried)


def _violating(case: Case, number: int) -> Iterator[dict[str, Fraction]]:
    """Parameter points, one parameter changed, at which this assumption alone fails."""
    values = case.problem.traced.values
    general = trace(case.claim.scheme, values)
    read = constants(general.assumptions[number][2])
    for domain in parameter_domains(case.claim.scheme.parameters).values():
        if not domain.structural and str(general.parameters[domain.name]) not in read:
            continue
        for value in _others(domain, values[domain.name]):
            try:
                changed = trace(case.claim.scheme, {**values, domain.name: value}).at_values()
            except SpecError:
                continue
            failing = [z3.is_false(z3.simplify(c)) for _, _, c in changed.assumptions]
            if failing[number] and sum(failing) == 1:
                yield {domain.name: value}


def _others(domain: ParameterDomain, value: Fraction) -> list[Fraction]:
    """Other values of a parameter that are tried."""
    if domain.structural:
        near = [value - 1, value + 1]
        return [other for other in near if domain.low <= other <= domain.high]
    ends = [domain.low, domain.high, (domain.low + value) / 2, (domain.high + value) / 2]
    return [other for other in dict.fromkeys(ends) if other != value]


_WITHOUT_LIMIT = {
    Answer.PROVED: Status.NEEDED,
    Answer.REFUTED: Status.IDLE,
    Answer.UNKNOWN: Status.UNDECIDED,
}
"""Whether the break of a refuted claim needs a limit on the expert, by the answer without it."""


def _expert_limit(case: Case) -> Iterator[AssumptionResult]:
    """A limit on the expert is claimed, not assumed: without it a break may go."""
    if case.claim.expert_limit is None:
        return
    if case.proved:
        yield AssumptionResult(
            AssumptionKind.EXPERT_LIMIT, None, Status.IDLE, note=Note.CLAIMED_AS_WELL
        )
        return
    freed = pose(attrs.evolve(case.claim, expert_limit=None), case.overriding)
    found = attempt(case, freed)
    yield AssumptionResult(
        AssumptionKind.EXPERT_LIMIT, None, _WITHOUT_LIMIT[found.answer], broken=found.broken
    )
