"""Documents of thresholds."""

from __future__ import annotations

from typing import Any

from checker.parameters.extent import Edge
from checker.parameters.found_threshold import FoundThreshold, Range
from checker.parameters.pieces import Piece
from checker.report.documents.base import algebraic, document, exact, exact_values
from checker.report.partition import CELL_ANSWERS
from checker.report.threshold import headline
from checker.report.words import describe
from checker.system.findings import Fact
from checker.system.replay import Run


@document.register
def _(found: FoundThreshold) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "claim": found.claim,
        "scheme": found.scheme,
        "invariant": found.invariant,
        "limits": exact_values(found.limits),
        "parameter": found.parameter,
        "domain": [str(end) for end in found.domain],
        "parameters": exact_values(found.parameters),
        "answer": found.extent.value,
        "says": headline(found),
        "safe": exact(found.safe),
        "unsafe": exact(found.unsafe),
        "exact": algebraic(found.exact),
        "included": found.included,
        "shown": _text(found.shown),
        "method": _text(found.method),
        "proof": _text(found.proof),
        "pieces": [_piece(piece) for piece in found.pieces],
        "seconds": round(found.seconds, 3),
    }
    if found.eventually:
        answer["eventually"] = True
    if found.ranges:
        answer["ranges"] = [_range(each) for each in found.ranges]
    if found.away is not None:
        answer["bounded_away"] = _away(found.away)
    if found.counterexample is not None:
        at = exact(found.counterexample_at)
        answer["counterexample"] = {"at": at, **_counterexample(found.counterexample)}
    return answer


def _text(fact: Fact | None) -> str:
    return "" if fact is None else describe(fact)


def _piece(piece: Piece) -> list[str]:
    return [str(piece.low), str(piece.high), CELL_ANSWERS[piece.answer]]


def _range(each: Range) -> dict[str, Any]:
    return {
        "low": algebraic(each.low),
        "high": algebraic(each.high),
        "low_included": each.low_included,
        "high_included": each.high_included,
        "answer": CELL_ANSWERS[each.answer],
    }


def _away(edge: Edge) -> dict[str, Any]:
    return {
        "kind": edge.extent.value,
        "exact": algebraic(edge.number),
        "included": edge.included,
    }


def _counterexample(run: Run) -> dict[str, Any]:
    return {
        "iteration": run.iteration,
        "broken": run.broken,
        "arithmetic": describe(run.arithmetic),
    }
