"""Monotone comparison for each mode: ends of boxes that the worst corners lead into one another.

Where flags and counts are moved by nothing but themselves and truths that nature chooses, the modes
that are reached, and which leads to which, are found by trying them all. A box for each of them is
led into those of the next exactly where finitely many inequalities between their ends hold, if each
output rises or falls in each input (``post_fixpoint`` asks the same of a single box). The solver
finds such ends, or none, also where runs come as near to a limit as they like. What it finds is a
candidate like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, satisfy
from checker.invariants.interval_analysis import MIXED, sampled_signs
from checker.invariants.turns import short_number
from checker.system.problem import Problem, with_choices
from checker.system.region import Array, Box, pinned, region_of, seed_box
from spec.fields import FieldDomain
from spec.nature import ChoiceRole
from spec.nodes import name_of
from spec.terms import numeral

Mode = tuple[int, ...]
"""The values of the flags and small counts, in the order of the fields."""

MOST_MODES = 64
MOST_TRUTHS = 6
SECONDS = 5.0
"""For all ends together."""

End = tuple[Mode, int, bool]
"""A mode, a field's index, and whether it is the upper end."""


def is_discrete(field: FieldDomain) -> bool:
    """Whether a field has few values, so that each can be a mode."""
    return field.kind != "real" and not field.unbounded and field.high - field.low < MOST_MODES


@attrs.frozen
class Edge:
    """A step from one mode to another, under some truths that nature chooses."""

    source: Mode
    target: Mode
    truths: Mapping[int, bool]
    """By the choice's number."""

    def chosen(self, uppers: Sequence[bool]) -> list[bool]:
        """Whether each choice is at its upper end, where the others are as told."""
        return [self.truths.get(number, upper) for number, upper in enumerate(uppers)]


def edges_of(problem: Problem) -> list[Edge]:
    """The steps between the modes that are reached, from the seed's on; none where something else
    moves these, or they are too many.

    Only for a problem composed to one step; one without flags and counts has one mode.
    """
    (step,), agent = problem.steps, problem.agent
    discrete = [i for i, field in enumerate(agent.fields) if is_discrete(field)]
    truths = [n for n, c in enumerate(step.stage.choices) if c.role is ChoiceRole.TRUTH]
    first = tuple(short_number(problem.seed[i]) for i in discrete)
    moved = [step.stage.outputs[i] for i in discrete]
    known = {name_of(agent.symbols[i]) for i in discrete}
    known |= {name_of(step.stage.choices[n].symbol) for n in truths}
    read = frozenset[str]().union(*map(constants, moved))
    asked = [n for n in truths if name_of(step.stage.choices[n].symbol) in read]
    if None in first or not read <= known or len(asked) > MOST_TRUTHS:
        return []
    found: list[Edge] = []
    todo, seen = [_mode(first)], {_mode(first)}
    while todo:
        mode = todo.pop(0)
        here = [(agent.symbols[i], z3.IntVal(n)) for i, n in zip(discrete, mode, strict=True)]
        for values in itertools.product((False, True), repeat=len(asked)):
            chosen = dict(zip(asked, values, strict=True))
            pairs = [
                *here,
                *((step.stage.choices[n].symbol, z3.RealVal(int(v))) for n, v in chosen.items()),
            ]
            after = tuple(short_number(z3.substitute(term, *pairs)) for term in moved)
            if None in after or len(seen) > MOST_MODES:
                return []
            target = _mode(after)
            found.append(Edge(mode, target, chosen))
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return found


def _mode(values: Sequence[Fraction | None]) -> Mode:
    return tuple(int(value) for value in values if value is not None)


def ends_by_mode(
    problem: Problem, edges: Sequence[Edge], budget: QueryBudget
) -> dict[Mode, Box] | None:
    """A box for each mode that is reached, which should lead into those of the next and meets the
    clauses; None where signs are mixed, or the solver finds none in time.

    Only for a problem composed to one step, from one seed, with edges.
    """
    return _Ends(problem, edges).found(budget)


