"""A map of parameters is a partition, and loses nothing in its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from checker.parameters.cell_checker import CellChecker
from checker.parameters.partition import Partition, begin, explore, fingerprint
from checker.system.parametric import Cell, ParametricProblem, centre, within
from spec import Claim, SpecError
from tests.parameters.memories import SumWithin, claim, power, split


def small() -> tuple[ParametricProblem, Cell]:
    parametric = ParametricProblem(Claim("split", split, SumWithin()), ("noise", "other"))
    return parametric, parametric.domain


def test_a_map_is_a_partition() -> None:
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, 1.0)
    partition.boxes += boxes
    areas = [partition.area("proved"), partition.area("refuted"), partition.area("undecided")]
    assert sum(areas) == 1
    cells = [box.cell for box in partition.boxes] + partition.open
    inside = [centre(cell) for cell in cells]
    for number, point in enumerate(inside):
        assert [n for n, cell in enumerate(cells) if within(point, cell)] == [number]


def test_a_map_survives_its_file() -> None:
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, 0.5)
    partition.boxes += boxes
    again = Partition.from_json(json.loads(json.dumps(partition.to_json())), "here")
    assert attrs.asdict(again) == attrs.asdict(partition)


def spoiled(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**data, "kind": "other"}
    yield {**data, "boxes": data["boxes"][1:]}
    yield {**data, "evidence": []}
    yield {**data, "open": [[["0", "x"], ["0", "1"]]]}
    yield {name: value for name, value in data.items() if name != "domain"}


def test_a_spoiled_file_is_told_in_one_line() -> None:
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, 0.5)
    partition.boxes += boxes
    assert boxes
    for data in spoiled(partition.to_json()):
        with pytest.raises(SpecError, match=r"map\.json.*delete it"):
            Partition.from_json(data, "map.json")


def test_fingerprints_tell_schemes_apart() -> None:
    one = ParametricProblem(claim(power(2), "1/2"), ("noise", "other"))
    same = ParametricProblem(claim(power(2), "1/2"), ("noise", "other"))
    steps = ParametricProblem(claim(power(3), "1/2"), ("noise", "other"))
    limits = ParametricProblem(claim(power(2), "1/3"), ("noise", "other"))
    assert fingerprint(one) == fingerprint(same)
    assert len({fingerprint(f) for f in (one, steps, limits)}) == 3
