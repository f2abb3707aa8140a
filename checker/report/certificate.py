"""Certificates for people: how a claim was proved, and the set that one iteration cannot leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from checker.report.titled import titled
from checker.report.words import counted, describe, number
from checker.system.findings import Method
from checker.system.problem import Bound
from checker.system.verdict import Proof, Result, Stated, Verdict

SHOWN_BOXES = 4
"""Boxes up to which a union is shown in full."""


def method_of(result: Result) -> str:
    """How something was decided, with the numbers of its certificate; "" where nothing says."""
    method = result.method
    proof = result.certificate if isinstance(result, Proof) else None
    if proof is None:
        return "" if method is None else describe(method)
    if method is Method.K_INDUCTION:
        return f"{proof.depth}-induction"
    if method is Method.RETURN:
        return f"iteration {proof.prefix} is back within iteration {proof.returns}"
    if method is Method.BOX_UNION:
        return f"union of {sum(map(len, proof.boxes.values()))} boxes"
    return describe(method) + (" of whole iterations" if proof.whole_iterations else "")


def bounds_at(proof: Stated, position: str) -> list[str]:
    """The bounds that a certificate adds at a position, in words."""
    around = [str(bound) for bound in proof.bounds.get(position, ())]
    boxes = proof.boxes.get(position, ())
    if not boxes:
        return around
    if len(boxes) <= SHOWN_BOXES:
        return [", or ".join(_box(box) for box in boxes)]
    return [f"one of {len(boxes)} boxes" + (", all within" if around else ""), *around]


def _box(box: Sequence[Bound]) -> str:
    return " and ".join(map(str, box)) or "anything"


def certificate_story(verdict: Verdict) -> Iterator[RenderableType]:
    """The method, the budgets as a table, and the bounds at each position."""
    proof = verdict.certificate
    assert proof is not None
    entered = f" after {counted(proof.prefix, 'checked iteration')}" if proof.prefix else ""
    shown = ", ".join(map(describe, proof.discharged))
    yield Text(f"{method_of(verdict.result)}{entered}; shown of it: {shown}")
    rows = list(dict.fromkeys(name for budgets in proof.budgets.values() for name in budgets))
    if rows:
        table = Table()
        table.add_column("budget")
        for position in proof.budgets:
            table.add_column(position)
        table.add_column("limit")
        for row in rows:
            cells = [number(b[row]) if row in b else "" for b in proof.budgets.values()]
            limit = number(verdict.limits[row]) if row in verdict.limits else "free"
            table.add_row(row, *cells, limit)
        yield titled("Budgets: what holds at each place, for ever", table)
    for position in proof.bounds:
        bounds = bounds_at(proof, position)
        if bounds:
            yield Text(f"  with, at the {position}: {', '.join(bounds)}")
