"""Conditions made of comparisons: where they change, whether they are closed, their closure."""

from __future__ import annotations

from collections.abc import Sequence

import z3

from checker.backends.comparison import comparison_in
from checker.backends.solver import QueryBudget, follows
from checker.parameters.obstacles import NotExact, Obstacle
from spec.nodes import topological


def boundary(condition: z3.BoolRef) -> z3.BoolRef | None:
    """Where a comparison changes its truth; None for a condition of another kind."""
    while z3.is_not(condition):
        condition = condition.arg(0)
    if comparison_in(condition) is None:
        return None
    return condition.arg(0) == condition.arg(1)


def is_closed(condition: z3.BoolRef) -> bool:
    """Whether the condition, of continuous terms, is true on a closed set."""
    if z3.is_and(condition) or z3.is_or(condition):
        return all(is_closed(part) for part in condition.children())
    if z3.is_not(condition):
        return is_open(condition.arg(0))
    return bool(
        z3.is_le(condition)
        or z3.is_ge(condition)
        or z3.is_true(condition)
        or z3.is_false(condition)
        or (z3.is_eq(condition) and z3.is_arith(condition.arg(0)))
    )


def is_open(condition: z3.BoolRef) -> bool:
    """Whether the condition, of continuous terms, is true on an open set."""
    if z3.is_and(condition) or z3.is_or(condition):
        return all(is_open(part) for part in condition.children())
    if z3.is_not(condition):
        return is_closed(condition.arg(0))
    return bool(
        z3.is_lt(condition)
        or z3.is_gt(condition)
        or z3.is_true(condition)
        or z3.is_false(condition)
    )


def with_limits(condition: z3.BoolRef) -> z3.BoolRef:
    """A closed condition, of continuous terms, that the condition implies: every comparison
    non-strict; the condition itself if it is closed.

    Raises:
        NotExact: for a condition that is not made of comparisons.
    """
    return condition if is_closed(condition) else _compared(condition, strict=False)


def without_limits(condition: z3.BoolRef) -> z3.BoolRef:
    """An open condition, of continuous terms, that implies the condition: every comparison strict;
    the condition itself if it is open.

    Raises:
        NotExact: for a condition that is not made of comparisons.
    """
    return condition if is_open(condition) else _compared(condition, strict=True)


def _compared(condition: z3.BoolRef, strict: bool, negated: bool = False) -> z3.BoolRef:
    """A condition, or its negation, with every comparison made strict, or non-strict."""
    if z3.is_not(condition):
        return _compared(condition.arg(0), strict, not negated)
    if z3.is_and(condition) or z3.is_or(condition):
        parts = [_compared(part, strict, negated) for part in condition.children()]
        return z3.And(*parts) if z3.is_and(condition) != negated else z3.Or(*parts)
    return _comparison(condition, strict, negated)


def _comparison(condition: z3.BoolRef, strict: bool, negated: bool) -> z3.BoolRef:
    upward = z3.is_ge(condition) or z3.is_gt(condition)
    if not upward and not z3.is_le(condition) and not z3.is_lt(condition):
        raise NotExact(Obstacle.NOT_INEQUALITIES)
    first, second = condition.children()
    if upward != negated:
        return first > second if strict else first >= second
    return first < second if strict else first <= second


def without_divisions(condition: z3.BoolRef) -> tuple[z3.BoolRef, list[z3.ArithRef]]:
    """A condition with a new constant for each quotient, and those constants.

    The new condition says besides that each constant times the denominator is the numerator, and
    that the denominator is not zero. So values of the old constants meet it, with some of the new,
    exactly where they meet the condition and no denominator is zero.
    """
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    defined: list[z3.BoolRef] = []
    for node in topological([condition]):
        if z3.is_app_of(node, z3.Z3_OP_DIV) and not z3.is_rational_value(node.arg(1)):
            quotient = z3.FreshReal("quotient")
            over, under = (z3.substitute(child, *pairs) for child in node.children())
            pairs.append((node, quotient))
            defined += [quotient * under == over, under != 0]
    if not pairs:
        return condition, []
    found = z3.And(z3.substitute(condition, *pairs), *defined)
    return found, [quotient for _, quotient in pairs]


def without_conditionals(condition: z3.BoolRef) -> tuple[z3.BoolRef, list[z3.ArithRef]]:
    """A condition with a new constant for each conditional number, and those constants.

    The new condition says besides that each constant is the branch taken, so values of the old
    constants meet it, with some of the new, exactly where they meet the condition.
    """
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    taken: list[z3.BoolRef] = []
    for node in topological([condition]):
        if z3.is_app_of(node, z3.Z3_OP_ITE) and z3.is_arith(node):
            branch = z3.FreshConst(node.sort(), "branch")
            which, first, second = (z3.substitute(child, *pairs) for child in node.children())
            pairs.append((node, branch))
            taken.append(z3.If(which, branch == first, branch == second))
    if not pairs:
        return condition, []
    return z3.And(z3.substitute(condition, *pairs), *taken), [branch for _, branch in pairs]


def shortened(term: z3.ExprRef, where: Sequence[z3.BoolRef], budget: QueryBudget) -> z3.ExprRef:
    """A term without conditionals of which, under some conditions, one branch is always taken, or
    has the same value where it is not."""
    term = z3.simplify(term)
    for node in topological([term]):
        if z3.is_app_of(node, z3.Z3_OP_ITE):
            condition, first, second = node.children()
            for otherwise, branch in ((z3.Not(condition), first), (condition, second)):
                if follows([*where, otherwise], first == second, budget).valid:
                    return shortened(z3.substitute(term, (node, branch)), where, budget)
    return term
