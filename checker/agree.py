"""Are two schemes safe at the same parameters? By the same runs, or cell by cell.

The statement and the proof are in docs/compare.md. A cell of parameters is settled by a corner only
where the scheme was proved to have more runs, or fewer, as each parameter grows.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs
import z3

from checker.decision import Options, decide
from checker.machine import Machine, machine, problem_of
from checker.pairing import Link, Pairing
from checker.refine import Kind, Party, Ranges, pose_question, simulate
from checker.simulation import Invariants, Question
from checker.solver import Meter, follows
from checker.verdict import Verdict
from spec.claims import Claim
from spec.errors import SpecError
from spec.invariants import Invariant, conjuncts, limits_of
from spec.terms import numeral
from spec.trace import trace

Direction = Literal["widening", "narrowing", ""]
Cell = tuple[tuple[Fraction, Fraction], ...]
"""A closed interval for each parameter, in order."""

SPLITS = {1: 24, 2: 48}
QUICK = 10.0
SHARE_OF_TIME = 4
"""The directions of the parameters may take one part in this many of the time."""


@attrs.frozen
class Difference:
    """A parameter value at which one scheme is proved and the other refuted."""

    parameters: Mapping[str, Fraction]
    left: Verdict
    right: Verdict


@attrs.frozen
class Agreement:
    """Whether two schemes keep an invariant at the same values of ``along``.

    ``settled`` is the share of the range on which they are proved to agree; ``safe``, ``unsafe``
    and ``rest`` are cells on which both keep it, both break it, and what is left undecided.
    """

    invariant: str
    limits: Mapping[str, Fraction]
    along: Ranges
    verdict: Kind
    method: str = ""
    reason: str = ""
    settled: Fraction | None = None
    safe: tuple[Cell, ...] = ()
    unsafe: tuple[Cell, ...] = ()
    rest: tuple[Cell, ...] = ()
    directions: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    difference: Difference | None = None
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain JSON: exact numbers as strings such as "1/6"."""
        answer: dict[str, Any] = {
            "invariant": self.invariant,
            "limits": {name: str(value) for name, value in self.limits.items()},
            "along": {name: [str(low), str(high)] for name, (low, high) in self.along.items()},
            "verdict": self.verdict,
            "method": self.method,
            "seconds": round(self.seconds, 4),
        }
        if self.reason:
            answer["reason"] = self.reason
        if self.settled is not None:
            answer["settled"] = str(self.settled)
            answer["cells"] = {
                "both_safe": [_cell_json(cell) for cell in self.safe],
                "both_unsafe": [_cell_json(cell) for cell in self.unsafe],
                "undecided": [_cell_json(cell) for cell in self.rest],
            }
            answer["directions"] = {side: dict(d) for side, d in self.directions.items()}
        if self.difference is not None:
            answer["separating"] = {
                "parameters": {n: str(v) for n, v in self.difference.parameters.items()},
                "left": self.difference.left.to_json(),
                "right": self.difference.right.to_json(),
            }
        return answer


def _cell_json(cell: Cell) -> list[list[str]]:
    return [[str(low), str(high)] for low, high in cell]


def agrees(
    left: Party,
    right: Party,
    invariant: Invariant,
    pairing: Pairing,
    along: Ranges,
    same_runs: bool,
    options: Options,
) -> Agreement:
    """Whether the left scheme keeps the invariant exactly where the right one does.

    Args:
        left: one scheme. right: the other.
        invariant: at the limits meant.
        pairing: the compared fields.
        along: one or two shared parameters with their ranges; none to ask at one point.
        same_runs: whether each was proved to refine the other over these ranges.
        options: limits on the work; the timeout is for the whole question.

    Raises:
        SpecError: for a mistake in a specification, or more than two parameters.
    """
    started = time.perf_counter()
    if len(along) > max(SPLITS):
        raise SpecError("agreement is decided along one or two parameters; drop an --over", "")
    blank = Agreement(type(invariant).__name__, limits_of(invariant), along, "unknown")
    meter = Meter(options.query, time.monotonic() + options.timeout)
    if same_runs and _transfers(left, right, invariant, pairing, along, meter):
        answer = attrs.evolve(blank, verdict="proved", method="the same runs")
    else:
        answer = _Map(left, right, invariant, along, options, meter).decided(blank)
    return attrs.evolve(answer, seconds=time.perf_counter() - started)


