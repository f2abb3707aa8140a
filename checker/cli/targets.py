"""Targets: what a person types, resolved to statements: a shipped name, a file, file.py:name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from types import ModuleType
from typing import Any

from checker.cli.loader import load
from checker.cli.shipped import (
    already_imported,
    among,
    carried,
    shipped_invariants,
    shipped_rows,
    shipped_schemes,
    shipped_statements,
    unique,
)
from spec.agents import Agent
from spec.errors import SpecError, alternatives, did_you_mean
from spec.fields import fields_of, location_of_class, symbolic
from spec.invariants import Invariant, conjuncts
from spec.scheme import Process
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.ledger import Row
from spec.trees import Fold


def claims_of(target: str) -> list[Claim]:
    """The claims that a target stands for, leaving out statements of other kinds; of a scheme
    without one, that it keeps what it carries.

    Raises:
        SpecError: when there is none.
    """
    found = resolve(target)
    claims = [statement for statement in found if isinstance(statement, Claim)]
    if not claims:
        schemes = [s for s in _subjects(found) if s.name == target.lower()]
        claims = [s for s in _claims_from(schemes, target) if isinstance(s, Claim)]
    if not claims:
        raise SpecError(
            f"{target} claims no invariant of a scheme; name a scheme", found[0].location
        )
    return claims


def _subjects(statements: Iterable[Statement]) -> list[Process]:
    """The schemes that statements are about, each once."""
    return list({id(p): p for statement in statements for p in statement.subjects}.values())


def claims_of_one(target: str) -> list[Claim]:
    """The claims about the one scheme that a target names.

    Raises:
        SpecError: when it names several.
    """
    claims = claims_of(target)
    schemes = list(dict.fromkeys(claim.scheme.name for claim in claims))
    if len(schemes) > 1:
        raise SpecError(
            f"{target} names {len(schemes)} schemes ({', '.join(schemes)}); name one, as "
            "file.py:name",
            "",
        )
    return claims


def claims_of_loop(target: str) -> list[Claim]:
    """What is claimed, at its defaults, of the one scheme that a target names, whose runs are
    sequences of numbers.

    Raises:
        SpecError: when it names several, or one without such runs.
    """
    claims = claims_of_one(target)
    if isinstance(claims[0].scheme, Fold):
        raise SpecError(f"{target} is a fold over trees; only loops have runs", "")
    if not fields_of(claims[0].scheme.agent.cls):
        raise SpecError(f"{target} is uninterpreted and has no runs", "")
    return [claim for claim in claims if not claim.at] or claims[:1]


def resolve(target: str) -> list[Statement]:
    """The statements that a target stands for.

    Raises:
        SpecError: when there is no such thing, or its file cannot be read.
    """
    path, _, name = target.partition(":")
    if path.endswith(".py"):
        return _of_module(load(path), path, name)
    wanted = target.lower()
    rows = [row for row in shipped_rows() if row.name.lower() == wanted]
    if rows:
        return [statement for row in rows for statement in row.statements]
    if wanted in _shipped_names():
        return list(_shipped_names()[wanted])
    schemes = [scheme for scheme in shipped_schemes() if scheme.name == wanted]
    if schemes:
        return _claims_from(schemes, target)
    names = sorted(
        {s.name for s in shipped_statements()}
        | {row.name for row in shipped_rows()}
        | {s.name for s in shipped_schemes()}
        | {i.__name__.lower() for i in shipped_invariants()}
    )
    hint = did_you_mean(names, wanted) or "see `alignspec list`"
    raise SpecError(f'no scheme, invariant or claim "{target}"; {hint}', "")


@cache
def _shipped_names() -> dict[str, list[Statement]]:
    """The shipped statements by what a person may type for them."""
    found: dict[str, list[Statement]] = {}
    for statement in shipped_statements():
        for name in _names_of(statement):
            found.setdefault(name, []).append(statement)
    return found


def _names_of(statement: Statement) -> set[str]:
    """What a person may type for a statement: its name, its schemes', its invariant's."""
    names = {statement.name.lower(), *(process.name for process in statement.subjects)}
    if isinstance(statement, Claim):
        names.add(type(statement.invariant).__name__.lower())
    return names


def rows_of(targets: Iterable[str]) -> list[Row]:
    """The rows of the ledger, and those written in the files among the targets."""
    paths = dict.fromkeys(target.partition(":")[0] for target in targets)
    files = [load(path) for path in paths if path.endswith(".py")]
    own = [row for module in files for row in among(vars(module).values(), Row)]
    ships = already_imported()
    named = [path for path in paths if not path.endswith(".py")]
    shipped = shipped_rows() if named or not paths else ()
    return [*shipped, *(row for row in own if id(row) not in ships)]


def _of_module(module: ModuleType, path: str, name: str) -> list[Statement]:
    if name:
        found = _named(module, path, name)
    else:
        own = _own(module)
        _require_a_scheme(own, path)
        found = _claims_from(own, path)
    if not found:
        raise SpecError(
            "no claim, scheme or invariant in the file; write e.g. "
            'claim = Claim("name", scheme, Invariant())',
            path if not name else f"{path}:{name}",
        )
    _require_names(found, path)
    return found


def _named(module: ModuleType, path: str, name: str) -> list[Statement]:
    """What a variable of the file stands for, or what is printed under a name.

    Raises:
        SpecError: if it has neither.
    """
    if hasattr(module, name):
        return _claims_from([getattr(module, name)], path)
    found = [s for s in _claims_from(_own(module), path) if name.lower() in _names_of(s)]
    if not found:
        have = [n for n, v in vars(module).items() if isinstance(v, Process | Statement | Row)]
        raise SpecError(f"no {name} in the file; it has {alternatives(have, name)}", path)
    return found


def _require_names(found: Sequence[Statement], path: str) -> None:
    """That no two statements, and no two schemes, of a file have one name.

    Raises:
        SpecError: naming two that have.
    """
    named: dict[tuple[str, str], Statement | Process] = {}
    things: list[Statement | Process] = []
    things += unique(process for statement in found for process in statement.subjects)
    for thing in (*things, *found):
        kind = "scheme" if isinstance(thing, Process) else "statement"
        other = named.setdefault((kind, thing.name), thing)
        if other is not thing:
            raise SpecError(
                f'two {kind}s are named "{thing.name}", here and at {other.location or path}; '
                "give each a name of its own",
                thing.location or path,
            )


def _require_a_scheme(values: Sequence[Any], path: str) -> None:
    """That a file with agents of its own does not leave its scheme out.

    Raises:
        SpecError: naming the agent that no scheme is about.
    """
    if any(isinstance(value, Statement | Process | Row) for value in values):
        return
    for value in values:
        if isinstance(value, type) and issubclass(value, Agent):
            raise SpecError(
                f"no scheme in the file, though it has an agent of its own, {value.__name__}; "
                f'write e.g. scheme = Loop[..., {value.__name__}[...]]("name", parameters=..., '
                "seed=..., step=...)",
                path,
            )


def _own(module: ModuleType) -> list[Any]:
    """What the module defines itself, not what it imports."""
    values: list[Any] = []
    for value in list(vars(module).values()):
        if isinstance(value, type):
            if value.__module__ == module.__name__:
                values.append(value)
        elif isinstance(value, list | tuple):
            values += [item for item in value if isinstance(item, Statement | Row | Process)]
        elif isinstance(value, Statement | Row | Process):
            values.append(value)
    return _without_shipped(values)


def _without_shipped(values: list[Any]) -> list[Any]:
    ships = already_imported()
    return [value for value in unique(values) if id(value) not in ships]


def _claims_from(values: Iterable[Any], path: str) -> list[Statement]:
    """The statements among the values; failing any, claims about the schemes; failing those, about
    the invariants, one for every shipped scheme that has the fields."""
    values = list(values)
    flat = [v for value in values for v in (value if isinstance(value, list | tuple) else [value])]
    statements = list(among(flat, Statement))
    if statements:
        return unique(statements)
    schemes = [value for value in flat if isinstance(value, Process)]
    if schemes:
        return [
            _claim(scheme, invariant, scheme.location or path)
            for scheme in schemes
            for invariant in carried(scheme.agent.carries)
        ]
    invariants = [v for v in flat if isinstance(v, type) and issubclass(v, Invariant)]
    return [
        _claim(scheme, invariant, location_of_class(invariant))
        for invariant in invariants
        for scheme in _schemes_of(invariant)
    ]


def _schemes_of(invariant: type[Invariant]) -> list[Process]:
    """The shipped schemes whose agents have the fields that the invariant reads.

    If there is none, all of them: the error then names the field that is missing.
    """
    loops = (scheme for scheme in shipped_schemes() if not isinstance(scheme, Fold))
    schemes = [scheme for scheme in loops if fields_of(scheme.agent.cls)]
    return [scheme for scheme in schemes if _can_be_said(invariant, scheme)] or schemes


def _can_be_said(invariant: type[Invariant], scheme: Process) -> bool:
    record, _ = symbolic(scheme.agent.cls, "agent")
    try:
        conjuncts(invariant(), record)
    except SpecError as error:
        return not isinstance(error.__cause__, AttributeError)
    return True


def _claim(scheme: Process, invariant: type[Invariant], location: str) -> Claim:
    return Claim(
        f"{scheme.name}/{invariant.__name__.lower()}", scheme, invariant(), location=location
    )
