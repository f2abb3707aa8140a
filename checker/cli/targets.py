"""Targets: what a person types, resolved to statements: a shipped name, a file, file.py:name."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
import traceback
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import models
import properties
from spec.errors import SpecError, location_in, shorten
from spec.fields import fields_of, location_of_class, symbolic
from spec.invariants import Invariant, Unvetted, conjuncts
from spec.scheme import Process
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.ledger import Row
from spec.trees import Fold


@cache
def shipped_schemes() -> tuple[Process, ...]:
    """Every scheme in ``models``, in order of file."""
    return tuple(_unique(_instances(_modules(models), Process)))


@cache
def shipped_rows() -> tuple[Row, ...]:
    """Every row of the ledger in ``properties``, in order of file."""
    return tuple(_unique(_instances(_modules(properties), Row)))


@cache
def shipped_statements() -> tuple[Statement, ...]:
    """Every statement in ``properties``, in order of file, those in rows too."""
    return tuple(_unique(_instances(_modules(properties), Statement)))


@cache
def shipped_claims() -> tuple[Claim, ...]:
    """Every claim in ``properties``: the statements that a scheme keeps an invariant."""
    return tuple(s for s in shipped_statements() if isinstance(s, Claim))


@cache
def shipped_invariants() -> tuple[type[Invariant], ...]:
    """Every invariant that a shipped scheme carries or a shipped claim is about."""
    found: list[type[Invariant]] = []
    for scheme in shipped_schemes():
        found += _stated(scheme.agent.carries)
    found += [type(claim.invariant) for claim in shipped_claims()]
    return tuple(_unique(found))


def claims_of(target: str) -> list[Claim]:
    """The claims that a target stands for, leaving out statements of other kinds.

    Raises:
        SpecError: when there is none.
    """
    found = resolve(target)
    claims = [statement for statement in found if isinstance(statement, Claim)]
    if not claims:
        raise SpecError(
            f"{target} claims no invariant of a scheme; name a scheme", found[0].location
        )
    return claims


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
    found = [statement for statement in shipped_statements() if wanted in _names_of(statement)]
    if found:
        return found
    schemes = [scheme for scheme in shipped_schemes() if scheme.name == wanted]
    if schemes:
        return _claims_from(schemes, target)
    names = sorted(
        {s.name for s in shipped_statements()}
        | {row.name for row in shipped_rows()}
        | {s.name for s in shipped_schemes()}
        | {i.__name__.lower() for i in shipped_invariants()}
    )
    close = get_close_matches(wanted, names, 3)
    hint = f"did you mean {' or '.join(close)}?" if close else "see `alignspec list`"
    raise SpecError(f'no scheme, invariant or claim "{target}"; {hint}', "")


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
    own = [row for module in files for row in _found(vars(module).values(), Row)]
    ships = {id(row) for row in shipped_rows()}
    return [*shipped_rows(), *(row for row in own if id(row) not in ships)]


def load(path: str) -> ModuleType:
    """A user's file as a module.

    Raises:
        SpecError: naming the file and, where there is one, the line of the mistake.
    """
    file = Path(path)
    if not file.is_file():
        raise SpecError("no such file; give the path of a Python file with a scheme", path)
    name = f"alignspec_user_{abs(hash(str(file.resolve())))}"
    found = importlib.util.spec_from_file_location(name, file)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        found.loader.exec_module(module)
    except SpecError:
        raise
    except SyntaxError as error:
        location = f"{shorten(error.filename or path)}:{error.lineno or 1}"
        raise SpecError(f"{error.msg}; mend the syntax", location) from None
    except SystemExit as error:
        raise SpecError(
            'the file exits while it is read; put what it runs under `if __name__ == "__main__":`',
            location_in(error) or path,
        ) from None
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        mine = [f for f in frames if Path(f.filename).resolve() == file.resolve()]
        location = f"{shorten(path)}:{mine[-1].lineno}" if mine else path
        raise SpecError(f"{type(error).__name__}: {error}", location) from error
    return module


def _of_module(module: ModuleType, path: str, name: str) -> list[Statement]:
    if name:
        if not hasattr(module, name):
            have = [n for n, v in vars(module).items() if isinstance(v, Process | Statement | Row)]
            raise SpecError(f"no {name} in the file; it has {', '.join(have) or 'no scheme'}", path)
        found = _claims_from([getattr(module, name)], path)
    else:
        found = _claims_from(_own(module), path)
    if not found:
        raise SpecError(
            "no claim, scheme or invariant in the file; write e.g. "
            'claim = Claim("name", scheme, Invariant())',
            path if not name else f"{path}:{name}",
        )
    return found


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
    return _without_imported(module, values)


def _without_imported(module: ModuleType, values: list[Any]) -> list[Any]:
    ships = {id(thing) for thing in (*shipped_schemes(), *shipped_statements(), *shipped_rows())}
    return [value for value in _unique(values) if id(value) not in ships]


def _claims_from(values: Iterable[Any], path: str) -> list[Statement]:
    """The statements among the values; failing any, claims about the schemes; failing those, about
    the invariants, said of every shipped scheme."""
    values = list(values)
    flat = [v for value in values for v in (value if isinstance(value, list | tuple) else [value])]
    statements = list(_found(flat, Statement))
    if statements:
        return _unique(statements)
    schemes = [value for value in flat if isinstance(value, Process)]
    if schemes:
        return [
            _claim(scheme, invariant, scheme.location or path)
            for scheme in schemes
            for invariant in _stated(scheme.agent.carries)
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


def _stated(carried: type[Invariant]) -> list[type[Invariant]]:
    """The invariants that a conjunction is made of: those with a ``holds`` of their own."""
    return [
        cls
        for cls in carried.__mro__
        if issubclass(cls, Invariant)
        and cls not in (Invariant, Unvetted)
        and "holds" in cls.__dict__
    ]


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


def _instances(modules: Iterable[ModuleType], kind: type[Any]) -> Iterator[Any]:
    for module in modules:
        yield from _found(vars(module).values(), kind)


def _found(values: Iterable[Any], kind: type[Any]) -> Iterator[Any]:
    """What is of a kind among the values, in lists of them, and among a row's statements."""
    for value in values:
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, kind):
                yield item
            elif isinstance(item, Row):
                yield from (s for s in item.statements if isinstance(s, kind))


def _unique(values: Iterable[Any]) -> list[Any]:
    return list({id(value): value for value in values}.values())
