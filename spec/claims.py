"""Claims: what is said of which scheme, and the verdict it is expected to get."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, get_args

import attrs

from spec.errors import SpecError, told, user_place
from spec.fields import fields_of
from spec.invariants import Invariant, limits_of
from spec.parameters import knobs_of, settle
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

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the claim is written.
        """
        self._require(isinstance(self.name, str), f"name={told(self.name)} is no text; quote it")
        self._require(
            isinstance(self.scheme, Process),
            f"scheme={told(self.scheme)} is no scheme; pass a Scheme[...](...) or Loop[...](...)",
        )
        self._require_limits("invariant", self.invariant)
        if self.expert_limit is not None:
            self._require_limits("expert_limit", self.expert_limit)
        known = get_args(Expected)
        self._require(
            self.expected in known,
            f"expected={told(self.expected)} is no verdict; write one of {', '.join(known)}",
        )
        self._require(
            isinstance(self.at, Mapping),
            f'at={told(self.at)} is no mapping; write at={{"noise": "1/6"}}',
        )
        settle(self.scheme.parameters, self.chosen, self.place)
        self._require(
            self.expert_limit is None or len(self.scheme.stages) > 1,
            f"expert_limit is set, but {self.scheme.name} has no expert; leave it out",
        )
        self._require(
            not self.dropping or not fields_of(self.scheme.agent.cls),
            "dropping is for schemes over uninterpreted agents, whose premises have names; leave "
            "it out",
        )
        knobs = knobs_of(self.scheme.parameters)
        real = ", ".join(name for name, knob in knobs.items() if not knob.structural) or "none"
        self._require(
            not self.over or (self.over in knobs and not knobs[self.over].structural),
            f"over={told(self.over)} is no real parameter of {self.scheme.name}; it has {real}",
        )

    def _require_limits(self, role: str, given: Invariant) -> None:
        name = given.__name__ if isinstance(given, type) else "Benign"
        self._require(
            isinstance(given, Invariant),
            f"{role}={told(given)} is no invariant at its limits; write {name}()",
        )
        limits_of(given, self.place)

    def _require(self, good: bool, otherwise: str) -> None:
        if not good:
            raise SpecError(f"in Claim(...), {otherwise}", self.place)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        chosen = {}
        for name, value in self.at.items():
            try:
                chosen[name] = exact(value)
            except SpecError as error:
                raise SpecError(f"at {name}: {error.message}", self.place) from None
        return chosen
