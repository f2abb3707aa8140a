"""The explorer: one HTML page with a slider for each parameter, and what is told to it.

The page asks for verdicts with exact values, as texts such as "1/6". The numbers that are drawn,
floats among them, only make pictures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import singledispatch
from typing import Any

import attrs

from checker.counterexamples.simulation import Simulation
from checker.explain.budget_flow import BudgetFlow
from checker.parameters.axes import Axis
from checker.parameters.partition import DecidedCell
from checker.report.course import middle, moments, moving, values_of
from checker.report.documents.base import document
from checker.report.html import embedded, render
from checker.report.ledger import brief
from checker.report.partition import CELL_ANSWERS, LEGEND
from checker.report.verdict import plain
from checker.report.words import amount, describe, number
from checker.system.findings import Trying
from checker.system.parametric import Cell
from checker.system.replay import Run
from checker.system.verdict import Verdict
from spec.invariants import limits_of
from spec.parameters import ParameterDomain, parameter_domains
from spec.scheme import Process
from spec.statements.claim import Claim

FEWEST_STEPS = 500
"""A slider has at least so many positions, unless its parameter is a whole number."""


@attrs.frozen
class Mapped:
    """A part of a region map under way: cells that were decided, and the share that is not."""

    cells: tuple[DecidedCell, ...]
    undecided: Fraction


@attrs.frozen
class Panel:
    """One scheme of the explorer.

    Args:
        scheme: the scheme.
        claims: what is claimed of it at its defaults, an invariant each.
        chosen: values at which its sliders stand first, where they are not the defaults.
        axes: the parameters that its map begins with; those that come first if there are not two.
    """

    scheme: Process
    claims: Sequence[Claim]
    chosen: Mapping[str, Fraction]
    axes: Sequence[Axis] = ()


def explorer_page(panels: Sequence[Panel], token: str, nonce: str) -> str:
    """The whole page.

    Args:
        panels: the schemes that stand side by side.
        token: what the page must send with whatever it asks.
        nonce: what marks the page's own script and style.
    """
    data = {
        "token": token,
        "panels": [_panel(panel) for panel in panels],
        "legend": {CELL_ANSWERS[answer]: words for answer, words in LEGEND.items()},
    }
    names = [panel.scheme.name for panel in panels]
    return render("explorer.html.j2", names=names, nonce=nonce, data=embedded(data))


def _panel(panel: Panel) -> dict[str, Any]:
    domains = parameter_domains(panel.scheme.parameters)
    return {
        "scheme": panel.scheme.name,
        "claims": [_claim(claim) for claim in panel.claims],
        "axes": [_axis(axis) for axis in panel.axes],
        "parameters": [
            slider(domain) | {"value": str(panel.chosen.get(name, domain.default))}
            for name, domain in domains.items()
        ],
    }


def _axis(axis: Axis) -> dict[str, str]:
    window = "" if axis.window is None else "..".join(map(str, axis.window))
    return {"name": axis.name, "window": window}


def _claim(claim: Claim) -> dict[str, str]:
    limits = ", ".join(f"{name} <= {value}" for name, value in limits_of(claim.invariant).items())
    about = " ".join((type(claim.invariant).__doc__ or "").split())
    return {"name": type(claim.invariant).__name__, "limits": limits, "about": about}


def slider(domain: ParameterDomain) -> dict[str, Any]:
    """A parameter and the positions of its slider: its two ends, and in between the multiples of a
    power of ten (10 to the ``-places``), ``count`` of them from the ``first`` multiple on."""
    places = 0
    if not domain.structural:
        span = domain.high - domain.low
        while span and span * 10**places < FEWEST_STEPS:
            places += 1
        while span and places > -30 and span * Fraction(10) ** (places - 1) >= FEWEST_STEPS:
            places -= 1
    unit = Fraction(10) ** -places
    first = domain.low // unit + 1
    last = -(-domain.high // unit) - 1
    return {
        "name": domain.name,
        "low": str(domain.low),
        "high": str(domain.high),
        "default": str(domain.default),
        "about": domain.doc,
        "source": domain.source,
        "whole": domain.structural,
        "places": places,
        "first": str(first),
        "count": max(0, last - first + 1),
    }


@singledispatch
def message(shown: object) -> dict[str, Any] | None:
    """What the page is told of something that was announced; None where it is told nothing."""
    del shown
    return None


@message.register
def _(verdict: Verdict) -> dict[str, Any]:
    told = {
        "verdict": document(verdict),
        "found": brief(verdict),
        "story": plain(verdict).strip(),
    }
    if verdict.run is not None:
        told["run"] = _course(verdict.run) | {
            "kind": "counterexample",
            "broken": verdict.run.broken,
        }
    return told


@message.register
def _(fact: Trying) -> dict[str, Any]:
    return {"trying": fact.engine}


@message.register
def _(simulation: Simulation) -> dict[str, Any]:
    return {"run": _course(simulation.run) | {"kind": "simulated", "broken": None}}


@message.register
def _(flow: BudgetFlow) -> dict[str, Any]:
    bounds = {
        bound
        for line in flow.lines
        for bound in (line.slack, *(b for e in line.entries for b in (e.before, e.after, e.change)))
        if bound is not None
    }
    return {"budget": document(flow) | {"words": {str(b): number(b) for b in bounds}}}


@message.register
def _(part: Mapped) -> dict[str, Any]:
    return {
        "cells": [
            [
                *_floats(cell.cell),
                CELL_ANSWERS[cell.decided.answer],
                cell.decided.iteration,
                "" if cell.decided.evidence is None else describe(cell.decided.evidence),
            ]
            for cell in part.cells
        ],
        "undecided": float(part.undecided),
    }


def _floats(cell: Cell) -> list[float]:
    return [float(end) for ends in cell for end in ends]


def _course(run: Run) -> dict[str, Any]:
    """The fields that move, round by round, as points of a drawing."""
    course = moments(run)
    known = {name: values_of(name, course) for name in moving(course)}
    return {
        "rounds": run.iteration,
        "fields": [
            {
                "name": name,
                "first": amount(values[0][1]),
                "last": amount(values[-1][1]),
                "points": [[number, middle(value)] for number, value in values],
            }
            for name, values in known.items()
        ],
    }
