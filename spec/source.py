"""How the conditions of a method are written in its file."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import attrs

from spec.errors import location_of


@attrs.frozen
class Written:
    """A condition as it is written, and ``file:line`` where that is."""

    text: str
    location: str


@cache
def conditions_in(function: Callable[..., Any]) -> tuple[Written, ...]:
    """The conditions whose conjunction a function returns, in order: what stands between ``&``, and
    the arguments of ``all_of``, also behind a name that is given once.

    Returns:
        nothing where that cannot be read off: no source, or not one ``return``.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return ()
    (body,) = tree.body
    returns = [node for node in ast.walk(body) if isinstance(node, ast.Return)]
    if len(returns) != 1 or returns[0].value is None:
        return ()
    file, _, first = location_of(function).rpartition(":")
    return tuple(
        Written(" ".join(ast.unparse(leaf).split()), f"{file}:{int(first) + leaf.lineno - 1}")
        for leaf in _leaves(returns[0].value, _given_once(body))
    )


def _given_once(body: ast.AST) -> dict[str, ast.expr]:
    """The names that are assigned once, with their values."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(body):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _leaves(node: ast.expr, names: dict[str, ast.expr]) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        inner: list[ast.expr] = [node.left, node.right]
    elif isinstance(node, ast.Call) and _called(node) == "all_of" and not node.keywords:
        inner = node.args
    elif isinstance(node, ast.Name) and node.id in names:
        rest = {name: value for name, value in names.items() if name != node.id}
        found = list(_leaves(names[node.id], rest))
        inner = []
        yield from found if len(found) > 1 else [names[node.id]]
    else:
        inner = []
        yield node
    for each in inner:
        yield from _leaves(each, names)


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
