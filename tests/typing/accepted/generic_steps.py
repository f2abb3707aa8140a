"""Generic steps: amplify and distill carry whatever invariant they are given, here Trusted."""

from spec import Assistant, I, Nature, Overseer, Parameters, Real, Scheme, minimum, parameter
from spec.alignment import Trusted


class Noise(Parameters):
    noise: Real = parameter("1/100", 0, 1, "probability that the student departs from the expert")


def seed(p: Noise) -> Assistant[Trusted]:
    return Assistant(
        capability=Real(1),
        error=Real(0),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def amplify(agent: Assistant[I], p: Noise, nature: Nature) -> Overseer[I]:
    return Overseer(
        capability=minimum(100, agent.capability + 1),
        error=agent.error**2,
        malign=agent.malign,
        resistance=agent.resistance,
        cost=minimum(10_000, 1 + 2 * agent.cost),
        regret=agent.regret,
    )


def distill(expert: Overseer[I], p: Noise, nature: Nature) -> Assistant[I]:
    departure = nature.choose("departure", at_most=p.noise)
    return Assistant(
        capability=expert.capability,
        error=minimum(1, expert.error + departure),
        malign=expert.malign,
        resistance=expert.resistance,
        cost=Real(1),
        regret=departure,
    )


scheme = Scheme[Noise, Assistant[Trusted], Overseer[Trusted]](
    "generic-steps", parameters=Noise, seed=seed, amplify=amplify, distill=distill
)
