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


class Imitation(Training, Consultation):
    """Parameters of imitating expert reasoning."""

    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability per step that the student departs from the expert, in total variation, on "
        "states that the expert visits",
        source=ILLUSTRATIVE,
    )
    fan_out: int = structural(2, 1, 10, "parts that a question is split into", source="smallest")
    horizon: int = structural(3, 1, 50, "steps of reasoning that are imitated", source="smallest")


class OnPolicyImitation(Imitation):
    """Parameters of imitation on the student's own states."""

    recoverability: Real = parameter(
        1, 0, 50, "most reward one wrong step can cost, if corrected from there on", source="DAgger"
    )
    residual: Real = parameter(
        "1/1000", 0, 1, "regret of the no-regret learner, averaged", source=ILLUSTRATIVE
    )


def seed(p: Imitation) -> Assistant[Trusted]:
    """A weak agent vetted by hand: it errs as often as the person and does nothing worse."""
    return Assistant(
        capability=Real(1),
        error=p.slip,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def amplify(agent: Assistant[I], p: Imitation, nature: Nature) -> Overseer[I]:
    """The person with copies of the agent: decompose, drop malign answers noticed, vote."""
    heard = filtered(agent.malign, p.detection, agent.resistance)
    return Overseer(
        capability=minimum(TOP_RANK, agent.capability + p.gain),
        error=voted(p.copies, decomposed(agent.error, p.fan_out, p.slip), p.correlation),
        malign=voted_against(p.copies, minimum(1, p.fan_out * heard)),
        resistance=corrected(agent.resistance, p.correction, p.fan_out),
        cost=1 + p.fan_out * p.copies * agent.cost,
        regret=agent.regret,
    )


def _imitate(expert: Overseer[I], p: Imitation, nature: Nature, most_regret: Real) -> Assistant[I]:
    """Departures from the expert may be mistakes or treachery; nature splits one budget."""
    departure = nature.choose(
        "departure",
        at_most=minimum(1, p.horizon * step_error(expert, p)),
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


def step_error(expert: Overseer[I], p: Imitation) -> Real:
    """Imitation error of one step: the optimiser's, and that of a label budget spread thinner."""
    return p.imitation_error + p.label_noise * expert.cost


def clone(expert: Overseer[I], p: Imitation, nature: Nature) -> Assistant[I]:
    """Behavioural cloning: regret at most min(T, T^2 eps) (Ross and Bagnell 2010, theorem 2.1)."""
    return _imitate(expert, p, nature, p.horizon**2 * step_error(expert, p))


def aggregate(expert: Overseer[I], p: OnPolicyImitation, nature: Nature) -> Assistant[I]:
    """On-policy imitation (DAgger): regret at most u T eps + residual (Ross, Gordon and Bagnell
    2011, theorem 3.2), with the recoverability u explicit."""
    regret = p.recoverability * p.horizon * step_error(expert, p) + p.residual
    return _imitate(expert, p, nature, regret)


def smart_enough(expert: Overseer[I], student: Assistant[I], p: Imitation) -> Bool:
    """The expert can in fact judge what the student can do, and a margin more."""
    return effective(expert, p.horizon) >= student.capability + p.margin


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
