"""Statements: what can be said and decided."""

from __future__ import annotations

from typing import Literal, get_args

import attrs

from spec.errors import SpecError, told, user_location
from spec.scheme import Process

Expected = Literal["proved", "refuted", "unknown", "vacuous"]


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
    location: str = attrs.field(factory=user_location, kw_only=True)

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
            raise SpecError(f"in {type(self).__name__}(...), {otherwise}", self.location)
