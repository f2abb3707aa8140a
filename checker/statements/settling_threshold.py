"""How far along a parameter every run settles in an invariant, from whatever agent it starts.

The exact theorem (``checker.parameters.settling``) is tried first, in a third of the time. Where
its side conditions cannot be proved, ranges are looked for, and then the two sides are brought near
each other by deciding the statement at single values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from fractions import Fraction

import attrs

from checker.backends.algebraic import rational
from checker.backends.solver import QueryBudget
from checker.parameters.exact_threshold import Exact
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
from checker.parameters.meaning import Meaning
from checker.parameters.monotonicity import monotone_directions
from checker.parameters.named_ends import turns_of
from checker.parameters.obstacles import NotExact
from checker.parameters.ranges import joined, with_ranges
from checker.parameters.settling import exact_settling, settling_ranges
from checker.parameters.threshold import WIDTH, blank_threshold, with_exact
from checker.portfolio.decision import Options
from checker.statements.settles import decide_settles
from checker.system.announcements import announce
from checker.system.parametric import Interval, ParametricProblem
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.statements.dynamics import Settles
from spec.terms import numeral

POINT_SECONDS = 10.0
"""For the statement at one value of the parameter."""
MEANING_SECONDS = 5.0
"""For one query about where the statement means something."""


def settling_threshold(
    claim: Claim,
    parameter: str,
    overriding: Mapping[str, Fraction] | None = None,
    *,
    width: Fraction = WIDTH,
    timeout: float = 120.0,
    tell: Callable[[str], None] = lambda text: None,
) -> FoundThreshold:
    """The threshold along a parameter of that the scheme's runs settle in the claim's invariant.

    Args:
        claim: the scheme, the invariant and its limits; the seed is not looked at.
        parameter: a parameter that is not structural.
        overriding: values of other parameters that replace the claim's own.
        width: how near the two sides are brought, in the parameter's unit.
        timeout: seconds after which the bracket reached is reported.
        tell: is told what is being done.

    Raises:
        SpecError: for an unknown or a structural parameter, or a mistake in the specification.
    """
    started = time.monotonic()
    parametric = ParametricProblem(claim, (parameter,), overriding or {})
    blank = attrs.evolve(blank_threshold(parametric), eventually=True)
    announce(blank)
    tell("looking for an exact condition")
    try:
        exact = exact_settling(parametric, deadline=started + timeout / 3)
        exact = _at_the_end(parametric, exact, started + timeout)
        found = with_exact(blank, exact, Settling.COMES_IN)
    except NotExact as missing:
        tell("no exact condition with one end; looking for ranges")
        ranged = _in_ranges(parametric, blank, started + timeout)
        if ranged is None:
            tell("bracketing")
            bracketed = attrs.evolve(blank, method=Brackets(missing.reason))
            ranged = _bracketed(parametric, bracketed, width, started + timeout)
        found = ranged
    return attrs.evolve(found, seconds=time.monotonic() - started)


def _at_the_end(parametric: ParametricProblem, exact: Exact, deadline: float) -> Exact:
    """The threshold with what happens at the number itself, if that is open and it is a fraction:
    the statement is decided there."""
    number = exact.edge.number
    if number is None or number.fraction is None or exact.edge.included is not None:
        return exact
    answer = _at(parametric, number.fraction, deadline)
    included = {Answer.PROVED: True, Answer.REFUTED: False}.get(answer)
    return attrs.evolve(exact, edge=attrs.evolve(exact.edge, included=included))


def _in_ranges(
    parametric: ParametricProblem, blank: FoundThreshold, deadline: float
) -> FoundThreshold | None:
    """The threshold by ranges, in half of the time; None unless they cover the domain, but for an
    end between two of them."""
    half = (time.monotonic() + deadline) / 2
    try:
        ranges = settling_ranges(parametric, half)
    except NotExact:
        return None
    known = [_decided(parametric, each, deadline) for each in ranges]
    if any(each.answer is Answer.UNKNOWN and each.low != each.high for each in known) or not known:
        return None
    found = with_ranges(attrs.evolve(blank, method=FoundBy.CONDITIONS), joined(known))
    open_still = any(each.answer is Answer.UNKNOWN for each in found.ranges)
    return None if open_still and found.exact is None else found


def _decided(parametric: ParametricProblem, each: Range, deadline: float) -> Range:
    """A single number that is open, decided by itself if it is a fraction."""
    value = each.low.fraction
    if each.answer is not Answer.UNKNOWN or each.low != each.high or value is None:
        return each
    return attrs.evolve(each, answer=_at(parametric, value, deadline))


def _bracketed(
    parametric: ParametricProblem, blank: FoundThreshold, width: Fraction, deadline: float
) -> FoundThreshold:
    """The two sides, brought near each other by halving; of the values on either side something
    is said only where the parameter does nothing but bound nature's choices."""
    (direction,), (low, high) = monotone_directions(parametric), _meant(parametric)
    answers = {value: _at(parametric, value, deadline) for value in (low, high)}
    if set(answers.values()) != {Answer.PROVED, Answer.REFUTED}:
        return _same_at_both(blank, direction, answers)
    safe, unsafe = (low, high) if answers[low] is Answer.PROVED else (high, low)
    while abs(unsafe - safe) > width and time.monotonic() < deadline:
        middle = (safe + unsafe) / 2
        answer = _at(parametric, middle, deadline)
        if answer not in (Answer.PROVED, Answer.REFUTED):
            break
        safe, unsafe = (middle, unsafe) if answer is Answer.PROVED else (safe, middle)
        announce(attrs.evolve(blank, extent=Extent.EDGE, safe=safe, unsafe=unsafe))
    rising = safe < unsafe
    known = direction and (direction > 0) == rising and (low, high) == parametric.domain[0]
    return attrs.evolve(
        blank,
        extent=Extent.EDGE,
        rising=rising,
        safe=safe,
        unsafe=unsafe,
        shown=BothSides(rising, ShownBy.BOUNDS) if known else None,
    )


