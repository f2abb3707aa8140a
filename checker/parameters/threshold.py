"""Thresholds: how far along one parameter a claim holds forever, certified from both sides.

The exact theorem (``checker.parameters.exact_threshold``) is tried first. Where its side conditions
cannot be proved, or the values at which the claim holds have several ends, the domain is cut into
ranges (``checker.parameters.ranges``), and where no exact condition is found for one, the threshold
is bracketed (``checker.parameters.bracketing``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.open_ends import stays_off
from checker.parameters.bracketing import BracketSearch
from checker.parameters.cell_checker import CellChecker
from checker.parameters.ends_up import ends_up
from checker.parameters.exact_threshold import Exact, OneEnd, exact_threshold
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
from checker.parameters.obstacles import NotExact
from checker.parameters.peaks_condition import peaks_within
from checker.parameters.ranges import DIGITS, ranges_on, with_ranges
from checker.parameters.worst_seed import from_worst_seed
from checker.system.announcements import announce
from checker.system.parametric import ParametricProblem
from checker.system.replay import Run
from spec.errors import SpecError
from spec.invariants import limits_of
from spec.statements.base import Answer
from spec.statements.claim import Claim

WIDTH = Fraction(1, 10**9)
MOST_ITERATIONS = 1_000_000
"""Of the worst run just beyond a threshold."""
SEED_SECONDS = 5.0
"""For a query about the worst of a set of seeds."""
RUN_SECONDS = 15.0
"""For a run that breaks the claim, where its threshold is known already."""


def threshold(
    claim: Claim,
    parameter: str,
    overriding: Mapping[str, Fraction] | None = None,
    *,
    width: Fraction = WIDTH,
    timeout: float = 120.0,
    tell: Callable[[str], None] = lambda text: None,
) -> FoundThreshold:
    """The threshold of a claim along one of its scheme's real parameters.

    Args:
        claim: what is claimed; ``overriding`` replaces values of its other parameters.
        parameter: a parameter that is not structural.
        width: how near the two certified sides are brought, in the parameter's unit.
        timeout: seconds after which the bracket reached is reported.
        tell: is told what is being done.

    Raises:
        SpecError: for an unknown or a structural parameter, or a mistake in the specification.
    """
    started = time.monotonic()
    parametric = ParametricProblem(claim, (parameter,), overriding or {})
    blank = blank_threshold(parametric)
    announce(blank)
    seeds = QueryBudget(SEED_SECONDS, started + timeout)
    parametric = from_worst_seed(parametric, seeds)
    everywhere = parametric.over(parametric.domain)
    parametric = attrs.evolve(parametric, off=stays_off(everywhere, seeds))
    found = None
    if parameter not in parametric.read:
        found = _unread(parametric, blank, started + timeout / 2)
    found = found or _where_it_ends_up(parametric, blank, width, started + timeout, tell)
    if found is None:
        tell("looking for an exact condition")
        try:
            exact = exact_threshold(parametric, deadline=started + timeout / 2)
            found = _exactly(parametric, blank, exact, width)
        except NotExact as missing:
            tell("no exact condition with one end; looking for ranges")
            found = _in_ranges(parametric, blank, missing, width, started + timeout, tell)
    return attrs.evolve(found, seconds=time.monotonic() - started)


def _where_it_ends_up(
    parametric: ParametricProblem,
    blank: FoundThreshold,
    width: Fraction,
    deadline: float,
    tell: Callable[[str], None],
) -> FoundThreshold | None:
    """The threshold of an absorbing chain: whether a loop is one is known at once, and what it
    comes to has no need of an order."""
    ranges = ranges_on(parametric, parametric.domain[0], deadline, (ends_up,))
    if not ranges or _undecided(ranges):
        return None
    found = with_ranges(attrs.evolve(blank, method=FoundBy.CONDITIONS), ranges)
    return _run_beside(BracketSearch(parametric, width, deadline, tell), found)


def _run_beside(search: BracketSearch, exact: FoundThreshold) -> FoundThreshold:
    """An exact threshold with a run that breaks the claim beyond it, if one is found soon."""
    announce(exact)
    search.deadline = min(search.deadline, time.monotonic() + RUN_SECONDS)
    return search.with_run(exact)


def _in_ranges(
    parametric: ParametricProblem,
    blank: FoundThreshold,
    missing: NotExact,
    width: Fraction,
    deadline: float,
    tell: Callable[[str], None],
) -> FoundThreshold:
    """The domain in ranges: by one exact condition, or by cells and by conditions between them."""
    search = BracketSearch(parametric, width, deadline, tell)
    proved = search.cells.by_one_proof(parametric.domain)
    if proved.answer is Answer.PROVED:
        return attrs.evolve(blank, extent=Extent.ALL, method=FoundBy.PROOF, proof=proved.evidence)
    domain, half = parametric.domain[0], (time.monotonic() + deadline) / 2
    ranges = ranges_on(parametric, domain, half)
    most = (time.monotonic() + deadline) / 2  # what has a name may be found by those before
    ranges = ranges_on(parametric, domain, most, (peaks_within,), ranges, DIGITS[:1])
    if ranges and all(0 < gap <= width for gap in _undecided(ranges)):
        named = Brackets(missing.reason) if _undecided(ranges) else FoundBy.CONDITIONS
        return _run_beside(search, with_ranges(attrs.evolve(blank, method=named), ranges))
    tell("bracketing")
    end = missing.exact if isinstance(missing, OneEnd) else None
    bracketed = attrs.evolve(blank, method=Brackets(missing.reason))
    found = search.answer(bracketed, None if end is None else end.edge, ranges)
    if end is not None and found.unsafe == end.edge.fails_at:
        return _with_run(parametric, found, end, width)
    if found.ranges and not _undecided(found.ranges):
        found = attrs.evolve(found, method=FoundBy.CONDITIONS)
    return search.with_run(found)


def _undecided(ranges: Sequence[Range]) -> list[Fraction]:
    """How wide the ranges are of which nothing is known."""
    unknown = (each for each in ranges if each.answer is Answer.UNKNOWN)
    return [each.high.nearest - each.low.nearest for each in unknown]


def blank_threshold(parametric: ParametricProblem) -> FoundThreshold:
    """What is known before anything is decided.

    Raises:
        SpecError: for a scheme that is uninterpreted.
    """
    claim, (parameter,) = parametric.claim, parametric.free
    values = parametric.problem.traced.values
    if not parametric.problem.agent.fields:
        raise SpecError(f"{claim.scheme.name} is uninterpreted and has no parameters", "")
    return FoundThreshold(
        claim=claim.name,
        scheme=claim.scheme.name,
        invariant=type(claim.invariant).__name__,
        limits=dict(limits_of(claim.invariant)),
        parameter=parameter,
        domain=parametric.domain[0],
        parameters={name: value for name, value in values.items() if name != parameter},
    )


def _unread(
    parametric: ParametricProblem, blank: FoundThreshold, deadline: float
) -> FoundThreshold | None:
    """The answer for a parameter that nothing reads: that of any of its values."""
    decided = CellChecker(parametric, deadline=deadline).thorough(parametric.domain)
    if decided.answer is not Answer.PROVED:
        return None
    return attrs.evolve(blank, extent=Extent.ALL, method=FoundBy.UNREAD, proof=decided.evidence)


def _exactly(
    parametric: ParametricProblem, blank: FoundThreshold, exact: Exact, width: Fraction
) -> FoundThreshold:
    """The exact threshold, with a counterexample as near to it as one is found."""
    found = with_exact(blank, exact, Settling.SOMEWHERE)
    if exact.edge.extent is Extent.ALL:
        return found
    announce(found)
    return _with_run(parametric, found, exact, width)


def with_exact(blank: FoundThreshold, exact: Exact, where: Settling) -> FoundThreshold:
    """What an exact condition says, and how it is met where it is met."""
    edge = exact.edge
    number = None if edge.number is None else edge.number.fraction
    at_the_end = {True: (number, None), False: (None, number), None: (None, None)}[edge.included]
    return attrs.evolve(
        blank,
        extent=edge.extent,
        method=FoundBy.WORST_RUN,
        rising=exact.rising,
        safe=None if edge.extent is Extent.ALL else at_the_end[0] or edge.holds_at,
        unsafe=at_the_end[1] or edge.fails_at,
        exact=edge.number,
        included=edge.included,
        away=exact.bounded_away,
        shown=BothSides(exact.rising, ShownBy.THEOREM)
        if edge.extent is Extent.EDGE
        else EveryValue(),
        proof=Settling.NOWHERE if edge.extent is Extent.NONE else where,
    )


def _with_run(
    parametric: ParametricProblem, found: FoundThreshold, exact: Exact, width: Fraction
) -> FoundThreshold:
    """The threshold with a counterexample just beyond it, if one is found."""
    beyond = _run_beyond(parametric, exact, width)
    if beyond is None:
        return found
    value, run = beyond
    return attrs.evolve(found, counterexample=run, counterexample_at=value)


def _run_beyond(
    parametric: ParametricProblem, exact: Exact, width: Fraction
) -> tuple[Fraction, Run] | None:
    """A value on the unsafe side of an exact threshold, the nearer the better, and the worst run
    there, which breaks the claim."""
    edge, (low, high) = exact.edge, parametric.domain[0]
    near = edge.fails_at if edge.number is None else edge.number.nearest
    assert near is not None
    outward = 1 if exact.rising else -1
    for step in (Fraction(0), width, 10**3 * width, (high - low) / 1000, (high - low) / 10):
        value = min(high, max(low, near + outward * step))
        holds_there = value == edge.holds_at or (edge.included and not step)
        if edge.extent is Extent.EDGE and holds_there:
            continue
        run = follow_worst_run(parametric.at((value,)).composed(), exact.order, MOST_ITERATIONS)
        if run is not None:
            return value, run
    return None