def _transfers(
    left: Party,
    right: Party,
    invariant: Invariant,
    pairing: Pairing,
    along: Ranges,
    meter: Meter,
) -> bool:
    """Whether the invariant passes between related agents, both ways."""
    for first, second, links in (
        (left, right, pairing.links),
        (right, left, pairing.swapped().links),
    ):
        question = pose_question(first, second, links, along)
        one = _said(first, invariant, question.first)
        two = _said(second, invariant, question.other)
        hypotheses = [h for h in question.hypotheses(Invariants()) if h is not None]
        if not all(follows([*hypotheses, *two], part, meter).proved for part in one):
            return False
    return True


def _said(party: Party, invariant: Invariant, of: Machine) -> list[z3.BoolRef]:
    """The invariant, said of a machine's state."""
    source = trace(party.process, party.values).stages[0].source
    pairs = list(zip(source.symbols, of.state, strict=True))
    return [z3.substitute(c.term, *pairs) for _, c in conjuncts(invariant, source.record)]


def direction(party: Party, name: str, along: Ranges, meter: Meter) -> Direction:
    """Whether the scheme has all the more runs as the parameter grows, or all the fewer, for all
    values of the other parameters in their ranges; "" if neither is shown."""
    low, high = along[name]
    base = machine(party.process, "less", party.values, tuple(along))
    more = z3.Real(f"parameter.{name} (more)")
    other = machine(party.process, "more", party.values, tuple(along)).putting(
        [(base.free[name], more)]
    )
    spare = f"{name} (more)"
    ranges = {**along, spare: along[name]}
    one = attrs.evolve(base, free={**base.free, spare: more})
    links = tuple(
        Link(i, i, (slot.name, slot.name), "=") for i, slot in enumerate(base.slots)
    )
    given = [
        part
        for n, (a, b) in along.items()
        for part in (base.free[n] >= numeral(a), base.free[n] <= numeral(b))
    ]
    given += [more >= numeral(low), more <= numeral(high)]
    given += [condition for m in (one, other) for _, _, condition in m.assumptions]
    start = {n: a for n, (a, _) in along.items()}
    problem = problem_of(party.process, {**party.values, **start})
    tries: tuple[tuple[Direction, z3.BoolRef], ...] = (
        ("widening", base.free[name] <= more),
        ("narrowing", base.free[name] >= more),
    )
    for found, ordered in tries:
        question = Question(one, other, links, (*given, ordered))
        if simulate(question, Invariants(), problem, ranges, meter).proved:
            return found
    return ""


