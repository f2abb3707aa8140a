"""A name for a term that does not depend on the order in which the solver made it."""

from __future__ import annotations

import hashlib

import z3

from spec.nodes import children_of, id_of, kind_of, topological

COMMUTATIVE = {z3.Z3_OP_ADD, z3.Z3_OP_MUL, z3.Z3_OP_AND, z3.Z3_OP_OR, z3.Z3_OP_EQ}


def digest(term: z3.ExprRef) -> str:
    """A hash of the simplified term: equal for terms that differ in the order of operands alone."""
    simple = z3.simplify(term)
    found: dict[int, str] = {}
    for node in topological([simple]):
        children = [found[id_of(child)] for child in children_of(node)]
        if kind_of(node) in COMMUTATIVE:
            children.sort()
        text = node.sexpr() if not children else f"{node.decl().name()}({','.join(children)})"
        found[id_of(node)] = hashlib.sha256(text.encode()).hexdigest()
    return found[id_of(simple)]
