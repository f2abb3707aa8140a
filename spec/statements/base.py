"""Statements: what can be decided, and the answers there are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Literal

import attrs

from spec.errors import SpecError, describe, user_location
from spec.invariants import Invariant, limits_of
from spec.notebook import card, pairs
from spec.scheme import Process
from spec.terms import Real


class Answer(StrEnum):
    """What can become of a statement; docs/reference/verdicts.md says what each means."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"
    VACUOUS = "vacuous"


Expected = Answer | Literal["proved", "refuted", "unknown", "vacuous"]
"""How an expected verdict may be written."""


def _answer(given: Expected) -> Answer:
    """The answer that a text names; anything else is left for the statement to refuse."""
    return next((answer for answer in Answer if answer == given), given)  # type: ignore[return-value]


def _told(value: object) -> str:
    """A part of a statement in a few words; nothing for what is not there, or is a function."""
    if isinstance(value, Invariant):
        limits = ", ".join(f"{name} <= {limit}" for name, limit in limits_of(value).items())
        return f"{type(value).__name__} ({limits})" if limits else type(value).__name__
    if isinstance(value, Process):
        return value.name
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_told(each)}" for name, each in value.items())
    return str(value) if isinstance(value, str | int | Fraction | Real) else ""


@attrs.frozen(eq=False)
class Statement:
    """Something stated about one or more schemes, and the verdict it is expected to get.

    Args:
        name: unique among the statements of a file.
        expected: the verdict it must get.
        says: the statement in words.
    """

    name: str
    expected: Answer = attrs.field(default=Answer.PROVED, kw_only=True, converter=_answer)
    says: str = attrs.field(default="", kw_only=True)
    location: str = attrs.field(factory=user_location, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        self._require(
            isinstance(self.name, str), f"name={describe(self.name)} is no text; quote it"
        )
        self._require(
            isinstance(self.expected, Answer),
            f"expected={describe(self.expected)} is no verdict; write one of {', '.join(Answer)}",
        )

    @property
    def subjects(self) -> tuple[Process, ...]:
        """The schemes that it is about."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        """What a notebook shows: what is stated, and the verdict that is expected."""
        beside = {"name", "says", "location"}
        told = {
            field.name: _told(getattr(self, field.name))
            for field in attrs.fields(type(self))
            if field.name not in beside
        }
        return card(type(self).__name__, self.name, self.says, [pairs("What is stated", told)])

    def _require(self, good: bool, otherwise: str) -> None:
        if not good:
            raise SpecError(f"in {type(self).__name__}(...), {otherwise}", self.location)

    def _require_scheme(self, role: str, given: object) -> None:
        self._require(
            isinstance(given, Process),
            f"{role}={describe(given)} is no scheme; pass a Scheme[...](...) or Loop[...](...)",
        )
