"""Witnesses of a simulation: guessed at points, and believed only when the solver agrees.

At a point every other value is a number, so whether the second system can answer is a small
question about its choices alone. They are given terms one after the other, such that the point
stays answerable: the first system's choice of the same name, the solution of an equation between
outputs, an end of the bounds, or the same share of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction

import attrs
import z3

from checker.backends.evaluator import EXACT, compile_terms
from checker.backends.solver import QueryBudget, constants, satisfy
from checker.refinement.sample_points import SamplePoint, number_of
from checker.refinement.simulation import (
    Case,
    Chosen,
    Origin,
    OriginKind,
    RefinementQuestion,
    valued,
)
from spec.nature import Choice
from spec.nodes import id_of, name_of, topological
from spec.terms import numeral

MOST_BRANCHES = 8
"""Ways through the conditionals of an output that are solved for a choice."""


class NoCase(Enum):
    """Why no case was found that answers a point."""

    UNMATCHED = "unmatched"
    """It is proved that nothing the second system may choose answers the point."""
    NO_TERM = "no term"
    """None of the terms that are tried does."""


def case_at(question: RefinementQuestion, point: SamplePoint, budget: QueryBudget) -> Case | NoCase:
    """A case that answers a point, as terms that are meant for all points, or why there is none."""
    left = valued(question.match, point)
    answered = satisfy([left], budget)
    if not answered.sat:
        return NoCase.UNMATCHED if answered.unsat else NoCase.NO_TERM
    terms: dict[int, Chosen] = {}
    todo = list(question.other.choices)
    while todo:
        step = _next(question, point, left, [c.symbol for c in todo], terms, budget)
        if step is None:
            return NoCase.NO_TERM
        chosen, left = step
        terms[id_of(chosen.symbol)] = chosen
        todo = [c for c in todo if not c.symbol.eq(chosen.symbol)]
    return tuple(terms[id_of(c.symbol)] for c in question.other.choices)


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
    open_names = {name_of(symbol) for symbol in todo}
    for symbol, recipe in _recipes(question, todo, given):
        term = z3.substitute(recipe.term, *given) if given else recipe.term
        if open_names & constants(term):
            continue
        value = valued(term, point)
        if not z3.is_rational_value(value):
            continue
        remaining = z3.simplify(z3.substitute(left, (symbol, value)))
        if satisfy([remaining], budget).sat:
            name = _choice_of(question, symbol).name
            return Chosen(name, recipe.origin, symbol, term), remaining
    return None


# --- terms that are tried -------------------------------------------------------------------------


@attrs.frozen
class Recipe:
    """A term that may give a choice its value, and where it comes from."""

    origin: Origin
    term: z3.ExprRef


Given = Sequence[tuple[z3.ExprRef, z3.ExprRef]]
"""The choices that have terms already, with these."""


def _recipes(
    question: RefinementQuestion, todo: Sequence[z3.ArithRef], given: Given
) -> Iterator[tuple[z3.ArithRef, Recipe]]:
    """The choices without a term, each with the terms to try, the simplest terms first."""
    tiers: tuple[Callable[..., Iterator[Recipe]], ...] = (_namesake, _solved, _by_bounds)
    for tier in tiers:
        for symbol in todo:
            for recipe in tier(question, symbol, given):
                yield symbol, recipe


def _choice_of(question: RefinementQuestion, symbol: z3.ArithRef) -> Choice:
    """The second system's choice with this symbol."""
    return next(choice for choice in question.other.choices if choice.symbol.eq(symbol))


def _namesake(question: RefinementQuestion, symbol: z3.ArithRef, given: Given) -> Iterator[Recipe]:
    twin = _twin(question, symbol)
    if twin is not None:
        yield Recipe(Origin(OriginKind.NAMESAKE), twin.symbol)


def _twin(question: RefinementQuestion, symbol: z3.ArithRef) -> Choice | None:
    """The first system's choice of the same name; the steps may be named apart."""
    name = _choice_of(question, symbol).name
    for called in (_whole_name, _name_in_step):
        same = [c for c in question.first.choices if called(c.name) == called(name)]
        if len(same) == 1:
            return same[0]
    return None


def _whole_name(name: str) -> str:
    return name


def _name_in_step(name: str) -> str:
    """The name of a choice without that of its step, which composition puts before it."""
    return name.rpartition(": ")[2]


def _solved(question: RefinementQuestion, symbol: z3.ArithRef, given: Given) -> Iterator[Recipe]:
    """Solutions of an output's equation, branch by branch, where the symbol occurs linearly."""
    for link in question.links:
        output = question.other.outputs[link.second]
        output = z3.substitute(output, *given) if given else output
        if name_of(symbol) not in constants(output) or not z3.is_real(output):
            continue
        target = question.first.outputs[link.first]
        for branch in _branches(output, symbol):
            solution = _solution(branch, symbol, target)
            if solution is not None:
                yield Recipe(Origin(OriginKind.SOLUTION, link.name), solution)


def _solution(branch: z3.ExprRef, symbol: z3.ArithRef, target: z3.ExprRef) -> z3.ExprRef | None:
    """The value of the symbol at which a term linear in it has the target's value."""
    at_zero, at_one, at_two = (
        z3.substitute(branch, (symbol, numeral(Fraction(n)))) for n in (0, 1, 2)
    )
    slope = z3.simplify(at_one - at_zero, som=True)
    if z3.is_rational_value(slope) and slope.as_fraction() == 0:
        return None
    bend = z3.simplify(at_two - 2 * at_one + at_zero, som=True)
    if not (z3.is_rational_value(bend) and bend.as_fraction() == 0):
        return None
    solution = (target - at_zero) / slope
    if not z3.is_rational_value(slope):
        solution = z3.If(slope == 0, numeral(Fraction(0)), solution)
    return z3.simplify(solution)


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
                if z3.is_app_of(node, z3.Z3_OP_ITE) and name_of(symbol) in constants(node)
            ),
            None,
        )
        if fork is None:
            if name_of(symbol) in constants(here):
                done.append(here)
            continue
        _, then, otherwise = fork.children()
        todo += [z3.substitute(here, (fork, otherwise)), z3.substitute(here, (fork, then))]
    return done


def _by_bounds(question: RefinementQuestion, symbol: z3.ArithRef, given: Given) -> Iterator[Recipe]:
    """Either end of the choice's bounds, and the same share of them as the namesake's."""
    choice = _choice_of(question, symbol)
    yield Recipe(Origin(OriginKind.LEAST), choice.low)
    yield Recipe(Origin(OriginKind.GREATEST), choice.high)
    twin = _twin(question, symbol)
    if twin is not None:
        low, high = twin.low, twin.high
        share = z3.If(high == low, numeral(Fraction(0)), (twin.symbol - low) / (high - low))
        term = choice.low + share * (choice.high - choice.low)
        yield Recipe(Origin(OriginKind.SAME_SHARE), term)


# --- points that are answered ---------------------------------------------------------------------


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
            values = [EXACT.constant(number_of(point[s])) for s in symbols]
            (fits,), _, _ = program(values, ())
            if fits is True:
                found.add(index)
        return found
