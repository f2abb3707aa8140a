"""Debate, as the amplification of a judge and bare.

Two copies of an agent argue before a judge, one level of the argument after the other, until a leaf
is simple enough for the judge to decide. As amplification: the judge after the debate is the expert
whose verdicts the next judge learns. Bare: the debaters are trained by self-play, and all that
oversees them is the judge as it is.

Source: Irving, Christiano and Amodei, "AI safety via debate" (2018); Barnes and Christiano,
"Writeup: progress on AI safety via debate" (2020) for cross-examination.
"""

from __future__ import annotations

from models.steps import (
    ILLUSTRATIVE,
    Oversight,
    Training,
    can_judge,
    corrected,
    learned_capability,
    learned_resistance,
    retains_no_more_than_it_can,
    vetted_by_hand,
)
from spec import (
    Assistant,
    Bool,
    I,
    Loop,
    Nature,
    Overseer,
    Real,
    Scheme,
    minimum,
    parameter,
    structural,
    when,
)
from spec.agents import TOP_RANK
from spec.alignment import Trusted


class Argument(Oversight):
    """Parameters of the argument itself and of its judge."""

    judge_error: Real = parameter(
        "1/100", 0, 1, "probability that the judge errs at the worst leaf", source=ILLUSTRATIVE
    )
    flaw_finding: Real = parameter(
        "19/20",
        0,
        1,
        "probability that one try of an honest debater finds the flaw at a level",
        source=ILLUSTRATIVE,
    )
    self_play_gap: Real = parameter(
        "1/200",
        0,
        1,
        "how far self-play is from the optimal liar and its reply",
        source=ILLUSTRATIVE,
    )
    depth: int = structural(2, 1, 12, "levels of the argument", source="smallest nested argument")
    tries: int = structural(
        2, 1, 8, "questions of a cross-examination per level", source="smallest"
    )


class Debate(Argument, Training):
    """Parameters of debate as the amplification of a judge."""

    imitation_error: Real = parameter(
        "1/100",
        0,
        1,
        "probability that the trained judge departs from the verdict, in total variation, on "
        "questions drawn as in training",
        source=ILLUSTRATIVE,
    )


class BareDebate(Argument):
    """Parameters of debate before the judge as it is."""

    judge_rank: Real = parameter(
        10, 0, 1000, "rank of task that the bare judge can follow", source=ILLUSTRATIVE
    )


def flaw_found(wrong: Real, p: Argument) -> Real:
    """P(the honest side finds the flaw at a level): 1 - (1 - phi (1 - w))^n over n tries.

    Assumes that the tries are independent, and that a debater that is wrong itself (w) finds none.
    """
    return 1 - (1 - p.flaw_finding * (1 - minimum(1, wrong))) ** p.tries


def liar_wins(judge_error: Real, found: Real, p: Argument) -> Real:
    """P(the liar wins) <= min(1, 1 - (1 - j) f^d + gap).

    The honest side must find the flaw at each of d levels, and the judge must then decide the
    leaf, against a liar that picks the worst leaf.
    """
    return minimum(1, 1 - (1 - judge_error) * found**p.depth + p.self_play_gap)


def both_mistaken(error: Real, p: Argument) -> Real:
    """P(two copies are wrong in good faith at once): c e + (1 - c) e^2.

    Assumes that their errors are independent, except that with the correlation c they err as one.
    """
    return p.correlation * error + (1 - p.correlation) * error**2


def after_debate(judge: Assistant[I], p: Debate, found: Real, answers: int) -> Overseer[I]:
    """The judge after a debate between two copies of the agent, who give so many answers.

    Where one side lies, the answer is malign if the liar wins; ``found`` is the probability that
    the honest side finds the flaw at a level.
    """
    return Overseer(
        capability=minimum(TOP_RANK, judge.capability + p.depth * p.gain),
        error=both_mistaken(judge.error, p),
        malign=liar_wins(p.judge_error, found, p),
        resistance=corrected(judge.resistance, p.correction, 2),
        cost=1 + answers * judge.cost,
        regret=judge.regret,
    )


def seed(p: Argument) -> Assistant[Trusted]:
    """A weak judge vetted by hand."""
    return vetted_by_hand(p.slip)


def hear_debate(judge: Assistant[I], p: Debate, nature: Nature) -> Overseer[I]:
    """Amplify: the judge after a debate between two copies of the agent.

    Where one side lies, the answer is malign if the liar wins. Where both honestly make the same
    mistake nobody objects, and the answer is wrong in good faith.
    """
    found = flaw_found(judge.error + judge.malign, p)
    return after_debate(judge, p, found=found, answers=2 * p.depth)


def learn_verdicts(expert: Overseer[I], p: Debate, nature: Nature) -> Assistant[I]:
    """Distill: train the next judge to give the verdict without the debate.

    It is one step long, so its regret is the probability that it departs from the verdict.
    """
    most = minimum(1, p.imitation_error + p.label_noise * expert.cost)
    departure = nature.choose(
        "departure", at_most=most, metric="total variation, on questions drawn as in training"
    )
    treachery = nature.choose("malign share of the departure", at_most=departure)
    return Assistant(
        capability=learned_capability(expert, p, nature),
        error=minimum(1, expert.error + departure - treachery),
        malign=minimum(1, expert.malign + treachery),
        resistance=learned_resistance(expert, p, nature),
        cost=Real(1),
        regret=departure,
    )


def smart_enough(expert: Overseer[I], student: Assistant[I], p: Debate) -> Bool:
    """The judge after the debate can in fact judge what the student can do, and a margin more."""
    return can_judge(expert, student, p.horizon, p.margin)


def play(debater: Assistant[I], p: Argument, nature: Nature) -> Assistant[I]:
    """One round of self-play before a judge that follows the debaters."""
    learned = nature.choose(
        "learned capability", at_most=minimum(p.gain, TOP_RANK - debater.capability)
    )
    found = flaw_found(debater.error + debater.malign, p)
    return Assistant[I](
        capability=debater.capability + learned,
        error=both_mistaken(debater.error, p),
        malign=liar_wins(p.judge_error, found, p),
        resistance=minimum(
            1,
            corrected(debater.resistance, p.correction, 1)
            + nature.choose("learned resistance", at_most=p.resistance_drift),
        ),
        cost=debater.cost,
        regret=debater.regret,
    )


def self_play(debater: Assistant[I], p: BareDebate, nature: Nature) -> Assistant[I]:
    """One round of self-play before the bare judge.

    Nobody amplifies the judge: it follows debaters up to its own rank, and whatever wins before
    a judge that cannot follow is arbitrary.
    """
    followed = play(debater, p, nature)
    follows = p.judge_rank * (1 - p.judge_error) >= followed.capability + p.margin
    return when(follows, followed, nature.unoverseen(Assistant))


debate = Scheme[Debate, Assistant[Trusted], Overseer[Trusted]](
    "debate",
    parameters=Debate,
    seed=seed,
    amplify=hear_debate,
    distill=learn_verdicts,
    smart_enough=smart_enough,
    assumptions=[retains_no_more_than_it_can],
    about="Debate as the amplification of a judge, who learns to do without it.",
)

debate_bare = Loop[BareDebate, Assistant[Trusted]](
    "debate-bare",
    parameters=BareDebate,
    seed=seed,
    step=self_play,
    assumptions=[],
    about="Debaters trained by self-play, with the bare judge as their only overseer.",
)
