"""That abstract steps are right about every world, and mutants of them that are not.

What is proved here supposes the steps' assumptions, of which real runs (docs/how-to/real-runs.md)
broke some:

- ``soundness/vote/same-hardness``: networks do not err alike at every question; three err together
  3 to 3.5 times as often as M_3(e) says. The bounds for any hardness and any dependence held.
- ``soundness/reliability/poll``: errors of networks correlate by 0.51 to 0.65, as by a
  ``correlation`` of 0.78 where the default is 1/50.
- ``soundness/clone``: students of amplification departed in up to 0.035 and 0.092 of questions,
  where the default ``imitation_error`` is 1/200; of an overseer who checks, in up to 0.039, and in
  0.21 where a trigger is planted, nearly all of it malign.
- ``soundness/consult``: held; parts are asked with a density of up to 1.8 in one kind of question,
  where the default is 1, and without more errors.
- Reward learning: the misjudgement on the support was 0.98, where ``reward_error`` is 1/500; its
  change of measure held, 3.4 times the mean at a density ratio of 11,185.
"""

from __future__ import annotations

from models.anchored_vote import anchored_vote
from models.corrigibility import corrigibility
from models.filters import (
    filtered_student,
    resampling_any_hardness,
    resampling_same_hardness,
)
from models.growth import growth
from models.imitation import imitation, imitation_on_policy
from models.iterated_amplification import budgeted_amplification
from models.reliability_amplification import (
    reliability,
    reliability_adversarial,
    reliability_systematic,
)
from models.reward_modeling import recursive_reward_modeling
from models.security_amplification import security, security_average_case, security_screened
from models.security_in_the_mean import security_in_the_mean, security_screened_in_the_mean
from models.semi_supervised import semi_supervised
from models.voting import (
    vote_any_dependence,
    vote_any_hardness,
    vote_of_suspects,
    vote_same_hardness,
)
from models.worlds.consultation import (
    asked_along_the_ranks,
    consulted,
    partly_consulted,
)
from models.worlds.corrigibility import corrected_once
from models.worlds.filters import resampled
from models.worlds.security import (
    departed_under_attack,
    reworded_attempt,
    screened,
    withstood,
)
from models.worlds.training import (
    cloned,
    corrected_on_its_way,
    learned_along_the_ranks,
    loses_an_episode_at_most,
    partly_labelled,
    sifted,
    verdict_learned,
)
from models.worlds.votes import (
    learned_afresh_and_alike,
    learned_answer,
    learned_at_every_question,
    malign_is_wrong,
    overruled,
    shared_draw,
    vote,
    voted_afresh,
    with_malign,
)
from spec import INDEPENDENT, SAME_HARDNESS, Sound

votes = [
    Sound(
        "soundness/vote/same-hardness",
        vote_same_hardness,
        "voted_same",
        vote,
        assumptions=(INDEPENDENT, SAME_HARDNESS),
        says="Independent copies on questions that are all equally hard lose a vote with M_k(e).",
    ),
    Sound(
        "soundness/vote/any-hardness",
        vote_any_hardness,
        "voted_any",
        vote,
        assumptions=(INDEPENDENT,),
        says="Independent copies on questions of any hardness lose a vote with at most c_k e.",
    ),
    Sound(
        "soundness/vote/any-hardness-of-five",
        vote_any_hardness,
        "voted_any",
        vote,
        assumptions=(INDEPENDENT,),
        at={"copies": 5},
        says="So do five copies, whose factor is no rational number and is rounded up.",
    ),
    Sound(
        "soundness/vote/any-dependence",
        vote_any_dependence,
        "voted_together",
        vote,
        says="Copies that depend on each other in any way lose a vote with at most 2 k e / (k+1).",
    ),
]

suspects = [
    Sound(
        "soundness/vote/of-suspects",
        vote_of_suspects,
        "voted_suspected",
        with_malign,
        table=malign_is_wrong,
        assumptions=(INDEPENDENT,),
        says="Independent copies lose a vote with at most c_k e, and with a malign one among them "
        "with at most k m.",
    ),
]

