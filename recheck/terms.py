"""Terms, which are cvc5's: read, taken apart, put together and printed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from cvc5 import InputLanguage, InputParser, Kind, Solver, Term, TermManager

from recheck.errors import Malformed

MANAGER = TermManager()
TRUE, FALSE = MANAGER.mkTrue(), MANAGER.mkFalse()
SORTS = {
    "Real": MANAGER.getRealSort(),
    "Int": MANAGER.getIntegerSort(),
    "Bool": MANAGER.getBooleanSort(),
}
NUMBERS = (Kind.CONST_RATIONAL, Kind.CONST_INTEGER, Kind.CONST_BOOLEAN)
OPERATIONS = {
    *(Kind.ADD, Kind.MULT, Kind.SUB, Kind.NEG, Kind.DIVISION, Kind.ITE, Kind.TO_REAL),
    *(Kind.AND, Kind.OR, Kind.NOT, Kind.IMPLIES, Kind.EQUAL, Kind.DISTINCT),
    *(Kind.LEQ, Kind.LT, Kind.GEQ, Kind.GT),
}
"""All operations that evidence may use."""
HEAVIEST = 1 << 16
"""Digits and factors that a term may come to: a short text could ask for an endless number."""
_SYMBOL = re.compile(r'[^\s()|;"]+|\|[^|\\]*\|')


class Reader:
    """Reads terms over the symbols that have been declared."""

    def __init__(self) -> None:
        self.solver = Solver(MANAGER)
        self.solver.setLogic("ALL")
        self.parser = InputParser(self.solver)
        self.names: set[str] = set()

    def declare(self, name: str, sort: str) -> Term:
        """A new symbol.

        Raises:
            Malformed: where the name is none, or there is one already.
        """
        if not _SYMBOL.fullmatch(name):
            raise Malformed(f"{name[:60]!r} is no name")
        self._feed(f"(declare-const {name} {sort})")
        self.parser.nextCommand().invoke(self.solver, self.parser.getSymbolManager())
        found = self.read(name, None)
        if found.getSymbol() in self.names:
            raise Malformed(f"one name for two things: {name}")
        self.names.add(found.getSymbol())
        return found

    def read(self, text: str, scope: Collection[Term] | None) -> Term:
        """A term over some of the symbols.

        Raises:
            Malformed: where the text is none, or names a symbol that is not among them.
        """
        self._feed(text)
        term, rest = self.parser.nextTerm(), self.parser.nextTerm()
        if term.isNull() or not rest.isNull():
            raise Malformed(f"not one term: {text[:30]!r}")
        weights: dict[Term, int] = {}
        for part in topological([term]):
            kind, below = part.getKind(), [weights[child] for child in part]
            factors = kind in (Kind.MULT, Kind.DIVISION)
            own = len(str(part)) if kind in NUMBERS else 1
            weights[part] = sum(below) if factors else max(below, default=0) + own
            if weights[part] > HEAVIEST:
                raise Malformed("a number of too many digits, or a product of too many factors")
            if kind is Kind.CONSTANT and scope is not None and part not in scope:
                raise Malformed(f"no symbol {part} here")
            if kind not in (*OPERATIONS, *NUMBERS, Kind.CONSTANT):
                raise Malformed(f"no operation of evidence: {kind.name}")
        return term

    def _feed(self, text: str) -> None:
        self.parser.setIncrementalStringInput(InputLanguage.SMT_LIB_2_6, "evidence")
        self.parser.appendIncrementalStringInput(text)


def topological(roots: Iterable[Term]) -> list[Term]:
    """All terms below some, each once and after those that it is made of."""
    order: dict[Term, None] = {}
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        term, ready = stack.pop()
        if ready:
            order[term] = None
        elif term not in order:
            stack.append((term, True))
            stack += [(child, False) for child in reversed(list(term))]
    return list(order)


def symbols_in(roots: Iterable[Term]) -> set[Term]:
    """The symbols of some terms."""
    return {term for term in topological(roots) if term.getKind() is Kind.CONSTANT}


def conjuncts(terms: Iterable[Term]) -> list[Term]:
    """The parts of a conjunction."""
    found: list[Term] = []
    for term in terms:
        found += conjuncts(term) if term.getKind() is Kind.AND else [term]
    return [term for term in found if term != TRUE]


def every(terms: Iterable[Term]) -> Term:
    """That all of them hold."""
    parts = list(dict.fromkeys(conjuncts(terms)))
    return MANAGER.mkTerm(Kind.AND, *parts) if len(parts) > 1 else (parts or [TRUE])[0]


def substitute(roots: Iterable[Term], by: Mapping[Term, Term]) -> list[Term]:
    """The terms with others in place of symbols."""
    old, new = list(by), list(by.values())
    return [root.substitute(old, new) for root in roots]


def defined(roots: Sequence[Term]) -> list[Term]:
    """That every denominator which is used is not zero: under the tests on the way to it."""
    used: dict[Term, Term] = dict.fromkeys(roots, TRUE)
    conditions = []
    for term in reversed(topological(roots)):
        here, children = used[term], list(term)
        reached = [here] * len(children)
        if term.getKind() is Kind.ITE:
            reached[1:] = [every([here, children[0]]), every([here, children[0].notTerm()])]
        if term.getKind() is Kind.DIVISION:
            for below in children[1:]:
                if below.getKind() not in NUMBERS or below.getRealOrIntegerValueSign() == 0:
                    apart = below.eqTerm(MANAGER.mkReal(0)).notTerm()
                    conditions.append(apart if here == TRUE else here.impTerm(apart))
        for child, way in zip(children, reached, strict=True):
            before = used.get(child, way)
            used[child] = TRUE if TRUE in (before, way) else before
            if used[child] not in (TRUE, way):
                used[child] = before.orTerm(way)
    return conditions[::-1]


def script(hypotheses: Sequence[Term], goals: Sequence[Term]) -> str:
    """The query whether the hypotheses leave a goal false somewhere, as commands of SMT-LIB."""
    asserted = [*hypotheses, every(goals).notTerm()]
    symbols = sorted(f"(declare-const {each} {each.getSort()})" for each in symbols_in(asserted))
    lines = ["(set-logic ALL)", *symbols, *(f"(assert {term})" for term in asserted)]
    return "\n".join([*lines, "(check-sat)", ""])
