"""Terms as SMT-LIB: text that does not depend on the solver's state, for other programs to read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import z3

from spec.nodes import children_of, id_of, topological

SIMPLE = re.compile(r"[A-Za-z~!@$%^&*_+=<>.?-][A-Za-z0-9~!@$%^&*_+=<>.?-]*")
"""Symbols that SMT-LIB reads without bars (standard 2.6, section 3.1)."""
_OF_SEVERAL = ("+", "*", "and", "or")
"""What SMT-LIB knows of two terms or more, and Z3 of one as well."""
_NAMES = {z3.Z3_OP_ITE: "ite", z3.Z3_OP_UMINUS: "-"}


def smtlib(term: z3.ExprRef, names: Mapping[str, str] | None = None) -> str:
    """A term in SMT-LIB, with ``let`` for what occurs more than once.

    Args:
        term: the term.
        names: other names for some of its constants.
    """
    order = topological([term])
    uses = Counter(id_of(child) for node in order for child in children_of(node))
    texts: dict[int, str] = {}
    shared: list[tuple[str, str]] = []
    for node in order:
        text = _text(node, [texts[id_of(child)] for child in children_of(node)], names or {})
        if node.num_args() and uses[id_of(node)] > 1:
            shared.append((f"?{len(shared) + 1}", text))
            text = shared[-1][0]
        texts[id_of(node)] = text
    opened = "".join(f"(let (({name} {text})) " for name, text in shared)
    return f"{opened}{texts[id_of(term)]}{')' * len(shared)}"


_UNQUOTABLE = str.maketrans({"/": "//", "\\": "/s", "|": "/b"})
"""What a quoted symbol may not hold, and the sign that stands before what is put in its place."""


def symbol(name: str) -> str:
    """A name as a symbol of SMT-LIB, in bars where it needs them; another symbol for each name."""
    if SIMPLE.fullmatch(name):
        return name
    return f"|{name.translate(_UNQUOTABLE)}|"


def number(value: Fraction) -> str:
    """An exact number in SMT-LIB."""
    size = f"{abs(value.numerator)}.0"
    if value.denominator != 1:
        size = f"(/ {size} {value.denominator}.0)"
    return f"(- {size})" if value < 0 else size


def _text(node: z3.ExprRef, children: Sequence[str], names: Mapping[str, str]) -> str:
    if z3.is_int_value(node):
        value = node.as_long()
        return f"(- {-value})" if value < 0 else str(value)
    if z3.is_rational_value(node):
        return number(Fraction(node.as_fraction()))
    declaration = node.decl()
    name = _NAMES.get(declaration.kind())
    if name is None:
        name = declaration.name()
        if declaration.kind() == z3.Z3_OP_UNINTERPRETED:
            name = symbol(names.get(name, name))
    if len(children) == 1 and name in _OF_SEVERAL:
        return children[0]
    return f"({name} {' '.join(children)})" if children else name
