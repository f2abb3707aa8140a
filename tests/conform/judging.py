"""Logs in memory, judged in this process."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from checker.backends.solver import QueryBudget
from checker.conform.conformance import Asked, conformance
from checker.conform.findings import Conformance
from checker.conform.log import assemble, texts
from checker.conform.measured import Certainty, Sense, Taken
from checker.conform.measurement import measure
from checker.conform.relation import bounding, fields_by_position, senses_of
from checker.system.transition_system import problem_of
from spec.scheme import Process


def judged(
    process: Process,
    rows: Sequence[Mapping[str, Any]],
    values: Mapping[str, Fraction] | None = None,
    *,
    told: Mapping[str, Sense] | None = None,
    within: Fraction | None = None,
    asked: Asked | None = None,
) -> Conformance:
    """What is found about a log of these rows."""
    fields = fields_by_position(process)
    log = assemble(texts(rows), "log", fields)
    plain = problem_of(process, values or {})
    senses = senses_of(plain, [], told or {})
    measured = measure(log, fields, senses, Certainty(), Taken(within))
    return conformance(process, bounding(plain, senses), measured, QueryBudget(2.0), asked)
