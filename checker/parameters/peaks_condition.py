"""Conditions by the peaks of linear loops: how a loop is read as one, and what is asked.

Theorem: docs/theory/regions.md, "Peaks of linear loops"; ``checker.parameters.peaks``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.algebraic import Algebraic, rational
from checker.backends.polynomials import Polynomial
from checker.backends.solver import QueryBudget, parts
from checker.invariants.houdini import kept_by_step
from checker.parameters.linear import Ends, Row, linear_clauses, linear_row, polynomial_step
from checker.parameters.meaning import Meaning, OfMeaning, Span
from checker.parameters.obstacles import NotExact, Obstacle
from checker.parameters.peaks import Affine, AffineChoice, AffineLoop, Touch
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Problem
from spec.statements.base import Answer

MOST_CELLS = 256
"""Into which a span is cut, to answer for each alone."""
LEAST = Fraction(1, 2**50)
"""The share of a span of which a cell is not cut again."""
MOST_FIELDS = 12
SECONDS = 1.0
"""For all queries about which clauses are kept."""


@attrs.frozen
class PeaksWithin(OfMeaning):
    """A claim about a linear loop: it holds where no clause is exceeded by what it bounds at its
    peaks."""

    loop: AffineLoop
    meaning: Meaning

    def _at_number(self, number: Algebraic, there: list[z3.BoolRef]) -> Answer:
        return self._on((number.low, number.high), Touch(number))

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        return Answer.UNKNOWN  # of values that are known by conditions alone

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        return span is not None and self._all(span, Answer.REFUTED)

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        return self._all(span, Answer.PROVED)

    def _on(self, cell: Interval, touch: Touch | None) -> Answer:
        """The answer in a cell, if there is one before the time is up."""
        return self.loop.answer(*cell, touch, lambda: self.meaning.budget.exhausted)

    def _all(self, span: Span, answer: Answer) -> bool:
        """Whether an answer is proved in all cells of a span: next to its ends first."""
        low, high = span.low.low, span.high.high
        room = (high - low) * LEAST
        ends = (
            self._on((low, low + room), Touch(span.low, +1)),
            self._on((high - room, high), Touch(span.high, -1)),
        )
        if any(found is not answer for found in ends):
            return False
        return all(found is answer for _, found in self._cells(span))

    def _cells(self, span: Span) -> Iterator[tuple[Interval, Answer]]:
        """A span in cells with their answers, each cut where it has none; as many as may be."""
        first, last = span.low.low, span.high.high
        above, below, todo = Touch(span.low, +1), Touch(span.high, -1), [(first, last)]
        for _ in range(MOST_CELLS):
            if not todo or self.meaning.budget.exhausted:
                break
            low, high = cell = todo.pop()
            touch = above if low == first else (below if high == last else None)
            found = self._on(cell, touch)
            if found is Answer.UNKNOWN and high - low > (last - first) * LEAST:
                middle = (low + high) / 2
                todo += [(middle, high), (low, middle)]
            else:
                yield cell, found
        yield from ((cell, Answer.UNKNOWN) for cell in todo)

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        if answer is Answer.VACUOUS:
            return self.meaning.another(span.holds(self.meaning.symbol), means=True)
        cells = (cell for cell, found in self._cells(span) if found is not answer)
        return next(((low + high) / 2 for low, high in cells), None)


def peaks_within(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> PeaksWithin:
    """The condition for a claim about a linear loop.

    Raises:
        NotExact: where the loop is no such loop, or nothing is known near the ends of an interval,
            nor in its middle.
    """
    problem, symbol = parametric.problem.composed(), parametric.symbols[0]
    affine = affine_step(problem, symbol)
    if affine is None:
        raise NotExact(Obstacle.NO_ORDER)
    given = [*parametric.meant_within((span,)), *problem.seed_given]
    not_kept = without_kept(problem, given, meaning.budget.within(SECONDS))
    clauses, all_told = linear_clauses(not_kept, (symbol, *problem.agent.symbols))
    if not all_told:
        raise NotExact(Obstacle.NO_ORDER)
    found = PeaksWithin(AffineLoop(*affine, clauses), meaning)
    low, high = span
    near = (
        low + share * (high - low) for share in (Fraction(1, 8), Fraction(1, 2), Fraction(7, 8))
    )
    if all(found.at(rational(value)) is Answer.UNKNOWN for value in near):
        raise NotExact(Obstacle.NO_ORDER)
    return found


def without_kept(problem: Problem, given: Sequence[z3.BoolRef], budget: QueryBudget) -> Problem:
    """The problem without those clauses that the seed meets and that no step from a safe state
    breaks: a run breaks another first, if any."""
    agent = problem.agent
    split = [
        attrs.evolve(clause, condition=part)
        for clause in problem.clauses[agent.name]
        for part in parts(clause.condition)
    ]
    kept = kept_by_step(problem, split, given, budget)
    left = tuple(clause for clause in split if clause not in kept)
    return attrs.evolve(problem, clauses={agent.name: left})


def affine_step(problem: Problem, symbol: z3.ArithRef) -> tuple[Affine, Affine] | None:
    """The seed and the step of a loop of one, if both are linear in the state and in choices that
    are real numbers; None if not."""
    (step,) = problem.steps
    choosing = (*step.stage.choices, *problem.seed_choices)
    unbounded = any(choice.unbounded for choice in choosing)
    if unbounded or len(problem.agent.symbols) > MOST_FIELDS:
        return None
    found = polynomial_step(problem, symbol)
    if found is None:
        return None
    size, count = len(found.seed), len(found.ends)
    begun = _affine(found.seed, found.seed_ends, len(found.seed_ends), 1 + size + count)
    made = _affine(found.outputs, found.ends, size + count, 1)
    if begun is None or made is None:
        return None
    if any(_reads_fields(each.room, made.choices, size) for each in made.choices):
        return None
    return begun, made


def _affine(
    outputs: Sequence[Polynomial], ends: Sequence[Ends], size: int, first: int
) -> Affine | None:
    """What a step or a seed comes to, as rows over so many numbers, from the ``first`` on."""
    terms = [*outputs, *(end for pair in ends for end in pair)]
    rows = [row for term in terms if (row := linear_row(term, size, first)) is not None]
    if len(rows) < len(terms):
        return None
    tops = rows[len(outputs) :]
    choices = [
        AffineChoice(low, tuple(b - a for a, b in zip(low, high, strict=True)))
        for low, high in zip(tops[::2], tops[1::2], strict=True)
    ]
    return Affine(tuple(rows[: len(outputs)]), tuple(choices))


def _reads_fields(row: Row, choices: Sequence[AffineChoice], size: int) -> bool:
    """Whether a row reads a field, or a choice with an end that does."""
    if any(row[:size]):
        return True
    read = (choice for choice, weight in zip(choices, row[size:-1], strict=True) if weight != 0)
    return any(_reads_fields(end, choices, size) for each in read for end in (each.low, each.room))
