"""Is a term affine, concave or convex in some of its constants? Read off it, where that can be.

Sums keep a shape, so do products with a factor of a known sign that the constants do not enter, the
least of concave terms is concave, and the greatest of convex terms is convex. What cannot be read
off is left open, and asked of the solver as the midpoint inequality.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Flag

import z3

from checker.backends.solver import constants


class Shape(Flag):
    """What is known of a term: concave, convex, or both, which is affine."""

    OPEN = 0
    CONCAVE = 1
    CONVEX = 2
    AFFINE = 3

    @property
    def flipped(self) -> Shape:
        """The shape of the negation."""
        pairs = {Shape.CONCAVE: Shape.CONVEX, Shape.CONVEX: Shape.CONCAVE}
        return pairs.get(self, self)


Sign = Callable[[z3.ArithRef], int]
"""The sign of a term without the constants: 1 for at least 0, -1 for at most 0, 0 for unknown."""


def shape_of(term: z3.ExprRef, among: Collection[str], sign: Sign) -> Shape:
    """The shape of a term as a function of the constants with these names, the others fixed."""
    if not constants(term) & set(among):
        return Shape.AFFINE
    if z3.is_const(term):
        return Shape.AFFINE
    children = term.children()
    if z3.is_app_of(term, z3.Z3_OP_ADD):
        return _sum([shape_of(child, among, sign) for child in children])
    if z3.is_app_of(term, z3.Z3_OP_SUB):
        first, *rest = [shape_of(child, among, sign) for child in children]
        return _sum([first, *(shape.flipped for shape in rest)])
    if z3.is_app_of(term, z3.Z3_OP_UMINUS):
        return shape_of(children[0], among, sign).flipped
    if z3.is_app_of(term, z3.Z3_OP_MUL):
        return _product(children, among, sign)
    if z3.is_app_of(term, z3.Z3_OP_DIV):
        return _quotient(term, among, sign)
    if z3.is_app_of(term, z3.Z3_OP_ITE):
        return _branch(term, among, sign)
    return Shape.OPEN


def _sum(shapes: list[Shape]) -> Shape:
    found = Shape.AFFINE
    for shape in shapes:
        found &= shape
    return found


def _scaled(shape: Shape, sign: int) -> Shape:
    if shape is Shape.AFFINE or sign > 0:
        return shape
    return shape.flipped if sign < 0 else Shape.OPEN


def _product(children: list[z3.ExprRef], among: Collection[str], sign: Sign) -> Shape:
    """One factor with the constants in it, times others without."""
    inside = [child for child in children if constants(child) & set(among)]
    if len(inside) != 1:
        return Shape.OPEN
    shape, total = shape_of(inside[0], among, sign), 1
    if shape is Shape.AFFINE:
        return shape
    for child in children:
        if child is not inside[0]:
            assert isinstance(child, z3.ArithRef)
            total *= sign(child)
    return _scaled(shape, total)


def _quotient(term: z3.ExprRef, among: Collection[str], sign: Sign) -> Shape:
    top, bottom = term.children()
    if constants(bottom) & set(among):
        return Shape.OPEN
    shape = shape_of(top, among, sign)
    assert isinstance(bottom, z3.ArithRef)
    return shape if shape is Shape.AFFINE else _scaled(shape, sign(bottom))


def _branch(term: z3.ExprRef, among: Collection[str], sign: Sign) -> Shape:
    """The least or the greatest of two, or a condition that the constants do not enter."""
    test, then, otherwise = term.children()
    both = _sum([shape_of(then, among, sign), shape_of(otherwise, among, sign)])
    if not constants(test) & set(among):
        return both
    least, greatest = (z3.Z3_OP_LE, z3.Z3_OP_LT), (z3.Z3_OP_GE, z3.Z3_OP_GT)
    for kinds, kept in ((least, Shape.CONCAVE), (greatest, Shape.CONVEX)):
        if test.decl().kind() in kinds:
            if test.arg(0).eq(then) and test.arg(1).eq(otherwise):
                return both & kept
            if test.arg(0).eq(otherwise) and test.arg(1).eq(then):
                return both & (Shape.AFFINE ^ kept)
    return Shape.OPEN
