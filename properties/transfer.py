"""What work on one scheme is worth for another: the lemmas that their proofs share."""

from models.imitation import imitation, imitation_on_policy
from models.reward_modeling import recursive_reward_modeling
from spec import Number, Row, Transfers
from spec.alignment import Aligned

_CHECKING: dict[str, Number] = {"checked": "19/20", "alone_error": 0, "resistance_drift": 0}
"""Where both schemes keep alignment."""

transfer = Row(
    "transfer",
    quote="Work on iterated amplification in general should help to analyse recursive reward "
    "modeling, and experience with recursive reward modeling should say something about iterated "
    "amplification in general.",
    formal="The proof that a scheme keeps J is a set of lemmas, one for each step and each bound "
    "on a field. Said: the proofs for recursive reward modeling and for imitating expert reasoning "
    "have lemmas in common, word for word.",
    statements=[
        Transfers(
            "transfer/reward-modeling",
            imitation,
            recursive_reward_modeling,
            invariant=Aligned(),
            at=_CHECKING,
            says="Imitation and recursive reward modeling: what amplification does carries over.",
        ),
        Transfers(
            "transfer/on-policy",
            imitation,
            imitation_on_policy,
            invariant=Aligned(),
            at=_CHECKING,
            says="Cloning and on-policy imitation: most lemmas are shared.",
        ),
    ],
    not_covered="Lemmas that hold of both but that these two proofs happen not to use; a different "
    "certificate may share more or fewer. It measures the models here, in which recursive reward "
    "modeling and imitation amplify by one and the same step, so that its lemmas are shared from "
    "the start: what is measured is how many of a proof they are.",
    source="Christiano's comment in the discussion of recursive reward modeling (2018).",
)
