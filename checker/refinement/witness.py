"""Witnesses of a simulation: guessed at points, and believed only when the solver agrees.

At a point every other value is a number, so whether the second system can answer is a small
question about its choices alone. They are given terms one after the other, such that the point
stays answerable: the first system's choice of the same name, the solution of an equation between
outputs, an end of the bounds, or the same share of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.evaluator import EXACT, compile_terms
from checker.backends.solver import QueryBudget, constants, satisfy
from checker.refinement.simulation import Case, Chosen, Invariants, RefinementQuestion, valued
from checker.system.problem import Problem
from checker.system.replay import as_fraction, replay
from spec.errors import SpecError
from spec.terms import numeral
from spec.trace import topological

SamplePoint = Mapping[z3.ExprRef, z3.ExprRef]
"""A number for every symbol but those of the second system's choices."""

MOST_BRANCHES = 8
SHARES = 96


@attrs.frozen(slots=False)
class Sampler:
    """Points that meet a question's hypotheses."""

    question: RefinementQuestion
    held: Invariants
    ranges: Mapping[str, tuple[Fraction, Fraction]]

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
        point = {s: self._numeral(s, values.get(s.decl().name(), Fraction(0))) for s in symbols}
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
    """The states of a few short runs."""
    found: list[list[Fraction]] = []
    for kind in range(4):

        def units(iteration: int, stage: int, kind: int = kind) -> list[Fraction]:
            width = len(problem.steps[stage].stage.choices)
            if kind < 2:
                return [Fraction(kind)] * width
            return [Fraction(generator.randint(0, 4), 4) for _ in range(width)]

        try:
            run = replay(problem, units, 4)
        except SpecError:
            continue
        if run is None:
            continue
        states = [run.seed]
        states += [m.after for m in run.steps if m.step == problem.steps[-1].name]
        found += [[(e.low + e.high) / 2 for e in state.values()] for state in states]
    return [state for state in found if max(v.denominator for v in state).bit_length() < 400]


def case_at(question: RefinementQuestion, point: SamplePoint, budget: QueryBudget) -> Case | str:
    """A case that answers a point, as terms that are meant for all points.

    Returns:
        the case; "unmatched" if nothing the second system may choose answers the point; or
        "none" if no term that is tried does.
    """
    left = valued(question.match(), point)
    answer = satisfy([left], budget).answer
    if answer != "fails":
        return "unmatched" if answer == "proved" else "none"
    terms: dict[int, Chosen] = {}
    todo = list(question.other.choices)
    while todo:
        step = _next(question, point, left, [c.symbol for c in todo], terms, budget)
        if step is None:
            return "none"
        chosen, left = step
        terms[chosen.symbol.get_id()] = chosen
        todo = [c for c in todo if not c.symbol.eq(chosen.symbol)]
    return tuple(terms[c.symbol.get_id()] for c in question.other.choices)


def _next(
    question: RefinementQuestion,
    point: SamplePoint,
    left: z3.ExprRef,
    todo: Sequence[z3.ArithRef],
    terms: Mapping[int, Chosen],
    budget: QueryBudget,
) -> tuple[Chosen, z3.ExprRef] | None:
    """The next choice that gets a term, and what is left to be answered at the point."""
    given = [(chosen.symbol, chosen.term) for chosen in terms.values()]
    for tier in (_namesake, _solved, _by_bounds):
        for symbol in todo:
            for how, raw in tier(question, symbol, given):
                term = z3.substitute(raw, *given) if given else raw
                if any(s.decl().name() in constants(term) for s in todo):
                    continue
                value = valued(term, point)
                if not z3.is_rational_value(value):
                    continue
                remaining = z3.simplify(z3.substitute(left, (symbol, value)))
                if satisfy([remaining], budget).answer == "fails":
                    name = next(c.name for c in question.other.choices if c.symbol.eq(symbol))
                    return Chosen(name, how, symbol, term), remaining
    return None


Recipes = Iterator[tuple[str, z3.ExprRef]]
Given = Sequence[tuple[z3.ExprRef, z3.ExprRef]]


