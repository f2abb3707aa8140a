"""A link of a weak-to-strong chain on one question of the next rank.

a question of the next rank ── one of the teacher's own ── its label, wrong there or anew
                                                        └─ the student recovers a share
"""

from __future__ import annotations

from models.weak_to_strong import Climb, Family, Recovery
from spec import Bool, Entry, Question, Real, maximum, minimum


def shared_is_wrong(entry: Entry) -> Bool:
    """An error that looks like truth to every student is an error."""
    return entry.shared <= entry.error


def labelled(question: Question, p: Climb) -> dict[str, Real]:
    """The label of one question, which rests on the link's answer to one of its own rank.

    How being wrong there and going wrong on the way up go together is not known.
    """
    return {"error": _label(question)[1]}


def _label(question: Question) -> tuple[Real, Real]:
    """P(the label is wrong anew), and P(it is wrong)."""
    jump = question.draw("the label is wrong though what it rests on is right")
    question.mean("jump", jump)
    below = question.part(0).error
    wrong = question.draw(
        "the label is wrong", at_least=maximum(jump, below), at_most=minimum(1, jump + below)
    )
    return jump, wrong


def generalised(question: Question, p: Recovery) -> dict[str, Real]:
    """The student on one question: a share of the way from the label to what it would have learned
    from the truth."""
    truth = question.draw("a student trained on the truth is wrong")
    question.mean("ceiling", truth)
    wrong = (1 - p.recovered) * question.part(0).error + p.recovered * truth
    question.chooses("student's error", wrong)
    return {"error": wrong}


def labelled_alike(question: Question, p: Family) -> dict[str, Real]:
    """A label as above; of the errors that are new a share looks like truth to every student."""
    jump, wrong = _label(question)
    new = question.draw("wrong anew as every student would be", at_most=p.alike * jump)
    return {"error": wrong, "shared": minimum(1, new + question.part(0).shared)}


def generalised_alike(question: Question, p: Family) -> dict[str, Real]:
    """The student takes over what looks like truth to it, and recovers a share of the rest."""
    truth = question.draw("a student trained on the truth is wrong")
    question.mean("ceiling", truth)
    label = question.part(0)
    own = (1 - p.recovered) * (label.error - label.shared) + p.recovered * truth
    return {"error": minimum(1, label.shared + own), "shared": label.shared}
