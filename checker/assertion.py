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
    return insist(judge(statement, options=options))


def insist(verdict: Verdict) -> Verdict:
    """The verdict, if it is the expected one.

    Raises:
        AssertionError: with the trace or the reason, when it is another.
    """
    if not verdict.as_expected:
        raise AssertionError(
            f"{verdict.claim}: expected {verdict.expected}, got {verdict.answer}\n{plain(verdict)}"
        )
    return verdict
