"""Instances: that a scheme is iterated amplification, and not only written as its two steps.

Any process can be written as ``amplify`` followed by ``distill``: let the one make anything and the
other do nothing. What makes a factorisation one of iterated amplification is a list of contracts on
its two steps, for all agents and all experts; docs/reference/instances.md states them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from inspect import getdoc
from typing import Any, Literal

import attrs

from spec.calls import call
from spec.errors import SpecError, alternatives, blaming, describe, location_of
from spec.fields import Fields, field_domains, fields_of
from spec.parameters import Parameters, parameter_domains, settle
from spec.scheme import Loop, Process
from spec.statements.base import Statement
from spec.statements.improvement import Improvement
from spec.statements.subjects import exact_values
from spec.terms import Bool, Count, Number, Real, real_term, when


@attrs.frozen
class Channel:
    """What distillation can learn of an expert that it can only ask.

    Args:
        name: what is asked of the expert.
        shows: the numbers that the answers reveal of it, by name. What is not among them is
            hidden, but for the expert's cost, which is the price of an answer.
    """

    name: str
    shows: Callable[[Any], Mapping[str, Number]]


def _all_but_cost(expert: Fields) -> Mapping[str, Number]:
    """Each field but the cost: they all speak of the answers, and enough answers are a sample."""
    values = {field.name: getattr(expert, field.name) for field in field_domains(type(expert))}
    return {
        name: when(value, 1, 0) if isinstance(value, Bool) else value
        for name, value in values.items()
        if name != "cost"
    }


def _verdicts(expert: Any) -> Mapping[str, Number]:
    """How far its verdicts reach and how often they are wrong or not to be corrected.

    A score does not show whether a wrong verdict is a mistake or is meant to mislead: error and
    malign appear as their sum. Nor is anything seen of what the expert would itself do (regret).
    """
    return {
        "capability": expert.capability,
        "wrong verdicts": expert.error,
        "resistance": expert.resistance,
    }


SAMPLED_ANSWERS = Channel("sampled answers", _all_but_cost)
EVALUATIONS = Channel("evaluations", _verdicts)


@attrs.frozen
class Improved:
    """What ``Improvement`` says of one amplification: who is improved, whether anybody is, whether
    the loss is less than what is known, whether others are spared, and the numbers behind that."""

    improves: Bool
    some: Bool
    less: Bool
    spares: Bool
    known: Real
    edge: Real
    last: Real


Metric = Callable[[Any, Any, Any], Number]
"""(expert, student, parameters) to how far the student is from the expert."""


@attrs.frozen(eq=False)
class Instance(Statement):
    """That a scheme is an instance of iterated amplification: it meets every contract.

    Args:
        scheme: a ``Scheme``. A ``Loop`` has no expert between its steps, and is refuted by that.
        channel: through what distill sees the expert: ``SAMPLED_ANSWERS``, ``EVALUATIONS``, or one
            of your own.
        calls: how many calls to the agent one amplified answer makes, a whole number.
        distance: how far a student is from its expert; its docstring names the metric.
        eps: the distance within which distillation lands, given the expert and the parameters.
        improvement: which agents amplification is to make err less: ``BeyondItsRank`` or
            ``InEveryState``.
        capability: the field that amplification must raise, of the agent and of the expert.
        cost: the field that is the cost of one answer, of both.
        at: parameter values other than the scheme's defaults.
        over: real parameters with bounds, for all values in which the contracts are to hold. What
            must exist is looked for at the parameters' own values.
    """

    scheme: Process
    channel: Channel | None = attrs.field(default=None, kw_only=True)
    calls: Callable[[Any], int] | None = attrs.field(default=None, kw_only=True)
    distance: Metric | None = attrs.field(default=None, kw_only=True)
    eps: Callable[[Any, Any], Number] | None = attrs.field(default=None, kw_only=True)
    improvement: Improvement | None = attrs.field(default=None, kw_only=True)
    capability: str = attrs.field(default="capability", kw_only=True)
    cost: str = attrs.field(default="cost", kw_only=True)
    at: Mapping[str, Number] = attrs.field(factory=dict, kw_only=True)
    over: Mapping[str, tuple[Number, Number]] = attrs.field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what no verdict could be given on.

        Raises:
            SpecError: naming the line on which the statement is written.
        """
        super().__attrs_post_init__()
        self._require_scheme("scheme", self.scheme)
        self._require_parameters()
        if isinstance(self.scheme, Loop):
            return
        self._require(
            isinstance(self.channel, Channel),
            f"channel={describe(self.channel)} is no channel; write SAMPLED_ANSWERS, "
            "EVALUATIONS or "
            "Channel(name, shows)",
        )
        for role in ("calls", "distance", "eps"):
            given = getattr(self, role)
            self._require(callable(given), f"{role}={describe(given)} is no function; pass one")
        self._require(
            isinstance(self.improvement, Improvement),
            f"improvement={describe(self.improvement)} says of no agent that it is improved; write "
            "BeyondItsRank(...) or InEveryState(...)",
        )
        assert self.improvement is not None
        self._require(
            bool(self.metric), "distance has no docstring; let it say in which metric it measures"
        )
        carriers = {id(c): c for s in self.scheme.stages for c in (s.source, s.target)}
        for carrier in carriers.values():
            self._require_field("capability", self.capability, carrier.cls)
            self._require_field("cost", self.cost, carrier.cls)
            self._require_field("loss", self.improvement.loss, carrier.cls)

    def _require_parameters(self) -> None:
        """Refuse values and bounds that the scheme's parameters cannot have."""
        settle(self.scheme.parameters, self.chosen, self.location)
        domains = parameter_domains(self.scheme.parameters)
        for name, (low, high) in self.ranges.items():
            for end in (low, high):
                settle(self.scheme.parameters, {name: end}, self.location)
            self._require(
                not domains[name].structural,
                f"over={describe(name)} shapes the steps, so it cannot stay free; set it with at",
            )
            own = self.chosen.get(name, domains[name].default)
            self._require(
                low <= own <= high,
                f"{name} = {own} is not within {low} to {high}, its bounds in over; set it with "
                "at to a value that is",
            )

    def _require_field(self, role: str, name: str, cls: type) -> None:
        """Refuse an agent or an expert without the field that a contract speaks of."""
        names = [field.name for field in fields_of(cls)]
        self._require(
            name in names,
            f"{role}={describe(name)} is no field of {cls.__name__}, which has "
            f"{alternatives(names, str(name))}; name the field that is its {role}",
        )

    @property
    def subjects(self) -> tuple[Process, ...]:
        """The one scheme."""
        return (self.scheme,)

    @property
    def chosen(self) -> dict[str, Fraction]:
        """The parameter values of ``at``, exact."""
        return exact_values(self.at, "at", self.location)

    @property
    def ranges(self) -> dict[str, tuple[Fraction, Fraction]]:
        """The bounds of ``over``, exact."""
        ends = [
            exact_values(
                {name: pair[end] for name, pair in self.over.items()}, "over", self.location
            )
            for end in (0, 1)
        ]
        return {name: (ends[0][name], ends[1][name]) for name in self.over}

    @property
    def metric(self) -> str:
        """What ``distance`` measures, in words: the first paragraph of its docstring."""
        text = getdoc(self.distance) if callable(self.distance) else None
        if sys.flags.optimize > 1:  # python -OO leaves docstrings out
            text = text or getattr(self.distance, "__name__", "a distance")
        return " ".join((text or "").split("\n\n")[0].split()).rstrip(".")

    def shown(self, expert: Fields) -> dict[str, Real]:
        """What the channel shows of an expert, by name.

        Raises:
            SpecError: when the channel's function raises or returns something else.
        """
        assert self.channel is not None
        found = self._called("shows", self.channel.shows, expert)
        if not isinstance(found, Mapping) or not found:
            raise SpecError(
                f"shows returned {describe(found)}; return what answers reveal, as "
                f"{{name: number}}",
                location_of(self.channel.shows),
            )
        return {name: _number(value, "shows", self.channel.shows) for name, value in found.items()}

    def called(self, p: Parameters) -> int:
        """How many calls one amplified answer makes.

        Raises:
            SpecError: unless it is a whole number.
        """
        assert self.calls is not None
        found = self._called("calls", self.calls, p)
        if isinstance(found, bool) or not isinstance(found, int):
            raise SpecError(
                f"calls returned {describe(found)}; count them as a plain int, of "
                "parameters that are "
                "structural(...)",
                location_of(self.calls),
            )
        return found

    def gap(self, expert: Fields, student: Fields, p: Parameters) -> Real:
        """The distance of a student from an expert.

        Raises:
            SpecError: when the function raises, or returns no number.
        """
        assert self.distance is not None
        found = self._called("distance", self.distance, expert, student, p)
        return _number(found, "distance", self.distance)

    def allowed(self, expert: Fields, p: Parameters) -> Real:
        """The distance within which distillation lands.

        Raises:
            SpecError: when the function raises, or returns no number.
        """
        assert self.eps is not None
        return _number(self._called("eps", self.eps, expert, p), "eps", self.eps)

    def improved(self, before: Real, after: Real, p: Parameters) -> Improved:
        """What ``improvement`` says of an agent of one loss and an expert of another.

        Raises:
            SpecError: when one of its functions raises, or returns no number.
        """
        improvement = self.improvement
        assert improvement is not None
        with blaming("improvement", self.location):
            return Improved(
                improves=improvement.improves(before, p),
                some=improvement.some(p),
                less=after < improvement.known(before, p),
                spares=improvement.spares(before, after, p),
                known=improvement.known(before, p),
                edge=improvement.edge(p),
                last=improvement.last(p),
            )

    def _called(self, role: str, function: Callable[..., Any], *arguments: Any) -> Any:
        return call(function, role, location_of(function), *arguments)


def _number(value: Any, role: Literal["shows", "distance", "eps"], function: Any) -> Real:
    if not isinstance(value, Real | Count | int | Fraction | str) or isinstance(value, bool):
        raise SpecError(
            f"{role} returned {describe(value)}; return a number", location_of(function)
        )
    return Real(real_term(value))
