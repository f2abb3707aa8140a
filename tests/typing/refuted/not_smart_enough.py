"""Training may give the student twice the capability of its expert, which cannot oversee it then;
the student is arbitrary. Mended by an optimiser that is no stronger than the expert."""

from spec import (
    Agent,
    Bool,
    Claim,
    Expert,
    I,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    minimum,
    parameter,
)
from spec.alignment import Benign


class Servant(Agent[I]):
    capability: Real = between(0, 10, "rank of task")
    malign: Real = between(0, 1, "probability of a malign answer")


class Crowd(Expert[I]):
    capability: Real = between(0, 11, "rank of task")
    malign: Real = between(0, 1, "probability of a malign answer")


class Training(Parameters):
    power: Real = parameter(2, 0, 2, "the student's most capability, per rank of its expert's")


def seed(p: Training) -> Servant[Benign]:
    return Servant(capability=Real(1), malign=Real(0))


def amplify(agent: Servant[I], p: Training, nature: Nature) -> Crowd[I]:
    return Crowd(capability=agent.capability + 1, malign=agent.malign)


def distill(expert: Crowd[I], p: Training, nature: Nature) -> Servant[I]:
    learned = nature.choose("capability", at_most=minimum(10, p.power * expert.capability))
    return Servant(capability=learned, malign=expert.malign)


def smart_enough(expert: Crowd[I], student: Servant[I], p: Training) -> Bool:
    return expert.capability >= student.capability


outgrown = Scheme[Training, Servant[Benign], Crowd[Benign]](
    "outgrown",
    parameters=Training,
    seed=seed,
    amplify=amplify,
    distill=distill,
    smart_enough=smart_enough,
)

CLAIMS = [Claim("outgrown", outgrown, Benign(), expected="refuted")]
BLAME = "(ii) smart enough"
MENDED = Claim("overseen", outgrown, Benign(), at={"power": 1})
