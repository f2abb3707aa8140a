"""A person who asks copies of an agent, at one question: what is behind ``steps.consulting``.

    question ── part 1 ── copies of the agent, each right, mistaken or malign ── majority ── check
             └─ part 2 ── ...                                                                 │
             └─ parts done alone                                    rejected: done alone <────┘
             └─ the person puts the parts together, and may slip

What a copy does on a part is the agent's table at that part. Copies err independently given the
question; the parts may fail together in any way, and an agent may resist just where it is malign.
"""

from __future__ import annotations

from fractions import Fraction

from models.growth import Ranks
from models.iterated_amplification import IteratedAmplification
from models.steps import Consultation, Splitting, majority_wrong, vote_factor
from spec import INDEPENDENT, Question, Real, maximum, minimum


def put_to_copies(question: Question, p: Consultation, number: int) -> tuple[Real, Real, Real]:
    """A part put to k copies: P(the majority is wrong), P(it is and one of them is malign), and
    P(that, and one of them resists correction).

    The first two are no more than what ``votes.with_malign`` is proved to keep to, copy by copy.
    """
    part, copies = question.part(number), p.copies
    if copies == 1:
        wrong, malign = part.error, part.malign
    else:
        independent = question.assumes(INDEPENDENT)
        factor = vote_factor(copies) if independent else Fraction(2 * copies, copies + 1)
        wrong = question.draw(
            f"most copies are wrong on part {number}", at_most=minimum(1, factor * part.error)
        )
        malign = question.draw(
            f"and one of them is malign on part {number}",
            at_most=minimum(wrong, copies * part.malign),
        )
    evades = question.draw(
        f"malign and resisting on part {number}",
        at_least=maximum(0, part.malign + part.resistance - 1) if copies == 1 else 0,
        at_most=minimum(malign, copies * part.resistance),
    )
    return wrong, malign, evades


def checked(question: Question, p: Consultation, number: int) -> tuple[Real, Real, Real]:
    """A part as it comes out of the check: P(wrong), P(malign), P(a right answer was rejected)."""
    wrong, malign, evades = put_to_copies(question, p, number)
    alarm = question.draw(f"right and rejected on part {number}", at_most=1 - wrong)
    noticed = p.checked * (wrong - malign) + p.detection * (malign - evades)
    left = wrong - noticed + p.alone_error * (noticed + alarm)
    return left, malign - p.detection * (malign - evades), alarm


def _consulted(
    question: Question, p: Splitting | IteratedAmplification, asked: int, alone: int
) -> dict[str, Real]:
    slip = question.draw("the person slips")
    question.mean("slip", slip)
    wrong, malign, alarms, resists = slip, Real(0), Real(0), Real(0)
    for number in range(asked):
        left, past, alarm = checked(question, p, number)
        wrong, malign, alarms = wrong + left, malign + past, alarms + alarm
        resists = resists + p.copies * question.part(number).resistance * (1 - p.correction)
    if asked:
        question.mean("false_alarm", alarms / asked)
    error = minimum(1, wrong + alone * p.alone_error)
    return {
        "error": error,
        "malign": minimum(1, malign),
        "resistance": minimum(1, resists),
        "regret": p.horizon * error,
    }


def consulted(question: Question, p: Splitting) -> dict[str, Real]:
    """Every part is asked; the person is wrong if it slips or any part is, and so on."""
    return _consulted(question, p, p.fan_out, 0)


def partly_consulted(question: Question, p: IteratedAmplification) -> dict[str, Real]:
    """Some parts are asked, the others done alone."""
    return _consulted(question, p, p.questions, p.parts - p.questions)


def asked_along_the_ranks(question: Question, p: Ranks) -> dict[str, Real]:
    """One question of ``growth``: copies err on each part afresh, and with an excess beyond that.

    What would be wrong without any excess is fresh again, and what is wrong beyond that the excess.
    """
    left = 1 - p.checked * (1 - p.alone_error)
    afresh, beyond = question.draw("the person slips", at_most=p.slip), Real(0)
    for number in range(p.fan_out):
        part = question.part(number)
        without = majority_wrong(p.copies, part.fresh)
        error = minimum(1, part.fresh + part.excess)
        afresh = afresh + left * without
        beyond = beyond + left * (majority_wrong(p.copies, error) - without)
    return {"fresh": minimum(1, afresh), "excess": minimum(1, beyond)}
