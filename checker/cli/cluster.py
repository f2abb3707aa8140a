"""Work on the machines of a dask cluster, with the outcomes that one machine would have.

The cluster only carries requests and answers. On a worker, a process beside it
(``checker.cli.host``) forks one process for each piece of work, which has the limits of time and
memory that it has here. A worker that is lost costs nothing: what it was doing is given to another.
"""

from __future__ import annotations

import logging
import pickle
import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import attrs

from checker.cli.cluster_worker import HostEnded, Session, do, forget
from checker.cli.fingerprint import digest_of, versions
from checker.cli.host import Answered, Preparation, Request
from checker.cli.options import LOCAL, UsageError
from checker.cli.workers import Ended, Given, Heard, Outcome, unheard
from checker.system.findings import Cause, Stopped

T = TypeVar("T")

SILENT = logging.CRITICAL + 1
PATIENCE = 10.0
"""Seconds in which a scheduler must answer, and have a worker."""
LOOKED = 1.0
"""Seconds between two looks at whether there still are workers."""
AHEAD = 2
"""Pieces of work that are given to each thread of a worker, so that it need not wait for more."""


@attrs.define(slots=False)
class Cluster:
    """The workers of a dask cluster.

    Args:
        address: of its scheduler; "local" for workers that are started on this machine.
        jobs: how many are started, if they are.
        targets: what a person typed; the files among it must be the same on all machines.
        preparation: what is read before the first piece of work.
        path: folders in which the workers find modules besides.
    """

    address: str
    jobs: int = 1
    targets: Sequence[str] = ()
    preparation: Preparation | None = None
    path: tuple[str, ...] = ()

    def carry_out(
        self, given: Iterator[Given[T] | None], heard: Heard = unheard
    ) -> Iterator[tuple[int, Outcome[T]]]:
        """Do work as it is given; numbers and outcomes as they come.

        Raises:
            UsageError: if the scheduler does not answer, or has no workers, now or later.
        """
        first = next(given, None)
        if first is None:
            return
        session = Session(uuid.uuid4().hex, str(Path.cwd()), self.path)
        with _connected(self.address, self.jobs, session) as client:
            yield from _Sending(self, client, session).carry_out(chain([first], given), heard)

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The users' files among the targets, each with a hash of what it holds."""
        paths = dict.fromkeys(target.partition(":")[0] for target in self.targets)
        return tuple((path, digest_of(path)) for path in paths if path.endswith(".py"))


@attrs.define
class _Sending:
    """Work under way on a cluster."""

    cluster: Cluster
    client: Any
    session: Session
    running: dict[Any, int] = attrs.field(factory=dict)
    given: int = 0

    def carry_out(
        self, given: Iterator[Given[T] | None], heard: Heard
    ) -> Iterator[tuple[int, Outcome[T]]]:
        """Do work as it is given; numbers and outcomes as they come."""
        while True:
            while len(self.running) < AHEAD * max(1, _threads(self.client)):
                more = next(given, None)
                if more is None:
                    break
                self._send(*more)
            if not self.running:
                return
            for future in self._done():
                number = self.running.pop(future)
                answered = self._answer(future)
                for shown in answered.announced:
                    heard(number, shown)
                yield number, answered.outcome

    def _send(self, work: Any, limits: Any) -> None:
        cluster = self.cluster
        request = Request(work, limits, cluster.preparation, cluster.files, versions())
        future = self.client.submit(do, self.session, pickle.dumps(request), pure=False)
        self.running[future] = self.given
        self.given += 1

    def _done(self) -> list[Any]:
        """Wait until something is done; what it is.

        Raises:
            UsageError: if there is nobody left who could do it.
        """
        from distributed import wait

        waited = 0.0
        while True:
            try:
                return list(wait(list(self.running), LOOKED, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                waited = 0.0 if _threads(self.client) else waited + LOOKED
            if waited > PATIENCE:
                raise UsageError(_no_workers(self.cluster.address))

    def _answer(self, future: Any) -> Answered:
        """What came of a request.

        Raises:
            UsageError: if the cluster cannot do it.
        """
        from distributed import KilledWorker

        try:
            return pickle.loads(future.result())  # type: ignore[no-any-return]
        except HostEnded as error:
            return Answered(Ended(Stopped(Cause.EXIT, what=str(error))))
        except KilledWorker:
            return Answered(Ended(Stopped(Cause.CRASH, what="the loss of several workers")))
        except (ImportError, AttributeError, pickle.UnpicklingError) as error:
            raise UsageError(
                f"a worker of {self.cluster.address} cannot do it ({error}); install the same "
                "alignspec on every machine"
            ) from None


@contextmanager
def _connected(address: str, jobs: int, session: Session) -> Iterator[Any]:
    """A connection to the scheduler, while it is needed.

    Raises:
        UsageError: if it does not answer, or has no workers.
    """
    import dask
    from distributed import Client, LocalCluster

    for name in ("distributed", "asyncio", "tornado"):  # what is wrong is said in one line
        logging.getLogger(name).setLevel(SILENT)
    with ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.comm.timeouts.connect": PATIENCE}))
        if address == LOCAL:
            started = LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",  # any port: None asks for 8787, and warns
                silence_logs=SILENT,
            )
            stack.callback(_without_waiting, started.close)
            client = Client(started, set_as_default=False)
        else:
            _require_answer(address)
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        stack.callback(_without_waiting, client.close)
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise UsageError(_no_workers(address)) from None
        if address != LOCAL:
            stack.callback(client.run, forget, session, on_error="ignore")
        stack.enter_context(client.as_current())
        yield client


def _require_answer(address: str) -> None:
    """That somebody listens at the address of a scheduler.

    Raises:
        UsageError: if nobody does.
    """
    from distributed.comm.addressing import get_address_host_port

    try:
        host, port = get_address_host_port(address, strict=True)
        socket.create_connection((host, port), PATIENCE).close()
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())[:120]
        raise UsageError(
            f"no scheduler answers at {address} ({why}); start one with `dask scheduler` and "
            "give the address that it prints, or give --scheduler local"
        ) from None


def _without_waiting(close: Callable[..., object]) -> None:
    """Close something; what does not close in time ends with this process."""
    with suppress(TimeoutError):
        close(timeout=PATIENCE)


def _no_workers(address: str) -> str:
    return f"the scheduler at {address} has no workers; start some with `dask worker {address}`"


def _threads(client: Any) -> int:
    """How many threads the cluster's workers have now."""
    return sum(each["nthreads"] for each in client.scheduler_info(-1)["workers"].values())
