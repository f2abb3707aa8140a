"""Transfer functions that several schemes share: what a step does to the bounds of an agent.

Each function names the assumption under which its formula bounds the real quantity, and the
source of the formula; ``models/worlds`` proves it of every table. A bound is a mean over questions,
and errors may sit on few of them, so every formula is concave in the means that it is given: what
it says of one question then says no less of their mean (Jensen's inequality). Probabilities are in
[0, 1], horizons in steps, regret in units of reward.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import ceil, comb
from typing import Any

from spec import (
    Assistant,
    Bool,
    I,
    Nature,
    Overseer,
    Parameters,
    Real,
    maximum,
    minimum,
    parameter,
    structural,
)
from spec.alignment import Trusted

ILLUSTRATIVE = "illustrative: no measurement is claimed, so look at its whole range with --over"


class Oversight(Parameters):
    """What every scheme here says of its overseer and of how far a round can go."""

    gain: Real = parameter(
        1, 0, 10, "ranks of task that a round can add", source="the unit of rank"
    )
    margin: Real = parameter(
        "1/10", 0, 10, "ranks by which an overseer must exceed its student", source=ILLUSTRATIVE
    )
    tolerance: Real = parameter(
        "1/2",
        0,
        1,
        "most share of its judgements that may be wrong for it to be an overseer at all",
        source="a judgement that is wrong more often than not teaches the opposite",
    )
    slip: Real = parameter(
        "1/200", 0, 1, "mean probability that the overseer itself errs", source=ILLUSTRATIVE
    )
    correction: Real = parameter(
        "3/4", 0, 1, "share of an agent's resistance that a correction removes", source=ILLUSTRATIVE
    )
    resistance_drift: Real = parameter(
        "1/50", 0, 1, "most resistance that one round of training adds", source=ILLUSTRATIVE
    )
    density: Real = parameter(
        1,
        1,
        1000,
        "how many times as often a question may be asked of a copy as in training",
        source="questions are asked as in training",
    )


class Training(Oversight):
    """What a scheme says of training a student under an expert."""

    kept_back: Real = parameter(
        "1/4",
        -10,
        10,
        "ranks by which training keeps the student below its expert, at least; negative where the "
        "student may outgrow it",
        source=ILLUSTRATIVE,
    )
    lost: Real = parameter(
        "1/2", -10, 10, "ranks of its expert's that the student loses, at most", source=ILLUSTRATIVE
    )
    horizon: int = structural(1, 1, 50, "steps of an episode", source="one answer is one step")
    label_noise: Real = parameter(
        "1/100000",
        0,
        1,
        "error that one unit of the expert's cost adds, as a label budget buys fewer labels",
        source=ILLUSTRATIVE,
    )


class Consultation(Oversight):
    """What a scheme says of an overseer who asks copies, checks answers and can do without."""

    detection: Real = parameter(
        "19/20",
        0,
        1,
        "probability that the overseer notices a malign answer of an agent that does not resist",
        source=ILLUSTRATIVE,
    )
    checked: Real = parameter(
        0, 0, 1, "probability that the overseer notices a mistaken answer", source="no check"
    )
    false_alarm: Real = parameter(
        0, 0, 1, "mean probability that the overseer rejects a right answer", source="no check"
    )
    alone_error: Real = parameter(
        "1/100",
        0,
        1,
        "probability, on any part, that the overseer errs when it does the part alone",
        source=ILLUSTRATIVE,
    )
    copies: int = structural(
        1,
        1,
        15,
        "copies that vote on each part (odd)",
        source="no vote: of mean errors it gains nothing",
    )


class Splitting(Consultation, Training):
    """What a scheme says of questions that are split into parts, each of which is asked."""

    fan_out: int = structural(2, 1, 10, "parts that a question is split into", source="smallest")


class Polling(Parameters):
    """What a scheme says of a vote."""

    copies: int = structural(3, 1, 15, "copies that vote (odd)", source="smallest")


def odd_copies(p: Consultation | Polling) -> Bool:
    """The number of copies that vote is odd, so there is no tie."""
    return Bool(p.copies % 2 == 1)


def keeps_back_no_more_than_it_loses(p: Training) -> Bool:
    """The least number of ranks by which the student stays below its expert is at most the most."""
    return p.kept_back <= p.lost


def vetted_by_hand(error: Real, horizon: int = 1) -> Assistant[Trusted]:
    """A weak agent that people vetted: it may be wrong, and does nothing worse."""
    return Assistant(
        capability=Real(1),
        error=error,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=horizon * error,
    )


# --- votes ----------------------------------------------------------------------------------------


def majority_wrong(copies: int, error: Real) -> Real:
    """P(most of an odd number of copies are wrong): the binomial tail above one half.

    Assumes errors that are independent given the question, wrong answers that agree (the worst case
    for a vote), and that ``error`` is the probability of an error at *this* question: of a mean
    over questions it is a bound only if all are equally hard. Source: von Neumann, "Probabilistic
    logics" (1956).
    """
    tail = Real(0)
    for wrong in range(copies // 2 + 1, copies + 1):
        tail = tail + comb(copies, wrong) * error**wrong * (1 - error) ** (copies - wrong)
    return tail


def voted(copies: int, error: Real, correlation: Real) -> Real:
    """P(a vote is wrong) when with probability ``correlation`` one draw is shared by all copies.

    Identical deterministic copies are ``correlation`` = 1: no gain. Otherwise the errors are
    assumed independent, and every question equally hard. Source: the mixture of the two cases.
    """
    return correlation * error + (1 - correlation) * majority_wrong(copies, error)


def voted_on_average(copies: int, error: Real) -> Real:
    """P(a vote is wrong), where ``error`` is a mean over questions of any hardness: at most c_k e.

    c_k is the greatest M_k(x) / x, so that c_k x is the least line above M_k through 0, its concave
    envelope up to where the two meet. Errors of mean e on questions of that hardness attain it.
    Assumes errors that are independent given the question. For k = 3 it is 9/8: a vote gains
    nothing on average.
    """
    return vote_factor(copies) * error


@cache
def vote_factor(copies: int) -> Fraction:
    """c_k: the greatest M_k(x) / x for x in (0, 1], rounded up to six digits; 9/8 for k = 3.

    M' is k C(k-1, m) x^m (1-x)^m with m = (k-1)/2, so M is concave from 1/2 on: the tangent at any
    y >= 1/2 lies above M there. If y M'(y) >= M(y), it starts at or below 0, so M(x) <= M'(y) x
    for x >= 1/2; for x <= 1/2, M(x) <= x, and M'(y) >= M(y) / y >= 1. So M'(y) is a bound, and the
    least such bound is at the last such y, where y M'(y) = M(y). Halving encloses it.
    """
    middle, digits = (copies - 1) // 2, 10**6

    def slope(y: Fraction) -> Fraction:
        return copies * comb(copies - 1, middle) * (y * (1 - y)) ** middle

    def tail(y: Fraction) -> Fraction:
        terms = (comb(copies, n) * y**n * (1 - y) ** (copies - n) for n in range(copies + 1))
        return sum(list(terms)[middle + 1 :], Fraction(0))

    low, high = Fraction(1, 2), Fraction(1)
    for _ in range(24):
        y = (low + high) / 2
        low, high = (y, high) if y * slope(y) >= tail(y) else (low, y)
    return Fraction(ceil(slope(low) * digits), digits)


def voted_against(copies: int, malign: Real) -> Real:
    """P(a vote is carried by malign copies that may collude): min(1, 2 k m / (k + 1)).

    Assumes nothing of their joint distribution. Source: Markov's inequality on the number of
    malign copies, of which more than half are needed.
    """
    return minimum(1, 2 * copies * malign / (copies + 1))


# --- consultation ---------------------------------------------------------------------------------


def decomposed(part: Real, fan_out: int, slip: Real) -> Real:
    """P(an answer put together from ``fan_out`` parts is wrong): min(1, slip + fan_out part).

    Assumes that ``part`` is the mean over the parts as they are asked, and nothing about
    independence. Source: Boole's inequality over the overseer's slip and each part.
    """
    return minimum(1, slip + fan_out * part)


def filtered(malign: Real, detection: Real, resistance: Real) -> Real:
    """P(a malign answer gets past the overseer): (1 - d) m + d min(m, q).

    The overseer notices a malign answer with probability d unless the agent resists. Nothing is
    assumed of how malignity and resistance hang together: an agent may resist just where it is
    malign, so that both happen with probability min(m, q), and the product m q is no bound.
    """
    return (1 - detection) * malign + detection * minimum(malign, resistance)


def checked(wrong: Real, missed: Real, false_alarm: Real, redone: Real) -> Real:
    """P(wrong after a check): m w + r ((1 - m) w + h (1 - w)).

    A wrong answer is missed, or it is rejected and wrong again; a right one is rejected all the
    same and is then wrong. The law of total probability: each share is among the answers that it
    speaks of, on any question, so nothing is assumed of which questions are hard. The slope in w,
    m + r (1 - m - h) = m (1 - r) + r (1 - h), is never negative, so it holds of a bound on w.
    """
    rejected = (1 - missed) * wrong + false_alarm * (1 - wrong)
    return missed * wrong + redone * rejected


def corrected(resistance: Real, correction: Real, calls: int) -> Real:
    """P(one of the agents called resists after correction): min(1, c q (1 - k)), a union bound."""
    return minimum(1, calls * resistance * (1 - correction))


def flipped(error: Real, noise: Real) -> Real:
    """P(wrong after a flip with probability ``noise``), the flip independent of the answer."""
    return noise * (1 - error) + (1 - noise) * error


def asked(mean: Real, p: Oversight) -> Real:
    """The mean over questions as they are asked, at most rho e, from that over those of training.

    Source: a change of measure, E_asked(x) <= rho E_training(x) where no question is asked more
    than rho times as often as in training.
    """
    return p.density * mean


def consulting(
    agent: Assistant[I],
    p: Consultation,
    *,
    parts_asked: int,
    parts_alone: int,
    gain: Real,
    horizon: int,
) -> Overseer[I]:
    """The overseer who asks copies of the agent for parts of an answer and checks what they say.

    A part is put to k copies, whose majority counts. It is wrong with probability at most
    v = c_k e, and malign, that is wrong with a malign copy among those asked, with at most u = k m.
    The overseer notices a malign part with probability d unless the agent resists (q = k times the
    resistance of a copy), a mistaken one with probability c, and rejects a right one with f; what
    is rejected it does alone, and errs with at most a, whatever the part. A part is wrong with

        (v - u)(1 - c (1 - a)) + u (1 - d (1 - q)(1 - a)) + f a
            <= (1 - c (1 - a)) v + (1 - a)(max(0, c - d) u + min(c, d) min(u, q)) + f a

    where u q <= min(u, q), as malignity and resistance may come together, u <= v, and u may be
    anything up to its bound. It puts n parts together, does others alone, and slips with
    probability h: a union bound. It resists correction if one of all the copies called does. An
    answer that is right loses nothing, so its regret over T steps is at most T error. It ranks
    ``gain`` above the agent.
    """
    calls = parts_asked * p.copies
    wrong = voted_on_average(p.copies, asked(agent.error, p))
    malign = p.copies * asked(agent.malign, p)
    resists = p.copies * asked(agent.resistance, p)
    alone, notices, hidden = p.alone_error, minimum(p.checked, p.detection), minimum(wrong, malign)
    evading = maximum(0, p.checked - p.detection) * hidden + notices * minimum(hidden, resists)
    part = (1 - p.checked * (1 - alone)) * wrong + (1 - alone) * evading + p.false_alarm * alone
    error = minimum(1, p.slip + parts_asked * part + parts_alone * alone)
    return Overseer(
        capability=agent.capability + gain,
        error=error,
        malign=minimum(1, parts_asked * filtered(malign, p.detection, resists)),
        resistance=corrected(asked(agent.resistance, p), p.correction, calls),
        cost=1 + calls * agent.cost,
        regret=horizon * error,
    )


def consult(agent: Assistant[I], p: Splitting, nature: Nature) -> Overseer[I]:
    """The overseer with copies of the agent: split the question, ask for every part, check what is
    said, put it together."""
    return consulting(
        agent, p, parts_asked=p.fan_out, parts_alone=0, gain=p.gain, horizon=p.horizon
    )


# --- training -------------------------------------------------------------------------------------


def can_judge(expert: Overseer[Any], student: Assistant[Any], p: Oversight) -> Bool:
    """The expert covers the ranks that the student is trained on, and a margin more, and is wrong
    on them no more often than is tolerated."""
    covers = expert.capability >= student.capability + p.margin
    return covers & (expert.error <= p.tolerance)


def learned_capability(expert: Overseer[Any], p: Training, nature: Nature) -> Real:
    """The student's capability: nature's choice among the ranks that training may reach.

    It may come nearer to the expert's than the margin; then oversight fails.
    """
    return nature.choose(
        "student's capability",
        at_least=maximum(0, expert.capability - p.lost),
        at_most=maximum(0, expert.capability - p.kept_back),
        metric="rank of task",
    )


def departing(most: Real, nature: Nature) -> Real:
    """How often the student departs from what it was trained on: nature's choice."""
    return nature.choose(
        "departure", at_most=most, metric="total variation, on questions drawn as in training"
    )


def learned_resistance(expert: Overseer[Any], p: Oversight, nature: Nature) -> Real:
    """The student's resistance: the expert's, plus what a round of training adds."""
    drift = nature.choose(
        "learned resistance",
        at_most=p.resistance_drift,
        metric="mean probability, over corrections drawn as in training",
    )
    return minimum(1, expert.resistance + drift)
