"""Parameters on the command line: NAME, or NAME=LOW..HIGH for a part of its domain."""

from __future__ import annotations

from checker.system.parametric import Interval
from spec.errors import SpecError
from spec.parameters import Knob
from spec.terms import exact


def split(text: str) -> tuple[str, str]:
    """The name, and the range or nothing."""
    name, _, span = text.partition("=")
    return name.strip(), span.strip()


def span_of(text: str, knob: Knob) -> Interval:
    """The range asked for; the whole domain when none is given.

    Raises:
        SpecError: for a range that is not LOW..HIGH, is empty, or leaves the domain.
    """
    if not text:
        return knob.low, knob.high
    low_text, dots, high_text = text.partition("..")
    if not dots:
        raise SpecError(
            f"{knob.name}={text} is no range; write {knob.name}=LOW..HIGH, e.g. "
            f"{knob.name}={knob.low}..{knob.high}",
            "",
        )
    try:
        low, high = exact(low_text.strip()), exact(high_text.strip())
    except SpecError as error:
        raise SpecError(f"{knob.name}={text}: {error.message}", "") from None
    if not knob.low <= low < high <= knob.high:
        raise SpecError(
            f"{knob.name}={text} is empty or leaves its domain; choose a range within "
            f"{knob.low}..{knob.high}",
            "",
        )
    return low, high
