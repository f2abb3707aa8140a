"""Kinds of statements beside the claim that a scheme keeps an invariant forever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from spec.errors import SpecError, told
from spec.invariants import Invariant, limits_of
from spec.parameters import knobs_of, settle
from spec.scheme import Process
from spec.statements import Statement
from spec.terms import Number, exact


@attrs.frozen(eq=False)
class _OfScheme(Statement):
    """A statement about one scheme and one invariant.

    Args:
        scheme: the scheme it is said of.
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
        self._require(
            isinstance(self.scheme, Process),
            f"scheme={told(self.scheme)} is no scheme; pass a Scheme[...](...) or Loop[...](...)",
        )
        self._require(
            isinstance(self.invariant, Invariant),
            f"invariant={told(self.invariant)} is no invariant at its limits; write Benign()",
        )
        limits_of(self.invariant, self.place)
        settle(self.scheme.parameters, self.chosen, self.place)

    @property
    def subjects(self) -> tuple[Process, ...]:
        """The one scheme."""
        return (self.scheme,)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        return exact_values(self.at, "at", self.place)


@attrs.frozen(eq=False)
class Settles(_OfScheme):
    """That the invariant holds from some iteration on, forever, from *every* agent in the domain.

    The seed is not looked at: the start is arbitrary, and nature chooses as it likes.
    """


@attrs.frozen(eq=False)
class Closed(_OfScheme):
    """That the invariant is inductive as it stands: one iteration from any agent in the domain
    that satisfies it leads to one that satisfies it, with nothing else known of the agent."""


@attrs.frozen(eq=False)
class Threshold(_OfScheme):
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
    """

    parameter: str = attrs.field(kw_only=True)
    value: Number | Sequence[int] = attrs.field(kw_only=True)
    near: Number | None = attrs.field(default=None, kw_only=True)
    included: bool = attrs.field(default=True, kw_only=True)
    away: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        _require_real(self, self.scheme, self.parameter)
        if not isinstance(self.value, Sequence) or isinstance(self.value, str):
            exact_values({"value": self.value}, "value", self.place)


@attrs.frozen(eq=False)
class Tolerances(_OfScheme):
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
        _require_real(self, self.scheme, self.amplify)
        _require_real(self, self.scheme, self.distill)
        for perfect in (self.perfect_amplify, self.perfect_distill):
            settle(self.scheme.parameters, exact_values(perfect, "perfect", self.place), self.place)
        share = exact_values({"share": self.share}, "share", self.place)["share"]
        self._require(
            Fraction(1, 2) < share < 1, f"share={share} is not between 1/2 and 1; try 9/10"
        )

    def halves(self) -> dict[str, tuple[str, dict[str, Fraction]]]:
        """Per half, the parameter that measures it and the values that make the other perfect."""
        return {
            "amplification": (
                self.amplify,
                exact_values(self.perfect_distill, "perfect_distill", self.place),
            ),
            "distillation": (
                self.distill,
                exact_values(self.perfect_amplify, "perfect_amplify", self.place),
            ),
        }


@attrs.frozen(eq=False)
class _OfTwo(Statement):
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
            self._require(
                isinstance(scheme, Process),
                f"{role}={told(scheme)} is no scheme; pass a Scheme[...](...) or Loop[...](...)",
            )
        for name in (*self.over, *self.at):
            known = [set(knobs_of(s.parameters)) for s in self.subjects]
            self._require(
                any(name in k for k in known) if name in self.at else all(name in k for k in known),
                f"{told(name)} is no parameter that it can set; both schemes have "
                f"{', '.join(sorted(known[0] & known[1])) or 'none in common'}",
            )

    @property
    def subjects(self) -> tuple[Process, ...]:
        """Both schemes."""
        return (self.left, self.right)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        return exact_values(self.at, "at", self.place)

    @property
    def ranges(self) -> dict[str, tuple[Fraction, Fraction]]:
        """The bounds of ``over``, exact."""
        return {
            name: (
                exact_values({name: low}, "over", self.place)[name],
                exact_values({name: high}, "over", self.place)[name],
            )
            for name, (low, high) in self.over.items()
        }


@attrs.frozen(eq=False)
class Refines(_OfTwo):
    """That every run of the first scheme is a run of the second, in the fields compared."""


@attrs.frozen(eq=False)
class Agrees(_OfTwo):
    """That the first scheme keeps the invariant exactly where the second does."""

    invariant: Invariant = attrs.field(kw_only=True)


@attrs.frozen(eq=False)
class Transfers(_OfTwo):
    """That the proofs that two schemes keep an invariant share lemmas about their steps.

    A lemma is what one query proves: that a step, from the set held before it, keeps one bound on
    one field. Two are the same when they are word for word, with the parameters put in. Each
    scheme is at its own defaults, but for ``at``.
    """

    invariant: Invariant = attrs.field(kw_only=True)


def _require_real(statement: Statement, scheme: Process, name: str) -> None:
    knobs = knobs_of(scheme.parameters)
    real = ", ".join(n for n, knob in knobs.items() if not knob.structural) or "none"
    if name not in knobs or knobs[name].structural:
        raise SpecError(
            f"in {type(statement).__name__}(...), {told(name)} is no real parameter of "
            f"{scheme.name}; it has {real}",
            statement.place,
        )


def exact_values(values: Mapping[str, Number], role: str, place: str) -> dict[str, Fraction]:
    """The numbers that were written, exact; an error names the role they were written in."""
    found = {}
    for name, value in values.items():
        try:
            found[name] = exact(value)
        except SpecError as error:
            raise SpecError(f"{role} {name}: {error.message}", place) from None
    return found
