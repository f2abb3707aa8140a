"""Documents of maps: written, and read back when a map is continued."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checker.parameters.evidence import CellAnswer, Recorded
from checker.parameters.partition import DecidedCell, MapQuestion, Partition
from checker.report.documents.base import document, exact_values
from checker.report.partition import CELL_ANSWERS
from checker.report.words import describe
from checker.system.parametric import Cell, share
from spec.errors import SpecError
from spec.statements.base import Answer

MAP_SCHEMA = 1
"""The version of the files of maps. They are read back, so it is counted by itself."""
MAP = "map"

MALFORMED = (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError, AttributeError)


@document.register
def _(partition: Partition) -> dict[str, Any]:
    evidence = [_evidence(box) for box in partition.boxes]
    texts = list(dict.fromkeys(evidence))
    number = {text: index for index, text in enumerate(texts)}
    return {
        "schema": MAP_SCHEMA,
        "kind": MAP,
        "question": document(partition.question),
        "domain": _written(partition.domain),
        "shares": {word: float(partition.area(answer)) for answer, word in CELL_ANSWERS.items()},
        "boxes": [
            {
                "cell": _written(box.cell),
                "verdict": CELL_ANSWERS[box.decided.answer],
                "iteration": box.decided.iteration,
                "evidence": number[text],
            }
            for box, text in zip(partition.boxes, evidence, strict=True)
        ],
        "open": [_written(cell) for cell in partition.open],
        "evidence": texts,
    }


@document.register
def _(question: MapQuestion) -> dict[str, Any]:
    return {
        "scheme": question.scheme,
        "invariant": question.invariant,
        "limits": exact_values(question.limits),
        "x": question.x,
        "y": question.y,
        "units": list(question.units),
        "parameters": exact_values(question.parameters),
        "fingerprint": question.fingerprint,
    }


def _evidence(box: DecidedCell) -> str:
    return "" if box.decided.evidence is None else describe(box.decided.evidence)


def _written(cell: Cell) -> list[list[str]]:
    return [[str(low), str(high)] for low, high in cell]


def read_map(data: Any, location: str) -> Partition:
    """The map that was written.

    Args:
        data: the parsed JSON.
        location: the file, for the error.

    Raises:
        SpecError: naming the file, when it is no map.
    """
    try:
        return _read(data)
    except MALFORMED:
        raise SpecError(
            "this is no whole map of alignspec; delete it, or give another --out", location
        ) from None


def _read(data: Any) -> Partition:
    if data["kind"] != MAP or data["schema"] != MAP_SCHEMA:
        raise ValueError
    partition = Partition(
        _read_question(data["question"]),
        _read_cell(data["domain"]),
        [_read_box(box, data["evidence"]) for box in data["boxes"]],
        [_read_cell(cell) for cell in data["open"]],
    )
    cells = [*partition.open, *(box.cell for box in partition.boxes)]
    if sum(share(cell, partition.domain) for cell in cells) != 1:
        raise ValueError
    return partition


def _read_question(data: Any) -> MapQuestion:
    first, second = data["units"]
    return MapQuestion(
        scheme=data["scheme"],
        invariant=data["invariant"],
        limits=_read_values(data["limits"]),
        x=data["x"],
        y=data["y"],
        units=(first, second),
        parameters=_read_values(data["parameters"]),
        fingerprint=data["fingerprint"],
    )


def _read_values(data: Any) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in data.items()}


def _read_box(data: Any, evidence: Any) -> DecidedCell:
    shown = Recorded(str(evidence[data["evidence"]]))
    answer = CellAnswer(_read_answer(data["verdict"]), data["iteration"], shown)
    return DecidedCell(_read_cell(data["cell"]), answer)


def _read_answer(word: Any) -> Answer:
    for answer, text in CELL_ANSWERS.items():
        if text == word and answer is not Answer.UNKNOWN:
            return answer
    raise ValueError


def _read_cell(cell: Any) -> Cell:
    read = tuple((Fraction(low), Fraction(high)) for low, high in cell)
    if len(read) != 2 or any(low >= high for low, high in read):
        raise ValueError
    return read
