"""Thresholds of random schemes, held against the oracle at values on both sides of their ends.

One number of a scheme stands open, and its threshold is asked for. What that says of a value it
says of the scheme with the value in its place, of which the oracle knows something of its own:
where the claim is to hold no run may break it, and where it is to break it may not be true.
"""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs

from benchmarks.differential import kinds, oracle
from benchmarks.differential.judge import replayed
from benchmarks.differential.language import Free, claim_of
from benchmarks.differential.machines import Machine, Step, Term, name, term
from benchmarks.differential.oracle import Told
from checker import Options, decide
from checker.backends.algebraic import Algebraic
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import BothSides, FoundThreshold
from checker.parameters.threshold import threshold
from checker.system.replay import Run
from spec.statements.base import Answer

OPEN = "open"
"""What the number that stands open is called."""
NEAR = (Fraction(1, 10), Fraction(1, 1000), Fraction(1, 10**6))
"""How far from an end it is looked, as shares of the domain's width."""
GAP = Fraction(2, 10**9)
"""The share of a domain of which it may be open what holds, next to an end that has no name."""
ASIDE = 0.5
"""Seconds for a verdict at one value, of which the oracle knows nothing."""
SHARES = (Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(1))
"""Where else it is looked."""


@attrs.frozen
class EdgeOutcome:
    """What became of one threshold.

    ``problem`` is a disagreement or a crash; ``known`` says how far the threshold was found, and
    ``told`` of how many values the oracle could say which way it is.
    """

    number: int
    kind: str
    known: Literal["all", "none", "exact", "ranges", "near", "bracket", "unknown", "crash"]
    told: int
    seconds: float
    problem: str = ""


def with_leaves(machine: Machine, put: Callable[[Term], Any]) -> Machine:
    """The machine with every number and name in its steps and its seed replaced."""

    def of(what: Term) -> Term:
        if what.op in ("number", "name"):
            return term(put(what))
        return Term(what.op, tuple(map(of, what.args)))

    def of_step(step: Step) -> Step:
        asked = tuple(attrs.evolve(c, low=of(c.low), high=of(c.high)) for c in step.choices)
        return Step(asked, tuple(map(of, step.outputs)))

    def begun(value: Any) -> Any:
        return value if isinstance(value, bool) else put(term(value))

    oversight = None if machine.oversight is None else of(machine.oversight)
    steps = tuple(map(of_step, machine.steps))
    seed, spread = (tuple(map(begun, part)) for part in (machine.seed, machine.spread))
    return attrs.evolve(machine, seed=seed, spread=spread, steps=steps, oversight=oversight)


def mapped(machine: Machine, put: Callable[[Fraction], Any]) -> Machine:
    """The machine with every number of its steps and its seed replaced."""
    return with_leaves(machine, lambda leaf: put(leaf.args[0]) if leaf.op == "number" else leaf)


def at(machine: Machine, value: Fraction, called: str = OPEN) -> Machine:
    """The machine with a number in the place of what stands open."""

    def put(leaf: Term) -> Any:
        if leaf.op == "number":
            return leaf.args[0]
        return value if leaf.args[0] == called else leaf

    return with_leaves(machine, put)


def numbers_in(machine: Machine) -> list[Fraction]:
    """The numbers of a machine's steps and seed, but for 0 and 1, on which its form rests."""
    found: list[Fraction] = []

    def note(value: Fraction) -> Fraction:
        found.append(value)
        return value

    mapped(machine, note)
    return sorted({value for value in found if value not in (0, 1)})


def divides(machine: Machine, value: Fraction) -> bool:
    """Whether something is divided by a number, which may not become 0 then."""

    def in_term(what: Any) -> bool:
        if not isinstance(what, Term) or what.op in ("number", "name"):
            return False
        below = what.args[-1]
        by_it = what.op == "/" and below.op == "number" and below.args[0] == value
        return by_it or any(map(in_term, what.args))

    ends = [end for s in machine.steps for c in s.choices for end in (c.low, c.high)]
    outputs = [output for step in machine.steps for output in step.outputs]
    return any(map(in_term, [*ends, *outputs, machine.oversight]))


