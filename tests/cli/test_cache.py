"""Verdicts that are kept: equal when they come back, never stale, texts and nothing else."""

from __future__ import annotations

import json
import multiprocessing
import pickle
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import diskcache
import pytest

from checker import Options, decide
from checker.cli import cache, verdict_text
from checker.cli.fingerprint import fingerprint
from checker.cli.recall import Recall
from checker.cli.tasks import Task, decide_all, tasks_for
from checker.cli.workers import Given, Heard, Here, Outcome, T, unheard
from checker.statements.registry import judge
from checker.system.verdict import Unknown, Verdict
from spec import (
    Bool,
    Claim,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Settles,
    Threshold,
    budget,
    parameter,
)
from tests.plain_schemes import FewErrors, Half, LowT, SumWithin, Tiny, learning, splitting, swap
from tests.support import NOISY_MEMORY, alignspec

CLAIMS: list[Any] = [
    Claim("learning", learning, FewErrors()),
    Claim("swap", swap, LowT()),
    Claim("splitting", splitting, SumWithin()),
    Settles("settles", learning, FewErrors()),
]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def decided(claim: Any) -> Verdict:
    return decide(claim) if isinstance(claim, Claim) else judge(claim, {}, Options())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_a_verdict_comes_back_equal(claim: Any) -> None:
    verdict = decided(claim)
    text = verdict_text.write(verdict)
    json.loads(text)
    assert verdict_text.read(text) == verdict
    assert verdict_text.read(text) is not verdict


def test_a_fact_of_a_class_of_ones_own_is_not_kept() -> None:
    @attrs.frozen
    class Mine:
        number: int = 1

    verdict = attrs.evolve(decided(CLAIMS[0]), facts=(Mine(),))  # type: ignore[arg-type]
    with pytest.raises(verdict_text.NoText):
        verdict_text.write(verdict)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"record":["subprocess:Popen",{"args":"true"}]}',
        '{"record":["checker.cli.workers:os",{}]}',
        '{"record":["checker.cli.workers:Limits",{"seconds":1.0,"gib":0.0}]}',
        '{"record":["checker.system.verdict:Verdict",{}]}',
        '{"class":"checker.system.verdict:Verdict"}',
        '{"enum":["checker.system.verdict:Verdict","claim"]}',
        '{"fraction":"1/0"}',
        "[" * 5000,
    ],
)
def test_another_text_is_no_verdict(text: str) -> None:
    with pytest.raises(verdict_text.NoText):
        verdict_text.read(text)


class Rate(Parameters):
    rate: Real = parameter("1/2", 0, 1, "rate")


FACTOR = Fraction(1, 2)
"""Read by the step below; a test changes it."""


def tiny(low: str = "1/2", note: str = "rate", bound: str = "1/8", **claim: Any) -> Claim:
    class Own(Parameters):
        rate: Real = parameter("1/2", 0, low, note)

    def seed(p: Any) -> Any:
        return Tiny(x=Real(0))

    def step(s: Any, p: Any, nature: Nature) -> Any:
        return Tiny(x=s.x * FACTOR * p.rate + nature.choose("n", at_most=bound))

    seed.__annotations__ = {"p": Own, "return": Tiny[Half]}
    step.__annotations__ = {"s": Tiny[Half], "p": Own, "nature": Nature, "return": Tiny[Half]}
    loop: Any = Loop[Own, Tiny[Half]]("tiny", parameters=Own, seed=seed, step=step)
    return Claim("tiny", loop, Half(), **claim)


class Low(Invariant):
    top: Real = budget(0, 1, "top", limit="1/2")

    def holds(self, tiny: Any) -> Bool:
        kept: Bool = tiny.x <= self.top
        return kept


QUESTION: dict[str, Any] = {"overriding": {}, "options": {"timeout": 60.0}}


def hashed(claim: Any, **question: Any) -> str:
    found = fingerprint(claim, {**QUESTION, **question})
    assert found is not None
    return found


def test_the_same_question_has_the_same_hash() -> None:
    assert hashed(tiny()) == hashed(tiny())


