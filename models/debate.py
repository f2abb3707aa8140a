"""Debate, as the amplification of a judge and bare.

Two copies of an agent argue before a judge, one level of the argument after the other, until a leaf
is simple enough for the judge to decide. As amplification: the judge after the debate is the expert
whose verdicts the next judge learns, and who judges leaves is the agent itself, or always the same
trusted person. Bare: the debaters are trained by self-play, and all that oversees them is the judge
as it is.

Source: Irving, Christiano and Amodei, "AI safety via debate" (2018); Barnes and Christiano,
"Writeup: progress on AI safety via debate" (2020) for cross-examination.
"""

from __future__ import annotations

from models.steps import (
    ILLUSTRATIVE,
    Oversight,
    Training,
    asked,
    can_judge,
    corrected,
    departing,
    keeps_back_no_more_than_it_loses,
    learned_capability,
    learned_resistance,
    vetted_by_hand,
)
from spec import (
    Assistant,
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
from spec.alignment import Trusted


class Argument(Oversight):
    """Parameters of the argument itself and of its judge."""

    judge_error: Real = parameter(
        "1/100",
        0,
        1,
        "mean probability, over leaves as they come in training, that a person errs at a leaf, or "
        "misrules on what the agent said of it",
        source=ILLUSTRATIVE,
    )
    flaw_finding: Real = parameter(
        "19/20",
        0,
        1,
        "probability, at any level, that one try of an honest debater who is right finds the flaw",
        source=ILLUSTRATIVE,
    )
    disputed: Real = parameter(
        1,
        1,
        10**6,
        "how many times as often a claim is disputed, as the liar steers, as claims come in "
        "training; at most the number of claims at a level",
        source="the liar does not know on which claims its opponent errs",
    )
    steering: Real = parameter(
        1,
        1,
        10**6,
        "how many times as often a leaf is reached, as the liar steers, as leaves come in "
        "training; at most the number of leaves",
        source="the liar does not know at which leaf the judge errs",
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


class DebateWithPerson(Debate):
    """Parameters of debate whose leaves a trusted person judges, round after round."""

    person_rank: Real = parameter(
        1, 0, 1000, "rank of task that the person judges alone", source="the first agent's"
    )


class BareDebate(Argument):
    """Parameters of debate before the judge as it is."""

    judge_rank: Real = parameter(
        10, 0, 1000, "rank of task that the bare judge can follow", source=ILLUSTRATIVE
    )


def flaw_missed(wrong: Real, p: Argument) -> Real:
    """P(the honest side misses the flaw at a level): (1 - phi)^n + w (1 - (1 - phi)^n).

    A debater who is right finds it in one try with probability phi, and one who is wrong never
    does; its n tries are independent given the question. At a question on which it is wrong with
    probability w this is what happens, so it is linear in w and holds of means.
    """
    unlucky = (1 - p.flaw_finding) ** p.tries
    return unlucky + wrong * (1 - unlucky)


def liar_wins(leaf_wrong: Real, missed: Real, p: Argument) -> Real:
    """P(the liar wins) <= min(1, j + d x + gap).

    The honest side must find the flaw at each of d levels, and the judge must then decide the leaf:
    a union bound over the leaf and the levels, whatever their dependence. The liar does not see the
    judge's coins: it steers by what it knows beforehand, by which no claim is disputed more than
    ``disputed`` times, and no leaf reached more than ``steering`` times as often as in training.
    """
    return minimum(1, leaf_wrong + p.depth * missed + p.self_play_gap)


def after_debate(
    judge: Assistant[I],
    p: Debate,
    *,
    rank: Real,
    leaf_wrong: Real,
    missed: Real,
    arguing: int,
    ruling: int,
) -> Overseer[I]:
    """The judge after a debate between two copies of the agent, which answer so often in arguing,
    and of which so many rule at the leaf.

    ``rank`` is that of the leaves, above which each level of the argument reaches by the gain.
    Assumes that what a debater is asked at a level is of a rank that its bounds hold for, however
    far above its own the question of the debate is.

    Where one side lies, the answer is malign if the liar wins. Where both copies honestly make the
    same mistake nobody objects, and the answer is wrong in good faith: of mean errors no less than
    one copy's, since two copies may err on the same questions.
    """
    mistaken = asked(judge.error, p)
    malign = liar_wins(leaf_wrong, missed, p)
    resists = arguing * (p.disputed * judge.resistance) + ruling * (p.steering * judge.resistance)
    return Overseer(
        capability=rank + p.depth * p.gain,
        error=minimum(1, mistaken + malign),
        malign=malign,
        resistance=corrected(resists, p.correction, 1),
        cost=1 + (arguing + ruling) * judge.cost,
        regret=p.horizon * minimum(1, mistaken + malign),
    )


def seed(p: Argument) -> Assistant[Trusted]:
    """A weak judge vetted by hand."""
    return vetted_by_hand(p.slip)


def at_leaf(judge: Assistant[I], p: Argument) -> Real:
    """P(the trained judge is wrong at the leaf), at most: steering (e + j).

    Whoever judges leaves errs there: the agent with its own errors, of either kind, and whoever
    reads its ruling with the judge's. The liar steers to where either is wrong.
    """
    return p.steering * (judge.error + p.judge_error)


def at_level(debater: Assistant[I], p: Argument) -> Real:
    """P(an honest debater misses the flaw at a level), on the claims that the liar steers to."""
    return flaw_missed(p.disputed * debater.error, p)


def hear_debate(judge: Assistant[I], p: Debate, nature: Nature) -> Overseer[I]:
    """Amplify: the judge after a debate between two copies of the agent, which judges the leaf."""
    return after_debate(
        judge,
        p,
        rank=judge.capability,
        leaf_wrong=at_leaf(judge, p),
        missed=at_level(judge, p),
        arguing=2 * p.depth,
        ruling=1,
    )


def hear_debate_with_person(
    judge: Assistant[I], p: DebateWithPerson, nature: Nature
) -> Overseer[I]:
    """Amplify: a debate between two copies of the agent, the leaf judged by a trusted person.

    The leaves must then be simple enough for the person, whatever the agent has learned: a debate
    of d levels reaches d gains above the person's rank and no further.
    """
    return after_debate(
        judge,
        p,
        rank=p.person_rank,
        leaf_wrong=p.steering * p.judge_error,
        missed=at_level(judge, p),
        arguing=2 * p.depth,
        ruling=0,
    )


def learn_verdicts(expert: Overseer[I], p: Debate, nature: Nature) -> Assistant[I]:
    """Distill: train the next judge to give the verdict without the debate.

    A departure loses at most the reward of an episode.
    """
    most = minimum(1, p.imitation_error + p.label_noise * expert.cost)
    departure = departing(most, nature)
    treachery = nature.choose("malign share of the departure", at_most=departure)
    return Assistant(
        capability=learned_capability(expert, p, nature),
        error=minimum(1, expert.error + departure),
        malign=minimum(1, expert.malign + treachery),
        resistance=learned_resistance(expert, p, nature),
        cost=Real(1),
        regret=expert.regret + p.horizon * departure,
    )


def play(debater: Assistant[I], p: Argument, nature: Nature) -> Assistant[I]:
    """One round of self-play before a judge that follows the debaters."""
    learned = nature.choose("learned capability", at_most=p.gain, metric="rank of task")
    mistaken = asked(debater.error, p)
    malign = liar_wins(p.steering * p.judge_error, at_level(debater, p), p)
    return Assistant[I](
        capability=debater.capability + learned,
        error=minimum(1, mistaken + malign),
        malign=malign,
        resistance=minimum(
            1,
            corrected(debater.resistance, p.correction, 1)
            + nature.choose("learned resistance", at_most=p.resistance_drift),
        ),
        cost=debater.cost,
        regret=minimum(1, mistaken + malign),
    )


def self_play(debater: Assistant[I], p: BareDebate, nature: Nature) -> Assistant[I]:
    """One round of self-play before the bare judge.

    Nobody amplifies the judge: it follows debaters up to its own rank, and whatever wins before
    a judge that cannot follow is arbitrary.
    """
    followed = play(debater, p, nature)
    follows = p.judge_rank >= followed.capability + p.margin
    seldom_wrong = p.judge_error <= p.tolerance
    return when(follows & seldom_wrong, followed, nature.unoverseen(followed))


debate = Scheme[Debate, Assistant[Trusted], Overseer[Trusted]](
    "debate",
    parameters=Debate,
    seed=seed,
    amplify=hear_debate,
    distill=learn_verdicts,
    smart_enough=can_judge,
    assumptions=[keeps_back_no_more_than_it_loses],
    about="Debate as the amplification of a judge, who learns to do without it and judges leaves.",
)

debate_with_person = Scheme[DebateWithPerson, Assistant[Trusted], Overseer[Trusted]](
    "debate-with-person",
    parameters=DebateWithPerson,
    seed=seed,
    amplify=hear_debate_with_person,
    distill=learn_verdicts,
    smart_enough=can_judge,
    assumptions=[keeps_back_no_more_than_it_loses],
    about="Debate whose leaves are judged by the same trusted person in every round.",
)

debate_bare = Loop[BareDebate, Assistant[Trusted]](
    "debate-bare",
    parameters=BareDebate,
    seed=seed,
    step=self_play,
    assumptions=[],
    about="Debaters trained by self-play, with the bare judge as their only overseer.",
)

debate_followed = Loop[BareDebate, Assistant[Trusted]](
    "debate-followed",
    parameters=BareDebate,
    seed=seed,
    step=play,
    assumptions=[],
    about="Self-play before a judge that follows the debaters, whatever their rank.",
)
