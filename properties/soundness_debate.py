"""That debates, and what a judge learns of them, are right about every world."""

from __future__ import annotations

from models.cross_examination import cross_examination
from models.debate import debate, debate_followed, debate_with_person
from models.worlds.debate import (
    WITHIN_REACH,
    debated,
    debated_before_person,
    examined,
    played,
)
from models.worlds.training import loses_an_episode_at_most, verdict_departed_from
from spec import INDEPENDENT, Sound

RATIOS = ("density", "disputed", "steering")
"""How the question, the claims in dispute and the leaf are distributed, against training."""

debates = [
    Sound(
        "soundness/debate/hear",
        debate,
        "amplify",
        debated,
        density=RATIOS,
        assumptions=(INDEPENDENT, WITHIN_REACH),
        says="A judge after debates, at whose leaves it rules itself, is wrong, fooled and "
        "resisting as seldom as the step says, wherever the liar steers within the ratios.",
    ),
    Sound(
        "soundness/debate-with-person/hear",
        debate_with_person,
        "amplify",
        debated_before_person,
        density=RATIOS,
        assumptions=(INDEPENDENT, WITHIN_REACH),
        says="So is one at whose leaves a person rules.",
    ),
    Sound(
        "soundness/cross-examination/hear",
        cross_examination,
        "amplify",
        examined,
        density=RATIOS,
        assumptions=(INDEPENDENT, WITHIN_REACH),
        says="So is one that hears liars who shift what they meant, and copies who are asked what "
        "it means.",
    ),
    Sound(
        "soundness/debate-followed/play",
        debate_followed,
        "play",
        played,
        density=RATIOS,
        assumptions=(INDEPENDENT, WITHIN_REACH),
        says="So are debaters in self-play before a judge that follows them.",
    ),
    Sound(
        "soundness/debate/learn",
        debate,
        "distill",
        verdict_departed_from,
        table=loses_an_episode_at_most,
        says="A judge that learns verdicts adds what it departs from them.",
    ),
]
