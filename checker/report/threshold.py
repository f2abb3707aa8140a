"""Thresholds for people: what holds up to where, by what, and the counterexample just beyond."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from checker.backends.algebraic import Algebraic
from checker.backends.rounding import cut_off
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import (
    BothSides,
    Brackets,
    EveryValue,
    FoundBy,
    FoundThreshold,
    Range,
    Settling,
    ShownBy,
)
from checker.parameters.obstacles import NotShownEverywhere, Obstacle
from checker.report.partition import CELL_ANSWERS
from checker.report.runs import run_lines
from checker.report.words import describe
from checker.statements.threshold import (
    AtTheValue,
    FirstBreak,
    Mismatch,
    StaysAway,
    TurnsAt,
    Undetermined,
)
from checker.system.findings import Stopped
from spec.statements.base import Answer

OBSTACLES = {
    Obstacle.NO_ANSWER: "the solver gave no answer on a worst case that settles",
    Obstacle.NO_ORDER: "no order of the fields makes the loop monotone with a greatest choice",
    Obstacle.NOT_MONOTONE: "the worst case could not be proved monotone",
    Obstacle.SEED_IS_A_SET: "the seed is a set, none of which is proved to be the worst",
    Obstacle.SEED_DIVIDES_BY_ZERO: "the seed divides by zero at some values of the parameter",
    Obstacle.SEED_OUTSIDE: "the seed leaves its domain at some values of the parameter",
    Obstacle.ASSUMPTION_FAILS: "an assumption fails at some values of the parameter",
    Obstacle.NO_DIRECTION: "the worst case could not be proved monotone in the parameter",
    Obstacle.SEED_NOT_BETTER: "the seed is not always better than its worst successor",
    Obstacle.ROUNDS: "a step rounds to whole numbers",
    Obstacle.STEP_JUMPS: "a conditional may jump along the worst run",
    Obstacle.TURNS_LATE: "a field that moves by itself does not come round soon",
    Obstacle.CLAIM_JUMPS: "a conditional in the claim jumps, so the claim may not be closed",
    Obstacle.NOT_INEQUALITIES: "the claim is not made of inequalities",
    Obstacle.CLOSURE_UNNAMED: "the end of the claim's closure could not be named",
    Obstacle.NOT_INDUCTIVE: "the claim comes to its limits, and is not inductive by itself",
    Obstacle.LEAVES_DOMAIN: "a step from some agent may leave the domain",
    Obstacle.NO_WORST_AGENT: "the domain has no worst agent",
}


def threshold_story(found: FoundThreshold) -> RenderableType:
    """A threshold in full."""
    limits = ", ".join(f"{name} <= {value}" for name, value in found.limits.items())
    head = Text(f"{found.scheme}, {found.invariant}" + (f" ({limits})" if limits else "") + "\n")
    head.append(headline(found), "bold")
    parts: list[RenderableType] = [head]
    parts += [Text(line) for line in _lines(found)]
    if found.counterexample is not None and found.counterexample_at is not None:
        value = cut_off(found.counterexample_at)
        parts.append(Text(f"\nthe counterexample at {found.parameter} = {value}:"))
        parts += run_lines(found.counterexample)
    return Group(*parts)


@describe.register
def headline(found: FoundThreshold) -> str:
    """The answer in one line."""
    name = found.parameter
    nothing = [_within(r, name, found.domain) for r in found.ranges if r.answer is Answer.VACUOUS]
    return _holds(found) + (f"; means nothing for {' or '.join(nothing)}" if nothing else "")


def _holds(found: FoundThreshold) -> str:
    """Where the claim holds, of the values at which it means something."""
    name, (low, high), holds = found.parameter, found.domain, _manner(found)
    if found.extent is Extent.ALL:
        return f"{holds} for all {name} in [{low}, {high}]: no threshold"
    if found.extent is Extent.NONE:
        verb = "settles" if found.eventually else "holds"
        return f"{verb} for no {name} in [{low}, {high}]: no threshold"
    if found.extent is Extent.PIECES and _told(found.ranges):
        return _several(found)
    if found.extent is Extent.PIECES:
        return f"no single threshold of {name}: it depends on the interval"
    if found.extent is Extent.UNKNOWN:
        return f"UNKNOWN: no single threshold of {name} was found"
    if found.exact is not None:
        sign = _sign(found.rising, found.included)
        return f"{holds} exactly for {name} {sign} {_named(found.exact, name)}" + (
            "" if found.included is not None else " (whether at the end itself is open)"
        )
    assert found.safe is not None
    assert found.unsafe is not None
    safe, unsafe = cut_off(found.safe), cut_off(found.unsafe)
    fails = "does not" if found.eventually else "breaks"
    return f"{holds} at {name} = {safe}, {fails} at {name} = {unsafe}"


def _manner(found: FoundThreshold) -> str:
    """What was asked: that it holds, or that it comes to hold."""
    return "settles from every agent" if found.eventually else "holds forever"


def _told(ranges: Sequence[Range]) -> bool:
    """Whether all of a domain is decided, and the claim holds somewhere."""
    answers = {each.answer for each in ranges}
    return Answer.PROVED in answers and Answer.UNKNOWN not in answers


def _several(found: FoundThreshold) -> str:
    """All the ends of the ranges in which a claim holds."""
    domain, name = found.domain, found.parameter
    holds = [_within(r, name, domain) for r in found.ranges if r.answer is Answer.PROVED]
    return f"{_manner(found)} exactly for {' or '.join(holds)}"


def _within(each: Range, name: str, domain: tuple[Fraction, Fraction]) -> str:
    """A range as comparisons, without the ends that it shares with the domain."""
    if each.low == each.high:
        return f"{name} = {_named(each.low, name)}"
    before = f"{_named(each.low, name)} <{'=' if each.low_included else ''} "
    after = f" <{'=' if each.high_included else ''} {_named(each.high, name)}"
    whole_low = each.low.fraction == domain[0] and each.low_included
    whole_high = each.high.fraction == domain[1] and each.high_included
    if whole_low and whole_high:
        return f"all {name}"
    if whole_high:
        return f"{name} >{'=' if each.low_included else ''} {_named(each.low, name)}"
    return name + after if whole_low else before + name + after


def _span(each: Range, name: str) -> str:
    """A range as an interval."""
    left, right = "[" if each.low_included else "(", "]" if each.high_included else ")"
    return f"{left}{_named(each.low, name)}, {_named(each.high, name)}{right}"


def _sign(rising: bool | None, included: bool | None) -> str:
    return ("<" if rising else ">") + ("=" if included else "")


def _named(number: Algebraic, name: str) -> str:
    if number.fraction is not None:
        exact = str(number.fraction)
        return exact if "/" not in exact else f"{exact} = {cut_off(number.fraction)}"
    return f"{cut_off(number.nearest)}, the root of {number.polynomial(name)} there"


def _lines(found: FoundThreshold) -> Iterator[str]:
    if found.extent is Extent.EDGE and found.exact is None and found.width is not None:
        yield f"certified from both sides to a width of {float(found.width):.2g}"
    if found.shown is not None:
        yield describe(found.shown)
    if _away_differs(found) and found.away is not None:
        yield describe(StaysAway(found.parameter, found.rising, found.away))
    if found.extent is Extent.PIECES and found.ranges:
        for each in found.ranges:
            yield f"  {_span(each, found.parameter)}: {CELL_ANSWERS[each.answer]}"
    elif found.extent in (Extent.PIECES, Extent.UNKNOWN):
        for piece in found.pieces:
            answer = CELL_ANSWERS[piece.answer]
            yield f"  [{cut_off(piece.low)}, {cut_off(piece.high)}]: {answer}"
    if found.method is not None:
        by = "" if isinstance(found.method, Stopped) else "by "
        yield f"{by}{describe(found.method)}"
    if found.proof is not None:
        at = "" if found.safe is None else f" at {cut_off(found.safe)}"
        yield f"the proof{at}: {describe(found.proof)}"


def _away_differs(found: FoundThreshold) -> bool:
    """Whether the claim stays away from its own limits at another set of values than it holds."""
    away = found.away
    if away is None or found.extent is Extent.NONE:
        return False
    return away.extent is Extent.NONE or (away.extent is Extent.EDGE and away.number != found.exact)


@describe.register
def _(fact: FoundBy) -> str:
    words = {
        FoundBy.UNREAD: "no step reads it",
        FoundBy.PROOF: "one proof for all values",
        FoundBy.WORST_RUN: "monotone comparison with the parameter as a symbol",
        FoundBy.CONDITIONS: "exact conditions on the parameter, range by range",
    }
    return words[fact]


@describe.register
def _(fact: Brackets) -> str:
    return f"brackets: {describe(fact.reason)}"


@describe.register
def _(obstacle: Obstacle) -> str:
    return OBSTACLES[obstacle]


@describe.register
def _(fact: NotShownEverywhere) -> str:
    return f"{fact.clause} could not be proved at every safe state"


@describe.register
def _(fact: Settling) -> str:
    words = {
        Settling.SOMEWHERE: "a worst case settles within the claim",
        Settling.NOWHERE: "no worst case settles within the claim",
        Settling.COMES_IN: "the worst run from the worst agent comes into the invariant",
    }
    return words[fact]


@describe.register
def _(_fact: EveryValue) -> str:
    return "every value of the domain"


@describe.register
def _(fact: BothSides) -> str:
    below, beyond = ("smaller", "greater") if fact.rising else ("greater", "smaller")
    if fact.by is ShownBy.THEOREM:
        return f"proved safe at all {below} values, unsafe at all beyond"
    if fact.by is ShownBy.BOUNDS:
        return (
            f"proved safe at all {below} values and unsafe at all {beyond} ones, because the "
            "parameter only bounds what nature may do"
        )
    where = ", where they mean anything" if fact.gaps else ""
    if not fact.left:
        how = ", cell by cell" if fact.by is ShownBy.CELLS else ""
        return f"every {below} value proved safe and every {beyond} one unsafe{how}{where}"
    where_left = "" if fact.apart else " next to the threshold"
    return (
        f"cell by cell, {below} values proved safe and {beyond} ones unsafe{where}, all but "
        f"{float(fact.left):.2g} of the domain{where_left}, where only points are decided"
    )


@describe.register
def _(fact: StaysAway) -> str:
    edge = fact.edge
    if edge.extent is Extent.NONE:
        return "the worst run comes as near to the claim's limits as it likes, at every value"
    if edge.extent is Extent.ALL:
        return "stays away from its limits by some margin at every value"
    if edge.number is None:
        assert edge.holds_at is not None
        return f"stays away from its limits by some margin at {cut_off(edge.holds_at)}"
    sign = _sign(fact.rising, edge.included)
    return (
        f"stays away from its limits by some margin exactly for {fact.parameter} {sign} "
        f"{_named(edge.number, fact.parameter)}; beyond, the worst run comes as near as it likes"
    )


@describe.register
def _(fact: FirstBreak) -> str:
    value = cut_off(fact.value)
    return f"at {fact.parameter} = {value} it first breaks at iteration {fact.iteration}"


@describe.register
def _(fact: TurnsAt) -> str:
    return f"it turns at {fact.number}"


@describe.register
def _(fact: AtTheValue) -> str:
    return f"it {'holds' if fact.holds else 'does not hold'} at the value itself"


@describe.register
def _(fact: Mismatch) -> str:
    words = {
        Mismatch.TURNS_NOWHERE: "it turns nowhere in the parameter's domain",
        Mismatch.OUTSIDE_BRACKET: (
            "the stated value lies outside the bracket proved from both sides"
        ),
    }
    return words[fact]


@describe.register
def _(fact: Undetermined) -> str:
    words = {
        Undetermined.AT_THE_VALUE: "whether it holds at the value itself is open",
        Undetermined.ONLY_A_BRACKET: "no exact threshold was found, only a bracket",
        Undetermined.PIECES: "no single threshold was found, only answers on some intervals",
        Undetermined.NOTHING: "no threshold was found, nor a value at which the answer is known",
    }
    return words[fact]
