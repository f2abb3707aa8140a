"""Rows of the ledger: what is said in the field, and the statements that make it formal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from spec.errors import SpecError, describe, user_location
from spec.statements.base import Statement

Group = Literal["the conversation", "open statements", "known results"]


def _in_order(given: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(given)


@attrs.frozen(eq=False)
class Row:
    """One row of the ledger: something that is said in the field, and what makes it formal.

    Args:
        name: the row's short name, as typed on the command line.
        quote: the statement in the field's words.
        formal: the same in words and symbols, precise enough to be decided.
        statements: what decides it. The row is as expected when all of them are.
        not_covered: what the verdicts do not say.
        source: who says it, and where.
        group: the part of the ledger that the row stands in.
    """

    name: str
    quote: str
    formal: str
    statements: tuple[Statement, ...] = attrs.field(converter=_in_order)
    not_covered: str = ""
    source: str = ""
    group: Group = "the conversation"
    location: str = attrs.field(factory=user_location)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty row.

        Raises:
            SpecError: naming the line on which the row is written.
        """
        wrong = [s for s in self.statements if not isinstance(s, Statement)]
        if not self.statements or wrong:
            found = describe(wrong[0]) if wrong else "nothing"
            raise SpecError(
                f'the row "{self.name}" holds {found}; give it statements, such as Claim(...)',
                self.location,
            )
