"""Mistakes in a fold over trees are refused, and so is what wants iterations of one."""

from __future__ import annotations

from typing import Any

import pytest

from checker.portfolio.decision import decide
from checker.statements.registry import judge
from spec import Agent, Claim, Fold, I, Loop, Nature, Real, Refines, SpecError, Threshold
from spec.trace import trace
from tests.trees.folds import Affordable, Bill, Owed, bills, leaf_bill, sum_bill


def in_price(p: Bill) -> Owed[Affordable]:
    return Owed(owed=Real(0))


def step(agent: Owed[I], p: Bill, nature: Nature) -> Owed[I]:
    return agent


def test_what_wants_a_loop_says_that_a_fold_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    loop = Loop[Bill, Owed[Affordable]]("loop", parameters=Bill, seed=in_price, step=step)
    with pytest.raises(SpecError, match="fold over trees and has no iterations"):
        trace(bills)
    with pytest.raises(SpecError, match="fold over trees"):
        judge(Threshold("t", bills, Affordable(), parameter="price", value="1/2"))
    with pytest.raises(SpecError, match="fold over trees"):
        judge(Refines("r", bills, loop))


@pytest.mark.parametrize("arities", [(), (0,), (7,), ("2",), "price", "none", 2])
def test_wrong_arities_are_refused(arities: Any) -> None:
    with pytest.raises(SpecError, match=r"arities=.* write arities=\(2,\)"):
        Fold[Bill, Owed[Affordable]](
            "wrong", parameters=Bill, leaf=leaf_bill, node=sum_bill, arities=arities
        )


def test_an_agent_without_fields_is_refused() -> None:
    class Bare(Agent[I]):
        pass

    def leaf(p: Bill, nature: Nature) -> Bare[Affordable]:
        raise AssertionError

    def node(children: tuple[Bare[I], ...], p: Bill, nature: Nature) -> Bare[I]:
        raise AssertionError

    fold = Fold[Bill, Bare[Affordable]]("bare", parameters=Bill, leaf=leaf, node=node, arities=(2,))
    with pytest.raises(SpecError, match="has no fields"):
        decide(Claim("bare", fold, Affordable()))
