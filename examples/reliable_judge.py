"""Debate whose judge hears several debates on each question: one step of a shipped scheme swapped.

alignspec check examples/reliable_judge.py
"""

from models.debate import Debate, debate, hear_debate, learn_verdicts, seed
from models.reliability_amplification import reliable
from models.steps import Polling, can_judge, keeps_back_no_more_than_it_loses, odd_copies
from spec import Assistant, Claim, I, Nature, Overseer, Row, Scheme
from spec.alignment import Benign, Trusted


class SeveralDebates(Debate, Polling):
    pass


def hear_debates(judge: Assistant[I], p: SeveralDebates, nature: Nature) -> Overseer[I]:
    """The majority of several debates, whose outcomes are independent given the question."""
    return reliable(hear_debate(judge, p, nature), p.copies)


reliable_judge = Scheme[SeveralDebates, Assistant[Trusted], Overseer[Trusted]](
    "reliable-judge",
    parameters=SeveralDebates,
    seed=seed,
    amplify=hear_debates,
    distill=learn_verdicts,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses],
    about="Debate as the amplification of a judge, who hears several debates.",
)

row = Row(
    "reliable-judge",
    quote="A judge who hears several debates bears more distillation error.",
    formal="Of a mean error a vote of three leaves up to 9/8, as it may sit on few questions on "
    "which the liar mostly wins: so the second round already breaks malign <= 1/10, with three "
    "debates as with one.",
    statements=[
        Claim("one-debate", debate, Benign(), expected="refuted"),
        Claim("three-debates", reliable_judge, Benign(), expected="refuted"),
    ],
    not_covered="Debates on questions that are all equally hard, where a vote does help.",
)
