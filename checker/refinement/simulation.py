"""Simulation: the conditions under which every run of one scheme is a run of another.

The statement and its proof are in docs/theory/refinement.md. A witness gives a term for each
choice of the second system; its cases are tried in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cached_property

import attrs
import z3

from checker.backends.solver import Entailment, QueryBudget, follows, parts, satisfy
from checker.refinement.compared import ComparedScheme, Ranges
from checker.refinement.correspondence import Link
from checker.system.findings import Fact
from checker.system.problem import Clause
from checker.system.transition_system import TransitionSystem, transition_system
from spec.terms import numeral


class ConditionKind(Enum):
    """What a condition of a simulation is about."""

    SEEDS_RELATED = "seeds related"
    """The seeds are related in a field."""
    SEED_INSIDE = "seed inside"
    """The seed of a scheme is in its domain and in the set that is held."""
    AT_LEAST = "at least"
    """The term for a choice is at least the choice's lower bound."""
    AT_MOST = "at most"
    """The term for a choice is at most the choice's upper bound."""
    SOUND = "sound"
    """The second's iteration is sound where the first's is."""
    BROKEN = "broken"
    """The second's iteration is broken where the first's is."""
    SAME_FIELD = "same field"
    """Both iterations make agents that are related in a field."""
    ONE_CASE_FITS = "one case fits"
    """Of a witness with several cases, one answers the first's choices."""


@attrs.frozen
class Condition(Fact):
    """One condition of a simulation; ``subject`` names the field, the scheme or the choice that it
    is about, if it is about one."""

    kind: ConditionKind
    subject: str = ""


class OriginKind(Enum):
    """Where a witness takes the value of a choice from."""

    NAMESAKE = "namesake"
    """It is the first scheme's choice of the same name."""
    SOLUTION = "solution"
    """It solves the equation between the values of a compared field."""
    LEAST = "least"
    """It is the lower end of the choice's bounds."""
    GREATEST = "greatest"
    """It is the upper end of the choice's bounds."""
    SAME_SHARE = "same share"
    """It lies between its bounds as the first scheme's choice of the same name does."""


@attrs.frozen
class Origin(Fact):
    """Where a witness takes the value of a choice from; ``field`` is the one that is solved for."""

    kind: OriginKind
    field: str = ""


@attrs.frozen
class Chosen:
    """The term that a witness gives to one choice, and where the term comes from."""

    choice: str
    origin: Origin
    symbol: z3.ArithRef
    term: z3.ExprRef


Case = tuple[Chosen, ...]
"""One case of a witness: a term for each choice of the second system."""


@attrs.frozen
class Invariants:
    """Sets that no sound iteration of the first and of the second system leaves."""

    first: tuple[Clause, ...] = ()
    second: tuple[Clause, ...] = ()


@attrs.frozen
class Goal:
    """One conclusion of a simulation, with what may be assumed beyond the common hypotheses."""

    condition: Condition
    given: tuple[z3.BoolRef, ...]
    conclusion: z3.BoolRef


