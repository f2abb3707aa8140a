"""Simulation: the conditions under which every run of one scheme is a run of another.

The statement and its proof are in docs/compare.md. A witness gives a term for each choice of the
second system; its cases are tried in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs
import z3

from checker.backends.solver import Outcome, QueryBudget, follows, parts, satisfy
from checker.refinement.correspondence import Link
from checker.system.problem import Clause
from checker.system.transition_system import TransitionSystem


@attrs.frozen
class Chosen:
    """The term that a witness gives to one choice, and where the term comes from."""

    choice: str
    how: str
    symbol: z3.ArithRef
    term: z3.ExprRef


Case = tuple[Chosen, ...]


@attrs.frozen
class Invariants:
    """Sets that no sound iteration of the first and of the second system leaves."""

    first: tuple[Clause, ...] = ()
    second: tuple[Clause, ...] = ()


@attrs.frozen
class Goal:
    """One conclusion of a simulation, with what may be assumed beyond the common hypotheses."""

    label: str
    given: tuple[z3.BoolRef, ...]
    conclusion: z3.BoolRef


@attrs.frozen(slots=False)
class RefinementQuestion:
    """Whether ``first`` refines ``second``. ``given`` bounds the parameters that are symbols.

    The second system as given has symbols of its own; ``other`` is the one used in queries, where
    fields compared by equality are the first's.
    """

    first: TransitionSystem
    second: TransitionSystem
    links: tuple[Link, ...]
    given: tuple[z3.BoolRef, ...] = ()

    @cached_property
    def other(self) -> TransitionSystem:
        """The second system in a state related to the first's by the equalities."""
        same = [
            (self.second.state[link.second], self.first.state[link.first])
            for link in self.links
            if link.relation == "="
        ]
        return self.second.putting(same)

    @cached_property
    def unlinked(self) -> tuple[int, ...]:
        """The second's fields that are not equal to one of the first's."""
        equal = {link.second for link in self.links if link.relation == "="}
        return tuple(i for i in range(len(self.second.fields)) if i not in equal)

    @property
    def determined(self) -> bool:
        """Whether the first's agent determines the second's."""
        return not self.unlinked

    def hypotheses(self, held: Invariants) -> list[z3.BoolRef]:
        """Two related agents in their domains and sets, and choices of the first."""
        first, other = self.first, self.other
        own = [clause.condition for clause in held.first]
        theirs = list(zip(self.second.state, other.state, strict=True))
        return [
            *self.given,
            first.domain,
            other.domain,
            *own,
            *(z3.substitute(clause.condition, *theirs) for clause in held.second),
            *(link.holds(first.state, other.state) for link in self.links if link.relation != "="),
            first.bounds,
        ]

    def match(self) -> z3.BoolRef:
        """That the second's choices answer the first's."""
        return z3.And(*[z3.Implies(z3.And(*g.given), g.conclusion) for g in self.goals(())])

    def goals(self, case: Case) -> list[Goal]:
        """What a case of a witness must meet; without a case, said of the choices' symbols."""
        pairs = [(chosen.symbol, chosen.term) for chosen in case]

        def put(term: z3.ExprRef) -> z3.ExprRef:
            return z3.substitute(term, *pairs) if pairs else term

        found = []
        for choice in self.other.choices:
            low, high = choice.low <= choice.symbol, choice.symbol <= choice.high
            found.append(Goal(f'"{choice.name}" is at least its lower bound', (), put(low)))
            found.append(Goal(f'"{choice.name}" is at most its upper bound', (), put(high)))
        mine, theirs = self.first.sound, tuple(put(part) for part in self.other.sound)
        for ours, others, label in (
            (mine, theirs, "is sound where the first is"),
            (theirs, mine, "is broken where the first is"),
        ):
            found += [Goal(label, ours, part) for part in others]
        outputs = tuple(put(term) for term in self.other.outputs)
        for link in self.links:
            reaches = link.holds(self.first.outputs, outputs)
            found.append(Goal(f"gives the same {link.name}", mine, reaches))
        return found

    def start(self, held: Invariants, budget: QueryBudget) -> str:
        """The first condition on the seeds that is not shown ("" if all are)."""
        first, second = self.first, self.second
        conditions = [
            (f"the seeds are related in {link.name}", link.holds(first.seed, second.seed))
            for link in self.links
        ]
        for transition_system, clauses in ((first, held.first), (second, held.second)):
            name = f"the seed of {transition_system.name} is in its domain and set"
            conditions += [
                (name, part) for part in parts(transition_system.in_domain(transition_system.seed))
            ]
            pairs = list(zip(transition_system.state, transition_system.seed, strict=True))
            conditions += [(name, z3.substitute(c.condition, *pairs)) for c in clauses]
        for label, condition in conditions:
            if not follows(self.given, condition, budget).proved:
                return label
        return ""

    def discharge(
        self, cases: Sequence[Case], held: Invariants, budget: QueryBudget
    ) -> tuple[str, Outcome] | None:
        """Put the witness to the solver: None if it is one, else the first goal that is not shown.

        One case is shown goal by goal; several by the query that one of them fits.
        """
        hypotheses = self.hypotheses(held)
        if len(cases) == 1:
            for goal in self.goals(cases[0]):
                outcome = follows([*hypotheses, *goal.given], goal.conclusion, budget)
                if not outcome.proved:
                    return goal.label, outcome
            return None
        outcome = satisfy([*hypotheses, *[z3.Not(self.fits(case)) for case in cases]], budget)
        return None if outcome.proved else ("one of the cases fits", outcome)

    def fits(self, case: Case) -> z3.BoolRef:
        """That a case of a witness answers the first's choices."""
        return z3.And(*[z3.Implies(z3.And(*g.given), g.conclusion) for g in self.goals(case)])

    def answerable(self, held: Invariants, budget: QueryBudget, seconds: float) -> bool:
        """Whether the solver shows, with a quantifier, that the second can always answer."""
        symbols = [choice.symbol for choice in self.other.choices]
        never = z3.Not(self.match())
        if symbols:
            never = z3.ForAll(symbols, never)
        return satisfy([*self.hypotheses(held), never], budget, seconds).proved


def valued(term: z3.ExprRef, point: Mapping[z3.ExprRef, z3.ExprRef]) -> z3.ExprRef:
    """A term at a point, simplified."""
    return z3.simplify(z3.substitute(term, *point.items())) if point else z3.simplify(term)
