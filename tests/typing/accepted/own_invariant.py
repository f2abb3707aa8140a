"""A user's invariant joined to the shipped ones by inheritance: what carries both carries each."""

from spec import (
    Assistant,
    Bool,
    I,
    Invariant,
    Nature,
    Overseer,
    Parameters,
    Real,
    Scheme,
    Traits,
    budget,
    minimum,
)
from spec.alignment import Benign, Trusted


class Frugal(Invariant):
    """One answer costs little."""

    price: Real = budget(0, 10_000, "cost of one answer", limit=1)

    def holds(self, agent: Traits) -> Bool:
        return agent.cost <= self.price


class Model(Trusted, Frugal):
    """Trusted, and cheap as well."""


class Nothing(Parameters):
    """No parameters."""


def seed(p: Nothing) -> Assistant[Model]:
    return Assistant(
        capability=Real(1),
        error=Real(0),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def amplify(agent: Assistant[I], p: Nothing, nature: Nature) -> Overseer[I]:
    return Overseer(
        capability=minimum(100, agent.capability + 1),
        error=agent.error,
        malign=agent.malign,
        resistance=agent.resistance,
        cost=minimum(10_000, 2 * agent.cost),
        regret=agent.regret,
    )


def distill(expert: Overseer[I], p: Nothing, nature: Nature) -> Assistant[I]:
    return Assistant(
        capability=expert.capability,
        error=expert.error,
        malign=expert.malign,
        resistance=expert.resistance,
        cost=Real(1),
        regret=expert.regret,
    )


both = Scheme[Nothing, Assistant[Model], Overseer[Model]](
    "both", parameters=Nothing, seed=seed, amplify=amplify, distill=distill
)

# Invariants are covariant, so the same parts carry each of the two alone, and less.
cheap = Scheme[Nothing, Assistant[Frugal], Overseer[Frugal]](
    "cheap", parameters=Nothing, seed=seed, amplify=amplify, distill=distill
)
benign = Scheme[Nothing, Assistant[Benign], Overseer[Benign]](
    "benign", parameters=Nothing, seed=seed, amplify=amplify, distill=distill
)