@attrs.define
class _Map:
    """The range of the parameters, cut into cells until they are settled or the time is up."""

    left: Party
    right: Party
    invariant: Invariant
    along: Ranges
    options: Options
    meter: Meter
    known: dict[tuple[int, tuple[Fraction, ...]], str] = attrs.field(factory=dict)

    def decided(self, blank: Agreement) -> Agreement:
        """The agreement over the whole range."""
        if not self.along:
            return self._at_one_point(blank)
        ways = tuple(self._directions(party) for party in (self.left, self.right))
        sides = {"left": ways[0], "right": ways[1]}
        whole: Cell = tuple(self.along.values())
        todo, safe, unsafe = [whole], [], []
        steered = all(way for directions in ways for way in directions.values())
        splits = SPLITS[len(self.along)] if steered else 6
        for _ in range(splits + 1):
            fresh, todo = todo, []
            for cell in fresh:
                kinds = {self._settled(side, ways[side], cell) for side in (0, 1)}
                if kinds == {"proved"}:
                    safe.append(cell)
                elif kinds == {"refuted"}:
                    unsafe.append(cell)
                else:
                    todo.append(cell)
            difference = self._difference()
            if difference is not None:
                return attrs.evolve(
                    blank,
                    verdict="refuted",
                    method="both decided at one point",
                    difference=difference,
                    directions=sides,
                )
            if not todo or self.meter.exhausted:
                break
            todo.sort(key=self._share)
            todo += _halves(todo.pop(), whole)
        settled = sum((self._share(cell) for cell in (*safe, *unsafe)), Fraction(0))
        answer = attrs.evolve(
            blank,
            method="cells",
            settled=settled,
            safe=tuple(safe),
            unsafe=tuple(unsafe),
            rest=tuple(todo),
            directions=sides,
        )
        if not todo:
            return attrs.evolve(answer, verdict="proved")
        return attrs.evolve(answer, reason=self._why(steered, sides))

    def _at_one_point(self, blank: Agreement) -> Agreement:
        verdicts = [self._decide(party, {}, quick=False) for party in (self.left, self.right)]
        kinds = [verdict.verdict for verdict in verdicts]
        if set(kinds) == {"proved", "refuted"}:
            difference = Difference({}, verdicts[0], verdicts[1])
            return attrs.evolve(
                blank,
                verdict="refuted",
                method="both decided at one point",
                difference=difference,
            )
        if kinds[0] == kinds[1] and kinds[0] in ("proved", "refuted"):
            how = "both keep it" if kinds[0] == "proved" else "both break it"
            return attrs.evolve(blank, verdict="proved", method=f"{how} at this one point")
        reason = "; ".join(
            f"{v.scheme}: {v.verdict.upper()}{', ' + v.reason if v.reason else ''}"
            for v in verdicts
            if v.verdict not in ("proved", "refuted")
        )
        return attrs.evolve(blank, reason=reason)

    def _directions(self, party: Party) -> dict[str, Direction]:
        deadline = time.monotonic() + self.options.timeout / SHARE_OF_TIME
        meter = Meter(self.options.query, min(deadline, self.meter.deadline))
        return {name: direction(party, name, self.along, meter) for name in self.along}

    def _settled(self, side: int, ways: Mapping[str, Direction], cell: Cell) -> str:
        """"proved" or "refuted" if the scheme is so in the whole cell, else ""."""
        if not all(ways.values()):
            self._verdict(side, tuple((low + high) / 2 for low, high in cell))
            return ""
        up = [way == "widening" for way in ways.values()]
        widest = tuple(c[1] if rises else c[0] for c, rises in zip(cell, up, strict=True))
        narrowest = tuple(c[0] if rises else c[1] for c, rises in zip(cell, up, strict=True))
        if self._verdict(side, widest) == "proved":
            return "proved"
        return "refuted" if self._verdict(side, narrowest) == "refuted" else ""

    def _verdict(self, side: int, point: tuple[Fraction, ...]) -> str:
        key = side, point
        if key not in self.known:
            if self.meter.exhausted:
                return ""
            party = (self.left, self.right)[side]
            values = dict(zip(self.along, point, strict=True))
            self.known[key] = self._decide(party, values, quick=True).verdict
        return self.known[key]

    def _decide(self, party: Party, point: Mapping[str, Fraction], quick: bool) -> Verdict:
        name = f"{party.process.name}/{type(self.invariant).__name__.lower()}"
        claim = Claim(name, party.process, self.invariant)
        left = max(0.1, self.meter.deadline - time.monotonic())
        options = attrs.evolve(self.options, timeout=left)
        if quick:
            options = attrs.evolve(options, attack=0, thorough=False, timeout=min(left, QUICK))
        return decide(claim, {**party.values, **point}, options)

    def _difference(self) -> Difference | None:
        """A point at which one is proved and the other refuted, both decided anew."""
        for (side, point), verdict in list(self.known.items()):
            if verdict not in ("proved", "refuted"):
                continue
            if {verdict, self._verdict(1 - side, point)} != {"proved", "refuted"}:
                continue
            values = dict(zip(self.along, point, strict=True))
            verdicts = [self._decide(party, values, False) for party in (self.left, self.right)]
            if {v.verdict for v in verdicts} == {"proved", "refuted"}:
                return Difference(values, verdicts[0], verdicts[1])
        return None

    def _share(self, cell: Cell) -> Fraction:
        """The cell's share of the range."""
        share = Fraction(1)
        for (low, high), (bottom, top) in zip(cell, self.along.values(), strict=True):
            share *= (high - low) / (top - bottom) if top > bottom else Fraction(1)
        return share

    def _why(self, steered: bool, sides: Mapping[str, Mapping[str, str]]) -> str:
        if not steered:
            unsteered = [
                f"{name} in {party.process.name}"
                for party, ways in zip((self.left, self.right), sides.values(), strict=True)
                for name, way in ways.items()
                if not way
            ]
            return (
                "a point settles no cell, as more of a parameter is not shown to mean only more "
                f"runs, or only fewer: {', '.join(unsteered)}"
            )
        if self.meter.exhausted:
            return "the time was up (raise --timeout)"
        return "the schemes turn unsafe within the same undecided cells"


def _halves(cell: Cell, whole: Cell) -> list[Cell]:
    """The cell cut across its longest side, relative to the range."""
    lengths = [
        (high - low) / (top - bottom) if top > bottom else Fraction(0)
        for (low, high), (bottom, top) in zip(cell, whole, strict=True)
    ]
    index = lengths.index(max(lengths))
    low, high = cell[index]
    if low == high:
        return [cell]
    middle = (low + high) / 2
    ends = ((low, middle), (middle, high))
    return [(*cell[:index], half, *cell[index + 1 :]) for half in ends]


