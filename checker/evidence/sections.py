"""The parts of a file of evidence that say what was asked: the traced system, and the claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.curves import has_curves
from checker.backends.smtlib import smtlib, symbol
from checker.backends.solver import name_of
from spec.fields import fields_of
from spec.invariants import Invariant, conjuncts, limits_of
from spec.parameters import parameter_domains
from spec.scheme import Process
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed, Grows, Settles
from spec.statements.threshold import Threshold
from spec.terms import exact
from spec.trace import Position, Traced, TracedStage, trace, trace_fold
from spec.trees import Fold

COVERED = (Claim, Closed, Settles, Grows, Threshold)
"""The kinds of statements whose evidence says what was asked."""


def asked(statement: Statement, values: Mapping[str, Fraction]) -> dict[str, Any]:
    """The sections that say what was asked: which statement, of which system, at which limits.

    ``system`` is None for a kind that has no evidence yet, and for a seed that is a set.

    Raises:
        SpecError: for a mistake in the specification.
    """
    if isinstance(statement, Claim) and isinstance(statement.scheme, Fold):
        return _asked_of_fold(statement, trace_fold(statement.scheme, values))
    if not isinstance(statement, COVERED) or not _has_fields(statement.scheme):
        return _unsaid(statement)
    if isinstance(statement, Threshold) and statement.settles:
        return _unsaid(statement)
    traced = trace(statement.scheme, values)
    if traced.seed_choices or _curved(traced):
        return _unsaid(statement)
    limits: dict[str, Invariant | None] = {p.name: None for p in traced.positions}
    if isinstance(statement, Claim):
        limits = dict.fromkeys(limits, statement.expert_limit)
    limits[traced.stages[0].source.name] = statement.invariant
    turns = {"along": along(statement, traced)} if isinstance(statement, Threshold) else {}
    return {
        "statement": _statement(statement, statement.invariant) | turns,
        "system": system_section(traced),
        "claim": claim_section(traced.positions, limits),
    }


def _curved(traced: Traced) -> bool:
    """Whether the system reads exp, log or logistic, which the second solver does not know."""
    return has_curves([*traced.seed, *(term for stage in traced.stages for term in stage.terms)])


def _unsaid(statement: Statement) -> dict[str, Any]:
    """The name of a statement whose evidence does not say what was asked."""
    named = {"name": statement.name, "kind": type(statement).__name__}
    return {"statement": named, "system": None, "claim": {}}


def along(statement: Threshold, traced: Traced) -> dict[str, Any]:
    """Along which parameter a claim is stated to turn, and where."""
    domain = parameter_domains(statement.scheme.parameters)[statement.parameter]
    return {
        "parameter": symbol(name_of(traced.parameters[statement.parameter])),
        "domain": [str(domain.low), str(domain.high)],
        "value": None if statement.number is None else str(statement.number),
        "polynomial": list(statement.polynomial or ()),
        "near": None if statement.near is None else str(exact(statement.near)),
        "included": statement.included,
        "away": statement.away,
    }


def _asked_of_fold(claim: Claim, traced: Traced) -> dict[str, Any]:
    """The same of a fold: its steps lead from the fields of all children to the node's."""
    (node,) = traced.positions
    children = [stage.source for stage in traced.stages]
    whole = attrs.evolve(traced, positions=(node, *children))
    return {
        "statement": _statement(claim, claim.invariant),
        "system": {**system_section(whole), "fold": True},
        "claim": claim_section(whole.positions, {node.name: claim.invariant}),
    }


def _has_fields(process: Process) -> bool:
    """Whether it is a loop of agents with fields."""
    return not isinstance(process, Fold) and bool(fields_of(process.agent.cls))


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
        "fold": False,
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


def _statement(statement: Statement, invariant: Invariant) -> dict[str, Any]:
    """Which statement it is."""
    limits = limits_of(invariant)
    return {
        "name": statement.name,
        "kind": type(statement).__name__,
        "invariant": type(invariant).__name__,
        "limits": {name: str(value) for name, value in limits.items()},
    }
