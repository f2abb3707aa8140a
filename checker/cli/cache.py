"""Verdicts that are kept from one run to the next, so that nothing is decided twice.

What is kept is JSON text under the hash of everything that it depends on. Only proofs,
counterexamples and vacuous claims are kept: what was left open may be decided with more time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import diskcache

from checker.cli.verdict_text import NoText, read, write
from checker.system.verdict import Unknown, Verdict

MOST_BYTES = 2**28
"""Bytes of the cache; what was not used for the longest time goes first."""
PATIENCE = 2.0
"""Seconds to wait for another process that writes."""

FAILURES = (OSError, sqlite3.Error, diskcache.Timeout, ValueError)


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Keeps texts and nothing else: the library's own form of other values can execute."""

    def put(self, key: Any) -> Any:
        """A key as it is stored."""
        return _text(key), True

    def get(self, key: Any, raw: bool) -> Any:
        """A key as it was."""
        return _text(key)

    def store(self, value: Any, read: bool, key: Any = diskcache.UNKNOWN) -> Any:
        """A text as it is stored."""
        return super().store(_text(value), False, key=key)

    def fetch(self, mode: int, filename: str, value: Any, read: bool) -> Any:
        """A text as it was.

        Raises:
            ValueError: for anything else that is stored there.
        """
        if mode not in (diskcache.core.MODE_RAW, diskcache.core.MODE_TEXT):
            raise ValueError("the cache holds something that is no text")
        return _text(super().fetch(mode, filename, value, False))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("the cache holds texts only")
    return value


def folder() -> Path:
    """Where verdicts are kept: XDG_CACHE_HOME, or .cache in the home folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "alignspec"


def keep(verdicts: Iterable[tuple[Sequence[str | None], Verdict]]) -> None:
    """Keep each verdict under those keys that it has, if it is decided and nothing went wrong.
    A cache that fails keeps nothing."""
    found = (([key for key in keys if key], v) for keys, v in verdicts)
    wanted = [(k, v) for k, v in found if k and not (v.failed or isinstance(v.result, Unknown))]
    if not wanted:
        return
    try:
        with _opened() as kept:
            for keys, verdict in wanted:
                _keep(kept, keys, verdict)
    except FAILURES:
        return


def found_under(keys: Sequence[str | None]) -> list[Verdict | None]:
    """The verdicts that are kept under keys."""
    try:
        with _opened() as kept:
            return [_kept(kept, key) for key in keys]
    except FAILURES:
        return [None for _ in keys]


def _opened() -> Any:
    return diskcache.Cache(str(folder()), timeout=PATIENCE, disk=TextDisk, size_limit=MOST_BYTES)


def _keep(kept: Any, keys: Sequence[str], verdict: Verdict) -> None:
    try:
        text = write(verdict)
    except NoText:
        return
    for key in keys:
        kept.set(key, text)


def _kept(kept: Any, key: str | None) -> Verdict | None:
    text = None if key is None else kept.get(key)
    if text is None:
        return None
    try:
        return read(text)
    except NoText:
        return None