ensembles = [
    Sound(
        "soundness/reliability/poll",
        reliability,
        "amplify",
        shared_draw,
        everywhere="error",
        assumptions=(INDEPENDENT,),
        says="Copies that now and then answer by one draw lose a vote at every question with at "
        "most c e + (1 - c) M_k(e), if each errs at every question with at most e.",
    ),
    Sound(
        "soundness/reliability/learn",
        reliability,
        "distill",
        learned_at_every_question,
        everywhere=("error", "departure"),
        says="A copy that departs at every question so seldom errs at every question so seldom.",
    ),
    Sound(
        "soundness/reliability-adversarial/poll",
        reliability_adversarial,
        "amplify",
        vote,
        says="Copies that hang together in any way lose a vote with at most 2 k e / (k + 1), in "
        "the mean.",
    ),
    Sound(
        "soundness/reliability-adversarial/learn",
        reliability_adversarial,
        "distill",
        learned_answer,
        says="A copy that learns the ensemble's answers adds what it departs from them in the "
        "mean.",
    ),
    Sound(
        "soundness/reliability-systematic/poll",
        reliability_systematic,
        "amplify",
        voted_afresh,
        everywhere="fresh",
        assumptions=(INDEPENDENT,),
        says="A vote takes errors made afresh away at every question, and none of the others.",
    ),
    Sound(
        "soundness/reliability-systematic/learn",
        reliability_systematic,
        "distill",
        learned_afresh_and_alike,
        everywhere=("fresh", "departure made anew"),
        says="A copy adds errors of both kinds.",
    ),
    Sound(
        "soundness/security/reword",
        security,
        "amplify",
        reworded_attempt,
        everywhere="exposure",
        assumptions=(INDEPENDENT,),
        says="No attempt turns most wordings more often than the step says, if none turns one "
        "more often than the exposure.",
    ),
    Sound(
        "soundness/security/train",
        security,
        "distill",
        withstood,
        everywhere=("exposure", "holes left"),
        says="What training against an attacker leaves adds up at every attempt.",
    ),
    Sound(
        "soundness/security-average-case/train",
        security_average_case,
        "distill",
        departed_under_attack,
        density="density",
        says="Training on questions as they come opens holes for an attacker by the density "
        "ratio, in the mean over what it asks.",
    ),
    Sound(
        "soundness/security-screened/train",
        security_screened,
        "distill",
        screened,
        density="density",
        says="A screen takes a share of them away, in the mean.",
    ),
    Sound(
        "soundness/security-in-the-mean/reword",
        security_in_the_mean,
        "amplify",
        reworded_attempt,
        assumptions=(INDEPENDENT,),
        says="Of a mean exposure rewording makes at most r x + (1 - r) c_k x.",
    ),
    Sound(
        "soundness/security-in-the-mean/train",
        security_in_the_mean,
        "distill",
        departed_under_attack,
        density="density",
        says="And training on questions as they come adds holes by the density ratio.",
    ),
    Sound(
        "soundness/security-in-the-mean/screen",
        security_screened_in_the_mean,
        "distill",
        screened,
        density="density",
        says="Of which a screen takes a share away.",
    ),
    Sound(
        "soundness/anchored-vote/vote",
        anchored_vote,
        "vote",
        overruled,
        everywhere="error",
        assumptions=(INDEPENDENT,),
        says="Three copies that an overseer overrules by lot err at every question so seldom, if "
        "each of them does.",
    ),
]

