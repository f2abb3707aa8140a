"""Questions asked in a process of their own, which can be ended: where it covers polynomials by
cells, cvc5 does not always keep to its time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.connection import Connection

from cvc5 import Term

from recheck.solver import ask

FORK = multiprocessing.get_context("fork")
GRACE = 0.2
"""Seconds for which a late answer is waited for."""


def ask_apart(asserted: Sequence[Term], seconds: float, option: str) -> str | None:
    """The answer to a question; None if there is none in time."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_send, args=(asserted, seconds, option, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(seconds + GRACE) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()
        ours.close()


def _send(asserted: Sequence[Term], seconds: float, option: str, pipe: Connection) -> None:
    pipe.send(ask(asserted, seconds, option))
    os._exit(0)
