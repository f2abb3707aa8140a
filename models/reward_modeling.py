"""Recursive reward modeling.

A person evaluates outcomes with the help of agents of the previous round; a reward model is fitted
to the evaluations, and the next agent is trained against it by reinforcement learning.

Sources: Leike et al., "Scalable agent alignment via reward modeling: a research direction" (2018);
the regret of planning in a perturbed model, as in Kearns and Singh, "Near-optimal reinforcement
learning in polynomial time" (2002).
"""

from __future__ import annotations

from models.steps import (
    ILLUSTRATIVE,
    Consultation,
    Training,
    corrected,
    decomposed,
    effective,
    filtered,
    learned_capability,
    learned_resistance,
    odd_copies,
    retains_no_more_than_it_can,
    voted,
    voted_against,
)
from spec import Assistant, Bool, I, Nature, Overseer, Real, Scheme, minimum, parameter, structural
from spec.agents import TOP_RANK
from spec.alignment import Trusted


class RewardModeling(Training, Consultation):
    """Parameters of recursive reward modeling."""

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
    fan_out: int = structural(2, 1, 10, "parts that an evaluation is split into", source="smallest")


def seed(p: RewardModeling) -> Assistant[Trusted]:
    """A weak agent vetted by hand, trained on evaluations that need no help."""
    return Assistant(
        capability=Real(1),
        error=p.slip,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def assist(agent: Assistant[I], p: RewardModeling, nature: Nature) -> Overseer[I]:
    """Amplify: evaluation assisted by the previous round's agents, each part put to a vote."""
    heard = filtered(agent.malign, p.detection, agent.resistance)
    return Overseer(
        capability=minimum(TOP_RANK, agent.capability + p.gain),
        error=voted(p.copies, decomposed(agent.error, p.fan_out, p.slip), p.correlation),
        malign=voted_against(p.copies, minimum(1, p.fan_out * heard)),
        resistance=corrected(agent.resistance, p.correction, p.fan_out),
        cost=1 + p.fan_out * p.copies * agent.cost,
        regret=agent.regret,
    )


def train(evaluator: Overseer[I], p: RewardModeling, nature: Nature) -> Assistant[I]:
    """Distill: fit a reward model, then optimise it.

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


def smart_enough(evaluator: Overseer[I], student: Assistant[I], p: RewardModeling) -> Bool:
    """The assisted evaluator can in fact judge what the student can do, and a margin more."""
    return effective(evaluator, p.horizon) >= student.capability + p.margin


recursive_reward_modeling = Scheme[RewardModeling, Assistant[Trusted], Overseer[Trusted]](
    "reward-modeling",
    parameters=RewardModeling,
    seed=seed,
    amplify=assist,
    distill=train,
    smart_enough=smart_enough,
    assumptions=[odd_copies, retains_no_more_than_it_can],
    about="Recursive reward modeling: evaluation assisted by the agents trained before.",
)
