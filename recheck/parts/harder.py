"""Questions that cvc5 does not answer at once, put in other ways: with a symbol for each quotient,
covered by cells, and by the two cases of a conditional's test."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from cvc5 import Kind, Term

from recheck.solver import ask
from recheck.terms import FALSE, MANAGER, TRUE, substitute, symbols_in, topological

FORK = multiprocessing.get_context("fork")
SECOND = 2.0
"""Seconds for a query by cells alone, before lemmas and cells are tried together."""
PATIENCE = 2
"""How many times the time for a query all its cases may take, until no more are taken apart."""
COMPARISONS = (Kind.LEQ, Kind.LT, Kind.GEQ, Kind.GT, Kind.EQUAL)
GRACE = 0.2
"""Seconds for which a late answer is waited for."""


def asked_otherwise(asserted: Sequence[Term], seconds: float) -> str | None:
    """The answer to a question without quotients by cells, else by cases."""
    return _by_cases(without_quotients(asserted), seconds, time.monotonic() + PATIENCE * seconds)


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
    pipe.send(ask(asserted, seconds, option))
    os._exit(0)
