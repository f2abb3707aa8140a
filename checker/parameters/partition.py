"""Maps of two parameters: boxes proved safe, boxes proved unsafe, and what is still open."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.parameters.cell_checker import CellAnswer, CellChecker, Kind
from checker.system.parametric import Cell, ParametricProblem, bisect_cell, share
from spec.errors import SpecError
from spec.invariants import limits_of
from spec.trace import topological

SCHEMA = 1
SLENDER = 32
"""A cell is cut across where it is so many times longer than wide, as shares of the domain."""


@attrs.frozen
class DecidedCell:
    """A cell and the answer for every point of it."""

    cell: Cell
    decided: CellAnswer


@attrs.define
class Partition:
    """A map under way: decided boxes, and the cells that are still open.

    ``question`` says what is asked, and a fingerprint of the traced steps, so that a map is only
    ever continued for the same question.
    """

    question: Mapping[str, Any]
    domain: Cell
    boxes: list[DecidedCell] = attrs.field(factory=list)
    open: list[Cell] = attrs.field(factory=list)

    def area(self, kind: Kind) -> Fraction:
        """The share of the domain with a kind of answer."""
        if kind == "undecided":
            return sum((share(cell, self.domain) for cell in self.open), Fraction(0))
        mine = (box.cell for box in self.boxes if box.decided.kind == kind)
        return sum((share(cell, self.domain) for cell in mine), Fraction(0))

    def to_json(self) -> dict[str, Any]:
        """The map as plain JSON: exact numbers as strings such as "1/6"."""
        told = list(dict.fromkeys(box.decided.evidence for box in self.boxes))
        number = {text: index for index, text in enumerate(told)}
        return {
            "schema": SCHEMA,
            "kind": "map",
            "question": dict(self.question),
            "domain": _written(self.domain),
            "shares": {
                kind: float(self.area(kind))
                for kind in ("proved", "refuted", "vacuous", "undecided")
            },
            "boxes": [
                {
                    "cell": _written(box.cell),
                    "verdict": box.decided.kind,
                    "iteration": box.decided.iteration,
                    "evidence": number[box.decided.evidence],
                }
                for box in self.boxes
            ],
            "open": [_written(cell) for cell in self.open],
            "evidence": told,
        }

    @classmethod
    def from_json(cls, data: Any, location: str) -> Partition:
        """The map that was written.

        Raises:
            SpecError: naming the file, when it is no map.
        """
        try:
            if data["kind"] != "map" or data["schema"] != SCHEMA:
                raise ValueError
            told = [str(text) for text in data["evidence"]]
            boxes = [
                DecidedCell(
                    _read(box["cell"]),
                    CellAnswer(_kind(box["verdict"]), box["iteration"], told[box["evidence"]]),
                )
                for box in data["boxes"]
            ]
            partition = cls(dict(data["question"]), _read(data["domain"]), boxes)
            partition.open = [_read(cell) for cell in data["open"]]
            cells = [*partition.open, *(box.cell for box in partition.boxes)]
            if sum(share(cell, partition.domain) for cell in cells) != 1:
                raise ValueError
        except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError, AttributeError):
            raise SpecError(
                "this is no whole map of alignspec; delete it, or give another --out", location
            ) from None
        return partition


def _written(cell: Cell) -> list[list[str]]:
    return [[str(low), str(high)] for low, high in cell]


def _read(cell: Any) -> Cell:
    read = tuple((Fraction(low), Fraction(high)) for low, high in cell)
    if len(read) != 2 or any(low >= high for low, high in read):
        raise ValueError
    return read


def _kind(text: Any) -> Kind:
    for kind in ("proved", "refuted", "vacuous"):
        if text == kind:
            return kind
    raise ValueError


def begin(parametric: ParametricProblem, domain: Cell) -> Partition:
    """A map with everything still open."""
    claim = parametric.claim
    values = parametric.problem.traced.values
    question = {
        "scheme": claim.scheme.name,
        "invariant": type(claim.invariant).__name__,
        "limits": {name: str(value) for name, value in limits_of(claim.invariant).items()},
        "x": parametric.free[0],
        "y": parametric.free[1],
        "units": [declared.doc for declared in parametric.free_parameters],
        "parameters": {n: str(v) for n, v in values.items() if n not in parametric.free},
        "fingerprint": fingerprint(parametric),
    }
    return Partition(question, domain, [], [domain])


def fingerprint(parametric: ParametricProblem) -> str:
    """A hash of all that the answers depend on: steps, bounds, seed, clauses, assumptions."""
    problem = parametric.problem
    roots: list[z3.ExprRef] = [*problem.traced.seed]
    roots += [condition for _, _, condition in problem.traced.assumptions]
    for step in problem.steps:
        roots += [*step.stage.terms, step.source.domain]
    for clauses in problem.clauses.values():
        roots += [clause.condition for clause in clauses]
    digest, numbers = hashlib.sha256(), {}
    for number, node in enumerate(topological(roots)):
        numbers[node.get_id()] = number
        children = [numbers[child.get_id()] for child in node.children()]
        name = str(node) if z3.is_const(node) else node.decl().name()
        digest.update(f"{name} {children};".encode())
    digest.update(str([numbers[root.get_id()] for root in roots]).encode())
    return digest.hexdigest()[:16]


def explore(
    cell_checker: CellChecker, cell: Cell, domain: Cell, seconds: float
) -> tuple[list[DecidedCell], list[Cell]]:
    """Decide a cell, and the parts of it that must be cut, for about so many seconds."""
    until = time.monotonic() + seconds
    boxes: list[DecidedCell] = []
    todo = [cell]
    while todo:
        todo.sort(key=lambda part: share(part, domain))
        part = todo.pop()
        decided = cell_checker.decide(part)
        if decided.kind == "undecided":
            todo += bisect_cell(part, axis(cell_checker, part, domain))
        else:
            boxes.append(DecidedCell(part, decided))
        if time.monotonic() > until:
            break
    return boxes, todo


def axis(cell_checker: CellChecker, cell: Cell, domain: Cell) -> int:
    """The parameter to cut a cell along: the one along which the answer seems to turn."""
    widths = [
        (high - low) / (top - bottom)
        for (low, high), (bottom, top) in zip(cell, domain, strict=True)
    ]
    longer = max(range(len(widths)), key=widths.__getitem__)
    if widths[longer] > SLENDER * min(widths):
        return longer
    turns = [_turns(cell_checker, cell, index) for index in range(len(cell))]
    return longer if len(set(turns)) == 1 else max(range(len(turns)), key=turns.__getitem__)


def _turns(cell_checker: CellChecker, cell: Cell, index: int) -> int:
    """How many edges of the cell along one parameter seem to lead from safe to unsafe."""
    others = [ends for number, ends in enumerate(cell) if number != index]
    count = 0
    for corner in itertools.product(*others):
        sides = [
            cell_checker.seems_unsafe((*corner[:index], end, *corner[index:]))
            for end in cell[index]
        ]
        count += sides[0] != sides[1]
    return count
