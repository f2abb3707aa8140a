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

from models.distillation import Cloning, OnPolicy, aggregate, clone, step_error
from models.steps import (
    Consultation,
    can_judge,
    consulting,
    decomposed,
    odd_copies,
    retains_no_more_than_it_can,
    vetted_by_hand,
)
from spec import Assistant, Bool, I, Nature, Overseer, Scheme, structural
from spec.alignment import Trusted

__all__ = [
    "Imitation",
    "OnPolicyImitation",
    "aggregate",
    "amplify",
    "clone",
    "imitation",
    "imitation_on_policy",
    "seed",
    "smart_enough",
    "step_error",
]


class Imitation(Cloning, Consultation):
    """Parameters of imitating expert reasoning."""

    fan_out: int = structural(2, 1, 10, "parts that a question is split into", source="smallest")
    horizon: int = structural(3, 1, 50, "steps of reasoning that are imitated", source="smallest")


class OnPolicyImitation(OnPolicy, Imitation):
    """Parameters of imitation on the student's own states."""


def seed(p: Imitation) -> Assistant[Trusted]:
    """A weak agent vetted by hand: it errs as often as the person and does nothing worse."""
    return vetted_by_hand(p.slip)


def amplify(agent: Assistant[I], p: Imitation, nature: Nature) -> Overseer[I]:
    """The person with copies of the agent: decompose, drop malign answers noticed, vote."""
    wrong = decomposed(agent.error, p.fan_out, p.slip)
    return consulting(agent, p, parts_asked=p.fan_out, wrong=wrong, gain=p.gain)


def smart_enough(expert: Overseer[I], student: Assistant[I], p: Imitation) -> Bool:
    """The expert can in fact judge what the student can do, and a margin more."""
    return can_judge(expert, student, p.horizon, p.margin)


imitation = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "imitation",
    parameters=Imitation,
    seed=seed,
    amplify=amplify,
    distill=clone,
    smart_enough=smart_enough,
    assumptions=[odd_copies, retains_no_more_than_it_can],
    about="Imitating expert reasoning, by behavioural cloning.",
)

imitation_on_policy = Scheme[OnPolicyImitation, Assistant[Trusted], Overseer[Trusted]](
    "imitation-on-policy",
    parameters=OnPolicyImitation,
    seed=seed,
    amplify=amplify,
    distill=aggregate,
    smart_enough=smart_enough,
    assumptions=[odd_copies, retains_no_more_than_it_can],
    about="Imitating expert reasoning, on the student's own states (DAgger).",
)
