"""Are two schemes safe at the same parameters? By the same runs, or cell by cell.

The statement and the proof are in docs/compare.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.parameters.cell_checker import CellChecker
from checker.portfolio.decision import Options, decide
from checker.refinement.correspondence import Pairing
from checker.refinement.refinement import ComparedScheme, Kind, Ranges, pose_question
from checker.refinement.simulation import Invariants
from checker.system.parametric import Cell, ParametricProblem, bisect_cell, centre, share
from checker.system.transition_system import TransitionSystem
from checker.system.verdict import Verdict
from spec.invariants import Invariant, conjuncts, limits_of
from spec.statements.claim import Claim
from spec.trace import trace


@attrs.frozen
class Difference:
    """A parameter value at which one scheme is proved and the other refuted."""

    parameters: Mapping[str, Fraction]
    left: Verdict
    right: Verdict


@attrs.frozen
class Agreement:
    """Whether two schemes keep an invariant at the same values of ``along``.

    ``safe`` and ``unsafe`` are the shares of the range on which both keep it and both break it,
    ``left`` what is undecided.
    """

    invariant: str
    limits: Mapping[str, Fraction]
    along: Ranges
    verdict: Kind
    method: str = ""
    reason: str = ""
    safe: Fraction = Fraction(0)
    unsafe: Fraction = Fraction(0)
    undecided: Fraction = Fraction(0)
    difference: Difference | None = None
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain JSON: exact numbers as strings such as "1/6"."""
        answer: dict[str, Any] = {
            "invariant": self.invariant,
            "limits": {name: str(value) for name, value in self.limits.items()},
            "along": {name: [str(low), str(high)] for name, (low, high) in self.along.items()},
            "verdict": self.verdict,
            "method": self.method,
            "reason": self.reason,
            "shares": {
                "both_safe": str(self.safe),
                "both_unsafe": str(self.unsafe),
                "undecided": str(self.undecided),
            },
            "seconds": round(self.seconds, 4),
        }
        if self.difference is not None:
            answer["separating"] = {
                "parameters": {n: str(v) for n, v in self.difference.parameters.items()},
                "left": self.difference.left.to_json(),
                "right": self.difference.right.to_json(),
            }
        return answer


def agrees(
    left: ComparedScheme,
    right: ComparedScheme,
    invariant: Invariant,
    pairing: Pairing,
    along: Ranges,
    same_runs: bool,
    options: Options,
) -> Agreement:
    """Whether the left scheme keeps the invariant exactly where the right one does.

    Args:
        left: one scheme.
        right: the other.
        invariant: at the limits meant.
        pairing: the compared fields.
        along: shared parameters with their ranges; none to ask at one point.
        same_runs: whether each was proved to refine the other over these ranges.
        options: limits on the work; the timeout is for the whole question.

    Raises:
        SpecError: for a mistake in a specification.
    """
    started = time.monotonic()
    blank = Agreement(type(invariant).__name__, limits_of(invariant), along, "unknown")
    budget = QueryBudget(options.query, started + options.timeout)
    if same_runs and _transfers(left, right, invariant, pairing, along, budget):
        answer = attrs.evolve(blank, verdict="proved", method="the same runs")
    elif along:
        answer = _by_cells(left, right, invariant, along, options, blank)
    else:
        answer = _at_one_point(left, right, invariant, options, blank)
    return attrs.evolve(answer, seconds=time.monotonic() - started)


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
        one = _said(first, invariant, question.first)
        two = _said(second, invariant, question.other)
        hypotheses = [*question.hypotheses(Invariants()), *two]
        if not all(follows(hypotheses, part, budget).proved for part in one):
            return False
    return True


def _said(compared: ComparedScheme, invariant: Invariant, of: TransitionSystem) -> list[z3.BoolRef]:
    """The invariant, said of a system's state."""
    source = trace(compared.process, compared.values).stages[0].source
    pairs = list(zip(source.symbols, of.state, strict=True))
    return [z3.substitute(c.term, *pairs) for _, c in conjuncts(invariant, source.record)]


