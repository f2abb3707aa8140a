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
    for title, other in titled(verdict, others):
        parts += [Text(f"\n{title}", "bold"), story(other)]
    if missing(others):
        parts.append(Text(f"\n{missing(others)}", "dim"))
    return Group(*parts)


def titled(verdict: Verdict, others: OtherRuns) -> list[tuple[str, Verdict]]:
    """Each as a verdict of its own, with its title."""
    count = len(others.found) + 1
    return [
        (
            f"Counterexample {number} of {count}",
            attrs.evolve(verdict, result=refuted, bracket=None, says=""),
        )
        for number, refuted in enumerate(others.found, 2)
    ]


def missing(others: OtherRuns) -> str:
    """That there are not as many as were wanted; "" if there are."""
    if len(others.found) + 1 >= others.wanted:
        return ""
    there = "no other counterexample" if not others.found else "no more that differ"
    return f"Found {there}: in the step to blame, the clause that breaks or nature's choices"
