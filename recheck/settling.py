"""Obligations settled: at once, or a conclusion at a time."""

from __future__ import annotations

from collections.abc import Sequence

from cvc5 import Term

from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation
from recheck.parts.harder import answered
from recheck.solver import ask
from recheck.terms import conjuncts, every, symbols_in

AT_ONCE = 0.1
"""Seconds for all conclusions of an obligation together."""


def settle(obligation: Obligation, seconds: float) -> None:
    """Show that the goals follow.

    Raises:
        Rejected: where one does not, saying at which values it fails.
        Undecided: where cvc5 does not say of one in its time.
    """
    hypotheses = conjuncts(obligation.hypotheses)
    goals = [goal for goal in conjuncts(obligation.goals) if goal not in hypotheses]
    together = [*hypotheses, every(goals).notTerm()]
    if len(goals) > 1 and ask(together, min(AT_ONCE, seconds), "nl-cov=false") == "":
        return
    for goal in goals:
        answer = answered((*connected(hypotheses, goal), goal.notTerm()), seconds)
        if answer is None:
            raise Undecided(f"{obligation.name}: no answer within {seconds:g} s")
        if answer:
            raise Rejected(f"{obligation.name}: false at {answer}")


def connected(hypotheses: Sequence[Term], goal: Term) -> list[Term]:
    """The hypotheses that share a symbol with the goal, however indirectly, and those without."""
    read = {each: symbols_in([each]) for each in hypotheses}
    near, left = symbols_in([goal]) or symbols_in(hypotheses), list(read)
    while True:
        more = [each for each in left if read[each] & near or not read[each]]
        if not more:
            return [each for each in read if each not in left]
        left = [each for each in left if each not in more]
        near = near.union(*(read[each] for each in more))
