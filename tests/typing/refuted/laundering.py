"""Nothing is asked of the expert, so its malign may grow; distillation then calls the student
benign by its return type alone. Mended by an amplification that does not let malign grow."""

from spec import (
    Agent,
    Claim,
    Expert,
    I,
    Nature,
    Parameters,
    Real,
    Scheme,
    Unvetted,
    between,
    minimum,
)
from spec.alignment import Benign


class Servant(Agent[I]):
    malign: Real = between(0, 1, "probability of a malign answer")


class Crowd(Expert[I]):
    malign: Real = between(0, 1, "probability of a malign answer")


class Nothing(Parameters):
    """No parameters."""


def seed(p: Nothing) -> Servant[Benign]:
    return Servant(malign=Real("1/100"))


def double(agent: Servant[Benign], p: Nothing, nature: Nature) -> Crowd[Unvetted]:
    return Crowd(malign=minimum(1, 2 * agent.malign))


def keep(agent: Servant[Benign], p: Nothing, nature: Nature) -> Crowd[Unvetted]:
    return Crowd(malign=agent.malign)


def distill(expert: Crowd[Unvetted], p: Nothing, nature: Nature) -> Servant[Benign]:
    return Servant(malign=expert.malign)


laundering = Scheme[Nothing, Servant[Benign], Crowd[Unvetted]](
    "laundering", parameters=Nothing, seed=seed, amplify=double, distill=distill
)
keeping = Scheme[Nothing, Servant[Benign], Crowd[Unvetted]](
    "keeping", parameters=Nothing, seed=seed, amplify=keep, distill=distill
)

CLAIMS = [Claim("laundering", laundering, Benign(), expected="refuted")]
BLAME = "(iii) distill"
MENDED = Claim("keeping", keeping, Benign())
