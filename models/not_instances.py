"""Training schemes that are not iterated amplification, though written as amplify and distill.

Each takes one half from a scheme that is an instance and leaves out what the other half should do.
The parameters stay those of the scheme that it is cut from; some of them nothing reads any more.
"""

from __future__ import annotations

from models.debate import BareDebate, play
from models.debate import seed as judge_like
from models.distillation import clone, train
from models.imitation import Imitation
from models.imitation import seed as vetted
from models.reward_modeling import RewardModeling
from models.reward_modeling import seed as trained_by_hand
from models.steps import (
    ILLUSTRATIVE,
    can_judge,
    consult,
    keeps_back_no_more_than_it_loses,
    learned_capability,
    learned_resistance,
    odd_copies,
    vetted_by_hand,
)
from spec import (
    Assistant,
    I,
    Nature,
    Overseer,
    Parameters,
    Real,
    Scheme,
    between,
    minimum,
    parameter,
    unbounded,
)
from spec.alignment import Trusted


class PlainRewardModeling(RewardModeling):
    """Parameters of reward modeling under a person whom nobody assists."""

    person_rank: Real = parameter(
        2, 0, 1000, "rank of task that the person can evaluate alone", source=ILLUSTRATIVE
    )


def unassisted(agent: Assistant[I], p: PlainRewardModeling, nature: Nature) -> Overseer[I]:
    """The person evaluates alone, whatever has been trained by now."""
    return Overseer(
        capability=p.person_rank,
        error=p.slip,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=p.horizon * p.slip,
    )


def teach_itself(agent: Assistant[I], p: Imitation, nature: Nature) -> Overseer[I]:
    """The agent's own answers are the labels, one answer a label."""
    return Overseer(
        capability=agent.capability,
        error=agent.error,
        malign=agent.malign,
        resistance=agent.resistance,
        cost=agent.cost,
        regret=agent.regret,
    )


def overoptimise(evaluator: Overseer[I], p: RewardModeling, nature: Nature) -> Assistant[I]:
    """A reward model is optimised past the states on which it was fitted.

    There its distance to the evaluations is not bounded, so how often the student is wrong, and
    what that loses, is arbitrary.
    """
    wrong = nature.choose("wrong answers", at_most=1, metric="on the policy's own states")
    exploited = nature.choose("exploited share of wrong answers", at_most=wrong)
    return Assistant(
        capability=learned_capability(evaluator, p, nature),
        error=wrong,
        malign=exploited,
        resistance=learned_resistance(evaluator, p, nature),
        cost=Real(1),
        regret=minimum(p.horizon, p.horizon * wrong),
    )


class Nothing(Parameters):
    """No parameters."""


def some_vetted(p: Nothing) -> Assistant[Trusted]:
    """A weak agent vetted by hand, which errs as often as a careful person."""
    return vetted_by_hand(Real("1/200"))


def anything(agent: Assistant[I], p: Nothing, nature: Nature) -> Overseer[I]:
    """Any expert at all."""
    return nature.anything(Overseer)


def as_it_is(expert: Overseer[I], p: Parameters, nature: Nature) -> Assistant[I]:
    """Nothing is trained: the amplified agent is the next one."""
    return Assistant(
        capability=expert.capability,
        error=expert.error,
        malign=expert.malign,
        resistance=expert.resistance,
        cost=expert.cost,
        regret=expert.regret,
    )


class Bench(Overseer[I]):
    """The bare judge, whose traits these are, and the debaters who argue before it."""

    debater_capability: Real = unbounded("rank of task that the debaters answer")
    debater_error: Real = between(0, 1, "bound on the probability that a debater is mistaken")
    debater_malign: Real = between(0, 1, "bound on the probability that a debater misleads")
    debater_resistance: Real = between(0, 1, "bound on the probability that a debater resists")


def bare_judge(debater: Assistant[I], p: BareDebate, nature: Nature) -> Bench[I]:
    """The only overseer that prima facie distills the debaters: the judge as it is."""
    return Bench(
        capability=p.judge_rank,
        error=p.judge_error,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=p.judge_error,
        debater_capability=debater.capability,
        debater_error=debater.error,
        debater_malign=debater.malign,
        debater_resistance=debater.resistance,
    )


def self_play(bench: Bench[I], p: BareDebate, nature: Nature) -> Assistant[I]:
    """One round of self-play between the debaters, for the judge's verdict."""
    debater = Assistant[I](
        capability=bench.debater_capability,
        error=bench.debater_error,
        malign=bench.debater_malign,
        resistance=bench.debater_resistance,
        cost=Real(1),
        regret=Real(0),
    )
    return play(debater, p, nature)


reward_modeling_plain = Scheme[PlainRewardModeling, Assistant[Trusted], Overseer[Trusted]](
    "reward-modeling-plain",
    parameters=PlainRewardModeling,
    seed=trained_by_hand,
    amplify=unassisted,
    distill=train,
    smart_enough=can_judge,
    assumptions=[keeps_back_no_more_than_it_loses],
    about="Reward modeling under the same person every round (Christiano et al., Deep "
    "reinforcement learning from human preferences, 2017).",
)

self_distillation = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "self-distillation",
    parameters=Imitation,
    seed=vetted,
    amplify=teach_itself,
    distill=clone,
    smart_enough=can_judge,
    assumptions=[keeps_back_no_more_than_it_loses],
    about="Each generation is trained on the answers of the one before (Furlanello et al., "
    "Born-again neural networks, 2018).",
)

amplification_alone = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
    "amplification-alone",
    parameters=Imitation,
    seed=vetted,
    amplify=consult,
    distill=as_it_is,
    assumptions=[odd_copies],
    about="Amplification of what was amplified, without training (Christiano, Humans consulting "
    "HCH, 2016, as far as it is unrolled).",
)

reward_modeling_overoptimised = Scheme[RewardModeling, Assistant[Trusted], Overseer[Trusted]](
    "reward-modeling-overoptimised",
    parameters=RewardModeling,
    seed=trained_by_hand,
    amplify=consult,
    distill=overoptimise,
    smart_enough=can_judge,
    assumptions=[odd_copies, keeps_back_no_more_than_it_loses],
    about="Recursive reward modeling whose reward model is optimised off its support (Gao, "
    "Schulman and Hilton, Scaling laws for reward model overoptimization, 2022).",
)

anything_then_nothing = Scheme[Nothing, Assistant[Trusted], Overseer[Trusted]](
    "anything-then-nothing",
    parameters=Nothing,
    seed=some_vetted,
    amplify=anything,
    distill=as_it_is,
    about="Amplification to anything at all, and no training: what every process refines.",
)

debate_prima_facie = Scheme[BareDebate, Assistant[Trusted], Bench[Trusted]](
    "debate-prima-facie",
    parameters=BareDebate,
    seed=judge_like,
    amplify=bare_judge,
    distill=self_play,
    smart_enough=can_judge,
    about="Self-play of debaters, with the bare judge in the expert's place.",
)
