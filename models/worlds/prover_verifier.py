"""A prover-verifier game on one question: the solutions offered, the verdicts and the labels.

the question ── solutions 1 ... n of the provers before ── one is accepted: it is offered
                                                        └─ none: any of them is
the label says which solution is right; the next verifier learns it, or departs from it
"""

from __future__ import annotations

from models.prover_verifier import Proving
from models.worlds.departure import departing
from spec import INDEPENDENT, Question, Real, maximum, minimum


def _some_accepted(question: Question, p: Proving) -> Real:
    """Whether one of n wrong solutions is accepted, by lot or each where the others are not."""
    fooled = question.part(0).fooled
    if question.assumes(INDEPENDENT):
        return 1 - (1 - fooled) ** p.tries
    return question.draw(
        "some wrong solution is accepted", at_least=fooled, at_most=minimum(1, p.tries * fooled)
    )


def offered(question: Question, p: Proving) -> dict[str, Real]:
    """New provers draw n solutions of the provers before, and offer one that is accepted if any is.

    Without independence the solutions may be accepted together, or each where the others are not.
    """
    unconvinced = question.part(0).unconvinced
    rejected = unconvinced**p.tries
    if not question.assumes(INDEPENDENT):
        rejected = question.draw(
            "all right solutions are rejected",
            at_least=maximum(0, 1 - p.tries * (1 - unconvinced)),
            at_most=unconvinced,
        )
    return {"fooled": _some_accepted(question, p), "unconvinced": rejected}


def shown_to_a_person(question: Question, p: Proving) -> dict[str, Real]:
    """A person with little time reads the sneaky prover's solution."""
    only = question.draw("only the person is misled")
    question.mean("gap", only)
    return {"misled": minimum(1, _some_accepted(question, p) + only)}


def told_apart(question: Question, p: Proving) -> dict[str, Real]:
    """The next verifier says what the labels say, or departs from one of them."""
    slip = question.draw("the answer is known, and wrong", at_most=p.labelled)
    question.mean("slip", slip)
    departs = departing(question)
    game = question.part(0)

    def learned(wrong: Real) -> Real:
        return minimum(1, slip + (1 - p.labelled) * wrong + departs)

    return {"fooled": learned(game.fooled), "unconvinced": learned(game.unconvinced)}
