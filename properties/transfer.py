"""What work on one scheme is worth for another: the lemmas that their proofs share."""

from models.debate import debate
from models.imitation import imitation, imitation_on_policy
from models.reward_modeling import recursive_reward_modeling
from spec import Row, Transfers
from spec.alignment import Aligned

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
            says="Imitation and recursive reward modeling: what amplification does carries over.",
        ),
        Transfers(
            "transfer/on-policy",
            imitation,
            imitation_on_policy,
            invariant=Aligned(),
            says="Cloning and on-policy imitation: most lemmas are shared.",
        ),
        Transfers(
            "transfer/debate",
            imitation,
            debate,
            invariant=Aligned(),
            expected="refuted",
            says="Imitation and debate as shipped share no lemma, and few transfer functions.",
        ),
    ],
    not_covered="Lemmas that hold of both but that these two proofs happen not to use; a different "
    "certificate may share more or fewer. It measures the models here, in which recursive reward "
    "modeling consults its assistants as imitation does.",
    source="Christiano's comment in the discussion of recursive reward modeling (2018).",
)
