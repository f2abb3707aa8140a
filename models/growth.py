"""Can capability grow without bound while errors stay bounded? Error along the ranks.

An agent that answers questions up to a rank is amplified: a person splits a question of the next
rank into parts, puts each part to several copies, takes the majority, checks it and puts the parts
together; a student learns that, and is asked about the rank after. So what is wrong at one rank
goes into the next, and a round of training is one rank.

Two kinds of error go different ways. What a copy gets wrong afresh, at each question no more often
than a bound, a vote takes away. What all copies get wrong on the same questions, because training
made them so, no vote takes away: the questions on which it is wrong may be parts of ever more
questions. Checking takes away some of either.

Sources: Christiano, "Reliability amplification" (2016) and "Capability amplification" (2016);
Christiano, Shlegeris and Amodei, "Supervising strong learners by amplifying weak experts" (2018);
von Neumann, "Probabilistic logics" (1956), for what votes do to fresh errors.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

from models.steps import ILLUSTRATIVE, Polling, majority_wrong, odd_copies
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    maximum,
    minimum,
    parameter,
    structural,
    unbounded,
)
from spec.fields import Fields


class Wrongs(Fields):
    """How an agent is wrong: at every question of its ranks it errs with probability at most
    ``fresh`` and something on top, whose mean over the questions of a rank, at the worst rank, is
    at most ``excess``."""

    capability: Real = unbounded("rank up to which the other bounds hold")
    fresh: Real = between(0, 1, "most probability of an error at questions that are not hard")
    excess: Real = between(0, 1, "mean probability of an error beyond that, of all copies alike")


class Answerer(Wrongs, Agent[I]):
    """An agent, of which copies are asked."""


class Asker(Wrongs, Expert[I]):
    """A person with copies of the agent."""


class SeldomWrong(Invariant):
    """It is wrong seldom on average at every rank that it has: fresh + excess within budget."""

    wrong: Real = budget(0, 1, "mean probability of a wrong answer", limit="1/5")

    def holds(self, agent: Answerer[Any]) -> Bool:
        """fresh + excess <= wrong."""
        return agent.fresh + agent.excess <= self.wrong


class Ranks(Polling):
    """Parameters of a round."""

    gain: Real = parameter(1, 0, 10, "ranks that a round can add", source="the unit of rank")
    lost: Real = parameter(
        "1/2", 0, 10, "ranks of its expert's that the student loses, at most", source=ILLUSTRATIVE
    )
    slip: Real = parameter(
        "1/200",
        0,
        1,
        "probability, at any question, that the person errs in putting the parts together",
        source=ILLUSTRATIVE,
    )
    noise: Real = parameter(
        "1/200",
        0,
        1,
        "probability, at any question, that the student errs anew where its expert is right",
        source=ILLUSTRATIVE,
    )
    systematic: Real = parameter(
        0,
        0,
        1,
        "mean probability of errors that training puts into all copies alike",
        source="none: the best case, to which the threshold says what may be added",
    )
    density: Real = parameter(
        1,
        1,
        1000,
        "how many times as often a question may come up as a part as in training",
        source="parts are distributed as in training",
    )
    checked: Real = parameter(
        0, 0, 1, "probability that the person notices a wrong part", source="no check"
    )
    alone_error: Real = parameter(
        0,
        0,
        1,
        "probability, at any part, that the person errs when doing it again alone",
        source="of two answers, the other one is right",
    )
    fan_out: int = structural(2, 1, 10, "parts that a question is split into", source="smallest")


def vetted(p: Parameters) -> Answerer[SeldomWrong]:
    """An agent that makes no errors at the first rank."""
    return Answerer(capability=Real(1), fresh=Real(0), excess=Real(0))


def vote_slope(copies: int) -> Real:
    """The greatest slope of M_k on [0, 1]: k C(k - 1, (k - 1) / 2) / 2^(k - 1), at one half.

    A copy that errs with probability x + d at a question is outvoted with at least
    1 - M_k(x) - slope d, by the mean value theorem.
    """
    return Real(Fraction(copies * comb(copies - 1, (copies - 1) // 2), 2 ** (copies - 1)))


def left_by_check(p: Ranks) -> Real:
    """The share of wrong parts that a check leaves wrong: 1 - c (1 - a)."""
    return 1 - p.checked * (1 - p.alone_error)


def ask(agent: Answerer[I], p: Ranks, nature: Nature) -> Asker[I]:
    """Amplify: split, ask copies, vote, check, put together.

    At a question whose n parts have copies that err with x + d_i, the person is wrong with at most
    h + n g M_k(x) + g slope (d_1 + ... + d_n), by a union bound, g what the check leaves. The first
    two terms are the same at every question; the mean of the last is n g slope times the mean of d
    over the parts as they are asked, at most density times that of training. Assumes that copies
    err independently given the question.
    """
    left = left_by_check(p)
    return Asker(
        capability=agent.capability + p.gain,
        fresh=minimum(1, p.slip + p.fan_out * left * majority_wrong(p.copies, agent.fresh)),
        excess=minimum(1, p.fan_out * left * vote_slope(p.copies) * p.density * agent.excess),
    )


def learn(expert: Asker[I], p: Ranks, nature: Nature) -> Answerer[I]:
    """Distill: the student errs where its expert does, anew at any question, and alike in all
    copies on some."""
    noise = nature.choose("noise", at_most=p.noise, metric="probability at any question")
    alike = nature.choose(
        "errors alike", at_most=p.systematic, metric="mean over questions as in training"
    )
    return Answerer(
        capability=nature.choose(
            "student's capability",
            at_least=maximum(0, expert.capability - p.lost),
            at_most=expert.capability,
            metric="rank of task",
        ),
        fresh=minimum(1, expert.fresh + noise),
        excess=minimum(1, expert.excess + alike),
    )


growth = Scheme[Ranks, Answerer[SeldomWrong], Asker[SeldomWrong]](
    "rank-by-rank",
    parameters=Ranks,
    seed=vetted,
    amplify=ask,
    distill=learn,
    assumptions=[odd_copies],
    about="Error along the ranks: votes of copies, checks, and errors that all copies share.",
)
