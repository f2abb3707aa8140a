"""Provers before a verifier that is weaker than they are."""

from fractions import Fraction

from models.prover_verifier import (
    Checkable,
    Completeness,
    Legible,
    Soundness,
    prover_verifier,
)
from spec import Claim, Row, Threshold

_LIMIT, _SLIP, _DEPARTURE, _TRIES = Fraction(1, 10), Fraction(1, 200), Fraction(1, 200), 4
_WON = 1 - (1 - _LIMIT) ** _TRIES
"""How often one of four solutions is accepted if one is with the limit."""

prover_verifier_games = Row(
    "prover-verifier",
    quote="If provers are trained to convince a verifier that is weaker than they are, and the "
    "verifier to see through the sneaky ones, then what the provers write can be checked, and "
    "people can check it too.",
    formal="A new prover offers one of n solutions of the last one that the verifier accepts. Of a "
    "share a of the questions the answer is known, and known wrongly with j; the verifier departs "
    "with eps. Wrong solutions are accepted with s -> (1 - a)(1 - (1 - s)^n) + j + eps: s <= L at "
    "every round iff (1 - a)(1 - (1 - L)^n) + j + eps <= L. Right ones are rejected with y -> (1 "
    "- a) y + j + eps, whatever n is: y <= L iff j + eps <= a L. Where all answers are known s and "
    "y come to j + eps, and a person is misled by new provers with 1 - (1 - j - eps)^n + g, g what "
    "misleads the person alone.",
    statements=[
        Claim(
            "prover-verifier/kept",
            prover_verifier,
            Checkable(),
            over="imitation_error",
            says="Where all answers are known, solutions stay checkable, round after round.",
        ),
        Claim(
            "prover-verifier/no-answers",
            prover_verifier,
            Soundness(),
            at={"labelled": 0},
            expected="refuted",
            says="A verifier trained on its own verdicts alone is soon fooled.",
        ),
        Threshold(
            "prover-verifier/labelled",
            prover_verifier,
            Soundness(),
            parameter="labelled",
            value=1 - (_LIMIT - _SLIP - _DEPARTURE) / _WON,
            says="Against provers that try four solutions, so many answers must be known: 0.738.",
        ),
        Threshold(
            "prover-verifier/labelled-for-one-try",
            prover_verifier,
            Soundness(),
            at={"tries": 1},
            parameter="labelled",
            value=(_SLIP + _DEPARTURE) / _LIMIT,
            says="Against provers that do not get better, one in ten.",
        ),
        Threshold(
            "prover-verifier/complete",
            prover_verifier,
            Completeness(),
            parameter="labelled",
            value=(_SLIP + _DEPARTURE) / _LIMIT,
            says="To go on accepting right solutions takes no more than that, against any prover.",
        ),
        Claim(
            "prover-verifier/many-tries",
            prover_verifier,
            Soundness(),
            at={"labelled": "4/5", "tries": 16},
            expected="refuted",
            says="Where a fifth of the answers is not known, provers that try harder win.",
        ),
        Threshold(
            "prover-verifier/departure",
            prover_verifier,
            Soundness(),
            at={"labelled": "4/5"},
            parameter="imitation_error",
            value=_LIMIT - _SLIP - _WON / 5,
            says="The most that the verifier may depart from such labels.",
        ),
        Threshold(
            "prover-verifier/legible",
            prover_verifier,
            Legible(),
            parameter="gap",
            value=_LIMIT - (1 - (1 - _SLIP - _DEPARTURE) ** _TRIES),
            says="Legible to people exactly if what misleads people alone is seldom enough; what "
            "fools the verifier, new provers have made four times as frequent.",
        ),
        Claim(
            "prover-verifier/sound-and-not-legible",
            prover_verifier,
            Legible(),
            at={"gap": "1/10"},
            expected="refuted",
            says="A verifier that is hardly ever fooled does not help a person who is misled by "
            "other things than it.",
        ),
    ],
    not_covered="Provers that find solutions which none before them would have written. That the "
    "helpful prover becomes better on average, as in experiments, is not guaranteed by its being "
    "selected: on each question all of its solutions may be rejected, or none. What legibility "
    "costs in right answers.",
    source="Anil et al., Learning to give checkable answers with prover-verifier games (2021); "
    "Kirchner et al., Prover-verifier games improve legibility of LLM outputs (2024).",
    group="open statements",
)
