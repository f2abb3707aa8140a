"""Distillations: ways to train a student on an expert, which any scheme can use as its own.

Each reads its parameters from a small class, which a scheme's parameters inherit, so a scheme whose
parameters lack them does not type-check. ``sift`` follows any of them.

Sources: Ross and Bagnell, "Efficient reductions for imitation learning" (2010); Ross, Gordon and
Bagnell, "A reduction of imitation learning to no-regret online learning" (2011); Leike et al.,
"Scalable agent alignment via reward modeling: a research direction" (2018); Kearns and Singh,
"Near-optimal reinforcement learning in polynomial time" (2002), for the simulation lemma; Gao,
Schulman and Hilton, "Scaling laws for reward model overoptimization" (2022); Shalev-Shwartz and
Ben-David, "Understanding machine learning" (2014), appendix B, for Chernoff's bound and what labels
teach; Finn, Yu,
Fu, Abbeel and Levine, "Generalizing skills with semi-supervised reinforcement learning" (2017);
Christiano, "Security amplification" (2016) and "Techniques for optimizing worst-case performance"
(2018).
"""

from __future__ import annotations

from models.steps import (
    ILLUSTRATIVE,
    Training,
    learned_capability,
    learned_resistance,
)
from spec import Assistant, I, Nature, Overseer, Real, minimum, parameter


class Cloning(Training):
    """What imitation says of its learner."""

    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability per step, averaged over the steps of an episode, that the student departs "
        "from the expert on states that the expert visits",
        source=ILLUSTRATIVE,
    )


class OnPolicy(Cloning):
    """What imitation on the student's own states says besides."""

    recoverability: Real = parameter(
        1,
        0,
        50,
        "most reward that one wrong step can cost, if the expert took over from there on",
        source="every step can be recovered from in one",
    )
    residual: Real = parameter(
        "1/1000",
        0,
        1,
        "gamma_N: average regret of the no-regret learner, which its own states add to a step's "
        "error",
        source=ILLUSTRATIVE,
    )


class RewardLearning(Training):
    """What reinforcement learning on a fitted reward says of both.

    ``reward_error`` is a supremum, and in a real run (docs/how-to/real-runs.md) it is 0.98, 490
    times the default, while the mean on the answers of training is 0.17: a policy that gives every
    answer now and then has them all in its support. The mean grew under optimisation by less than
    ``optimisation`` allows, 3.4 where the density ratio was 11,185.
    """

    reward_error: Real = parameter(
        "1/500",
        0,
        1,
        "distance of the reward model to the assisted evaluations, sup norm on the support of the "
        "optimised policy",
        source=ILLUSTRATIVE,
    )
    optimisation: Real = parameter(
        1,
        1,
        10**6,
        "how many times as often the optimised policy gives an answer as answers were evaluated in "
        "training; at most n for the best of n",
        source="the optimised policy answers as in training",
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
        "1/10000",
        1,
        "share of episodes that the expert labels, drawn at random",
        source=ILLUSTRATIVE,
    )
    episodes: Real = parameter(10_000, 1, 10**9, "episodes n of training", source=ILLUSTRATIVE)
    complexity: Real = parameter(
        20,
        0,
        10**6,
        "ln(|H| / delta): what the students that training chooses among take to tell apart",
        source=ILLUSTRATIVE,
    )


class Filtering(Training):
    """What an adversarial filter of the student's answers says of itself."""

    caught: Real = parameter(
        "9/10",
        0,
        1,
        "probability, at any question, that the filter catches a malign answer",
        source=ILLUSTRATIVE,
    )
    false_alarm: Real = parameter(
        "1/1000",
        0,
        1,
        "mean probability that it rejects an answer that is not malign",
        source=ILLUSTRATIVE,
    )


def step_error(expert: Overseer[I], p: Cloning) -> Real:
    """Imitation error of one step: the optimiser's, and that of a label budget spread thinner."""
    return p.imitation_error + p.label_noise * expert.cost


def clone(expert: Overseer[I], p: Cloning, nature: Nature) -> Assistant[I]:
    """Behavioural cloning: regret at most the expert's and min(T, T^2 eps) more (Ross and Bagnell
    2010, theorem 2.1, which bounds it against the expert)."""
    step = step_error(expert, p)
    return _imitate(expert, p, nature, step, p.horizon**2 * step)


def own_step_error(expert: Overseer[I], p: OnPolicy) -> Real:
    """Imitation error of one step on the student's own states: eps + gamma_N."""
    return step_error(expert, p) + p.residual


def aggregate(expert: Overseer[I], p: OnPolicy, nature: Nature) -> Assistant[I]:
    """On-policy imitation (DAgger): regret at most the expert's and u T (eps + gamma_N) more (Ross,
    Gordon and Bagnell 2011, theorem 3.2), with the recoverability u explicit."""
    step = own_step_error(expert, p)
    return _imitate(expert, p, nature, step, p.recoverability * p.horizon * step)


