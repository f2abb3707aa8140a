"""The split into two subproblems: how much of the difficulty does each half carry?"""

from models.debate import debate
from models.imitation import imitation
from models.reward_modeling import recursive_reward_modeling
from spec import Row, Tolerances
from spec.alignment import Aligned

_OVERSEER = {"slip": 0, "correlation": 0}

two_subproblems = Row(
    "two-subproblems",
    quote="The split into amplification and distillation gives two easier problems, though one of "
    "the two will probably contain almost all of the difficulty.",
    formal="For a scheme, let t_A be the greatest imperfection of amplification (parameter a) at "
    "which J holds forever with distillation perfect, and t_D the same for distillation (parameter "
    "d). The share of a half is (1/t) / (1/t_A + 1/t_D). Said: some half has a share of at least "
    "9/10. Easier: both tolerances lie above 0, so that neither half alone is the whole problem.",
    statements=[
        Tolerances(
            "two-subproblems/imitation",
            imitation,
            Aligned(),
            amplify="slip",
            distill="imitation_error",
            perfect_amplify=_OVERSEER,
            perfect_distill={"imitation_error": 0, "label_noise": 0},
            expected="refuted",
            says="Imitation over 3 steps: distillation carries most, though not almost all.",
        ),
        Tolerances(
            "two-subproblems/imitation-long",
            imitation,
            Aligned(),
            at={"horizon": 10},
            amplify="slip",
            distill="imitation_error",
            perfect_amplify=_OVERSEER,
            perfect_distill={"imitation_error": 0, "label_noise": 0},
            says="Imitation over 10 steps: the horizon shifts almost all of it to distillation.",
        ),
        Tolerances(
            "two-subproblems/reward-modeling",
            recursive_reward_modeling,
            Aligned(),
            amplify="slip",
            distill="reward_error",
            perfect_amplify=_OVERSEER,
            perfect_distill={"reward_error": 0, "optimiser_gap": 0, "label_noise": 0},
            expected="refuted",
            says="Recursive reward modeling: distillation carries most, though not almost all.",
        ),
        Tolerances(
            "two-subproblems/debate",
            debate,
            Aligned(),
            amplify="judge_error",
            distill="imitation_error",
            perfect_amplify={**_OVERSEER, "judge_error": 0, "self_play_gap": 0, "flaw_finding": 1},
            perfect_distill={"imitation_error": 0, "label_noise": 0},
            expected="refuted",
            says="Debate of depth 2: the two halves carry about the same.",
        ),
    ],
    not_covered="How hard it is to reach a given slip or imitation error in practice. The two are "
    "compared as probabilities per answer, so another unit gives other shares; all other "
    "parameters are at their illustrative defaults.",
    source="Christiano's comment in the discussion of recursive reward modeling (2018).",
)
