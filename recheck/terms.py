"""Terms of SMT-LIB: read, put together, and taken apart. Equal terms are one object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from recheck.errors import Malformed

DEEPEST = 200
"""Parentheses within parentheses, those of ``let`` aside."""
MOST_BITS = 1 << 18
"""Of a number that terms come to, so that a short text cannot ask for an endless one."""


class Term:
    """An operation on terms; a symbol or a number has what it stands for in ``args``."""

    __slots__ = ("args", "op", "sort")

    def __init__(self, op: str, args: tuple[Any, ...], sort: str) -> None:
        self.op, self.args, self.sort = op, args, sort

    @property
    def children(self) -> tuple[Term, ...]:
        """The terms directly below."""
        return () if self.op in ("symbol", "number") else self.args


_known: dict[tuple[str, tuple[Any, ...], str], Term] = {}


def _term(op: str, args: tuple[Any, ...], sort: str) -> Term:
    key = (op, args, sort)
    if key not in _known:
        _known[key] = Term(op, args, sort)
    return _known[key]


def symbol(name: str, sort: str) -> Term:
    """A constant by name."""
    return _term("symbol", (name,), sort)


def number(value: Fraction, sort: str = "Real") -> Term:
    """An exact number."""
    return _term("number", (value,), sort)


TRUE, FALSE = _term("true", (), "Bool"), _term("false", (), "Bool")

COMPARE = {
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}
_LOGIC = {"and", "or", "not", "=>"}
_ARITHMETIC = {"+", "-", "*", "/"}


def make(op: str, *args: Term) -> Term:
    """An operation on terms, worked out as far as its numbers allow.

    Raises:
        Malformed: where the operation does not exist, or not of such terms.
    """
    sorts = {each.sort for each in args}
    if op in _LOGIC and args and sorts == {"Bool"}:
        return _logic(op, args)
    if op == "ite" and len(args) == 3 and args[0].sort == "Bool" and args[1].sort == args[2].sort:
        if args[0] in (TRUE, FALSE) or args[1] is args[2]:
            return args[2] if args[0] is FALSE else args[1]
        return _term(op, args, args[1].sort)
    if op in ("=", "distinct") and len(args) == 2 and len(sorts) == 1:
        same = args[0] is args[1]
        if same or all(each.op in ("number", "true", "false") for each in args):
            return TRUE if same == (op == "=") else FALSE
        return _term(op, args, "Bool")
    if op in COMPARE and len(args) == 2 and sorts in ({"Real"}, {"Int"}):
        if all(each.op == "number" for each in args):
            return TRUE if COMPARE[op](args[0].args[0], args[1].args[0]) else FALSE
        return _term(op, args, "Bool")
    if op == "to_real" and sorts == {"Int"} and len(args) == 1:
        return number(args[0].args[0]) if args[0].op == "number" else _term(op, args, "Real")
    if op in _ARITHMETIC and args and (sorts == {"Real"} or (sorts == {"Int"} and op != "/")):
        return _arithmetic(op, args)
    raise Malformed(f"no operation {op} on {len(args)} terms of {', '.join(sorted(sorts))}")


def _arithmetic(op: str, args: tuple[Term, ...]) -> Term:
    if op == "/" and len(args) != 2:
        raise Malformed(f"a division of {len(args)} terms")
    sort = args[0].sort
    if any(each.op != "number" for each in args) or (op == "/" and args[1].args[0] == 0):
        return _term(op, args, sort)
    first, *rest = (each.args[0] for each in args)
    value = -first if op == "-" and not rest else first
    for each in rest:
        value = {"+": value + each, "-": value - each, "*": value * each}.get(op)
        value = first / each if value is None else value
    if value.numerator.bit_length() + value.denominator.bit_length() > MOST_BITS:
        raise Malformed("a number of too many digits")
    return number(value, sort)


def _logic(op: str, args: tuple[Term, ...]) -> Term:
    if op == "not" and len(args) == 1:
        swapped = {TRUE: FALSE, FALSE: TRUE}
        return swapped.get(args[0]) or _term(op, args, "Bool")
    if op == "=>" and len(args) == 2:
        return make("or", make("not", args[0]), args[1])
    if op not in ("and", "or"):
        raise Malformed(f"{op} of {len(args)} terms")
    neutral, decisive = (TRUE, FALSE) if op == "and" else (FALSE, TRUE)
    parts = tuple(dict.fromkeys(each for each in args if each is not neutral))
    if decisive in parts:
        return decisive
    return neutral if not parts else (parts[0] if len(parts) == 1 else _term(op, parts, "Bool"))


def conjuncts(terms: Iterable[Term]) -> list[Term]:
    """The parts of a conjunction."""
    found = []
    for each in terms:
        found += conjuncts(each.args) if each.op == "and" else [each]
    return [each for each in found if each is not TRUE]


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
            stack += [(child, False) for child in reversed(term.children)]
    return list(order)


def substitute(roots: Sequence[Term], by: Mapping[Term, Term]) -> list[Term]:
    """The terms with others in place of symbols."""
    found: dict[Term, Term] = {}
    for term in topological(roots):
        if not term.children:
            found[term] = by.get(term, term)
        else:
            found[term] = make(term.op, *(found[child] for child in term.children))
    return [found[root] for root in roots]


def defined(roots: Sequence[Term]) -> list[Term]:
    """That every denominator which is used is not zero: under the tests on the way to it."""
    used: dict[Term, Term] = dict.fromkeys(roots, TRUE)
    conditions = []
    for term in reversed(topological(roots)):
        here = used[term]
        reached = [here] * len(term.children)
        if term.op == "ite":
            test = term.args[0]
            reached[1:] = [make("and", here, test), make("and", here, make("not", test))]
        if term.op == "/" and (term.args[1].op != "number" or term.args[1].args[0] == 0):
            zero = number(Fraction(0))
            conditions.append(make("=>", here, make("distinct", term.args[1], zero)))
        for child, condition in zip(term.children, reached, strict=True):
            used[child] = make("or", used[child], condition) if child in used else condition
    return conditions[::-1]


_TOKEN = re.compile(r"\s*(\(|\)|\|[^|]*\||[^\s()|]+)")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def read(text: str, symbols: Mapping[str, Term]) -> Term:
    """A term of SMT-LIB over some symbols.

    Raises:
        Malformed: where the text is none, or names a symbol that there is not.
    """
    stack: list[list[Any]] = [[]]
    at, end = 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            raise Malformed(f"cannot read {text[at : at + 30]!r}")
        at = token.end()
        if token[1] == "(":
            stack.append([])
        elif token[1] != ")":
            stack[-1].append(token[1])
        elif len(stack) > 1:
            stack[-2].append(stack.pop())
        else:
            raise Malformed("a parenthesis too many")
    if len(stack) != 1 or len(stack[0]) != 1:
        raise Malformed(f"not one term: {text[:30]!r}")
    return _read(stack[0][0], dict(symbols), 0)


def _read(given: Any, symbols: Mapping[str, Term], depth: int) -> Term:
    if depth > DEEPEST:
        raise Malformed("a term that is nested too deeply")
    while isinstance(given, list) and len(given) == 3 and given[0] == "let":
        pairs, given = given[1:]
        if not all(isinstance(p, list) and len(p) == 2 and isinstance(p[0], str) for p in pairs):
            raise Malformed("a let that binds nothing")
        symbols = {**symbols, **{p[0]: _read(p[1], symbols, depth + 1) for p in pairs}}
    if isinstance(given, list):
        if not given or not isinstance(given[0], str):
            raise Malformed("parentheses without an operation")
        return make(given[0], *(_read(each, symbols, depth + 1) for each in given[1:]))
    if _NUMBER.fullmatch(given):
        return number(Fraction(given), "Real" if "." in given else "Int")
    if given in ("true", "false"):
        return TRUE if given == "true" else FALSE
    if given not in symbols:
        raise Malformed(f"no symbol {given[:60]}")
    return symbols[given]


def constant(value: Fraction, sort: str) -> str:
    """An exact number in SMT-LIB."""
    point = "" if sort == "Int" else ".0"
    size = f"{abs(value.numerator)}{point}"
    size = size if value.denominator == 1 else f"(/ {size} {value.denominator}.0)"
    return f"(- {size})" if value < 0 else size


def script(hypotheses: Sequence[Term], goals: Sequence[Term]) -> str:
    """The query whether the hypotheses leave a goal false somewhere, as commands of SMT-LIB."""
    asserted = [*hypotheses, make("not", make("and", *goals))]
    lines, texts = ["(set-logic ALL)"], {TRUE: "true", FALSE: "false"}
    for term in topological(asserted):
        if term.op == "symbol":
            texts[term] = term.args[0]
            lines.append(f"(declare-const {term.args[0]} {term.sort})")
        elif term.op == "number":
            texts[term] = constant(term.args[0], term.sort)
        elif term.children:
            texts[term] = f"t{len(lines)}"
            body = " ".join(texts[child] for child in term.children)
            lines.append(f"(define-fun t{len(lines)} () {term.sort} ({term.op} {body}))")
    lines += [f"(assert {texts[term]})" for term in asserted]
    return "\n".join([*lines, "(check-sat)", ""])
