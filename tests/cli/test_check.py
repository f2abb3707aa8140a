"""The command line answers in what a person reads, and in one clear line where a call is wrong."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.support import NOISY_MEMORY, ROOT, alignspec


def test_a_file_outside_the_repository(tmp_path: Path) -> None:
    copy = tmp_path / "mine.py"
    copy.write_text(Path(NOISY_MEMORY).read_text())
    good = alignspec("check", str(copy), cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert "PROVED" in good.stdout
    bad = alignspec("check", "mine.py:memory", "--param", "noise=9/50", cwd=tmp_path)
    assert bad.returncode == 1
    assert "iteration 15" in bad.stdout


def test_json_is_one_document_with_exact_numbers() -> None:
    answer = alignspec("check", NOISY_MEMORY, "--json", "--param", "noise=0.18", "--jobs", "1")
    document = json.loads(answer.stdout)
    assert document["schema"] == 2
    (verdict,) = document["verdicts"]
    wanted = {"claim", "scheme", "invariant", "verdict", "expected", "method", "seconds"}
    assert wanted <= set(verdict)
    assert verdict["verdict"] == "refuted"
    assert verdict["parameters"] == {"noise": "9/50"}
    assert verdict["trace"]["iteration"] == 15
    assert verdict["trace"]["steps"][0]["iteration"] == 1
    assert answer.returncode == 1


def test_json_of_a_proof_holds_its_certificate() -> None:
    answer = alignspec("check", "any-invariant/benign", "--over", "imitation_error", "--json")
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
        (["check", NOISY_MEMORY + ":nothing"], "no nothing in the file"),
        (["check", NOISY_MEMORY, "--param", "nose=1"], "no parameter nose; there is noise"),
        (["check", NOISY_MEMORY, "--param", "noise"], "NAME=VALUE"),
        (["check", NOISY_MEMORY, "--param", "noise=x"], '"x" is not an exact number'),
        (["check", NOISY_MEMORY, "--param", "noise=1/0"], "not an exact number"),
        (["check", NOISY_MEMORY, "--param", "noise=2"], "outside its domain [0, 1/2]"),
        (["check", NOISY_MEMORY, "--over", "copies"], "no parameter copies"),
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
    modest = str(ROOT / "examples" / "modest.py")
    answer = alignspec("check", modest, "--engine", "limits", "--json")  # one that is soon done
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


@pytest.mark.parametrize("target", [NOISY_MEMORY, "rrm-instance"])
def test_without_docstrings_and_assertions_the_verdicts_are_the_same(target: str) -> None:
    plain, optimized = (
        json.loads(alignspec("check", "--json", target, python=python).stdout)["verdicts"]
        for python in ((), ("-OO",))
    )
    found = [(v["claim"], v["verdict"], v["expected"]) for v in plain]
    assert found
    assert [(v["claim"], v["verdict"], v["expected"]) for v in optimized] == found


def test_what_is_not_as_expected_comes_first(tmp_path: Path) -> None:
    text = Path(NOISY_MEMORY).read_text() + (
        "\nfrom spec import Claim\n"
        "kept = Claim('kept', memory, MostlyRight())\n"
        "wrong = Claim('wrong', memory, MostlyRight(), at={'noise': '9/50'})\n"
    )
    (tmp_path / "two.py").write_text(text)
    answer = alignspec("check", "two.py", cwd=tmp_path)
    first, second = answer.stdout.splitlines()[:2]
    assert first == "Not as expected: 1 of 2"
    line = text.splitlines().index(text.splitlines()[-1]) + 1
    assert second == f"  wrong: expected proved, got REFUTED  two.py:{line}"
    assert "Not as expected" not in alignspec("check", "two.py:kept", cwd=tmp_path).stdout
