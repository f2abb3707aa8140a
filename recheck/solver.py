"""One question to cvc5: whether some conditions hold together, and where."""

from __future__ import annotations

from collections.abc import Sequence

from cvc5 import Solver, Term

from recheck.terms import MANAGER, symbols_in


def ask(asserted: Sequence[Term], seconds: float, *options: str) -> str | None:
    """Where some conditions hold together: "" for nowhere, None without an answer."""
    symbols = sorted(symbols_in(asserted), key=str)
    solver = Solver(MANAGER)
    solver.setLogic("QF_NIRA" if any(s.getSort().isInteger() for s in symbols) else "QF_NRA")
    solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
    solver.setOption("produce-models", "true")
    for option in options:
        solver.setOption(*option.split("="))
    for each in asserted:
        solver.assertFormula(each)
    result = solver.checkSat()
    if not result.isSat():
        return "" if result.isUnsat() else None
    return ", ".join(f"{each} = {solver.getValue(each)}" for each in symbols) or "all values"
