"""The parts of a file of evidence that say what was asked: the traced system, and the claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.curves import has_curves
from checker.backends.smtlib import smtlib, symbol
from checker.evidence.relations import relations_section
from spec.fields import fields_of
from spec.invariants import Invariant, conjuncts, limits_of
from spec.nature import Choice
from spec.nodes import name_of
from spec.parameters import parameter_domains
from spec.scheme import Process
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed, Grows, Settles
from spec.statements.threshold import Threshold, Tolerances
from spec.terms import exact
from spec.trace import Position, Traced, TracedStage, trace, trace_fold
from spec.trees import Fold

COVERED = (Claim, Closed, Settles, Grows, Threshold, Tolerances)
"""The kinds of statements whose evidence says what was asked."""


def asked_of_one(statement: Statement, values: Mapping[str, Fraction]) -> dict[str, Any]:
    """The sections that say what was asked about one scheme: which statement, at which limits.

    ``system`` is None for a kind that has no evidence yet, and for steps that read exp, log or
    logistic.

    Raises:
        SpecError: for a mistake in the specification.
    """
    if isinstance(statement, Claim) and isinstance(statement.scheme, Fold):
        return _asked_of_fold(statement, trace_fold(statement.scheme, values))
    if isinstance(statement, Claim) and not has_fields(statement.scheme):
        found = relations_section(statement)
        blank = unsaid(statement)
        named = blank["statement"] if found is None else blank["statement"] | {"relations": found}
        return blank | {"statement": named}
    if not isinstance(statement, COVERED) or not has_fields(statement.scheme):
        return unsaid(statement)
    traced = trace(statement.scheme, values)
    if not can_be_said(traced):
        return unsaid(statement)
    limits: dict[str, Invariant | None] = {p.name: None for p in traced.positions}
    if isinstance(statement, Claim):
        limits = dict.fromkeys(limits, statement.expert_limit)
    limits[traced.stages[0].source.name] = statement.invariant
    more: dict[str, Any] = {}
    if isinstance(statement, Threshold):
        more = {"along": along(statement, traced)}
    elif isinstance(statement, Tolerances):
        more = _halves(statement, traced)
    return {
        "statement": said_of(statement, statement.invariant) | more,
        "system": system_section(traced),
        "claim": claim_section(traced.positions, limits),
    }


def can_be_said(traced: Traced) -> bool:
    """Whether the system reads no exp, log or logistic, which the second solver does not know."""
    ends = [end for choice in traced.seed_choices for end in (choice.low, choice.high)]
    return not has_curves([*traced.seed, *ends, *(t for s in traced.stages for t in s.terms)])


def unsaid(statement: Statement) -> dict[str, Any]:
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
        **({"settles": True} if statement.settles else {}),
    }


def _halves(statement: Tolerances, traced: Traced) -> dict[str, Any]:
    """Along which parameter each half is imperfect, and where the other is perfect."""
    domains = parameter_domains(statement.scheme.parameters)
    names = {name: symbol(name_of(s)) for name, s in traced.parameters.items()}
    halves = [
        {
            "parameter": names[parameter],
            "low": str(domains[parameter].low),
            "perfect": {names[n]: str(exact(v)) for n, v in perfect.items() if n in names},
        }
        for parameter, perfect in statement.halves().values()
    ]
    return {"halves": halves, "share": str(exact(statement.share))}


def _asked_of_fold(claim: Claim, traced: Traced) -> dict[str, Any]:
    """The same of a fold: its steps lead from the fields of all children to the node's."""
    (node,) = traced.positions
    children = [stage.source for stage in traced.stages]
    whole = attrs.evolve(traced, positions=(node, *children))
    return {
        "statement": said_of(claim, claim.invariant),
        "system": {**system_section(whole), "fold": True},
        "claim": claim_section(whole.positions, {node.name: claim.invariant}),
    }


def has_fields(process: Process) -> bool:
    """Whether it is a loop of agents with fields."""
    return not isinstance(process, Fold) and bool(fields_of(process.agent.cls))


