"""Comparisons of conditional numbers and quotients, asked case by case.

Lemma. A condition that reads a conditional number, "a where c, else b", is true exactly where c is
and the condition with a put for it, or c is not and the condition with b. A comparison of a
quotient n / d with r, as n / d <= r, says n <= r d where d > 0, and n >= r d where d < 0. So
hypotheses imply a comparison exactly if in none of the cases that come of this, one after the
other, some values meet them and the comparison is false. (Of d = 0 the case is asked as it stands.)

A case is a conjunction of comparisons of polynomials more often than not, of which the solver
decides in a fraction of a second what it does not decide in minutes with the cases put together:
there a quotient is a number of its own in all of them.

Where a condition is supposed, true is put for it wherever it is read, and so is what it says of its
parts: that is the same condition there. So no path supposes the same twice, and the condition that
is read most often is the one to suppose first. A case that is refuted ends its path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import z3

from checker.backends.comparison import comparison_said
from checker.backends.solver import (
    Entailment,
    QueryBudget,
    Satisfaction,
    Satisfiability,
    Validity,
    connected,
    evident,
    follows,
    refuted_soon,
    satisfy,
)
from spec.nodes import children_of, id_of, kind_of, number_in, topological

A_WHILE = 10.0
"""Seconds for all cases of a question that may have other answers."""
AT_FIRST = 0.03
"""Seconds for a question before it is split."""
SOON = 0.01
"""Seconds for a case that can be split further."""

_COMPARED = (z3.Z3_OP_LE, z3.Z3_OP_LT, z3.Z3_OP_GE, z3.Z3_OP_GT)

Case = list[z3.BoolRef]
"""Conditions that are true together."""


def follows_by_cases(
    hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef, budget: QueryBudget
) -> Entailment:
    """Whether the hypotheses imply the conclusion, as ``follows`` says it, a case at a time."""
    negation = [z3.Not(conclusion)]
    if without_quotients(negation) is None:
        soon = follows(hypotheses, conclusion, budget, AT_FIRST)
        if soon.answer is not Validity.UNKNOWN:
            return soon
    elif evident(hypotheses, conclusion):
        return Entailment(Validity.VALID)
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
    """Whether a case can be met; asked of the cases in it where it compares quotients, or can be
    split and is not soon refuted."""

    def refuted(condition: z3.BoolRef) -> bool:
        return satisfy([*connected(known, condition), condition], budget, SOON).unsat

    cases: Iterable[Case] | None = without_quotients(case, refuted)
    if cases is None:
        cases = without_conditionals(case)
        if cases is None:
            return satisfy([*known, *case], budget)
        if refuted_soon([*known, *case], budget, SOON):
            return Satisfaction(Satisfiability.UNSAT)
    found = Satisfaction(Satisfiability.UNSAT)
    for each in cases:
        found = _met(known, each, budget)
        if not found.unsat:
            break
    return found


def without_quotients(
    case: Case, refuted: Callable[[z3.BoolRef], bool] = lambda condition: False
) -> list[Case] | None:
    """The cases that a case consists of by what the quotients are that it compares; None if it
    compares none.

    Args:
        case: conditions.
        refuted: whether it is known that a denominator does not have this sign.
    """
    for index, part in enumerate(case):
        others = [*case[:index], *case[index + 1 :]]
        for side in _sides(part):
            if _is_quotient(side) and not _is_of_zero(side, others):
                signs = [each for each in _by_sign(part, side) if not refuted(each[0])]
                return [[*others, *each] for each in signs]
            if _is_conditional(side) and any(map(_is_quotient, topological([side]))):
                return list(_by_truth(case, children_of(side)[0]))
    return None


def _is_of_zero(quotient: z3.ExprRef, case: Case) -> bool:
    """Whether a case says that the denominator is zero."""
    zero = children_of(quotient)[1] == 0
    return any(zero.eq(each) for each in case)


def without_conditionals(case: Case) -> Iterator[Case] | None:
    """The cases that a case consists of by the condition that most conditionals in it have, each
    made when it is asked for; None if it has none."""
    conditions = [children_of(node)[0] for node in topological(case) if _is_conditional(node)]
    if not conditions:
        return None
    ((number, _),) = Counter(map(id_of, conditions)).most_common(1)
    return _by_truth(case, next(each for each in conditions if id_of(each) == number))


def _by_truth(case: Case, condition: z3.BoolRef) -> Iterator[Case]:
    for truth in (True, False):
        put = [(part, z3.BoolVal(value)) for part, value in _said(condition, truth)]
        supposed = condition if truth else z3.Not(condition)
        yield [supposed, *_settled([z3.substitute(part, *put) for part in case])]


def _said(condition: z3.BoolRef, truth: bool) -> Iterator[tuple[z3.BoolRef, bool]]:
    """What a condition's truth says: of itself, and of its parts."""
    yield condition, truth
    kind = kind_of(condition)
    if kind == z3.Z3_OP_NOT:
        yield from _said(children_of(condition)[0], not truth)
    elif kind == (z3.Z3_OP_AND if truth else z3.Z3_OP_OR):
        for part in children_of(condition):
            yield from _said(part, truth)


def _settled(case: Case) -> Case:
    """A case with its branch in the place of each conditional whose condition is known."""
    while settled := [
        (node, branch)
        for node in topological(case)
        if _is_conditional(node) and (branch := _branch(node)) is not None
    ]:
        case = [z3.substitute(part, *settled) for part in case]
    return case


def _branch(conditional: z3.ExprRef) -> z3.ExprRef | None:
    """Its only branch; None where the condition may be true or false."""
    condition, first, second = children_of(conditional)
    if kind_of(condition) in _COMPARED:
        return None
    known = z3.simplify(condition)
    return first if z3.is_true(known) else second if z3.is_false(known) else None


def _by_sign(condition: z3.BoolRef, quotient: z3.ExprRef) -> list[tuple[z3.BoolRef, z3.BoolRef]]:
    """That its denominator is positive, negative, and zero, and what a comparison of a quotient
    says there."""
    comparison = comparison_said(condition)
    assert comparison is not None
    low, high, strict = comparison
    top, bottom = children_of(quotient)
    sides = (top, high * bottom) if quotient.eq(low) else (low * bottom, top)
    less, greater = (one < other if strict else one <= other for one, other in (sides, sides[::-1]))
    return [(bottom > 0, less), (bottom < 0, greater), (bottom == 0, condition)]


def _sides(condition: z3.BoolRef) -> tuple[z3.ArithRef, ...]:
    """The two sides of a comparison; none of any other condition."""
    comparison = comparison_said(condition)
    return () if comparison is None else (comparison.low, comparison.high)


def _is_quotient(term: z3.ExprRef) -> bool:
    return kind_of(term) == z3.Z3_OP_DIV and number_in(children_of(term)[1]) is None


def _is_conditional(term: z3.ExprRef) -> bool:
    return kind_of(term) == z3.Z3_OP_ITE and bool(z3.is_arith(term))
