"""Kinds of statements beside the claim that a scheme keeps an invariant forever."""

from __future__ import annotations

import attrs

from spec.errors import alternatives, describe
from spec.fields import field_domains
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


@attrs.frozen(eq=False)
class Grows(OfScheme):
    """That the scheme grows without bound and keeps the invariant: for every rank some round
    reaches it, whatever nature chooses, and the invariant holds at every round, forever.

    Where it is false the scheme is stuck: the invariant breaks at some rank, or no rank beyond some
    other is ever reached.

    Args:
        field: the unbounded field that must grow.
    """

    field: str = attrs.field(default="capability", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        domains = {domain.name: domain for domain in field_domains(self.scheme.agent.cls)}
        free = [name for name, domain in domains.items() if domain.unbounded]
        self._require(
            self.field in free,
            f"field={describe(self.field)} is no unbounded field of the agent of "
            f"{self.scheme.name}; it has {alternatives(free, str(self.field))}",
        )
