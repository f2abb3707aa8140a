"""Obligations put to cvc5, a conclusion at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.connection import Connection

from cvc5 import Solver, Term

from recheck.arithmetic import Program, rational
from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation
from recheck.terms import MANAGER, conjuncts, symbols_in

FORK = multiprocessing.get_context("fork")
FIRST, SECOND = 0.3, 2.0
"""Seconds for a query by linear lemmas alone; and by cells alone, before both are tried."""
GRACE = 0.2
"""Seconds for which a late answer is waited for."""


def settle(obligation: Obligation, seconds: float) -> None:
    """Show that the goals follow.

    Raises:
        Rejected: where one does not, saying at which values it fails.
        Undecided: where cvc5 does not say of one in its time.
    """
    hypotheses = conjuncts(obligation.hypotheses)
    for goal in conjuncts(obligation.goals):
        if goal in hypotheses or _true(goal):
            continue
        asserted = [*connected(hypotheses, goal), goal.notTerm()]
        answer = _answer(asserted, min(FIRST, seconds), "nl-cov=false")
        if answer is None:
            answer = _apart(asserted, min(SECOND, seconds), "nl-ext=none")
        if answer is None:
            answer = _apart(asserted, seconds, "nl-cov=true")
        if answer is None:
            raise Undecided(f"{obligation.name}: no answer within {seconds:g} s")
        if answer:
            raise Rejected(f"{obligation.name}: false at {answer}")


def _true(goal: Term) -> bool:
    """Whether a goal without symbols is true."""
    return not symbols_in([goal]) and Program((), [goal]).run((), rational) == [True]


def _apart(asserted: Sequence[Term], seconds: float, option: str) -> str | None:
    """The answer of a process of its own, which can be ended: where it covers polynomials by cells,
    cvc5 does not always keep to its time."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_send, args=(asserted, seconds, option, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(seconds + GRACE) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def _send(asserted: Sequence[Term], seconds: float, option: str, pipe: Connection) -> None:
    pipe.send(_answer(asserted, seconds, option))
    os._exit(0)


def _answer(asserted: Sequence[Term], seconds: float, option: str) -> str | None:
    """Where some conditions hold together: "" for nowhere, None without an answer."""
    symbols = sorted(symbols_in(asserted), key=str)
    solver = Solver(MANAGER)
    whole = any(each.getSort().isInteger() for each in symbols)
    solver.setLogic("QF_NIRA" if whole else "QF_NRA")
    solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
    solver.setOption("produce-models", "true")
    solver.setOption(*option.split("="))
    for each in asserted:
        solver.assertFormula(each)
    result = solver.checkSat()
    if not result.isSat():
        return "" if result.isUnsat() else None
    values = [f"{each} = {solver.getValue(each)}" for each in symbols]
    return ", ".join(values) or "all values"


def connected(hypotheses: Sequence[Term], goal: Term) -> list[Term]:
    """The hypotheses that share a symbol with the goal, however indirectly, and those without."""
    read = {each: symbols_in([each]) for each in hypotheses}
    near, left = symbols_in([goal]) or symbols_in(hypotheses), list(read)
    while True:
        more = [each for each in left if read[each] & near or not read[each]]
        if not more:
            return [each for each in read if each not in left]
        left = [each for each in left if each not in more]
        near = near.union(*(read[each] for each in more))
