"""The premises claim: alignment survives if each half preserves it, whatever the halves are.

Said in the discussion: the result is aligned if one starts from something aligned, amplification
preserves alignment (or benignity, corrigibility, or some similar invariant), distillation preserves
it as long as the expert is smart enough, and amplification yields smart-enough experts.
"""

from models.amplification import Preserved, iterated_amplification
from spec import Claim

premises = Claim(
    "premises",
    iterated_amplification,
    Preserved(),
    says="Alignment survives every iteration if the four premises hold, whatever agents, steps "
    "and invariant are.",
)

dropped = [
    Claim(
        f"premises/without-{short}",
        iterated_amplification,
        Preserved(),
        expected="refuted",
        dropping=premise,
        says=f"Without the premise «{premise}» it need not survive.",
    )
    for short, premise in {
        "start": "an aligned start",
        "amplification": "amplification preserves it",
        "smart-enough": "amplification yields smart-enough experts",
        "distillation": "distillation preserves it, given a smart-enough expert",
    }.items()
]
