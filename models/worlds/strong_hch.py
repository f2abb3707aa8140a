"""A person and copies on one question: what is asked for, what is read, and what goes wrong.

the question ── a person ── asks for part 1 ── read: a mistake is noticed, and redone
                         │                  └─ pointed to, unread
                         └─ asks for part 2 ── ...
                         └─ puts them together, and may slip
"""

from __future__ import annotations

from models.strong_hch import Asking, Messages, Pointers
from models.worlds.departure import departing
from spec import Question, Real, minimum


def _put_together(question: Question, p: Asking, wrong: list[Real]) -> dict[str, Real]:
    """The answer is wrong at most where the person slips or one of the sub-answers is."""
    slip = question.draw("the person errs in putting answers together")
    question.mean("slip", slip)
    return {"error": question.draw("the answer is wrong", at_most=minimum(1, sum(wrong, slip)))}


def _mended(question: Question, p: Asking, occasion: str) -> Real:
    noticed = question.draw(f"a wrong answer is noticed, {occasion}", at_least=p.noticed)
    again = question.draw(f"it is wrong when done again, {occasion}", at_most=p.redone)
    return noticed * (1 - again)


def asked_afresh(question: Question, p: Messages) -> dict[str, Real]:
    """A copy is asked at every use, and each of them may go wrong where the others do not."""
    wrong = [
        question.part(i).error * (1 - _mended(question, p, f"use {use} of part {i}"))
        for i in range(p.parts)
        for use in range(p.uses)
    ]
    return _put_together(question, p, wrong)


def asked_once(question: Question, p: Pointers) -> dict[str, Real]:
    """A copy is asked once, and what it said is used as it is, or as it was mended by a reader."""
    wrong = []
    for i in range(p.parts):
        read = question.draw(f"somebody reads part {i}", at_least=1 - p.unread)
        wrong.append(question.part(i).error * (1 - read * _mended(question, p, f"part {i}")))
    return _put_together(question, p, wrong)


def learned(question: Question, p: Asking) -> dict[str, Real]:
    """The next agent answers as the person did, or departs."""
    return {"error": minimum(1, question.part(0).error + departing(question))}
