"""The two parameters that a map of a claim begins with: those of which the verdict depends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property

import attrs
import numpy as np

from checker.backends.solver import constants
from checker.counterexamples.random_search import first_breaks
from checker.system.parametric import Interval
from checker.system.problem import pose
from spec.errors import SpecError
from spec.nodes import name_of
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.claim import Claim
from spec.trace import trace

ROUNDS = 48
"""Rounds of the runs that are tried at the two ends of a parameter."""
HALVINGS = 12
"""Of a range, to see where it turns."""


@attrs.frozen
class Axis:
    """A parameter, and the part of its range around where the verdict turns; None for all of it."""

    name: str
    window: Interval | None = None


def main_axes(claim: Claim, overriding: Mapping[str, Fraction]) -> tuple[Axis, ...]:
    """Two parameters, or as many as there are: the claim's own (``over``), else one whose two ends
    runs tell apart; and one whose ends they tell apart at an end of the first, else any. Those that
    bound nature's choices come first: how large these may be is what a scheme lives or dies of.

    Args:
        claim: what is claimed.
        overriding: values of its parameters that replace the claim's own.
    """
    domains = parameter_domains(claim.scheme.parameters)
    real = [name for name, domain in domains.items() if not domain.structural]
    real = list(dict.fromkeys([*_bounding(claim, domains), *real]))
    if not real:
        return ()
    looks = {name: _Look(claim, domains[name], overriding) for name in real}
    first = claim.over if claim.over in real else next((n for n in real if looks[n].turns), real[0])
    axes = [Axis(first, looks[first].window)]
    rest = [name for name in real if name != first]
    for name in rest:
        for end in (domains[first].low, domains[first].high):
            look = _Look(claim, domains[name], {**overriding, first: end})
            if look.turns:
                return (*axes, Axis(name, look.window))
    return (*axes, *map(Axis, rest[:1]))


@attrs.frozen(slots=False)
class _Look:
    """A parameter between its ends, the others at given values."""

    claim: Claim
    domain: ParameterDomain
    others: Mapping[str, Fraction]

    def broken_at(self, value: Fraction) -> bool | None:
        """Whether the claim is broken at a value."""
        return _broken(self.claim, {**self.others, self.domain.name: value})

    @cached_property
    def turns(self) -> bool:
        """Whether runs tell the two ends apart."""
        return {self.broken_at(self.domain.low), self.broken_at(self.domain.high)} == {True, False}

    @property
    def window(self) -> Interval | None:
        """Where it turns near an end, the part of the range at that end, if the value that the
        parameter has lies in it."""
        if not self.turns:
            return None
        low, high = self.domain.low, self.domain.high
        at_low = self.broken_at(low)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if self.broken_at(middle) == at_low:
                low = middle
            else:
                high = middle
        wide = self.domain.high - self.domain.low
        from_low, from_high = high - self.domain.low, self.domain.high - low
        if 4 * min(from_low, from_high) > wide:
            return None
        window = self.domain.low, min(self.domain.low + _round(2 * from_low), self.domain.high)
        if from_high < from_low:
            window = (
                max(self.domain.high - _round(2 * from_high), self.domain.low),
                self.domain.high,
            )
        value = self.others.get(self.domain.name, self.domain.default)
        return window if window[0] <= value <= window[1] else None


def _round(width: Fraction) -> Fraction:
    """The nearest of 1, 2, 5, 10, 20 ... times a power of ten that is no less."""
    unit = Fraction(1)
    while unit >= width:
        unit /= 10
    while 10 * unit < width:
        unit *= 10
    return next(step * unit for step in (1, 2, 5, 10) if step * unit >= width)


def _bounding(claim: Claim, domains: Mapping[str, ParameterDomain]) -> Iterator[str]:
    """The parameters in the bounds of nature's choices; of one choice, the largest first."""
    traced = trace(claim.scheme, claim.chosen)
    for choice in (choice for stage in traced.stages for choice in stage.choices):
        read = constants(choice.low) | constants(choice.high)
        named = [n for n, term in traced.parameters.items() if name_of(term) in read]
        yield from sorted(named, key=lambda name: -domains[name].default)


def _broken(claim: Claim, overriding: Mapping[str, Fraction]) -> bool | None:
    """Whether a run breaks the claim, as far as floats tell, with all of nature's choices at one
    end of their bounds; None where there are no runs."""
    try:
        problem = pose(claim, overriding)
        choices = sum(len(step.stage.choices) for step in problem.steps)
        ends = np.array([[np.zeros(choices), np.ones(choices)]])
        return bool(first_breaks(problem, ends, ROUNDS))
    except (SpecError, ArithmeticError):
        return None
