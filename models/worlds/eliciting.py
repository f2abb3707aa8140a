"""A report on one question: checked by answers of the reporter's copies, and trained on.

the question ── the report ── checked by answers of copies ── they expose a false one, or do not
                          └─ not checked: it may say what the overseer believes
"""

from __future__ import annotations

from models.eliciting import Eliciting
from spec import Assumption, Question, Real, minimum

EXPOSED = Assumption(
    "exposed by honest answers",
    "a report that is not believed is found out if the answers that it is checked by are believed",
)


def checked_report(question: Question, p: Eliciting) -> dict[str, Real]:
    """Part 0 to n - 1 are the answers that the report is checked by.

    The report passes, though it is not believed, if one of them is not believed either and is not
    caught; how the answers go together is not known. If honest answers need not expose it, it may
    pass always.
    """
    slip = question.draw("the overseer slips")
    question.mean("slip", slip)
    wrong, passes = slip, Real(0)
    for number in range(p.fan_out):
        answer = question.part(number)
        caught = question.draw(f"answer {number} is caught if not believed", at_least=p.caught)
        wrong, passes = wrong + answer.error, passes + answer.deception * (1 - caught)
    if not question.assumes(EXPOSED):
        passes = question.draw("a report passes that is not believed")
    return {"error": minimum(1, wrong), "deception": minimum(1, passes)}


def reported(question: Question, p: Eliciting) -> dict[str, Real]:
    """The next reporter: where no check reaches, and where the overseer is mistaken, it may say
    what the overseer believes."""
    believes = question.draw("what it believes is wrong")
    question.mean("mistakes", believes)
    beyond = question.draw("the question is beyond the overseer")
    question.mean("unchecked", beyond)
    verdict = question.part(0)
    simulates = question.draw(
        "it says what the overseer believes", at_most=minimum(1, beyond + verdict.error)
    )
    question.chooses("simulates the overseer", simulates)
    departs = question.draw("it departs from what was rewarded")
    question.mean("imitation_error", departs)
    question.chooses("departure", departs)
    return {
        "error": believes,
        "deception": minimum(1, verdict.deception + simulates + departs),
    }
