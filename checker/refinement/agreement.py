"""Are two schemes safe at the same parameters? By the same runs, or cell by cell.

The statement and the proof are in docs/theory/refinement.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.parameters.cell_checker import CellChecker
from checker.portfolio.decision import Options, decide
from checker.refinement.compared import ComparedScheme, Ranges
from checker.refinement.correspondence import Pairing
from checker.refinement.refinement import Refinement, Simulation
from checker.refinement.simulation import Invariants, pose_question
from checker.system.findings import Fact
from checker.system.parametric import Cell, ParametricProblem, bisect_cell, centre, share
from checker.system.transition_system import TransitionSystem
from checker.system.verdict import Verdict
from spec.invariants import Invariant, conjuncts, limits_of
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.trace import trace

DECIDED = frozenset({Answer.PROVED, Answer.REFUTED})
"""The answers of a claim that is decided."""


class AgreementMethod(Fact, Enum):
    """How it was decided whether two schemes agree about an invariant."""

    SAME_RUNS = "same runs"
    """Each refines the other, and the invariant passes between related agents."""
    BOTH_DECIDED = "both decided"
    """One is proved and the other refuted, at the parameters."""
    BOTH_KEEP = "both keep it"
    """Both are proved, at the parameters."""
    BOTH_BREAK = "both break it"
    """Both are refuted, at the parameters."""
    DECIDED_AT_POINT = "decided at a point"
    """One is proved and the other refuted, at one point of the range."""
    CELLS = "cells"
    """On each cell of the range both are proved, or both refuted."""


@attrs.frozen
class Difference:
    """A parameter value at which one scheme is proved and the other refuted."""

    parameters: Mapping[str, Fraction]
    left: Verdict
    right: Verdict


@attrs.frozen
class NotBothDecided(Fact):
    """At least one of the two claims is left open, or speaks of nothing."""

    left: Verdict
    right: Verdict


@attrs.frozen
class CellsDiffer(Fact):
    """One scheme is proved and the other refuted on a cell, but not both at the cell's middle."""

    middle: Mapping[str, Fraction]


@attrs.frozen
class RangeLeft(Fact):
    """The share of the range on which no cell could be settled."""

    share: Fraction


@attrs.frozen
class Agreement(Fact):
    """Whether two schemes keep an invariant at the same values of ``along``.

    Args:
        invariant: the invariant's name.
        limits: its limits.
        along: the free parameters, with their ranges.
        answer: whether they do.
        method: how that was decided.
        reason: why it was not.
        safe: the share of the range on which both keep it.
        unsafe: the share on which both break it.
        undecided: the share that is not settled.
        difference: a value at which only one of them keeps it.
        simulations: that each refines the other, where that shows it.
        seconds: time that it took.
    """

    invariant: str
    limits: Mapping[str, Fraction]
    along: Ranges
    answer: Answer = Answer.UNKNOWN
    method: AgreementMethod | None = None
    reason: NotBothDecided | CellsDiffer | RangeLeft | None = None
    safe: Fraction = Fraction(0)
    unsafe: Fraction = Fraction(0)
    undecided: Fraction = Fraction(0)
    difference: Difference | None = None
    simulations: tuple[Simulation, ...] = ()
    seconds: float = 0.0


def agrees(
    left: ComparedScheme,
    right: ComparedScheme,
    invariant: Invariant,
    pairing: Pairing,
    along: Ranges,
    refinements: Sequence[Refinement],
    options: Options,
) -> Agreement:
    """Whether the left scheme keeps the invariant exactly where the right one does.

    Args:
        left: one scheme.
        right: the other.
        invariant: at the limits meant.
        pairing: the compared fields.
        along: shared parameters with their ranges; none to ask at one point.
        refinements: whether each refines the other over these ranges.
        options: limits on the work; the timeout is for the whole question.

    Raises:
        SpecError: for a mistake in a specification.
    """
    started = time.monotonic()
    blank = Agreement(type(invariant).__name__, limits_of(invariant), along)
    budget = QueryBudget(options.query, started + options.timeout)
    same_runs = len(refinements) > 1 and all(each.proved for each in refinements)
    if same_runs and _transfers(left, right, invariant, pairing, along, budget):
        found = attrs.evolve(
            blank,
            answer=Answer.PROVED,
            method=AgreementMethod.SAME_RUNS,
            simulations=tuple(each.simulation for each in refinements if each.simulation),
        )
    elif along:
        found = _by_cells(left, right, invariant, options, blank)
    else:
        found = _at_one_point(left, right, invariant, options, blank)
    return attrs.evolve(found, seconds=time.monotonic() - started)


def _transfers(
    left: ComparedScheme,
    right: ComparedScheme,
    invariant: Invariant,
    pairing: Pairing,
    along: Ranges,
    budget: QueryBudget,
) -> bool:
    """Whether the invariant passes between related agents, both ways."""
    for first, second, links in (
        (left, right, pairing.links),
        (right, left, pairing.swapped().links),
    ):
        question = pose_question(first, second, links, along)
        one = _holds_in(first, invariant, question.first)
        two = _holds_in(second, invariant, question.other)
        hypotheses = [*question.hypotheses(Invariants()), *two]
        if not all(follows(hypotheses, part, budget).valid for part in one):
            return False
    return True


