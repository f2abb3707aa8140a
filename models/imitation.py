"""Imitating expert reasoning.

A person decomposes a question, asks copies of the agent for the parts and puts the answer together;
the next agent is trained to imitate that whole process, step by step, over a horizon.

Sources: Leike et al., "Scalable agent alignment via reward modeling" (2018), where this is set
against recursive reward modeling; Christiano, Shlegeris and Amodei, "Supervising strong learners
by amplifying weak experts" (2018); Ross and Bagnell, "Efficient reductions for imitation
learning" (2010); Ross, Gordon and Bagnell, "A reduction of imitation learning to no-regret online
learning" (2011).
"""

from __future__ import annotations

from models.distillation import Cloning, OnPolicy, aggregate, clone
from models.steps import (
    Splitting,
    can_judge,
    consult,
    keeps_back_no_more_than_it_loses,
    odd_copies,
    vetted_by_hand,
)
from spec import Assistant, Overseer, Scheme, structural
from spec.alignment import Trusted


class Imitation(Cloning, Splitting):
    """Parameters of imitating expert reasoning."""

    horizon: int = structural(3, 1, 50, "steps of reasoning that are imitated", source="smallest")


class OnPolicyImitation(OnPolicy, Imitation):
    """Parameters of imitation on the student's own states."""


def seed(p: Imitation) -> Assistant[Trusted]:
    """A weak agent vetted by hand: it errs as often as the person and does nothing worse."""
    return vetted_by_hand(p.slip, p.horizon)


imitation = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "imitation",
    parameters=Imitation,
    seed=seed,
    amplify=consult,
    distill=clone,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses],
    about="Imitating expert reasoning, by behavioural cloning.",
)

imitation_on_policy = Scheme[OnPolicyImitation, Assistant[Trusted], Overseer[Trusted]](
    "imitation-on-policy",
    parameters=OnPolicyImitation,
    seed=seed,
    amplify=consult,
    distill=aggregate,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses],
    about="Imitating expert reasoning, on the student's own states (DAgger).",
)
