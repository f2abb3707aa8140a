"""What a vote of k copies does to an error that is a mean over questions.

A copy's error rate x on a question differs from question to question; ``error`` is the mean e of x.
Copies that err independently, given the question, lose a vote on it with probability M_k(x), the
binomial tail. Three bounds follow, each under assumptions of its own:

- x is the same everywhere: M_k(e), the one case in which a vote gains without further ado;
- x is anything: c_k e, where c_k is the greatest M_k(x) / x. It is attained by a mean that sits on
  questions of the hardness at which M_k(x) / x is greatest, so a vote gains nothing on average;
- the copies depend on each other in any way: 2 k e / (k + 1), by Markov's inequality.

``models/worlds/votes.py`` has the vote itself, on one question.

Sources: von Neumann, "Probabilistic logics and the synthesis of reliable organisms from unreliable
components" (1956), for M_k; Condorcet, "Essai" (1785).
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, comb
from typing import Any

from models.steps import Polling, majority_wrong, odd_copies
from spec import Agent, Bool, I, Invariant, Loop, Nature, Real, between, budget, minimum

DIGITS = 10**6
"""To one in so many is ``hard_factor`` rounded up."""


class Voter(Agent[I]):
    """An agent known by how often it errs."""

    error: Real = between(0, 1, "mean over questions of the probability of a wrong answer")


class ErrsWithin(Invariant):
    """It errs no more often than the limit."""

    error: Real = budget(0, 1, "bound on the mean error", limit="1/10")

    def holds(self, voter: Voter[Any]) -> Bool:
        """The error is within the budget."""
        return voter.error <= self.error


def hard_factor(copies: int) -> Fraction:
    """The greatest M_k(x) / x for x in (0, 1], rounded up to six digits: 9/8 for k = 3.

    M' is k C(k-1, m) x^m (1-x)^m with m = (k-1)/2, so M is concave from 1/2 on: the tangent at any
    y >= 1/2 lies above M there. If y M'(y) >= M(y), it starts at or below 0, so M(x) <= M'(y) x
    for x >= 1/2; for x <= 1/2, M(x) <= x, and M'(y) >= M(y) / y >= 1. So M'(y) is a bound, and the
    least such bound is at the last such y, where y M'(y) = M(y). Halving encloses it.
    """
    middle = (copies - 1) // 2

    def slope(y: Fraction) -> Fraction:
        return copies * comb(copies - 1, middle) * (y * (1 - y)) ** middle

    def tail(y: Fraction) -> Fraction:
        terms = (comb(copies, n) * y**n * (1 - y) ** (copies - n) for n in range(copies + 1))
        return sum(list(terms)[middle + 1 :], Fraction(0))

    low, high = Fraction(1, 2), Fraction(1)
    for _ in range(24):
        y = (low + high) / 2
        low, high = (y, high) if y * slope(y) >= tail(y) else (low, y)
    return Fraction(ceil(slope(low) * DIGITS), DIGITS)


def voted_same(voter: Voter[I], p: Polling, nature: Nature) -> Voter[I]:
    """Independent copies, and every question equally hard: M_k(e)."""
    return Voter(error=majority_wrong(p.copies, voter.error))


def voted_any(voter: Voter[I], p: Polling, nature: Nature) -> Voter[I]:
    """Independent copies, and questions of any hardness: min(1, c_k e)."""
    return Voter(error=minimum(1, hard_factor(p.copies) * voter.error))


def voted_together(voter: Voter[I], p: Polling, nature: Nature) -> Voter[I]:
    """Copies that depend on each other in any way: min(1, 2 k e / (k + 1))."""
    return Voter(error=minimum(1, Fraction(2 * p.copies, p.copies + 1) * voter.error))


def flawless(p: Polling) -> Voter[ErrsWithin]:
    """A voter without error."""
    return Voter(error=Real(0))


vote_same_hardness = Loop[Polling, Voter[ErrsWithin]](
    "vote-same-hardness",
    parameters=Polling,
    seed=flawless,
    step=voted_same,
    assumptions=[odd_copies],
    about="A vote of independent copies on questions that are all equally hard.",
)

vote_any_hardness = Loop[Polling, Voter[ErrsWithin]](
    "vote-any-hardness",
    parameters=Polling,
    seed=flawless,
    step=voted_any,
    assumptions=[odd_copies],
    about="A vote of independent copies on questions of any hardness.",
)

vote_any_dependence = Loop[Polling, Voter[ErrsWithin]](
    "vote-any-dependence",
    parameters=Polling,
    seed=flawless,
    step=voted_together,
    assumptions=[odd_copies],
    about="A vote of copies that may depend on each other in any way.",
)
