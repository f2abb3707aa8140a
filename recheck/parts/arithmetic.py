"""Terms worked out in rationals, balls or intervals; None is what is undefined, or undecided."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import flint
from cvc5 import Kind, Term

from recheck.parts.intervals import Interval
from recheck.terms import NUMBERS, topological

ENCLOSURES = (flint.arb, Interval)
"""Numbers that stand for all those near them."""


def rational(value: Any) -> Any:
    """An exact number."""
    return flint.fmpq(value.numerator, value.denominator)


def ball(value: Any) -> Any:
    """The tightest ball around an exact number at the working precision."""
    return flint.arb(rational(value))


def _defined(function: Callable[..., Any]) -> Callable[..., Any]:
    def worked_out(*args: Any) -> Any:
        return None if any(a is None for a in args) else function(*args)

    return worked_out


def _compare(holds: Callable[..., bool], fails: Callable[..., bool]) -> Callable[..., Any]:
    return _defined(lambda a, b: True if holds(a, b) else (False if fails(a, b) else None))


def _equal(a: Any, b: Any) -> bool | None:
    if isinstance(a, ENCLOSURES) and not (a.is_exact() and b.is_exact()):
        return None if a.overlaps(b) else False
    return bool(a == b)


def _divide(a: Any, b: Any) -> Any:
    zero = b.contains(0) if isinstance(b, ENCLOSURES) else b == 0
    return None if zero else a / b


def _either(test: bool | None, a: Any, b: Any) -> Any:
    if test is not None:
        return a if test else b
    return a.union(b) if all(isinstance(each, ENCLOSURES) for each in (a, b)) else None


def _every(*truths: bool | None) -> bool | None:
    return False if False in truths else (None if None in truths else True)


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _some(*truths: bool | None) -> bool | None:
    return _not(_every(*map(_not, truths)))


OPERATIONS: Mapping[Kind, Callable[..., Any]] = {
    Kind.ADD: _defined(lambda *args: reduce(operator.add, args)),
    Kind.MULT: _defined(lambda *args: reduce(operator.mul, args)),
    Kind.SUB: _defined(lambda *args: reduce(operator.sub, args)),
    Kind.NEG: _defined(operator.neg),
    Kind.DIVISION: _defined(lambda *args: reduce(_defined(_divide), args)),
    Kind.ITE: _either,
    Kind.AND: _every,
    Kind.OR: _some,
    Kind.NOT: _not,
    Kind.IMPLIES: lambda a, b: _some(_not(a), b),
    Kind.EQUAL: _defined(_equal),
    Kind.DISTINCT: lambda a, b: _not(_defined(_equal)(a, b)),
    Kind.LEQ: _compare(operator.le, operator.gt),
    Kind.LT: _compare(operator.lt, operator.ge),
    Kind.GEQ: _compare(operator.ge, operator.lt),
    Kind.GT: _compare(operator.gt, operator.le),
    Kind.TO_REAL: lambda a: a,
}


class Program:
    """Terms to be worked out again and again, each part once."""

    def __init__(self, inputs: Sequence[Term], outputs: Sequence[Term]) -> None:
        order = topological([*inputs, *outputs])
        place = {term: number for number, term in enumerate(order)}
        self.inputs, self.outputs = [place[t] for t in inputs], [place[t] for t in outputs]
        self.numbers = [(place[t], t.toPythonObj()) for t in order if t.getKind() in NUMBERS]
        self.lines = [
            (place[term], OPERATIONS[term.getKind()], [place[child] for child in term])
            for term in order
            if term.getNumChildren()
        ]
        self.start: dict[tuple[Any, int], list[Any]] = {}

    def run(self, values: Sequence[Any], convert: Callable[[Any], Any]) -> list[Any]:
        """The outputs at some values of the inputs."""
        key = (convert, flint.ctx.prec)
        if key not in self.start:
            self.start[key] = [None] * (len(self.lines) + len(self.numbers) + len(self.inputs))
            for place, value in self.numbers:
                self.start[key][place] = value if isinstance(value, bool) else convert(value)
        found = self.start[key].copy()
        for place, value in zip(self.inputs, values, strict=True):
            found[place] = value
        for place, operation, children in self.lines:
            found[place] = operation(*[found[child] for child in children])
        return [found[place] for place in self.outputs]
