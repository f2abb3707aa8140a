"""The figures are drawn from the committed logs, and make runs writes all of these."""

from __future__ import annotations

from pathlib import Path

from examples.runs.figures import DRAWN, FIGURES, LOGS, main
from examples.runs.record import read
from tests.support import ROOT


def test_every_figure_is_drawn_from_the_logs(tmp_path: Path) -> None:
    main(tmp_path)
    assert {path.stem for path in tmp_path.glob("*.png")} == set(DRAWN)
    assert {path.stem for path in FIGURES.glob("*.png")} == set(DRAWN)


def test_make_runs_writes_the_logs_that_are_committed() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ").splitlines()
    named = {
        name
        for line in makefile
        if line.startswith(("PLAIN :=", "SABOTAGED :="))
        for name in line.partition(":=")[2].split()
    }
    assert named == {path.stem for path in LOGS.glob("*.csv")}


def test_every_log_begins_with_the_seed_and_has_no_gap() -> None:
    for path in LOGS.glob("*.csv"):
        rows = read(path)
        assert [row.iteration for row in rows] == sorted(row.iteration for row in rows), path
        assert {row.iteration for row in rows} == set(range(rows[-1].iteration + 1)), path
        assert {row.position for row in rows} == {"agent", "expert"}, path
