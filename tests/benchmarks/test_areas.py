"""Maps of random schemes, held against an oracle that shares no code with the engines."""

from __future__ import annotations

from fractions import Fraction

import attrs
import pytest

from benchmarks.differential import areas
from benchmarks.differential.edges import OPEN
from benchmarks.differential.language import Free, claim_of
from benchmarks.differential.machines import Field, Kept, Machine, Step, name
from checker.parameters.evidence import CellAnswer
from checker.parameters.partition import Partition, draw_map
from spec.statements.base import Answer

SCHEMES, CHUNK = 8, 4


@pytest.mark.parametrize("first", range(0, SCHEMES, CHUNK))
def test_maps_and_oracle_agree(first: int) -> None:
    chunk = range(first, first + CHUNK)
    outcomes = [areas.judge_area(number, timeout=0.2, most=15) for number in chunk]
    assert any(outcomes)
    assert [(o.number, o.problem) for o in outcomes if o is not None and o.problem] == []


def leaning() -> Machine:
    """x' = beside x + open settles at open / (1 - beside), within 1 where open + beside <= 1."""
    step = Step((), (name("x") * name(areas.BESIDE) + name(OPEN),))
    kept = (Kept(name("x"), Fraction(1)),)
    return Machine("leaning", (Field("x", high=Fraction(9)),), (Fraction(0),), (step,), kept)


def found_of(machine: Machine) -> Partition:
    quarter, half = Fraction(1, 4), Fraction(1, 2)
    free = [Free(each, quarter, Fraction(0), Fraction(1)) for each in (OPEN, areas.BESIDE)]
    claim = claim_of("leaning", machine, *free)
    return draw_map(claim, {OPEN: None, areas.BESIDE: (0, half)}, undecided="1/4", timeout=20)


def turned(found: Partition, answer: Answer) -> Partition:
    """The map with the boxes of one answer, and the other answer on them."""
    other = {Answer.PROVED: Answer.REFUTED, Answer.REFUTED: Answer.PROVED}[answer]
    boxes = [
        attrs.evolve(box, decided=CellAnswer(other))
        for box in found.boxes
        if box.decided.answer is answer
    ]
    return attrs.evolve(found, boxes=boxes)


def test_a_wrong_map_is_told() -> None:
    machine = leaning()
    found = found_of(machine)
    assert areas.contradiction(machine, found, 0, 60)[0] == ""
    wrong = turned(found, Answer.PROVED)
    each = [attrs.evolve(wrong, boxes=[box]) for box in wrong.boxes]
    safe = [areas.contradiction(machine, one, 0, 60)[0] for one in each]
    assert all("breaks at" in told for told in safe)
    for reason in ("alone it is proved", "no reachable state does"):
        assert any(reason in told for told in safe)
    unsafe = areas.contradiction(machine, turned(found, Answer.REFUTED), 0, 60)[0]
    assert "holds at" in unsafe
    assert "a run breaks" in unsafe


def test_a_crash_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> Partition:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(areas, "draw_map", crash)
    outcomes = areas.judged_areas(range(8), timeout=0.2)
    assert outcomes
    assert all("ZeroDivisionError: of all things" in outcome.problem for outcome in outcomes)
