"""What a verdict depends on, as one hash: the traced terms, what is stated, options and versions.

Equal hashes mean equal questions put to equal programs. The steps are traced anew for it, so that
a step that reads something from outside its file has another hash once that changes.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs
import z3

from checker.cli.verdict_text import plain
from spec.fields import FieldDomain, fields_of, symbolic
from spec.invariants import Invariant, conjuncts, limits_of
from spec.nature import Choice
from spec.parameters import parameter_domains
from spec.scheme import Process
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed, Grows, Settles
from spec.statements.threshold import Threshold
from spec.trace import Position, Traced, TracedStage, trace, trace_fold
from spec.trees import Fold

KINDS = (Claim, Threshold, Grows, Settles, Closed)
"""Statements about one scheme and one invariant. Others hold functions of their own, which are not
terms until their decider calls them; they are always decided anew."""

LIBRARIES = ("z3-solver", "python-flint", "numpy", "clarabel", "hypothesis", "attrs")


def fingerprint(statement: Statement, question: Any) -> str | None:
    """The hash of a statement and of what is asked about it, or None for other kinds.

    Args:
        statement: what is stated.
        question: overriding values, options and the like, as plain data.

    Raises:
        SpecError: for a mistake in the specification.
        NoText: where something is no plain data.
    """
    if type(statement) not in KINDS:
        return None
    found = hashlib.sha256()
    for piece in _pieces(statement, question):
        found.update(piece.encode())
        found.update(b"\0")
    return found.hexdigest()


def _pieces(statement: Any, question: Any) -> Iterator[str]:
    yield from versions()
    yield repr(plain(question))
    yield type(statement).__name__
    for field in attrs.fields(type(statement)):
        if field.name not in ("scheme", "invariant", "expert_limit", "location", "at"):
            yield f"{field.name} {plain(getattr(statement, field.name))!r}"
    chosen = dict(statement.chosen)
    yield repr(plain(chosen))
    everything = {**chosen, **question["overriding"]}
    domains = parameter_domains(statement.scheme.parameters)
    shaped = {k: v for k, v in everything.items() if k in domains and domains[k].structural}
    for values in ({}, everything) if shaped else (everything,):  # each shape has its own terms
        yield from _process(statement.scheme, values, statement)


def _process(process: Process, values: Any, statement: Any) -> Iterator[str]:
    traced = trace_fold(process, values) if isinstance(process, Fold) else trace(process, values)
    yield f"{type(process).__mro__} {process.name} {process.about}"
    for name, domain in parameter_domains(process.parameters).items():
        yield f"{name} {attrs.astuple(domain)}"
    yield from _traced(traced)
    limits = [statement.invariant, getattr(statement, "expert_limit", None)]
    for position in traced.positions:
        for limit in (*limits, position.carrier.carries()):
            if limit is not None and _reads(position, limit):
                yield from _invariant(limit, position)


def _reads(position: Position, limit: Invariant) -> bool:
    """Whether an invariant can be said of a position: of the expert one may not be."""
    try:
        conjuncts(limit, position.record)
    except Exception:
        return False
    return True


def _traced(traced: Traced) -> Iterator[str]:
    yield repr(sorted(traced.values.items()))
    for position in traced.positions:
        yield f"{position.name} {position.carrier.cls.__name__} {position.domain.sexpr()}"
        yield from map(_field, position.fields)
    yield from (term.sexpr() for term in traced.seed)
    yield from map(_choice, traced.seed_choices)
    for side in traced.seed_sides:
        yield f"{side.label} {side.condition.sexpr()}"
    for name, text, condition in traced.assumptions:
        yield f"{name} {text} {condition.sexpr()}"
    for stage in traced.stages:
        yield from _stage(stage)


def _stage(stage: TracedStage) -> Iterator[str]:
    yield f"{stage.name} {stage.source.name} {stage.target.name} {stage.constraint.sexpr()}"
    yield from map(_choice, stage.choices)
    yield from (term.sexpr() for term in (*stage.outputs, *stage.unknowns))
    yield "" if stage.oversight_holds is None else stage.oversight_holds.sexpr()
    for side in stage.sides:
        yield f"{side.label} {side.division} {side.condition.sexpr()}"


def _choice(choice: Choice) -> str:
    ends = f"{choice.low.sexpr()} {choice.high.sexpr()} {choice.symbol.sexpr()}"
    return f"{choice.name} {ends} {choice.metric} {choice.role} {choice.unbounded}"


def _field(field: FieldDomain) -> str:
    ends = f"{field.low} {field.high} {field.unbounded} {field.coupled is None}"
    return f"{field.name} {field.kind} {ends} {field.doc}"


def _invariant(limit: Invariant, position: Position) -> Iterator[str]:
    """An invariant at its limits, and as a family: with its budgets as symbols."""
    cls = type(limit)
    yield f"{[each.__name__ for each in cls.__mro__]} {cls.__doc__} {limits_of(limit)}"
    budgets = [limit, symbolic(cls, "budget")[0]] if fields_of(cls) else [limit]
    for each in budgets:
        for name, condition in conjuncts(each, position.record):
            yield f"{name} {condition.term.sexpr()}"


@cache
def versions() -> tuple[str, ...]:
    """The program: Python, the libraries that decide, every line of checker and language."""
    libraries = tuple(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return (
        platform.python_version(),
        platform.machine(),
        z3.get_full_version(),
        *libraries,
        code(),
    )


def code() -> str:
    """A hash of the source files of the checker and of the language."""
    found = hashlib.sha256()
    root = Path(__file__).resolve().parents[2]
    for folder in ("checker", "spec"):
        for path in sorted((root / folder).rglob("*.py")):
            found.update(str(path.relative_to(root)).encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def digest_of(path: str) -> str:
    """A hash of what a file holds; "" where there is none."""
    file = Path(path)
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
