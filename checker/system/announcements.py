"""What has been shown so far of work under way, told to whoever waits for it.

A decider announces as it goes: the engines it has begun, a verdict before its range is looked for.
If it is ended at a limit, the last of each kind is what was shown until then. Without a listener
nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[object], None] | None] = ContextVar("listener", default=None)


def announce(shown: object) -> None:
    """Tell the listener, if there is one, what has been shown so far. It must pickle."""
    listener = _listener.get()
    if listener is not None:
        listener(shown)


@contextmanager
def heard_by(listener: Callable[[object], None]) -> Iterator[None]:
    """Give the listener whatever is announced meanwhile."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def in_silence() -> Iterator[None]:
    """Announce nothing meanwhile: what is tried for one part of many is not shown of the whole."""
    with heard_by(lambda _: None):
        yield
