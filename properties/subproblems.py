"""The split into two subproblems: how much of the difficulty does each half carry?"""

from models.imitation import imitation
from models.reward_modeling import recursive_reward_modeling
from spec import Number, Row, Tolerances
from spec.alignment import Aligned

_CHECKING: dict[str, Number] = {"checked": "19/20", "alone_error": 0, "resistance_drift": 0}
"""Where the schemes keep alignment at all: checks that seldom miss, and no resistance to them."""

_OVERSEER = {"slip": 0}

two_subproblems = Row(
    "two-subproblems",
    quote="The split into amplification and distillation gives two easier problems, though one of "
    "the two will probably contain almost all of the difficulty.",
    formal="For a scheme, let t_A be the greatest imperfection of amplification (parameter a) at "
    "which J holds forever with distillation perfect, and t_D the same for distillation (parameter "
    "d). The share of a half is (1/t) / (1/t_A + 1/t_D). Said: some half has a share of at least "
    "9/10. Easier: both tolerances lie above 0, so that neither half alone is the whole problem. "
    "Measured in the same unit, the probability of an error per answer, both add to one sum.",
    statements=[
        Tolerances(
            "two-subproblems/imitation",
            imitation,
            Aligned(),
            at={**_CHECKING, "horizon": 1},
            amplify="slip",
            distill="imitation_error",
            perfect_amplify=_OVERSEER,
            perfect_distill={"imitation_error": 0, "label_noise": 0},
            expected="refuted",
            says="Imitation of one step: the two halves carry about the same.",
        ),
        Tolerances(
            "two-subproblems/imitation-per-step",
            imitation,
            Aligned(),
            at={**_CHECKING, "horizon": 10},
            amplify="slip",
            distill="imitation_error",
            perfect_amplify=_OVERSEER,
            perfect_distill={"imitation_error": 0, "label_noise": 0},
            says="Counted per step, imitation over 10 steps carries almost all: ten times "
            "the unit is no harder half.",
        ),
        Tolerances(
            "two-subproblems/reward-modeling",
            recursive_reward_modeling,
            Aligned(),
            at=_CHECKING,
            amplify="slip",
            distill="reward_error",
            perfect_amplify=_OVERSEER,
            perfect_distill={"reward_error": 0, "optimiser_gap": 0, "label_noise": 0},
            expected="refuted",
            says="Recursive reward modeling: a wrong verdict and a wrong reward count alike.",
        ),
    ],
    not_covered="How hard it is to reach a given slip or imitation error in practice; and shares "
    "where a scheme does not keep alignment at all, as at the defaults.",
    source="Christiano's comment in the discussion of recursive reward modeling (2018).",
)
