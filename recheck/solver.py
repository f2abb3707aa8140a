"""Obligations put to cvc5, a conclusion at a time."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterable, Sequence
from functools import partial
from multiprocessing.connection import Connection

import cvc5
from cvc5 import Kind

from recheck.cases import refute, simplified
from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation
from recheck.terms import FALSE, TRUE, Term, conjuncts, make, topological

FORK = multiprocessing.get_context("fork")
FIRST, PATIENCE = 0.5, 5
"""Seconds for a query as it stands; how many times its time all its cases may take."""
GRACE = 0.2
"""Seconds for which a late answer is waited for."""

KINDS = {
    "+": Kind.ADD,
    "*": Kind.MULT,
    "-": Kind.SUB,
    "/": Kind.DIVISION,
    "ite": Kind.ITE,
    "and": Kind.AND,
    "or": Kind.OR,
    "not": Kind.NOT,
    "=": Kind.EQUAL,
    "distinct": Kind.DISTINCT,
    "<=": Kind.LEQ,
    "<": Kind.LT,
    ">=": Kind.GEQ,
    ">": Kind.GT,
    "to_real": Kind.TO_REAL,
}


def settle(obligation: Obligation, seconds: float) -> None:
    """Show that the goals follow.

    Raises:
        Rejected: where one does not, saying at which values it fails.
        Undecided: where cvc5 does not say of one in its time.
    """
    hypotheses = conjuncts(obligation.hypotheses)
    if FALSE in hypotheses:
        return
    for goal in conjuncts(obligation.goals):
        if goal in hypotheses:
            continue
        asserted = [*connected(hypotheses, goal), make("not", goal)]
        if FALSE in simplified(conjuncts(asserted)):
            continue
        answer = ask(asserted, min(seconds, FIRST))
        if answer is None:
            until = time.monotonic() + PATIENCE * seconds
            answer = refute(asserted, partial(ask, seconds=seconds), until)
        if answer is None:
            raise Undecided(f"{obligation.name}: no answer within {seconds:g} s")
        if answer:
            raise Rejected(f"{obligation.name}: false at {answer}")


def ask(asserted: Sequence[Term], seconds: float) -> str | None:
    """Where some conditions hold together: "" for nowhere, None without an answer.

    On products of symbols cvc5 does not always keep to its time, so it is asked about those in a
    process of its own, which can be ended.
    """
    if FALSE in asserted:
        return ""
    if _linear(asserted):
        return _answer(asserted, seconds)
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_send, args=(asserted, seconds, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(seconds + GRACE) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def _linear(terms: Sequence[Term]) -> bool:
    """Whether no symbol is multiplied by, or divided by, another."""
    for term in topological(terms):
        several = [child for child in term.children if child.op != "number"]
        if (term.op == "*" and len(several) > 1) or (term.op == "/" and term.args[1] in several):
            return False
    return True


def _send(asserted: Sequence[Term], seconds: float, pipe: Connection) -> None:
    pipe.send(_answer(asserted, seconds))
    os._exit(0)


def _answer(asserted: Sequence[Term], seconds: float) -> str | None:
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    whole = any(term.sort == "Int" for term in topological(asserted))
    solver.setLogic("QF_NIRA" if whole else "QF_NRA")
    solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
    solver.setOption("produce-models", "true")
    found = translated(asserted, manager)
    for each in asserted:
        solver.assertFormula(found[each])
    result = solver.checkSat()
    if not result.isSat():
        return "" if result.isUnsat() else None
    symbols = [term for term in found if term.op == "symbol"]
    values = [f"{s.args[0]} = {solver.getValue(found[s])}" for s in symbols]
    return ", ".join(values) or "all values"


def translated(roots: Iterable[Term], manager: cvc5.TermManager) -> dict[Term, cvc5.Term]:
    """The terms, and all below them, as cvc5 has them."""
    sorts = {
        "Real": manager.getRealSort(),
        "Int": manager.getIntegerSort(),
        "Bool": manager.getBooleanSort(),
    }
    found: dict[Term, cvc5.Term] = {}
    for term in topological(roots):
        children = [found[child] for child in term.children]
        if term.op == "symbol":
            found[term] = manager.mkConst(sorts[term.sort], term.args[0])
        elif term.op == "number":
            make_number = manager.mkInteger if term.sort == "Int" else manager.mkReal
            found[term] = make_number(str(term.args[0]))
        elif term in (TRUE, FALSE):
            found[term] = manager.mkBoolean(term is TRUE)
        elif term.op == "-" and len(children) == 1:
            found[term] = manager.mkTerm(Kind.NEG, *children)
        else:
            found[term] = manager.mkTerm(KINDS[term.op], *children)
    return found


def connected(hypotheses: Sequence[Term], goal: Term) -> list[Term]:
    """The hypotheses that share a symbol with the goal, however indirectly."""
    read = {each: _symbols(each) for each in hypotheses}
    near, left = _symbols(goal), list(hypotheses)
    while True:
        more = [each for each in left if read[each] & near]
        if not more:
            return [each for each in hypotheses if each not in left]
        left = [each for each in left if each not in more]
        near = near.union(*(read[each] for each in more))


def _symbols(term: Term) -> set[Term]:
    return {each for each in topological([term]) if each.op == "symbol"}
