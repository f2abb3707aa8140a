"""The race is resumed, scored and written down; how anyone does in it is not tested."""

from __future__ import annotations

from json import loads
from pathlib import Path
from typing import Any

import pytest

from benchmarks import arena, race
from benchmarks.arena import QUESTIONS
from benchmarks.contestants import CONTESTANTS, applicable
from benchmarks.question import Label, Question
from benchmarks.race import kept, run
from benchmarks.report import BEGIN, END, Result, beside, summarize, write_markdown


def test_a_race_is_resumed_from_its_file(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    def contest(question: Question, contestant: str, limit: float) -> Result:
        asked.append((question.name, contestant))
        if len(asked) == 5:
            raise KeyboardInterrupt
        return Result(question.name, contestant, question.label, "safe", 0.5, "")

    file, some = tmp_path / "race.json", QUESTIONS[:2]
    with pytest.raises(KeyboardInterrupt):
        run(some, 3.0, file=file, contest=contest)
    written = [
        (item["question"], item["contestant"]) for item in loads(file.read_text())["results"]
    ]
    assert asked[:4] == written
    wanted = [(q.name, c) for q in some for c in CONTESTANTS if applicable(c, q)]
    asked[:] = [("", "")] * 5
    results, used = run(some, 3.0, file=file, contest=contest)
    assert asked[5:] == [pair for pair in wanted if pair not in written]
    assert [(r.question, r.contestant) for r in results] == wanted
    asked.clear()
    assert run(some, 3.0, file=file, contest=contest) == (results, used)
    assert asked == []
    assert kept(file, {**used, "limit": 4.0}) == []


def test_only_what_is_asked_for_is_run() -> None:
    def contest(question: Question, contestant: str, limit: float) -> Result:
        return Result(question.name, contestant, question.label, "unknown", 0.5, "")

    results, _ = run(QUESTIONS, 3.0, only="^Storm: chain: repair", contest=contest)
    assert [(r.contestant, r.question[:6]) for r in results] == [("Storm", "repair")] * 2


def test_one_answer_in_its_own_process_and_one_killed() -> None:
    halving = next(q for q in QUESTIONS if q.name == "halving, error <= 499/1000")
    assert arena.put(halving, "unrolled Z3", 60.0).outcome == "solved"
    killed = arena.put(halving, "Hypothesis", 0.0)
    assert (killed.outcome, killed.note) == ("unknown", "killed at the limit")


def test_a_wrong_answer_or_an_exception_is_loud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"safe": ("safe", ""), "unsafe": ("unknown", "killed at the limit")}

    def contest(question: Question, contestant: str, limit: float) -> Result:
        answer, note = answers[question.label]
        return Result(question.name, contestant, question.label, answer, 0.5, note)  # type: ignore[arg-type]

    monkeypatch.setattr(race, "put", contest)
    asked = ["--only", "^alignspec: affine: halving"]
    assert race.main(asked) == 0
    answers["unsafe"] = ("safe", "")
    assert race.main(asked) == 1
    assert "WRONG: alignspec on halving, error <= 499/1000" in capsys.readouterr().out
    answers["unsafe"] = ("unknown", f"{arena.FAILED}EnginesDisagree: ...")
    assert race.main(asked) == 1
    assert "FAILED: alignspec on halving, error <= 499/1000" in capsys.readouterr().out


def result(contestant: str, label: Label, answer: Any, seconds: float) -> Result:
    return Result(f"{label} {seconds}", contestant, label, answer, seconds, "", 0.25)


def test_scores() -> None:
    results = [
        result("alignspec", "safe", "safe", 1.0),
        result("alignspec", "unsafe", "safe", 2.0),
        result("alignspec", "unsafe", "unknown", 3.0),
        result("Storm", "unsafe", "not installed", 0.0),
    ]
    (only,) = summarize(results, limit=4.0)
    assert (only.contestant, only.posed, only.solved, only.wrong, only.unknown) == (
        *("alignspec", 3),
        *(1, 1, 1),
    )
    assert only.par2 == pytest.approx((1 + 8 + 8) / 3)
    assert results[1].cell == "safe WRONG 2.00"


def test_what_another_solves_and_we_do_not_is_counted() -> None:
    def answered(question: str, contestant: str, seconds: float, answer: Any = "safe") -> Result:
        return Result(question, contestant, "safe", answer, seconds, "")

    results = [
        *(answered(name, "alignspec", seconds) for name, seconds in (("a", 2.0), ("b", 3.0))),
        answered("c", "alignspec", 1.0, "unknown"),
        *(answered(name, "Spacer", seconds) for name, seconds in (("a", 1.0), ("c", 0.5))),
        *(answered(name, "Storm", seconds) for name, seconds in (("a", 4.0), ("b", 1.0))),
        answered("b", "Hypothesis", 0.1, "unsafe"),  # wrong
    ]
    assert beside(results) == [
        ["Spacer", "2", "1", "1.00", "2.00", "2.00"],
        ["Storm", "2", "0", "2.50", "2.50", "1.75"],
        ["the quickest of them", "3", "1", "1.00", "2.50", "2.50"],
    ]


def test_the_tables_replace_what_is_between_the_marks(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"above\n{BEGIN}\nstale text\n{END}\nbelow\n")
    results = [Result(QUESTIONS[0].name, "alignspec", "safe", "safe", 1.0, "", 0.25)]
    used = {"limit": 2.0, "jobs": 1, "cores": 2, "versions": {"python": "3"}}
    for _ in range(2):
        write_markdown(file, QUESTIONS, results, used, {})
    text = file.read_text()
    assert text.startswith("above\n")
    assert text.endswith("\nbelow\n")
    assert text.count("| alignspec | 1 | 1 | 1 | 0 | 0 | 0 | 1.00 s |") == 1
    assert "stale text" not in text
