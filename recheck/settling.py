"""Obligations settled, a conclusion at a time."""

from __future__ import annotations

from collections.abc import Sequence

from cvc5 import Term

from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation
from recheck.parts.harder import asked_otherwise
from recheck.solver import ask
from recheck.terms import conjuncts, symbols_in

FIRST = 0.3
"""Seconds for a query by linear lemmas about products alone, which settle almost all."""


def settle(obligation: Obligation, seconds: float) -> None:
    """Show that the goals follow.

    Raises:
        Rejected: where one does not, saying at which values it fails.
        Undecided: where cvc5 does not say of one in its time.
    """
    hypotheses = conjuncts(obligation.hypotheses)
    for goal in conjuncts(obligation.goals):
        if goal in hypotheses:
            continue
        asserted = [*connected(hypotheses, goal), goal.notTerm()]
        answer = ask(asserted, min(FIRST, seconds), "nl-cov=false")
        answer = asked_otherwise(asserted, seconds) if answer is None else answer
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