def _claim(compared: ComparedScheme, invariant: Invariant) -> Claim:
    return Claim(f"{compared.process.name}/{type(invariant).__name__}", compared.process, invariant)


def _both(
    compared_schemes: Sequence[ComparedScheme],
    invariant: Invariant,
    at: Mapping[str, Fraction],
    options: Options,
) -> list[Verdict]:
    return [
        decide(_claim(compared, invariant), {**compared.values, **at}, options)
        for compared in compared_schemes
    ]


def _at_one_point(
    left: ComparedScheme,
    right: ComparedScheme,
    invariant: Invariant,
    options: Options,
    blank: Agreement,
) -> Agreement:
    verdicts = _both((left, right), invariant, {}, options)
    kinds = [verdict.verdict for verdict in verdicts]
    if set(kinds) == {"proved", "refuted"}:
        found = Difference({}, *verdicts)
        return attrs.evolve(blank, verdict="refuted", method="both decided", difference=found)
    if kinds[0] == kinds[1] and kinds[0] in ("proved", "refuted"):
        how = "both keep it" if kinds[0] == "proved" else "both break it"
        return attrs.evolve(blank, verdict="proved", method=f"{how} at this one point")
    reason = "; ".join(f"{v.scheme}: {v.verdict.upper()} {v.reason}".strip() for v in verdicts)
    return attrs.evolve(blank, reason=reason)


def _by_cells(
    left: ComparedScheme,
    right: ComparedScheme,
    invariant: Invariant,
    along: Ranges,
    options: Options,
    blank: Agreement,
) -> Agreement:
    """Cells of the range on which both are proved, or both refuted; or one on which they differ."""
    until = time.monotonic() + options.timeout
    compared_schemes, names = (left, right), tuple(along)
    cell_checkers = [
        CellChecker(ParametricProblem(_claim(compared, invariant), names, _others(compared, names)))
        for compared in compared_schemes
    ]
    whole: Cell = tuple(along[name] for name in names)
    todo, areas = [whole], {"proved": Fraction(0), "refuted": Fraction(0), "vacuous": Fraction(0)}
    while todo and time.monotonic() < until:
        todo.sort(key=lambda cell: share(cell, whole))
        cell = todo.pop()
        kinds = [cell_checker.decide(cell).kind for cell_checker in cell_checkers]
        if "vacuous" in kinds:
            areas["vacuous"] += share(cell, whole)  # nothing is claimed there
        elif kinds[0] == kinds[1] != "undecided":
            areas[kinds[0]] += share(cell, whole)
        elif "undecided" in kinds:
            widths = [(b - a) / (d - c) for (a, b), (c, d) in zip(cell, whole, strict=True)]
            todo += bisect_cell(cell, widths.index(max(widths)))
        else:
            point = dict(zip(names, centre(cell), strict=True))
            verdicts = _both(compared_schemes, invariant, point, options)
            if {verdict.verdict for verdict in verdicts} == {"proved", "refuted"}:
                return attrs.evolve(
                    blank,
                    verdict="refuted",
                    method="both decided at one point",
                    difference=Difference(point, *verdicts),
                )
            return attrs.evolve(
                blank,
                reason=f"one is proved and the other refuted on the cell around {_told(point)}, "
                "but not both by a verdict of their own there",
            )
    undecided = sum((share(cell, whole) for cell in todo), Fraction(0))
    answer = attrs.evolve(
        blank,
        method="cells",
        safe=areas["proved"],
        unsafe=areas["refuted"],
        undecided=undecided,
    )
    if not todo:
        return attrs.evolve(answer, verdict="proved")
    return attrs.evolve(
        answer,
        reason=f"they agree on all but {float(undecided):.2%} of the range, around where they turn "
        "unsafe; cells there cannot be settled, however small",
    )


def _others(compared: ComparedScheme, names: Sequence[str]) -> dict[str, Fraction]:
    return {name: value for name, value in compared.values.items() if name not in names}


def _told(point: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} = {float(value):.6g}" for name, value in point.items())
