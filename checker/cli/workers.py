"""Work in processes of its own: each is ended at its limits, and what goes wrong costs it alone.

Every piece of work has one process, forked where the system can, so that it starts in milliseconds
from what the parent has read, and from the same state whatever was done before it. The parent only
waits: it decides nothing, so nothing that a decider does can take it down.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import math
import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any, Generic, NoReturn, Protocol, TypeVar

import attrs

from checker.cli.endings import end_with_parent
from checker.cli.garbage import collect_seldom
from checker.system.announcements import heard_by
from checker.system.findings import Cause, Stopped
from checker.system.verdict import EnginesDisagree
from spec.errors import SpecError, location_in, user_location

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

GIB = 2**30
AGAIN = 0.02
"""Seconds after which a late process looks again whether it is in the user's code."""


class Work(Protocol[T_co]):
    """Something to do in a process of its own. It and its result must pickle."""

    def run(self) -> T_co:
        """Do it."""


@attrs.frozen
class Limits:
    """What one piece of work may take.

    Args:
        seconds: of wall time. Deciders keep it themselves; a process that does not is ended a
            little later, after half a second or a tenth of the time.
        gib: of memory, in units of 2^30 bytes; any amount for 0.
    """

    seconds: float
    gib: float = 0.0

    @property
    def patience(self) -> float:
        """Seconds after which a process is ended."""
        return self.seconds + max(0.5, 0.1 * self.seconds)


@attrs.frozen
class Done(Generic[T]):
    """The work was done."""

    value: T


@attrs.frozen
class Wrong:
    """The specification is wrong, or two engines disagree."""

    error: SpecError | EnginesDisagree


@attrs.frozen
class Ended:
    """The work was ended, or ended itself, with nothing to show but what it had announced."""

    stopped: Stopped
    announced: tuple[object, ...] = ()


Outcome = Done[T] | Wrong | Ended

Given = tuple[Work[T], Limits]
"""A piece of work, and what it may take."""

Heard = Callable[[int, object], None]
"""Is told what is announced, with the number of the work."""


def unheard(_number: int, _shown: object) -> None:
    """Nobody listens."""


class Workers(Protocol):
    """Where work is done: on this machine, or on others."""

    def carry_out(
        self, given: Iterator[Given[T] | None], heard: Heard = unheard
    ) -> Iterator[tuple[int, Outcome[T]]]:
        """Do work as it is given, some at once; numbers, in the order given, and outcomes as they
        come.

        None means that there is nothing to do now; more is asked for after the next outcome, and
        all is over when none is awaited.
        """


@attrs.frozen
class Here:
    """Processes of this machine.

    Args:
        at_once: how many there are at a time.
    """

    at_once: int = 1

    def carry_out(
        self, given: Iterator[Given[T] | None], heard: Heard = unheard
    ) -> Iterator[tuple[int, Outcome[T]]]:
        """Do work as it is given; numbers and outcomes as they come."""
        running: dict[Connection, _Running[T]] = {}
        numbers = itertools.count()
        try:
            while True:
                while len(running) < self.at_once and (more := next(given, None)) is not None:
                    pipe, started = _start(next(numbers), *more)
                    running[pipe] = started
                if not running:
                    return
                yield from _outcomes(running, heard)
        finally:
            for each in running.values():
                _finished(each)


class _Tag(Enum):
    """What a message of a worker is."""

    ANNOUNCED = "announced"
    OUTCOME = "outcome"


@attrs.define
class _Running(Generic[T]):
    """A process at work, and the last thing of each class that it announced."""

    number: int
    process: BaseProcess
    limits: Limits
    until: float
    announced: dict[type, object] = attrs.field(factory=dict)


def carry_out(
    works: Sequence[Work[T]], limits: Limits, at_once: int = 1, heard: Heard = unheard
) -> Iterator[tuple[int, Outcome[T]]]:
    """Do pieces of work on this machine, some at once; their numbers and outcomes as they come.

    Args:
        works: what is to be done.
        limits: what each may take.
        at_once: how many processes there are at a time.
        heard: is told what is announced meanwhile, with the number of the work.
    """
    return Here(at_once).carry_out(((work, limits) for work in works), heard)


def _outcomes(
    running: dict[Connection, _Running[T]], heard: Heard
) -> Iterator[tuple[int, Outcome[T]]]:
    """Wait until something comes or somebody is late; the outcomes there are then."""
    patience = min(each.until for each in running.values()) - time.monotonic()
    ready = wait(list(running), max(0.0, patience))
    for pipe in [pipe for pipe in running if pipe in ready]:
        outcome = _received(pipe, running[pipe], heard)
        if outcome is not None:
            yield _finished(running.pop(pipe)), outcome
    for pipe, late in list(running.items()):
        if time.monotonic() >= late.until:
            ended = _overdue(late)
            yield _finished(running.pop(pipe)), ended


def carry_out_one(
    work: Work[T], limits: Limits, heard: Callable[[object], None] = lambda shown: None
) -> Outcome[T]:
    """Do one piece of work in a process of its own."""
    ((_, outcome),) = carry_out([work], limits, heard=lambda _, shown: heard(shown))
    return outcome


