"""Maps of two parameters: boxes proved safe, boxes proved unsafe, and what is still open."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.parameters.cell_checker import CellChecker
from checker.parameters.evidence import CellAnswer
from checker.system.parametric import Cell, Interval, ParametricProblem, bisect_cell, share
from checker.system.problem import Problem
from checker.system.shown import Shown
from spec.errors import SpecError
from spec.invariants import limits_of
from spec.nodes import id_of, topological
from spec.parameters import ParameterDomain
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.terms import Number, exact

SLENDER = 32
"""A cell is cut across where it is so many times longer than wide, as shares of the domain."""


@attrs.frozen
class DecidedCell:
    """A cell and the answer for every point of it."""

    cell: Cell
    decided: CellAnswer


@attrs.frozen
class MapQuestion:
    """What a map is asked, so that a map is only ever continued for the same question.

    Args:
        scheme: the name of the scheme.
        invariant: the name of the invariant.
        limits: the invariant's limits.
        x: the parameter along the horizontal axis.
        y: the parameter along the vertical axis.
        units: what the two parameters mean, in their declarations' words.
        parameters: the values of the other parameters.
        fingerprint: a hash of the traced steps, bounds, seed, clauses and assumptions.
    """

    scheme: str
    invariant: str
    limits: Mapping[str, Fraction]
    x: str
    y: str
    units: tuple[str, str]
    parameters: Mapping[str, Fraction]
    fingerprint: str


@attrs.define
class Partition(Shown):
    """A map under way: decided boxes, and the cells that are still open."""

    question: MapQuestion
    domain: Cell
    boxes: list[DecidedCell] = attrs.field(factory=list)
    open: list[Cell] = attrs.field(factory=list)

    def area(self, answer: Answer) -> Fraction:
        """The share of the domain with an answer; what is open counts as unknown."""
        cells = self.open
        if answer is not Answer.UNKNOWN:
            cells = [box.cell for box in self.boxes if box.decided.answer is answer]
        return sum((share(cell, self.domain) for cell in cells), Fraction(0))


def begin(parametric: ParametricProblem, domain: Cell) -> Partition:
    """A map with everything still open."""
    claim = parametric.claim
    values = parametric.problem.traced.values
    first, second = parametric.free_parameters
    question = MapQuestion(
        scheme=claim.scheme.name,
        invariant=type(claim.invariant).__name__,
        limits=dict(limits_of(claim.invariant)),
        x=first.name,
        y=second.name,
        units=(first.doc, second.doc),
        parameters={n: v for n, v in values.items() if n not in parametric.free},
        fingerprint=fingerprint(parametric.problem),
    )
    return Partition(question, domain, [], [domain])


def fingerprint(problem: Problem) -> str:
    """A hash of all that the answers depend on: steps, bounds, seed, clauses, assumptions."""
    roots: list[z3.ExprRef] = [*problem.traced.seed]
    roots += [end for choice in problem.seed_choices for end in (choice.low, choice.high)]
    roots += [condition for _, _, condition in problem.traced.assumptions]
    for step in problem.steps:
        roots += [*step.stage.terms, step.source.domain]
    for clauses in problem.clauses.values():
        roots += [clause.condition for clause in clauses]
    digest, numbers = hashlib.sha256(), {}
    for number, node in enumerate(topological(roots)):
        numbers[id_of(node)] = number
        children = [numbers[id_of(child)] for child in node.children()]
        name = str(node) if z3.is_const(node) else node.decl().name()
        digest.update(f"{name} {children};".encode())
    digest.update(str([numbers[id_of(root)] for root in roots]).encode())
    return digest.hexdigest()[:16]


def draw_map(
    claim: Claim,
    ranges: Mapping[str, tuple[Number, Number] | None],
    *,
    undecided: Number = "1/100",
    timeout: float = 60.0,
) -> Partition:
    """Where in the plane of two parameters a claim holds, in this process.

    Args:
        claim: what is claimed; its other parameters have the values that it says.
        ranges: the two parameters, the horizontal one first, each with its range, or None for the
            whole domain.
        undecided: the share of the area that may stay open.
        timeout: seconds after which the map is returned as it is.

    Raises:
        SpecError: for parameters that are not two real ones of the scheme, and for a range that is
            empty or leaves its domain.
    """
    if len(ranges) != 2:
        raise SpecError(f"a map is of two parameters, not of {len(ranges)}; name two", "")
    first, second = ranges
    parametric = ParametricProblem(claim, (first, second), {})
    cell = tuple(_range(each, ranges[each.name]) for each in parametric.free_parameters)
    partition, cells = begin(parametric, cell), CellChecker(parametric)
    until = time.monotonic() + timeout
    while partition.area(Answer.UNKNOWN) > exact(undecided) and time.monotonic() < until:
        refine(cells, partition)
    return partition


def _range(domain: ParameterDomain, given: tuple[Number, Number] | None) -> Interval:
    """The range of one parameter."""
    if given is None:
        return domain.low, domain.high
    low, high = (exact(end) for end in given)
    if not domain.low <= low < high <= domain.high:
        raise SpecError(
            f"{domain.name} from {low} to {high} is empty or leaves its domain; choose a range "
            f"within {domain.low} to {domain.high}",
            "",
        )
    return low, high


def refine(cells: CellChecker, partition: Partition, seconds: float = 0.0) -> Sequence[DecidedCell]:
    """Decide the largest open cell, or cut it, for about so many seconds; what was decided."""
    cell = largest(partition.open, partition.domain)
    partition.open.remove(cell)
    boxes, rest = explore(cells, cell, partition.domain, seconds)
    partition.boxes += boxes
    partition.open += rest
    return boxes


def largest(cells: Iterable[Cell], domain: Cell) -> Cell:
    """The cell with the greatest share of the domain; of several, the first from below and left."""
    return min(cells, key=lambda cell: (-share(cell, domain), cell))


def explore(
    cell_checker: CellChecker, cell: Cell, domain: Cell, seconds: float, most: float = float("inf")
) -> tuple[list[DecidedCell], list[Cell]]:
    """Decide a cell, and the parts of it that must be cut, for about so many seconds, or until so
    many decisions were made."""
    until = time.monotonic() + seconds
    boxes: list[DecidedCell] = []
    todo, decisions = [cell], 0
    while todo and decisions < most:
        decisions += 1
        todo.sort(key=lambda part: share(part, domain))
        part = todo.pop()
        decided = cell_checker.decide(part)
        if decided.answer is Answer.UNKNOWN:
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
