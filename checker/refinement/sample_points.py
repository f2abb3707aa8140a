"""Points at which witnesses are guessed and tried: exact values for all symbols but those of the
second system's choices."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.evaluator import EXACT, compile_terms
from checker.refinement.compared import Ranges
from checker.refinement.simulation import Invariants, RefinementQuestion, valued
from checker.system.problem import Problem
from checker.system.replay import Units, as_fraction, replay
from spec.errors import SpecError
from spec.nodes import name_of
from spec.terms import numeral

SamplePoint = Mapping[z3.ExprRef, z3.ExprRef]
"""A number for every symbol but those of the second system's choices."""

SHARES = 96
"""Parts into which an interval is cut, between which sample values are drawn."""


@attrs.frozen(slots=False)
class Sampler:
    """Points that meet a question's hypotheses."""

    question: RefinementQuestion
    held: Invariants
    ranges: Ranges

    @cached_property
    def _inputs(self) -> list[z3.ExprRef]:
        q = self.question
        spare = [q.other.state[i] for i in q.unlinked]
        return [*q.first.state, *spare, *q.first.free.values()]

    def points(self, problem: Problem, count: int) -> list[SamplePoint]:
        """Up to ``count`` points; half of the states lie on the first system's runs."""
        generator = random.Random(2019)
        program = compile_terms(
            self._inputs,
            self.question.first.choices,
            [z3.And(*self.question.hypotheses(self.held))],
        ).bind(EXACT)
        visited = _visited(problem, generator)
        symbols = [choice.symbol for choice in self.question.first.choices]
        found: list[SamplePoint] = []
        for trial in range(12 * count):
            state = self._state(visited, trial, generator)
            units = [_share(trial, generator) for _ in symbols]
            inputs = [EXACT.constant(v) for v in state]
            (fits,), chosen, widths = program(inputs, [EXACT.constant(u) for u in units])
            if fits is not True or any(not _is_number(v) for v in (*chosen, *widths)):
                continue
            numbers = [self._numeral(s, v) for s, v in zip(self._inputs, state, strict=True)]
            picked = [numeral(as_fraction(v)) for v in chosen]
            found.append(dict(zip([*self._inputs, *symbols], [*numbers, *picked], strict=True)))
            if len(found) >= count:
                break
        return found

    def at(self, values: Mapping[str, Fraction]) -> SamplePoint | None:
        """The point of a solver's answer, if it meets the hypotheses exactly."""
        symbols = [*self._inputs, *(c.symbol for c in self.question.first.choices)]
        point = {s: self._numeral(s, values.get(name_of(s), Fraction(0))) for s in symbols}
        fits = valued(z3.And(*self.question.hypotheses(self.held)), point)
        return point if z3.is_true(fits) else None

    def _state(
        self, visited: Sequence[Sequence[Fraction]], trial: int, generator: random.Random
    ) -> list[Fraction]:
        first, other = self.question.first, self.question.other
        state = list(generator.choice(visited)) if visited else []
        for index, field in enumerate(first.fields):
            if not visited or trial % 4 == 1 or (trial % 4 == 3 and generator.random() < 0.4):
                value = _between(field.low, field.high, field.kind != "real", generator)
                state[index : index + 1] = [value]
        linked = {link.second: link for link in self.question.links}
        for index in self.question.unlinked:
            field, link = other.fields[index], linked.get(index)
            low = field.low if link is None else max(field.low, min(state[link.first], field.high))
            state.append(_between(low, field.high, field.kind != "real", generator))
        for name in first.free:
            low, high = self.ranges[name]
            state.append(generator.choice([low, high, _between(low, high, False, generator)]))
        return state

    @staticmethod
    def _numeral(symbol: z3.ExprRef, value: Fraction) -> z3.ExprRef:
        return z3.IntVal(int(value)) if z3.is_int(symbol) else numeral(value)


def _is_number(value: object) -> bool:
    return hasattr(value, "p") or isinstance(value, int)


def _share(trial: int, generator: random.Random) -> Fraction:
    if trial % 3 == 2:
        return Fraction(generator.choice([0, 1]))
    return Fraction(generator.randint(1, SHARES), SHARES + 1)


def _between(low: Fraction, high: Fraction, whole: bool, generator: random.Random) -> Fraction:
    if whole:
        return Fraction(generator.randint(int(low), int(high)))
    return low + (high - low) * Fraction(generator.randint(0, SHARES), SHARES)


def _visited(problem: Problem, generator: random.Random) -> list[list[Fraction]]:
    """The states of a few short runs: all choices low, all high, and two runs at random."""
    found: list[list[Fraction]] = []
    for fixed in (Fraction(0), Fraction(1), None, None):
        try:
            run = replay(problem, _units(problem, fixed, generator), 4)
        except SpecError:
            continue
        if run is None:
            continue
        states = [run.seed]
        states += [step.after for step in run.steps if step.step == problem.steps[-1].name]
        found += [[(e.low + e.high) / 2 for e in state.values()] for state in states]
    return [state for state in found if max(v.denominator for v in state).bit_length() < 400]


def _units(problem: Problem, fixed: Fraction | None, generator: random.Random) -> Units:
    """The same place within all bounds, or a random one for each choice."""

    def units(iteration: int, stage: int) -> list[Fraction]:
        width = len(problem.steps[stage].stage.choices)
        if fixed is not None:
            return [fixed] * width
        return [Fraction(generator.randint(0, 4), 4) for _ in range(width)]

    return units


def number_of(value: z3.ExprRef) -> Fraction:
    """The number that a numeral of a sample point is."""
    return Fraction(value.as_long() if z3.is_int_value(value) else value.as_fraction())
