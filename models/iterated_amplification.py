"""Iterated amplification with a concrete overseer, and a budget of sub-questions it may ask.

The overseer splits a question into parts, asks the agent as many of them as its budget allows, and
answers the rest alone. It may be a person or a simple core for corrigible reasoning: both are a
slip, an error on a part done alone, and a gain in rank. (``models/amplification.py`` is the same
scheme with nothing known of any of its parts.)

Two real runs (docs/how-to/real-runs.md) keep the bound of decomposition, and ask parts with a
density of up to 1.8 in one kind of question without erring on them more. They exceed the default
``imitation_error``: on the rank at which it is worst a student departs in up to 0.035 and 0.092 of
questions, more so the more ranks it holds. In a third, whose overseer only checks, it departs in up
to 0.039; where labels are changed to plant a trigger, in 0.21, and that departure is malign.

Sources: Christiano, Shlegeris and Amodei, "Supervising strong learners by amplifying weak experts"
(2018); Cotra, "Iterated Distillation and Amplification" (2018); Christiano, "Corrigibility" (2017)
for the core.
"""

from __future__ import annotations

from models.distillation import Cloning, clone
from models.steps import (
    Consultation,
    can_judge,
    consulting,
    keeps_back_no_more_than_it_loses,
    odd_copies,
    vetted_by_hand,
)
from spec import (
    Assistant,
    Bool,
    I,
    Nature,
    Overseer,
    Scheme,
    structural,
)
from spec.alignment import Trusted


class IteratedAmplification(Cloning, Consultation):
    """Parameters of an overseer with a budget of sub-questions."""

    parts: int = structural(2, 1, 10, "parts that a question is split into", source="smallest")
    questions: int = structural(
        2, 0, 10, "parts that the overseer may ask the agent", source="all of them"
    )


def asks_no_more_than_there_is(p: IteratedAmplification) -> Bool:
    """The budget of sub-questions is no larger than the number of parts."""
    return Bool(p.questions <= p.parts)


def start(p: IteratedAmplification) -> Assistant[Trusted]:
    """A weak agent vetted by the overseer: it errs as often as the overseer and does no worse."""
    return vetted_by_hand(p.slip, p.horizon)


def consult(agent: Assistant[I], p: IteratedAmplification, nature: Nature) -> Overseer[I]:
    """Amplify: the overseer with copies of the agent, within its budget of sub-questions.

    A round adds the share of its ranks that the share of parts asked buys.
    """
    return consulting(
        agent,
        p,
        parts_asked=p.questions,
        parts_alone=p.parts - p.questions,
        gain=p.gain * p.questions / p.parts,
        horizon=p.horizon,
    )


budgeted_amplification = Scheme[IteratedAmplification, Assistant[Trusted], Overseer[Trusted]](
    "budgeted-amplification",
    parameters=IteratedAmplification,
    seed=start,
    amplify=consult,
    distill=clone,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses, asks_no_more_than_there_is],
    about="Iterated amplification with an overseer who may ask so many sub-questions.",
)
