"""Traps: mistakes that must name their line and their mend.

A trap is a function with one line marked ``# trap``. Springing it must raise a ``SpecError`` that
starts with that line and says what to write instead. Traps are written as someone without mypy
would write them, so their agents are untyped.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from spec import SpecError
from tests.spec.knobs import traced
from tests.support import ROOT


class Trap(NamedTuple):
    spring: Callable[[], object]
    source: Callable[..., object]
    mends: tuple[str, ...]


class Traps(list[Trap]):
    """The traps of one file."""

    def trap(self, *mends: str) -> Callable[[Callable[[], object]], None]:
        """A function that makes a mistake when it is called."""

        def add(function: Callable[[], object]) -> None:
            self.append(Trap(function, function, mends))

        return add

    def step_trap(self, *mends: str) -> Callable[[Callable[..., object]], None]:
        """A step that makes a mistake when it is traced."""

        def add(step: Callable[..., object]) -> None:
            self.append(Trap(lambda: traced(step), step, mends))

        return add


def marked_line(function: Callable[..., object]) -> int:
    lines, start = inspect.getsourcelines(function)
    (offset,) = [i for i, line in enumerate(lines) if line.rstrip().endswith("# trap")]
    return start + offset


def marked_place(function: Callable[..., object], file: str) -> str:
    """The file as it is called from the root of the repository, and the marked line."""
    return f"{Path(file).resolve().relative_to(ROOT).as_posix()}:{marked_line(function)}"


def spring(sprung: Trap, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the mistake: one line must name the marked place in the file and every mend."""
    monkeypatch.chdir(ROOT)
    with pytest.raises(SpecError) as caught:
        sprung.spring()
    text = str(caught.value)
    assert text.startswith(f"{marked_place(sprung.source, file)}: ")
    for mend in sprung.mends:
        assert mend in text
    assert len(text.splitlines()) == 1
