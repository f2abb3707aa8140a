"""Statements about how far along a parameter something holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction

import attrs

from spec.parameters import settle
from spec.statements.subjects import OfScheme, exact_values, require_real
from spec.terms import Number, exact


@attrs.frozen(eq=False)
class Threshold(OfScheme):
    """That the invariant holds forever exactly on one side of a value of a parameter.

    Args:
        parameter: a real parameter of the scheme; the others are at their defaults or ``at``.
        value: the last value at which it holds (or from which on it does not, if not included).
            A sequence of integers stands for the root in the parameter's domain of the polynomial
            with these coefficients, the constant first.
        near: a number next to the root that is meant, where several lie in the domain.
        included: whether it holds at the value itself.
        away: whether it is about keeping some margin away from the invariant's limits, which the
            worst run may approach without ever breaking them.
        settles: whether it is about where the invariant holds from some iteration on, from every
            agent (as ``Settles`` says), and not about where it holds forever from the seed.
    """

    parameter: str = attrs.field(kw_only=True)
    value: Number | Sequence[int] = attrs.field(kw_only=True)
    near: Number | None = attrs.field(default=None, kw_only=True)
    included: bool = attrs.field(default=True, kw_only=True)
    away: bool = attrs.field(default=False, kw_only=True)
    settles: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        require_real(self, self.scheme, self.parameter)
        self._require(
            not (self.away and self.settles),
            "a threshold is away=True or settles=True, not both; leave one out",
        )
        if not isinstance(self.value, Sequence) or isinstance(self.value, str):
            exact_values({"value": self.value}, "value", self.location)

    @property
    def polynomial(self) -> tuple[int, ...] | None:
        """The coefficients of the polynomial that ``value`` gives; None where it is a number."""
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return tuple(self.value)
        return None

    @property
    def number(self) -> Fraction | None:
        """The exact number that ``value`` gives; None where it is a polynomial."""
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return None
        return exact(self.value)


class Half(Enum):
    """One of the two steps of a loop that share the difficulty between them."""

    AMPLIFICATION = "amplification"
    DISTILLATION = "distillation"


@attrs.frozen(eq=False)
class Tolerances(OfScheme):
    """That one half of the loop carries almost all of the difficulty.

    The tolerance of a half is the greatest imperfection, as measured by its parameter, up to which
    the invariant holds forever with the other half perfect. Its share of the difficulty is
    1 / tolerance over the sum of the two; the parameters need a common unit.

    Args:
        amplify: the parameter that measures the imperfection of amplification.
        distill: the same of distillation.
        perfect_amplify: parameter values at which amplification is perfect.
        perfect_distill: parameter values at which distillation is perfect.
        share: what counts as almost all, above one half.
    """

    amplify: str = attrs.field(kw_only=True)
    distill: str = attrs.field(kw_only=True)
    perfect_amplify: Mapping[str, Number] = attrs.field(kw_only=True)
    perfect_distill: Mapping[str, Number] = attrs.field(kw_only=True)
    share: Number = attrs.field(default="9/10", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        require_real(self, self.scheme, self.amplify)
        require_real(self, self.scheme, self.distill)
        for perfect in (self.perfect_amplify, self.perfect_distill):
            settle(
                self.scheme.parameters,
                exact_values(perfect, "perfect", self.location),
                self.location,
            )
        share = exact_values({"share": self.share}, "share", self.location)["share"]
        self._require(
            Fraction(1, 2) < share < 1, f"share={share} is not between 1/2 and 1; try 9/10"
        )

    def halves(self) -> dict[Half, tuple[str, dict[str, Fraction]]]:
        """Per half, the parameter that measures it and the values that make the other perfect."""
        return {
            Half.AMPLIFICATION: (
                self.amplify,
                exact_values(self.perfect_distill, "perfect_distill", self.location),
            ),
            Half.DISTILLATION: (
                self.distill,
                exact_values(self.perfect_amplify, "perfect_amplify", self.location),
            ),
        }
