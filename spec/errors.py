"""Errors a user of the language can make, each with the place and the mend."""

from __future__ import annotations

import sys
from pathlib import Path

_OURS = tuple(str(Path(__file__).resolve().parent.parent / name) for name in ("spec", "checker"))


class SpecError(Exception):
    """A mistake in a specification: what is wrong, where, and how to mend it.

    The text is one line, ``file:line: what is wrong; how to mend it``.
    """

    def __init__(self, message: str, place: str | None = None) -> None:
        self.message = message
        self.place = place if place is not None else user_place()
        super().__init__(f"{self.place}: {message}" if self.place else message)


def user_place() -> str:
    """``file:line`` of the innermost frame outside the language and the engines ("" if none)."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith("<") and _is_user_file(name):
            return f"{shorten(name)}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""


def place_of(function: object) -> str:
    """``file:line`` where a function or class is defined ("" if it has no source)."""
    code = getattr(function, "__code__", None)
    if code is None:
        return getattr(function, "__qualname__", "")
    return f"{shorten(code.co_filename)}:{code.co_firstlineno}"


def shorten(name: str) -> str:
    """The path relative to the working folder where it lies below it."""
    path = Path(name)
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return name


def _is_user_file(name: str) -> bool:
    if "site-packages" in name or f"{'/'}lib{'/'}python" in name:
        return False
    return not str(Path(name).resolve()).startswith(tuple(ours + "/" for ours in _OURS))
