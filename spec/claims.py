"""Claims: what is said of which scheme, and the verdict it is expected to get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from spec.errors import user_place
from spec.invariants import Invariant
from spec.scheme import Process
from spec.terms import Number, exact

Expected = Literal["proved", "refuted", "unknown", "vacuous"]


@attrs.frozen(eq=False)
class Claim:
    """That a scheme keeps an invariant at the start of every iteration, forever.

    Args:
        name: unique among the claims of a file.
        scheme: the scheme it is said of.
        invariant: the invariant at the limits claimed.
        expected: the verdict it must get.
        at: parameter values other than the scheme's defaults.
        over: the parameter whose whole decided range is reported, usually the distillation error.
        expert_limit: a limit on the amplified agent too (its domain's top unless given).
        dropping: of a scheme over uninterpreted agents, the premise that is left out.
        says: the claim in words.
    """

    name: str
    scheme: Process
    invariant: Invariant
    expected: Expected = "proved"
    at: Mapping[str, Number] = attrs.field(factory=dict)
    over: str = ""
    expert_limit: Invariant | None = None
    dropping: str = ""
    says: str = ""
    place: str = attrs.field(factory=user_place)

    @property
    def chosen(self) -> dict[str, Any]:
        """The parameter values of ``at``, exact."""
        return {name: exact(value) for name, value in self.at.items()}
