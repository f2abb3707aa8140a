"""A log holds what was written, and a bad command line leaves none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.runs.command import Options, command
from examples.runs.record import Count, Row, read, write

counts = st.integers(0, 500).flatmap(lambda of: st.builds(Count, st.integers(0, of), st.just(of)))
values = st.integers(-1000, 1000).map(lambda n: n / 8)
rows = st.builds(
    Row,
    st.integers(0, 9),
    st.sampled_from(["agent", "expert"]),
    st.dictionaries(st.sampled_from(["error", "regret", "extra.drift"]), counts | values),
    st.none() | st.integers(1, 5),
)


@given(st.lists(rows, max_size=6))
def test_what_is_read_is_what_was_written(written: list[Row]) -> None:
    path = Path(__file__).with_suffix(".csv")
    try:
        write(path, written)
        assert read(path) == written
    finally:
        path.unlink()


@pytest.mark.parametrize(("count", "of"), [(3, 2), (-1, 2), (0, -1)])
def test_more_than_all_are_no_count(count: int, of: int) -> None:
    with pytest.raises(ValueError, match="no count"):
        Count(count, of)


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (["--sabotage", "rewards@2"], "rewards"),
        (["--sabotage", "slips@two"], "slips@5"),
        (["--seed", "-1"], "--seed"),
        (["--log", "nowhere/at/all.csv"], "nowhere/at"),
    ],
)
def test_a_bad_command_line_ends_with_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: list[str], named: str
) -> None:
    def run(options: Options) -> list[Row]:
        raise AssertionError(options)

    log = str(tmp_path / "log.csv")
    with pytest.raises(SystemExit) as ended:
        command("some_run", "What it does.", run, ["slips"], ["--log", log, *bad])
    assert ended.value.code == 2
    assert named in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_is_asked_for_reaches_the_run_and_its_rows_the_log(tmp_path: Path) -> None:
    def run(options: Options) -> list[Row]:
        assert options == Options(True, 7, "slips", 3)
        assert not options.sabotaged("slips", 2)
        assert options.sabotaged("slips", 3)
        return [Row(0, "agent", {"error": Count(1, 2)})]

    log = tmp_path / "log.csv"
    asked = ["--log", str(log), "--small", "--seed", "7", "--sabotage", "slips@3"]
    command("some_run", "What it does.", run, ["slips"], asked)
    assert log.read_text("utf-8") == "iteration,position,error.count,error.of\n0,agent,1,2\n"
    assert list(tmp_path.iterdir()) == [log]
