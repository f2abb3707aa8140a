"""The budget flow of a proof for people."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from checker.explain.budget_flow import BudgetFlow, NoFlow, NoSetKept, QuantityFlow, StepFlow
from checker.report.certificate import method_of
from checker.report.words import describe, number

REASONS = {
    NoFlow.UNINTERPRETED: "uninterpreted agents have no budgets",
    NoFlow.NO_NUMBER: "the invariant bounds no quantity by a number",
}


@describe.register
def _(fact: NoFlow) -> str:
    return REASONS[fact]


@describe.register
def _(fact: NoSetKept) -> str:
    return f"a proof by {method_of(fact.proof)} names no set that one step keeps"


def budget_flow_story(found: BudgetFlow) -> RenderableType:
    """Where each budget goes, step by step."""
    if found.reason is not None:
        return Text(f"Where the budget goes: not shown, {describe(found.reason)}")
    lines = [part for quantity in found.lines for part in _quantity(quantity)]
    return Group(Text("Where the budget goes: proved bounds, step by step"), *lines)


def _quantity(flow: QuantityFlow) -> Iterator[Text]:
    bounds = [f"{_bound(flow.entries[0].before)} at the agent", *map(_step, flow.entries)]
    slack = "" if flow.slack is None else f"; slack {number(flow.slack)}"
    yield Text(f"  {flow.quantity}: {' -> '.join(bounds)}{slack}")
    for entry in flow.entries:
        for name, share in entry.shares.items():
            yield Text(f"      {entry.step} without {name}: {number(share)} less", "dim")
    if flow.shares:
        parts = ", ".join(f"{name} {float(100 * s):.0f} %" for name, s in flow.shares.items())
        yield Text(f"      of the increase: {parts}", "dim")


def _step(entry: StepFlow) -> str:
    change = ""
    if entry.change is not None:
        change = f" ({'+' if entry.change >= 0 else ''}{number(entry.change)})"
    return f"{entry.step} {_bound(entry.after)}{change}"


def _bound(value: Fraction | None) -> str:
    return "not bounded" if value is None else f"<= {number(value)}"
