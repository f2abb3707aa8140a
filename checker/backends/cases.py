"""Comparisons of conditional numbers and quotients, asked case by case.

Lemma. A condition that reads a conditional number, "a where c, else b", is true exactly where c is
and the condition with a put for it, or c is not and the condition with b. A comparison of a
quotient n / d with r, as n / d <= r, says n <= r d where d > 0, and n >= r d where d < 0. So
hypotheses imply a comparison exactly if in none of the cases that come of this, one after the
other, some values meet them and the comparison is false. (Of d = 0 the case is asked as it stands.)

A case is a conjunction of comparisons of polynomials more often than not, of which the solver
decides in a fraction of a second what it does not decide in minutes with the cases put together:
there a quotient is a number of its own in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3

from checker.backends.comparison import comparison_said
from checker.backends.solver import (
    Entailment,
    QueryBudget,
    Satisfaction,
    Validity,
    connected,
    follows,
    satisfy,
)
from spec.nodes import children_of, kind_of, number_in, topological

A_WHILE = 10.0
"""Seconds for all cases of a question that may have other answers."""
SOON = 0.03
"""Seconds for a case that can be split further."""

Case = list[z3.BoolRef]
"""Conditions that are true together."""


def follows_by_cases(
    hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef, budget: QueryBudget
) -> Entailment:
    """Whether the hypotheses imply the conclusion, as ``follows`` says it, a case at a time."""
    negation = [z3.Not(conclusion)]
    if without_quotients(negation) is None:
        soon = follows(hypotheses, conclusion, budget, SOON)
        if soon.answer is not Validity.UNKNOWN:
            return soon
    return Entailment.of(_met(connected(hypotheses, conclusion), negation, budget))


def follows_if_need_be_by_cases(
    hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef, budget: QueryBudget
) -> Entailment:
    """Whether the hypotheses imply the conclusion, asked as it stands, and for a while a case at a
    time where that has no answer."""
    found = follows(hypotheses, conclusion, budget)
    if found.answer is not Validity.UNKNOWN:
        return found
    part = budget.within(A_WHILE)
    found = follows_by_cases(hypotheses, conclusion, part)
    budget.count(part)
    return found


def _met(known: Sequence[z3.BoolRef], case: Case, budget: QueryBudget) -> Satisfaction:
    """Whether a case can be met; asked of the cases in it where it compares quotients, or that is
    not soon known."""
    cases = without_quotients(case)
    if cases is None:
        cases = without_conditionals(case)
        found = satisfy([*known, *case], budget, None if cases is None else SOON)
        if cases is None or not found.undecided:
            return found
    for each in cases:
        found = _met(known, each, budget)
        if not found.unsat:
            break
    return found


def without_quotients(case: Case) -> list[Case] | None:
    """The cases that a case consists of by what the quotients are that it compares; None if it
    compares none."""
    for index, part in enumerate(case):
        others = [*case[:index], *case[index + 1 :]]
        for side in _sides(part):
            if _is_quotient(side):
                zero = children_of(side)[1] == 0
                if not any(zero.eq(other) for other in others):
                    return [[*others, *each] for each in _by_sign(part, side)]
            elif _is_conditional(side) and any(map(_is_quotient, topological([side]))):
                return _by_branch(case, side)
    return None


def without_conditionals(case: Case) -> list[Case] | None:
    """The cases that a case consists of by the branch of one conditional; None if it has none."""
    node = next(filter(_is_conditional, topological(case)), None)
    return None if node is None else _by_branch(case, node)


def _by_branch(case: Case, conditional: z3.ExprRef) -> list[Case]:
    condition, first, second = children_of(conditional)
    return [
        [truth, *(z3.substitute(part, (conditional, branch)) for part in case)]
        for truth, branch in ((condition, first), (z3.Not(condition), second))
    ]


def _by_sign(condition: z3.BoolRef, quotient: z3.ExprRef) -> list[Case]:
    """A comparison of a quotient where its denominator is positive, negative, and zero."""
    comparison = comparison_said(condition)
    assert comparison is not None
    low, high, strict = comparison
    top, bottom = children_of(quotient)
    sides = (top, high * bottom) if quotient.eq(low) else (low * bottom, top)
    less, greater = (one < other if strict else one <= other for one, other in (sides, sides[::-1]))
    return [[bottom > 0, less], [bottom < 0, greater], [bottom == 0, condition]]


def _sides(condition: z3.BoolRef) -> tuple[z3.ArithRef, ...]:
    """The two sides of a comparison; none of any other condition."""
    comparison = comparison_said(condition)
    return () if comparison is None else (comparison.low, comparison.high)


def _is_quotient(term: z3.ExprRef) -> bool:
    return kind_of(term) == z3.Z3_OP_DIV and number_in(children_of(term)[1]) is None


def _is_conditional(term: z3.ExprRef) -> bool:
    return kind_of(term) == z3.Z3_OP_ITE and bool(z3.is_arith(term))
