"""The ledger for people."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from checker.explain.budget_flow import BudgetFlow, QuantityFlow
from checker.report.verdict import number


def budget_flow_story(budget_flow: BudgetFlow) -> RenderableType:
    """Where each budget goes, step by step."""
    if budget_flow.reason:
        return Text(f"Where the budget goes: not shown, {budget_flow.reason}")
    lines = [part for line in budget_flow.lines for part in _line(line)]
    return Group(Text("Where the budget goes: proved bounds, step by step"), *lines)


def _line(line: QuantityFlow) -> Iterator[Text]:
    said = [f"{_bound(line.entries[0].before)} at the agent"]
    for e in line.entries:
        change = "" if e.change is None else f" ({'+' if e.change >= 0 else ''}{number(e.change)})"
        said.append(f"{e.step} {_bound(e.after)}{change}")
    slack = "" if line.slack is None else f"; slack {number(line.slack)}"
    yield Text(f"  {line.quantity}: {' -> '.join(said)}{slack}")
    for e in line.entries:
        for name, share in e.shares.items():
            yield Text(f"      {e.step} without {name}: {number(share)} less", "dim")
    if line.shares:
        parts = ", ".join(f"{name} {float(100 * s):.0f} %" for name, s in line.shares.items())
        yield Text(f"      of the increase: {parts}", "dim")


def _bound(value: Fraction | None) -> str:
    return "not bounded" if value is None else f"<= {number(value)}"
