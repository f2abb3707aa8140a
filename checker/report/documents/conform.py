"""Documents of measured runs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checker.conform.findings import (
    Conformance,
    Departure,
    Estimate,
    Excess,
    Forecast,
    Observed,
    Outlook,
    Ranged,
)
from checker.conform.measured import At, Measurement
from checker.report.conform import ends_of
from checker.report.documents.base import document, enclosures, exact, exact_values, trace_step
from checker.report.words import ending


@document.register
def _(found: Conformance) -> dict[str, Any]:
    measured, explained = found.measured, found.explained
    run = None
    if explained is not None:
        run = {
            "until": _place(found, divmod(explained.until, len(found.fields))),
            "seed": enclosures(explained.run.seed),
            "steps": [trace_step(step) for step in explained.run.steps],
        }
    return {
        "scheme": found.scheme,
        "log": measured.file,
        "verdict": found.judgement.value,
        "confidence": str(measured.certainty.confidence),
        "counts": measured.cells,
        "parameters": exact_values(found.parameters),
        "senses": {
            position: {
                name: sense.value
                for (place, name), sense in found.senses.items()
                if place == position
            }
            for position in measured.positions
        },
        "measurements": [_measurement(found, *row) for row in measured],
        "run": run,
        "departure": None if found.departure is None else _departure(found, found.departure),
        "beside": [
            {**_place(found, at), "share": name, "interval": _ends(m.low, m.high)}
            for at, shares in sorted(measured.beside.items())
            for name, m in shares.items()
        ],
        "observed": [_observed(found, each) for each in found.observed],
        "estimates": [document(estimate) for estimate in found.estimates],
        "outlook": [document(outlook) for outlook in found.outlook],
        "ended": None if found.ended is None else ending(found.ended),
        "forecast": None if found.forecast is None else _forecast(found, found.forecast),
    }


def _senses(found: Conformance, position: str) -> dict[str, str]:
    return {name: s.value for (place, name), s in found.senses.items() if place == position}


def _place(found: Conformance, at: At) -> dict[str, Any]:
    return {"iteration": at[0], "position": found.measured.positions[at[1]]}


def _ends(low: Fraction, high: Fraction | None) -> list[str | None]:
    return [str(low), exact(high)]


def _measurement(found: Conformance, at: At, field: str, measured: Measurement) -> dict[str, Any]:
    counted = measured.counted
    return {
        **_place(found, at),
        "field": field,
        "row": measured.row,
        "count": None if counted is None else counted[0],
        "of": None if counted is None else counted[1],
        "interval": _ends(measured.low, measured.high),
        "allowed": _ends(*ends_of(found, found.allowed, at, field)),
        "guaranteed": _ends(*ends_of(found, found.bands, at, field)),
        "departs": at in found.departs,
    }


def _observed(found: Conformance, observed: Observed) -> dict[str, Any]:
    exceeded = None
    if observed.exceeded is not None:
        at, m = observed.exceeded
        exceeded = {
            **_place(found, at),
            "row": m.row,
            "rank": m.rank,
            "interval": _ends(m.low, m.high),
        }
    return {
        "parameter": observed.name,
        "sense": observed.sense.value,
        "given": str(observed.given),
        "interval": _ends(observed.low, observed.high),
        "positions": observed.rows,
        "exceeded": exceeded,
    }


def _departure(found: Conformance, departure: Departure) -> dict[str, Any]:
    return {
        **_place(found, departure.at),
        "steps": list(departure.steps),
        "first": departure.first,
        "explanations": [document(excess) for excess in departure.explanations],
    }


@document.register
def _(excess: Excess) -> dict[str, Any]:
    return {
        "kind": excess.kind.value,
        "step": excess.step or None,
        "name": excess.name,
        "end": excess.end.value,
        "assumed": str(excess.allowed),
        "exceeded_by": str(excess.least),
        "enough": None if excess.enough is None else str(excess.enough),
        "bounded_by": list(excess.reads),
        "overseen": excess.overseen,
        "measured": None if excess.measured is None else _ends(*excess.measured),
        "ruled_out": excess.ruled_out,
    }


@document.register
def _(estimate: Estimate) -> dict[str, Any]:
    return {
        "parameter": estimate.name,
        "given": str(estimate.given),
        "possible": _ends(*estimate.domain),
        "interval": None if estimate.empty else _ends(estimate.low, estimate.high),
        "enough": None if estimate.enough is None else str(estimate.enough),
        "identified": estimate.identified,
        "cut_short": estimate.cut_short,
        "measured": None if estimate.measured is None else _ends(*estimate.measured),
        "until": estimate.until,
        "silent": None if estimate.identified else estimate.silent.value,
        "through": list(estimate.through),
    }


@document.register
def _(outlook: Outlook) -> dict[str, Any]:
    return {
        "invariant": outlook.invariant,
        "kept": outlook.kept.value,
        "clear": outlook.clear,
        "breaks": outlook.breaks,
        "broken": list(outlook.broken),
    }


def _forecast(found: Conformance, forecast: Forecast) -> dict[str, Any]:
    return {
        "until": forecast.until,
        "fitted": exact_values(forecast.fitted),
        "failed": len(forecast.failed),
        "rows": [_ranged(found, row) for row in forecast.rows],
    }


def _ranged(found: Conformance, row: Ranged) -> dict[str, Any]:
    return {
        **_place(found, row.at),
        "field": row.field,
        "interval": _ends(row.measurement.low, row.measurement.high),
        "forecast": _ends(*row.ends),
        "failed": row.failed,
    }