def opened(number: int, *called: str) -> tuple[Machine, tuple[Free, ...]] | None:
    """The scheme of a number with some of its numbers open, wherever they stand; None if it has
    fewer, or counts and flags, which are no real numbers.

    Args:
        number: of the scheme.
        called: how what stands open is called; one number for each name.
    """
    machine = kinds.drawn(number)
    if not isinstance(machine, Machine) or any(f.kind != "real" for f in machine.agent):
        return None
    draw, free = random.Random(number), list[Free]()
    for each in called:
        known = numbers_in(machine)
        if not known:
            return None
        value = draw.choice(known)
        machine, low, high = one_more(machine, value, each, free, draw)
        if low >= high:
            return None
        free.append(Free(each, value, low, high))
    return machine, tuple(free)


def one_more(
    machine: Machine, value: Fraction, called: str, free: Sequence[Free], draw: random.Random
) -> tuple[Machine, Fraction, Fraction]:
    """The machine with one more of its numbers open, and between which values."""
    width = max(abs(value), Fraction(1, 4)) * draw.choice(
        [Fraction(1, 4), Fraction(1), Fraction(3)]
    )
    width = abs(value) / 2 if divides(machine, value) else width
    low, high = value - width, value + width
    low, high = (max(low, Fraction(0)), high) if value > 0 else (low, min(high, Fraction(0)))
    with_it = mapped(machine, lambda each: name(called) if each == value else each)
    closed = with_it
    for other in free:
        closed = at(closed, other.value, other.name)
    low, high = (end if means_something(at(closed, end, called)) else value for end in (low, high))
    return with_it, low, high


def means_something(machine: Machine) -> bool:
    """Whether a machine begins in its domain, or somewhere if its seed is a set, and nature's
    bounds that are numbers are no empty ones."""
    begins = oracle.holds(machine.agent, (), machine.seed) is not False
    if machine.spread:  # what is outside the domain breaks the claim
        begins = all(width >= 0 for width in machine.spread)
    bounds = [
        (choice.low.args[0], choice.high.args[0])
        for step in machine.steps
        for choice in step.choices
        if not choice.truth and choice.low.op == choice.high.op == "number"
    ]
    return begins and all(low <= high for low, high in bounds)


def says(found: FoundThreshold, value: Fraction) -> bool | None:
    """Whether the claim holds at a value, as the threshold says; None where it does not say."""
    if found.ranges:
        here = [each.answer for each in found.ranges if within(each, value)]
        return _holds(here[0]) if len(here) == 1 else None
    if found.extent in (Extent.ALL, Extent.NONE):
        return found.extent is Extent.ALL
    if found.extent is not Extent.EDGE:
        return next((_holds(p.answer) for p in found.pieces if p.low < value < p.high), None)
    if found.exact is not None:
        side = compared(value, found.exact)
        if side == 0:
            return found.included
        return None if side is None else (side > 0) is not found.rising
    if value in (found.safe, found.unsafe):
        return value == found.safe
    if not isinstance(found.shown, BothSides) or found.safe is None or found.unsafe is None:
        return None
    if found.shown.left:  # all but so much: which values these are it does not say
        return None
    low, high = sorted((found.safe, found.unsafe))
    return None if low < value < high else (value <= low) is found.rising


def within(each: Any, value: Fraction) -> bool:
    """Whether a value surely lies in a range."""
    low, high = compared(value, each.low), compared(value, each.high)
    if low is None or high is None:
        return False
    above = low > 0 or (low == 0 and each.low_included)
    return above and (high < 0 or (high == 0 and each.high_included))


def compared(value: Fraction, number: Algebraic) -> int | None:
    """The sign of a value less a number; None where their digits don't tell."""
    if number.fraction is not None:
        return (value > number.fraction) - (value < number.fraction)
    return 1 if value > number.high else (-1 if value < number.low else None)


def _holds(answer: Answer) -> bool | None:
    return {Answer.PROVED: True, Answer.REFUTED: False}.get(answer)


def ends(found: FoundThreshold) -> Iterator[Fraction]:
    """The numbers at which the threshold says that the answer turns, or near them."""
    for number in [found.exact, *(end for r in found.ranges for end in (r.low, r.high))]:
        if number is not None:
            yield number.nearest
    for value in (found.safe, found.unsafe):
        if value is not None:
            yield value


