"""The command line: what a person types and sees, and what goes wrong in one clear line."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MEMORY = str(ROOT / "examples" / "noisy_memory.py")


def alignspec(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from checker.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd or ROOT)


def test_a_file_outside_the_repository(tmp_path: Path) -> None:
    copy = tmp_path / "mine.py"
    copy.write_text(Path(MEMORY).read_text())
    good = alignspec("check", str(copy), cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert "PROVED" in good.stdout
    bad = alignspec("check", "mine.py:memory", "--param", "noise=9/50", cwd=tmp_path)
    assert bad.returncode == 1
    assert "iteration 15" in bad.stdout


def test_json_is_one_document_with_exact_numbers() -> None:
    answer = alignspec("check", MEMORY, "--json", "--param", "noise=0.18", "--jobs", "1")
    document = json.loads(answer.stdout)
    assert document["schema"] == 1
    (verdict,) = document["verdicts"]
    wanted = {"claim", "scheme", "invariant", "verdict", "expected", "method", "seconds"}
    assert wanted <= set(verdict)
    assert verdict["verdict"] == "refuted"
    assert verdict["parameters"] == {"noise": "9/50"}
    assert verdict["trace"]["iteration"] == 15
    assert verdict["trace"]["steps"][0]["iteration"] == 1
    assert answer.returncode == 1


def test_json_of_a_proof_holds_its_certificate() -> None:
    answer = alignspec("check", "imitation/benign", "--json")
    (verdict,) = json.loads(answer.stdout)["verdicts"]
    budgets = verdict["certificate"]["budgets"]
    assert Fraction(budgets["agent"]["malign"]) <= Fraction(1, 10)
    assert "(ii) smart enough" in verdict["certificate"]["obligations"]
    assert Fraction(verdict["region"]["proved_to"]) < Fraction(verdict["region"]["refuted_from"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nowhere.py"], "nowhere.py: no such file"),
        (["check", "imitaton"], "did you mean imitation"),
        (["check", MEMORY + ":nothing"], "no nothing in the file"),
        (["check", MEMORY, "--param", "nose=1"], "no parameter nose; there is noise"),
        (["check", MEMORY, "--param", "noise"], "NAME=VALUE"),
        (["check", MEMORY, "--param", "noise=x"], '"x" is not an exact number'),
        (["check", MEMORY, "--param", "noise=1/0"], "not an exact number"),
        (["check", MEMORY, "--param", "noise=2"], "outside its domain [0, 1/2]"),
        (["check", MEMORY, "--over", "copies"], "no parameter copies"),
        (["check", "imitation", "--over", "copies"], "no real parameter copies"),
        (["explain", "imitation", "honest"], "Benign, Competent, Corrigible"),
        (["check", "--frobnicate"], "No such option"),
        (["frobnicate"], "No such command"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[-24:],
)
def test_a_wrong_call_is_one_clear_line(arguments: list[str], said: str) -> None:
    answer = alignspec(*arguments)
    assert answer.returncode == 2, answer.stdout
    assert said in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("def f(:\n", 1, "mend the syntax"),
        ("import no_such_module_here\n", 1, "no_such_module_here"),
        ("x = 1\ny = x / 0\n", 2, "ZeroDivisionError"),
        ("from spec import Real\nx = Real(0.5)\n", 2, "the float 0.5 is not exact"),
        ("x = 1\n", None, "no claim, scheme or invariant"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    file = tmp_path / "wrong.py"
    file.write_text(text)
    answer = alignspec("check", str(file))
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "wrong.py" + (f":{line}" if line else "") in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_an_invariant_alone_is_said_of_every_shipped_scheme() -> None:
    answer = alignspec("check", str(ROOT / "examples" / "modest.py"), "--json")
    verdicts = json.loads(answer.stdout)["verdicts"]
    assert {v["invariant"] for v in verdicts} == {"Modest"}
    assert {"imitation", "reward-modeling", "debate"} <= {v["scheme"] for v in verdicts}


def test_without_a_command_the_help_is_shown() -> None:
    answer = alignspec()
    assert answer.returncode == 0
    assert "check" in answer.stdout
    assert len(answer.stdout.splitlines()) > 5


def test_list_names_everything() -> None:
    document = json.loads(alignspec("list", "--json").stdout)
    assert {"imitation", "reward-modeling", "debate", "debate-bare"} <= set(document["schemes"])
    assert {"Aligned", "Benign", "Corrigible"} <= set(document["invariants"])
    assert {"premises", "rrm-instance", "debate-equivalent"} <= set(document["ledger"])


def test_explain_tells_a_proof_by_its_ledger() -> None:
    answer = alignspec("explain", "debate", "benign")
    assert answer.returncode == 0
    assert "Budget ledger" in answer.stdout
    assert "malign" in answer.stdout


def test_a_row_is_told_with_what_it_does_not_say() -> None:
    answer = alignspec("explain", "premises")
    assert answer.returncode == 0
    for part in ("Formally: ", "premises/without-start", "Not said: ", "Source: "):
        assert part in answer.stdout


def test_a_counterexample_is_a_story() -> None:
    answer = alignspec("explain", "debate-bare", "benign", "--no-ablate")
    told = " ".join(answer.stdout.split())
    assert "At the start: A weak judge vetted by hand." in told
    assert "self_play: One round of self-play before the bare judge. capability rises" in told
    assert "It was to satisfy: It seldom gives an answer optimised against its overseer" in told
    assert "What gave way first was oversight, in round 9." in told


def test_a_story_without_a_lapse_of_oversight_says_what_crept_up() -> None:
    answer = alignspec("explain", "debate/aligned/overrun", "--no-ablate")
    told = " ".join(answer.stdout.split())
    assert "No step failed at once: " in told
    assert "after one round" in told


ROWS = """
from examples.noisy_memory import MostlyRight, memory
from spec import Claim, Row, Settles
row = Row("mine", said="It forgets.", formal="Every run settles.", silent="When.", statements=[
    Settles("mine/forgets", memory, MostlyRight(), expected="refuted", says="Not if it is wrong."),
    Claim("mine/kept", memory, MostlyRight(), says="It keeps a good start."),
])
"""


def test_rows_of_ones_own_are_told_written_and_exported(tmp_path: Path) -> None:
    file, page = tmp_path / "rows.py", tmp_path / "page.md"
    file.write_text(ROWS)
    answer = alignspec("check", str(file), "--page", str(page))
    assert answer.returncode == 0, answer.stderr
    assert "mine  It forgets." in answer.stdout
    text = page.read_text()
    assert "### mine" in text
    assert "**Not said.** When." in text
    assert "| `mine/forgets` Not if it is wrong. | REFUTED | an agent: error = 1 |" in text
    document = json.loads(alignspec("check", str(file), "--json").stdout)
    (row,) = document["ledger"]
    assert row["claims"] == ["mine/forgets", "mine/kept"]
    assert row["as_expected"] is True


def test_a_page_that_cannot_be_written_is_said_before_anything_is_decided(tmp_path: Path) -> None:
    answer = alignspec("check", "premises", "--page", str(tmp_path / "no" / "page.md"))
    assert answer.returncode == 2
    assert "no such folder" in answer.stderr
