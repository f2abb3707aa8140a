"""Terms as the solver writes them."""

from __future__ import annotations

from collections.abc import Iterable

from cvc5 import Solver, Term

from recheck.terms import MANAGER, conjuncts

NORMAL = Solver(MANAGER)


def simplified(terms: Iterable[Term]) -> list[Term]:
    """The parts of a conjunction as the solver writes them: polynomials multiplied out, and no test
    that is decided."""
    return list(dict.fromkeys(conjuncts(NORMAL.simplify(each) for each in terms)))
