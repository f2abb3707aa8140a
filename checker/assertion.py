"""``check``: a statement as an assertion, for tests of one's own."""

from __future__ import annotations

from checker.portfolio.decision import Options
from checker.report.verdict import plain
from checker.statements.registry import judge
from checker.system.verdict import Verdict
from spec.statements.base import Statement


def check(statement: Statement, options: Options | None = None) -> Verdict:
    """Decide a statement and insist on its expected verdict.

    Raises:
        AssertionError: with the trace or the reason, when the verdict is another.
        SpecError: for a mistake in the specification.
    """
    verdict = judge(statement, options=options)
    if not verdict.as_expected:
        raise AssertionError(
            f"{statement.name}: expected {statement.expected}, got {verdict.answer}\n"
            f"{plain(verdict)}"
        )
    return verdict
