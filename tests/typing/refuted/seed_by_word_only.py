"""The seed's type says benign and its numbers say otherwise. Mended by a weaker claim."""

from spec import Agent, Claim, I, Loop, Nature, Parameters, Real, between
from spec.alignment import Benign


class Servant(Agent[I]):
    malign: Real = between(0, 1, "probability of a malign answer")


class Nothing(Parameters):
    """No parameters."""


def seed(p: Nothing) -> Servant[Benign]:
    return Servant(malign=Real("1/2"))


def stay(agent: Servant[I], p: Nothing, nature: Nature) -> Servant[I]:
    return agent


staying = Loop[Nothing, Servant[Benign]]("staying", parameters=Nothing, seed=seed, step=stay)

CLAIMS = [Claim("staying", staying, Benign(), expected="refuted")]
BLAME = "(i) seed"
MENDED = Claim("half", staying, Benign(malign=Real("1/2")))