def probes(found: FoundThreshold, free: Free) -> list[Fraction]:
    """Values all over the domain, and on both sides of the ends."""
    width = free.high - free.low
    values = {free.value, *(free.low + share * width for share in SHARES)}
    for end in ends(found):
        values |= {end, *(end + sign * near * width for near in NEAR for sign in (1, -1))}
    return sorted(value for value in values if free.low <= value <= free.high)


def judge_edges(number: int, timeout: float, most: int = oracle.LONG) -> EdgeOutcome | None:
    """Find the threshold of the scheme of a number, and compare; None if nothing can stand open."""
    given = opened(number, OPEN)
    if given is None:
        return None
    machine, (free,) = given
    started = time.perf_counter()
    try:
        found = threshold(claim_of(f"random {number}", machine, free), OPEN, timeout=timeout)
    except Exception:
        took = time.perf_counter() - started
        return EdgeOutcome(number, machine.kind, "crash", 0, took, traceback.format_exc())
    took = time.perf_counter() - started
    aside = min(ASIDE, timeout)
    problem, told = contradiction(machine, free, found, number, most, aside)
    return EdgeOutcome(number, machine.kind, known(found), told, took, problem)


def judged_edges(numbers: Sequence[int], timeout: float) -> list[EdgeOutcome]:
    """The outcomes of the schemes in which a number can stand open."""
    found = (judge_edges(number, timeout) for number in numbers)
    return [outcome for outcome in found if outcome is not None]


def known(found: FoundThreshold) -> Any:
    """How far a threshold was found; *near* if all that is open are gaps of a billionth of the
    domain or two."""
    open_ = [each for each in found.ranges if each.answer is Answer.UNKNOWN]
    if found.ranges and not open_:
        return "ranges"
    low, high = found.domain
    widths = [each.high.nearest - each.low.nearest for each in open_]
    if found.width is not None and found.exact is None and not found.ranges:
        sides = found.shown
        covered = isinstance(sides, BothSides) and not sides.left and not sides.gaps
        widths = [found.width] if covered else []
    if widths and max(widths) <= (high - low) * GAP:
        return "near"
    if found.extent in (Extent.ALL, Extent.NONE):
        return found.extent.value
    if found.exact is not None:
        return "exact"
    return "bracket" if found.width is not None or found.ranges else "unknown"


def contradiction(
    machine: Machine,
    free: Free,
    found: FoundThreshold,
    number: int,
    most: int,
    aside: float = ASIDE,
) -> tuple[str, int]:
    """How a threshold contradicts the oracle, or a verdict at one value, if it does; and how many
    values the oracle spoke of."""
    spoken = 0
    for value in probes(found, free):
        claimed, here = says(found, value), at(machine, value)
        if claimed is None or not means_something(here):
            continue
        truth = oracle.told(here, number, most)
        spoken += truth.first_break is not None or truth.exact
        wrong = wrong_of(here, claimed, truth, aside)
        if wrong:
            return f"{'holds' if claimed else 'breaks'} at {value}, it says, and {wrong}", spoken
    run, tried = found.counterexample, found.counterexample_at
    if run is None or tried is None or not told_in_full(machine, run):
        return "", spoken
    wrong = replayed(at(machine, tried), run)
    return (f"the run at {tried}: {wrong}" if wrong else ""), spoken


def wrong_of(here: Machine, claimed: bool, truth: Told, aside: float) -> str:
    """What speaks against a claim's holding, or breaking, at the values of a machine."""
    if truth.first_break is not None:
        return f"a run breaks at {truth.first_break}" if claimed else ""
    if truth.exact:
        return "" if claimed else "no reachable state does"
    answer = decide(claim_of("at a value", here), options=Options(timeout=aside)).answer
    against = Answer.REFUTED if claimed else Answer.PROVED
    return f"alone it is {answer.value}" if answer is against else ""


def told_in_full(machine: Machine, run: Run) -> bool:
    """Whether a run gives all fields and choices; a worst run gives those alone on which the claim
    depends, and its choices are the greatest."""
    choices = {choice.name for step in machine.steps for choice in step.choices}
    told = {choice for step in run.steps for choice in step.chosen}
    return choices <= told and all(field.name in run.seed for field in machine.agent)
