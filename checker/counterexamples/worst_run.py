"""Long rigorous runs: the worst run of a monotone problem, its lower and upper end apart.

A ball that holds a state loses its digits within a hundred iterations, because it forgets that the
same number stands at several places. Here the run is enclosed by two exact points instead. Where
the step is monotone, the image of the better point, rounded for the better, stays below the run,
and that of the worse point above it; the enclosure then grows by rounding alone. When the claim is
undecided between the two points the precision is doubled and the run is followed anew.

A step that leaves nature no value has no successor, and then there is no run to follow. Either the
solver shows that no safe state is such a one, or the widths of nature's bounds are watched on the
way, over everything between the two points.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import Enum
from fractions import Fraction
from typing import Any

import flint

from checker.backends.curves import has_curves
from checker.backends.evaluator import BALLS, EXACT, compile_terms
from checker.backends.rounding import precision
from checker.backends.solver import QueryBudget
from checker.invariants.monotone import Order
from checker.system.gaps import always_a_successor
from checker.system.problem import Clause, Problem
from checker.system.replay import (
    Arithmetic,
    ArithmeticKind,
    Enclosure,
    Run,
    TraceStep,
    Undecided,
    chosen_of_seed,
    false_conjuncts,
    high_end,
    low_end,
    require_choices,
)

FIRST_BITS, MOST_BITS = 64, 4096
KEPT = 3
AT_A_STRETCH = 256
"""Iterations after which the clock is looked at."""


class _Ending(Enum):
    """Why a run is not followed any further, other than by a break."""

    STAYS = "stays"
    """The enclosure has come to rest, or the iterations are used up."""
    UNDECIDED = "undecided"
    """The working precision does not tell whether a clause holds, or nature has a choice."""
    LATE = "late"
    """The time is over."""


def follow_worst_run(
    problem: Problem, order: Order, most: int, budget: QueryBudget | None = None
) -> Run | None:
    """Follow the worst run until a claimed clause breaks.

    Args:
        problem: a loop composed to one step.
        order: which way is worse; it must have been proved.
        most: iterations for which the run is followed.
        budget: limits on the queries, and the time when all is over.

    Returns:
        the broken run, with its first and last steps; None when nothing breaks within ``most``
        iterations or in time, or it is undecided at the greatest precision.

    Raises:
        SpecError: when the run leaves nature nothing to choose from.
    """
    budget = budget or QueryBudget(2.0)
    watched = not always_a_successor(problem, budget)
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        found: Run | _Ending = _Ending.UNDECIDED
        with precision(bits), suppress(Undecided):
            found = _TwoEndedRun(problem, order, bits, watched).follow(most, budget)
        if found is not _Ending.UNDECIDED:
            return found if isinstance(found, Run) else None
        bits *= 2
    return None


def _chosen(problem: Problem) -> Mapping[str, Enclosure]:
    """What nature chose of the seed: exactly where that can be, since a choice whose bounds meet is
    none that balls could tell."""
    read = [term for each in problem.began for term in (each.choice.low, each.choice.high)]
    curved = has_curves([*read, *(side.condition for side in problem.seed_sides)])
    return chosen_of_seed(problem, BALLS if curved else EXACT)


class _TwoEndedRun:
    """The worst run at one working precision, enclosed by a better and a worse point."""

    def __init__(self, problem: Problem, order: Order, bits: int, watched: bool) -> None:
        (self.step,) = problem.steps
        self.agent, self.order, self.bits, self.watched = problem.agent, order, bits, watched
        self.cone = sorted(order.worse)
        self.known = sorted([*self.cone, *order.same])
        self.taken = 0
        self.kept: tuple[int, tuple[Any, Any]] = (1, (None, None))
        self.clauses = problem.claimed(self.agent)
        conditions = [clause.condition for clause in self.clauses]
        self.program = self.step.program.bind(BALLS)
        self.guard = compile_terms(self.agent.symbols, (), conditions).bind(BALLS)
        sides = [side.condition for side in self.step.stage.sides]
        self.sides = compile_terms(self.agent.symbols, self.step.stage.choices, sides).bind(BALLS)
        self.units = [flint.arb(int(top)) for top in order.tops]
        endless = flint.arb("inf")
        self.bounds = [
            (BALLS.constant(f.low), endless if f.unbounded else BALLS.constant(f.high))
            for f in self.agent.fields
        ]
        seed = problem.seed_in(BALLS)
        self.chosen = _chosen(problem)
        self.seed_units = tuple(each.unit for each in problem.began)
        self.better, self.worse = list(seed), list(seed)
        for i in self.cone:
            self.better[i] = _end(seed[i], -order.worse[i])
            self.worse[i] = _end(seed[i], order.worse[i])
        self.start = self._state(self.better, self.worse)
        self.head: list[tuple[int, Any, Any]] = []
        self.tail: deque[tuple[int, Any, Any]] = deque(maxlen=KEPT + 1)

    def follow(self, most: int, budget: QueryBudget) -> Run | _Ending:
        """The run until a clause breaks, or why it is not followed any further."""
        for iteration in range(most + 1):
            if iteration % AT_A_STRETCH == 0 and budget.exhausted:
                return _Ending.LATE
            (self.head if iteration <= KEPT else self.tail).append(
                (iteration, self.better, self.worse)
            )
            if not all(t is True for t in self.guard(self.worse, ())[0]):
                truths = self.guard(self.better, ())[0]  # what holds at the worse point holds here
                broken = [c for c, t in zip(self.clauses, truths, strict=True) if t is False]
                return self._broken(iteration, broken) if broken else _Ending.UNDECIDED
            if self.watched and not self._has_a_successor(iteration + 1):
                return _Ending.UNDECIDED
            if not self._advance():
                return _Ending.STAYS
        return _Ending.STAYS

    def _has_a_successor(self, iteration: int) -> bool:
        """Whether the step is surely defined and has choices, all over what lies between the
        points."""
        between = [low.union(high) for low, high in self.bounds]
        for i in self.known:
            between[i] = self.better[i].union(self.worse[i])
        widths = self.program(between, self.units)[2]
        require_choices(self.step.stage.choices, widths, iteration)
        if not all(truth is True for truth in self.sides(between, self.units)[0]):
            return False
        return all(width >= 0 for width in widths)

    def _advance(self) -> bool:
        """Take one iteration, each end rounded outward; whether the ends are new.

        They are compared with those before, and with those after the greatest power of two of
        iterations: then no round in which they turn is missed (Brent, "An improved Monte Carlo
        factorization algorithm", BIT 20, 1980).
        """
        low = self.program(self.better, self.units)[0]
        high = self.program(self.worse, self.units)[0]
        better, worse = list(self.better), list(self.worse)
        for i in self.order.same:
            better[i] = worse[i] = low[i]
        for i in self.cone:
            sign = self.order.worse[i]
            better[i] = _clamped(_end(low[i], -sign), self.bounds[i])
            worse[i] = _clamped(_end(high[i], sign), self.bounds[i])
        due, earlier = self.kept
        moved = (better, worse) not in ((self.better, self.worse), earlier)
        self.better, self.worse = better, worse
        self.taken += 1
        if self.taken == due:
            self.kept = (2 * due, (better, worse))
        return moved

    def _broken(self, iteration: int, broken: Sequence[Clause]) -> Run:
        steps = [
            TraceStep(b[0], self.step.name, self._state(*a[1:]), {}, self._state(*b[1:]), None)
            for a, b in itertools.pairwise([*self.head, *self.tail])
            if b[0] == a[0] + 1
        ]
        arithmetic = Arithmetic(ArithmeticKind.TWO_ENDED, self.bits)
        name = self.agent.name
        tops = tuple(Fraction(int(top)) for top in self.order.tops)
        plan = ((iteration, tops),) if iteration else ()
        label, false = broken[0].label, false_conjuncts(broken)
        return Run(
            self.start,
            tuple(steps),
            iteration,
            name,
            label,
            arithmetic,
            plan=plan,
            seed_chosen=self.chosen,
            seed_units=self.seed_units,
            conjuncts=false,
        )

    def _state(self, better: Any, worse: Any) -> dict[str, Enclosure]:
        named = {}
        for i in self.known:
            ends = (better[i], worse[i])
            enclosed = Enclosure(min(map(low_end, ends)), max(map(high_end, ends)))
            named[self.agent.fields[i].name] = enclosed
        return named


def _end(value: Any, sign: int) -> Any:
    return value.upper() if sign > 0 else value.lower()


def _clamped(value: Any, bounds: tuple[Any, Any]) -> Any:
    """The value, in the field's domain: the run itself was proved not to leave it."""
    low, high = bounds
    return low if value < low else (high if value > high else value)
