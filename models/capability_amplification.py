"""Capability amplification, with the student throttled below its overseer and without.

A throttle keeps the student weaker than what oversees it: to a share of the overseer's rank, or to
a margin below it. The overseer is a person of fixed rank, or is itself amplified from the agent.
Where a student gets within the margin of its overseer, nobody oversees it and its
answers may all be malign.

Source: Christiano, "Capability amplification" (2016) and "Humans consulting HCH" (2016). The
throttles are the simplest two that keep the agent weaker than its overseer.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    I,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    maximum,
    parameter,
    unbounded,
    when,
)
from spec.alignment import Benign


class Pupil(Agent[I]):
    """An agent known by its rank and by how often it works against its overseer."""

    capability: Real = unbounded("rank of the hardest task it answers reliably")
    malign: Real = between(0, 1, "bound on the probability of a malign answer")


class Tuition(Parameters):
    """Parameters of any overseer and student."""

    margin: Real = parameter(
        "1/10", 0, 10, "ranks by which the overseer must exceed the student", source=ILLUSTRATIVE
    )


class Throttled(Tuition):
    """Parameters of a throttle to a share of the overseer's rank."""

    throttle: Real = parameter(
        "9/10",
        0,
        1,
        "the student's most capability, per rank of the overseer's",
        source=ILLUSTRATIVE,
    )


class Amplified(Parameters):
    """What amplification adds to an overseer."""

    gain: Real = parameter(1, 0, 10, "ranks that amplification adds", source="the unit of rank")


class ByPerson(Throttled):
    """Parameters of a throttle below a person."""

    person: Real = parameter(10, 0, 1000, "rank of the person", source=ILLUSTRATIVE)


class ByAmplified(Throttled, Amplified):
    """Parameters of a throttle below an amplified overseer."""


class ByMargin(Tuition, Amplified):
    """Parameters of a throttle to a margin below an amplified overseer."""


class Unthrottled(Tuition, Amplified):
    """Parameters of training that takes no notice of its overseer."""

    leap: Real = parameter(
        2, 0, 10, "the most capability that training adds in a round", source=ILLUSTRATIVE
    )


def pupil(p: Parameters) -> Pupil[Benign]:
    """A weak agent vetted by hand."""
    return Pupil(capability=Real(1), malign=Real(0))


def _taught(agent: Pupil[I], rank: Real, most: Real, p: Tuition, nature: Nature) -> Pupil[I]:
    """A student of at most this rank, under an overseer who can judge up to ``rank``."""
    learned = nature.choose("learned capability", at_most=most, metric="rank of task")
    unseen = nature.choose("malign answers that nobody oversees", at_most=1)
    return Pupil(
        capability=learned,
        malign=when(rank >= learned + p.margin, agent.malign, unseen),
    )


def below_person(agent: Pupil[I], p: ByPerson, nature: Nature) -> Pupil[I]:
    """The overseer is a person; the student gets a share of that rank."""
    return _taught(agent, p.person, p.throttle * p.person, p, nature)


def below_amplified(agent: Pupil[I], p: ByAmplified, nature: Nature) -> Pupil[I]:
    """The overseer is amplified from the agent; the student gets a share of that rank."""
    rank = agent.capability + p.gain
    return _taught(agent, rank, p.throttle * maximum(0, rank - p.margin), p, nature)


def below_by_margin(agent: Pupil[I], p: ByMargin, nature: Nature) -> Pupil[I]:
    """The overseer is amplified from the agent; the student stays a margin below."""
    rank = agent.capability + p.gain
    return _taught(agent, rank, maximum(0, rank - p.margin), p, nature)


def unthrottled_step(agent: Pupil[I], p: Unthrottled, nature: Nature) -> Pupil[I]:
    """The overseer is amplified from the agent; training adds what it can."""
    rank = agent.capability + p.gain
    return _taught(agent, rank, agent.capability + p.leap, p, nature)


throttled_by_person = Loop[ByPerson, Pupil[Benign]](
    "throttled-by-person",
    parameters=ByPerson,
    seed=pupil,
    step=below_person,
    about="Capability throttled to a share of a person's.",
)

throttled = Loop[ByAmplified, Pupil[Benign]](
    "throttled",
    parameters=ByAmplified,
    seed=pupil,
    step=below_amplified,
    about="Capability throttled to a share of an amplified overseer's.",
)

throttled_by_margin = Loop[ByMargin, Pupil[Benign]](
    "throttled-by-margin",
    parameters=ByMargin,
    seed=pupil,
    step=below_by_margin,
    about="Capability throttled to a margin below an amplified overseer's.",
)

unthrottled = Loop[Unthrottled, Pupil[Benign]](
    "unthrottled",
    parameters=Unthrottled,
    seed=pupil,
    step=unthrottled_step,
    about="Capability that grows by what training can add, whoever oversees it.",
)
