"""The parts of a file of evidence that say what was asked: the traced system, and the claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import z3

from checker.backends.solver import name_of
from checker.backends.smtlib import smtlib, symbol
from spec.invariants import Invariant, conjuncts, limits_of
from spec.statements.base import Statement
from spec.trace import Position, Traced, TracedStage


def system_section(traced: Traced) -> dict[str, Any]:
    """A scheme's steps, as they were traced, at the values of its parameters.

    Terms keep the parameters as symbols; ``parameters`` has their values.
    """
    return {
        "scheme": traced.process.name,
        "parameters": {
            symbol(name_of(s)): str(traced.values[name]) for name, s in traced.parameters.items()
        },
        "structure": {
            name: str(value)
            for name, value in traced.values.items()
            if name not in traced.parameters
        },
        "assumptions": [[text, smtlib(condition)] for _, text, condition in traced.assumptions],
        "positions": [_position(position) for position in traced.positions],
        "seed": [smtlib(term) for term in traced.seed],
        "steps": [_step(stage) for stage in traced.stages],
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        "name": position.name,
        "fields": [[symbol(name_of(s)), str(s.sort())] for s in position.symbols],
        "domain": [smtlib(position.domain)],
    }


def _step(stage: TracedStage) -> dict[str, Any]:
    """One step; nature's choices are numbered, since users name them as they like."""
    names = {
        name_of(choice.symbol): f"{stage.name}:{number}"
        for number, choice in enumerate(stage.choices, start=1)
    }
    oversight = [] if stage.oversight_holds is None else [stage.oversight_holds]
    return {
        "name": stage.name,
        "source": stage.source.name,
        "target": stage.target.name,
        "choices": [
            [
                symbol(names[name_of(choice.symbol)]),
                smtlib(choice.low, names),
                smtlib(choice.high, names),
                choice.unbounded,
            ]
            for choice in stage.choices
        ],
        "named": [choice.name for choice in stage.choices],
        "outputs": [smtlib(term, names) for term in stage.outputs],
        "oversight": [smtlib(term, names) for term in oversight],
    }


def claim_section(
    positions: Sequence[Position], limits: Mapping[str, Invariant | None]
) -> dict[str, list[str]]:
    """What is claimed at each position beside its domain: the invariant at its limits."""
    return {
        position.name: [smtlib(c) for c in _conditions(limits.get(position.name), position)]
        for position in positions
    }


def _conditions(limit: Invariant | None, position: Position) -> list[z3.BoolRef]:
    if limit is None:
        return []
    return [condition.term for _, condition in conjuncts(limit, position.record)]


def statement_section(statement: Statement, invariant: Invariant | None) -> dict[str, Any]:
    """Which statement it is."""
    limits = {} if invariant is None else limits_of(invariant)
    return {
        "name": statement.name,
        "kind": type(statement).__name__,
        "invariant": type(invariant).__name__,
        "limits": {name: str(value) for name, value in limits.items()},
    }
