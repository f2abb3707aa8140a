"""Runs that pass through any state between two: a claim that breaks only if nature takes care.

Theorem (docs/theory/regions.md, "Passed through"). Where a step reads one number of the state, and
what it makes of that number is continuous, the numbers that runs may have after k steps are an
interval. So a claim breaks if some step breaks it from any number between two that are reached.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.algebraic import simplest
from checker.backends.solver import QueryBudget, constants, follows
from checker.parameters.continuity import is_continuous
from checker.parameters.free_runs import FreeRun
from checker.parameters.observable import steady_fields
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.problem import Clause, ClauseKind, Problem, Step, numeral_value, with_choices
from spec.errors import SpecError
from spec.nature import Choice
from spec.nodes import name_of, topological
from spec.terms import numeral

LONGEST = 6
"""Steps before the state that is passed through."""
MOST_CHOICES = 3
"""Choices of which every combination of ends is tried."""
MOST_NODES = 400
"""Of a step's terms."""
SLACK = 256
"""What a numeral for an end gives away is at most one over this of the interval's width."""

Pairs = list[tuple[z3.ExprRef, z3.ExprRef]]


@attrs.frozen
class OneNumber:
    """A loop whose step reads one number of the state, and steady fields.

    Args:
        whole: the loop.
        problem: the same with fewer choices: the others are at their least.
        place: which field is the number.
        steady: which fields no choice moves.
    """

    whole: Problem
    problem: Problem
    place: int
    steady: tuple[int, ...]

    @property
    def symbol(self) -> z3.ExprRef:
        """The number's symbol."""
        return self.problem.agent.symbols[self.place]

    def here(self, value: z3.ExprRef, steady: Sequence[z3.ExprRef]) -> Pairs:
        """The fields that are read, at some values."""
        symbols = self.problem.agent.symbols
        known = zip((symbols[index] for index in self.steady), steady, strict=True)
        return [(self.symbol, value), *known]

    def put(self, index: int, here: Pairs, tops: Sequence[bool]) -> z3.ExprRef:
        """A field after a step with choices at their ends."""
        stage = self.problem.steps[0].stage
        pairs = with_choices(here, stage.choices, tops)
        return z3.simplify(z3.substitute(stage.outputs[index], *pairs))


@attrs.frozen
class Between:
    """Two numbers between which runs pass through all, and the steady fields then."""

    low: z3.ExprRef
    high: z3.ExprRef
    steady: tuple[z3.ExprRef, ...]


def one_number(problem: Problem) -> OneNumber | None:
    """A loop of one step as one that reads one number, if it does so once those choices are at
    their least that do not move that number."""
    (step,) = problem.steps
    stage, symbols = step.stage, step.source.symbols
    if len(topological(stage.outputs)) > MOST_NODES:
        return None
    for place, symbol in enumerate(symbols):
        if not z3.is_real(symbol):
            continue
        fewer = _with_choices_of(problem, place)
        (less,) = fewer.steps
        steady = tuple(steady_fields(fewer))
        read = frozenset[str]().union(*map(constants, less.stage.terms))
        others = {name_of(s) for n, s in enumerate(symbols) if n != place and n not in steady}
        moved = place not in steady and 0 < len(less.stage.choices) <= MOST_CHOICES
        if moved and not read & others:
            return OneNumber(problem, fewer, place, steady)
    return None


def _with_choices_of(problem: Problem, place: int) -> Problem:
    """A loop whose choices that do not move a field are at their least."""
    (step,) = problem.steps
    stage = step.stage
    moving = constants(stage.outputs[place])
    for choice in reversed(stage.choices):
        if name_of(choice.symbol) in moving:
            moving |= constants(choice.low) | constants(choice.high)
    pairs: Pairs = []
    free: list[Choice] = []
    for choice in stage.choices:
        low, high = (z3.substitute(end, *pairs) for end in (choice.low, choice.high))
        if name_of(choice.symbol) in moving:
            free.append(attrs.evolve(choice, low=low, high=high))
        else:
            pairs.append((choice.symbol, low))
    fewer = attrs.evolve(
        stage,
        choices=tuple(free),
        outputs=tuple(z3.substitute(term, *pairs) for term in stage.outputs),
        sides=tuple(
            attrs.evolve(side, condition=z3.substitute(side.condition, *pairs))
            for side in stage.sides
        ),
    )
    return attrs.evolve(problem, steps=(Step(fewer, step.source, step.target),))