def names_of(traced: Traced, prefix: str, shared: Collection[str] = ()) -> dict[str, str]:
    """The names that symbols have in a file: choices are numbered, since users name them as they
    like; a prefix tells the second of two schemes, but for the parameters that they share."""
    named = [name_of(s) for position in traced.positions for s in position.symbols]
    named += [name_of(s) for name, s in traced.parameters.items() if name not in shared]
    found = {name: f"{prefix}{name}" for name in named}
    made = [(stage.name, stage.choices) for stage in traced.stages]
    for name, choices in [("the seed", traced.seed_choices), *made]:
        for number, choice in enumerate(choices, start=1):
            found[name_of(choice.symbol)] = f"{prefix}{name}:{number}"
    return found


def system_section(
    traced: Traced, prefix: str = "", shared: Collection[str] = ()
) -> dict[str, Any]:
    """A scheme's steps, as they were traced, at the values of its parameters.

    Terms keep the parameters as symbols; ``parameters`` has their values.
    """
    names = names_of(traced, prefix, shared)
    return {
        "scheme": traced.process.name,
        "parameters": {
            symbol(names.get(name_of(s), name_of(s))): str(traced.values[name])
            for name, s in traced.parameters.items()
        },
        "structure": {
            name: str(value)
            for name, value in traced.values.items()
            if name not in traced.parameters
        },
        "assumptions": [
            [text, smtlib(condition, names)] for _, text, condition in traced.assumptions
        ],
        "positions": [_position(position, prefix, names) for position in traced.positions],
        "seed": [smtlib(term, names) for term in traced.seed],
        **_choices_of_seed(traced, names),
        "steps": [_step(stage, prefix, names) for stage in traced.stages],
        "fold": False,
    }


def _choices_of_seed(traced: Traced, names: Mapping[str, str]) -> dict[str, Any]:
    """What nature chooses of a seed that is a set; nothing of one that is a point."""
    if not traced.seed_choices:
        return {}
    return {
        "seed_choices": [_choice(choice, names) for choice in traced.seed_choices],
        "seed_named": [choice.name for choice in traced.seed_choices],
    }


def _choice(choice: Choice, names: Mapping[str, str]) -> list[str | bool]:
    ends = (smtlib(choice.low, names), smtlib(choice.high, names))
    return [symbol(names[name_of(choice.symbol)]), *ends, choice.unbounded]


def _position(position: Position, prefix: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": prefix + position.name,
        "fields": [[symbol(names[name_of(s)]), str(s.sort())] for s in position.symbols],
        "domain": [smtlib(position.domain, names)],
    }


def _step(stage: TracedStage, prefix: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": stage.name,
        "source": prefix + stage.source.name,
        "target": prefix + stage.target.name,
        "choices": [_choice(choice, names) for choice in stage.choices],
        "named": [choice.name for choice in stage.choices],
        "outputs": [smtlib(term, names) for term in stage.outputs],
    }


def claim_section(
    positions: Sequence[Position],
    limits: Mapping[str, Invariant | None],
    prefix: str = "",
    names: Mapping[str, str] | None = None,
) -> dict[str, list[str]]:
    """What is claimed at each position beside its domain: the invariant at its limits."""
    return {
        prefix + position.name: [
            smtlib(c, names) for c in _conditions(limits.get(position.name), position)
        ]
        for position in positions
    }


def _conditions(limit: Invariant | None, position: Position) -> list[z3.BoolRef]:
    if limit is None:
        return []
    return [condition.term for _, condition in conjuncts(limit, position.record)]


def said_of(statement: Statement, invariant: Invariant | None) -> dict[str, Any]:
    """Which statement it is."""
    named = {"name": statement.name, "kind": type(statement).__name__}
    if invariant is None:
        return named
    limits = limits_of(invariant)
    return {
        **named,
        "invariant": type(invariant).__name__,
        "limits": {name: str(value) for name, value in limits.items()},
    }
