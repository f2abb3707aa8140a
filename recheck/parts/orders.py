"""That one term is at most another, or below it, whole numbers among real ones."""

from __future__ import annotations

from cvc5 import Kind, Term

from recheck.terms import MANAGER


def real(term: Term) -> Term:
    """A term as a real number."""
    return MANAGER.mkTerm(Kind.TO_REAL, term) if term.getSort().isInteger() else term


def at_most(less: Term, more: Term) -> Term:
    """That one term is at most another."""
    return MANAGER.mkTerm(Kind.LEQ, real(less), real(more))


def below(less: Term, more: Term) -> Term:
    """That one term is less than another."""
    return MANAGER.mkTerm(Kind.LT, real(less), real(more))
