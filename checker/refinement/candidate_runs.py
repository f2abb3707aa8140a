"""Runs that another scheme may not be able to follow: guesses, as nature's choices by iteration.

Runs are screened in floats for a step that the known cases of a witness do not answer. Besides, the
solver is asked for such a step at the first states of a few runs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import attrs
import numpy as np
import z3

from checker.backends.evaluator import FLOATS, compile_terms
from checker.backends.solver import QueryBudget, satisfy
from checker.counterexamples.random_search import following
from checker.refinement.simulation import Case, Invariants, RefinementQuestion
from checker.system.problem import Problem, numeral_value
from checker.system.replay import Enclosure, Run, replay
from checker.system.unrolling import units_of
from spec.errors import SpecError
from spec.terms import as_real, numeral

CORNERS = 256
"""Constant strategies at the ends of all bounds."""
MIXED = 192
"""Strategies that change from iteration to iteration."""
HORIZON = 48
ATTEMPTS = 60
PER_ITERATION = 6
"""Runs that are kept of those that miss at one iteration, the widest misses first."""
TOLERANCE = 1e-7
SUGGESTED = 3
"""Iterations at which the solver is asked for a choice."""

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

Rows = Sequence[Sequence[Fraction]]
"""Units by iteration, of a whole iteration's choices; the last are used from then on."""


@attrs.frozen
class Miss:
    """A run that no case answers at some iteration: a row of a table of strategies."""

    iteration: int
    row: int
    amount: float


@attrs.frozen(slots=False)
class CandidateRuns:
    """Guesses at runs of the first scheme of a question that the second cannot follow."""

    question: RefinementQuestion

    # --- in floats ----------------------------------------------------------------------------

    def screened(self, cases: Sequence[Case]) -> Iterator[Rows]:
        """Runs whose last iteration none of the cases answers, as far as floats can tell."""
        first = self.question.first
        program = compile_terms(
            [*first.state, *self._spare()],
            first.choices,
            [*first.outputs, z3.And(*first.sound), *map(self._miss, cases)],
        ).bind(FLOATS)
        found: list[tuple[int, float, int, Rows]] = []
        for table in _tables(len(first.choices)):
            for miss in self._misses(program, table, len(cases)):
                units = [
                    [Fraction(float(u)) for u in table[min(i, len(table) - 1), miss.row]]
                    for i in range(miss.iteration)
                ]
                found.append((miss.iteration, -miss.amount, len(found), units))
        for _, _, _, rows in sorted(found)[:ATTEMPTS]:
            yield rows

    def _spare(self) -> list[z3.ExprRef]:
        return [self.question.other.state[i] for i in self.question.unlinked]

    def _miss(self, case: Case) -> z3.ExprRef:
        """By how much a case fails to answer."""
        pairs = [(chosen.symbol, chosen.term) for chosen in case]
        worst = numeral(Fraction(0))
        for amount in self._amounts():
            worst = z3.If(amount >= worst, amount, worst)
        return z3.substitute(worst, *pairs) if pairs else worst

    def _amounts(self) -> list[z3.ArithRef]:
        """By how much the second's choices miss each of their bounds and each compared field."""
        first, other, zero = self.question.first, self.question.other, numeral(Fraction(0))
        amounts: list[z3.ArithRef] = []
        for choice in other.choices:
            amounts += [choice.low - choice.symbol, choice.symbol - choice.high]
        sound = z3.And(*first.sound)
        same = sound == z3.And(*other.sound)
        amounts.append(z3.If(same, zero, numeral(Fraction(1))))
        for link in self.question.links:
            gap = as_real(first.outputs[link.first]) - as_real(other.outputs[link.second])
            amounts.append(z3.If(sound, gap, zero))
            if link.is_equality:
                amounts.append(z3.If(sound, -gap, zero))
        return amounts

    def _misses(self, program: Callable[..., Any], table: Array, cases: int) -> Iterator[Miss]:
        """Per iteration, the rows of the table that miss by most."""
        first, second = self.question.first, self.question.second
        seed = [float(numeral_value(term)) for term in first.seed]
        spare = [float(numeral_value(second.seed[i])) for i in self.question.unlinked]
        state = [np.full(table.shape[1], value) for value in [*seed, *spare]]
        alive = np.arange(table.shape[1])
        cut = len(first.fields)
        with np.errstate(all="ignore"):
            for iteration in range(1, HORIZON + 1):
                units = table[min(iteration - 1, len(table) - 1)].T
                outputs, _, _ = program(state, units[:, alive])
                columns = [np.broadcast_to(np.asarray(v), len(alive)) for v in outputs]
                amounts = np.min(columns[cut + 1 :], axis=0) if cases else np.ones(len(alive))
                yield from _widest(iteration, alive, amounts)
                sound = np.asarray(columns[cut], dtype=bool)
                alive = alive[sound]
                state = [np.asarray(v, float)[sound] for v in columns[:cut]]
                state += [np.full(len(alive), value) for value in spare]
                if not len(alive):
                    return

    # --- by the solver ------------------------------------------------------------------------

    def suggested(
        self, composed: Problem, cases: Sequence[Case], budget: QueryBudget
    ) -> Iterator[Rows]:
        """At the first states of a few runs, the solver's own choices that no case answers."""
        width = len(self.question.first.choices)
        ends = (Fraction(0), Fraction(1)) if width else (Fraction(0),)
        for unit, length in itertools.product(ends, range(SUGGESTED)):
            if budget.exhausted:
                return
            run = _constant_run(composed, [unit] * width, length)
            plan = None if run is None else self._extended(run, cases, budget)
            if plan is not None:
                units = units_of(composed, plan)
                yield [list(units(i, 0)) for i in range(1, length + 2)]

    def _extended(
        self, run: Run, cases: Sequence[Case], budget: QueryBudget
    ) -> list[Mapping[str, Fraction]] | None:
        """The choices of a run, and after them choices that no case answers."""
        first = self.question.first
        state = run.steps[-1].after if run.steps else run.seed
        here = [
            s == numeral_like(s, e.low) for s, e in zip(first.state, state.values(), strict=True)
        ]
        misses = [z3.Not(self.question.fits(case)) for case in cases]
        hypotheses = self.question.hypotheses(Invariants())
        outcome = satisfy([*here, *hypotheses, *misses], budget)
        if not outcome.sat:
            return None
        last = {c.name: outcome.values.get(str(c.symbol), Fraction(0)) for c in first.choices}
        return [*(_low_ends(step.chosen) for step in run.steps), last]


