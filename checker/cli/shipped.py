"""What ships: the schemes of ``models``, the statements and rows of ``properties``.

Both packages are imported when they are asked for, so that a file of one's own is checked without.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from alignspec.packages import ROOT, SHIPPED, NameClash, is_ours, own
from checker.report.overview import System
from spec.errors import SpecError
from spec.invariants import Invariant, Unvetted
from spec.scheme import Process
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.ledger import Row

T = TypeVar("T")


@cache
def shipped_schemes() -> tuple[Process, ...]:
    """Every scheme in ``models``, in order of file."""
    return tuple(unique(_instances("models", Process)))


@cache
def shipped_systems() -> tuple[System, ...]:
    """Every file of ``models`` that a scheme is written in, in order of file."""
    written: dict[str, list[str]] = {}
    for scheme in shipped_schemes():
        file = Path(scheme.location.rpartition(":")[0]).stem
        written.setdefault(file, []).append(scheme.name)
    return tuple(
        System(
            file.replace("_", "-"),
            (sys.modules[f"models.{file}"].__doc__ or "").partition("\n")[0],
            tuple(names),
        )
        for file, names in sorted(written.items())
    )


@cache
def shipped_rows() -> tuple[Row, ...]:
    """Every row of the ledger in ``properties``, in order of file."""
    return tuple(unique(_instances("properties", Row)))


@cache
def shipped_statements() -> tuple[Statement, ...]:
    """Every statement in ``properties``, in order of file, those in rows too."""
    return tuple(unique(_instances("properties", Statement)))


@cache
def shipped_claims() -> tuple[Claim, ...]:
    """Every claim in ``properties``: the statements that a scheme keeps an invariant."""
    return tuple(s for s in shipped_statements() if isinstance(s, Claim))


@cache
def shipped_invariants() -> tuple[type[Invariant], ...]:
    """Every invariant that a shipped scheme carries or a shipped claim is about."""
    found: list[type[Invariant]] = []
    for scheme in shipped_schemes():
        found += carried(scheme.agent.carries)
    found += [type(claim.invariant) for claim in shipped_claims()]
    return tuple(unique(found))


def already_imported() -> set[int]:
    """The ids of what ships and has been imported so far, as by a user's file."""
    named = [m for name, m in list(sys.modules.items()) if name.partition(".")[0] in SHIPPED]
    modules = [module for module in named if is_ours(module)]
    kinds = (Process, Statement, Row)
    return {id(thing) for m in modules for kind in kinds for thing in among(vars(m).values(), kind)}


def carried(invariant: type[Invariant]) -> list[type[Invariant]]:
    """The invariants that a conjunction is made of: those with a ``holds`` of their own."""
    return [
        cls
        for cls in invariant.__mro__
        if issubclass(cls, Invariant)
        and cls not in (Invariant, Unvetted)
        and "holds" in cls.__dict__
    ]


def among(values: Iterable[Any], kind: type[Any]) -> Iterator[Any]:
    """What is of a kind among the values, in lists of them, and among a row's statements."""
    for value in values:
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, kind):
                yield item
            elif isinstance(item, Row):
                yield from (s for s in item.statements if isinstance(s, kind))


def unique(values: Iterable[T]) -> list[T]:
    """The values, each once."""
    return list({id(value): value for value in values}.values())


def _modules(package: str) -> Iterator[ModuleType]:
    try:
        own(package)
    except NameClash as error:
        raise SpecError(str(error), "") from None
    modules = pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
    for found in sorted(modules, key=lambda item: item.name):
        yield importlib.import_module(found.name)


def _instances(package: str, kind: type[Any]) -> Iterator[Any]:
    for module in _modules(package):
        yield from among(vars(module).values(), kind)
