"""That the steps of games with provers, markets and other supervision are right about worlds."""

from __future__ import annotations

from models.informed_oversight import informed_oversight
from models.market_making import market_making
from models.prover_verifier import prover_verifier
from models.worlds.informed_oversight import questioned, trained
from models.worlds.market_making import heard, predicted
from models.worlds.prover_verifier import offered, told_apart
from spec import INDEPENDENT, Sound

provers = [
    Sound(
        "soundness/prover-verifier/play",
        prover_verifier,
        "amplify",
        offered,
        assumptions=(INDEPENDENT,),
        says="However acceptance lies among questions, the best of several solutions is accepted "
        "no more often than the step says.",
    ),
    Sound(
        "soundness/prover-verifier/tell-apart",
        prover_verifier,
        "distill",
        told_apart,
        says="A verifier that learns labels adds what it departs from them.",
    ),
]

markets = [
    Sound(
        "soundness/market-making/hear",
        market_making,
        "amplify",
        heard,
        density="density",
        says="Whichever argument turns on what the market gets wrong, a person who has heard them "
        "all is off by no more than the step says.",
    ),
    Sound(
        "soundness/market-making/predict",
        market_making,
        "distill",
        predicted,
        says="A market that learns beliefs adds its mean distance from them.",
    ),
]

questioning = [
    Sound(
        "soundness/informed-oversight/question",
        informed_oversight,
        "amplify",
        questioned,
        says="Wherever copies collude, no more stays withheld than the step says.",
    ),
    Sound(
        "soundness/informed-oversight/train",
        informed_oversight,
        "distill",
        trained,
        says="Training adds what is new to what was withheld, and to collusion.",
    ),
]
