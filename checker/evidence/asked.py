"""What was asked, as the parts of a file of evidence: of one scheme, of contracts,
of two, of a step."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from checker.evidence.contracts import asked_of_instance
from checker.evidence.pairs import asked_of_two
from checker.evidence.sections import asked_of_one, unsaid
from checker.evidence.worlds import step_section
from spec.statements.base import Statement
from spec.statements.comparison import Agrees, Refines, Transfers
from spec.statements.instance import Instance
from spec.statements.sound import Sound


def asked(statement: Statement, values: Mapping[str, Fraction]) -> dict[str, Any]:
    """The parts that say what was asked.

    ``system`` is None for a kind that has no evidence yet, and for steps that read exp, log or
    logistic.

    Raises:
        SpecError: for a mistake in the specification.
    """
    if isinstance(statement, Refines | Agrees | Transfers):
        return asked_of_two(statement, values)
    if isinstance(statement, Instance):
        return asked_of_instance(statement, values)
    if isinstance(statement, Sound):
        step = step_section(statement, values)
        return unsaid(statement) | ({} if step is None else {"step": step})
    return asked_of_one(statement, values)
