"""The language as it was imported, and record classes as they were written.

A specification is read by what its classes and the language's functions do. A file that replaces
one of them, as with ``setattr``, would have its claims mean something else than what is written.
"""

from __future__ import annotations

import sys
from inspect import isclass
from types import FunctionType
from typing import Any

from spec.errors import SpecError

_MODULES = (
    "terms",
    "curves",
    "fields",
    "agents",
    "invariants",
    "nature",
    "parameters",
    "scheme",
    "trees",
)

BY_PYTHON = frozenset(
    f"__{name}__"
    for name in (
        *("module", "qualname", "doc", "dict", "weakref", "firstlineno", "annotations"),
        *("static_attributes", "abstractmethods", "orig_bases", "parameters", "type_params"),
    )
)
"""Names that Python itself puts into every class."""

_as_imported: list[tuple[str, Any, dict[str, Any]]] = []
"""Each module and class: what it is called, itself, and its functions and classes."""
_sizes: list[int] = []
"""How many names each has, so that an added one is noticed at once."""

ABSENT = object()


def remember_language() -> None:
    """Remember the language's functions and classes; called once, when all are there."""
    for module in (sys.modules[f"spec.{name}"] for name in _MODULES):
        own = [v for v in vars(module).values() if isclass(v) and v.__module__ == module.__name__]
        owners: list[Any] = [module, *own]
        for owner in owners:
            _as_imported.append((owner.__name__, owner, _behaviour(owner)))
            _sizes.append(len(vars(owner)))


def require_language() -> None:
    """That nothing of the language was replaced, and nothing added.

    Raises:
        SpecError: naming what was.
    """
    for number, (called, owner, written) in enumerate(_as_imported):
        names = vars(owner)
        if len(names) != _sizes[number] or any(
            names.get(name) is not value for name, value in written.items()
        ):
            _compare(called, written, _behaviour(owner))
            _sizes[number] = len(names)


def _compare(called: str, written: dict[str, Any], now: dict[str, Any]) -> None:
    for name in {**now, **written}:
        if now.get(name) is not written.get(name):
            raise SpecError(
                f"{called}.{name} was replaced, so that nothing written in the language means "
                "what it says; leave the language as it is"
            )


def _behaviour(owner: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(owner).items()
        if isinstance(value, FunctionType | type | property)
    }


def parts_of(cls: type) -> dict[str, Any]:
    """What a class has that a reader of its source relies on."""
    return {name: value for name, value in vars(cls).items() if not _by_python(name)}


def difference(cls: type, written: dict[str, Any]) -> str:
    """What of a class is not as it was written, in words ("" for nothing)."""
    now = parts_of(cls)
    for name in now.keys() | written.keys():
        if now.get(name, ABSENT) is not written.get(name, ABSENT):
            how = "added" if name not in written else "replaced" if name in now else "removed"
            return f"{cls.__name__}.{name} was {how} after the class was written"
    return ""


_AT_ANY_TIME = (
    *("__parameters__", "__dict__", "__weakref__", "__doc__", "__annotations__"),
    "__slotnames__",  # what copying remembers
)


def _by_python(name: str) -> bool:
    """Whether Python and attrs put this name into classes, at times of their own."""
    return name.startswith(("_abc_", "__abstract", "__alignspec", "__attrs_types")) or (
        name in _AT_ANY_TIME or (name.startswith("__annot") and name.endswith("__"))
    )
