"""Distillations: ways to train a student on an expert, which any scheme can use as its own.

Each reads its parameters from a small class, which a scheme's parameters inherit, so a scheme whose
parameters lack them does not type-check. ``sift`` follows any of them.

Sources: Ross and Bagnell, "Efficient reductions for imitation learning" (2010); Ross, Gordon and
Bagnell, "A reduction of imitation learning to no-regret online learning" (2011); Leike et al.,
"Scalable agent alignment via reward modeling: a research direction" (2018); Kearns and Singh,
"Near-optimal reinforcement learning in polynomial time" (2002); Finn, Yu, Fu, Abbeel and Levine,
"Generalizing skills with semi-supervised reinforcement learning" (2017); Christiano, "Security
amplification" (2016) and "Techniques for optimizing worst-case performance" (2018).
"""

from __future__ import annotations

from models.steps import (
    ILLUSTRATIVE,
    Training,
    learned_capability,
    learned_resistance,
)
from spec import Assistant, I, Nature, Overseer, Parameters, Real, minimum, parameter


class Cloning(Training):
    """What imitation says of its learner."""

    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability per step that the student departs from the expert, in total variation, on "
        "states that the expert visits",
        source=ILLUSTRATIVE,
    )


class OnPolicy(Cloning):
    """What imitation on the student's own states says besides."""

    recoverability: Real = parameter(
        1, 0, 50, "most reward one wrong step can cost, if corrected from there on", source="DAgger"
    )
    residual: Real = parameter(
        "1/1000", 0, 1, "regret of the no-regret learner, averaged", source=ILLUSTRATIVE
    )


class RewardLearning(Training):
    """What reinforcement learning on a fitted reward says of both."""

    reward_error: Real = parameter(
        "1/500",
        0,
        1,
        "sup-norm distance of the reward model to the assisted evaluations, on its support",
        source=ILLUSTRATIVE,
    )
    optimiser_gap: Real = parameter(
        "1/1000", 0, 1, "regret that the optimiser leaves on the reward model", source=ILLUSTRATIVE
    )
    reward_margin: Real = parameter(
        1,
        "1/100",
        1,
        "least reward that a wrong answer loses",
        source="the reward is the verdict itself, 1 for right and 0 for wrong",
    )


class PartlyLabelled(Cloning):
    """What semi-supervised training says of its labels."""

    labelled: Real = parameter(
        "1/10",
        0,
        1,
        "share of episodes that the expert labels, drawn at random",
        source=ILLUSTRATIVE,
    )
    unlabelled_error: Real = parameter(
        "1/50",
        0,
        1,
        "probability per step that the student departs from the expert in episodes without labels",
        source=ILLUSTRATIVE,
    )


class Filtering(Parameters):
    """What an adversarial filter of the student's answers says of itself."""

    caught: Real = parameter(
        "9/10", 0, 1, "probability that the filter catches a malign answer", source=ILLUSTRATIVE
    )
    false_alarm: Real = parameter(
        "1/1000", 0, 1, "probability that it rejects an answer that is not", source=ILLUSTRATIVE
    )


def step_error(expert: Overseer[I], p: Cloning) -> Real:
    """Imitation error of one step: the optimiser's, and that of a label budget spread thinner."""
    return p.imitation_error + p.label_noise * expert.cost


def clone(expert: Overseer[I], p: Cloning, nature: Nature) -> Assistant[I]:
    """Behavioural cloning: regret at most min(T, T^2 eps) (Ross and Bagnell 2010, theorem 2.1)."""
    step = step_error(expert, p)
    return _imitate(expert, p, nature, step, p.horizon**2 * step)


def aggregate(expert: Overseer[I], p: OnPolicy, nature: Nature) -> Assistant[I]:
    """On-policy imitation (DAgger): regret at most u T eps + residual (Ross, Gordon and Bagnell
    2011, theorem 3.2), with the recoverability u explicit."""
    step = step_error(expert, p)
    return _imitate(expert, p, nature, step, p.recoverability * p.horizon * step + p.residual)


def learn_partly_labelled(expert: Overseer[I], p: PartlyLabelled, nature: Nature) -> Assistant[I]:
    """Semi-supervised: cloning with a per-step error of s eps + (1 - s) u for a labelled share s.

    Assumes that episodes are labelled at random, so that the law of total probability applies, and
    a bound u on the departures in episodes without labels, which is what the student's own
    generalisation must deliver; Finn et al. (2017) measure it and prove no bound.
    """
    step = p.labelled * step_error(expert, p) + (1 - p.labelled) * p.unlabelled_error
    return _imitate(expert, p, nature, step, p.horizon**2 * step)


def _imitate(
    expert: Overseer[I], p: Training, nature: Nature, step: Real, most_regret: Real
) -> Assistant[I]:
    """Departures from the expert may be mistakes or treachery; nature splits one budget."""
    departure = nature.choose(
        "departure",
        at_most=minimum(1, p.horizon * step),
        metric="total variation over a whole episode, under the expert's distribution",
    )
    treachery = nature.choose("malign share of the departure", at_most=departure)
    return Assistant(
        capability=learned_capability(expert, p, nature),
        error=minimum(1, expert.error + departure - treachery),
        malign=minimum(1, expert.malign + treachery),
        resistance=learned_resistance(expert, p, nature),
        cost=Real(1),
        regret=nature.choose(
            "regret", at_most=minimum(p.horizon, most_regret), metric="reward lost in an episode"
        ),
    )


def train(evaluator: Overseer[I], p: RewardLearning, nature: Nature) -> Assistant[I]:
    """Fit a reward model to evaluations, then optimise it.

    Rewards are the evaluator's verdicts, in [0, 1] a step, so a verdict that is wrong with
    probability w moves the expected reward by at most w. A reward off by at most r then costs at
    most 2 r T over a horizon T, besides the optimiser's own gap. An answer that is wrong loses at
    least the reward margin g, so at most regret / g answers are; whether they are mistakes or
    exploit the reward model is nature's choice.
    """
    off = p.reward_error + p.label_noise * evaluator.cost + evaluator.error + evaluator.malign
    regret = nature.choose(
        "regret",
        at_most=minimum(p.horizon, 2 * off * p.horizon + p.optimiser_gap),
        metric="expected return under the true reward, on the policy's own states",
    )
    wrong = minimum(1, regret / p.reward_margin)
    exploited = nature.choose("exploited share of wrong answers", at_most=wrong)
    return Assistant(
        capability=learned_capability(evaluator, p, nature),
        error=wrong - exploited,
        malign=exploited,
        resistance=learned_resistance(evaluator, p, nature),
        cost=Real(1),
        regret=regret,
    )


def sift(student: Assistant[I], p: Filtering) -> Assistant[I]:
    """Put a trained student behind an adversarial filter: rejected answers count as mistakes.

    malign -> (1 - d) malign, and error -> min(1, error + d malign + f), by the union bound. Assumes
    that the filter catches malign answers of this student at the rate d, however they were come by.
    """
    return Assistant(
        capability=student.capability,
        error=minimum(1, student.error + p.caught * student.malign + p.false_alarm),
        malign=(1 - p.caught) * student.malign,
        resistance=student.resistance,
        cost=student.cost,
        regret=student.regret,
    )
