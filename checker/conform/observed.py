"""Parameters that a log measures themselves: a slip that was counted, a density ratio seen in an
event.

What is measured of a parameter at a position is the true number q that the parameter bounds in the
step that leads there. Where more of the parameter only allows more of a run, it is a bound from
above, and a run is allowed only if q is at most its value; where less only allows more, from below.
So of all the values that it may have, those beyond the worst of the intervals are the ones at which
the run is not allowed. Whether more or less allows more is asked of the solver: of every choice of
nature, the run's own numbers among them, that the range at one value lies within the range at the
other (docs/theory/measured-runs.md, "Parameters that are measured themselves").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, follows
from checker.conform.columns import PARAMETER
from checker.conform.departure import Window, freed
from checker.conform.findings import Excess, Observed
from checker.conform.measured import At, Measured, Measurement, Sense
from checker.conform.relation import Relation
from spec.errors import SpecError
from spec.nodes import name_of
from spec.parameters import ParameterDomain, parameter_domains
from spec.terms import numeral

SECONDS = 1.0
"""Seconds of solving for whether more of a parameter allows more at one choice."""


def parameter_senses(
    relation: Relation, names: set[str], told: Mapping[str, Sense], budget: QueryBudget
) -> dict[str, Sense]:
    """How the values of parameters speak of what is measured of them.

    Args:
        relation: what the scheme allows.
        names: the parameters that are measured.
        told: what the user says of some.
        budget: limits on the queries.

    Raises:
        SpecError: for one of which it is not known.
    """
    found = {}
    for name in sorted(names):
        sense = told.get(name) or _sense(relation, name, budget)
        if sense is None:
            raise SpecError(
                f"{PARAMETER}.{name} is measured, but whether more or less of it allows more is "
                f"not known; say --at-most {name}, --at-least {name} or --equal {name}",
                "",
            )
        found[name] = sense
    return found


def _sense(relation: Relation, name: str, budget: QueryBudget) -> Sense | None:
    free, symbol = freed(relation.problem.traced.process, relation, name)
    overseeing = [
        step.stage.oversight_holds for step in free.steps if step.stage.oversight_holds is not None
    ]
    if any(name_of(symbol) in constants(term) for term in overseeing):
        return None  # it says when an expert can oversee, and bounds nothing that is measured
    domain = parameter_domains(relation.problem.traced.process.parameters)[name]
    more, less = (_only_adds(free, symbol, domain, up, budget) for up in (True, False))
    if more == less:
        return None
    return Sense.MOST if more else Sense.LEAST


def _only_adds(
    free: Relation, symbol: z3.ArithRef, domain: ParameterDomain, up: bool, budget: QueryBudget
) -> bool:
    """Whether moving a parameter one way never takes a value from nature or the run."""
    other = z3.Real("@another value")
    known = [numeral(domain.low) <= each for each in (symbol, other)]
    known += [each <= numeral(domain.high) for each in (symbol, other)]
    known.append(symbol <= other if up else symbol >= other)
    for step in free.steps:
        given = [*known, step.source.domain]
        for choice in step.stage.choices:
            for end, least in ((choice.low, True), (choice.high, False)):
                if name_of(symbol) not in constants(end) or (choice.unbounded and not least):
                    continue
                moved = z3.substitute(end, (symbol, other))
                wider = moved <= end if least else moved >= end
                if not follows([*given, choice.low <= choice.high], wider, budget, SECONDS).valid:
                    return False
            given += choice.within
    return True


def observe(relation: Relation, measured: Measured) -> tuple[Observed, ...]:
    """What a log measures of parameters, each against its value."""
    rows: dict[str, list[tuple[At, Measurement]]] = {}
    for at, found in sorted(measured.parameters.items()):
        for name, m in found.items():
            rows.setdefault(name, []).append((at, m))
    return tuple(
        _observed(name, each, measured.senses[name], relation.problem.traced.values[name])
        for name, each in rows.items()
    )


def _observed(
    name: str, rows: list[tuple[At, Measurement]], sense: Sense, given: Fraction
) -> Observed:
    exceeded = next(((at, m) for at, m in rows if _beyond(m, sense, given)), None)
    low, high = _merged([m for _, m in rows], sense)
    return Observed(name, sense, given, low, high, len(rows), exceeded)


def _beyond(m: Measurement, sense: Sense, given: Fraction) -> bool:
    above = sense is not Sense.LEAST and m.low > given
    return above or (sense is not Sense.MOST and m.high < given)


def _merged(found: list[Measurement], sense: Sense) -> tuple[Fraction, Fraction]:
    """An interval that holds the worst of the true numbers; of one that is told to be equal, the
    values within all."""
    ends: dict[Sense, tuple[Callable[..., Fraction], Callable[..., Fraction]]] = {
        Sense.MOST: (max, max),
        Sense.LEAST: (min, min),
        Sense.VALUE: (max, min),
    }
    low, high = ends[sense]
    return low(m.low for m in found), high(m.high for m in found)


def with_measured(
    relation: Relation,
    measured: Measured,
    window: Window,
    ended: int,
    found: tuple[Excess, ...],
) -> tuple[Excess, ...]:
    """The explanations by a parameter, each with what was measured of it in those steps.

    It is left out unless it was measured in every step that reads the parameter.
    """
    if not measured.parameters:
        return found
    return tuple(
        excess
        if excess.step
        else attrs.evolve(excess, measured=_there(relation, measured, window, ended, excess.name))
        for excess in found
    )


def _there(
    relation: Relation, measured: Measured, window: Window, ended: int, name: str
) -> tuple[Fraction, Fraction] | None:
    here = list(_read_at(relation, window, ended, name))
    rows = [measured.parameters.get(at, {}).get(name) for at in here]
    known = [m for m in rows if m is not None]
    if not known or len(known) < len(rows):
        return None
    return _merged(known, measured.senses[name])


def _read_at(relation: Relation, window: Window, ended: int, name: str) -> Iterator[At]:
    """Where the steps of a window that read a parameter lead to."""
    free, symbol = freed(relation.problem.traced.process, relation, name)
    if not window.places:
        yield relation.at(ended)
    for number, place in enumerate(window.places):
        terms = free.steps[place].stage.terms
        if any(name_of(symbol) in constants(term) for term in terms):
            yield relation.at(ended - len(window.places) + 1 + number)
