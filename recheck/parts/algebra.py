"""Terms as quotients of polynomials.

A quotient has a denominator that is above 0 wherever the conditions hold. Where that is not known
the quotient is a symbol of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import flint
from cvc5 import Kind, Term

from recheck.parts.known import Known
from recheck.parts.polynomials import Polynomial, constant, context
from recheck.terms import NUMBERS, topological

NOTHING = Known((), {}, {})

Quotient = tuple[Polynomial, Polynomial]
"""A numerator, and a denominator that is above 0."""


class Unread(Exception):
    """A term that is no quotient of polynomials."""


class Quotients:
    """Reads terms under what is known of their symbols."""

    def __init__(self, asserted: Sequence[Term]) -> None:
        parts = [p for p in topological(asserted) if not p.getSort().isBoolean()]
        own = (Kind.CONSTANT, Kind.ITE, Kind.DIVISION)
        self.symbols = [part for part in parts if part.getKind() in own]
        self.ring = context(len(self.symbols))
        self.numbers = {part: number for number, part in enumerate(self.symbols)}
        self.one = self.ring.constant(1)
        self.read: dict[Term, Quotient] = {}
        self.known = NOTHING

    def _difference(self, first: Term, second: Term) -> Quotient:
        over, under = self.quotient(second)
        return self._sum(self.quotient(first), (-over, under))

    def quotient(self, term: Term) -> Quotient:
        """A term as a quotient."""
        for part in topological([term]):
            if part not in self.read and not part.getSort().isBoolean():
                self.read[part] = self._read(part)
        return self.read[term]

    def _read(self, term: Term) -> Quotient:
        """A term of which the parts have been read."""
        kind = term.getKind()
        if kind in NUMBERS:
            value: Any = term.toPythonObj()
            return self.ring.constant(flint.fmpq(value.numerator, value.denominator)), self.one
        below = [self.read[child] for child in term if child in self.read]
        if kind is Kind.CONSTANT:
            return self._symbol(term)
        if kind is Kind.ITE:
            return self.conditional(term)
        if kind is Kind.TO_REAL:
            return below[0]
        negated = [(-over, under) for over, under in below]
        if kind is Kind.NEG:
            return negated[0]
        if kind in (Kind.ADD, Kind.SUB):
            return reduce(self._sum, [below[0], *(below if kind is Kind.ADD else negated)[1:]])
        if kind is Kind.MULT:
            return reduce(self._times, below)
        if kind is not Kind.DIVISION:
            raise Unread
        turned = [self._turned(each) for each in below[1:]]
        if None in turned:
            return self._symbol(term)
        return reduce(self._times, [below[0], *(each for each in turned if each)])

    def _symbol(self, term: Term) -> Quotient:
        return self.ring.gens()[self.numbers[term]], self.one

    def _turned(self, quotient: Quotient) -> Quotient | None:
        """One over a quotient, if it is known to be above or below 0."""
        over, under = quotient
        sign = self.known.sign(over)
        if sign not in (">", "<"):
            return None
        return (under, over) if sign == ">" else (-under, -over)

    def _sum(self, first: Quotient, second: Quotient) -> Quotient:
        (a, b), (c, d) = first, second
        return self._least(a + c, b) if b == d else self._least(a * d + c * b, b * d)

    def _times(self, first: Quotient, second: Quotient) -> Quotient:
        return self._least(first[0] * second[0], first[1] * second[1])

    def _least(self, over: Polynomial, under: Polynomial) -> Quotient:
        """The same quotient in lowest terms: what is left out is a factor of a denominator, and so
        not 0."""
        number = constant(under)
        if number is not None:
            return over * (1 / number), self.one
        shared = over.gcd(under)
        if constant(shared) is not None:
            return over, under
        turned = self._turned((under / shared, over / shared))
        if turned is None:
            return over, under
        over, under = turned
        number = constant(under)
        return (over, under) if number is None else (over * (1 / number), self.one)

    def conditional(self, term: Term) -> Quotient:
        """A conditional as a quotient; here there are none.

        Raises:
            Unread: always.
        """
        raise Unread
