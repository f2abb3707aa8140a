"""That the steps of games with provers, markets and other supervision are right about worlds."""

from __future__ import annotations

from models.prover_verifier import prover_verifier
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
