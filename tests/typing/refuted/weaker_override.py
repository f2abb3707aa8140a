"""An invariant that overrides ``holds`` to ask for nothing: it still means what its parent says,
so a scheme whose malign grows does not carry it. What it seems to mean does hold."""

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
    Traits,
    Unvetted,
    between,
    minimum,
)
from spec.alignment import Benign


class Lenient(Benign):
    """Anything goes, it says."""

    def holds(self, agent: Traits) -> Bool:
        return Bool(True)


class Servant(Agent[I]):
    malign: Real = between(0, 1, "probability of a malign answer")


class Crowd(Expert[I]):
    malign: Real = between(0, 1, "probability of a malign answer")


class Nothing(Parameters):
    """No parameters."""


def seed(p: Nothing) -> Servant[Lenient]:
    return Servant(malign=Real("1/100"))


def amplify(agent: Servant[I], p: Nothing, nature: Nature) -> Crowd[I]:
    return Crowd(malign=agent.malign)


def distill(expert: Crowd[I], p: Nothing, nature: Nature) -> Servant[I]:
    return Servant(malign=minimum(1, expert.malign + nature.choose("treachery", at_most="1/20")))


weakened = Scheme[Nothing, Servant[Lenient], Crowd[Lenient]](
    "weakened", parameters=Nothing, seed=seed, amplify=amplify, distill=distill
)

CLAIMS = [Claim("weakened", weakened, Lenient(), expected="refuted")]
BLAME = "(iii) distill"
MENDED = Claim("anything", weakened, Unvetted())
