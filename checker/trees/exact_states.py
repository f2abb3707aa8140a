"""The exact set of the states that nodes reach: a least fixpoint, in a forest of known trees.

Every known state is reached by a tree in hand. The solver is asked for a node over known states
whose own state is new; where it proves that there is none, the known states are all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.evaluator import rational
from checker.backends.solver import QueryBudget, Satisfiability, satisfy
from checker.system.obligations import preservation
from checker.system.problem import Clause
from checker.trees.finite_trees import Forest, Shape, Tree, build_node
from spec.terms import numeral

MOST_STATES = 500
"""States of a node of which the exact set is sought."""
SECONDS = 20.0
"""For one query for a state that is not known."""


def complete(forest: Forest, budget: QueryBudget) -> bool:
    """Add trees until every state of a node is known; whether it is proved that every one is.

    In a forest with a tree that breaks the claim, only the states of smaller trees are sought: if
    they are all known, then no smaller tree breaks it.
    """
    while len(forest.trees) <= MOST_STATES and not budget.exhausted:
        below = None if forest.bad is None else forest.bad.size
        missing = _missing(forest, below, budget)
        if isinstance(missing, Tree) and forest.folding.finite:
            forest.add(missing)
        else:
            none = missing is Satisfiability.UNSAT
            return none and _well_defined(forest, below, budget)
    return False


def _missing(forest: Forest, below: int | None, budget: QueryBudget) -> Tree | Satisfiability:
    """A tree whose state is not known; UNSAT if there is none, UNKNOWN if that is open.

    With ``below``, a smaller tree than that whose state is not known from a tree as small.
    """
    known = list(forest.trees.values())
    for shape in forest.folding.shapes:
        over = _OverKnown.of(forest, shape)
        conditions = [shape.step.stage.bounds, *over.smaller(below)]
        for tree in known:
            same = _equal(shape.step.stage.outputs, tree)
            as_small = [] if below is None else [over.size >= tree.size]
            conditions.append(z3.Not(z3.And(*as_small, *same)))
        outcome = satisfy(conditions, budget, SECONDS)
        if outcome.undecided:
            return Satisfiability.UNKNOWN
        if outcome.sat:
            children = tuple(known[int(outcome.values[str(number)])] for number in over.numbers)
            chosen = [
                rational(outcome.values.get(str(c.symbol), Fraction(0))) for c in shape.choices
            ]
            built = build_node(shape, children, chosen)
            return Satisfiability.UNKNOWN if built is None else built
    return Satisfiability.UNSAT


def _well_defined(forest: Forest, below: int | None, budget: QueryBudget) -> bool:
    """Whether nodes over known states, smaller than ``below``, divide by no zero and leave nature
    a choice."""
    return all(
        satisfy([*hypotheses, z3.Not(condition)], budget).unsat
        for shape in forest.folding.shapes
        for hypotheses, condition in _definedness(shape, _OverKnown.of(forest, shape), below)
    )


def _definedness(
    shape: Shape, over: _OverKnown, below: int | None
) -> Iterator[tuple[tuple[z3.BoolRef, ...], z3.BoolRef]]:
    clauses = [Clause("known", condition) for condition in over.smaller(below)]
    for obligation in preservation(shape.step, clauses, ()):
        for clause in obligation.conclusions:
            yield obligation.hypotheses, clause.condition


@attrs.frozen
class _OverKnown:
    """A node whose children are in known states.

    Args:
        numbers: per child, the number of its state.
        size: the size of the tree below the node, with the node.
        among: that each child is the tree of its number, of that tree's size and state.
    """

    numbers: tuple[z3.ArithRef, ...]
    size: z3.ArithRef
    among: tuple[z3.BoolRef, ...]

    @classmethod
    def of(cls, forest: Forest, shape: Shape) -> _OverKnown:
        """Such a node of one shape."""
        fields, symbols = len(forest.folding.fields), shape.step.source.symbols
        sizes = [z3.Int(f"size of child {number}") for number in range(shape.arity)]
        numbers = [z3.Int(f"state of child {number}") for number in range(shape.arity)]
        among = [
            z3.Or(
                *(
                    z3.And(number == index, size == tree.size, *_equal(own, tree))
                    for index, tree in enumerate(forest.trees.values())
                )
            )
            for child, (size, number) in enumerate(zip(sizes, numbers, strict=True))
            for own in [symbols[child * fields : (child + 1) * fields]]
        ]
        total = z3.IntVal(1) + z3.Sum(*sizes) if sizes else z3.IntVal(1)
        return cls(tuple(numbers), total, tuple(among))

    def smaller(self, below: int | None) -> list[z3.BoolRef]:
        """The conditions, and that the tree is smaller than ``below`` where that is given."""
        return [*self.among, *([] if below is None else [self.size < below])]


def _equal(terms: Sequence[z3.ExprRef], tree: Tree) -> list[z3.BoolRef]:
    return [
        term == (int(value.p) if value.q == 1 else numeral(Fraction(int(value.p), int(value.q))))
        for term, value in zip(terms, tree.state, strict=True)
    ]
