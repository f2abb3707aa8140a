"""A map that is interrupted goes on from its file."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import attrs
import pytest

from checker.cli.map_jobs import Job, draw
from checker.cli.workers import Here
from checker.parameters.partition import Partition
from checker.report.documents import document
from checker.report.documents.partition import read_map
from spec import SpecError
from spec.statements.base import Answer

SHIPPED = Job(
    "debate/benign",
    0,
    (),
    ("flaw_finding", "judge_error"),
    ((Fraction(0), Fraction(1)), (Fraction(0), Fraction(1))),
)


class Stop(Exception):
    """The user's interruption, as a test."""


def read(file: Path) -> Partition:
    """The map in a file; what shows its answers is read back as text."""
    return read_map(json.loads(file.read_text()), str(file))


def test_an_interrupted_map_goes_on(tmp_path: Path) -> None:
    file, seen = tmp_path / "map.json", []

    def stop(partition: Partition) -> None:
        seen.append(len(partition.boxes))
        if len(partition.boxes) >= 2:
            raise Stop

    with pytest.raises(Stop):
        draw(SHIPPED, file, undecided=Fraction(1, 50), timeout=60, workers=Here(1), tell=stop)
    before = read(file)
    assert len(before.boxes) == seen[-1] >= 2
    after = draw(
        SHIPPED,
        file,
        undecided=Fraction(1, 50),
        timeout=60,
        workers=Here(2),
        tell=lambda partition: None,
    )
    assert after.area(Answer.UNKNOWN) <= Fraction(1, 50)
    assert after.boxes[: len(before.boxes)] == before.boxes
    assert document(read(file)) == document(after)
    other = attrs.evolve(SHIPPED, overriding=(("self_play_gap", Fraction(0)),))
    with pytest.raises(SpecError, match="another question"):
        draw(
            other,
            file,
            undecided=Fraction(1),
            timeout=1,
            workers=Here(1),
            tell=lambda partition: None,
        )
