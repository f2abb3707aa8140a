"""One-step bounds of scalable oversight, over all cases at once.

In each, nature draws the case afresh at every step: error rates, correlations, adversaries within
what is assumed. The invariant is the bound, so a proof is of all cases, and a refutation is a case.

Sources: Condorcet, "Essai" (1785), for juries of three; Boole's inequality for the parts of an
answer; the triangle inequality of the zero-one loss for a student of a weak teacher, the setting of
Burns and others, "Weak-to-strong generalization" (2023).
"""

from __future__ import annotations

from typing import Any

from models.steps import majority_wrong
from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    maximum,
    minimum,
    parameter,
    structural,
    when,
)


class Jury(Parameters):
    """A jury of independent voters, each better than chance by some margin."""

    voters: int = structural(3, 3, 9, "voters (odd)", source="smallest")
    worst: Real = parameter(
        "1/2", 0, 1, "greatest error of a single voter", source="Condorcet's condition"
    )


class Verdict(Agent[I]):
    """A verdict of a jury, and of one of its voters."""

    single: Real = between(0, 1, "P(one voter is wrong)")
    jury: Real = between(0, 1, "P(most voters are wrong)")


class JuryHelps(Invariant):
    """The jury errs no more often than one voter."""

    def holds(self, verdict: Verdict[Any]) -> Bool:
        """jury <= single."""
        return verdict.jury <= verdict.single


def no_verdict(p: Jury) -> Verdict[JuryHelps]:
    """No verdict yet."""
    return Verdict(single=Real(0), jury=Real(0))


def deliberate(_: Verdict[I], p: Jury, nature: Nature) -> Verdict[I]:
    """Voters of any error within the bound vote independently."""
    single = nature.choose("a voter's error", at_most=p.worst, metric="probability")
    return Verdict(single=single, jury=majority_wrong(p.voters, single))


jury = Loop[Jury, Verdict[JuryHelps]](
    "jury",
    parameters=Jury,
    seed=no_verdict,
    step=deliberate,
    about="An independent jury against one of its voters.",
)


class Teaching(Parameters):
    """A student trained on the labels of a weak teacher."""

    teacher_error: Real = parameter(
        "1/10", 0, "1/2", "P(the teacher is wrong)", source="a weak teacher"
    )
    disagreement: Real = parameter(
        "1/20", 0, "1/2", "P(the student departs from the teacher)", source="a good fit"
    )


class Student(Agent[I]):
    """A student of a weak teacher, on a question with two answers."""

    error: Real = between(0, 1, "P(the student is wrong)")


class StudentWithin(Invariant):
    """The student's error is within an interval around the teacher's."""

    above: Real = budget(0, 1, "probability", limit="3/20")
    below: Real = budget(0, 1, "one less the least probability", limit="19/20")

    def holds(self, student: Student[Any]) -> Bool:
        """1 - below <= error <= above."""
        return (student.error <= self.above) & (student.error >= 1 - self.below)


def untaught(p: Teaching) -> Student[StudentWithin]:
    """It says what the teacher says."""
    return Student(error=p.teacher_error)


def teach(_: Student[I], p: Teaching, nature: Nature) -> Student[I]:
    """The student departs where it will: on what the teacher got right, or on what it got wrong.

    With two answers, departing from a wrong label is right. Nothing is assumed of where it departs.
    """
    departs = nature.choose("departs from the teacher", at_most=p.disagreement, metric="0-1 loss")
    mended = nature.choose(
        "departs where the teacher is wrong", at_most=minimum(departs, p.teacher_error)
    )
    return Student(error=p.teacher_error - mended + departs - mended)


weak_teacher = Loop[Teaching, Student[StudentWithin]](
    "weak-teacher",
    parameters=Teaching,
    seed=untaught,
    step=teach,
    about="A student of a weak teacher, on questions with two answers.",
)


class Parts(Parameters):
    """An answer that is put together from parts."""

    parts: int = structural(3, 1, 20, "parts, all of which must be right", source="smallest")
    part_error: Real = parameter("1/10", 0, 1, "P(a part is wrong)", source="any small number")


class Answer(Agent[I]):
    """The parts of an answer so far."""

    count: Real = between(0, 20, "parts so far")
    error: Real = between(0, 1, "P(one of them is wrong)")


class AnswerWithin(Invariant):
    """An answer of all its parts is seldom wrong."""

    error: Real = budget(0, 1, "probability that a part is wrong", limit="3/10")

    def holds(self, answer: Answer[Any]) -> Bool:
        """The error is within the budget."""
        return answer.error <= self.error


def no_parts(p: Parts) -> Answer[AnswerWithin]:
    """Nothing is answered yet."""
    return Answer(count=Real(0), error=Real(0))


def add_part(answer: Answer[I], p: Parts, nature: Nature) -> Answer[I]:
    """One more part, wrong with the same probability, its error correlated with the others at will.

    Two events of probabilities a and b overlap by any amount from max(0, a + b - 1) to min(a, b).
    """
    overlap = nature.choose(
        "wrong together with an earlier part",
        at_least=maximum(0, answer.error + p.part_error - 1),
        at_most=minimum(answer.error, p.part_error),
        metric="probability",
    )
    longer = Answer[I](count=answer.count + 1, error=answer.error + p.part_error - overlap)
    return when(answer.count < p.parts, longer, answer)


assembled = Loop[Parts, Answer[AnswerWithin]](
    "assembled-answer",
    parameters=Parts,
    seed=no_parts,
    step=add_part,
    about="An answer put together from parts whose errors are correlated at will.",
)
