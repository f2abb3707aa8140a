"""The evidence of maps: judged by the rechecker it covers what was drawn, and is the same again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import draw_map
from checker.evidence.document import text_of
from checker.evidence.maps import evidence_of_map
from checker.parameters.partition import Partition
from checker.system.parametric import ParametricProblem
from recheck.check import Outcome, recheck
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Process,
    Real,
    between,
    budget,
    minimum,
    parameter,
)
from spec.statements.base import Answer


class Student(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class Low(Invariant):
    """The error is at most the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/5")

    def holds(self, agent: Student[Any]) -> Bool:
        return agent.error <= self.error


class Knobs(Parameters):
    share: Real = parameter("1/2", 0, 1, "share of the error that is kept")
    noise: Real = parameter("1/10", 0, "1/2", "errors that are added")


Step = Callable[[Student[Any], Knobs, Nature], Student[Any]]


def clean(p: Knobs) -> Student[Low]:
    return Student(error=Real(0))


def quiet(p: Knobs) -> Bool:
    return p.noise + p.share <= "5/4"


def adds(agent: Student[I], p: Knobs, nature: Nature) -> Student[I]:
    slip = nature.choose("slip", at_most=p.noise)
    return Student(error=minimum(1, p.share * agent.error + slip))


def bends(agent: Student[I], p: Knobs, nature: Nature) -> Student[I]:
    """What is added is greatest where half is kept."""
    return Student(error=minimum(1, p.noise + p.share * (1 - p.share) * agent.error))


def swings(agent: Student[I], p: Knobs, nature: Nature) -> Student[I]:
    slip = nature.choose("slip", at_most=p.noise)
    return Student(error=(1 - agent.error) * p.share / 4 + slip / 2)


def loop(step: Step, *assumptions: Callable[[Knobs], Bool]) -> Process:
    return Loop[Knobs, Student[Low]](
        "student", parameters=Knobs, seed=clean, step=step, assumptions=list(assumptions)
    )


def mapped(process: Process, undecided: str = "1/10") -> tuple[Partition, dict[str, Any]]:
    claim = Claim("c", process, Low())
    partition = draw_map(claim, {"share": None, "noise": None}, undecided=undecided)
    parametric = ParametricProblem(claim, ("share", "noise"), {})
    return partition, evidence_of_map(parametric, partition, lambda text: None)


@pytest.mark.parametrize(
    "process", [loop(adds), loop(bends), loop(swings), loop(adds, quiet)], ids=str
)
def test_what_is_drawn_is_shown(process: Process, tmp_path: Path) -> None:
    partition, document = mapped(process)
    file = tmp_path / "map.json"
    file.write_text(text_of(document), "utf-8")
    found = recheck(file, 5.0)
    assert found.outcome is Outcome.ACCEPTED, found.why
    boxes = document["proof"]["boxes"]
    assert len(boxes) >= 0.9 * len(partition.boxes)
    answers = {box["verdict"] for box in boxes}
    assert {"proved", "refuted"} <= answers
    assert ("vacuous" in answers) == (partition.area(Answer.VACUOUS) > 0)


def test_the_same_boxes_give_the_same_evidence() -> None:
    partition, document = mapped(loop(adds), "1/3")
    claim = Claim("c", loop(adds), Low())
    again = Partition(partition.question, partition.domain, partition.boxes[::-1], [])
    parametric = ParametricProblem(claim, ("share", "noise"), {})
    assert evidence_of_map(parametric, again, lambda text: None) == document


def test_a_box_that_was_drawn_wrongly_is_left_out() -> None:
    """Evidence shows what it shows, whatever the map said."""
    partition, _ = mapped(loop(adds), "1/3")
    other = {"proved": Answer.REFUTED, "refuted": Answer.PROVED}
    turned = [
        type(box)(box.cell, type(box.decided)(other[box.decided.answer.value]))
        for box in partition.boxes
    ]
    wrong = Partition(partition.question, partition.domain, turned, [])
    claim = Claim("c", loop(adds), Low())
    parametric = ParametricProblem(claim, ("share", "noise"), {})
    document = evidence_of_map(parametric, wrong, lambda text: None)
    assert "boxes" not in document["proof"]
