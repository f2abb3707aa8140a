"""The condition of a claim about a loop that reads one observable.

Theorem: docs/theory/regions.md, "One observable". What is proved of the loop's runs:
``checker.parameters.observed_runs``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.algebraic import Algebraic, rational
from checker.backends.solver import satisfy
from checker.parameters.meaning import Meaning, OfMeaning, Span, near_ends, value_of
from checker.parameters.observed_runs import ObservedRuns
from checker.parameters.pinned import at_ends
from checker.parameters.worst_case import met_all_over
from spec.nodes import id_of
from spec.statements.base import Answer
from spec.terms import numeral

NEAR = (2, 4, 6, 8, 10)
"""How often an interval is cut in four to find another answer near its ends."""


@attrs.frozen
class KeepsObserved(OfMeaning):
    """A claim about a loop that reads one observable: it breaks where some step from a state of a
    run breaks it, and holds where all states that are no worse keep it.

    Args:
        runs: what is proved of the loop's runs.
        meaning: where the claim means something.
    """

    runs: ObservedRuns
    meaning: Meaning

    def likely(self, number: Algebraic) -> Answer:
        """The answer at a number if what is not broken holds."""
        broken = self._breaks(number.says(self.runs.loop.symbol))
        return Answer.REFUTED if broken else Answer.PROVED

    def between(self, values: Mapping[Answer, Fraction]) -> Callable[[Fraction], Answer]:
        """Guesses of the answers between two values: whether it breaks as it does at one of them,
        at the same step of a run and by the same clause."""
        symbol = self.runs.loop.symbol
        broken_at = values.get(Answer.REFUTED)
        which = None if broken_at is None else self._first(rational(broken_at).says(symbol))
        if which is None:
            return super().between(values)

        def likely(value: Fraction) -> Answer:
            there = rational(value).says(symbol)
            ways = itertools.islice(self.runs.broken(there), which, which + 1)
            met = any(satisfy([*there, way], self.meaning.budget).sat for way in ways)
            return Answer.REFUTED if met else Answer.PROVED

        return likely

    def _breaks(self, where: list[z3.BoolRef]) -> bool:
        """Whether a state of a run can be broken at some of some values."""
        return self._first(where) is not None

    def _first(self, where: list[z3.BoolRef]) -> int | None:
        """The number of the first way in which it can be broken at some of some values."""
        broken = enumerate(self.runs.broken(where))
        ways = (n for n, each in broken if satisfy([*where, each], self.meaning.budget).sat)
        return next(ways, None)

    def _at(self, there: list[z3.BoolRef]) -> Answer:
        if self._breaks(there):
            return Answer.REFUTED
        return Answer.PROVED if self.runs.keeps(there) else Answer.UNKNOWN

    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        loop, budget = self.runs.loop, self.meaning.budget
        values = near_ends(span) if span else []
        looked_at = [[loop.symbol == numeral(value)] for value in values] or [where]

        def met(broken: z3.BoolRef) -> bool:
            return all(satisfy([*there, broken], budget).sat for there in looked_at)

        for broken in filter(met, self._ways(where, values)):
            simpler = at_ends(broken, loop.choices, loop.symbol, met)
            if any(met_all_over(loop.chosen, each, where, budget) for each in (simpler, broken)):
                return True
        return False

    def _ways(self, where: list[z3.BoolRef], values: Sequence[Fraction]) -> Iterator[z3.BoolRef]:
        """How it may be broken, each once: by the runs that are worst at some values."""
        found: dict[int, z3.BoolRef] = {}
        worst_at: Sequence[Fraction | None] = values or [None]
        for value in worst_at:
            for broken in self.runs.broken(where, value):
                if id_of(broken) not in found:
                    found[id_of(broken)] = broken
                    yield broken

    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        return self.runs.keeps(where, near_ends(span))

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span that may have another answer: where it breaks, or near an end."""
        symbol, budget = self.runs.loop.symbol, self.meaning.budget
        where = span.holds(symbol)
        found = self.meaning.another(where, means=answer is Answer.VACUOUS)
        if found is not None or answer is Answer.VACUOUS:
            return found
        if answer is Answer.PROVED:
            values = (value_of(symbol, [*where, b], budget) for b in self.runs.broken(where))
            return next((value for value in values if value is not None), None)
        low, high = span.low.high, span.high.low
        near = [(high - low) / 4**power for power in NEAR]
        tried = [value for step in near for value in (low + step, high - step)]
        return next((v for v in tried if self.likely(rational(v)) is Answer.PROVED), None)
