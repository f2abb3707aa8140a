"""Which schemes keep alignment, benignity and corrigibility under bounded distillation error.

The main table: every scheme against every invariant, each cell with the range of the scheme's
distillation error over which it is decided. The overruns show what breaks, and how, beyond it.
"""

from models.debate import debate, debate_bare
from models.imitation import imitation, imitation_on_policy
from models.reward_modeling import recursive_reward_modeling
from spec import Claim, Process
from spec.alignment import Aligned, Benign, Corrigible
from spec.statements.base import Expected

INVARIANTS = (Aligned, Benign, Corrigible)


def _row(scheme: Process, over: str, expected: Expected = "proved") -> list[Claim]:
    return [
        Claim(
            f"{scheme.name}/{invariant.__name__.lower()}",
            scheme,
            invariant(),
            expected=expected,
            over=over,
            says=f"{scheme.about} Does it stay {invariant.__name__.lower()} forever?",
        )
        for invariant in INVARIANTS
    ]


def _overrun(scheme: Process, over: str, value: str) -> list[Claim]:
    return [
        Claim(
            f"{scheme.name}/{invariant.__name__.lower()}/overrun",
            scheme,
            invariant(),
            expected="refuted",
            at={over: value},
            says=f"{scheme.about} Beyond the {over} that it bears.",
        )
        for invariant in INVARIANTS
    ]


table = [
    *_row(imitation, "imitation_error"),
    *_row(imitation_on_policy, "imitation_error"),
    *_row(recursive_reward_modeling, "reward_error"),
    *_row(debate, "imitation_error"),
    *_row(debate_bare, "judge_rank", expected="refuted"),
]

overruns = [
    *_overrun(imitation, "imitation_error", "1/50"),
    *_overrun(imitation_on_policy, "imitation_error", "1/50"),
    *_overrun(recursive_reward_modeling, "reward_error", "1/100"),
    *_overrun(debate, "imitation_error", "1/4"),
]

followed = [
    Claim(
        f"{debate_bare.name}/{invariant.__name__.lower()}/followed",
        debate_bare,
        invariant(),
        at={"judge_rank": 200},
        says="A judge who can follow every debater keeps bare debate as it should be.",
    )
    for invariant in INVARIANTS
]
