"""Obligations put to cvc5, a conclusion at a time."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from cvc5 import Kind, Solver, Term

from recheck.arithmetic import Program, rational
from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation
from recheck.terms import (
    FALSE,
    MANAGER,
    TRUE,
    conjuncts,
    substitute,
    symbols_in,
    topological,
)

FORK = multiprocessing.get_context("fork")
FIRST, SECOND = 0.3, 2.0
"""Seconds for a query by linear lemmas alone; and by cells alone, before both are tried."""
PATIENCE = 2
"""How many times the time for a query all its cases may take, until no more are taken apart."""
COMPARISONS = (Kind.LEQ, Kind.LT, Kind.GEQ, Kind.GT, Kind.EQUAL)
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
        posed = without_quotients(asserted)
        answer = _answer(posed, min(FIRST, seconds), "nl-cov=false")
        if answer is None:
            answer = _by_cases(posed, seconds, time.monotonic() + PATIENCE * seconds)
        if answer is None:
            raise Undecided(f"{obligation.name}: no answer within {seconds:g} s")
        if answer:
            raise Rejected(f"{obligation.name}: false at {answer}")


def _by_cases(asserted: Sequence[Term], seconds: float, until: float) -> str | None:
    """The answer to a question, else those to its two cases by the test of a conditional."""
    for limit, option in ((min(SECOND, seconds), "nl-ext=none"), (seconds, "nl-cov=true")):
        answer = _apart(asserted, limit, option)
        if answer is not None:
            return answer
    parts = topological(asserted)
    tests = (part[0] for part in parts if part.getKind() is Kind.ITE)
    test = next((each for each in tests if each.getKind() in COMPARISONS), None)
    if test is None or time.monotonic() > until:
        return None
    for truth, case in ((TRUE, test), (FALSE, test.notTerm())):
        answer = _by_cases([case, *substitute(asserted, {test: truth})], seconds, until)
        if answer != "":
            return answer
    return ""


def without_quotients(asserted: Sequence[Term]) -> list[Term]:
    """Conditions that hold together wherever the given ones do: with a symbol in place of each
    quotient, of which is known what times the denominator is the numerator, unless that is zero."""
    found: dict[Term, Term] = {}
    known: list[Term] = []
    for term in topological(asserted):
        below = [found[child] for child in term]
        found[term] = MANAGER.mkTerm(term.getKind(), *below) if below else term
        if term.getKind() is Kind.DIVISION and len(below) == 2 and symbols_in(below[1:]):
            quotient = MANAGER.mkConst(term.getSort(), f"quotient {len(known) + 1}")
            product = MANAGER.mkTerm(Kind.MULT, quotient, below[1])
            nothing = below[1].eqTerm(MANAGER.mkReal(0))
            known.append(nothing.orTerm(product.eqTerm(below[0])))
            found[term] = quotient
    return [*(found[term] for term in asserted), *known]


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
