"""Inequalities between polynomials that cannot all hold, shown at the ends of symbols.

*Lemma.* Let there be bounds on a symbol, on both sides, and one more condition: that an affine
function of the symbol is above 0, or not below. If all of them hold, then at one of the bounds the
condition holds as well, and so do all bounds, if not strictly. *Proof.* The bounds leave a closed
interval, once none is strict, and an affine function is greatest at one of its ends, which are
among the bounds. ∎ So the symbol is replaced by each bound in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from cvc5 import Kind, Term

from recheck.parts.apart import ask_apart
from recheck.parts.normal import NORMAL, simplified
from recheck.solver import ask
from recheck.terms import FALSE, MANAGER, substitute, symbols_in

ZERO, ONE, TWO = (MANAGER.mkReal(value) for value in range(3))
CELLS, LEMMAS, BOTH = "nl-ext=none", "nl-cov=false", "nl-cov=true"
LINEAR = (CELLS, LEMMAS)
QUICK, MORE, MOST = 0.1, 0.3, 3.0
"""Seconds for a question: at first, and where there are no ends to try."""
MOST_ENDS = 3
"""Bounds of a symbol that is replaced by them: each is a case of its own."""


def impossible_at_corners(conditions: Sequence[Term], until: float) -> bool:
    """Whether inequalities without tests cannot all hold: as they are, or with a symbol at each of
    its ends."""
    if FALSE in conditions or ask(conditions, QUICK, *LINEAR) == "":
        return True
    answer = ask_apart(conditions, QUICK, CELLS)
    if answer is not None or time.monotonic() > until:
        return answer == ""
    symbols = sorted((s for s in symbols_in(conditions) if s.getSort().isReal()), key=str)
    found = (_ends(symbol, conditions) for symbol in symbols)
    ends = min((each for each in found if each is not None), key=len, default=())
    if ends and len(ends) <= MOST_ENDS:
        return all(impossible_at_corners(each, until) for each in map(simplified, ends))
    tried = ((LEMMAS, MORE), (BOTH, MOST))
    return any(ask_apart(conditions, seconds, option) == "" for option, seconds in tried)


def _ends(symbol: Term, conditions: Sequence[Term]) -> list[list[Term]] | None:
    """The conditions with a symbol at each of its bounds; None where more may matter than these."""
    lows, highs, bounds = list[Term](), list[Term](), list[Term]()
    others = [each for each in conditions if symbol not in symbols_in([each])]
    free = len(others)
    for each in conditions:
        if symbol not in symbols_in([each]):
            continue
        size = _not_negative(each)
        slope = None if size is None else _slope(symbol, size)
        if size is None or slope is None or slope == ZERO:
            return None
        if slope.getKind() is not Kind.CONST_RATIONAL:
            others.append(each)
            continue
        bounds.append(MANAGER.mkTerm(Kind.GEQ, size, ZERO))
        rest = MANAGER.mkTerm(Kind.NEG, size.substitute(symbol, ZERO))
        end = NORMAL.simplify(MANAGER.mkTerm(Kind.DIVISION, rest, slope))
        (lows if slope.getRealOrIntegerValueSign() > 0 else highs).append(end)
    if len(others) != free + 1 or not lows or not highs:
        return None
    ends = dict.fromkeys([*_tightest(lows, max), *_tightest(highs, min)])
    return [substitute([*others, *bounds], {symbol: end}) for end in ends]


def _tightest(ends: Sequence[Term], best: Callable[..., Term]) -> Iterator[Term]:
    """Ends on one side, of those that are numbers only the one that the others imply."""
    numbers = [end for end in ends if end.getKind() is Kind.CONST_RATIONAL]
    yield from (end for end in ends if end not in numbers)
    if numbers:
        yield best(numbers, key=Term.toPythonObj)


def _not_negative(condition: Term) -> Term | None:
    """A term that is at least 0, or more, where an inequality holds; None for another condition."""
    opposite = condition.getKind() is Kind.NOT
    inner = condition[0] if opposite else condition
    if inner.getKind() is not Kind.GEQ or not inner[0].getSort().isReal():
        return None
    size = MANAGER.mkTerm(Kind.SUB, inner[0], inner[1])
    return MANAGER.mkTerm(Kind.NEG, size) if opposite else size


def _slope(symbol: Term, size: Term) -> Term | None:
    """The slope of a polynomial along a symbol; None where it is not affine in that.

    A polynomial of which the second difference is 0 has a degree of at most one.
    """
    once, twice = (MANAGER.mkTerm(Kind.ADD, symbol, step) for step in (ONE, TWO))
    at = [size, *(size.substitute(symbol, moved) for moved in (once, twice))]
    first, second = (MANAGER.mkTerm(Kind.SUB, b, a) for a, b in pairwise(at))
    if NORMAL.simplify(MANAGER.mkTerm(Kind.SUB, second, first)) != ZERO:
        return None
    return NORMAL.simplify(first)
