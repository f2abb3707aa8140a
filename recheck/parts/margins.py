"""Staying away from the limits of a claim by some margin, and coming as near to them as one likes.

The *slack* of a comparison a <= b or a < b is b - a. A run stays away from the limits if some
number above 0 is at most the slack of every comparison of the claim, at every agent.

*It does* if it keeps the claim with that number, the margin, added on the lesser side: a claim like
any other. *It does not* if some strategy makes the slack of one comparison less, by a share r above
0, in every iteration from an agent of the claim. *Proof.* Either the run leaves the claim, or the
slack after n iterations is at most (1 - r)^n times the first, which falls below any margin. ∎
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from cvc5 import Kind, Term

from recheck.errors import Rejected, Undecided
from recheck.evidence import Evidence
from recheck.obligations import Obligation, course, well_defined
from recheck.parts.staying import with_choices
from recheck.terms import MANAGER, substitute

RISING, FALLING = (Kind.LEQ, Kind.LT), (Kind.GEQ, Kind.GT)


def slack(condition: Term) -> Term:
    """By how much a comparison holds.

    Raises:
        Undecided: for a condition that is none.
    """
    opposite = condition.getKind() is Kind.NOT
    inner = condition[0] if opposite else condition
    if inner.getKind() not in (*RISING, *FALLING):
        raise Undecided("the claim is made of more than comparisons")
    upward = (inner.getKind() in RISING) is not opposite
    return MANAGER.mkTerm(Kind.SUB, *(inner[1], inner[0]) if upward else (inner[0], inner[1]))


def with_margin(evidence: Evidence, margin: str) -> Evidence:
    """The claim, with a margin.

    Raises:
        Rejected: where that is nothing.
    """
    if Fraction(margin) <= 0:
        raise Rejected("a margin of nothing")
    agent, least = evidence.system.agent, MANAGER.mkReal(margin)
    kept = [MANAGER.mkTerm(Kind.GEQ, slack(each), least) for each in evidence.claim[agent]]
    return evidence._replace(claim={**evidence.claim, agent: kept})


def nearing(evidence: Evidence, how: Mapping[str, Any]) -> Iterator[Obligation]:
    """What shows that a run comes as near to a limit as one likes.

    Raises:
        Rejected: where it comes no nearer.
    """
    share, agent = Fraction(how["share"]), evidence.system.agent
    if not 0 < share <= 1:
        raise Rejected("no share of the slack")
    system = with_choices(evidence.system, [Fraction(unit) for unit in how["units"]])
    before = slack(evidence.claim[agent][how["comparison"]])
    for taken in course(system, system.steps, evidence.kept(agent)):
        yield from well_defined(taken.step, taken.before, taken.step.name)
    (after,) = substitute([before], taken.state)
    most = MANAGER.mkTerm(Kind.MULT, MANAGER.mkReal(str(1 - share)), before)
    goal = MANAGER.mkTerm(Kind.LEQ, after, most)
    yield Obligation("an iteration comes nearer to the limit", taken.after, [goal])
