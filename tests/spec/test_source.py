"""The conditions that a method returns together, as they are written, and their lines."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from spec import all_of
from spec.source import conditions_in


def ands(a: Any, b: Any, c: Any) -> Any:
    return (a <= 1) & (
        b <= 2
    ) & (c <= 3)  # fmt: skip


def listed(a: Any, b: Any, c: Any) -> Any:
    return all_of(a <= 1, (b <= 2) & (c <= 3))


def named(a: Any, b: Any, c: Any) -> Any:
    first = a <= 1
    rest = (b <= 2) & (c <= 3)
    return first & rest


def one(a: Any) -> Any:
    return a <= 1


def either(a: Any, b: Any) -> Any:
    if a:
        return a <= 1
    return b <= 2


def lines_of(function: Callable[..., Any]) -> list[str]:
    """For each condition, the text of the line that it is said to stand at."""
    source = inspect.getsource(inspect.getmodule(function)).splitlines()  # type: ignore[arg-type]
    return [source[int(w.location.rpartition(":")[2]) - 1] for w in conditions_in(function)]


@pytest.mark.parametrize("function", [ands, listed, named])
def test_three_conditions_are_told_apart(function: Callable[..., Any]) -> None:
    texts = [written.text for written in conditions_in(function)]
    assert texts == ["a <= 1", "b <= 2", "c <= 3"]
    for text, line in zip(texts, lines_of(function), strict=True):
        assert text in line


def test_one_condition_and_none_that_can_be_read_off() -> None:
    assert [written.text for written in conditions_in(one)] == ["a <= 1"]
    assert conditions_in(either) == ()
    assert conditions_in(len) == ()
    made: dict[str, Any] = {}
    exec("def hidden(a): return (a <= 1) & (a >= 0)", made)
    assert conditions_in(made["hidden"]) == ()
