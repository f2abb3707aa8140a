"""Whether terms are continuous in their constants, where those meet some conditions."""

from __future__ import annotations

from collections.abc import Sequence

import z3

from checker.backends.curves import has_curves
from checker.backends.solver import QueryBudget, follows
from checker.parameters.comparisons import boundary
from spec.nodes import kind_of, topological

JUMPS = (z3.Z3_OP_TO_INT, z3.Z3_OP_IDIV, z3.Z3_OP_MOD)
"""Kinds of nodes that round."""


def is_continuous(
    terms: Sequence[z3.ExprRef], here: Sequence[z3.BoolRef], budget: QueryBudget
) -> bool:
    """Whether terms are proved continuous, as numbers or as conditions on numbers, in all that meet
    ``here``: each conditional has equal branches where its condition changes, no denominator is
    zero, and nothing is rounded. Of curves nothing is said."""
    if has_curves(terms):
        return False
    for node in topological(terms):
        known: z3.BoolRef | None = None
        if z3.is_app_of(node, z3.Z3_OP_ITE):
            condition, first, second = node.children()
            edge = boundary(condition)
            known = z3.BoolVal(False) if edge is None else z3.Implies(edge, first == second)
        elif z3.is_app_of(node, z3.Z3_OP_DIV):
            known = node.arg(1) != 0
        elif kind_of(node) in JUMPS:
            return False
        if known is not None and not follows(here, known, budget).valid:
            return False
    return True