def _holds_in(
    compared: ComparedScheme, invariant: Invariant, system: TransitionSystem
) -> list[z3.BoolRef]:
    """That the invariant holds of a system's state."""
    source = trace(compared.process, compared.values).stages[0].source
    pairs = list(zip(source.symbols, system.state, strict=True))
    return [z3.substitute(c.term, *pairs) for _, c in conjuncts(invariant, source.record)]


def _claim(compared: ComparedScheme, invariant: Invariant) -> Claim:
    return Claim(f"{compared.process.name}/{type(invariant).__name__}", compared.process, invariant)


# --- at one point ---------------------------------------------------------------------------------


def _verdicts(
    both: Sequence[ComparedScheme],
    invariant: Invariant,
    at: Mapping[str, Fraction],
    options: Options,
) -> tuple[Verdict, Verdict]:
    """The verdicts on both claims at a parameter value."""
    one, two = (
        decide(_claim(compared, invariant), {**compared.values, **at}, options) for compared in both
    )
    return one, two


def _at_one_point(
    left: ComparedScheme,
    right: ComparedScheme,
    invariant: Invariant,
    options: Options,
    blank: Agreement,
) -> Agreement:
    """Whether both claims are proved, or both refuted, at the schemes' own parameters."""
    one, two = _verdicts((left, right), invariant, {}, options)
    if not {one.answer, two.answer} <= DECIDED:
        return attrs.evolve(blank, reason=NotBothDecided(one, two))
    if one.answer is not two.answer:
        return attrs.evolve(
            blank,
            answer=Answer.REFUTED,
            method=AgreementMethod.BOTH_DECIDED,
            difference=Difference({}, one, two),
        )
    both_keep = one.answer is Answer.PROVED
    method = AgreementMethod.BOTH_KEEP if both_keep else AgreementMethod.BOTH_BREAK
    return attrs.evolve(blank, answer=Answer.PROVED, method=method)


# --- over a range ---------------------------------------------------------------------------------


def _by_cells(
    left: ComparedScheme,
    right: ComparedScheme,
    invariant: Invariant,
    options: Options,
    blank: Agreement,
) -> Agreement:
    """Cells of the range on which both are proved, or both refuted; or one on which they differ."""
    until = time.monotonic() + options.timeout
    names = tuple(blank.along)
    checkers = [
        CellChecker(ParametricProblem(_claim(compared, invariant), names, _others(compared, names)))
        for compared in (left, right)
    ]
    whole: Cell = tuple(blank.along[name] for name in names)
    todo, areas = [whole], dict.fromkeys(DECIDED, Fraction(0))
    while todo and time.monotonic() < until:
        todo.sort(key=lambda cell: share(cell, whole))
        cell = todo.pop()
        answers = {checker.decide(cell).answer for checker in checkers}
        if Answer.VACUOUS in answers:
            continue  # nothing is claimed there
        if Answer.UNKNOWN in answers:
            todo += bisect_cell(cell, _widest(cell, whole))
        elif len(answers) == 1:
            areas[answers.pop()] += share(cell, whole)
        else:
            middle = dict(zip(names, centre(cell), strict=True))
            return _differing_at(middle, (left, right), invariant, options, blank)
    undecided = sum((share(cell, whole) for cell in todo), Fraction(0))
    return attrs.evolve(
        blank,
        answer=Answer.UNKNOWN if todo else Answer.PROVED,
        method=AgreementMethod.CELLS,
        reason=RangeLeft(undecided) if todo else None,
        safe=areas[Answer.PROVED],
        unsafe=areas[Answer.REFUTED],
        undecided=undecided,
    )


def _differing_at(
    middle: Mapping[str, Fraction],
    both: tuple[ComparedScheme, ComparedScheme],
    invariant: Invariant,
    options: Options,
    blank: Agreement,
) -> Agreement:
    """The verdicts at the middle of a cell on which one scheme is proved and the other refuted."""
    one, two = _verdicts(both, invariant, middle, options)
    if {one.answer, two.answer} != DECIDED:
        return attrs.evolve(blank, reason=CellsDiffer(middle))
    return attrs.evolve(
        blank,
        answer=Answer.REFUTED,
        method=AgreementMethod.DECIDED_AT_POINT,
        difference=Difference(middle, one, two),
    )


def _widest(cell: Cell, whole: Cell) -> int:
    """The parameter in which a cell spans the greatest part of the range."""
    widths = [(b - a) / (d - c) for (a, b), (c, d) in zip(cell, whole, strict=True)]
    return widths.index(max(widths))


def _others(compared: ComparedScheme, names: Sequence[str]) -> dict[str, Fraction]:
    """The scheme's parameters that do not stay free."""
    return {name: value for name, value in compared.values.items() if name not in names}
