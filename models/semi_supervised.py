"""Iterated amplification distilled by semi-supervised training: the expert labels only a share.

Imitation of expert reasoning, with the expert's answers in a random share of the episodes; what the
student does in any of them comes of what it has generalised from those.

Sources: Christiano, "Semi-supervised reinforcement learning" (2016); Finn, Yu, Fu, Abbeel and
Levine, "Generalizing skills with semi-supervised reinforcement learning" (2017).
"""

from __future__ import annotations

from models.distillation import PartlyLabelled, learn_partly_labelled
from models.imitation import Imitation, seed
from models.steps import can_judge, consult, keeps_back_no_more_than_it_loses, odd_copies
from spec import Assistant, Overseer, Scheme
from spec.alignment import Trusted


class SemiSupervised(PartlyLabelled, Imitation):
    """Parameters of imitation with labels in some episodes only."""


semi_supervised = Scheme[SemiSupervised, Assistant[Trusted], Overseer[Trusted]](
    "semi-supervised",
    parameters=SemiSupervised,
    seed=seed,
    amplify=consult,
    distill=learn_partly_labelled,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses],
    about="Imitating expert reasoning from labels in a share of the episodes.",
)
