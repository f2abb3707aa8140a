"""How the command ends when something other than its call stops it: signals, pipes, full disks.

Exit status: 2 with one line where nothing can be written; 130 at Ctrl-C, 143 at SIGTERM and 141 at
a closed pipe, as a shell reports of commands that a signal ends. Work under way is ended first, and
what was decided until then is kept.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from types import FrameType

INTERRUPTED = 130
CLOSED_PIPE = 141
TERMINATED = 143


class Terminated(BaseException):
    """SIGTERM, as Ctrl-C is a KeyboardInterrupt."""


def hear_sigterm() -> None:
    """Let SIGTERM be raised where the program stands, so that it ends its processes and saves."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, ring)


def flushed(command: Callable[[], int]) -> int:
    """The status of a command, once all that it printed has arrived.

    Raises:
        BrokenPipeError: where nobody reads any more. The library that reads command lines makes an
            exit of it.
    """
    try:
        status = command()
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        raise
    sys.stdout.flush()
    return status


def not_written(error: OSError) -> str:
    """The one line for a file, or standard output, that cannot be read or written."""
    why = error.strerror or str(error)
    if error.filename is None:
        return f"standard output cannot be written ({why}); send it where there is room"
    return f"{error.filename}: cannot be read or written ({why}); give another place"


def silence() -> None:
    """Let nothing more be written to standard output, where it would fail again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, whatever ended that one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
