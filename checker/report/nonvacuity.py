"""Whether a claim is about anything, for people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from checker.explain.nonvacuity import ChoiceMade, NonVacuity
from checker.report.words import amount, counted


def nonvacuity_lines(found: NonVacuity) -> Iterator[Text]:
    """The run in which something happens, and the fields that nothing reads."""
    if found.end is not None:
        names = ", ".join(choice_made(choice) for choice in found.made)
        made = f"not 0 are {names}" if names else "every choice is 0"
        yield Text(
            f"  a run of {counted(found.iterations, 'iteration')}, choices at their "
            f"{found.end.value} ends: "
            f"{_capability(found)}{made}"
        )
    if found.unread:
        yield Text(f"  never read: {', '.join(found.unread)}", "yellow")


def choice_made(choice: ChoiceMade) -> str:
    """A choice with its step."""
    return f"{choice.step}: {choice.choice}"


def _capability(found: NonVacuity) -> str:
    if found.rises is None:
        return ""
    how = "rises" if found.rises else "does not rise steadily"
    ends = " -> ".join(amount(value) for value in (found.start, found.last) if value is not None)
    return f"capability {how}, {ends}; "
