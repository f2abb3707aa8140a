"""A pytest plugin: claims are collected as tests, one each.

Files that match the ini option ``alignspec_claims`` (space-separated patterns relative to the
root, e.g. ``properties/*.py``) are read for statements (``Claim``s and the like). Each is decided
in a process of its own, as by ``alignspec check``, so that one that hangs or crashes costs no other
test, and none depends on what was asked before. A verdict other than the expected one fails with
its trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # pytest loads the plugin in every project: the engines only where claims are
    from spec.statements.base import Statement


MEMORY = 4.0
"""GiB that the decision of one claim may take."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini option."""
    parser.addini("alignspec_claims", "patterns of files with claims", type="args", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimFile | None:
    """Collect a file that matches one of the patterns."""
    if file_path.suffix != ".py" or file_path.name == "__init__.py":
        return None
    try:
        relative = file_path.relative_to(parent.config.rootpath).as_posix()
    except ValueError:
        return None
    if any(fnmatch(relative, pattern) for pattern in parent.config.getini("alignspec_claims")):
        return ClaimFile.from_parent(parent, path=file_path)
    return None


class ClaimFile(pytest.File):
    """A file with claims."""

    def collect(self) -> Iterator[ClaimItem]:
        """One item for each claim."""
        from checker.cli.targets import resolve

        for index, claim in enumerate(resolve(str(self.path))):
            yield ClaimItem.from_parent(self, name=claim.name, claim=claim, index=index)


class ClaimItem(pytest.Item):
    """One claim, decided."""

    def __init__(self, *, claim: Statement, index: int, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self.claim = claim
        self.index = index

    def runtest(self) -> None:
        """Decide the claim and compare with the expected verdict."""
        from checker.assertion import insist
        from checker.cli.tasks import Task, decide_all
        from checker.portfolio.decision import Options

        task = Task(str(self.path), self.index, {}, over="", options=Options(), regions=False)
        (verdict,), wrong = decide_all([task], 1, MEMORY, lambda _: None)
        if wrong:
            raise wrong[0]
        assert verdict is not None
        insist(verdict)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """The trace or the reason, without a traceback."""
        from checker import EnginesDisagree
        from spec.errors import SpecError

        if isinstance(excinfo.value, AssertionError | SpecError | EnginesDisagree):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the claim is written."""
        line = self.claim.location.rpartition(":")[2]
        return self.path, int(line) - 1 if line.isdigit() else None, f"claim {self.name}"
