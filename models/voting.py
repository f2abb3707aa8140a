"""What a vote of k copies does to an error that is a mean over questions.

A copy's error rate x on a question differs from question to question; ``error`` is the mean e of x.
Copies that err independently, given the question, lose a vote on it with probability M_k(x), the
binomial tail. Three bounds follow, each under assumptions of its own:

- x is the same everywhere: M_k(e), the one case in which a vote gains without further ado;
- x is anything: c_k e, where c_k is the greatest M_k(x) / x. It is attained by a mean that sits on
  questions of the hardness at which M_k(x) / x is greatest, so a vote gains nothing on average;
- the copies depend on each other in any way: 2 k e / (k + 1), by Markov's inequality.

``models/worlds/votes.py`` has the vote itself, on one question.

Of networks that read digits three err together 3 to 3.5 times as often as M_3(e) says, and within
the other two bounds (docs/how-to/real-runs.md).

Sources: von Neumann, "Probabilistic logics and the synthesis of reliable organisms from unreliable
components" (1956), for M_k; Condorcet, "Essai" (1785).
"""

from __future__ import annotations

from typing import Any

from models.steps import Polling, majority_wrong, odd_copies, voted_against, voted_on_average
from spec import Agent, Bool, I, Invariant, Loop, Nature, Real, between, budget, minimum


class Voter(Agent[I]):
    """An agent known by how often it errs."""

    error: Real = between(0, 1, "mean over questions of the probability of a wrong answer")


class Suspected(Voter[I]):
    """A voter of which it is also known how often it is malign."""

    malign: Real = between(0, 1, "mean over questions of the probability of a malign answer")


class ErrsWithin(Invariant):
    """It errs no more often than the limit."""

    error: Real = budget(0, 1, "bound on the mean error", limit="1/10")

    def holds(self, voter: Voter[Any]) -> Bool:
        """The error is within the budget."""
        return voter.error <= self.error


def voted_same(voter: Voter[I], p: Polling, nature: Nature) -> Voter[I]:
    """Independent copies, and every question equally hard: M_k(e)."""
    return Voter(error=majority_wrong(p.copies, voter.error))


def voted_any(voter: Voter[I], p: Polling, nature: Nature) -> Voter[I]:
    """Independent copies, and questions of any hardness: min(1, c_k e)."""
    return Voter(error=minimum(1, voted_on_average(p.copies, voter.error)))


def voted_together(voter: Voter[I], p: Polling, nature: Nature) -> Voter[I]:
    """Copies that depend on each other in any way: min(1, 2 k e / (k + 1))."""
    return Voter(error=voted_against(p.copies, voter.error))


def voted_suspected(voter: Suspected[I], p: Polling, nature: Nature) -> Suspected[I]:
    """Independent copies, questions of any hardness: wrong with min(1, c_k e), and wrong with a
    malign copy among those asked with min(1, k m), a union bound."""
    return Suspected(
        error=minimum(1, voted_on_average(p.copies, voter.error)),
        malign=minimum(1, p.copies * voter.malign),
    )


def unsuspected(p: Polling) -> Suspected[ErrsWithin]:
    """A voter without error."""
    return Suspected(error=Real(0), malign=Real(0))


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

vote_of_suspects = Loop[Polling, Suspected[ErrsWithin]](
    "vote-of-suspects",
    parameters=Polling,
    seed=unsuspected,
    step=voted_suspected,
    assumptions=[odd_copies],
    about="A vote of independent copies some of which may be malign.",
)
