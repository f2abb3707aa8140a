"""That abstract steps are right about every world, and mutants of them that are not."""

from __future__ import annotations

from models.voting import vote_any_dependence, vote_any_hardness, vote_same_hardness
from models.worlds.votes import vote
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
]
