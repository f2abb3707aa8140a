"""The premises claim: alignment survives if each half preserves it, whatever the halves are."""

from models.amplification import Preserved, iterated_amplification
from spec import Claim, Row

_DROPPED = {
    "start": "an aligned start",
    "amplification": "amplification preserves it",
    "smart-enough": "amplification yields smart-enough experts",
    "distillation": "distillation preserves it, given a smart-enough expert",
}

premises = Row(
    "premises",
    quote="The result is aligned if one starts from something aligned, amplification preserves "
    "alignment, distillation preserves it as long as the expert is smart enough for the student, "
    "and amplification yields experts that are.",
    formal="For all sets A of agents and E of experts, relations amplify in A x E, distill in "
    "E x A, oversees in E x A, predicates J on A and K on E, and a seed s: if J(s); J(a) and "
    "a amplify e imply K(e); J(a), a amplify e, e distill b imply e oversees b; and K(e), "
    "e distill b, e oversees b imply J(b); then J holds of every agent that is reached from s. "
    "Each of the four premises is needed.",
    statements=[
        Claim(
            "premises/all-four",
            iterated_amplification,
            Preserved(),
            says="Alignment survives every iteration if the four premises hold, whatever agents, "
            "steps and invariant are.",
        ),
        *(
            Claim(
                f"premises/without-{short}",
                iterated_amplification,
                Preserved(),
                expected="refuted",
                dropping=premise,
                says=f"Without the premise «{premise}» it need not survive.",
            )
            for short, premise in _DROPPED.items()
        ),
    ],
    not_covered="Nothing of whether any real amplification or distillation meets its premise: that "
    "is what the other rows are about. The induction over iterations is the meta-rule, not a "
    "query.",
    source="The description of iterated amplification in the discussion of recursive reward "
    "modeling (2018); Cotra, «Iterated Distillation and Amplification» (2018).",
)
