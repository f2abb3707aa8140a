"""Iterated amplification distilled by semi-supervised training: the expert labels only a share.

Imitation of expert reasoning, with the expert's answers in a random share of the episodes; in the
others the student goes by what it has generalised.

Sources: Christiano, "Semi-supervised reinforcement learning" (2016); Finn, Yu, Fu, Abbeel and
Levine, "Generalizing skills with semi-supervised reinforcement learning" (2017).
"""

from __future__ import annotations

from models.distillation import PartlyLabelled, learn_partly_labelled
from models.imitation import Imitation, amplify, seed, smart_enough
from models.steps import odd_copies, retains_no_more_than_it_can
from spec import Assistant, Overseer, Scheme
from spec.alignment import Trusted


class SemiSupervised(PartlyLabelled, Imitation):
    """Parameters of imitation with labels in some episodes only."""


semi_supervised = Scheme[SemiSupervised, Assistant[Trusted], Overseer[Trusted]](
    "semi-supervised",
    parameters=SemiSupervised,
    seed=seed,
    amplify=amplify,
    distill=learn_partly_labelled,
    smart_enough=smart_enough,
    assumptions=[odd_copies, retains_no_more_than_it_can],
    about="Imitating expert reasoning from labels in a share of the episodes.",
)