class _Ends:
    """The ends of the boxes, as numbers that the solver looks for."""

    def __init__(self, problem: Problem, edges: Sequence[Edge]) -> None:
        (self.step,) = problem.steps
        self.problem, self.edges, self.agent = problem, edges, problem.agent
        self.named = {name_of(symbol): i for i, symbol in enumerate(self.agent.symbols)}
        self.discrete = [i for i, field in enumerate(self.agent.fields) if is_discrete(field)]
        self.region = region_of(problem)
        self.modes = list(dict.fromkeys(edge.source for edge in edges))
        self.signs = {mode: self._signs(mode) for mode in self.modes}
        self.read = sorted(self._read())
        self.ends: dict[End, z3.ExprRef] = {}

    def _signs(self, mode: Mode) -> Array:
        """Which way each output moves with each input, where the mode is this one."""
        return sampled_signs(self.problem, pinned(self.region, self._numbers(mode)))

    def _numbers(self, mode: Mode) -> dict[int, Fraction]:
        """The values of the fields that make the mode, by index."""
        return dict(zip(self.discrete, map(Fraction, mode), strict=True))

    def _read(self) -> set[int]:
        """The fields that clauses of the claim read, but for those that make the mode."""
        conditions = [clause.condition for clause in self.problem.claimed(self.agent)]
        names = frozenset[str]().union(*map(constants, conditions))
        return {self.named[name] for name in names if name in self.named} - {*self.discrete}

    def found(self, budget: QueryBudget) -> dict[Mode, Box] | None:
        """The boxes, if there are any."""
        wanted = self._wanted()
        if wanted is None:
            return None
        for mode, index, top in wanted:
            name = f"{'top' if top else 'bottom'} of {self.agent.fields[index].name} in {mode}"
            self.ends[mode, index, top] = z3.Const(name, self.agent.symbols[index].sort())
        outcome = satisfy([*self._bounded(), *self._led(), *self._safe()], budget, SECONDS)
        if not outcome.may_be_met:
            return None
        values = {
            key: outcome.values.get(str(end), self.region[key[1]][key[2]])
            for key, end in self.ends.items()
        }
        return {mode: self._box(mode, values) for mode in self.modes}

    def _box(self, mode: Mode, values: Mapping[End, Fraction]) -> Box:
        box = [
            (values.get((mode, i, False), low), values.get((mode, i, True), high))
            for i, (low, high) in enumerate(self.region)
        ]
        return pinned(tuple((min(ends), max(ends)) for ends in box), self._numbers(mode))

    def _wanted(self) -> list[End] | None:
        """The ends that the clauses depend on, through any number of steps; None where a sign is
        mixed."""
        into: dict[Mode, list[Mode]] = {mode: [] for mode in self.modes}
        for edge in self.edges:
            into[edge.target].append(edge.source)
        todo = [(mode, i, top) for mode in self.modes for i in self.read for top in (False, True)]
        ends: dict[End, None] = {}
        while todo:
            target, index, top = end = todo.pop()
            if end in ends:
                continue
            ends[end] = None
            for mode in into[target]:
                for source in range(len(self.agent.fields)):
                    sign = self.signs[mode][index, source]
                    if sign == MIXED:
                        return None
                    if sign and source not in self.discrete:
                        todo.append((mode, source, top if sign > 0 else not top))
        return list(ends)

    def _bounded(self) -> Iterator[z3.BoolRef]:
        """That the ends are within the region, and around the seed in its mode."""
        start = seed_box(self.problem)
        first = self.edges[0].source
        for (mode, index, top), end in self.ends.items():
            low, high = self.region[index]
            yield numeral(low) <= end
            yield end <= numeral(high)
            if mode == first:
                seed = numeral(start[index][top])
                yield end >= seed if top else end <= seed

    def _led(self) -> Iterator[z3.BoolRef]:
        """That each box is led into those of the modes that come next."""
        for edge in self.edges:
            for (mode, index, top), end in self.ends.items():
                if mode == edge.target:
                    value = self._at_corner(edge, index, top)
                    yield value <= end if top else value >= end

    def _at_corner(self, edge: Edge, index: int, top: bool) -> z3.ExprRef:
        """An output's term at the corner where it should be greatest (or least)."""
        signs = self.signs[edge.source][index]
        uppers = [bool((sign > 0) == top) for sign in signs]
        here = self._corner(edge.source, uppers)
        choices = edge.chosen(uppers[len(here) :])
        pairs = with_choices(here, self.step.stage.choices, choices)
        return z3.substitute(self.step.stage.outputs[index], *pairs)

    def _corner(self, mode: Mode, tops: Sequence[bool]) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """Each field of a mode at one of its ends."""
        values = dict(zip(self.discrete, mode, strict=True))
        pairs = []
        for index, symbol in enumerate(self.agent.symbols):
            if index in values:
                pairs.append((symbol, z3.IntVal(values[index])))
            else:
                bound = numeral(self.region[index][tops[index]])
                pairs.append((symbol, self.ends.get((mode, index, tops[index]), bound)))
        return pairs

    def _safe(self) -> Iterator[z3.BoolRef]:
        """The clauses at every corner of the fields that they read, in each mode."""
        for mode in self.modes:
            for clause in self.problem.claimed(self.agent):
                names = constants(clause.condition)
                read = sorted({self.named[n] for n in names if n in self.named} & {*self.read})
                for tops in itertools.product((False, True), repeat=len(read)):
                    upper = dict(zip(read, tops, strict=True))
                    everywhere = [upper.get(i, False) for i in range(len(self.agent.fields))]
                    yield z3.substitute(clause.condition, *self._corner(mode, everywhere))
