"""Refuting conditions by cases: conditionals and alternatives taken apart, bounds worked out.

Whatever follows from the bounds of the symbols, in exact interval arithmetic, is settled here. What
is left in each case is a conjunction of comparisons, which is a smaller question for the solver.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from recheck.arithmetic import Program, rational
from recheck.terms import FALSE, TRUE, Term, conjuncts, make, number, topological

DEEPEST = 24
"""Cases within cases."""

Ask = Callable[[Sequence[Term]], "str | None"]
"""Where conditions hold together: "" for nowhere, None without an answer."""


class Interval:
    """A closed interval of exact numbers."""

    __slots__ = ("high", "low")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, low: Any, high: Any) -> None:
        self.low, self.high = low, high

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        return self * Interval(1 / other.high, 1 / other.low)

    def __eq__(self, other: object) -> bool:
        alike = isinstance(other, Interval) and self.low == other.low and self.high == other.high
        return bool(alike)

    def __le__(self, other: Interval) -> bool:
        return bool(self.high <= other.low)

    def __lt__(self, other: Interval) -> bool:
        return bool(self.high < other.low)

    def __ge__(self, other: Interval) -> bool:
        return other <= self

    def __gt__(self, other: Interval) -> bool:
        return other < self

    def contains(self, value: int) -> bool:
        """Whether a number is in it."""
        return bool(self.low <= value <= self.high)

    def union(self, other: Interval) -> Interval:
        """The least interval around both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def overlaps(self, other: Interval) -> bool:
        """Whether they have a number in common."""
        return bool(self.low <= other.high and other.low <= self.high)

    def is_exact(self) -> bool:
        """Whether it is one number."""
        return bool(self.low == self.high)


def point(value: Any) -> Interval:
    """One number as an interval."""
    exact = rational(value)
    return Interval(exact, exact)


def refute(conditions: Sequence[Term], ask: Ask, until: float, depth: int = 0) -> str | None:
    """Where the conditions hold together: "" for nowhere, None if that is left open."""
    left = simplified(conjuncts(conditions))
    if FALSE in left:
        return ""
    if time.monotonic() > until:
        return None
    test = _undecided(left) if depth < DEEPEST else None
    if test is None:
        return ask(left)
    for truth in (TRUE, FALSE):
        case = test if truth is TRUE else make("not", test)
        answer = refute([case, *_given(left, test, truth)], ask, until, depth + 1)
        if answer != "":
            return answer
    return ""


def simplified(conditions: Sequence[Term]) -> list[Term]:
    """The same conditions, without what their own bounds on the symbols decide."""
    while True:
        bounds, others = _bounds(conditions)
        if any(
            low is not None and high is not None and low > high for low, high in bounds.values()
        ):
            return [FALSE]
        ends = [end for term, pair in bounds.items() for end in _ends(term, *pair)]
        left = conjuncts(_settled(others, bounds))
        if FALSE in left or [*ends, *left] == list(conditions):
            return [*ends, *left]
        conditions = [*ends, *left]


def _ends(term: Term, low: Any, high: Any) -> list[Term]:
    exact = [None if v is None else number(_fraction(v), term.sort) for v in (low, high)]
    found = [] if exact[0] is None else [make("<=", exact[0], term)]
    return found if exact[1] is None else [*found, make("<=", term, exact[1])]


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _bounds(conditions: Sequence[Term]) -> tuple[dict[Term, tuple[Any, Any]], list[Term]]:
    """The least and greatest value of each symbol that is bounded, and the other conditions."""
    bounds: dict[Term, tuple[Any, Any]] = {}
    others = []
    for condition in conditions:
        inner = condition.args[0] if condition.op == "not" else condition
        ops = {"<=": 1, ">=": -1} if inner is condition else {}
        if inner.op in ops:
            small, large = inner.args[:: ops[inner.op]]
            if small.op == "number" and large.op == "symbol":
                low, high = bounds.get(large, (None, None))
                value = rational(small.args[0])
                bounds[large] = (value if low is None else max(low, value), high)
                continue
            if small.op == "symbol" and large.op == "number":
                low, high = bounds.get(small, (None, None))
                value = rational(large.args[0])
                bounds[small] = (low, value if high is None else min(high, value))
                continue
        others.append(condition)
    return bounds, others


def _settled(conditions: list[Term], bounds: dict[Term, tuple[Any, Any]]) -> list[Term]:
    """The conditions with the truth in place of every comparison within that is decided."""
    order = topological(conditions)
    truths = [term for term in order if term.sort == "Bool"]
    inputs = [term for term in order if term.op == "symbol"]
    values = [_around(*bounds.get(term, (None, None))) for term in inputs]
    known = Program(inputs, truths).run(values, point)
    decided = {t: TRUE if v else FALSE for t, v in zip(truths, known, strict=True) if v is not None}
    asserted = {each.args[0] if each.op == "not" else each for each in conditions}
    found = []
    for condition in conditions:
        literal = condition.args[0] if condition.op == "not" else condition
        by = {each: TRUE for each in asserted if each is not literal and each in conditions}
        by |= {each: FALSE for each in asserted if each is not literal and each not in conditions}
        found += replaced([condition], {**by, **decided})
    return found


def _around(low: Any, high: Any) -> Interval | None:
    return None if low is None or high is None else Interval(low, high)


def replaced(roots: Sequence[Term], by: dict[Term, Term]) -> list[Term]:
    """The terms with others in place of some that occur in them."""
    found: dict[Term, Term] = {}
    for term in topological(roots):
        new = by.get(term)
        if new is None:
            new = make(term.op, *(found[c] for c in term.children)) if term.children else term
        found[term] = new
    return [found[root] for root in roots]


def _given(conditions: Sequence[Term], test: Term, truth: Term) -> list[Term]:
    return replaced(conditions, {test: truth})


def _undecided(conditions: Sequence[Term]) -> Term | None:
    """A test to take both ways: of a conditional, or an alternative."""
    for term in topological(conditions):
        if term.op == "ite" and not any(t.op == "ite" for t in topological([term.args[0]])):
            return _literal(term.args[0])
    for condition in conditions:
        if condition.op == "or":
            return _literal(condition.args[0])
        if condition.op == "not" and condition.args[0].op == "and":
            return _literal(condition.args[0].args[0])
    return None


def _literal(test: Term) -> Term:
    while test.op in ("and", "or", "not"):
        test = test.args[0]
    return test