def labels_leave(expert: Overseer[I], p: PartlyLabelled) -> Real:
    """Per-step error that s n labels leave at deployment: 2 (eps + ln(|H| / delta) / (s n)).

    A student does not know which episodes were labelled, so there is one error, that of
    generalising from the labels there are. Assumes that labelled episodes are drawn at random and
    that training finds a student in H that departs in a share of at most eps of what is labelled.
    Let a student depart with e > 2 (eps + a) in truth, a = ln(|H| / delta) / (s n). By Chernoff's
    bound it departs in eps or less of m = s n labels with probability at most exp(-m e g^2 / 2),
    g = 1 - eps / e > 1/2 + a / e, and m e g^2 / 2 > m a, as (x + y)^2 >= 4 x y. So all of H keep to
    the bound but with probability delta. For eps > 0 the factor 2 cannot be left out: of students
    that depart more than eps by far less than the spread of m labels, any may look best.
    """
    return 2 * (step_error(expert, p) + p.complexity / (p.labelled * p.episodes))


def learn_partly_labelled(expert: Overseer[I], p: PartlyLabelled, nature: Nature) -> Assistant[I]:
    """Semi-supervised: cloning with the per-step error that the labels leave."""
    step = labels_leave(expert, p)
    return _imitate(expert, p, nature, step, p.horizon**2 * step)


def _imitate(
    expert: Overseer[I], p: Training, nature: Nature, step: Real, added_regret: Real
) -> Assistant[I]:
    """Departures from the expert are mistakes or treachery, as nature likes.

    The student is wrong where its expert is, or where it departs at one of T steps: a union bound,
    T eps. Its regret is measured against the optimal policy, so the expert's own counts too.
    """
    departure = nature.choose(
        "departure",
        at_most=minimum(1, p.horizon * step),
        metric="total variation over a whole episode, under the expert's distribution",
    )
    treachery = nature.choose("malign share of the departure", at_most=departure)
    return Assistant(
        capability=learned_capability(expert, p, nature),
        error=minimum(1, expert.error + departure),
        malign=minimum(1, expert.malign + treachery),
        resistance=learned_resistance(expert, p, nature),
        cost=Real(1),
        regret=expert.regret
        + nature.choose(
            "regret against the expert",
            at_most=minimum(p.horizon, added_regret),
            metric="reward lost in an episode",
        ),
    )


def misjudged(evaluator: Overseer[I], p: RewardLearning) -> Real:
    """How far the reward of a step is off in the mean, where the optimised policy acts: r + rho w.

    Rewards are the evaluator's verdicts, in [0, 1] a step. A verdict is wrong with probability w in
    the mean over the answers of training, and optimisation seeks out those on which it is wrong: by
    a change of measure their share grows by at most rho. Of n answers one of which is mis-scored,
    w = 1/n, the best by the reward is that one: rho = n is attained.
    """
    wrong = minimum(1, p.optimisation * evaluator.error)
    return p.reward_error + p.label_noise * evaluator.cost + wrong


def train(evaluator: Overseer[I], p: RewardLearning, nature: Nature) -> Assistant[I]:
    """Fit a reward model to evaluations, then optimise it.

    A reward off by at most x a step costs at most 2 x T over a horizon T, besides the optimiser's
    own gap: the model may overrate what is taken and underrate what is best (the simulation lemma).
    An answer that is wrong loses at least the reward margin g, so at most regret / g answers are;
    whether they are mistakes or exploit the reward model is nature's choice.
    """
    regret = nature.choose(
        "regret",
        at_most=minimum(p.horizon, 2 * misjudged(evaluator, p) * p.horizon + p.optimiser_gap),
        metric="expected return under the true reward, on the policy's own states",
    )
    wrong = minimum(1, regret / p.reward_margin)
    exploited = nature.choose("exploited share of wrong answers", at_most=wrong)
    return Assistant(
        capability=learned_capability(evaluator, p, nature),
        error=wrong,
        malign=exploited,
        resistance=learned_resistance(evaluator, p, nature),
        cost=Real(1),
        regret=regret,
    )


def sift(student: Assistant[I], p: Filtering) -> Assistant[I]:
    """Put a trained student behind an adversarial filter: rejected answers count as mistakes.

    malign -> (1 - d) malign, and error -> min(1, error + f): a malign answer that is caught is
    still no right one, and f of the right ones are rejected. An episode with a rejected answer may
    be lost altogether, also if the answer would have cost nothing. Assumes that the filter catches
    a malign answer with at least d, whichever it is, and that it rejects others with f in the mean.
    """
    return Assistant(
        capability=student.capability,
        error=minimum(1, student.error + p.false_alarm),
        malign=(1 - p.caught) * student.malign,
        resistance=student.resistance,
        cost=student.cost,
        regret=student.regret + p.horizon * minimum(1, p.false_alarm + student.malign),
    )