def _namesake(question: RefinementQuestion, symbol: z3.ArithRef, given: Given) -> Recipes:
    twin = _twin(question, symbol)
    if twin is not None:
        yield "the same", twin[0]


def _called(name: str, whole: bool) -> str:
    return name if whole else name.rpartition(": ")[2]


def _twin(
    question: RefinementQuestion, symbol: z3.ArithRef
) -> tuple[z3.ArithRef, z3.ArithRef, z3.ArithRef] | None:
    """The first system's choice of the same name and its bounds; stages may be named apart."""
    name = next(c.name for c in question.other.choices if c.symbol.eq(symbol))
    choices = question.first.choices
    for whole in (True, False):
        same = [c for c in choices if _called(c.name, whole) == _called(name, whole)]
        if len(same) == 1:
            return same[0].symbol, same[0].low, same[0].high
    return None


def _solved(question: RefinementQuestion, symbol: z3.ArithRef, given: Given) -> Recipes:
    """Solutions of an output's equation, branch by branch, where the symbol occurs linearly."""
    for link in question.links:
        output = question.other.outputs[link.second]
        output = z3.substitute(output, *given) if given else output
        if symbol.decl().name() not in constants(output) or not z3.is_real(output):
            continue
        target = question.first.outputs[link.first]
        for leaf in _branches(output, symbol):
            at_zero, at_one, at_two = (
                z3.substitute(leaf, (symbol, numeral(Fraction(n)))) for n in (0, 1, 2)
            )
            slope = z3.simplify(at_one - at_zero, som=True)
            if z3.is_rational_value(slope) and slope.as_fraction() == 0:
                continue
            bend = z3.simplify(at_two - 2 * at_one + at_zero, som=True)
            if not (z3.is_rational_value(bend) and bend.as_fraction() == 0):
                continue
            solution = (target - at_zero) / slope
            if not z3.is_rational_value(slope):
                solution = z3.If(slope == 0, numeral(Fraction(0)), solution)
            yield f"what gives the same {link.name}", z3.simplify(solution)


def _branches(term: z3.ExprRef, symbol: z3.ExprRef) -> list[z3.ExprRef]:
    """The term without conditionals, once for each way through those that read the symbol."""
    done: list[z3.ExprRef] = []
    todo = [term]
    while todo and len(done) < MOST_BRANCHES:
        here = todo.pop()
        fork = next(
            (
                node
                for node in reversed(topological([here]))
                if z3.is_app_of(node, z3.Z3_OP_ITE) and symbol.decl().name() in constants(node)
            ),
            None,
        )
        if fork is None:
            if symbol.decl().name() in constants(here):
                done.append(here)
            continue
        _, then, otherwise = fork.children()
        todo += [z3.substitute(here, (fork, otherwise)), z3.substitute(here, (fork, then))]
    return done


def _by_bounds(question: RefinementQuestion, symbol: z3.ArithRef, given: Given) -> Recipes:
    choice = next(c for c in question.other.choices if c.symbol.eq(symbol))
    yield "its least value", choice.low
    yield "its greatest value", choice.high
    twin = _twin(question, symbol)
    if twin is not None:
        chosen, low, high = twin
        share = z3.If(high == low, numeral(Fraction(0)), (chosen - low) / (high - low))
        yield "the same share of its bounds", choice.low + share * (choice.high - choice.low)


@attrs.frozen(slots=False)
class Cover:
    """Which of the points a case answers."""

    question: RefinementQuestion
    points: Sequence[SamplePoint]

    def of(self, case: Case) -> set[int]:
        """The indices of the points that the case answers."""
        symbols = list(self.points[0])
        program = compile_terms(symbols, (), [self.question.fits(case)]).bind(EXACT)
        found = set()
        for index, point in enumerate(self.points):
            values = [EXACT.constant(_number(point[s])) for s in symbols]
            (fits,), _, _ = program(values, ())
            if fits is True:
                found.add(index)
        return found


def _number(term: z3.ExprRef) -> Fraction:
    return Fraction(term.as_long() if z3.is_int_value(term) else term.as_fraction())
