"""Kinds of statements beside the claim that a scheme keeps an invariant forever."""

from __future__ import annotations

import attrs

from spec.statements.subjects import OfScheme


@attrs.frozen(eq=False)
class Settles(OfScheme):
    """That the invariant holds from some iteration on, forever, from *every* agent in the domain.

    The seed is not looked at: the start is arbitrary, and nature chooses as it likes.
    """


@attrs.frozen(eq=False)
class Closed(OfScheme):
    """That the invariant is inductive as it stands: one iteration from any agent in the domain
    that satisfies it leads to one that satisfies it, with nothing else known of the agent."""
