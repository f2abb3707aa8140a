"""Thresholds for people: what holds up to where, by what, and the counterexample just beyond."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from checker.backends.algebraic import Algebraic, decimal
from checker.parameters.exact_threshold import Edge
from checker.parameters.threshold import FoundThreshold
from checker.report.verdict import trace_of


def told(found: FoundThreshold) -> RenderableType:
    """A threshold in full."""
    limits = ", ".join(f"{name} <= {value}" for name, value in found.limits.items())
    head = Text(f"{found.scheme}, {found.invariant}" + (f" ({limits})" if limits else "") + "\n")
    head.append(headline(found), "bold")
    parts: list[RenderableType] = [head]
    parts += [Text(line) for line in _lines(found)]
    if found.counterexample is not None and found.counterexample_at is not None:
        value = decimal(found.counterexample_at)
        parts.append(Text(f"\nthe counterexample at {found.parameter} = {value}:"))
        parts += trace_of(found.counterexample)
    return Group(*parts)


def headline(found: FoundThreshold) -> str:
    """The answer in one line."""
    name, (low, high) = found.parameter, found.domain
    if found.answer == "all":
        return f"holds forever for all {name} in [{low}, {high}]: no threshold"
    if found.answer == "none":
        return f"holds for no {name} in [{low}, {high}]: no threshold"
    if found.answer in ("pieces", "unknown"):
        return f"UNKNOWN: no single threshold of {name} was found"
    assert found.safe is not None
    assert found.unsafe is not None
    rising = bool(found.rising)
    if found.exact is not None:
        sign = ("<" if rising else ">") + ("=" if found.included else "")
        return f"holds forever exactly for {name} {sign} {_named(found.exact, name)}" + (
            "" if found.included is not None else " (whether at the end itself is open)"
        )
    ends = (found.safe, found.unsafe)
    a, b = (_bound(value, up) for value, up in zip(ends, (not rising, rising), strict=True))
    return f"holds forever at {name} = {a}, breaks at {name} = {b}"


def _named(number: Algebraic, name: str) -> str:
    if number.fraction is not None:
        exact, near = str(number.fraction), decimal(number.fraction)
        dots = "" if Fraction(near) == number.fraction else "..."
        return exact if "/" not in exact else f"{exact} = {near}{dots}"
    return f"{decimal(number.nearest)}..., the root of {number.polynomial(name)} there"


def _bound(value: Fraction, up: bool) -> str:
    """A decimal that is on the right side of the value, and says if it is not the value itself."""
    text = decimal(value)
    return text if Fraction(text) == value else f"{text}..."


def _lines(found: FoundThreshold) -> Iterator[str]:
    if found.answer == "edge" and found.exact is None and found.width is not None:
        yield f"certified from both sides to a width of {float(found.width):.2g}"
    if found.shown:
        yield found.shown
    if found.away is not None and found.answer != "none":
        yield from _away(found, found.away)
    if found.answer in ("pieces", "unknown"):
        for piece in found.pieces:
            yield f"  [{decimal(piece.low)}, {decimal(piece.high)}]: {piece.kind}"
    yield f"by {found.method}"
    if found.proof:
        at = "" if found.safe is None else f" at {decimal(found.safe)}"
        yield f"the proof{at}: {found.proof}"


def _away(found: FoundThreshold, away: Edge) -> Iterator[str]:
    """Where it stays away from its own limits, if that is another set of values."""
    if away.kind == "none" or (away.kind == "edge" and away.number != found.exact):
        yield edge_line(found, away)


def edge_line(found: FoundThreshold, away: Edge) -> str:
    """Where it stays away from its own limits by some margin."""
    if away.kind == "none":
        return "the worst run comes as near to the claim's limits as it likes, at every value"
    if away.kind == "all":
        return "stays away from its limits by some margin at every value"
    if away.number is None:
        assert away.holds_at is not None
        return f"stays away from its limits by some margin at {decimal(away.holds_at)}"
    sign = ("<" if found.rising else ">") + ("=" if away.included else "")
    return (
        f"stays away from its limits by some margin exactly for {found.parameter} {sign} "
        f"{_named(away.number, found.parameter)}; beyond, the worst run comes as near as it likes"
    )


def to_json(found: FoundThreshold) -> dict[str, Any]:
    """The threshold as plain JSON: exact numbers as strings such as "1/6"."""
    answer: dict[str, Any] = {
        "claim": found.claim,
        "scheme": found.scheme,
        "invariant": found.invariant,
        "limits": {name: str(value) for name, value in found.limits.items()},
        "parameter": found.parameter,
        "domain": [str(end) for end in found.domain],
        "parameters": {name: str(value) for name, value in found.parameters.items()},
        "answer": found.answer,
        "says": headline(found),
        "safe": _text(found.safe),
        "unsafe": _text(found.unsafe),
        "exact": _number(found.exact),
        "included": found.included,
        "shown": found.shown,
        "method": found.method,
        "proof": found.proof,
        "pieces": [[str(p.low), str(p.high), p.kind] for p in found.pieces],
        "seconds": round(found.seconds, 3),
    }
    if found.away is not None:
        answer["bounded_away"] = {
            "kind": found.away.kind,
            "exact": _number(found.away.number),
            "included": found.away.included,
        }
    if found.counterexample is not None:
        run = found.counterexample
        answer["counterexample"] = {
            "at": _text(found.counterexample_at),
            "iteration": run.iteration,
            "broken": run.broken,
            "arithmetic": run.arithmetic,
        }
    return answer


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _number(number: Algebraic | None) -> dict[str, Any] | None:
    if number is None:
        return None
    return {
        "value": decimal(number.nearest, 15),
        "rational": _text(number.fraction),
        "minimal_polynomial": list(number.coefficients),
        "between": [str(number.low), str(number.high)],
    }
