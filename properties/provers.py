"""Provers before a verifier that is weaker than they are."""

from fractions import Fraction

from models.prover_verifier import (
    Checkable,
    Completeness,
    Legible,
    Soundness,
    prover_verifier,
)
from models.who_leads import NothingGained, NothingLost, prover_first, verifier_first
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
            says="Legible to people exactly if what misleads people alone is seldom enough. What "
            "fools the verifier misleads them too, and more often the better provers are trained, "
            "as was seen of sneaky provers in experiments.",
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

order_of_play = Row(
    "who-leads",
    quote="Who moves first matters: a verifier that commits to a test gets proofs it can check, "
    "and one that adapts to its prover gets words.",
    formal="q claims are false. A prover that commits first, and to what gets the most accepted, "
    "leaves the verifier wrong with min(q, 1 - q), as without it. A verifier that commits first to "
    "a test that false claims pass with s and true ones fail with y gains iff q s + (1 - q) y <= "
    "min(q, 1 - q).",
    statements=[
        Claim(
            "who-leads/prover",
            prover_first,
            NothingGained(),
            says="A prover that leads is of no use to its verifier, however many claims are false.",
        ),
        Claim(
            "who-leads/any-prover",
            prover_first,
            NothingGained(),
            at={"plays_best": 0},
            expected="refuted",
            says="It is if it does not play for acceptance.",
        ),
        Claim(
            "who-leads/no-harm",
            prover_first,
            NothingLost(),
            at={"plays_best": 0},
            says="A verifier that makes the best of it is never worse off.",
        ),
        Threshold(
            "who-leads/verifier",
            verifier_first,
            NothingLost(),
            parameter="fooled",
            value="19/20",
            says="A verifier that leads gains even if most false claims have proofs that pass, as "
            "long as more true ones do.",
        ),
        Threshold(
            "who-leads/verifier-of-rare-falsehoods",
            verifier_first,
            NothingLost(),
            at={"false_share": "1/10"},
            parameter="unconvinced",
            value="11/100",
            says="Where one claim in ten is false, a test that fails more than 11 true ones in a "
            "hundred is worse than none.",
        ),
    ],
    not_covered="How provers and verifiers that learn in turns come to one of these orders.",
    source="Anil et al., Learning to give checkable answers with prover-verifier games (2021); "
    "Kamenica and Gentzkow, Bayesian persuasion (2011).",
    group="known results",
)
