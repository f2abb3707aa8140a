"""Folded lines: whole, within the screen, and further in than the line that they belong to."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, Group
from rich.text import Text

from checker.report.hanging import HANG, Hanging, hanging

words = st.lists(st.text("abcdef", min_size=1, max_size=9), min_size=1, max_size=60)


def shown(text: str, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(Hanging(Text(text)))
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("width", [40, 80, 120])
@given(st.integers(1, 6), words)
def test_what_is_folded_stands_further_in(width: int, indent: int, said: list[str]) -> None:
    first, *folded = shown(" " * indent + " ".join(said), width)
    assert first.startswith(" " * indent + said[0])
    assert all(line.startswith(" " * (indent + HANG) + line.strip()[0]) for line in folded)
    assert all(len(line) <= width for line in (first, *folded))
    assert " ".join((first, *folded)).split() == said


def test_lines_that_fit_and_lines_at_the_edge_are_left_alone() -> None:
    assert shown("  short\n      below it", 80) == ["  short", "      below it"]
    assert shown("word " * 20, 40)[1].startswith("word")


def test_texts_of_a_group_hang() -> None:
    out = io.StringIO()
    group = Group(Group(Text("  " + "word " * 12)), Text("edge"))
    Console(file=out, width=40, color_system=None).print(hanging(group))
    lines = out.getvalue().splitlines()
    assert lines[1].startswith(" " * (2 + HANG) + "word")
    assert lines[-1] == "edge"
