"""Queries answered by cutting a box into parts, with interval arithmetic on each.

Theorem. Let conditions bound each of their constants from both sides, by numbers or by terms over
others that are bounded, and let these bounds be cut into parts that cover them. If on each part
some condition comes out false in interval arithmetic (docs/theory/theorems.md, theorem 8), no
values meet all conditions. If at one point all come out true, its values meet them.

*Proof.* Values that meet all conditions lie within the bounds, so in a part, on which no condition
is false. Where a condition comes out true it holds of all values there. (Branch and prune: Van
Hentenryck, McAllester and Kapur, "Solving Polynomial Systems Using a Branch and Prune Approach",
SIAM Journal on Numerical Analysis, 1997.)

What the solver's lemmas about curves do not show in hundreds of rounds is often plain on parts; and
here there is an answer "yes". Points are guessed in floats, and judged in intervals. What just
meets a bound is not shown, however fine the parts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import flint
import numpy as np
import z3

from checker.backends.evaluator import FLOATS, compile_terms, rational
from checker.backends.intervals import Value, bounds_of, exactly, is_understood, value_of
from spec.nodes import id_of, is_symbol, is_whole, name_of, topological

DRAWN = 2_000
"""Points that are looked at in floats before anything is cut."""
TRIED = 4
"""Points that meet all conditions in floats which are tried in intervals."""

Part = Mapping[int, Value]
"""The values of constants, by the ids of their symbols."""


class Empty(Enum):
    """That no values meet the conditions."""

    EMPTY = "empty"


@attrs.define
class Search:
    """Looks for values that meet all conditions, part by part, as far as it is told.

    Args:
        asked: the conditions, taken apart.
        whole: the bounds of all constants; None where one is not bounded from both sides.
        todo: the parts that are still open; None before any point was guessed.
        worked: how often the value of a term was worked out.
        answer: that no values meet the conditions, or values that do; None where it is not known.
    """

    asked: _Asked
    whole: Part | None
    todo: deque[Part] | None = None
    worked: int = 0
    answer: Empty | Mapping[str, Fraction] | None = None

    @classmethod
    def of(cls, conditions: Sequence[z3.BoolRef]) -> Search:
        """The search for values that meet some conditions, not yet begun."""
        asked = _Asked.of(conditions)
        whole = asked.bounds() if all(map(is_understood, asked.nodes)) else None
        return cls(asked, whole or None)

    def go_on(self, most: int, late: Callable[[], bool]) -> None:
        """Go on where it was left off; there is no answer where the conditions just meet.

        Args:
            most: how often the value of a term may have been worked out at the end.
            late: whether the time is over; asked at every part.
        """
        if self.whole is not None and self.answer is None:
            self.answer = self._found(self.whole, most, late)

    def _found(
        self, whole: Part, most: int, late: Callable[[], bool]
    ) -> Empty | Mapping[str, Fraction] | None:
        asked = self.asked
        if self.todo is None:
            self.todo = deque([whole])
            point = asked.guessed(lambda: asked.drawn(whole), whole)
            if point is not None:
                return point
        todo = self.todo
        while todo:
            if self.worked + len(asked.nodes) > most or late():
                return asked.guessed(lambda: asked.middles(todo), whole)
            self.worked += len(asked.nodes)
            part = todo.popleft()
            truths = asked.truths(part)
            if False in truths:
                continue
            if all(truth is True for truth in truths):
                return asked.named(part)
            parts = asked.cut(part, whole)
            if not parts:
                todo.append(part)
                return None
            todo.extend(parts)
        return Empty.EMPTY

    def met_at(self, values: Mapping[str, Fraction]) -> bool:
        """Whether numbers meet all conditions for certain; what they do not name is left open."""
        named = {id_of(each): values.get(name_of(each)) for each in self.asked.symbols}
        point = {key: None if value is None else exactly(value) for key, value in named.items()}
        return all(truth is True for truth in self.asked.truths(point))


@attrs.frozen
class _Asked:
    """Conditions, the constants that they read, and their terms in the order of working out."""

    conditions: Sequence[z3.BoolRef]
    symbols: Sequence[z3.ExprRef]
    nodes: Sequence[z3.ExprRef]

    @classmethod
    def of(cls, conditions: Sequence[z3.BoolRef]) -> _Asked:
        """The conditions taken apart."""
        nodes = topological(list(conditions))
        symbols = [node for node in nodes if is_symbol(node)]
        return cls(conditions, symbols, [node for node in nodes if not is_symbol(node)])

    def bounds(self) -> dict[int, Value] | None:
        """The bounds of all constants; None where one has none."""
        bounded, found = bounds_of(self.conditions), dict[int, Value]()
        for symbol in self.symbols:
            value = bounded[id_of(symbol)][1] if id_of(symbol) in bounded else None
            if value is None and not z3.is_bool(symbol):
                return None
            if isinstance(value, tuple) and _is_count(symbol):
                value = flint.fmpq(value[0].ceil()), flint.fmpq(value[1].floor())
                if value[0] > value[1]:
                    return None
            found[id_of(symbol)] = value
        return found

    def truths(self, part: Part) -> list[Value]:
        """What comes out of each condition on a part."""
        values = {id_of(symbol): (symbol, part[id_of(symbol)]) for symbol in self.symbols}
        for node in self.nodes:
            values[id_of(node)] = (node, value_of(node, values))
        return [values[id_of(condition)][1] for condition in self.conditions]

    def cut(self, part: Part, whole: Part) -> list[dict[int, Value]]:
        """The part in two, across the constant of which it has the greatest share; none if it is a
        point."""
        shares = [_share(part[id_of(each)], whole[id_of(each)]) for each in self.symbols]
        if not max(shares):
            return []
        widest = self.symbols[shares.index(max(shares))]
        value, key = part[id_of(widest)], id_of(widest)
        if not isinstance(value, tuple):
            return [{**part, key: truth} for truth in (True, False)]
        at = _middle(widest, value)
        beyond = at + 1 if _is_count(widest) else at
        return [{**part, key: (value[0], at)}, {**part, key: (beyond, value[1])}]

    def drawn(self, whole: Part) -> list[Any]:
        """Points within the bounds: of each constant an end as often as a number between."""
        random, columns = np.random.default_rng(0), list[Any]()
        for symbol in self.symbols:
            value = whole[id_of(symbol)]
            shares = np.clip(random.uniform(-1 / 2, 3 / 2, DRAWN), 0, 1)
            if not isinstance(value, tuple):
                columns.append(shares < 1 / 2)
                continue
            low, high = map(float, value)
            numbers = low + (high - low) * shares
            columns.append(np.floor(numbers) if _is_count(symbol) else numbers)
        return columns

    def middles(self, parts: Sequence[Part]) -> list[Any]:
        """The points in the middle of parts."""
        middles = [[_middle(each, part[id_of(each)]) for part in parts] for each in self.symbols]
        return [
            np.array([each if isinstance(each, bool) else float(each) for each in column])
            for column in middles
        ]

    def guessed(
        self, columns: Callable[[], Sequence[Any]], whole: Part
    ) -> Mapping[str, Fraction] | None:
        """Numbers that meet all conditions, if they seem to in floats at one of some points; none
        where a number is beyond all floats."""
        try:
            points = columns()
            program = compile_terms(self.symbols, (), self.conditions).bind(FLOATS)
            with np.errstate(all="ignore"):
                truths = program(points, ())[0]
        except OverflowError:
            return None
        met = np.logical_and.reduce(np.broadcast_arrays(*truths))
        for row in np.flatnonzero(met)[:TRIED]:
            point = {
                id_of(each): _within(column[row], whole[id_of(each)])
                for each, column in zip(self.symbols, points, strict=True)
            }
            if all(truth is True for truth in self.truths(point)):
                return self.named(point)
        return None

    def named(self, part: Part) -> dict[str, Fraction]:
        """The numbers of the point in the middle of a part."""
        middles = {name_of(each): _middle(each, part[id_of(each)]) for each in self.symbols}
        return {
            name: Fraction(int(at.p), int(at.q))
            for name, at in middles.items()
            if not isinstance(at, bool)
        }


def _is_count(symbol: z3.ExprRef) -> bool:
    return isinstance(symbol, z3.ArithRef) and is_whole(symbol)


def _share(value: Value, whole: Value) -> Any:
    """How much of a constant's bounds a part still has; more than all of a truth that is open."""
    if not isinstance(value, tuple) or not isinstance(whole, tuple):
        return flint.fmpq(2 if value is None else 0)
    width = whole[1] - whole[0]
    return (value[1] - value[0]) / width if width else width


def _middle(symbol: z3.ExprRef, value: Value) -> Any:
    if not isinstance(value, tuple):
        return value is not False
    at = (value[0] + value[1]) / 2
    return flint.fmpq(at.floor()) if _is_count(symbol) else at


def _within(number: Any, whole: Value) -> Value:
    """A float as an exact number, within the bounds that it was drawn from."""
    if not isinstance(whole, tuple):
        return bool(number)
    at = min(max(rational(Fraction(float(number))), whole[0]), whole[1])
    return at, at
