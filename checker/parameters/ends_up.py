"""Exact conditions for claims about absorbing chains: how a loop is read as one, and what is asked.

Theorem: docs/theory/regions.md, "Absorbing chains"; ``checker.parameters.absorbing``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.algebraic import Algebraic, rational
from checker.backends.polynomials import Polynomial
from checker.backends.solver import satisfy
from checker.parameters.absorbing import Chain, Matrix, Reason, met
from checker.parameters.linear import in_parameter, linear_clauses, linear_row, polynomial_step
from checker.parameters.meaning import Meaning, OfMeaning, Span, near_ends, value_of
from checker.parameters.obstacles import NotExact, Obstacle, require
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Problem
from spec.statements.base import Answer

MOST_CHOICES = 4
"""Of which every combination of ends is looked at."""
NUDGE = Fraction(1, 10**20)
"""How far beside a value a reason is looked for: what is known of an irrational one is a fraction
next to it, which may lie on its other side."""
MOST_REASONS = 16
"""That are put together to answer for an interval, one or another at each value."""


@attrs.frozen
class EndsUp(OfMeaning):
    """A claim about an absorbing chain: it breaks where a limit is beyond it, and holds where the
    limits are kept."""

    chain: Chain
    meaning: Meaning

    def _at_number(self, number: Algebraic, there: list[z3.BoolRef]) -> Answer:
        value = number.fraction
        if value is None:
            return self._at(there)
        if self._breaks_like(value) is not None:  # the solver need not be asked of a fraction
            return Answer.REFUTED
        return Answer.PROVED if self.chain.keeps(value) is not None else Answer.UNKNOWN

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        if self._shown(there, self._breaks_like):
            return Answer.REFUTED
        return Answer.PROVED if self._shown(there, self.chain.keeps) else Answer.UNKNOWN

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        return self._shown(where, self._breaks_like, () if span is None else near_ends(span))

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        return self._shown(where, self.chain.keeps, near_ends(span))

    def says_something(self, value: Fraction) -> bool:
        """Whether there is a reason for one of the answers at a value."""
        return self._breaks_like(value) is not None or self.chain.keeps(value) is not None

    def _breaks_like(self, value: Fraction) -> Reason | None:
        """A reason why the claim breaks at a value; None if there is none."""
        return next((reason for reason in self.chain.breaks if met(reason, value)), None)

    def _shown(
        self,
        where: Sequence[z3.BoolRef],
        reason_at: Callable[[Fraction], Reason | None],
        values: Sequence[Fraction] = (),
    ) -> bool:
        """Whether at each value of the parameter that meets some conditions there is a reason: one
        that there is at some ``values``, or at others at which none of those is one."""
        left, todo = list(where), list(values)
        symbol, budget = self.meaning.symbol, self.meaning.budget
        for _ in range(MOST_REASONS):
            if not todo:
                outcome = satisfy(left, budget)
                if not outcome.sat or str(symbol) not in outcome.values:
                    return outcome.unsat
                todo.append(outcome.values[str(symbol)])
            at = todo.pop()
            nearby = (reason_at(at + by) for by in (Fraction(0), -NUDGE, NUDGE))
            reason = next((each for each in nearby if each is not None), None)
            if reason is None:
                return False
            left.append(z3.Not(z3.And(*(each.said(symbol) for each in reason))))
        return satisfy(left, budget).unsat

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer."""
        symbol, where = self.meaning.symbol, span.holds(self.meaning.symbol)
        found = self.meaning.another(where, means=answer is Answer.VACUOUS)
        if found is None and answer is Answer.PROVED:
            said = ([each.said(symbol) for each in reason] for reason in self.chain.breaks)
            tried = (value_of(symbol, [*where, *each], self.meaning.budget) for each in said)
            found = next((value for value in tried if value is not None), None)
        return found


def ends_up(parametric: ParametricProblem, span: Interval, meaning: Meaning) -> EndsUp:
    """The condition for a claim about an absorbing chain, if it says anything near an end of an
    interval or in its middle.

    Raises:
        NotExact: where the loop is no such chain.
    """
    chain = chain_of(parametric.problem.composed(), parametric.symbols[0])
    if chain is None:
        raise NotExact(Obstacle.NO_ORDER)
    found = EndsUp(chain, meaning)
    values = near_ends(Span(*map(rational, span)))
    require(any(found.says_something(value) for value in values), Obstacle.NO_ORDER)
    return found


def chain_of(problem: Problem, symbol: z3.ArithRef) -> Chain | None:
    """A loop of one step as an absorbing chain along a parameter; None if it is none."""
    (step,) = problem.steps
    if len(step.stage.choices) > MOST_CHOICES or any(f.low < 0 for f in problem.agent.fields):
        return None
    found = polynomial_step(problem, symbol)
    if found is None or found.seed_ends:  # one seed is followed
        return None
    size, seed = len(found.seed), in_parameter(found.seed)
    sides = in_parameter([end for ends in found.ends for end in ends])
    powers = [power for output in found.outputs for power in output.degrees()[1 + size :]]
    if seed is None or sides is None or any(power > 1 for power in powers):
        return None
    matrices = []
    for chosen in itertools.product(*found.ends):
        matrix = [linear_row(_with(output, size, chosen), size) for output in found.outputs]
        if any(row is None or row[size] != 0 for row in matrix):
            return None
        matrices.append(tuple(row[:size] for row in matrix if row is not None))
    absorbing = tuple(j for j in range(size) if all(_stays(matrix, j) for matrix in matrices))
    if not 0 < len(absorbing) < size:
        return None
    clauses, all_told = linear_clauses(problem, found.numbers)
    rooms = tuple(high - low for low, high in zip(sides[::2], sides[1::2], strict=True))
    return Chain(seed, tuple(matrices), rooms, clauses, all_told, absorbing)


def _stays(matrix: Matrix, field: int) -> bool:
    """Whether a field keeps what it has, and feeds no other."""
    return all(row[field] == (1 if index == field else 0) for index, row in enumerate(matrix))


def _with(output: Polynomial, size: int, chosen: Sequence[Polynomial]) -> Polynomial:
    """An output with nature's choices made."""
    ring = output.context()
    kept = ring.gens()[: 1 + size]
    return output.compose(*kept, *chosen, ctx=ring)