def passed_through(
    loop: OneNumber,
    symbol: z3.ArithRef,
    values: Sequence[Fraction],
    where: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> Iterator[Between]:
    """Numbers between which runs pass through all after one step, after two and so on, at every
    value of the parameter that meets ``where``; ``values`` are some that do or nearly do."""
    seed = loop.problem.seed
    here = Between(seed[loop.place], seed[loop.place], tuple(seed[index] for index in loop.steady))
    if not _is_one_piece(loop, here, where, budget):
        return
    for steps in range(LONGEST):
        there = _after(loop, here, symbol, values[len(values) // 2])
        if there is not None and steps:
            there = _numerals(there, symbol, values, where, budget)
        if there is None or not _is_one_piece(loop, there, where, budget):
            return
        yield there
        here = there


def _is_one_piece(
    loop: OneNumber, here: Between, where: Sequence[z3.BoolRef], budget: QueryBudget
) -> bool:
    """Whether the step is defined, with a value for each choice, and continuous, from every number
    between two."""
    (step,) = loop.problem.steps
    steady = loop.here(loop.symbol, here.steady)[1:]
    known = [here.low <= loop.symbol, loop.symbol <= here.high, *(f == v for f, v in steady)]
    held = [Clause("passed through", part, ClauseKind.BOUND) for part in known]
    ends = [end for choice in step.stage.choices for end in (choice.low, choice.high)]
    terms = [step.stage.outputs[loop.place], *ends]
    return met(preservation(loop.whole.steps[0], held, ()), budget, where) and is_continuous(
        terms, [*where, *known, step.stage.bounds], budget
    )


def _after(loop: OneNumber, here: Between, symbol: z3.ArithRef, value: Fraction) -> Between | None:
    """The least and the greatest number, at a value of the parameter, that ends lead to."""
    found: list[tuple[Fraction, z3.ExprRef]] = []
    choices = len(loop.problem.steps[0].stage.choices)
    for start in (here.low, here.high):
        for tops in itertools.product((False, True), repeat=choices):
            term = loop.put(loop.place, loop.here(start, here.steady), tops)
            at_value = _value(term, symbol, value)
            if at_value is None:
                return None
            found.append((at_value, term))
    low, high = (extreme(found, key=lambda pair: pair[0])[1] for extreme in (min, max))
    pairs = loop.here(here.low, here.steady)
    outputs = loop.problem.steps[0].stage.outputs
    steady = (z3.simplify(z3.substitute(outputs[index], *pairs)) for index in loop.steady)
    return Between(low, high, tuple(steady))


def _numerals(
    there: Between,
    symbol: z3.ArithRef,
    values: Sequence[Fraction],
    where: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> Between | None:
    """Numerals between the ends at all values; None if none are proved to be."""
    lows = [_value(there.low, symbol, value) for value in values]
    highs = [_value(there.high, symbol, value) for value in values]
    known_lows, known_highs = ([v for v in ends if v is not None] for ends in (lows, highs))
    if len(known_lows) < len(values) or len(known_highs) < len(values):
        return None
    low, high = max(known_lows), min(known_highs)
    if low >= high:
        return None
    slack = (high - low) / SLACK
    inner_low = numeral(simplest(low + slack / 2, low + slack))
    inner_high = numeral(simplest(high - slack, high - slack / 2))
    inside = z3.And(there.low <= inner_low, inner_high <= there.high)
    shown = follows(where, inside, budget).valid
    return attrs.evolve(there, low=inner_low, high=inner_high) if shown else None


def _value(term: z3.ExprRef, symbol: z3.ArithRef, value: Fraction) -> Fraction | None:
    try:
        return numeral_value(z3.simplify(z3.substitute(term, (symbol, numeral(value)))))
    except SpecError:
        return None


def passing_run(loop: OneNumber, between: Between) -> FreeRun:
    """That some step from a number that runs pass through breaks a clause; the number is the first
    choice."""
    (step,) = loop.problem.steps
    stage, symbols = step.stage, loop.problem.agent.symbols
    steady = loop.here(loop.symbol, between.steady)[1:]
    passed = Choice("passed through", loop.symbol, between.low, between.high, "", "")

    def put(term: z3.ExprRef) -> z3.ExprRef:
        return z3.substitute(term, *steady) if steady else term

    choices = [attrs.evolve(c, low=put(c.low), high=put(c.high)) for c in stage.choices]
    after = list(zip(symbols, map(put, stage.outputs), strict=True))
    exists = (*passed.within, put(stage.bounds), *(put(side.condition) for side in stage.sides))
    breaks = z3.Not(z3.substitute(loop.problem.safe(loop.problem.agent), *after))
    return FreeRun((passed, *choices), exists, breaks, held=1)
