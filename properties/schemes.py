"""Which schemes keep alignment, benignity and corrigibility, and grow, under bounded error.

The main table: every scheme against every invariant and against growth. At the defaults every
scheme is plain, nobody checks what a copy says, and the bounds say how soon that fails; each cell
has the range of one parameter over which it is decided.
"""

from models.debate import debate, debate_bare, debate_with_person
from models.expert_iteration import expert_iteration
from models.imitation import imitation, imitation_on_policy
from models.iterated_amplification import budgeted_amplification
from models.reward_modeling import recursive_reward_modeling
from spec import Claim, Grows, Process, Statement
from spec.alignment import Aligned, Benign, Corrigible
from spec.statements.base import Expected

INVARIANTS: tuple[type[Aligned | Benign | Corrigible], ...] = (Aligned, Benign, Corrigible)


def _row(scheme: Process, over: str, *expected: Expected) -> list[Statement]:
    """One row: aligned, benign, corrigible, and growth while aligned."""
    cells: list[Statement] = [
        Claim(
            f"{scheme.name}/{invariant.__name__.lower()}",
            scheme,
            invariant(),
            expected=answer,
            over=over,
            says=f"{scheme.about} Does it stay {invariant.__name__.lower()} forever?",
        )
        for invariant, answer in zip(INVARIANTS, expected, strict=False)
    ]
    grows = Grows(
        f"{scheme.name}/grows",
        scheme,
        Aligned(),
        expected=expected[-1],
        says=f"{scheme.about} Does it grow without bound and stay aligned?",
    )
    return [*cells, grows]


table = [
    *_row(imitation, "checked", "refuted", "refuted", "refuted", "refuted"),
    *_row(imitation_on_policy, "checked", "refuted", "refuted", "refuted", "refuted"),
    *_row(budgeted_amplification, "checked", "refuted", "refuted", "refuted", "refuted"),
    *_row(recursive_reward_modeling, "checked", "refuted", "refuted", "refuted", "refuted"),
    *_row(debate, "imitation_error", "refuted", "refuted", "refuted", "refuted"),
    *_row(debate_with_person, "imitation_error", "refuted", "refuted", "refuted", "refuted"),
    *_row(debate_bare, "judge_rank", "refuted", "refuted", "refuted", "refuted"),
    *_row(expert_iteration, "imitation_error", "proved", "refuted", "refuted", "proved"),
]
