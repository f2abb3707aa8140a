"""Questions about one scheme that the solver answers, and exact points that answer them.

A counterexample, and an example, count once the values that the solver gave were put into the
terms and the result was worked out exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, follows, satisfy
from checker.contracts.findings import Contract, Evidence, Finding, Fulfilment, Remark
from checker.contracts.step_terms import LoopTerms, Terms
from checker.system.problem import numeral_value
from spec.errors import SpecError
from spec.nodes import name_of, symbols_in
from spec.terms import conjunction, numeral


@attrs.frozen
class ExactPoint:
    """Exact values of the symbols of a question, as pairs of a symbol and a numeral."""

    pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]

    def put(self, term: z3.ExprRef) -> z3.ExprRef:
        """A term at the point."""
        return z3.simplify(z3.substitute(term, *self.pairs) if self.pairs else term)

    def value(self, term: z3.ExprRef) -> Fraction | None:
        """The number that a term is at the point, if it is defined there."""
        try:
            return numeral_value(self.put(term))
        except SpecError:
            return None

    def values(
        self, terms: Terms, names: Collection[str] | None = None
    ) -> dict[str, Fraction | None]:
        """The values of terms by name; of all of them unless names are given."""
        return {n: self.value(t) for n, t in terms.items() if names is None or n in names}

    def differing(self, first: Terms, second: Terms) -> list[str]:
        """The names under which two records have different values."""
        return [n for n in first if self.value(first[n]) != self.value(second[n])]


@attrs.frozen
class Query:
    """That a conclusion follows from some hypotheses.

    ``evidence`` makes the evidence out of a point at which it does not.
    """

    hypotheses: Sequence[z3.BoolRef]
    conclusion: z3.BoolRef
    evidence: Callable[[ExactPoint], Evidence]


@attrs.frozen
class Inquiry:
    """Puts questions about one scheme to the solver; ``points`` are those that answered some."""

    posed: LoopTerms
    budget: QueryBudget
    points: list[ExactPoint] = attrs.field(factory=list)

    def unmet(
        self, contract: Contract, queries: Sequence[Query], *simple: Sequence[z3.BoolRef]
    ) -> Finding | None:
        """That a contract fails or is left open, or None where every query of it is proved.

        Args:
            contract: which contract the queries are about.
            queries: what it takes.
            simple: conditions that a counterexample should meet if it can, the best first.
        """
        left_open = False
        for query in queries:
            given = [*self.posed.given, *query.hypotheses]
            if self.proves(given, query.conclusion):
                continue
            point = self.some([*given, z3.Not(query.conclusion)], *simple)
            if point is not None:
                free = point.values(self._free_in(query.conclusion))
                return Finding(contract, Fulfilment.FAILS, query.evidence(point), free)
            left_open = True
        if left_open:
            return Finding(contract, Fulfilment.UNDECIDED, Remark.NOT_SETTLED)
        return None

    def _free_in(self, term: z3.ExprRef) -> Terms:
        """The free parameters that a term reads."""
        read = constants(term)
        return {n: s for n, s in self.posed.free.items() if name_of(s) in read}

    def some(
        self, conditions: Sequence[z3.BoolRef], *simple: Sequence[z3.BoolRef]
    ) -> ExactPoint | None:
        """A point that meets the conditions, worked out exactly; a simple one if there is one."""
        for extra in (*simple, ()):
            outcome = satisfy([*conditions, *extra], self.budget)
            if not outcome.sat:
                continue
            point = ExactPoint([(s, _value(s, outcome.values)) for s in symbols_in(conditions)])
            if all(z3.is_true(point.put(condition)) for condition in conditions):
                self.points.append(point)
                return point
        return None

    def excludes(self, conditions: Sequence[z3.BoolRef]) -> bool:
        """Whether it is proved that no point meets the conditions, as they are given."""
        return satisfy(conditions, self.budget).unsat

    def never(self, conditions: Sequence[z3.BoolRef]) -> bool:
        """Whether it is proved that no point meets the conditions at the parameters' own values."""
        return self.excludes([*self.own, *conditions])

    def proves(self, hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> bool:
        """Whether a conclusion is proved to follow from hypotheses, as they are given."""
        return follows(hypotheses, conclusion, self.budget).valid

    @property
    def at_first(self) -> list[z3.BoolRef]:
        """That the expert is the seed amplified."""
        first, takes = self.posed.first_expert, self.posed.distill.takes
        same = [symbol == first.gives[name] for name, symbol in takes.items()]
        return [first.bounds, *first.sound, *same]

    @property
    def own(self) -> list[z3.BoolRef]:
        """That the free parameters have the values at which something is to exist."""
        return [*self.posed.given, *self.posed.at_own_values]

    @property
    def at_seed(self) -> list[z3.BoolRef]:
        """That the agent is the seed."""
        takes, seed = self.posed.amplify.takes, self.posed.seed
        return [symbol == seed[name] for name, symbol in takes.items()]


def equal_values(first: Terms, second: Terms) -> z3.BoolRef:
    """That two records have the same values, under the names of the first."""
    return conjunction([term == second[name] for name, term in first.items()])


def _value(symbol: z3.ExprRef, values: Mapping[str, Fraction]) -> z3.ExprRef:
    """The solver's value of a symbol, or 0 where any value does."""
    value = values.get(name_of(symbol), Fraction(0))
    return z3.IntVal(int(value)) if z3.is_int(symbol) else numeral(value)
