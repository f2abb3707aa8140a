"""Induction over the structure of trees proves folds, or leaves them open."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checker.portfolio.decision import Options, decide
from checker.report.words import describe
from checker.system.findings import Method
from checker.system.obligations import Duty
from checker.system.problem import Bound
from checker.trees.findings import TreesUndecided
from checker.trees.shape_search import plans
from spec import Agent, Bool, Claim, Count, Fold, I, Invariant, Nature, Real, between, budget, when
from spec.statements.base import Answer
from tests.trees.folds import (
    Affordable,
    Bill,
    Mark,
    Nothing,
    Owed,
    Unmarked,
    leaf_bill,
    mark_fold,
    mean_bill,
)


def test_shapes_are_counted_by_catalan_numbers() -> None:
    assert [len(list(plans(size, (2,)))) for size in (1, 2, 3, 4, 5, 7, 9)] == [
        1,
        0,
        1,
        0,
        2,
        5,
        14,
    ]
    assert [len(list(plans(size, (1, 2)))) for size in range(1, 7)] == [1, 1, 2, 4, 9, 21]


def test_means_are_proved_by_induction_alone() -> None:
    means = Fold[Bill, Owed[Affordable]](
        "means", parameters=Bill, leaf=leaf_bill, node=mean_bill, arities=(2,)
    )
    verdict = decide(Claim("means", means, Affordable()))
    assert verdict.method is Method.TREE_INDUCTION
    assert describe(verdict.method) == "induction over the structure of trees"


class Two(Agent[I]):
    x: Real = between(0, 4)
    y: Real = between(0, 4)


class SmallX(Invariant):
    x: Real = budget(0, 4, "x", limit=1)

    def holds(self, agent: Two[Any]) -> Bool:
        return agent.x <= self.x


def test_bounds_on_other_fields_strengthen_a_proof() -> None:
    def leaf(p: Bill, nature: Nature) -> Two[SmallX]:
        return Two(x=Real(0), y=nature.choose("y", at_most=1))

    def node(children: tuple[Two[I], ...], p: Bill, nature: Nature) -> Two[I]:
        first, second = children  # x is small only because y is
        return Two(x=first.y, y=(first.y + second.y) / 2)

    fold = Fold[Bill, Two[SmallX]]("two", parameters=Bill, leaf=leaf, node=node, arities=(2,))
    verdict = decide(Claim("two", fold, SmallX()))
    assert verdict.answer is Answer.PROVED
    assert verdict.certificate is not None
    assert Bound("y", "<=", Fraction(1)) in verdict.certificate.bounds["node"]


def test_nature_without_a_value_is_no_proof() -> None:
    def node(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
        return Owed(owed=nature.choose("none", at_least="1/20", at_most=children[0].owed))

    fold = Fold[Bill, Owed[Affordable]](
        "none", parameters=Bill, leaf=leaf_bill, node=node, arities=(1,)
    )
    verdict = decide(Claim("none", fold, Affordable()), {}, Options(timeout=10))
    assert verdict.answer is Answer.UNKNOWN
    assert isinstance(verdict.reason, TreesUndecided)
    blocked = verdict.reason.blocked
    assert (blocked.obligation.duty, blocked.fails) == (Duty.WELL_DEFINED, True)
    assert blocked.clause == 'nature has a value for "none"'
    assert 'nature has a value for "none" fails at ' in describe(verdict.reason)


def test_a_failing_assumption_is_vacuous() -> None:
    def dear(p: Bill) -> Bool:
        """Leaves are dear."""
        return p.price >= Real("1/2")

    fold = Fold[Bill, Owed[Affordable]](
        "dear", parameters=Bill, leaf=leaf_bill, node=mean_bill, arities=(2,), assumptions=[dear]
    )
    assert decide(Claim("dear", fold, Affordable())).answer is Answer.VACUOUS


def empties(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
    where = nature.choose("where", at_most=1)
    none = nature.choose("none", at_least=where, at_most="1/2")
    up = when(children[0].count < 2, children[0].count.plus(1), children[0].count)
    return Mark(count=when(children[0].count > 2, Count(3), when(none > 0, up, Count(0))))


def test_bounds_that_some_choice_empties_are_no_proof() -> None:
    def lossy(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
        kept = empties(children, p, nature)  # 1 would lead to 3, and is never reached
        return Mark(
            count=when(
                children[0].count == 1, Count(3), when(kept.count == 1, Count(2), kept.count)
            )
        )

    verdict = decide(Claim("lossy", mark_fold(lossy), Unmarked()), {}, Options(timeout=10))
    assert verdict.answer is Answer.UNKNOWN
