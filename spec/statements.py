"""Statements: what can be said and decided, and the rows of the ledger that gather them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import attrs

from spec.errors import SpecError, told, user_place
from spec.scheme import Process

Expected = Literal["proved", "refuted", "unknown", "vacuous"]
Group = Literal["the conversation", "open statements", "known results"]


@attrs.frozen(eq=False)
class Statement:
    """Something said of one or more schemes, and the verdict it is expected to get.

    Args:
        name: unique among the statements of a file.
        expected: the verdict it must get.
        says: the statement in words.
    """

    name: str
    expected: Expected = attrs.field(default="proved", kw_only=True)
    says: str = attrs.field(default="", kw_only=True)
    place: str = attrs.field(factory=user_place, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        self._require(isinstance(self.name, str), f"name={told(self.name)} is no text; quote it")
        known = get_args(Expected)
        self._require(
            self.expected in known,
            f"expected={told(self.expected)} is no verdict; write one of {', '.join(known)}",
        )

    @property
    def subjects(self) -> tuple[Process, ...]:
        """The schemes that it is about."""
        raise NotImplementedError

    def _require(self, good: bool, otherwise: str) -> None:
        if not good:
            raise SpecError(f"in {type(self).__name__}(...), {otherwise}", self.place)


def _in_order(given: Iterable[Statement]) -> tuple[Statement, ...]:
    return tuple(given)


@attrs.frozen(eq=False)
class Row:
    """One row of the ledger: something that is said in the field, and what makes it formal.

    Args:
        name: the row's short name, as typed on the command line.
        said: the statement in the field's words.
        formal: the same in words and symbols, precise enough to be decided.
        statements: what decides it. The row is as expected when all of them are.
        silent: what the verdicts do not say.
        source: who says it, and where.
        group: the part of the ledger that the row stands in.
    """

    name: str
    said: str
    formal: str
    statements: tuple[Statement, ...] = attrs.field(converter=_in_order)
    silent: str = ""
    source: str = ""
    group: Group = "the conversation"
    place: str = attrs.field(factory=user_place)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty row.

        Raises:
            SpecError: naming the line on which the row is written.
        """
        wrong = [s for s in self.statements if not isinstance(s, Statement)]
        if not self.statements or wrong:
            found = told(wrong[0]) if wrong else "nothing"
            raise SpecError(
                f'the row "{self.name}" holds {found}; give it statements, such as Claim(...)',
                self.place,
            )
