"""Errors a user of the language can make, each with its location and the fix."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from inspect import isfunction
from pathlib import Path
from types import FrameType
from typing import Any

import attrs

_ROOT = Path(__file__).resolve().parent.parent
_OURS = tuple(f"{_ROOT / name}/" for name in ("alignspec", "spec", "checker"))
_COMMAND = f"{_ROOT / 'checker' / 'cli'}/"

# Code that Python or a library made up while it ran. Any other name in angle brackets, such as
# <stdin> or a notebook's cell, is where the user wrote something.
_MADE_UP = ("<attrs generated", "<frozen ", "<compiled step", "<__array_function__")

_SHOWN = 40
"""Characters of a wrong value that a message shows."""


_listeners: list[list[SpecError]] = []
"""Who is told of each mistake when it is found, whoever catches it; see ``heard``."""


class SpecError(Exception):
    """A mistake in a specification: what is wrong, where, and how to fix it.

    The text is one line, ``file:line: what is wrong; how to fix it``.
    """

    def __init__(self, message: str, location: str | None = None) -> None:
        self.message = message
        self.location = location if location is not None else user_location()
        super().__init__(f"{self.location}: {message}" if self.location else message)
        for listener in _listeners:
            listener.append(self)

    def __reduce__(self) -> tuple[type[SpecError], tuple[str, str]]:
        """What another process needs to say the same."""
        return SpecError, (self.message, self.location)


def user_location(frame: FrameType | None = None) -> str:
    """``file:line`` of the innermost frame outside the language and the engines ("" if none).

    Whatever called the command line is not the user's specification, so the walk ends there.

    Args:
        frame: where the walk begins; at the caller for None.
    """
    frame = frame or sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if is_user_file(name):
            return f"{shorten(name)}:{frame.f_lineno}"
        if frame.f_back is None or _resolved(name).startswith(_COMMAND):
            break
        frame = frame.f_back
    return ""


def location_of(function: object) -> str:
    """``file:line`` where a function is defined (its name, or "", if it has no source)."""
    inner = getattr(function, "func", None), vars(type(function)).get("__call__")
    codes = (getattr(each, "__code__", None) for each in (function, *inner))
    code = next((code for code in codes if code is not None), None)
    if code is None:
        return getattr(function, "__qualname__", "")
    return f"{shorten(code.co_filename)}:{code.co_firstlineno}"


def location_in(error: BaseException) -> str:
    """``file:line`` of the user's line that the error came from ("" if none did)."""
    location, entry = "", error.__traceback__
    while entry is not None:
        name = entry.tb_frame.f_code.co_filename
        if is_user_file(name):
            location = f"{shorten(name)}:{entry.tb_lineno}"
        entry = entry.tb_next
    return location


@contextmanager
def heard() -> Iterator[None]:
    """Let no mistake be lost that the user's code makes meanwhile, and catches.

    A condition has no truth value, so ``if`` raises; where that is caught, Python goes on along one
    branch, as if the condition were known.

    Raises:
        SpecError: for the first mistake, if it was caught.
    """
    mistakes: list[SpecError] = []
    _listeners.append(mistakes)
    try:
        yield
    finally:
        _listeners.pop()
    if mistakes:
        raise SpecError(
            f"an error was caught that says that something cannot be: {mistakes[0].message}; let "
            "it through, without try",
            mistakes[0].location,
        )


@contextmanager
def blaming(what: str, location: str) -> Iterator[None]:
    """Turn whatever the user's own code raises into an error at its line, or at ``place``."""
    try:
        yield
    except SpecError as error:
        if error.location:
            raise
        raise SpecError(error.message, location) from None
    except (Exception, SystemExit) as error:
        text = _describe_error(error)
        raise SpecError(f"{what} raised {text}", location_in(error) or location) from error


def _describe_error(error: BaseException) -> str:
    """What an exception says, on one line, with a fix where one is known."""
    name = type(error).__name__
    text = " ".join(str(error).split())
    if isinstance(error, AttributeError) and name == "FrozenInstanceError":
        return f"{name}; a record is never changed: return a new one that names every field"
    if isinstance(error, RecursionError):
        return f"{name}; it calls itself without end, so give the recursion a plain int to stop at"
    if isinstance(error, AttributeError) and attrs.has(type(error.obj)):
        cls: Any = type(error.obj)
        fields = alternatives((field.name for field in attrs.fields(cls)), error.name or "")
        return f"{name}: {cls.__name__} has no {error.name}; it has {fields}"
    return f"{name}: {text}" if text else name


def alternatives(known: Iterable[str], wanted: str) -> str:
    """The names that there are, and which of them may have been meant.

    Args:
        known: the names.
        wanted: what was written instead of one.
    """
    listed = list(dict.fromkeys(known))
    meant = did_you_mean(listed, wanted)
    return (", ".join(listed) or "none") + (f"; {meant}" if meant else "")


def did_you_mean(known: Iterable[str], wanted: str) -> str:
    """Which of many names may have been meant, as a question; "" if none is near."""
    lower = {name.lower(): name for name in reversed(list(known))}
    close = [lower[found] for found in get_close_matches(wanted.lower(), lower, 2)]
    return f"did you mean {' or '.join(close)}?" if close else ""


def describe(value: Any) -> str:
    """A wrong value as a message shows it: a term by its type, else the start of its repr."""
    cls = type(value)
    if cls.__module__.startswith(("spec.", "z3.")) or attrs.has(cls):
        return _a(cls)
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isfunction(value):
        return f"the function {value.__name__}"
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an int of too many digits, or a repr that is broken
        return f"this {cls.__name__}"
    if text.startswith("<"):  # an object's address tells nobody anything
        return _a(cls)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _a(cls: type) -> str:
    return f"{'an' if cls.__name__[0] in 'AEIOaeio' else 'a'} {cls.__name__}"


def shorten(name: str) -> str:
    """The path relative to the working folder where it lies below it."""
    try:
        return _below(os.getcwd(), name)
    except OSError:
        return name


@cache
def _below(folder: str, name: str) -> str:
    try:
        return str(Path(_resolved_in(folder, name)).relative_to(folder))
    except ValueError:
        return name


def is_user_file(name: str) -> bool:
    """Whether code with this file name is the user's: no library's, and neither ours."""
    if name.startswith(_MADE_UP) or "site-packages" in name or f"{'/'}lib{'/'}python" in name:
        return False
    return not _resolved(name).startswith(_OURS)


def _resolved(name: str) -> str:
    try:
        return _resolved_in(os.getcwd(), name)
    except OSError:
        return name


@cache
def _resolved_in(folder: str, name: str) -> str:
    """The whole path; kept, since every field and class asks for those of all its callers."""
    return str(Path(folder, name).resolve())
