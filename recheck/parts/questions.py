"""Questions on which a verdict rests, as they are listed: that something follows from conditions,
or that it does not, at a point.

They are posed by the checker and not derived here: what is shown is that each has this answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation, Shown
from recheck.parts.arithmetic import Program, rational
from recheck.terms import FALSE, Reader


def of_questions(document: Mapping[str, Any]) -> Shown:
    """What follows from what, of a verdict that rests on questions; or that a scheme has one step.

    Raises:
        Undecided: where there is none.
    """
    steps = [] if document["system"] is None else document["system"]["steps"]
    if len(steps) == 1 and document["statement"]["kind"] == "Instance":
        if document["verdict"] != "refuted":
            raise Rejected("a scheme with one step has no expert")
        return Shown("the scheme has one step, and so no expert", ())
    if steps or "questions" not in document["proof"]:
        raise Undecided(f"no evidence is written yet for this {document['statement']['kind']}")
    return Shown("", list(_asked(document)))


def _asked(document: Mapping[str, Any]) -> Iterator[Obligation]:
    """What follows from what; the points of the others are worked out at once.

    Raises:
        Rejected: where a point does not show that something fails to follow, or where the answers
            are not those of the verdict.
    """
    refuting, questions, reader = [], document["proof"]["questions"], Reader()
    every = dict.fromkeys((*symbol,) for question in questions for symbol in question["symbols"])
    named = {symbol: reader.declare(*symbol) for symbol in every}  # the same in all questions
    for number, question in enumerate(questions, start=1):
        name = f"question {number}, on {question['about']}"
        symbols = [named[*each] for each in question["symbols"]]
        given = [reader.read(text, symbols) for text in question["given"]]
        then = reader.read(question["then"], symbols)
        if question["shows"] == "refuted":
            refuting.append(("point" in question) != (then == FALSE))
        if "point" not in question:
            yield Obligation(name, given, [then])
            continue
        point = Program((), [reader.read(text, ()) for text in question["point"]])
        truths = Program(symbols, [*given, then]).run(point.run((), rational), rational)
        if truths != [*[True] * len(given), False]:
            raise Rejected(f"{name}: the point shows nothing")
    if (document["verdict"] == "refuted") != any(refuting) or bool(refuting) != any(refuting):
        raise Rejected("the answers are not those of the verdict")
