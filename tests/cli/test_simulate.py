"""The command ``simulate``: a table, a picture, and one clear line where a call is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import NOISY_MEMORY, alignspec


def test_a_run_is_shown_round_by_round_with_what_it_breaks(tmp_path: Path) -> None:
    picture = tmp_path / "runs.png"
    done = alignspec("simulate", "imitation", "--nature", "worst", "--plot", str(picture))
    assert done.returncode == 0, done.stderr
    assert "Aligned (wrong <= 1/5): broken, in round 4" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    kept = alignspec("simulate", NOISY_MEMORY, "--runs", "3", "--rounds", "40")
    assert "MostlyRight (error <= 2/5): kept in all runs" in kept.stdout
    assert "..." in kept.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("imitation", "--nature", "kind"), "--nature is one of random, least, greatest, worst"),
        (("imitation", "--choose", "departure"), "--choose wants NAME=VALUE"),
        (("imitation", "--choose", "departure=2"), "nature cannot choose departure = 2"),
        (("imitation", "--choose", "departur=0"), "did you mean departure?"),
        (("imitation", "--param", "nothing=0"), "no parameter nothing"),
        (("premises",), "uninterpreted"),
        (("imitation", "--plot", "no_such_folder/runs.png"), "no such folder"),
    ],
)
def test_a_call_that_means_nothing_is_one_line(arguments: tuple[str, ...], said: str) -> None:
    done = alignspec("simulate", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr
