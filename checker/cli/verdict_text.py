"""Verdicts as JSON text and back: data only, of classes that the checker has loaded already."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import attrs

from checker.system.verdict import Verdict
from spec.statements.base import Statement

KNOWN = ("checker.", "spec.")
"""How the names of the modules begin whose classes may be read back."""


_ODD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


class NoText(Exception):
    """A value that has no text here, or a text that says no such value."""


def write(verdict: Verdict) -> str:
    """A verdict as text, from which ``read`` makes an equal one.

    Raises:
        NoText: if it holds something else than plain data, as a fact of a user's own class.
    """
    text = json.dumps(plain(verdict), separators=(",", ":"))
    if read(text) != verdict:
        raise NoText("it does not come back as it was")
    return text


def read(text: str) -> Verdict:
    """The verdict that a text says.

    Raises:
        NoText: for any other text.
    """
    try:
        found = _value(json.loads(text))
    except NoText:
        raise
    except _ODD as error:
        raise NoText(str(error)) from error
    if not isinstance(found, Verdict):
        raise NoText("no verdict")
    return found


def plain(value: Any) -> Any:
    """A value as JSON knows it: what JSON has no form for is an object with one tagged entry.

    Raises:
        NoText: for a value of a class that is not known.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return {"enum": [_named(type(value)), value.name]}
    if type(value) in (int, float, str):
        return value
    if isinstance(value, Fraction):
        return {"fraction": f"{value.numerator}/{value.denominator}"}
    if isinstance(value, tuple | list):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [plain(each) for each in value]}
    if isinstance(value, Mapping):
        return {"mapping": [[plain(key), plain(each)] for key, each in value.items()]}
    if isinstance(value, type):
        return {"class": _named(value)}
    if attrs.has(type(value)):
        fields = {f.name: plain(getattr(value, f.name)) for f in attrs.fields(type(value))}
        return {"record": [_named(type(value)), fields]}
    raise NoText(f"{type(value).__name__} is no plain data")


def _value(text: Any) -> Any:
    if not isinstance(text, dict):
        if isinstance(text, list):
            raise NoText("a bare list")
        return text
    ((tag, said),) = text.items()
    if tag == "fraction":
        return _fraction(said)
    if tag in ("tuple", "list"):
        return (tuple if tag == "tuple" else list)(_value(each) for each in said)
    if tag == "mapping":
        return {_value(key): _value(each) for key, each in said}
    if tag == "class":
        return _class(said, Statement)
    if tag == "enum":
        return _class(said[0], Enum)[said[1]]
    if tag == "record":
        cls = _class(said[0], object)
        names = _arguments(cls)
        return cls(**{names[name]: _value(each) for name, each in said[1].items()})
    raise NoText(f"unknown: {tag}")


@lru_cache(maxsize=4096)
def _fraction(said: str) -> Fraction:
    return Fraction(said)


@cache
def _arguments(cls: Any) -> dict[str, str]:
    """The names by which a record's fields are given when it is made."""
    return {field.name: field.alias for field in attrs.fields(cls)}


def _named(cls: type) -> str:
    name = f"{cls.__module__}:{cls.__qualname__}"
    _class(name, object)
    return name


@cache
def _class(name: str, base: type) -> Any:
    """A class that is loaded already; nothing is imported, and nothing else is looked up."""
    module, _, own = name.partition(":")
    found = getattr(sys.modules.get(module), own, None) if module.startswith(KNOWN) else None
    if not isinstance(found, type) or not issubclass(found, base):
        raise NoText(f"no class {name}")
    if not (attrs.has(found) or issubclass(found, Enum)) or found.__module__ != module:
        raise NoText(f"{name} is no plain data")
    return found
