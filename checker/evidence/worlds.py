"""A step's two versions as a part of a file of evidence, with a world that breaks a bound or what
lifts it from one question to every world."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import z3

from checker.backends.curves import has_curves
from checker.backends.smtlib import smtlib, symbol
from checker.backends.solver import QueryBudget, constants
from checker.portfolio.decision import Options
from checker.worlds.lifting import lifted_by
from checker.worlds.tracing import Compared, TwoVersions, two_versions
from checker.worlds.world import World
from spec.nodes import name_of
from spec.statements.sound import Sound

TIMES = Options()


def step_section(statement: Sound, values: Mapping[str, Fraction]) -> dict[str, Any] | None:
    """The two versions as terms; None where one reads exp, log or logistic."""
    found = two_versions(statement, values)
    terms = [term for compared in found.compared for term in (compared.concrete, compared.abstract)]
    return None if has_curves(terms) else _section(found)


def _section(v: TwoVersions) -> dict[str, Any]:
    inputs, told = _inputs(v), [c.choice.symbol for c in v.chosen]
    free = [c.symbol for c in v.stage.choices if not any(c.symbol.eq(s) for s in told)]
    return {
        "inputs": list(inputs.values()),
        "values": {inputs[n]: str(x) for n, x in v.values.items() if _fixed(v, n)},
        "unread": [[_name(each)] for each in (*free, *v.stage.unknowns)],
        "given": [smtlib(term) for term in v.given],
        "draws": [[_name(d.symbol), smtlib(d.low), smtlib(d.high), d.unbounded] for d in v.draws],
        "entries": [[part, field, _name(s)] for (part, field), s in v.entries.items()],
        "table": [smtlib(term) for term in v.entry_conditions],
        "entry": [[smtlib(term), _read(term)] for term in v.entry_conditions],
        "student": [smtlib(term) for c in v.compared for term in _in_domain(v, c)],
        "means": [[inputs[i.name], smtlib(i.amount)] for i in v.inputs if not i.of_table],
        "choices": [
            [
                _name(c.choice.symbol),
                *map(smtlib, (c.choice.low, c.choice.high, c.amount)),
                c.everywhere,
            ]
            for c in v.chosen
        ],
        "compared": [
            [c.field.name, smtlib(c.concrete), smtlib(c.abstract), c.everywhere] for c in v.compared
        ],
        "uses": [
            {
                "ratio": inputs[use.name] if use.name else None,
                "tied": use.ratio is not None,
                "parts": list(use.parts),
                "columns": [[n, inputs[n], v.columns[n].everywhere] for n in use.columns],
            }
            for use in v.uses
        ],
        "same": v.same_hardness,
    }


def _fixed(v: TwoVersions, name: str) -> bool:
    return name in v.parameters and name not in v.averaged


def _in_domain(v: TwoVersions, compared: Compared) -> list[z3.BoolRef]:
    """That a student is in its domain, where the abstract one may be any that is."""
    return compared.field.conditions(compared.concrete) if v.overseen else []


def _inputs(v: TwoVersions) -> dict[str, str]:
    """By name, the symbols of what the abstract step is given."""
    source = zip((f.name for f in v.stage.source.fields), v.stage.source.symbols, strict=True)
    return {name: _name(s) for name, s in (*v.parameters.items(), *source)}


def _name(each: z3.ExprRef) -> str:
    return symbol(name_of(each))


def _read(term: z3.ExprRef) -> list[str]:
    return sorted(symbol(name) for name in constants(term))


def lifting_section(
    statement: Sound, values: Mapping[str, Fraction], *, everywhere: bool
) -> dict[str, Any]:
    """A convex set, and a function for each bound, over what a question contributes to means."""
    v = two_versions(statement, values)
    budget = QueryBudget(TIMES.query, time.monotonic() + TIMES.timeout)
    found = lifted_by(v, budget, TIMES.timeout, everywhere=everywhere)
    names = {name_of(s): f"mean:{n}" for n, s in enumerate(_contributions(v), start=1)}
    return {
        "free": everywhere,
        "hull": [smtlib(condition, names) for condition in found.hull],
        "bounds": [smtlib(bound, names) for bound in found.bounds],
    }


def _contributions(v: TwoVersions) -> Iterator[z3.ArithRef]:
    """The symbols of what a question contributes to, in the order of the step's part of the file:
    means that are told, means over the table by use, and choices that are means."""
    yield from (given.apart for given in v.inputs if not given.of_table)
    for use in v.uses:
        for name in use.columns:
            yield from (i.apart for i in v.inputs if i.use == use and i.name == name)
    yield from (chosen.choice.symbol for chosen in v.chosen if not chosen.everywhere)


def world_section(statement: Sound, values: Mapping[str, Fraction], world: World) -> dict[str, Any]:
    """A world, over the symbols of the step's part of the file."""
    v = two_versions(statement, values)
    names, drawn = _inputs(v), {d.name: _name(d.symbol) for d in v.draws}
    labels = [use.label for use in v.uses]
    return {
        "inputs": {names[n]: str(x) for n, x in world.inputs.items() if n in names},
        "asked": [
            {
                "weight": str(asked.weight),
                "draws": {drawn[n]: str(x) for n, x in asked.draws.items()},
                "parts": list(asked.parts),
            }
            for asked in world.asked
        ],
        "table": [
            {
                "weight": str(question.weight),
                "does": {n: str(x) for n, x in question.does.items()},
                "use": labels.index(question.under),
            }
            for question in world.table
        ],
    }
