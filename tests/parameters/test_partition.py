"""A map of parameters is a partition, and loses nothing in its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import inf
from typing import Any

import attrs
import pytest

from checker.parameters.cell_checker import CellChecker
from checker.parameters.evidence import Recorded
from checker.parameters.partition import DecidedCell, Partition, begin, explore, fingerprint
from checker.report.documents import document
from checker.report.documents.partition import read_map
from checker.report.words import describe
from checker.system.parametric import Cell, ParametricProblem, centre, within
from spec import Claim, SpecError
from spec.statements.base import Answer
from tests.parameters.memories import SumWithin, claim, power, split


def small() -> tuple[ParametricProblem, Cell]:
    parametric = ParametricProblem(Claim("split", split, SumWithin()), ("noise", "other"))
    return parametric, parametric.domain


def test_a_map_is_a_partition() -> None:
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, inf, most=40)
    partition.boxes += boxes
    areas = [partition.area(answer) for answer in (Answer.PROVED, Answer.REFUTED, Answer.UNKNOWN)]
    assert sum(areas) == 1
    cells = [box.cell for box in partition.boxes] + partition.open
    inside = [centre(cell) for cell in cells]
    for number, point in enumerate(inside):
        assert [n for n, cell in enumerate(cells) if within(point, cell)] == [number]


def explored() -> Partition:
    """A map with some boxes decided, and all that is left of it open."""
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, inf, most=20)
    assert boxes
    partition.boxes += boxes
    return partition


def recorded(box: DecidedCell) -> DecidedCell:
    """The box as its file has it, where the evidence is text."""
    evidence = Recorded(describe(box.decided.evidence))
    return attrs.evolve(box, decided=attrs.evolve(box.decided, evidence=evidence))


def test_a_map_survives_its_file() -> None:
    partition = explored()
    written = document(partition)
    again = read_map(json.loads(json.dumps(written)), "here")
    assert again == attrs.evolve(partition, boxes=[recorded(box) for box in partition.boxes])
    assert all(box.decided.evidence != Recorded("") for box in again.boxes)
    assert document(again) == written


def spoiled(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**data, "kind": "other"}
    yield {**data, "boxes": data["boxes"][1:]}
    yield {**data, "evidence": []}
    yield {**data, "open": [[["0", "x"], ["0", "1"]]]}
    yield {name: value for name, value in data.items() if name != "domain"}


def test_a_spoiled_file_is_refused_in_one_line() -> None:
    for data in spoiled(document(explored())):
        with pytest.raises(SpecError, match=r"map\.json.*delete it"):
            read_map(data, "map.json")


def test_fingerprints_tell_schemes_apart() -> None:
    one = ParametricProblem(claim(power(2), "1/2"), ("noise", "other"))
    same = ParametricProblem(claim(power(2), "1/2"), ("noise", "other"))
    steps = ParametricProblem(claim(power(3), "1/2"), ("noise", "other"))
    limits = ParametricProblem(claim(power(2), "1/3"), ("noise", "other"))
    assert fingerprint(one.problem) == fingerprint(same.problem)
    assert len({fingerprint(each.problem) for each in (one, steps, limits)}) == 3
