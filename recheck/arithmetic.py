"""Terms worked out in rationals, balls or intervals; None is what is undefined, or undecided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add, mul, sub
from typing import Any

import flint

from recheck.terms import COMPARE, Term, topological


def rational(value: Any) -> Any:
    """An exact number."""
    return flint.fmpq(value.numerator, value.denominator)


def ball(value: Any) -> Any:
    """The tightest ball around an exact number at the working precision."""
    return flint.arb(rational(value))


def _compare(op: str) -> Callable[[Any, Any], bool | None]:
    opposite = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}[op]

    def compared(a: Any, b: Any) -> bool | None:
        if a is None or b is None:
            return None
        if COMPARE[op](a, b):
            return True
        return False if COMPARE[opposite](a, b) else None

    return compared


def _equal(a: Any, b: Any) -> bool | None:
    if a is None or b is None:
        return None
    if isinstance(a, flint.fmpq | bool):
        return bool(a == b)
    if a.is_exact() and b.is_exact():
        return bool(a == b)
    return None if a.overlaps(b) else False


def _divide(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return None
    safe = b != 0 if isinstance(b, flint.fmpq) else not b.contains(0)
    return a / b if safe else None


def _either(test: bool | None, a: Any, b: Any) -> Any:
    if test is not None:
        return a if test else b
    apart = a is None or b is None or isinstance(a, flint.fmpq | bool)
    return None if apart else a.union(b)


def _every(*truths: bool | None) -> bool | None:
    return False if False in truths else (None if None in truths else True)


def _some(*truths: bool | None) -> bool | None:
    return True if True in truths else (None if None in truths else False)


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _defined(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def worked_out(*args: Any) -> Any:
        return None if any(a is None for a in args) else reduce(function, args)

    return worked_out


def _minus(*args: Any) -> Any:
    if any(a is None for a in args):
        return None
    return -args[0] if len(args) == 1 else reduce(sub, args)


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "+": _defined(add),
    "*": _defined(mul),
    "-": _minus,
    "/": _divide,
    "ite": _either,
    "and": _every,
    "or": _some,
    "not": _not,
    "=": _equal,
    "distinct": lambda a, b: _not(_equal(a, b)),
    "to_real": lambda a: a,
    "true": lambda: True,
    "false": lambda: False,
    **{op: _compare(op) for op in COMPARE},
}


class Program:
    """Terms to be worked out again and again, each part once."""

    def __init__(self, inputs: Sequence[Term], outputs: Sequence[Term]) -> None:
        order = topological([*inputs, *outputs])
        self.place = {term: place for place, term in enumerate(order)}
        self.inputs, self.outputs = inputs, outputs
        self.lines = [
            (place, OPERATIONS[t.op], [self.place[child] for child in t.children])
            for t, place in self.place.items()
            if t.op not in ("symbol", "number")
        ]
        self.numbers = [(p, t.args[0]) for t, p in self.place.items() if t.op == "number"]

    def run(self, values: Sequence[Any], convert: Callable[[Any], Any]) -> list[Any]:
        """The outputs at some values of the inputs."""
        found: list[Any] = [None] * len(self.place)
        for place, value in self.numbers:
            found[place] = convert(value)
        for term, value in zip(self.inputs, values, strict=True):
            found[self.place[term]] = value
        for place, operation, children in self.lines:
            found[place] = operation(*[found[child] for child in children])
        return [found[self.place[term]] for term in self.outputs]
