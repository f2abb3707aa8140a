"""A Markov chain in two steps: a third of what works is lost by amplifying, nothing by training."""

from spec import Agent, Bool, Claim, Expert, I, Invariant, Nature, Parameters, Real, Scheme, between


class NoParameters(Parameters):
    """None."""


class Working(Agent[I]):
    """How likely it works, and how likely it is lost."""

    works: Real = between(0, 1)
    lost: Real = between(0, 1)


class Amplified(Expert[I]):
    """The same of the expert, the other way round."""

    gone: Real = between(0, 1)
    there: Real = between(0, 1)


class SeldomLost(Invariant):
    """It is lost at most half of the time."""

    def holds(self, agent: Working[I]) -> Bool:
        return agent.lost <= "1/2"


def seed(p: NoParameters) -> Working[SeldomLost]:
    return Working(works=Real(1), lost=Real(0))


def amplify(agent: Working[I], p: NoParameters, nature: Nature) -> Amplified[I]:
    return Amplified(gone=agent.lost + agent.works / 3, there=2 * agent.works / 3)


def distill(expert: Amplified[I], p: NoParameters, nature: Nature) -> Working[I]:
    return Working(works=expert.there, lost=expert.gone)


losing = Scheme[NoParameters, Working[SeldomLost], Amplified[SeldomLost]](
    "losing", parameters=NoParameters, seed=seed, amplify=amplify, distill=distill
)
claim = Claim("losing-is-seldom", losing, SeldomLost(), expected="refuted")