def test_whatever_a_verdict_depends_on_changes_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        hashed(tiny()),
        hashed(tiny(low="3/4")),
        hashed(tiny(note="the rate")),
        hashed(tiny(bound="1/9")),
        hashed(tiny(expected="refuted")),
        hashed(tiny(at={"rate": "1/3"})),
        hashed(tiny(over="rate")),
        hashed(tiny(), overriding={"rate": Fraction(1, 3)}),
        hashed(tiny(), options={"timeout": 5.0}),
        hashed(Claim("tiny", tiny().scheme, Low())),
        hashed(Claim("tiny", tiny().scheme, Low(top=Real("1/3")))),
        hashed(Settles("tiny", tiny().scheme, Half())),
        hashed(Threshold("tiny", tiny().scheme, Half(), parameter="rate", value=Fraction(1, 2))),
    ]
    claim = tiny()
    before = hashed(claim)
    monkeypatch.setitem(globals(), "FACTOR", Fraction(1, 3))  # a global that the step reads
    found.append(hashed(claim))
    assert before == found[0]
    assert len(set(found)) == len(found)


def test_another_program_has_another_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hashed(tiny())
    monkeypatch.setattr("checker.cli.fingerprint.versions", lambda: ("another",))
    assert hashed(tiny()) != before


def task(target: str = NOISY_MEMORY) -> Task:
    return Task(target, 0, {}, "", Options(), regions=True)


def test_a_kept_verdict_is_recalled_and_an_open_one_is_not_kept() -> None:
    verdict = task().run()
    ((key, nothing),) = Recall((task(),)).run()
    assert key is not None
    assert nothing is None
    cache.keep([((key,), attrs.evolve(verdict, result=Unknown()))])
    assert Recall((task(),)).run() == ((key, None),)
    cache.keep([((key,), verdict)])
    assert Recall((task(),)).run() == ((key, verdict),)


class _Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def test_nothing_that_is_kept_is_executed(tmp_path: Path) -> None:
    ((key, _),) = Recall((task(),)).run()
    trap = tmp_path / "sprung"
    with diskcache.Cache(str(cache.folder())) as other:
        other.set(key, _Trap(str(trap)))
    assert Recall((task(),)).run() == ((key, None),)
    assert not trap.exists()
    pickle.loads(pickle.dumps(_Trap(str(trap))))  # the trap works
    assert trap.exists()


def test_a_folder_that_cannot_be_used_is_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    ((key, verdict),) = Recall((task(),)).run()
    assert key is not None
    assert verdict is None
    cache.keep([((key,), decided(CLAIMS[0]))])


def _keep_many(folder: str, names: list[str]) -> None:
    verdict = decided(CLAIMS[0])
    for name in names:
        cache.keep([((name,), verdict)])


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    names = [[f"{process} {number}" for number in range(20)] for process in "ab"]
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_keep_many, args=(str(tmp_path), each)) for each in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with diskcache.Cache(str(cache.folder()), disk=cache.TextDisk) as kept:
        assert all(verdict_text.read(kept[name]) for each in names for name in each)


def test_the_command_knows_from_before() -> None:
    first = alignspec("check", NOISY_MEMORY, "--no-cache")
    assert not cache.folder().exists()
    second, third = (alignspec("check", NOISY_MEMORY) for _ in range(2))
    assert "1 known from before" in third.stdout
    assert "from before" not in first.stdout + second.stdout
    assert first.returncode == second.returncode == third.returncode == 0


class Saving:
    """Processes of this machine, begun just when an editor saves another text."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text

    def carry_out(
        self, given: Iterator[Given[T] | None], heard: Heard = unheard
    ) -> Iterator[tuple[int, Outcome[T]]]:
        self.file.write_text(self.text)
        return Here().carry_out(given, heard)


def test_a_file_saved_while_it_is_decided_leaves_nothing_stale(tmp_path: Path) -> None:
    file, text = tmp_path / "saved.py", Path(NOISY_MEMORY).read_text()

    def answer(workers: Saving | None) -> tuple[str, bool]:
        file.write_text(text)
        tasks = tasks_for([str(file)], (), "", False, Options())
        (verdict,), _ = decide_all(tasks, 1, 0.0, lambda _: None, True, workers=workers)
        assert verdict is not None
        return verdict.answer.value, verdict.recalled

    assert answer(Saving(file, text.replace("4/25", "9/50"))) == ("proved", False)
    assert answer(None) == ("proved", True)
