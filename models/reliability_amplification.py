"""Reliability amplification: many copies are asked, the majority answers, the next agent learns it.

How much an ensemble gains depends on how the copies' errors hang together, so there is one vote for
each assumption: independent but for one shared draw; nothing known but how two copies err together;
nothing known at all. Errors may also be systematic: made by every copy because training made them.

In a real run (docs/how-to/real-runs.md) the errors of two networks correlate by 0.51, and by 0.65
after seven rounds of learning the same votes. As one shared draw that would be a ``correlation`` of
0.78 where the default is 1/50. The networks get worse, not better: what a vote gains is less than
what learning it loses.

Source: Christiano, "Reliability amplification" (2016). The votes: von Neumann, "Probabilistic
logics and the synthesis of reliable organisms from unreliable components" (1956).
"""

from __future__ import annotations

from math import comb

from models.steps import (
    ILLUSTRATIVE,
    Polling,
    majority_wrong,
    odd_copies,
    vote_factor,
    voted,
    voted_against,
    voted_on_average,
)
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Overseer,
    Real,
    Scheme,
    any_of,
    between,
    budget,
    minimum,
    parameter,
)
from spec.agents import MOST_REGRET
from spec.alignment import Reliable
from spec.fields import Fields


class Copy(Agent[I]):
    """One copy of the agent, as far as its reliability goes."""

    error: Real = between(
        0,
        1,
        "bound on the probability that its answer is wrong, at any question; on its mean, before "
        "adversaries",
    )


class Ensemble(Expert[I]):
    """Several copies and their majority."""

    error: Real = between(0, 1, "bound on the probability that the majority is wrong")


class TwoKinds(Fields):
    """Errors of two kinds, which a vote tells apart."""

    fresh: Real = between(
        0, 1, "bound on the probability of an error that each copy makes anew, at any question"
    )
    shared: Real = between(
        0, 1, "bound on the mean probability of an error that all copies make alike"
    )

    @property
    def error(self) -> Real:
        """Bound on the probability of either."""
        return self.fresh + self.shared


class SystematicCopy(TwoKinds, Agent[I]):
    """A copy some of whose errors every copy makes."""


class SystematicEnsemble(TwoKinds, Expert[I]):
    """An ensemble of copies that are wrong on some questions all at once."""


class Successor(Copy[I]):
    """A copy that remembers the agent of the round before."""

    error_before: Real = between(0, 1, "the error of its predecessor")


class Vote(Agent[I]):
    """One question put to one copy and to an ensemble."""

    error: Real = between(0, 1, "probability that one copy is wrong")
    voted: Real = between(0, 1, "bound on the probability that the ensemble is wrong")


class Gains(Invariant):
    """An ensemble is wrong less often than one of its copies."""

    def holds(self, vote: Vote[I]) -> Bool:
        """voted < error."""
        return vote.voted < vote.error


class GainsIfWrong(Invariant):
    """An ensemble is wrong less often than one of its copies, if they ever are."""

    def holds(self, vote: Vote[I]) -> Bool:
        """error = 0 or voted < error."""
        return (vote.error == 0) | (vote.voted < vote.error)


class GainsBelowHalf(Invariant):
    """An ensemble is wrong less often than one of its copies that errs, but less than half the
    time."""

    def holds(self, vote: Vote[I]) -> Bool:
        """error = 0, error >= 1/2 or voted < error."""
        return any_of(vote.error == 0, vote.error >= "1/2", vote.voted < vote.error)


class Shrinks(Invariant):
    """An ensemble is wrong at most a given share as often as one of its copies."""

    share: Real = budget(0, 2, "the ensemble's error per copy's error", limit="1/2")

    def holds(self, vote: Vote[I]) -> Bool:
        """voted <= share error."""
        return vote.voted <= self.share * vote.error


class NoWorse(Invariant):
    """No less reliable than its predecessor, but for some slack."""

    slack: Real = budget(0, 1, "how much likelier it may err than its predecessor", limit=0)

    def holds(self, copy: Successor[I]) -> Bool:
        """error <= error before + slack."""
        return copy.error <= copy.error_before + self.slack


class Reliability(Polling):
    """Parameters of the vote and of learning its outcome."""

    seed_error: Real = parameter(
        "1/20", 0, 1, "probability that the first agent is wrong", source=ILLUSTRATIVE
    )
    imitation_error: Real = parameter(
        "1/100",
        0,
        1,
        "probability that the student departs from the ensemble, in total variation, at any "
        "question; in the mean, before adversaries",
        source=ILLUSTRATIVE,
    )


