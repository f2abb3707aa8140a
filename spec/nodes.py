"""The nodes of z3 terms: what each is, and the graph that they make.

A term is a graph in which what is equal stands once. Every engine walks it, so what Z3 says of a
node is asked once and kept.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

READ_KEPT = 200_000
"""Terms of which it is kept what Z3 says of them."""


@attrs.frozen(eq=False, slots=False)
class _Read:
    """What Z3 says of a term. To ask it anything takes microseconds, and every walk does."""

    term: z3.ExprRef  # it is kept, so that no other term takes its id
    kind: int
    children: tuple[z3.ExprRef, ...]
    name: str

    @cached_property
    def number(self) -> Fraction | None:
        """The number that it is. One may be too long for Python to read, and never be asked for."""
        return Fraction(self.term.as_string()) if self.kind == z3.Z3_OP_ANUM else None


_NO_OPERATION = -1
_kept: dict[int, _Read] = {}


def _read_of(term: z3.ExprRef) -> _Read:
    found = _kept.get(id_of(term))
    if found is None:
        if len(_kept) >= READ_KEPT:
            _kept.clear()
        found = _kept[id_of(term)] = _asked_of(term)
    return found


def _asked_of(term: z3.ExprRef) -> _Read:
    context, node = term.ctx.ref(), term.ast
    if z3.Z3_get_ast_kind(context, node) not in (z3.Z3_APP_AST, z3.Z3_NUMERAL_AST):
        return _Read(term, _NO_OPERATION, tuple(term.children()), "")
    kind = z3.Z3_get_decl_kind(context, z3.Z3_get_app_decl(context, node))
    count = z3.Z3_get_app_num_args(context, node)
    children = tuple(_child(term, place) for place in range(count))
    symbol = kind == z3.Z3_OP_UNINTERPRETED and not count
    return _Read(term, kind, children, term.decl().name() if symbol else "")


def _child(term: z3.ExprRef, place: int) -> z3.ExprRef:
    """What ``term.arg`` gives: as it was read if it was, since to make it again takes longer."""
    node = z3.Z3_get_app_arg(term.ctx.ref(), term.ast, place)
    known = _kept.get(node.value)
    return term.arg(place) if known is None else known.term


def id_of(term: z3.ExprRef) -> int:
    """A number that no other term has while this one is kept.

    It is where the term lies in memory, since Z3 has equal terms once. Z3's own number would do as
    well, and takes fifteen times as long.
    """
    number: int = term.ast.value
    return number


def children_of(term: z3.ExprRef) -> tuple[z3.ExprRef, ...]:
    """A term's children."""
    return _read_of(term).children


def kind_of(term: z3.ExprRef) -> int:
    """Z3's number of the operation that a term applies; one that no operation has for a quantifier
    and what it binds."""
    return _read_of(term).kind


def is_numeral(term: z3.ExprRef) -> bool:
    """Whether a term is a numeral, however long."""
    return bool(kind_of(term) == z3.Z3_OP_ANUM)


def number_in(term: z3.ExprRef) -> Fraction | None:
    """The number that a term is, if it is a numeral and nothing else; None for any other term."""
    return _read_of(term).number


def is_whole(number: z3.ArithRef) -> bool:
    """Whether a number is of Z3's sort Int, and not of its sort Real.

    What ``is_int`` says, in half of its time: it is asked of every number that is written.
    """
    context = number.ctx.ref()
    return bool(z3.Z3_get_sort_kind(context, z3.Z3_get_sort(context, number.ast)) == z3.Z3_INT_SORT)


def is_symbol(term: z3.ExprRef) -> bool:
    """Whether a term is a free constant."""
    found = _read_of(term)
    return found.kind == z3.Z3_OP_UNINTERPRETED and not found.children


def name_of(symbol: z3.ExprRef) -> str:
    """The name of a free constant; "" for any other term."""
    return _read_of(symbol).name


def topological(roots: Sequence[z3.ExprRef], known: Container[int] = ()) -> list[z3.ExprRef]:
    """The nodes of a shared term graph, every child before its parents, each once.

    Those whose id is known are left out, and what is below them.
    """
    order: list[z3.ExprRef] = []
    seen: set[int] = set()
    stack: list[tuple[z3.ExprRef, bool]] = [(root, False) for root in roots]
    while stack:
        node, expanded = stack.pop()
        if expanded:
            order.append(node)
            continue
        number = id_of(node)
        if number not in seen and number not in known:
            seen.add(number)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(children_of(node)))
    return order


def symbols_in(roots: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
    """The free constants that terms read, each once."""
    return [node for node in topological(roots) if is_symbol(node)]
