"""The engines: obligations, proofs, falsification, verdicts and reports."""

from __future__ import annotations

from checker.decision import EnginesDisagree, Options, decide
from checker.report import plain
from checker.verdict import Verdict
from spec.claims import Claim


def check(claim: Claim, options: Options | None = None) -> Verdict:
    """Decide a claim and insist on its expected verdict; for use in one's own tests.

    Raises:
        AssertionError: with the trace or the reason, when the verdict is another.
        SpecError: for a mistake in the specification.
    """
    verdict = decide(claim, options=options)
    if not verdict.as_expected:
        raise AssertionError(
            f"{claim.name}: expected {claim.expected}, got {verdict.verdict}\n{plain(verdict)}"
        )
    return verdict


__all__ = ["EnginesDisagree", "Options", "Verdict", "check", "decide"]