def _meant(parametric: ParametricProblem) -> Interval:
    """The values at which the statement means something, if they are proved to be an interval with
    its ends; else the domain."""
    ((low, high),), (symbol,) = parametric.domain, parametric.symbols
    meaning = Meaning(symbol, parametric.meaningful, QueryBudget(MEANING_SECONDS))
    turns = (number.fraction for number in turns_of(meaning.conditions, symbol, low, high))
    values = sorted({low, high, *(value for value in turns if value is not None)})
    meant = [value for value in values if meaning.everywhere([symbol == numeral(value)])]
    if not meant:
        return low, high
    first, last = numeral(meant[0]), numeral(meant[-1])
    given = parametric.bound(parametric.domain)
    within = meaning.everywhere([first <= symbol, symbol <= last])
    outside = all(meaning.nowhere([*given, far]) for far in (symbol < first, symbol > last))
    return (meant[0], meant[-1]) if within and outside else (low, high)


def _same_at_both(
    blank: FoundThreshold, direction: int, answers: Mapping[Fraction, Answer]
) -> FoundThreshold:
    """What the answers at the ends of the values that mean something say: that of the end with the
    most runs, if it is proved, or of the one with the fewest, if it is refuted, is that of all."""
    low, high = sorted(answers)
    most, fewest = (high, low) if direction > 0 else (low, high)
    answer = Answer.UNKNOWN
    if direction and answers[most] is Answer.PROVED:
        answer = Answer.PROVED
    if direction and answers[fewest] is Answer.REFUTED:
        answer = Answer.REFUTED
        blank = attrs.evolve(blank, unsafe=fewest)
    if answer is Answer.UNKNOWN:
        return blank
    start, end = map(rational, blank.domain)
    first, last = map(rational, (low, high))
    meant = [Range(first, last, True, True, answer)]
    if start != first:
        meant.insert(0, Range(start, first, True, False, Answer.VACUOUS))
    if last != end:
        meant.append(Range(last, end, False, True, Answer.VACUOUS))
    return with_ranges(blank, meant) if len(meant) > 1 else _everywhere(blank, answer)


def _everywhere(blank: FoundThreshold, answer: Answer) -> FoundThreshold:
    """The same answer at every value of the domain."""
    extent = Extent.ALL if answer is Answer.PROVED else Extent.NONE
    return attrs.evolve(blank, extent=extent, shown=EveryValue())


def _at(parametric: ParametricProblem, value: Fraction, deadline: float) -> Answer:
    """The answer at one value of the parameter."""
    left = deadline - time.monotonic()
    if left <= 0:
        return Answer.UNKNOWN
    claim, (parameter,) = parametric.claim, parametric.free
    statement = Settles(claim.name, claim.scheme, claim.invariant, at=claim.at)
    chosen = {**parametric.overriding, parameter: value}
    options = Options(timeout=min(POINT_SECONDS, left), query=2.0)
    return decide_settles(statement, chosen, options).answer
