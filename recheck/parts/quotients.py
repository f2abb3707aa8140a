"""Quotients as symbols, and what is known of them: what times the denominator is the numerator,
unless that is zero, and what follows from a condition on the two, divided by the denominator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from cvc5 import Kind, Term

from recheck.parts.apart import ask_apart
from recheck.parts.normal import simplified
from recheck.terms import MANAGER, symbols_in, topological

ZERO, ONE = MANAGER.mkReal(0), MANAGER.mkReal(1)
MOST_READ = 6
"""Symbols of a condition that is tried on a quotient."""
SECONDS = 0.2
"""For the question whether such a condition follows."""

Quotient = tuple[Term, Term, Term]
"""The symbol, the numerator and the denominator."""


def without_quotients(asserted: Sequence[Term]) -> list[Term]:
    """Conditions that hold together wherever the given ones do: with a symbol in place of each
    quotient, of which is known what times the denominator is the numerator, unless that is zero."""
    return _separated(asserted)[0]


def with_bounds_on_quotients(asserted: Sequence[Term]) -> list[Term]:
    """The same, and what the solver shows to follow of each quotient."""
    conditions, quotients = _separated(asserted)
    for quotient in quotients:
        conditions += list(_bounds_on(conditions, *quotient))
    return conditions


def _separated(asserted: Sequence[Term]) -> tuple[list[Term], list[Quotient]]:
    found: dict[Term, Term] = {}
    known: list[Term] = []
    quotients: list[Quotient] = []
    for term in topological(asserted):
        below = [found[child] for child in term]
        found[term] = MANAGER.mkTerm(term.getKind(), *below) if below else term
        if term.getKind() is Kind.DIVISION and len(below) == 2 and symbols_in(below[1:]):
            found[term] = _symbol(*below)
            product = MANAGER.mkTerm(Kind.MULT, found[term], below[1])
            known.append(below[1].eqTerm(ZERO).orTerm(product.eqTerm(below[0])))
            quotients.append((found[term], *below))
    return [*(found[term] for term in asserted), *known], quotients


@cache
def _symbol(over: Term, under: Term) -> Term:
    """The symbol for a quotient: the same in all cases, so that no question is asked twice."""
    return MANAGER.mkConst(MANAGER.getRealSort(), f"quotient {_symbol.cache_info().misses}")


def _bounds_on(
    conditions: Sequence[Term], quotient: Term, over: Term, under: Term
) -> Iterator[Term]:
    """A condition on numerator and denominator, divided by this, wherever that follows."""
    tried = simplified(each.substitute([over, under], [quotient, ONE]) for each in conditions)
    for divided in tried:
        read = symbols_in([divided, over, under])
        if quotient in read and len(read) <= MOST_READ and divided not in conditions:
            near = frozenset(other for other in conditions if symbols_in([other]) <= read)
            if _follows(near, divided):
                yield divided


@cache
def _follows(given: frozenset[Term], then: Term) -> bool:
    asserted = [*sorted(given, key=str), then.notTerm()]
    return ask_apart(asserted, SECONDS, "nl-ext=none") == ""
