"""Debate whose judge hears several debates on each question: one step of a shipped scheme swapped.

alignspec check examples/reliable_judge.py
"""

from models.debate import Debate, debate, hear_debate, learn_verdicts, seed, smart_enough
from models.reliability_amplification import reliable
from models.steps import Polling, odd_copies, retains_no_more_than_it_can
from spec import Assistant, Claim, I, Nature, Overseer, Row, Scheme
from spec.alignment import Benign, Trusted


class SeveralDebates(Debate, Polling):
    pass


def hear_debates(judge: Assistant[I], p: SeveralDebates, nature: Nature) -> Overseer[I]:
    """The majority of several debates: who wins is independent but for one shared draw."""
    return reliable(hear_debate(judge, p, nature), p.copies, p.correlation, p.correlation)


reliable_judge = Scheme[SeveralDebates, Assistant[Trusted], Overseer[Trusted]](
    "reliable-judge",
    parameters=SeveralDebates,
    seed=seed,
    amplify=hear_debates,
    distill=learn_verdicts,
    smart_enough=smart_enough,
    assumptions=[odd_copies, retains_no_more_than_it_can],
    about="Debate as the amplification of a judge, who hears several debates.",
)

row = Row(
    "reliable-judge",
    quote="A judge who hears several debates bears more distillation error.",
    formal="At imitation error 3/50 one debate loses malign <= 1/10 at some iteration, and the "
    "majority of three keeps it forever.",
    statements=[
        Claim("one-debate", debate, Benign(), expected="refuted", at={"imitation_error": "3/50"}),
        Claim("three-debates", reliable_judge, Benign(), at={"imitation_error": "3/50"}),
    ],
    not_covered="That debates on one question come out independently, but for one draw in fifty.",
)
