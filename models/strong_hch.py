"""Strong beside weak HCH: answers that are asked for anew, and answers that are pointed to.

In weak HCH a person asks a fresh copy whenever a sub-answer is needed and reads what it says, so an
answer that is used several times is asked for several times, and may go wrong in each. In strong
HCH there is memory, and messages may hold pointers: an answer is got once and passed on as often as
it is used, however long it is; but what a pointer leads to need not be read by anybody, and what is
not read is not checked. Both are followed rank after rank, with imperfect distillation.

Source: Christiano, "Strong HCH" (2016), for memory and pointers. That errors go with the number of
askings, and checks with what is read, are the two sides that are compared here.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, departing
from spec import (
    Agent,
    Expert,
    I,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    minimum,
    parameter,
    structural,
    unbounded,
)
from spec.alignment import Reliable
from spec.fields import Fields


class Answers(Fields):
    """Of which rank answers are, and how they are wrong."""

    capability: Real = unbounded("rank of the questions that are answered")
    error: Real = between(0, 1, "mean probability of a wrong answer, on questions of that rank")


class Copy(Answers, Agent[I]):
    """An agent of which copies are asked about questions of its rank."""


class Person(Answers, Expert[I]):
    """A person who answers a question one rank higher from what copies say."""


class Asking(Parameters):
    """What is known of questions, of checks and of training."""

    noticed: Real = parameter(
        "3/4",
        0,
        1,
        "probability, on any question, that a person who reads a wrong answer notices",
        source=ILLUSTRATIVE,
    )
    redone: Real = parameter(
        "1/10",
        0,
        1,
        "probability, on any question, that an answer is wrong that a person does again alone",
        source=ILLUSTRATIVE,
    )
    slip: Real = parameter(
        "1/200",
        0,
        1,
        "mean probability that a person errs in putting answers together",
        source=ILLUSTRATIVE,
    )
    density: Real = parameter(
        1,
        1,
        100,
        "how many times as often a question may come up as a part as in training",
        source="1: parts are distributed as in training",
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the next agent departs from the person's answer, in total variation",
        source=ILLUSTRATIVE,
    )
    parts: int = structural(
        2, 1, 10, "different sub-questions of a question", source="smallest that splits"
    )


class Messages(Asking):
    """Parameters of weak HCH."""

    uses: int = structural(
        2, 1, 10, "times that each sub-answer is used, and asked for", source="smallest repetition"
    )


class Pointers(Asking):
    """Parameters of strong HCH."""

    unread: Real = parameter(
        "1/10",
        0,
        1,
        "most probability, on any question, that nobody reads what a pointer to its answer leads "
        "to",
        source=ILLUSTRATIVE,
    )


def vetted(p: Asking) -> Copy[Reliable]:
    """An agent that makes no errors at the first rank."""
    return Copy(capability=Real(1), error=Real(0))


def mended(p: Asking) -> Real:
    """P(a wrong answer that is read is noticed, and right when done again)."""
    return p.noticed * (1 - p.redone)


def ask_afresh(copy: Copy[I], p: Messages, nature: Nature) -> Person[I]:
    """Amplify as weak HCH: ask for each of n sub-answers as often as it is used, and read them all.

    min(1, h + n u (1 - v) rho e), v what reading mends: a union bound over n u askings, as fresh
    copies share no memory and each may err on an occasion of its own.
    """
    left = (1 - mended(p)) * p.density * copy.error
    return Person(
        capability=copy.capability + 1, error=minimum(1, p.slip + p.parts * p.uses * left)
    )


def ask_once(copy: Copy[I], p: Pointers, nature: Nature) -> Person[I]:
    """Amplify as strong HCH: ask for each of n sub-answers once, and point to it where it is used.

    min(1, h + n (1 - (1 - y) v) rho e): a union bound over n askings, y of whose answers nobody
    reads.
    """
    left = (1 - (1 - p.unread) * mended(p)) * p.density * copy.error
    return Person(capability=copy.capability + 1, error=minimum(1, p.slip + p.parts * left))


def learn(person: Person[I], p: Asking, nature: Nature) -> Copy[I]:
    """Distill: the next agent answers as the person did, or departs.

    Errors stay within L at every rank iff h + n u (1 - v) rho L + eps <= L for weak HCH, and h +
    n (1 - (1 - y) v) rho L + eps <= L for strong HCH. So pointers bear more than messages exactly
    as long as y <= (u - 1)(1 - v) / v.
    """
    return Copy(
        capability=person.capability,
        error=minimum(1, person.error + departing(p.imitation_error, nature)),
    )


weak_hch = Scheme[Messages, Copy[Reliable], Person[Reliable]](
    "weak-hch",
    parameters=Messages,
    seed=vetted,
    amplify=ask_afresh,
    distill=learn,
    about="A person who asks a fresh copy whenever an answer is needed, and reads what it says.",
)

strong_hch = Scheme[Pointers, Copy[Reliable], Person[Reliable]](
    "strong-hch",
    parameters=Pointers,
    seed=vetted,
    amplify=ask_once,
    distill=learn,
    about="A person who points to answers, whether anybody has read them or not.",
)
