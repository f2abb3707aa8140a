"""Weak-to-strong generalisation as a chain: each student is supervised by the student before it.

A student trained on the labels of a weaker supervisor does better than its labels. The share of the
gap between its supervisor's error and the error it would have if trained on the truth that it
recovers is the performance gap recovered (PGR). Here a chain of such students climbs to harder
questions: link n labels the questions of rank n + 1, on which it errs more often than on those of
its own rank, and student n + 1 learns from these labels. The rounds of the scheme are the ranks.

Source: Burns et al., "Weak-to-strong generalization: eliciting strong capabilities with weak
supervision" (2023), section 3 for PGR and section 4.3.1 for bootstrapping along a chain. How much
more a supervisor errs one rank up, and how much each link recovers, are measured there on fixed
tasks; as constants of a chain they are assumptions.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
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
)
from spec.alignment import Reliable


class Student(Agent[I]):
    """A link of the chain, on the questions of its rank."""

    error: Real = between(0, 1, "mean probability of a wrong answer, over questions of its rank")


class Labels(Expert[I]):
    """The labels that a link gives to the questions of the next rank."""

    error: Real = between(0, 1, "mean probability of a wrong label, over questions of the next")


class Climb(Parameters):
    """What happens from one rank to the next."""

    seed_error: Real = parameter(
        "1/50", 0, 1, "mean error of the first supervisor, on its own rank", source=ILLUSTRATIVE
    )
    density: Real = parameter(
        "6/5",
        1,
        20,
        "how many times as often a question of the next rank leads to one of its own rank as it "
        "was trained there",
        source=ILLUSTRATIVE,
    )
    jump: Real = parameter(
        "1/50",
        0,
        1,
        "mean probability that a label one rank up is wrong though nothing it rests on is",
        source=ILLUSTRATIVE,
    )


class Recovery(Climb):
    """What a student recovers."""

    recovered: Real = parameter(
        "1/2",
        0,
        1,
        "least PGR of a link: the share of the gap to a student trained on the truth that it "
        "recovers",
        source="Burns et al. (2023), figure 1: 20 to 70% for language tasks, about half in the "
        "middle",
    )
    ceiling: Real = parameter(
        "1/100",
        0,
        1,
        "mean error of a student trained on the truth, at any rank",
        source=ILLUSTRATIVE,
    )


def first(p: Climb) -> Student[Reliable]:
    """A supervisor of the first rank, checked by people."""
    return Student(error=p.seed_error)


def label(student: Student[I], p: Climb, nature: Nature) -> Labels[I]:
    """Amplify: label the questions of the next rank. w = min(1, j + rho e), a union bound."""
    return Labels(error=minimum(1, p.jump + p.density * student.error))


def generalise(labels: Labels[I], p: Recovery, nature: Nature) -> Student[I]:
    """Distill: a stronger student learns the labels, and recovers a share g of the gap.

    PGR is (w - e') / (w - c), so e' = (1 - g) w + g c. With j and rho from above, e -> kappa e + d
    with kappa = (1 - g) rho and d = (1 - g) j + g c. Let e* = d / (1 - kappa) for kappa < 1. An
    endless chain from an error of at most e* stays within L iff e* <= L, that is, iff
    g >= (rho L + j - L) / (rho L + j - c). Otherwise the error of link n is
    e* + kappa^n (e - e*), or e + n d for kappa = 1, and the chain is stuck where this exceeds L.
    """
    return Student(
        error=nature.choose(
            "student's error",
            at_most=(1 - p.recovered) * labels.error + p.recovered * p.ceiling,
            metric="mean over the questions of the next rank",
        )
    )


weak_to_strong = Scheme[Recovery, Student[Reliable], Labels[Reliable]](
    "weak-to-strong",
    parameters=Recovery,
    seed=first,
    amplify=label,
    distill=generalise,
    about="A chain of students, each supervised one rank up by the student before.",
)


# Errors that no student of the family can tell from the truth.
class TwiceWrong(Student[I]):
    """A link, with the part of its errors that every stronger student takes over as they are."""

    shared: Real = between(
        0,
        1,
        "mean probability of an error that looks like truth to every stronger student",
        coupled=lambda student: student.error,
    )


class TwiceWrongLabels(Labels[I]):
    """Its labels one rank up."""

    shared: Real = between(0, 1, "the part of wrong labels that every stronger student takes over")


class Family(Recovery):
    """Parameters of students that are of one family."""

    alike: Real = parameter(
        "1/20",
        0,
        1,
        "share of the errors that are new at a rank that every stronger student takes over",
        source=ILLUSTRATIVE,
    )


def first_of_family(p: Family) -> TwiceWrong[Reliable]:
    """A supervisor of the first rank, checked by people, who see all errors."""
    return TwiceWrong(error=p.seed_error, shared=Real(0))


def label_alike(student: TwiceWrong[I], p: Family, nature: Nature) -> TwiceWrongLabels[I]:
    """Amplify: as above, for the errors as a whole and for the part that is shared."""
    return TwiceWrongLabels(
        error=minimum(1, p.jump + p.density * student.error),
        shared=minimum(1, p.alike * p.jump + p.density * student.shared),
    )


def generalise_alike(labels: TwiceWrongLabels[I], p: Family, nature: Nature) -> TwiceWrong[I]:
    """Distill: of the errors that are not shared a share g of the gap is recovered.

    The shared part s obeys s -> rho s + t j, whatever g is, so it is t j n after n links for
    rho = 1 and t j (rho^n - 1) / (rho - 1) for rho > 1: for t j > 0 every chain is stuck.
    """
    own = (1 - p.recovered) * (labels.error - labels.shared) + p.recovered * p.ceiling
    return TwiceWrong(error=minimum(1, labels.shared + own), shared=labels.shared)


weak_to_strong_family = Scheme[Family, TwiceWrong[Reliable], TwiceWrongLabels[Reliable]](
    "weak-to-strong-family",
    parameters=Family,
    seed=first_of_family,
    amplify=label_alike,
    distill=generalise_alike,
    about="The same, where some errors look like truth to every student of the family.",
)