class SharedDraw(Reliability):
    """Errors are independent, except that now and then all copies answer as one."""

    correlation: Real = parameter(
        "1/50", 0, 1, "probability that all copies answer by one draw", source=ILLUSTRATIVE
    )


class SomeSystematic(Reliability):
    """Part of what training gets wrong, every copy gets wrong on the same questions."""

    systematic: Real = parameter(
        "1/50", 0, 1, "share of the departures that all copies make alike", source=ILLUSTRATIVE
    )


class OneVote(Polling):
    """Parameters of a single vote."""

    error: Real = parameter("1/10", 0, 1, "probability that one copy is wrong", source="Vote")
    correlation: Real = parameter(
        "1/50", 0, 1, "probability that all copies answer by one draw", source=ILLUSTRATIVE
    )


class AnyVote(OneVote):
    """Parameters of a single vote of copies that are wrong as often as nature likes."""

    most_error: Real = parameter(
        1, 0, 1, "most often that a copy is wrong", source="nothing is assumed"
    )


class PairedVote(Polling):
    """Parameters of a single vote of which only pairs of copies are known."""

    error: Real = parameter("1/10", 0, 1, "probability that one copy is wrong", source="Vote")
    coefficient: Real = parameter(
        "1/50", 0, 1, "correlation coefficient of two copies' errors", source=ILLUSTRATIVE
    )


# --- votes ----------------------------------------------------------------------------------------


def voted_in_pairs(copies: int, error: Real, coefficient: Real) -> Real:
    """P(a vote is wrong) when only the correlation coefficient of any two copies' errors is known.

    Two given copies err together with probability e^2 + rho e (1 - e), and a wrong majority
    contains many such pairs: at most pairs expected / pairs in the smallest majority, and at most
    what holds of any copies. Source: Markov's inequality on the number of pairs. For three copies
    it is the least such bound while e <= 1/3 and two given copies err together at most e / 2 of
    the time.
    """
    majority = (copies + 1) // 2
    if majority < 2:
        return error
    together = error**2 + coefficient * error * (1 - error)
    pairs = comb(copies, 2) * together / comb(majority, 2)
    return minimum(voted_against(copies, error), pairs)


def reliable(expert: Overseer[I], copies: int) -> Overseer[I]:
    """Any expert, asked several times over: the majority of its answers.

    A step that any scheme over the abstract agent can put after its amplification. Its error is a
    mean, which may sit on few hard questions, so a vote of independent answers errs with at most
    c_k times it, and one of the answers is malign with at most k times that. An ensemble answers no
    harder question than its members do, resists if any of them resists, and costs what all of them
    cost.
    """
    error = minimum(1, voted_on_average(copies, expert.error))
    return Overseer(
        capability=expert.capability,
        error=error,
        malign=minimum(error, copies * expert.malign),
        resistance=minimum(1, copies * expert.resistance),
        cost=copies * expert.cost,
        regret=minimum(MOST_REGRET, vote_factor(copies) * expert.regret),
    )


# --- the scheme -----------------------------------------------------------------------------------


def seed(p: Reliability) -> Copy[Reliable]:
    """An agent that is wrong now and then."""
    return Copy(error=p.seed_error)


def poll(agent: Copy[I], p: SharedDraw, nature: Nature) -> Ensemble[I]:
    """Amplify: the majority of copies that err independently, but for one shared draw."""
    return Ensemble(error=voted(p.copies, agent.error, p.correlation))


def poll_adversaries(agent: Copy[I], p: Reliability, nature: Nature) -> Ensemble[I]:
    """Amplify: the majority of copies whose errors may hang together in any way at all."""
    return Ensemble(error=voted_against(p.copies, agent.error))


def learn(expert: Ensemble[I], p: Reliability, nature: Nature) -> Copy[I]:
    """Distill: one copy learns the ensemble's answer; where it departs it may be wrong.

    The next vote gains only on a bound at every question, so it must depart seldom at every one.
    """
    departure = nature.choose(
        "departure", at_most=p.imitation_error, metric="total variation, at any question"
    )
    return Copy(error=minimum(1, expert.error + departure))


reliability = Scheme[SharedDraw, Copy[Reliable], Ensemble[Reliable]](
    "reliability",
    parameters=SharedDraw,
    seed=seed,
    amplify=poll,
    distill=learn,
    assumptions=[odd_copies],
    about="Reliability amplification: copies that err independently, but for one shared draw.",
)

reliability_adversarial = Scheme[Reliability, Copy[Reliable], Ensemble[Reliable]](
    "reliability-adversarial",
    parameters=Reliability,
    seed=seed,
    amplify=poll_adversaries,
    distill=learn,
    assumptions=[odd_copies],
    about="Reliability amplification by copies whose errors may hang together in any way.",
)