def _tables(width: int) -> Iterator[Array]:
    """Strategies by iteration and run: constant ones, and those that change."""
    yield _corners(width)
    if width:
        generator = np.random.default_rng(20183)
        shares = [0.0, 0.0, 0.5, 1.0, 1.0, 0.25]
        yield generator.choice(shares, size=(HORIZON, MIXED, width))


def _corners(width: int) -> Array:
    """Constant strategies: corners, each choice alone at either end, and the middle."""
    if 2**width <= CORNERS:
        rows = np.array(list(itertools.product((0.0, 1.0), repeat=width)))
    else:
        rows = np.random.default_rng(20184).integers(0, 2, size=(CORNERS, width)).astype(float)
        rows = np.concatenate([np.zeros((1, width)), np.ones((1, width)), rows])
    rows = rows.reshape(len(rows), width)
    alone = np.concatenate([np.eye(width), 1 - np.eye(width), np.full((1, width), 0.5)])
    return np.concatenate([rows, alone])[None, :, :]


def _widest(iteration: int, alive: Array, amounts: Array) -> Iterator[Miss]:
    """The runs that miss by most at an iteration; one whose miss is no number is among them."""
    for index in np.argsort(-np.nan_to_num(amounts, nan=1.0))[:PER_ITERATION]:
        if not amounts[index] <= TOLERANCE:
            yield Miss(iteration, int(alive[index]), float(amounts[index]))


def _constant_run(composed: Problem, row: Sequence[Fraction], length: int) -> Run | None:
    """The run that makes the same choices so many times, unless it breaks."""
    try:
        run = replay(composed, following([[row]] * length), length)
    except SpecError:
        return None
    return run if run is not None and run.broken is None else None


def numeral_like(symbol: z3.ExprRef, value: Fraction) -> z3.ArithRef:
    """A number as a numeral of the symbol's sort, where it is one."""
    return z3.IntVal(int(value)) if z3.is_int(symbol) and value.denominator == 1 else numeral(value)


def _low_ends(chosen: Mapping[str, Enclosure]) -> dict[str, Fraction]:
    return {name: value.low for name, value in chosen.items()}
