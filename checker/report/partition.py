"""Maps for people: what was decided of a cell, and what shows it."""

from __future__ import annotations

from fractions import Fraction

from checker.parameters.evidence import (
    AssumptionsFail,
    BreaksAtSeed,
    BrokenBy,
    ByProof,
    InductiveRegions,
    NoSeed,
    Recorded,
)
from checker.parameters.partition import MapQuestion, Partition
from checker.report.certificate import method_of
from checker.report.words import counted, describe, short_bound
from spec.statements.base import Answer

CELL_ANSWERS = {
    Answer.PROVED: "proved",
    Answer.REFUTED: "refuted",
    Answer.VACUOUS: "vacuous",
    Answer.UNKNOWN: "undecided",
}
"""The answer for a cell as a single word."""

LEGEND = {
    Answer.PROVED: "proved safe",
    Answer.REFUTED: "proved unsafe",
    Answer.VACUOUS: "means nothing",
    Answer.UNKNOWN: "undecided",
}
"""The answer for a cell as the legend of a map has it."""

COLOURS = {
    Answer.PROVED: "#5b9e78",
    Answer.REFUTED: "#c8635c",
    Answer.VACUOUS: "#b5b5b5",
    Answer.UNKNOWN: "#f3efe2",
}
"""The answer for a cell as the colour of a map."""


def map_title(question: MapQuestion) -> str:
    """What a map is of."""
    limits = ", ".join(f"{name} <= {value}" for name, value in question.limits.items())
    return f"{question.scheme} keeps {question.invariant}" + (f" ({limits})" if limits else "")


def map_summary(partition: Partition) -> str:
    """What a map is of, and how much of it has which answer."""
    areas = ", ".join(area_words(partition, answer) for answer in shown_answers(partition))
    return f"{map_title(partition.question)}: {areas}; {len(partition.boxes)} boxes"


def shown_answers(partition: Partition) -> list[Answer]:
    """The answers that some part of the map has."""
    return [answer for answer in LEGEND if partition.area(answer)]


def area_words(partition: Partition, answer: Answer) -> str:
    """An answer, and the share of the map that has it."""
    return f"{LEGEND[answer]} {percent(partition.area(answer))}"


def percent(value: Fraction) -> str:
    """A share in percent."""
    return f"{100 * float(value):.2f} %"


@describe.register
def _(_fact: AssumptionsFail) -> str:
    return "an assumption fails"


@describe.register
def _(_fact: NoSeed) -> str:
    return "the seed is undefined or outside its domain"


@describe.register
def _(fact: BreaksAtSeed) -> str:
    return f"{fact.clause} breaks at the seed"


@describe.register
def _(fact: BrokenBy) -> str:
    made = ", ".join(
        name if unit == 1 else f"{name} at {float(unit):g} of its range"
        for name, unit in fact.choices
    )
    chosen = f"nature chooses {made or 'nothing beyond its least'}"
    earlier = ", after other choices" if fact.later else ""
    return f"{fact.clause} breaks at the {fact.position}: {chosen}{earlier}"


@describe.register
def _(fact: InductiveRegions) -> str:
    return "; ".join(
        f"{position}: " + ", ".join(map(short_bound, bounds))
        for position, bounds in fact.bounds.items()
    )


@describe.register
def _(fact: ByProof) -> str:
    certificate = fact.proof.certificate
    prefix = 0 if certificate is None else certificate.prefix
    return method_of(fact.proof) + (f" after {counted(prefix, 'iteration')}" if prefix else "")


@describe.register
def _(fact: Recorded) -> str:
    return fact.text