def first(p: SharedDraw) -> Successor[NoWorse]:
    """An agent that is wrong now and then, after one that was wrong as often."""
    return Successor(error=p.seed_error, error_before=p.seed_error)


def round_remembered(agent: Successor[I], p: SharedDraw, nature: Nature) -> Successor[I]:
    """One round of reliability amplification, with the round before remembered."""
    student = learn(poll(Copy[I](error=agent.error), p, nature), p, nature)
    return Successor(error=student.error, error_before=agent.error)


reliability_remembered = Loop[SharedDraw, Successor[NoWorse]](
    "reliability-remembered",
    parameters=SharedDraw,
    seed=first,
    step=round_remembered,
    assumptions=[odd_copies],
    about="Reliability amplification with the error of the round before remembered.",
)


# --- systematic errors ----------------------------------------------------------------------------


def fresh_seed(p: SomeSystematic) -> SystematicCopy[Reliable]:
    """An agent that is wrong now and then, never on the same questions twice."""
    return SystematicCopy(fresh=p.seed_error, shared=Real(0))


def poll_alike(
    agent: SystematicCopy[I], p: SomeSystematic, nature: Nature
) -> SystematicEnsemble[I]:
    """Amplify: a vote takes away errors that are made afresh, and none that all copies make."""
    return SystematicEnsemble(fresh=majority_wrong(p.copies, agent.fresh), shared=agent.shared)


def learn_alike(
    expert: SystematicEnsemble[I], p: SomeSystematic, nature: Nature
) -> SystematicCopy[I]:
    """Distill: part of what training gets wrong, it gets wrong in every copy."""
    anew = nature.choose(
        "departure made anew",
        at_most=(1 - p.systematic) * p.imitation_error,
        metric="total variation, at any question",
    )
    alike = nature.choose(
        "departure made alike",
        at_most=p.systematic * p.imitation_error,
        metric="total variation, on questions drawn as in training",
    )
    return SystematicCopy(
        fresh=minimum(1, expert.fresh + anew), shared=minimum(1, expert.shared + alike)
    )


reliability_systematic = Scheme[
    SomeSystematic, SystematicCopy[Reliable], SystematicEnsemble[Reliable]
](
    "reliability-systematic",
    parameters=SomeSystematic,
    seed=fresh_seed,
    amplify=poll_alike,
    distill=learn_alike,
    assumptions=[odd_copies],
    about="Reliability amplification when part of what training gets wrong, all copies get wrong.",
)


# --- one vote -------------------------------------------------------------------------------------


def first_vote(p: OneVote | PairedVote) -> Vote[Gains]:
    """A copy that is wrong as often as the parameter says, before an ensemble that never is."""
    return Vote(error=p.error, voted=Real(0))


def one_vote(vote: Vote[I], p: OneVote, nature: Nature) -> Vote[I]:
    """A vote of copies that err independently, but for one shared draw."""
    return Vote(error=p.error, voted=voted(p.copies, p.error, p.correlation))


def paired_vote(vote: Vote[I], p: PairedVote, nature: Nature) -> Vote[I]:
    """A vote of copies of which only the correlation of any two is known."""
    return Vote(error=p.error, voted=voted_in_pairs(p.copies, p.error, p.coefficient))


def first_any_vote(p: AnyVote) -> Vote[GainsIfWrong]:
    """A copy that is wrong as often as the parameter says, before an ensemble that never is."""
    return Vote(error=p.error, voted=Real(0))


def any_vote(vote: Vote[I], p: AnyVote, nature: Nature) -> Vote[I]:
    """A vote of copies that are wrong as often as nature likes, all equally often."""
    error = nature.choose(
        "error of one copy", at_most=p.most_error, metric="probability of a wrong answer"
    )
    return Vote(error=error, voted=voted(p.copies, error, p.correlation))


vote_shared_draw = Loop[OneVote, Vote[Gains]](
    "vote-shared-draw",
    parameters=OneVote,
    seed=first_vote,
    step=one_vote,
    assumptions=[odd_copies],
    about="One vote of copies that err independently, but for one shared draw.",
)

vote_in_pairs = Loop[PairedVote, Vote[Gains]](
    "vote-in-pairs",
    parameters=PairedVote,
    seed=first_vote,
    step=paired_vote,
    assumptions=[odd_copies],
    about="One vote of copies of which only the correlation of any two is known.",
)

vote_of_any_error = Loop[AnyVote, Vote[GainsIfWrong]](
    "vote-of-any-error",
    parameters=AnyVote,
    seed=first_any_vote,
    step=any_vote,
    assumptions=[odd_copies],
    about="One vote of copies that are wrong as often as nature likes.",
)