steps = [
    Sound(
        "soundness/consult",
        imitation,
        "amplify",
        consulted,
        table=malign_is_wrong,
        density="density",
        says="A person who asks copies for every part, checks and puts together is wrong, malign "
        "and resisting as seldom as the step says.",
    ),
    Sound(
        "soundness/consult-by-vote",
        imitation,
        "amplify",
        consulted,
        table=malign_is_wrong,
        density="density",
        assumptions=(INDEPENDENT,),
        at={"copies": 3, "fan_out": 1},
        says="So is one who puts a question to three copies, whose majority counts.",
    ),
    Sound(
        "soundness/consult-partly",
        budgeted_amplification,
        "amplify",
        partly_consulted,
        table=malign_is_wrong,
        density="density",
        at={"questions": 1},
        says="So is one who does the other parts alone.",
    ),
    Sound(
        "soundness/clone",
        imitation,
        "distill",
        cloned,
        table=loses_an_episode_at_most,
        says="A student that departs from its expert so often is wrong and loses no more than that "
        "adds.",
    ),
    Sound(
        "soundness/aggregate",
        imitation_on_policy,
        "distill",
        corrected_on_its_way,
        table=loses_an_episode_at_most,
        says="On its own states, a departure loses only what recovering costs.",
    ),
    Sound(
        "soundness/partly-labelled",
        semi_supervised,
        "distill",
        partly_labelled,
        table=loses_an_episode_at_most,
        says="A student of partly labelled episodes departs with what its labels leave, and loses "
        "no more than that adds.",
    ),
    Sound(
        "soundness/corrigibility/correct",
        corrigibility,
        "correct",
        corrected_once,
        everywhere=("resistance", "resistance_before", "drift"),
        says="An agent that resists every correction so seldom resists every one so seldom after a "
        "round.",
    ),
    Sound(
        "soundness/train",
        recursive_reward_modeling,
        "distill",
        verdict_learned,
        density="optimisation",
        says="A student of rewards loses at most twice what verdicts and model are off, where it "
        "goes.",
    ),
    Sound(
        "soundness/growth/ask",
        growth,
        "amplify",
        asked_along_the_ranks,
        everywhere="fresh",
        density="density",
        at={"copies": 1},
        says="What a check leaves of errors that copies share, along the ranks.",
    ),
    Sound(
        "soundness/growth/vote",
        growth,
        "amplify",
        asked_along_the_ranks,
        everywhere="fresh",
        density="density",
        at={"fan_out": 1},
        says="And what a vote of three makes of them.",
    ),
    Sound(
        "soundness/growth/learn",
        growth,
        "distill",
        learned_along_the_ranks,
        everywhere=("fresh", "noise"),
        says="What training adds to them.",
    ),
]

filters = [
    Sound(
        "soundness/filter/reject",
        filtered_student,
        "behind_filter",
        sifted,
        table=loses_an_episode_at_most,
        says="A student behind a filter is malign less often, wrong as often as before or "
        "rejected, and loses what is rejected.",
    ),
    Sound(
        "soundness/filter/ask-again",
        resampling_same_hardness,
        "resampled_same",
        resampled,
        assumptions=(SAME_HARDNESS,),
        says="Asked until an answer passes, an agent that all questions tempt equally is malign "
        "with phi(m).",
    ),
    Sound(
        "soundness/filter/ask-again-any-hardness",
        resampling_any_hardness,
        "resampled_any",
        resampled,
        says="One that questions tempt as they like is malign as often as before.",
    ),
    Sound(
        "soundness/filter/ask-again-though-it-is-no-good",
        resampling_any_hardness,
        "resampled_any",
        resampled,
        at={"caught": "1/10", "false_alarm": "1/2"},
        says="Before a filter that rejects good answers more often than malign ones, phi(m) "
        "bounds a mean.",
    ),
]

mutants = [
    Sound(
        "soundness/mutant/vote-of-a-mean",
        vote_same_hardness,
        "voted_same",
        vote,
        assumptions=(INDEPENDENT,),
        expected="refuted",
        says="A vote errs with M_k of the mean error, however hard the questions are.",
    ),
    Sound(
        "soundness/mutant/vote-of-dependent-copies",
        vote_any_hardness,
        "voted_any",
        vote,
        expected="refuted",
        says="Copies that may depend on each other lose a vote with at most c_k e.",
    ),
    Sound(
        "soundness/mutant/ask-again-of-a-mean",
        resampling_same_hardness,
        "resampled_same",
        resampled,
        expected="refuted",
        says="Asked until an answer passes, an agent is malign with phi of the mean, whichever "
        "questions tempt it.",
    ),
    Sound(
        "soundness/mutant/poll-of-a-mean",
        reliability,
        "amplify",
        shared_draw,
        assumptions=(INDEPENDENT,),
        expected="refuted",
        says="Copies that err in the mean with e lose a vote with c e + (1 - c) M_k(e).",
    ),
    Sound(
        "soundness/mutant/reword-a-mean",
        security_average_case,
        "amplify",
        reworded_attempt,
        assumptions=(INDEPENDENT,),
        expected="refuted",
        says="Rewording makes of a mean exposure, which is all that training on questions as they "
        "come gives, what it makes of a bound at every attempt.",
    ),
    Sound(
        "soundness/mutant/basin-of-a-mean",
        corrigibility,
        "correct",
        corrected_once,
        expected="refuted",
        says="Corrections make of a mean resistance what they make of a bound on every one: but "
        "resistance gathers where it evades them.",
    ),
]
