"""A counterexample is told as a story of what gave way."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.cli.app import main
from checker.report.counterexample import does
from tests.support import NOISY_MEMORY, alignspec


def test_a_counterexample_is_a_story() -> None:
    answer = alignspec("explain", "debate-bare", "corrigible", "--no-ablate")
    told = " ".join(answer.stdout.split())
    assert "At the start: A weak judge vetted by hand." in told
    assert "self_play: One round of self-play before the bare judge. capability rises" in told
    assert "It was to satisfy: It seldom resists correction" in told
    assert "Round 9. self_play: capability rises from 9 to" in told
    assert "So after 9 rounds the agent has" in told
    assert "What gave way first was oversight, in round 9. Round by round, 0 to 9" in told


def test_a_story_with_a_lapse_of_oversight_says_in_which_round() -> None:
    overrun = ("--param", "imitation_error=1/50")
    answer = alignspec("explain", "imitation", "corrigible", *overrun, "--no-ablate")
    told = " ".join(answer.stdout.split())
    assert "The expert is not smart enough for this student" in told
    assert "What gave way first was oversight, in round 4. Round by round, 0 to 4" in told


def test_a_story_without_a_lapse_of_oversight_says_what_crept_up() -> None:
    answer = alignspec("explain", NOISY_MEMORY, "--param", "noise=9/50", "--no-ablate")
    told = " ".join(answer.stdout.split())
    assert "No step failed at once: error crept up on the way." in told
    assert "after 15 rounds" in told


def test_a_story_of_one_round_says_that_one_was_enough() -> None:
    answer = alignspec("explain", "cross-examination/without", "--no-ablate")
    told = " ".join(answer.stdout.split())
    assert "after one round" in told
    assert "One round was enough." in told


def test_a_worst_run_of_whole_iterations_is_a_story_too() -> None:
    answer = alignspec("explain", "reliability-systematic", "--no-ablate")
    story = " ".join(answer.stdout.split())
    assert "The story" in story, answer.stderr
    assert "iteration: " in story
    assert answer.returncode == 0


def test_explain_tells_the_tree(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["alignspec", "explain", "debate-equivalent/blind"])
    with pytest.raises(SystemExit) as status:
        main()
    assert status.value.code == 0
    said = capsys.readouterr().out
    assert "a tree of 3 nodes" in said
    assert said.count("leaf:") == 2


FILE = """
from typing import Any
from models.claim_trees import OneErrorFlips, majorities
from spec import Claim

claim = Claim("mine", majorities, OneErrorFlips())
"""


def test_a_claim_in_a_file_is_told_with_its_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(FILE)
    monkeypatch.setattr("sys.argv", ["alignspec", "check", str(tmp_path / "mine.py")])
    with pytest.raises(SystemExit) as status:
        main()
    assert status.value.code == 1
    said = capsys.readouterr().out
    assert "not as expected: mine" in said
    assert said.count("leaf:") == 3


def test_a_step_is_named_once() -> None:
    def named(agent: object) -> None:
        """Amplify: split the question. Then put it together."""

    def other(agent: object) -> None:
        """Two things: a split and a vote."""

    assert does("amplify", named) == "Split the question."
    assert does("distill", named) == "Amplify: split the question."
    assert does("amplify", other) == "Two things: a split and a vote."
