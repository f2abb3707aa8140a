"""Other counterexamples of a claim, for people."""

from __future__ import annotations

import attrs
from rich.console import Group, RenderableType
from rich.text import Text

from checker.explain.other_runs import OtherRuns
from checker.report.verdict import story
from checker.system.verdict import Verdict


def other_runs_story(verdict: Verdict, others: OtherRuns) -> RenderableType:
    """Each of them as the first is told, and whether there are as many as were wanted."""
    parts: list[RenderableType] = []
    for number, refuted in enumerate(others.found, 2):
        parts.append(Text(f"\nCounterexample {number} of {len(others.found) + 1}", "bold"))
        parts.append(story(attrs.evolve(verdict, result=refuted, bracket=None, says="")))
    if len(others.found) + 1 < others.wanted:
        there = "no other counterexample" if not others.found else "no more that differ"
        text = f"\nFound {there}: in the step to blame, the clause that breaks or nature's choices"
        parts.append(Text(text, "dim"))
    return Group(*parts)
