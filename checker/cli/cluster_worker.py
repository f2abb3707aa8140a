"""What a worker of a dask cluster does: it hands work to a process beside it, and waits.

A worker only carries bytes. It imports no engine, reads no file of the user and decides nothing, so
that nothing that a decider does can take it down.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import attrs

SIZE = 8
"""Bytes in which the length of a message is told (``checker.cli.host``)."""
START = (
    "import sys; sys.path += sys.argv[1:]; from alignspec.packages import own; own('checker'); "
    "from checker.cli.host import main; main()"
)
"""Our packages come first, whatever else stands on the path of the worker."""


class HostEnded(Exception):
    """The process beside the worker ended in the middle of some work."""


@attrs.frozen
class Session:
    """One command: its hosts are kept until it ends.

    Args:
        name: which no other command has.
        folder: in which it was typed.
        path: folders in which modules are found besides.
    """

    name: str
    folder: str
    path: tuple[str, ...] = ()


_lock = threading.Lock()
_idle: list[tuple[Session, subprocess.Popen[bytes]]] = []
"""Hosts with nothing to do, and whose they are."""


def do(session: Session, request: bytes) -> bytes:
    """Have a request of ``checker.cli.host`` answered; both are pickled.

    Raises:
        HostEnded: if the process that worked on it is gone.
    """
    host = _host(session)
    try:
        answer = _ask(host, request)
    except BaseException:
        end(host)
        raise
    with _lock:
        _idle.append((session, host))
    return answer


def forget(session: Session) -> None:
    """End the hosts of a session that have nothing to do."""
    for host in _taken(lambda other: other == session):
        end(host)


def end(host: subprocess.Popen[bytes]) -> None:
    """End a host."""
    host.kill()
    host.wait()
    for pipe in (host.stdin, host.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _host(session: Session) -> subprocess.Popen[bytes]:
    """A host of the session that has nothing to do; those of other sessions are ended."""
    for host in _taken(lambda other: other != session):
        end(host)
    with _lock:
        mine = [pair for pair in _idle if pair[0] == session and pair[1].poll() is None]
        if mine:
            _idle.remove(mine[-1])
            return mine[-1][1]
    folder = session.folder if Path(session.folder).is_dir() else "/"
    # -P: a folder of the user's that is named like a package of ours is not taken for it
    command = [sys.executable, "-P", "-c", START, *session.path]
    return subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _taken(wanted: Callable[[Session], bool]) -> list[subprocess.Popen[bytes]]:
    """Take the idle hosts of some sessions out of the list."""
    with _lock:
        chosen = [pair for pair in _idle if wanted(pair[0])]
        for pair in chosen:
            _idle.remove(pair)
    return [host for _, host in chosen]


def _ask(host: subprocess.Popen[bytes], request: bytes) -> bytes:
    assert host.stdin is not None
    assert host.stdout is not None
    try:
        host.stdin.write(len(request).to_bytes(SIZE, "big") + request)
        host.stdin.flush()
    except BrokenPipeError:
        raise HostEnded(f"status {host.wait()}") from None
    size = int.from_bytes(_exactly(host, SIZE), "big")
    return _exactly(host, size)


def _exactly(host: subprocess.Popen[bytes], size: int) -> bytes:
    assert host.stdout is not None
    data = host.stdout.read(size)
    if len(data) < size:
        raise HostEnded(f"status {host.wait()}")
    return data
