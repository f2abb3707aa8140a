"""What a filter of answers does to how often one is malign.

A filter catches a malign answer with probability d and rejects another with f. What is rejected may
be answered otherwise, or the agent is asked again until an answer passes. Asked again, an answer to
a question on which x of all are malign is malign in the end with

    phi(x) = x (1 - d) / (x (1 - d) + (1 - x)(1 - f)),

less than x iff f < d. But phi is convex then, and ``malign`` a mean over questions, which may sit
on questions on which every answer is malign: there the agent is asked until one of them passes. So
to ask again gains nothing of a mean, and what is rejected must be answered by somebody else.

Source: Bayes' rule. That nothing is gained of means is the same as for votes
(``models/voting.py``).
"""

from __future__ import annotations

from typing import Any

from models.distillation import Filtering, sift
from models.steps import ILLUSTRATIVE, vetted_by_hand
from spec import (
    Agent,
    Assistant,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    parameter,
    when,
)
from spec.alignment import Trusted


class Suspect(Agent[I]):
    """An agent known by how often it is malign."""

    malign: Real = between(0, 1, "mean over questions of the probability of a malign answer")


class MalignWithin(Invariant):
    """It is malign no more often than the limit."""

    malign: Real = budget(0, 1, "bound on the mean", limit="1/10")

    def holds(self, suspect: Suspect[Any]) -> Bool:
        """The mean is within the budget."""
        return suspect.malign <= self.malign


class Resampling(Parameters):
    """What a filter says of itself before an agent that is asked until an answer passes."""

    caught: Real = parameter(
        "9/10", 0, "99/100", "probability that it catches a malign answer", source=ILLUSTRATIVE
    )
    false_alarm: Real = parameter(
        "1/1000", 0, "99/100", "probability that it rejects another answer", source=ILLUSTRATIVE
    )


def passed(malign: Real, p: Resampling) -> Real:
    """P(the first answer that passes is malign), at a question on which so many are."""
    past = malign * (1 - p.caught)
    return past / (past + (1 - malign) * (1 - p.false_alarm))


def resampled_same(suspect: Suspect[I], p: Resampling, nature: Nature) -> Suspect[I]:
    """Every question tempts the agent equally: phi(m)."""
    return Suspect(malign=passed(suspect.malign, p))


def resampled_any(suspect: Suspect[I], p: Resampling, nature: Nature) -> Suspect[I]:
    """Questions tempt it as they like: m where the filter is any good, else phi, then concave."""
    mean = suspect.malign
    return Suspect(malign=when(p.false_alarm <= p.caught, mean, passed(mean, p)))


def harmless(p: Resampling) -> Suspect[MalignWithin]:
    """A suspect that is never malign."""
    return Suspect(malign=Real(0))


def behind_filter(student: Assistant[I], p: Filtering, nature: Nature) -> Assistant[I]:
    """One student, put behind a filter whose rejections count as mistakes."""
    return sift(student, p)


def unfiltered(p: Filtering) -> Assistant[Trusted]:
    """A weak student vetted by hand, not yet behind the filter."""
    return vetted_by_hand(p.slip, p.horizon)


resampling_same_hardness = Loop[Resampling, Suspect[MalignWithin]](
    "resampling-same-hardness",
    parameters=Resampling,
    seed=harmless,
    step=resampled_same,
    about="Asking again until an answer passes a filter, where all questions tempt equally.",
)

resampling_any_hardness = Loop[Resampling, Suspect[MalignWithin]](
    "resampling-any-hardness",
    parameters=Resampling,
    seed=harmless,
    step=resampled_any,
    about="Asking again until an answer passes a filter, whichever questions tempt.",
)

filtered_student = Loop[Filtering, Assistant[Trusted]](
    "filtered-student",
    parameters=Filtering,
    seed=unfiltered,
    step=behind_filter,
    about="A student behind a filter, whose rejections count as mistakes.",
)
