"""A prover-verifier game on one question: the solutions offered, the verdicts and the labels."""

from __future__ import annotations

from models.prover_verifier import Proving
from models.worlds.departure import departing
from spec import INDEPENDENT, Question, Real, maximum, minimum


def offered(question: Question, p: Proving) -> dict[str, Real]:
    """New provers draw n solutions of the provers before, and offer one that is accepted if any is.

    Without independence the solutions may be accepted together, or each where the others are not.
    """
    fooled, unconvinced = question.part(0).fooled, question.part(0).unconvinced
    accepted, rejected = 1 - (1 - fooled) ** p.tries, unconvinced**p.tries
    if not question.assumes(INDEPENDENT):
        accepted = question.draw(
            "some wrong solution is accepted",
            at_least=fooled,
            at_most=minimum(1, p.tries * fooled),
        )
        rejected = question.draw(
            "all right solutions are rejected",
            at_least=maximum(0, 1 - p.tries * (1 - unconvinced)),
            at_most=unconvinced,
        )
    only = question.draw("only the person is misled")
    question.mean("gap", only)
    return {
        "fooled": accepted,
        "unconvinced": rejected,
        "misled": question.draw("the person is misled", at_most=minimum(1, accepted + only)),
    }


def told_apart(question: Question, p: Proving) -> dict[str, Real]:
    """The next verifier says what the labels say, or departs from one of them."""
    slip = question.draw("the answer is known, and wrong", at_most=p.labelled)
    question.mean("slip", slip)
    departs = departing(question)
    game = question.part(0)

    def learned(wrong: Real) -> Real:
        return minimum(1, slip + (1 - p.labelled) * wrong + departs)

    return {
        "fooled": learned(game.fooled),
        "unconvinced": learned(game.unconvinced),
        "misled": game.misled,
    }
