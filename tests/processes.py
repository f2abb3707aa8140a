"""Each file of tests has a process of its own, forked from one that has run no test.

What one file does to the process costs no other: a hard question to the solver leaves the heap in
pieces, after which every later one takes several times as long, and a crash ends the process it is
in. Fixtures and caches of a file serve all its tests, as they do without this.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import attrs
import pytest
from _pytest.runner import runtestprotocol

Report = pytest.TestReport | pytest.CollectReport


@attrs.frozen
class _OfFile:
    """The process of the file whose tests run now."""

    path: Any
    process: BaseProcess
    pipe: Connection

    def end(self) -> None:
        """Let it go: it waits for tests until the pipe is closed."""
        self.pipe.close()
        self.process.join()


class FileProcesses:
    """Runs each test in the process of its file."""

    def __init__(self) -> None:
        self._now: _OfFile | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test and report it."""
        last = nextitem is None or nextitem.path != item.path
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports(item, None if last else nextitem):
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        if last:
            self.end()
        return True

    def _reports(self, item: pytest.Item, nextitem: pytest.Item | None) -> list[Report]:
        if self._now is None or self._now.path != item.path:
            self.end()
            self._now = _begin(item)
        numbers = [item.session.items.index(each) if each else None for each in (item, nextitem)]
        try:
            self._now.pipe.send(numbers)
            written = self._now.pipe.recv()
        except (EOFError, OSError):
            process = self._now.process
            self.end()
            return [_crashed(item, process.exitcode)]
        read = item.config.hook.pytest_report_from_serializable
        return [read(config=item.config, data=data) for data in written]

    def end(self) -> None:
        """End the process that runs now, if there is one."""
        if self._now is not None:
            self._now.end()
            self._now = None

    def pytest_unconfigure(self) -> None:
        """No process outlives the run, interrupted or not."""
        self.end()


def _begin(item: pytest.Item) -> _OfFile:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(item.session, ours, theirs))
    process.start()
    theirs.close()
    return _OfFile(item.path, process, ours)


def _serve(session: pytest.Session, parents: Connection, pipe: Connection) -> None:
    """Run the tests that the parent names, in its child."""
    parents.close()
    config = session.config
    for plugin in config.pluginmanager.get_plugins():
        if (
            type(plugin).__module__ == "xdist.remote"
        ):  # what reports to others: the parent does that
            config.pluginmanager.unregister(plugin)
    while True:
        try:
            number, following = pipe.recv()
        except EOFError:
            return
        item = session.items[number]
        nextitem = None if following is None else session.items[following]
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        write = config.hook.pytest_report_to_serializable
        pipe.send([write(config=config, report=report) for report in reports])


def _crashed(item: pytest.Item, status: int | None) -> pytest.TestReport:
    return pytest.TestReport(
        item.nodeid,
        item.location,
        {},
        "failed",
        f"the process of {item.path.name} ended with status {status} in this test",
        "call",
    )