@attrs.frozen
class Undischarged:
    """The first condition that a witness is not shown to meet, and the solver's answer."""

    condition: Condition
    outcome: Entailment


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
            if link.is_equality
        ]
        return self.second.putting(same)

    @cached_property
    def unlinked(self) -> tuple[int, ...]:
        """The second's fields that are not equal to one of the first's."""
        equal = {link.second for link in self.links if link.is_equality}
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
            *(link.holds(first.state, other.state) for link in self.links if not link.is_equality),
            first.bounds,
        ]

    @cached_property
    def match(self) -> z3.BoolRef:
        """That the second's choices answer the first's."""
        return z3.And(*[z3.Implies(z3.And(*g.given), g.conclusion) for g in self.goals(())])

    def goals(self, case: Case) -> list[Goal]:
        """What a case of a witness must meet. With an empty case the choices keep their symbols."""
        pairs = [(chosen.symbol, chosen.term) for chosen in case]

        def put(term: z3.ExprRef) -> z3.ExprRef:
            return z3.substitute(term, *pairs) if pairs else term

        found = []
        for choice in self.other.choices:
            ends = (ConditionKind.AT_LEAST, ConditionKind.AT_MOST)
            for kind, part in zip(ends, choice.within, strict=False):
                found.append(Goal(Condition(kind, choice.name), (), put(part)))
        mine, theirs = self.first.sound, tuple(put(part) for part in self.other.sound)
        for ours, others, kind in (
            (mine, theirs, ConditionKind.SOUND),
            (theirs, mine, ConditionKind.BROKEN),
        ):
            found += [Goal(Condition(kind), ours, part) for part in others]
        outputs = tuple(put(term) for term in self.other.outputs)
        for link in self.links:
            reaches = link.holds(self.first.outputs, outputs)
            found.append(Goal(Condition(ConditionKind.SAME_FIELD, link.name), mine, reaches))
        return found

    def start(self, held: Invariants, budget: QueryBudget) -> Condition | None:
        """The first condition on the seeds that is not shown, or None if all are."""
        first, second = self.first, self.second
        conditions = [
            (
                Condition(ConditionKind.SEEDS_RELATED, link.name),
                link.holds(first.seed, second.seed),
            )
            for link in self.links
        ]
        for system, clauses in ((first, held.first), (second, held.second)):
            inside = Condition(ConditionKind.SEED_INSIDE, system.name)
            conditions += [(inside, part) for part in parts(system.in_domain(system.seed))]
            pairs = list(zip(system.state, system.seed, strict=True))
            conditions += [(inside, z3.substitute(c.condition, *pairs)) for c in clauses]
        for condition, term in conditions:
            if not follows(self.given, term, budget).valid:
                return condition
        return None

    def discharge(
        self, cases: Sequence[Case], held: Invariants, budget: QueryBudget
    ) -> Undischarged | None:
        """Put the witness to the solver: None if it is one, else the first goal that is not shown.

        One case is shown goal by goal; several by the query that one of them fits.
        """
        hypotheses = self.hypotheses(held)
        if len(cases) == 1:
            for goal in self.goals(cases[0]):
                outcome = follows([*hypotheses, *goal.given], goal.conclusion, budget)
                if not outcome.valid:
                    return Undischarged(goal.condition, outcome)
            return None
        none_fits = satisfy([*hypotheses, *[z3.Not(self.fits(case)) for case in cases]], budget)
        if none_fits.unsat:
            return None
        return Undischarged(Condition(ConditionKind.ONE_CASE_FITS), Entailment.of(none_fits))

    def fits(self, case: Case) -> z3.BoolRef:
        """That a case of a witness answers the first's choices."""
        return z3.And(*[z3.Implies(z3.And(*g.given), g.conclusion) for g in self.goals(case)])

    def answerable(self, held: Invariants, budget: QueryBudget, seconds: float) -> bool:
        """Whether the solver shows, with a quantifier, that the second can always answer."""
        symbols = [choice.symbol for choice in self.other.choices]
        never = z3.Not(self.match)
        if symbols:
            never = z3.ForAll(symbols, never)
        return satisfy([*self.hypotheses(held), never], budget, seconds).unsat


def pose_question(
    first: ComparedScheme, second: ComparedScheme, links: Sequence[Link], over: Ranges
) -> RefinementQuestion:
    """The question of refinement over ranges of shared parameters.

    Raises:
        SpecError: for a mistake in a specification.
    """
    one = transition_system(first.process, first.side, first.values, tuple(over))
    two = transition_system(second.process, second.side, second.values, tuple(over))
    given = [
        part
        for name, (low, high) in over.items()
        for part in (one.free[name] >= numeral(low), one.free[name] <= numeral(high))
    ]
    given += [condition for m in (one, two) for _, _, condition in m.assumptions]
    return RefinementQuestion(one, two, tuple(links), tuple(given))


def valued(term: z3.ExprRef, point: Mapping[z3.ExprRef, z3.ExprRef]) -> z3.ExprRef:
    """A term at a point, simplified."""
    return z3.simplify(z3.substitute(term, *point.items())) if point else z3.simplify(term)
