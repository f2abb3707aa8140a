"""A forecast from the first rows of a log, held against the rest.

Parameters are fitted so that they bound what the prefix shows even where its intervals are at their
worst ends; the steps then say where every later number can be, with nothing measured in between.
The fit is a guess about the rounds to come. What follows from it is not: a measurement outside its
range shows that some bound was exceeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from checker.backends.solver import QueryBudget
from checker.conform.estimates import Parameter, bounding_parameters, free_domains
from checker.conform.findings import Forecast, Ranged
from checker.conform.measured import Measured
from checker.conform.reach import Reach
from checker.conform.relation import Relation, ranges
from checker.conform.relation import relation as related
from checker.system.announcements import announce
from spec.errors import SpecError, alternatives


def forecast(
    relation: Relation, measured: Measured, until: int, names: Sequence[str], budget: QueryBudget
) -> Forecast:
    """What the log up to an iteration says of the rest.

    Args:
        relation: what the scheme allows.
        measured: the measurements.
        until: the last iteration of the prefix.
        names: the parameters to fit; for none, one for each choice of nature, the first of those
            that bound it of which the prefix says something.
        budget: limits on the queries.

    Raises:
        SpecError: for a prefix without a measurement or without a rest, or an unknown parameter.
    """
    prefix = measured.until(until)
    if not prefix.at or len(prefix.at) == len(measured.at):
        last = measured.last[0]
        raise SpecError(
            f"--fit-until {until} leaves nothing to fit or to forecast of 0..{last}", ""
        )
    known = [domain.name for domain in free_domains(relation)]
    for name in names:
        if name not in known:
            there = alternatives(known, name)
            raise SpecError(f"--fit {name}: no such parameter; there is {there}", "")
    fitted: dict[str, Fraction] = {}
    told: list[tuple[str, ...]] = [(name,) for name in names]
    groups = told or list(dict.fromkeys(bounding_parameters(relation)))
    for group in groups:
        for name in group:
            announce(f"fitting {name}")
            value = None if name in fitted else _fitted(relation, prefix, name, budget)
            if value is not None:
                fitted[name] = value
                relation = _at(relation, fitted)
                break
    return Forecast(until, fitted, _rows(relation, measured, prefix, budget))


def _at(relation: Relation, fitted: dict[str, Fraction]) -> Relation:
    traced = relation.problem.traced
    return related(traced.process, {**traced.values, **fitted}, relation.senses)


def _fitted(
    relation: Relation, prefix: Measured, name: str, budget: QueryBudget
) -> Fraction | None:
    """The tightest value that bounds what the prefix shows; None if it says nothing of it."""
    (domain,) = [d for d in free_domains(relation) if d.name == name]
    parameter = Parameter(relation, prefix, domain, budget)
    whole = parameter.assumed()
    ends = parameter.narrowed(*whole, strictest=True)
    if ends is None or ends == whole:
        return None
    return ends[0] if ends[0] > whole[0] else ends[1]


def _rows(
    relation: Relation, measured: Measured, prefix: Measured, budget: QueryBudget
) -> tuple[Ranged, ...]:
    reached = Reach(relation, budget).along(prefix, relation.slot(measured.last))
    rows, forecasts = [], ranges(relation, reached.images)
    for at, field, measurement in measured:
        if at in prefix.at:
            continue
        position = relation.positions[at[1]]
        number = [f.name for f in position.fields].index(field)
        rows.append(Ranged(at, field, measurement, forecasts[relation.slot(at)][number]))
    return tuple(rows)
