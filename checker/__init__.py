"""The engines: obligations, proofs, falsification, verdicts and reports."""

from __future__ import annotations

from checker.portfolio.decision import EnginesDisagree, Options, decide
from checker.report.verdict import plain
from checker.statements.registry import judge
from checker.system.verdict import Verdict
from spec.statements.base import Statement


def check(statement: Statement, options: Options | None = None) -> Verdict:
    """Decide a statement and insist on its expected verdict; for use in one's own tests.

    Raises:
        AssertionError: with the trace or the reason, when the verdict is another.
        SpecError: for a mistake in the specification.
    """
    verdict = judge(statement, options=options)
    if not verdict.as_expected:
        raise AssertionError(
            f"{statement.name}: expected {statement.expected}, got {verdict.verdict}\n"
            f"{plain(verdict)}"
        )
    return verdict


__all__ = ["EnginesDisagree", "Options", "Verdict", "check", "decide", "judge"]
