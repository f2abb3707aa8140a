"""The claim bounds the amplified agent too, and amplification breaks that bound, whatever its type
says. Mended by bounding only the agent, which distillation brings back within its own."""

from spec import Agent, Claim, Expert, I, Nature, Parameters, Real, Scheme, between
from spec.alignment import Benign


class Servant(Agent[I]):
    malign: Real = between(0, "1/2", "probability of a malign answer")


class Crowd(Expert[I]):
    malign: Real = between(0, 1, "probability of a malign answer")


class Nothing(Parameters):
    """No parameters."""


def seed(p: Nothing) -> Servant[Benign]:
    return Servant(malign=Real("1/10"))


def amplify(agent: Servant[I], p: Nothing, nature: Nature) -> Crowd[I]:
    return Crowd(malign=2 * agent.malign)


def distill(expert: Crowd[I], p: Nothing, nature: Nature) -> Servant[I]:
    return Servant(malign=expert.malign / 2)


doubling = Scheme[Nothing, Servant[Benign], Crowd[Benign]](
    "doubling", parameters=Nothing, seed=seed, amplify=amplify, distill=distill
)

CLAIMS = [Claim("both", doubling, Benign(), expected="refuted", expert_limit=Benign())]
BLAME = "(ii) amplify"
MENDED = Claim("agent-only", doubling, Benign())
