"""Statements that an abstract step is right about every world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from spec.errors import alternatives, describe
from spec.parameters import settle
from spec.scheme import Process
from spec.statements.base import Statement
from spec.statements.subjects import exact_values, require_real
from spec.terms import Bool, Number, Real
from spec.worlds import Assumption, Entry, Question

Concrete = Callable[[Question, Any], Mapping[str, Real]]
"""What the new agent does on one question, by field of the abstract step's target."""


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """Names, of which there may be one or none."""
    if isinstance(given, str):
        return (given,) if given else ()
    return tuple(given)


@attrs.frozen(eq=False)
class Sound(Statement):
    """That an abstract step covers its concrete version in every world: the mean of what the new
    agent does over the questions asked is at most what the abstract step says, if each number that
    it is given is at least the mean that it stands for.

    Args:
        scheme: the scheme whose step it is.
        step: the step's name, such as ``"amplify"``.
        concrete: the concrete version, a function of one question and the parameters.
        table: what holds of every entry of a table, such as error + malign <= 1.
        assumptions: what is assumed of worlds; each is dropped in turn.
        density: the parameter that bounds how many times as likely a question may be at run time
            as in training; the two distributions are the same if it is left out. Several, if parts
            are asked in several ways: one for each change of distribution.
        everywhere: fields whose number is a bound at every question and not of a mean, of the
            step's source and target, and choices of nature that are the greatest over questions.
        at: parameter values other than the scheme's defaults.
    """

    scheme: Process
    step: str
    concrete: Concrete
    table: Callable[[Entry], Bool] | None = attrs.field(default=None, kw_only=True)
    assumptions: Sequence[Assumption] = attrs.field(default=(), kw_only=True)
    density: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    everywhere: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    at: Mapping[str, Number] = attrs.field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        self._require_scheme("scheme", self.scheme)
        steps = [stage.name for stage in self.scheme.stages]
        self._require(
            self.step in steps,
            f"step={describe(self.step)} is no step of {self.scheme.name}; it has "
            f"{alternatives(steps, str(self.step))}",
        )
        self._require(callable(self.concrete), "concrete is no function; pass the function itself")
        wrong = [given for given in self.assumptions if not isinstance(given, Assumption)]
        self._require(
            not wrong,
            f"assumptions={describe(wrong[0]) if wrong else ''} is no Assumption; write "
            "Assumption(name, says)",
        )
        for name in self.density:
            require_real(self, self.scheme, name)
        self._require(
            len(set(self.density)) == len(self.density),
            f"density={describe(self.density)} names a ratio twice; name each once",
        )
        settle(self.scheme.parameters, self.chosen, self.location)

    @property
    def subjects(self) -> tuple[Process, ...]:
        """The one scheme."""
        return (self.scheme,)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        return exact_values(self.at, "at", self.location)
