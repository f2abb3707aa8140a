"""Thresholds: how far along one parameter a claim holds forever, certified from both sides.

The exact theorem (``checker.parameters.exact_threshold``) is tried first. Where its side conditions cannot be proved,
the domain is cut into cells that are proved safe or unsafe whole, and what is left between the two
kinds is halved, by proofs and replayed runs at points, down to the width asked for.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import attrs

from checker.backends.algebraic import Algebraic, simplest
from checker.backends.solver import QueryBudget
from checker.counterexamples.cell_run import seems_to_break
from checker.counterexamples.fixed_strategy import FixedStrategyLoop, fix_strategy
from checker.counterexamples.random_search import following, screen
from checker.counterexamples.two_phase import stretched, two_phase_strategies
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.parameters.cell_checker import CellChecker, Kind, Regions, inductive, said
from checker.parameters.exact_threshold import Edge, Exact, NotExact, exact_threshold, worst_case
from checker.portfolio.decision import Options, decide
from checker.system.parametric import Interval, ParametricProblem, bisect_cell, point_cell
from checker.system.region import seed_box
from checker.system.replay import Run, replay
from spec.errors import SpecError
from spec.invariants import limits_of
from spec.statements.claim import Claim

WIDTH = Fraction(1, 10**9)
MARGINS = (3e-2, 1e-3, 1e-5)
FINE = (1e-6, 1e-8, 1e-10, 1e-11)
COARSE = Fraction(1, 64)
"""The share of the domain that may stay undecided before its edges are looked at."""
MOST_CELLS = 600
MARCHED = 1_000_000
SECONDS = 15.0
"""For a point at which the quick ways gave no answer."""
REPLAYED = 20_000

Answer = Literal["edge", "all", "none", "pieces", "unknown"]


@attrs.frozen
class Piece:
    """An interval of the parameter and what was proved of all of it."""

    low: Fraction
    high: Fraction
    kind: Kind


@attrs.frozen
class FoundThreshold:
    """How far a claim holds along a parameter.

    ``safe`` and ``unsafe`` are the nearest values proved and refuted; ``exact`` is the number in
    between where the answer turns, if it was named and proved, and ``included`` whether the claim
    holds there. ``shown`` says what was shown of all other values. ``away`` is the threshold for
    staying away from the claim's own limits by some margin. ``rising`` says that it is greater
    values that break it.
    """

    claim: str
    scheme: str
    invariant: str
    limits: dict[str, Fraction]
    parameter: str
    domain: tuple[Fraction, Fraction]
    parameters: dict[str, Fraction]
    answer: Answer
    method: str
    rising: bool | None = None
    safe: Fraction | None = None
    unsafe: Fraction | None = None
    exact: Algebraic | None = None
    included: bool | None = None
    away: Edge | None = None
    shown: str = ""
    pieces: tuple[Piece, ...] = ()
    proof: str = ""
    counterexample: Run | None = None
    counterexample_at: Fraction | None = None
    seconds: float = 0.0

    @property
    def width(self) -> Fraction | None:
        """The distance between the nearest values proved and refuted."""
        if self.safe is None or self.unsafe is None:
            return None
        return abs(self.safe - self.unsafe)


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
    blank = FoundThreshold(
        claim=claim.name,
        scheme=claim.scheme.name,
        invariant=type(claim.invariant).__name__,
        limits=dict(limits_of(claim.invariant)),
        parameter=parameter,
        domain=parametric.domain[0],
        parameters={
            name: value
            for name, value in parametric.problem.traced.values.items()
            if name != parameter
        },
        answer="unknown",
        method="",
    )
    if not parametric.problem.agent.fields:
        raise SpecError(f"{claim.scheme.name} is uninterpreted and has no parameters", "")
    found = None
    if parameter not in parametric.read:
        found = _unread(parametric, blank)
    if found is None:
        tell("looking for an exact condition")
        try:
            found = _exactly(parametric, blank, exact_threshold(parametric), width)
        except NotExact as reason:
            tell(f"no exact condition ({reason}); bracketing")
            search = _Search(parametric, width, started + timeout, tell)
            found = search.answer(attrs.evolve(blank, method=f"brackets: {reason}"))
    return attrs.evolve(found, seconds=time.monotonic() - started)


def _unread(parametric: ParametricProblem, blank: FoundThreshold) -> FoundThreshold | None:
    """The answer for a parameter that nothing reads: that of any of its values."""
    decided = CellChecker(parametric).thorough(parametric.domain)
    if decided.kind == "proved":
        return attrs.evolve(blank, answer="all", method="no step reads it", proof=decided.evidence)
    return None


def _exactly(
    parametric: ParametricProblem, blank: FoundThreshold, exact: Exact, width: Fraction
) -> FoundThreshold:
    edge, (low, high) = exact.edge, parametric.domain[0]
    said_of = "smaller" if exact.rising else "greater"
    found = attrs.evolve(
        blank,
        answer=edge.kind,
        method="monotone comparison with the parameter as a symbol",
        rising=exact.rising,
        safe=edge.holds_at,
        unsafe=edge.fails_at,
        exact=edge.number,
        included=edge.included,
        away=exact.bounded_away,
        shown="every value of the domain",
        proof="a worst case settles within the claim",
    )
    if edge.kind == "all":
        return attrs.evolve(found, safe=None)
    near = edge.fails_at
    if edge.number is not None:
        near = edge.number.nearest
        found = attrs.evolve(
            found, shown=f"proved safe at all {said_of} values, unsafe at all beyond"
        )
    assert near is not None
    outward = 1 if exact.rising else -1
    order = worst_case(parametric, QueryBudget(5.0)).order
    for step in (Fraction(0), width, 10**3 * width, (high - low) / 1000, (high - low) / 10):
        value = min(high, max(low, near + outward * step))
        if edge.kind == "edge" and (value == edge.holds_at or (edge.included and not step)):
            continue
        run = follow_worst_run(parametric.at((value,)).composed(), order, MARCHED)
        if run is not None:
            return attrs.evolve(found, counterexample=run, counterexample_at=value)
    return found


@attrs.define(slots=False)
class _Search:
    """Brackets a threshold from both sides."""

    parametric: ParametricProblem
    width: Fraction
    deadline: float
    tell: Callable[[str], None]
    evidence: dict[Fraction, str] = attrs.field(factory=dict)
    runs: dict[Fraction, Run] = attrs.field(factory=dict)
    regions: list[Regions] = attrs.field(factory=list)
    finest: int = 0
    horizon: int = 2_000
    fix_strategy: FixedStrategyLoop | None = None
    tried: Fraction | None = None
    span: Interval = (Fraction(0), Fraction(0))

    @cached_property
    def cell_checker(self) -> CellChecker:
        """Decides whole cells."""
        return CellChecker(self.parametric, margins=MARGINS)

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.deadline

    def answer(self, blank: FoundThreshold) -> FoundThreshold:
        """The bracket reached."""
        pieces = self._cut(self.parametric.domain[0])
        kinds = [piece.kind for piece in pieces if piece.kind != "vacuous"]
        found = attrs.evolve(blank, pieces=tuple(pieces))
        if set(kinds) == {"proved"}:
            return attrs.evolve(found, answer="all", proof=self.cell_checker.last)
        if set(kinds) == {"refuted"}:
            return self._none(found)
        turns = _turns(pieces)
        if len(turns) != 1:
            return attrs.evolve(found, answer="pieces" if turns else "unknown")
        ((safe, unsafe),) = turns
        return self._narrowed(found, safe, unsafe)

    def _none(self, found: FoundThreshold) -> FoundThreshold:
        low, high = self.parametric.domain[0]
        value = low if self.cell_checker.directions[0] >= 0 else high
        self._is(value)
        return attrs.evolve(
            found,
            answer="none",
            counterexample=self.runs.get(value),
            counterexample_at=value if value in self.runs else None,
        )

    def _narrowed(self, found: FoundThreshold, safe: Piece, unsafe: Piece) -> FoundThreshold:
        rising = safe.high <= unsafe.low
        good, bad = (safe.high, unsafe.low) if rising else (safe.low, unsafe.high)
        good, bad = self._halve(good, bad)
        short = simplest(min(good, bad), max(good, bad))
        if short not in (good, bad) and short.denominator < 10**6:
            kind = self._is(short)
            good, bad = (short if kind == "proved" else good), (short if kind == "refuted" else bad)
        if bad not in self.runs:
            self._is(bad)
        if good not in self.evidence:
            self._is(good)
        return attrs.evolve(
            found,
            answer="edge",
            rising=rising,
            safe=good,
            unsafe=bad,
            shown=self._shown(rising, good, bad, found.pieces),
            proof=self.evidence.get(good, self.cell_checker.last),
            counterexample=self.runs.get(bad),
            counterexample_at=bad if bad in self.runs else None,
        )

    def _shown(self, rising: bool, good: Fraction, bad: Fraction, pieces: Any) -> str:
        below, beyond = ("smaller", "greater") if rising else ("greater", "smaller")
        if self.cell_checker.directions[0] == (1 if rising else -1):
            return (
                f"proved safe at all {below} values and unsafe at all {beyond} ones, because the "
                "parameter only bounds what nature may do"
            )
        low, high = self.parametric.domain[0]
        left = [*self._cover((low, good) if rising else (good, high), "proved", pieces)]
        right = [*self._cover((bad, high) if rising else (low, bad), "refuted", pieces)]
        open_ = sum((b - a for a, b in [*left, *right]), Fraction(0))
        if not open_:
            return f"every {below} value proved safe and every {beyond} one unsafe, cell by cell"
        return (
            f"cell by cell, {below} values proved safe and {beyond} ones unsafe, all but "
            f"{float(open_):.2g} of the domain next to the threshold, where only points are decided"
        )

    def _cover(self, span: Interval, kind: Kind, pieces: Any) -> list[Interval]:
        """The parts of a span that could not be proved of that kind as whole cells."""
        inside = [p for p in pieces if p.kind in (kind, "vacuous")]
        todo = [span]
        for piece in inside:
            todo = [part for whole in todo for part in _without(whole, (piece.low, piece.high))]
        left: list[Interval] = []
        tries = 0
        while todo:
            part = todo.pop()
            if self.late or tries > 80 or part[1] - part[0] <= self.width:
                left.append(part)
                continue
            tries += 1
            if self.cell_checker.decide((part,)).kind != kind:
                todo += [cell[0] for cell in bisect_cell((part,), 0)]
        return left

    def _cut(self, domain: Interval) -> list[Piece]:
        """The domain in pieces, each decided whole, but for the gaps where the answer turns."""
        pieces = [Piece(*domain, "undecided")]
        for _ in range(MOST_CELLS):
            gap = None if self.late else self._gap(pieces, (domain[1] - domain[0]) * COARSE)
            if gap is None:
                break
            pieces.remove(gap)
            for half in bisect_cell(((gap.low, gap.high),), 0):
                decided = self.cell_checker.decide(half)
                (low, high), kind = half[0], decided.kind
                self.tell(f"[{float(low):.6g}, {float(high):.6g}] is {kind}")
                pieces.append(Piece(low, high, kind))
            pieces.sort(key=lambda piece: piece.low)
        return _merged(pieces)

    def _gap(self, pieces: list[Piece], coarse: Fraction) -> Piece | None:
        """The widest undecided piece that is worth cutting: it is wide, it touches the end of the
        domain, or it has the same answer on both sides."""
        merged = _merged(pieces)
        for number, gap in enumerate(merged):
            if gap.kind != "undecided":
                continue
            sides = {piece.kind for piece in merged[max(0, number - 1) : number + 2]}
            turns = {"proved", "refuted"} <= sides
            if gap.high - gap.low <= (coarse if turns else self.width):
                merged[number] = attrs.evolve(gap, kind="vacuous")  # done with
        wanted = [(piece.low, piece.high) for piece in merged if piece.kind == "undecided"]
        inside = [
            piece
            for piece in pieces
            if piece.kind == "undecided"
            and any(low <= piece.low and piece.high <= high for low, high in wanted)
        ]
        return max(inside, key=lambda piece: piece.high - piece.low, default=None)

    def _halve(self, good: Fraction, bad: Fraction) -> tuple[Fraction, Fraction]:
        while abs(bad - good) > self.width and not self.late:
            self.span, span = (min(good, bad), max(good, bad)), bad - good
            for part in (Fraction(1, 2), Fraction(1, 3), Fraction(2, 3)):
                middle = good + part * span
                nearby = abs(span) / 16
                middle = simplest(middle - nearby, middle + nearby)
                kind = self._is(middle)
                self.tell(f"{float(middle):.12g} is {kind}; {float(abs(span)):.2g} left")
                if kind != "undecided":
                    break
            else:
                break
            good, bad = (middle, bad) if kind == "proved" else (good, middle)
        return good, bad

    def _is(self, value: Fraction) -> Kind:
        """The verdict at a point, by a region or by a replayed run."""
        if value in self.evidence:
            return "proved"
        if value in self.runs:
            return "refuted"
        if self._seems_to_break(value):
            run = self._run(value)
            return self._tried_all(value) if run is None else "refuted"
        if self._region(value):
            return "proved"
        run = self._run(value)
        return self._tried_all(value) if run is None else "refuted"

    def _tried_all(self, value: Fraction) -> Kind:
        """The verdict at a point after every engine was tried."""
        name, left = self.parametric.free[0], self.deadline - time.monotonic()
        if left <= 0:
            return "undecided"
        options = Options(timeout=min(left, SECONDS), attack=0)
        found = decide(self.parametric.claim, {**self.parametric.overriding, name: value}, options)
        if found.verdict == "proved":
            self.evidence[value] = found.method
            return "proved"
        if found.verdict == "refuted" and found.trace is not None:
            self.runs[value] = found.trace.run
            return "refuted"
        return "undecided"

    def _seems_to_break(self, value: Fraction) -> bool:
        return any(self._lengths(value).values())

    def _lengths(self, value: Fraction) -> dict[int, int]:
        """Per strategy, the iteration at which it seems to break; 0 if it does not."""
        return {
            number: seems_to_break(self.parametric, (value,), strategy, self.horizon, still=1e-13)
            for number, strategy in self.cell_checker.strategies.items()
        }

    def _region(self, value: Fraction) -> bool:
        problem, budget = self.parametric.over(point_cell((value,))), QueryBudget(5.0)
        synthesizer = RegionSynthesizer(problem)
        known = [r for r in self.regions[:2] if synthesizer.seems_inductive(r)]
        for regions in known:
            if inductive(problem, regions, budget):
                self.evidence[value] = said(problem, regions)
                return True
        margins = (*MARGINS, *FINE)
        for number in range(self.finest, len(margins)):
            for guess in (synthesizer.inflate, synthesizer.sharpen):
                guessed = guess(seed_box(problem), margins[number])
                if guessed is not None and inductive(problem, guessed, budget):
                    self.finest = max(0, number - 1)
                    self.regions = [guessed, *self.regions]
                    self.evidence[value] = said(problem, guessed)
                    return True
        return False

    def _run(self, value: Fraction) -> Run | None:
        problem = self.parametric.at((value,))
        lengths = self._lengths(value)
        run = None
        for length, number in sorted((n, k) for k, n in lengths.items() if n and n <= 400)[:2]:
            strategy = self.cell_checker.strategies[number]
            run = run or replay(problem, following(strategy), length + 2)
            run = None if run is None or run.broken is None else run
        if run is None:
            run = self._stretched(value)
        worst_run = self._worst_run() if run is None else None
        if worst_run is not None:
            longest = max((known.iteration for known in self.runs.values()), default=0)
            run = worst_run.run((value,), min(MARCHED, 3_000 + 20 * longest))
        if run is None:
            for length, strategy in (screen(problem, 2_000) or two_phase_strategies(problem, 192))[
                :1
            ]:
                run = replay(problem, following(strategy), length + 2)
                run = None if run is None or run.broken is None else run
                self.cell_checker.learn(length, strategy)
        if run is not None:
            self.runs[value] = run
            self.horizon = max(self.horizon, min(REPLAYED, 8 * run.iteration))
        return run

    def _stretched(self, value: Fraction) -> Run | None:
        """A two-phase strategy whose first phase is made longer, as thresholds are neared."""
        problem = self.parametric.at((value,))
        for strategy in self.cell_checker.strategies.values():
            if len(strategy) < 2 or len({str(part) for part in strategy[:-1]}) > 1:
                continue
            for rounds in (48, 96, 192, 384, 768):
                longer = stretched(strategy, rounds)
                if seems_to_break(self.parametric, (value,), longer, rounds + 4, still=0.0):
                    run = replay(problem, following(longer), rounds + 4)
                    if run is not None and run.broken is not None:
                        return run
        return None

    def _worst_run(self) -> FixedStrategyLoop | None:
        """The parametric problem under a strategy that breaks it, if that is one monotone run nearby.

        What could not be proved over a span is tried again once the span is much shorter.
        """
        width = self.span[1] - self.span[0]
        if self.fix_strategy is None and (self.tried is None or 8 * width <= self.tried):
            self.tried = width
            self.tell("looking for the worst run")
            for strategy in reversed(self.cell_checker.strategies.values()):
                self.fix_strategy = fix_strategy(
                    self.parametric, strategy, (self.span,), QueryBudget(5.0)
                )
                if self.fix_strategy is not None:
                    break
        return self.fix_strategy


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece."""
    merged: list[Piece] = []
    for piece in pieces:
        if merged and merged[-1].kind == piece.kind and merged[-1].high == piece.low:
            merged[-1] = attrs.evolve(merged[-1], high=piece.high)
        else:
            merged.append(piece)
    return merged


def _turns(pieces: list[Piece]) -> list[tuple[Piece, Piece]]:
    """The pairs of a safe and an unsafe piece between which nothing else is decided."""
    known = [piece for piece in pieces if piece.kind in ("proved", "refuted")]
    return [
        (a, b) if a.kind == "proved" else (b, a)
        for a, b in itertools.pairwise(known)
        if a.kind != b.kind
    ]


def _without(span: Interval, hole: Interval) -> list[Interval]:
    (low, high), (a, b) = span, hole
    if b <= low or high <= a:
        return [span]
    parts = [(low, min(high, a)), (max(low, b), high)]
    return [part for part in parts if part[0] < part[1]]
