"""That steps of games, markets, feedback, inspection and HCH are right about every world."""

from __future__ import annotations

from models.constitutional import constitutional
from models.informed_oversight import informed_oversight
from models.market_making import market_making
from models.process_supervision import outcome_supervision, process_supervision
from models.prover_verifier import prover_verifier
from models.relaxed_adversarial_training import relaxed_adversarial_training
from models.sandwiching import sandwiching
from models.strong_hch import strong_hch, weak_hch
from models.worlds.constitutional import covered_or_not, preferred
from models.worlds.constitutional import learned as answers_learned
from models.worlds.informed_oversight import questioned, trained
from models.worlds.market_making import heard, predicted
from models.worlds.process_supervision import (
    answer_judged,
    learned,
    steps_judged,
    trace_of_answer_judged,
)
from models.worlds.prover_verifier import offered, shown_to_a_person, told_apart
from models.worlds.relaxed_adversarial_training import (
    probed,
    probed_at_worst,
    trained_at_worst,
)
from models.worlds.relaxed_adversarial_training import trained as trained_on_average
from models.worlds.sandwiching import assisted, held_back_is_wrong, imitated
from models.worlds.strong_hch import asked_afresh, asked_once
from models.worlds.strong_hch import learned as person_learned
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
        "soundness/prover-verifier/show",
        prover_verifier,
        "amplify",
        shown_to_a_person,
        assumptions=(INDEPENDENT,),
        says="And a person is misled no more often, by that or on their own.",
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

supervision = [
    Sound(
        "soundness/process-supervision/judge-steps",
        process_supervision,
        "amplify",
        steps_judged,
        density="density",
        says="Whichever steps are wrong, no more solutions are flawed after every step was judged.",
    ),
    Sound(
        "soundness/outcome-supervision/trace",
        outcome_supervision,
        "amplify",
        trace_of_answer_judged,
        density="density",
        says="Whichever solutions are lucky within the share, no more are flawed than the step "
        "says after answers were compared.",
    ),
    Sound(
        "soundness/outcome-supervision/answer",
        outcome_supervision,
        "amplify",
        answer_judged,
        density="density",
        says="And no more final answers are wrong.",
    ),
    Sound(
        "soundness/process-supervision/learn",
        process_supervision,
        "distill",
        learned,
        says="A reasoner that learns supervised solutions adds what it departs from them.",
    ),
]

feedback = [
    Sound(
        "soundness/constitutional/prefer",
        constitutional,
        "amplify",
        preferred,
        table=covered_or_not,
        says="Whichever questions principles speak of, and wherever the model is harmful, what its "
        "feedback prefers is harmful no more often than the step says.",
    ),
    Sound(
        "soundness/constitutional/train",
        constitutional,
        "distill",
        answers_learned,
        table=covered_or_not,
        says="A model that learns preferred answers adds what it departs from them.",
    ),
]

adversaries = [
    Sound(
        "soundness/relaxed-adversarial-training/probe",
        relaxed_adversarial_training,
        "amplify",
        probed,
        says="Wherever the model is malign, no more of it is left on average than the step says.",
    ),
    Sound(
        "soundness/relaxed-adversarial-training/probe-at-worst",
        relaxed_adversarial_training,
        "amplify",
        probed_at_worst,
        says="And on no input more than it says of the worst.",
    ),
    Sound(
        "soundness/relaxed-adversarial-training/train",
        relaxed_adversarial_training,
        "distill",
        trained_on_average,
        says="Training adds its departures on average,",
    ),
    Sound(
        "soundness/relaxed-adversarial-training/train-at-worst",
        relaxed_adversarial_training,
        "distill",
        trained_at_worst,
        says="and on any input at most as many more as its kind is seldom proposed.",
    ),
]

people = [
    Sound(
        "soundness/sandwiching/assist",
        sandwiching,
        "amplify",
        assisted,
        table=held_back_is_wrong,
        says="On whichever questions the model is wrong or holds back, people with it are wrong no "
        "more often than the step says.",
    ),
    Sound(
        "soundness/sandwiching/imitate",
        sandwiching,
        "distill",
        imitated,
        table=held_back_is_wrong,
        says="A model trained on their answers adds its departures and what it is unable to do.",
    ),
]

askings = [
    Sound(
        "soundness/weak-hch/ask",
        weak_hch,
        "amplify",
        asked_afresh,
        density="density",
        says="On whichever occasions copies err, a person who asks for every use of an answer is "
        "wrong no more often than the step says.",
    ),
    Sound(
        "soundness/strong-hch/ask",
        strong_hch,
        "amplify",
        asked_once,
        density="density",
        says="Nor is one who points to answers, whichever of them are read.",
    ),
    Sound(
        "soundness/strong-hch/learn",
        strong_hch,
        "distill",
        person_learned,
        says="An agent that learns a person's answers adds what it departs from them.",
    ),
]
