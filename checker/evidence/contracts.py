"""The contracts of an instance as parts of a file of evidence: what was asked of a scheme, and what
shows that it meets all of them or breaks some."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from checker.backends.curves import has_curves
from checker.backends.smtlib import smtlib, symbol
from checker.backends.solver import QueryBudget
from checker.contracts.contracts import settled
from checker.contracts.findings import (
    Contract,
    Finding,
    Landed,
    NothingTied,
    Remark,
    Tie,
    TieKind,
)
from checker.contracts.inquiry import ExactPoint
from checker.contracts.step_terms import step_terms
from checker.evidence.sections import (
    can_be_said,
    has_fields,
    names_of,
    said_of,
    system_section,
    unsaid,
)
from checker.portfolio.decision import Options
from checker.system.verdict import Refutation, Verdict
from spec.fields import FieldDomain, field_domains
from spec.nodes import name_of
from spec.parameters import settle, symbolic_parameters
from spec.statements.instance import Instance
from spec.terms import Real
from spec.trace import Position, Traced, trace

TIMES = Options()
STUDENT, OTHER = "student.", "other "
"""What names begin with where contracts are asked about: of the student's fields, and of what is
there a second time."""
MISSING = {
    Remark.AGENT_IGNORED: "told apart",
    Remark.NEVER_OVERSEEN: "overseen",
    Remark.ALL_WITHIN: "outside",
}


def asked_of_instance(statement: Instance, values: Mapping[str, Fraction]) -> dict[str, Any]:
    """What was asked: the scheme, and the roles that the statement gives; of a scheme that has no
    expert, the scheme alone."""
    traced = trace(statement.scheme, values) if has_fields(statement.scheme) else None
    if traced is None or not can_be_said(traced):
        return unsaid(statement)
    said = said_of(statement, None)
    if len(traced.stages) > 1:
        roles = _roles(statement, traced)
        if roles is None:
            return unsaid(statement)
        said |= {"contracts": roles}
    return {"statement": said, "system": system_section(traced), "claim": {}}


def _roles(statement: Instance, traced: Traced) -> dict[str, Any] | None:
    """The roles of fields and functions, which read the expert's fields and, of the student, the
    agent's; None where one reads exp, log or logistic."""
    p, _ = symbolic_parameters(statement.scheme.parameters, traced.values)
    agent, expert = (stage.source for stage in traced.stages)
    assert statement.improvement is not None
    loss = statement.improvement.loss
    before, after = (_loss(each, loss) for each in (agent, expert))
    improved = statement.improved(before, after, p)
    told = {
        "distance": statement.gap(expert.record, agent.record, p).term,
        "eps": statement.allowed(expert.record, p).term,
        **{n: getattr(improved, n).term for n in ("improves", "some", "less", "spares")},
    }
    shows = [shown.term for shown in statement.shown(expert.record).values()]
    if has_curves([*told.values(), *shows]):
        return None
    names = names_of(traced, "")
    overseen = [[] if s.oversight_holds is None else [s.oversight_holds] for s in traced.stages]
    free = _free(statement, traced.values)
    return {
        "capability": statement.capability,
        "cost": statement.cost,
        "calls": statement.called(p),
        "over": {
            symbol(name_of(traced.parameters[name])): [str(low), str(high)]
            for name, (low, high) in statement.ranges.items()
            if name in free
        },
        "ends": {field.name: _ends(field) for field in agent.fields},
        "overseen": [[smtlib(term, names) for term in held] for held in overseen],
        "shows": [smtlib(term, names) for term in shows],
        **{role: smtlib(term, names) for role, term in told.items()},
    }


def _free(statement: Instance, values: Mapping[str, Fraction]) -> list[str]:
    """The parameters that stay free: those of ``over`` that have not been given another value."""
    own = settle(statement.scheme.parameters, statement.chosen, statement.location)
    return [name for name in statement.ranges if values[name] == own[name]]


def _loss(position: Position, name: str) -> Real:
    fields = [field.name for field in position.fields]
    return Real(position.symbols[fields.index(name)])


def _ends(field: FieldDomain) -> list[str | None]:
    return [str(field.low), None if field.unbounded else str(field.high)]


def contracts_section(verdict: Verdict, statement: Instance) -> dict[str, Any] | None:
    """What shows a verdict; None where a contract is open. The contracts are asked about again,
    since a verdict holds no points."""
    values, budget = verdict.parameters, QueryBudget(TIMES.query, time.monotonic() + TIMES.timeout)
    free = _free(statement, values)
    fixed = {name: value for name, value in values.items() if name not in free}
    found = list(settled(statement, step_terms(statement, fixed), budget))
    names = _Names(trace(statement.scheme, values))
    if any(finding.undecided for finding, _ in found):
        return None
    broken = [_broken(finding, points, names) for finding, points in found if finding.fails]
    if broken or isinstance(verdict.result, Refutation):
        return {"broken": broken} if isinstance(verdict.result, Refutation) else None
    by = {finding.contract: (finding.evidence, points) for finding, points in found}
    landed, students = by[Contract.LANDS]
    assert isinstance(landed, Landed)
    shown = (by[Contract.CONSULTS][1][-1], *students)
    kinds = ("told apart", "overseen", "outside")
    return {
        "exists": {k: names.point(point) for k, point in zip(kinds, shown, strict=True)},
        "tie": [landed.ties[0].field, _kind(statement, landed.ties[0])],
    }


def _broken(finding: Finding, points: Sequence[ExactPoint], names: _Names) -> dict[str, Any]:
    """What shows that a contract fails: that what must exist does not, that distance 0 says nothing
    of any answer, or a point."""
    if isinstance(finding.evidence, Remark) and finding.evidence in MISSING:
        return {"missing": MISSING[finding.evidence]}
    if isinstance(finding.evidence, NothingTied):
        return {"loose": [names.point(point) for point in points]}
    last = points[-1] if points else ExactPoint([])
    return {"contract": finding.contract.name.lower(), "point": names.point(last)}


def _kind(statement: Instance, tie: Tie) -> str:
    """How an answer of the student is tied, as a file says it."""
    if tie.kind is TieKind.BOUNDED:
        agent = field_domains(statement.scheme.agent.cls)
        low = next(field.low for field in agent if field.name == tie.field)
        return "low" if tie.end == low else "high"
    return {TieKind.SAME: "=", TieKind.NO_MORE: "<="}[tie.kind]


class _Names:
    """How the symbols of a question are called in a file: the student's are the agent's."""

    def __init__(self, traced: Traced) -> None:
        self.agent, self.names = traced.stages[0].source.name, names_of(traced, "")

    def point(self, point: ExactPoint) -> dict[str, str]:
        """Values by name."""
        return {self._told(name_of(symbol)): smtlib(value) for symbol, value in point.pairs}

    def _told(self, name: str) -> str:
        if name.startswith(OTHER):
            return OTHER + self._told(name.removeprefix(OTHER))
        if name.startswith(STUDENT):
            return f"{self.agent}.{name.removeprefix(STUDENT)}"
        return self.names[name]
