"""The tests of trees share these folds."""

from __future__ import annotations

from typing import Any

from checker.system.verdict import Verdict
from checker.trees.findings import TreeBreak
from spec import (
    Agent,
    Bool,
    Count,
    Fold,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    minimum,
    parameter,
    whole,
)


class Nothing(Parameters):
    pass


class Bill(Parameters):
    price: Real = parameter("1/10", 0, 1, "price of a leaf")


class Owed(Agent[I]):
    owed: Real = between(0, 1)


class Affordable(Invariant):
    owed: Real = budget(0, 1, "debt", limit="1/2")

    def holds(self, agent: Owed[Any]) -> Bool:
        return agent.owed <= self.owed


def leaf_bill(p: Bill, nature: Nature) -> Owed[Affordable]:
    return Owed(owed=nature.choose("bill", at_most=p.price))


def sum_bill(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
    return Owed(owed=minimum(1, sum((child.owed for child in children), Real(0))))


bills = Fold[Bill, Owed[Affordable]](
    "bills", parameters=Bill, leaf=leaf_bill, node=sum_bill, arities=(2,)
)


def mean_bill(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
    first, second = children
    return Owed(owed=(first.owed + second.owed) / 2)


class Mark(Agent[I]):
    count: Count = whole(0, 3)


class Unmarked(Invariant):
    def holds(self, mark: Mark[Any]) -> Bool:
        return mark.count < 3


def broken_tree(verdict: Verdict) -> TreeBreak:
    """The one fact of a refuted claim about a fold: the tree that breaks it."""
    (fact,) = verdict.facts
    assert isinstance(fact, TreeBreak), fact
    return fact


def inside(nature: Nature) -> Bool:
    """True only away from the ends of nature's bounds."""
    where = nature.choose("where", at_most=1)
    return (where > Real("2/5")) & (where < Real("3/5"))


def leaf_mark(p: Nothing, nature: Nature) -> Mark[Unmarked]:
    return Mark(count=Count(0))


def mark_fold(node: Any) -> Fold[Nothing, Mark[Unmarked]]:
    return Fold[Nothing, Mark[Unmarked]](
        "mark", parameters=Nothing, leaf=leaf_mark, node=node, arities=(1,)
    )
