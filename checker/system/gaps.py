"""What the solver does not show of obligations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs
import z3

from checker.backends.solver import Entailment, QueryBudget, follows
from checker.system.findings import Blocked
from checker.system.obligations import Label, Obligation, preservation
from checker.system.problem import Clause, Problem


@attrs.frozen
class Gap:
    """A conclusion that is not shown: of which obligation, and the solver's answer."""

    obligation: Label
    clause: Clause
    outcome: Entailment

    @property
    def blocked(self) -> Blocked:
        """The gap as plain data."""
        outcome = self.outcome
        return Blocked(self.obligation, self.clause.label, outcome.invalid, outcome.values)


Ask = Callable[[Sequence[z3.BoolRef], z3.BoolRef, QueryBudget], Entailment]
"""A way to ask whether hypotheses imply a conclusion."""


def gaps(
    due: Iterable[Obligation],
    budget: QueryBudget,
    given: Sequence[z3.BoolRef] = (),
    ask: Ask = follows,
) -> Iterator[Gap]:
    """The conclusions that are not shown, as they are come upon.

    Args:
        due: the obligations.
        budget: limits and counts the queries.
        given: hypotheses of all of them.
        ask: how they are asked about.
    """
    for obligation in due:
        for clause in obligation.conclusions:
            outcome = ask([*given, *obligation.hypotheses], clause.condition, budget)
            if not outcome.valid:
                yield Gap(obligation.label, clause, outcome)


def met(
    due: Iterable[Obligation],
    budget: QueryBudget,
    given: Sequence[z3.BoolRef] = (),
    ask: Ask = follows,
) -> bool:
    """Whether all conclusions are shown."""
    return next(gaps(due, budget, given, ask), None) is None


def always_a_successor(problem: Problem, budget: QueryBudget) -> bool:
    """Whether the solver shows of a loop composed to one step that from every state that meets the
    clauses the step is defined, meets what is asked between its parts, and leaves nature a value
    for each choice."""
    (step,) = problem.steps
    return met(preservation(step, problem.clauses[problem.agent.name], ()), budget)
