"""The steps that are held against worlds, as a table of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.report.sound import percent
from checker.report.words import describe
from checker.statements.sound import Role, Tightness, Unmeasured, Without
from checker.system.verdict import Verdict
from checker.worlds.lifting import Lifted
from spec.statements.sound import Sound

HEAD = """## Steps against worlds

Each step of a scheme beside its version in worlds of questions and answers. *Tight* is the share of
the step's bound that the worst world found attains, to within 2%. An assumption is *needed* if a
world breaks the bound without it, which is shown; *idle* if the proof does without it.

| statement | verdict | tight | without an assumption |
| --- | --- | --- | --- |"""


def steps_against_worlds(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """One line for each verdict on a soundness statement; nothing where there is none."""
    rows = [verdict for verdict in verdicts if verdict.kind is Sound]
    if rows:
        yield HEAD
    for verdict in rows:
        yield markdown_row(
            f"`{verdict.claim}`", _shown(verdict), _tight(verdict), _without(verdict)
        )


def markdown_row(*cells: str) -> str:
    """A row of a table, each cell on one line."""
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _shown(verdict: Verdict) -> str:
    answer = verdict.answer.upper()
    if verdict.reason is not None:
        return f"{answer}: {describe(verdict.reason)}"
    lifted = next((fact for fact in verdict.facts if isinstance(fact, Lifted)), None)
    if lifted is None:
        return answer
    return f"{answer}, at these values" if not lifted.everywhere else f"{answer}, at all values"


def _tight(verdict: Verdict) -> str:
    """The share of each bound that some world attains."""
    shares = [fact.seen for fact in verdict.facts if isinstance(fact, Tightness)]
    measured = [f"{seen.of} {percent(seen.share)}" for seen in shares if seen.share is not None]
    open_ = [f"{fact.of} not found" for fact in verdict.facts if isinstance(fact, Unmeasured)]
    return ", ".join([*measured, *open_])


def _without(verdict: Verdict) -> str:
    facts = [fact for fact in verdict.facts if isinstance(fact, Without)]
    return "; ".join(f"{fact.assumption.name}: {_role(fact)}" for fact in facts)


def _role(fact: Without) -> str:
    if fact.broken is not None:
        return f"needed ({describe(fact.broken)})"
    return "idle" if fact.role is Role.IDLE else "open"