async def carry_out_async(
    work: Work[T], limits: Limits, heard: Callable[[object], None] = lambda shown: None
) -> Outcome[T]:
    """``carry_out_one`` for an event loop of one thread; when cancelled, it ends the process."""
    pipe, running = _start(0, work, limits)
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(pipe.fileno(), ready.set)
    try:
        while True:
            try:
                async with asyncio.timeout(running.until - time.monotonic()):
                    await ready.wait()
            except TimeoutError:
                return _overdue(running)
            ready.clear()  # it is set again at once while there is more to read
            outcome = _received(pipe, running, lambda _, shown: heard(shown))
            if outcome is not None:
                return outcome
    finally:
        loop.remove_reader(pipe.fileno())
        pipe.close()
        _finished(running)


def _overdue(late: _Running[T]) -> Ended:
    """What there is to show of a process whose time is up."""
    return Ended(Stopped(Cause.TIME, limit=late.limits.seconds), tuple(late.announced.values()))


def _start(number: int, work: Work[T], limits: Limits) -> tuple[Connection, _Running[T]]:
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context: Any = multiprocessing.get_context(method)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, theirs, limits), daemon=False)
    gc.freeze()  # what the process inherits is no garbage: it need not look at it, nor copy it
    try:
        process.start()
    finally:
        gc.unfreeze()
    theirs.close()  # so that the end of the process is the end of the pipe
    return ours, _Running(number, process, limits, time.monotonic() + limits.patience)


def _received(pipe: Connection, running: _Running[T], heard: Heard) -> Outcome[T] | None:
    """The outcome, if that is what came or the process is gone; None while it is at work."""
    try:
        tag, value = pipe.recv()
    except (EOFError, OSError, pickle.UnpicklingError):
        running.process.join()
        stopped = _death(running.process.exitcode or 0)
        return Ended(stopped, tuple(running.announced.values()))
    if tag is _Tag.OUTCOME:
        if isinstance(value, Ended):
            value = attrs.evolve(value, announced=tuple(running.announced.values()))
        return value  # type: ignore[no-any-return]
    running.announced[type(value)] = value
    heard(running.number, value)
    return None


def _finished(running: _Running[T]) -> int:
    """End the process if it has not ended; its number."""
    running.process.kill()
    running.process.join()
    return running.number


def _death(status: int) -> Stopped:
    """Why a process that said nothing is gone."""
    if status < 0:
        return Stopped(Cause.CRASH, what=signal.Signals(-status).name)
    return Stopped(Cause.EXIT, what=str(status))


def _work(work: Work[object], pipe: Connection, limits: Limits) -> NoReturn:
    """The life of a process: do the work within the limits, send what became of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    collect_seldom()
    os.dup2(2, 1)  # what a user's file prints must not mix with a document on standard output
    _limit(limits)
    try:
        with heard_by(lambda shown: pipe.send((_Tag.ANNOUNCED, shown))):
            outcome = _outcome(work, limits)
        _alarm(None)
        pipe.send((_Tag.OUTCOME, outcome))
    except BrokenPipeError:
        pass  # nobody waits any more
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # what the file registered to be done at exit is not part of the work


def _outcome(work: Work[object], limits: Limits) -> Outcome[object]:
    try:
        value = work.run()
        pickle.dumps(value)
    except BaseException as error:
        if _RUNG:  # also where foreign code made another error of it
            return Ended(Stopped(Cause.TIME, limit=limits.seconds, at=_RUNG[0]))
        if isinstance(error, SpecError | EnginesDisagree):
            return Wrong(error)
        if isinstance(error, MemoryError) or "out of memory" in str(error):
            return Ended(Stopped(Cause.MEMORY, limit=limits.gib))
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return Ended(Stopped(Cause.ERROR, what=what[:200], at=location_in(error)))
    return Done(value)


def _limit(limits: Limits) -> None:
    """Let the system hold the limits too: memory, and time if the parent is gone."""
    if hasattr(signal, "setitimer"):
        _alarm(limits)
    try:
        import resource
    except ImportError:  # a system without such limits
        return
    seconds = math.ceil(limits.patience) + 1
    wanted = [(resource.RLIMIT_CPU, seconds)]
    if limits.gib:
        wanted.append((resource.RLIMIT_AS, int(limits.gib * GIB)))
    for kind, amount in wanted:
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or amount < hard:
            resource.setrlimit(kind, (amount, hard))


class _Late(BaseException):
    """The time is up while the user's own code runs."""


_RUNG: list[str] = []
"""Where it was up, in this process."""


def _alarm(limits: Limits | None) -> None:
    """Have a process say where it is late, if it is so in the user's code; None to stop that.

    The engines are not interrupted: they keep the time themselves, or are ended.
    """
    if limits is None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        return

    def ring(_number: int, frame: FrameType | None) -> None:
        deleting = frame is not None and frame.f_code.co_name == "__del__"
        location = "" if deleting else user_location(frame)  # an error in __del__ would be lost
        if location:
            _RUNG.append(location)
            raise _Late

    signal.signal(signal.SIGALRM, ring)
    first = (limits.seconds + limits.patience) / 2
    signal.setitimer(signal.ITIMER_REAL, first, AGAIN)
