"""An engine of one's own is a class and an entry in the list, and touches nothing else."""

from __future__ import annotations

import pytest

from checker import Options, decide
from checker.invariants.certificate import Certificate
from checker.portfolio import schedule
from checker.portfolio.engine import Engine, FoundRun, Shows, Task
from checker.portfolio.searches import StrategySearch
from checker.report.words import describe
from checker.system.findings import Method, Undecided
from checker.system.replay import replay
from examples.noisy_memory import memory
from spec import Claim, SpecError
from spec.statements.base import Answer
from tests.plain_schemes import LowT, swap


class Toy(Engine):
    """Follows the run in which nature does nothing, for three iterations."""

    name = "toy"
    shows = Shows.RUN

    def attempt(self, task: Task) -> Certificate | FoundRun | None:
        run = replay(task.problem, lambda _, stage: [], 3)
        return FoundRun(run, Method.SEARCH) if run is not None and run.broken else None


CLAIM = Claim("memory/mostlyright", memory, memory.agent.carries())


def test_an_engine_of_ones_own_is_tried_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", [Toy()])
    verdict = decide(CLAIM)
    assert verdict.answer is Answer.UNKNOWN
    assert isinstance(verdict.reason, Undecided)
    assert verdict.reason.tried == ("toy",)
    assert "tried: toy" in describe(verdict.reason)


def test_only_the_named_engines_are_tried() -> None:
    """The limits of the swap are not inductive by themselves; another engine proves them."""
    claim = Claim("swap/low", swap, LowT())
    limits = decide(claim, options=Options(engines=("limits",)))
    whole = decide(claim)
    assert whole.answer is Answer.PROVED
    assert limits.answer is Answer.UNKNOWN
    assert limits.method is Method.CHOSEN_ENGINES
    assert isinstance(limits.reason, Undecided)
    assert limits.reason.tried == ("limits",)


def test_an_engine_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(SpecError, match="no engine limit; there is search, limits"):
        decide(CLAIM, options=Options(engines=("limit",)))


def test_every_engine_of_the_list_says_what_it_does() -> None:
    assert isinstance(schedule.SCHEDULE[0], StrategySearch)
    for engine in schedule.SCHEDULE:
        assert engine.name
        assert engine.name == engine.name.lower()
        assert engine.shows in Shows
        assert (type(engine).__doc__ or "").split("\n")[0].endswith((".", ",", "back"))
