"""What kinds of statements share: one scheme and an invariant, or two schemes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from spec.errors import SpecError, alternatives, describe
from spec.invariants import Invariant, limits_of
from spec.parameters import parameter_domains, settle
from spec.scheme import Process
from spec.statements.base import Statement
from spec.terms import Number, exact


@attrs.frozen(eq=False)
class OfScheme(Statement):
    """A statement about one scheme and one invariant.

    Args:
        scheme: the scheme that it is about.
        invariant: the invariant at the limits meant.
        at: parameter values other than the scheme's defaults.
    """

    scheme: Process
    invariant: Invariant
    at: Mapping[str, Number] = attrs.field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        self._require_scheme("scheme", self.scheme)
        self._require(
            isinstance(self.invariant, Invariant),
            f"invariant={describe(self.invariant)} is no invariant at its limits; write Benign()",
        )
        limits_of(self.invariant, self.location)
        settle(self.scheme.parameters, self.chosen, self.location)

    @property
    def subjects(self) -> tuple[Process, ...]:
        """The one scheme."""
        return (self.scheme,)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        return exact_values(self.at, "at", self.location)


@attrs.frozen(eq=False)
class OfTwo(Statement):
    """A statement about two schemes over shared parameters.

    Args:
        left: the first scheme.
        right: the second.
        relate: ``LEFT=RIGHT`` or ``LEFT<=RIGHT`` for fields not simply equal to their namesakes.
        over: shared parameters that stay free, with their bounds.
        at: values of the other shared parameters.
    """

    left: Process
    right: Process
    relate: Sequence[str] = attrs.field(default=(), kw_only=True)
    over: Mapping[str, tuple[Number, Number]] = attrs.field(factory=dict, kw_only=True)
    at: Mapping[str, Number] = attrs.field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        for role, scheme in (("left", self.left), ("right", self.right)):
            self._require_scheme(role, scheme)
        for name in (*self.over, *self.at):
            known = [set(parameter_domains(s.parameters)) for s in self.subjects]
            self._require(
                any(name in k for k in known) if name in self.at else all(name in k for k in known),
                f"{describe(name)} is no parameter that it can set; both schemes have "
                f"{alternatives(sorted(known[0] & known[1]), name)}",
            )

    @property
    def subjects(self) -> tuple[Process, ...]:
        """Both schemes."""
        return (self.left, self.right)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        return exact_values(self.at, "at", self.location)

    @property
    def ranges(self) -> dict[str, tuple[Fraction, Fraction]]:
        """The bounds of ``over``, exact."""
        return {
            name: (
                exact_values({name: low}, "over", self.location)[name],
                exact_values({name: high}, "over", self.location)[name],
            )
            for name, (low, high) in self.over.items()
        }


def require_real(statement: Statement, scheme: Process, name: str) -> None:
    """Refuse a name that is no parameter of a scheme, or one that shapes its steps.

    Raises:
        SpecError: naming the parameters that could be meant.
    """
    domains = parameter_domains(scheme.parameters)
    real = alternatives((n for n, d in domains.items() if not d.structural), str(name))
    if name not in domains or domains[name].structural:
        raise SpecError(
            f"in {type(statement).__name__}(...), {describe(name)} is no real parameter of "
            f"{scheme.name}; it has {real}",
            statement.location,
        )


def exact_values(values: Mapping[str, Number], role: str, location: str) -> dict[str, Fraction]:
    """The numbers that were written, exact; an error names the role they were written in."""
    found = {}
    for name, value in values.items():
        try:
            found[name] = exact(value)
        except SpecError as error:
            raise SpecError(f"{role} {name}: {error.message}", location) from None
    return found
