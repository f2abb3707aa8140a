"""Statements whose verdict rests on questions about single steps: each as text, with its answer."""

from __future__ import annotations

import time
from typing import Any

import z3

from checker.backends.asked import Asked
from checker.backends.smtlib import smtlib, symbol
from checker.backends.solver import QueryBudget
from checker.contracts.contracts import settled
from checker.contracts.step_terms import step_terms
from checker.portfolio.decision import Options
from checker.system.verdict import Verdict
from spec.nodes import name_of, symbols_in
from spec.statements.base import Statement
from spec.statements.instance import Instance

TIMES = Options()
FALSE = z3.BoolVal(False)


def questions_of(verdict: Verdict, statement: Statement) -> list[dict[str, Any]]:
    """The questions on which a verdict rests; none where it rests on something else.

    They are asked again, since a verdict holds no terms.
    """
    budget = QueryBudget(TIMES.query, time.monotonic() + TIMES.timeout)
    values = dict(verdict.parameters)
    found: list[dict[str, Any]] = []
    if isinstance(statement, Instance) and len(statement.scheme.stages) > 1:
        for finding, asked in settled(statement, step_terms(statement, values), budget):
            if finding.undecided:
                return []
            about, shows = finding.contract.value, "refuted" if finding.fails else "proved"
            found += [_question(f"{about}", shows, each) for each in asked]
    return found


def _question(about: str, shows: str, asked: Asked) -> dict[str, Any]:
    symbols = sorted(symbols_in([*asked.given, asked.then]), key=name_of)
    given = [smtlib(condition) for condition in asked.given if not z3.is_true(condition)]
    question = {
        "about": about,
        "shows": shows,
        "symbols": [[symbol(name_of(each)), str(each.sort())] for each in symbols],
        "given": given,
        "then": smtlib(asked.then),
    }
    if asked.point is not None:
        values = {name_of(s): value for s, value in asked.point}
        question["point"] = [smtlib(values[name_of(each)]) for each in symbols]
    return question
