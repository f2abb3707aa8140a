"""The same induction with alignment, benignity, corrigibility or some similar invariant.

Instances of each on the shipped schemes; an invariant that is inductive only together with another;
and a property that the theorem's form does not cover, because it speaks of two successive agents.
"""

from models.corrigibility import BenignAndCorrigible, benign_and_corrigible
from models.eliciting import eliciting
from models.imitation import imitation
from models.iterated_amplification import budgeted_amplification
from models.reliability_amplification import NoWorse, reliability_remembered
from models.reward_modeling import recursive_reward_modeling
from spec import Claim, Closed, Real, Row, Threshold
from spec.alignment import Aligned, Benign, Corrigible, Honest

any_invariant = Row(
    "any-invariant",
    quote="The induction works for alignment, or benignity, corrigibility, or some similar "
    "invariant.",
    formal="For each invariant J, a family J(c) of sets of agents: seed in J(c), every step from "
    "J(c) leads into J(c), and c is within the limit. J may be proved with more than it says: "
    "Benign is not closed (m' = 2 ((1 - d) m + d min(m, q)) + t grows where q is large), "
    "Corrigible is not closed (q' = q - k q (1 - q) + drift + malign influence), both together "
    "are. A property of two successive agents is an invariant of agents that remember, and need "
    "not be inductive.",
    statements=[
        Claim(
            "any-invariant/aligned",
            imitation,
            Aligned(),
            at={"checked": "7/10"},
            says="Aligned is an instance, on imitating expert reasoning with checks of 7/10.",
        ),
        Claim(
            "any-invariant/benign",
            budgeted_amplification,
            Benign(),
            at={"checked": "7/10"},
            says="Benign is an instance, on iterated amplification with checks of 7/10.",
        ),
        Claim(
            "any-invariant/corrigible",
            recursive_reward_modeling,
            Corrigible(),
            at={"checked": "4/5"},
            says="Corrigible is an instance, on recursive reward modeling with checks of 4/5.",
        ),
        Claim(
            "any-invariant/honest",
            eliciting,
            Honest(),
            says="Honest is an instance, on a reporter that its copies help to check.",
        ),
        Threshold(
            "any-invariant/honest/unchecked",
            eliciting,
            Honest(),
            parameter="unchecked",
            value="3/100",
            says="It bears exactly three questions in a hundred that no check reaches.",
        ),
        Claim(
            "any-invariant/honest/uncaught",
            eliciting,
            Honest(),
            expected="refuted",
            at={"caught": "1/2"},
            says="Checks that catch half of what they meet only pass deception on.",
        ),
        Closed(
            "any-invariant/benign-alone",
            benign_and_corrigible,
            Benign(),
            expected="refuted",
            says="Benign is not inductive alone: an agent that resists gets past the filter.",
        ),
        Closed(
            "any-invariant/corrigible-alone",
            benign_and_corrigible,
            Corrigible(),
            expected="refuted",
            says="Corrigible is not inductive alone: malign answers teach resistance.",
        ),
        Closed(
            "any-invariant/corrigible-alone-little-influence",
            benign_and_corrigible,
            Corrigible(resistance=Real("1/25")),
            at={"influence": "1/10"},
            expected="refuted",
            says="Nor where they teach it a fifth as much, at the limit 1/25.",
        ),
        Closed(
            "any-invariant/both",
            benign_and_corrigible,
            BenignAndCorrigible(resistance=Real("1/25")),
            at={"influence": "1/10"},
            says="Both together are inductive as they stand, where malign answers teach little.",
        ),
        Claim(
            "any-invariant/benign-from-the-seed",
            benign_and_corrigible,
            Benign(),
            at={"influence": "1/10"},
            says="So Benign is kept from the seed, by a proof that says more than it.",
        ),
        Claim(
            "any-invariant/never-worse",
            reliability_remembered,
            NoWorse(),
            expected="refuted",
            says="No agent less reliable than its predecessor: false of a run that keeps within "
            "every bound, since distillation may err more in one round than in the round before.",
        ),
        Claim(
            "any-invariant/never-much-worse",
            reliability_remembered,
            NoWorse(slack=Real("1/100")),
            says="Worse by no more than one round's distillation error: true.",
        ),
        Claim(
            "any-invariant/never-worse-if-perfect",
            reliability_remembered,
            NoWorse(),
            at={"imitation_error": 0},
            says="With perfect distillation no agent is less reliable than its predecessor.",
        ),
    ],
    not_covered="Which invariant a trained agent ought to have, or how its fields are to be "
    "measured. «Some similar invariant» is not every invariant: each must be inductive, alone or "
    "with others.",
    source="Christiano, in the discussion; the theorem itself is the row premises",
)
