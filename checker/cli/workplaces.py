"""Where work is done: on this machine, or on a cluster, as ``--scheduler`` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from checker.cli.workers import Here, Workers

if TYPE_CHECKING:
    from checker.cli.host import Preparation


def workers_at(
    scheduler: str,
    jobs: int,
    targets: Sequence[str] = (),
    preparation: Preparation | None = None,
    path: tuple[str, ...] = (),
) -> Workers:
    """Who does the work.

    Args:
        scheduler: the address of a dask scheduler, "local", or "" for processes of this machine.
        jobs: how many processes, or workers of a local cluster.
        targets: what a person typed; the files among it must be the same on all machines.
        preparation: what the workers read before they begin.
        path: folders in which the workers find modules besides.
    """
    if not scheduler:
        return Here(jobs)
    from checker.cli.cluster import Cluster  # loads dask

    return Cluster(scheduler, jobs, targets, preparation, path)
