"""Claims: that a scheme keeps an invariant, and the verdict it is expected to get."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from spec.errors import SpecError, alternatives, describe
from spec.fields import fields_of
from spec.invariants import Invariant, limits_of
from spec.parameters import parameter_domains, settle
from spec.scheme import Process
from spec.statements.base import Statement
from spec.terms import Number, exact


@attrs.frozen(eq=False)
class Claim(Statement):
    """That a scheme keeps an invariant at the start of every iteration, forever.

    Args:
        name: unique among the claims of a file.
        scheme: the scheme that it is about.
        invariant: the invariant at the limits claimed.
        expected: the verdict it must get.
        at: parameter values other than the scheme's defaults.
        over: the parameter whose whole decided range is reported, usually the distillation error.
        expert_limit: a limit on the amplified agent too (its domain's top unless given).
        dropping: of a scheme over uninterpreted agents, the premise that is left out.
        says: the claim in words.
    """

    scheme: Process
    invariant: Invariant
    at: Mapping[str, Number] = attrs.field(factory=dict)
    over: str = ""
    expert_limit: Invariant | None = None
    dropping: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the claim is written.
        """
        super().__attrs_post_init__()
        self._require_scheme("scheme", self.scheme)
        self._require_limits("invariant", self.invariant)
        if self.expert_limit is not None:
            self._require_limits("expert_limit", self.expert_limit)
        self._require(
            isinstance(self.at, Mapping),
            f'at={describe(self.at)} is no mapping; write at={{"noise": "1/6"}}',
        )
        settle(self.scheme.parameters, self.chosen, self.location)
        self._require(
            self.expert_limit is None or len(self.scheme.stages) > 1,
            f"expert_limit is set, but {self.scheme.name} has no expert; leave it out",
        )
        self._require(
            not self.dropping or not fields_of(self.scheme.agent.cls),
            "dropping is for schemes over uninterpreted agents, whose premises have names; leave "
            "it out",
        )
        free_parameters = parameter_domains(self.scheme.parameters)
        free = (name for name, domain in free_parameters.items() if not domain.structural)
        real = alternatives(free, str(self.over))
        self._require(
            not self.over
            or (self.over in free_parameters and not free_parameters[self.over].structural),
            f"over={describe(self.over)} is no real parameter of {self.scheme.name}; it has {real}",
        )

    def _require_limits(self, role: str, given: Invariant) -> None:
        name = given.__name__ if isinstance(given, type) else "Benign"
        self._require(
            isinstance(given, Invariant),
            f"{role}={describe(given)} is no invariant at its limits; write {name}()",
        )
        limits_of(given, self.location)

    @property
    def subjects(self) -> tuple[Process, ...]:
        """The one scheme."""
        return (self.scheme,)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        chosen = {}
        for name, value in self.at.items():
            try:
                chosen[name] = exact(value)
            except SpecError as error:
                raise SpecError(f"at {name}: {error.message}", self.location) from None
        return chosen
