"""Iterated amplification in general: any agents, any steps, any invariant.

Nothing is said of what agents are, of what amplify and distill do, or of what is preserved. A step
is an arbitrary relation, because distillation may train any of several students.

Source: Christiano's description of the framework in the discussion that the claims formalise, and
"Iterated Distillation and Amplification" (Cotra 2018).
"""

from __future__ import annotations

from typing import Any

from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Nature,
    Parameters,
    Scheme,
    some,
    uninterpreted,
)


class AnyAgent(Agent[I]):
    """An agent of which nothing is known."""


class AnyExpert(Expert[I]):
    """An amplified agent of which nothing is known."""


class Preserved(Invariant):
    """Alignment, benignity, corrigibility, or some similar invariant."""

    def holds(self, agent: Any) -> Bool:
        """An arbitrary predicate, one for agents and one for experts."""
        return uninterpreted("good expert" if isinstance(agent, AnyExpert) else "good", agent)


class Nothing(Parameters):
    """No parameters."""


def seed(p: Nothing) -> AnyAgent[Preserved]:
    """Some agent."""
    return some(AnyAgent, "seed")


def amplify(agent: AnyAgent[I], p: Nothing, nature: Nature) -> AnyExpert[I]:
    """Any relation from agents to experts."""
    return nature.related("amplifies to", agent, AnyExpert)


def distill(expert: AnyExpert[I], p: Nothing, nature: Nature) -> AnyAgent[I]:
    """Any relation from experts to students."""
    return nature.related("distills to", expert, AnyAgent)


def smart_enough(expert: AnyExpert[I], student: AnyAgent[I], p: Nothing) -> Bool:
    """Any relation between experts and the students they can oversee."""
    return uninterpreted("can oversee", expert, student)


iterated_amplification = Scheme[Nothing, AnyAgent[Preserved], AnyExpert[Preserved]](
    "iterated-amplification",
    parameters=Nothing,
    seed=seed,
    amplify=amplify,
    distill=distill,
    smart_enough=smart_enough,
    about="Iterated amplification in general: arbitrary agents, steps and invariant.",
)
