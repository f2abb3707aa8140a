"""A process beside a worker of a cluster: it reads what is asked about, and forks for each piece of
work, as the command does on one machine.

It has one thread, and takes one request after the other from its standard input. It ends when that
is closed, whatever it is doing then, or after some time without a request. A worker itself has
threads, which a fork does not survive in all libraries, and may not have processes of its own.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import sys
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import attrs

from checker.cli.cluster_worker import SIZE
from checker.cli.fingerprint import digest_of, versions
from checker.cli.workers import Limits, Outcome, Work, Wrong, carry_out_async
from checker.counterexamples.drawn_runs import read_sources
from spec.errors import SpecError

IDLE = 120.0
"""Seconds without a request after which the process ends."""


class Preparation(Protocol):
    """What a host reads before it forks. It must pickle."""

    def prepare(self, limits: Limits) -> None:
        """Read it."""


@attrs.frozen
class Request:
    """One piece of work, and all that it needs.

    Args:
        work: what is to be done.
        limits: what it may take.
        preparation: what is read before, once; None for nothing.
        files: the user's files by path, each with a hash of what it holds.
        versions: of the program that asks, so that no other program answers.
    """

    work: Work[Any]
    limits: Limits
    preparation: Preparation | None
    files: tuple[tuple[str, str], ...]
    versions: tuple[str, ...]


@attrs.frozen
class Answered:
    """What became of a request, and what was announced meanwhile."""

    outcome: Outcome[Any]
    announced: tuple[object, ...] = ()


def require_same(request: Request) -> None:
    """That this machine has the same program and the same files as the one that asks.

    Raises:
        SpecError: naming what differs, and the machine.
    """
    here = socket.gethostname()
    theirs, ours = request.versions, versions()
    if theirs != ours:
        pairs = zip(theirs, ours, strict=False)
        other = next(
            (f"{ours} in place of {theirs}" for theirs, ours in pairs if theirs != ours), ""
        )
        raise SpecError(
            f"the worker on {here} has another program than this command ({other}); install the "
            "same alignspec and the same libraries on every machine",
            "",
        )
    for path, digest in request.files:
        if digest_of(path) != digest:
            what = "another file of this name" if Path(path).exists() else "no such file"
            raise SpecError(
                f"the worker on {here} has {what} in {Path.cwd()}; let all machines see the same "
                "folder under the same path",
                path,
            )


async def answer(request: Request, prepared: set[Preparation]) -> Answered:
    """Do the work in a process of its own."""
    heard: list[object] = []
    try:
        require_same(request)
        if request.preparation is not None and request.preparation not in prepared:
            request.preparation.prepare(request.limits)
            prepared.add(request.preparation)
    except SpecError as error:
        return Answered(Wrong(error))
    outcome: Outcome[Any] = await carry_out_async(request.work, request.limits, heard.append)
    return Answered(outcome, tuple(heard))


async def serve(replies: BinaryIO) -> None:
    """Answer requests until there are no more."""
    requests = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(requests), sys.stdin.buffer
    )
    prepared: set[Preparation] = set()
    while True:
        try:
            async with asyncio.timeout(IDLE):
                size = int.from_bytes(await requests.readexactly(SIZE), "big")
                request = pickle.loads(await requests.readexactly(size))
        except (asyncio.IncompleteReadError, TimeoutError):
            return
        doing = asyncio.create_task(answer(request, prepared))
        closed = asyncio.create_task(requests.read(1))  # nothing is sent while work is under way
        await asyncio.wait([doing, closed], return_when=asyncio.FIRST_COMPLETED)
        if closed.done():
            doing.cancel()
            await asyncio.wait([doing])
            return
        closed.cancel()
        await asyncio.wait([closed])
        reply = pickle.dumps(await doing)
        replies.write(len(reply).to_bytes(SIZE, "big") + reply)
        replies.flush()


def main() -> None:
    """Serve the worker that started this process."""
    with os.fdopen(os.dup(1), "wb") as replies:
        os.dup2(2, 1)  # what a user's file prints must not mix with the replies
        read_sources()
        asyncio.run(serve(replies))
