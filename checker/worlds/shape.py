"""Is a term affine, concave or convex in some of its constants, and does it rise in them? Read off
it, where that can be.

Sums keep a shape, so do products with a factor of a known sign that the constants do not enter, the
least of concave terms is concave, and the greatest of convex terms is convex. What cannot be read
off is left open, and asked of the solver, as the midpoint inequality or that it does not fall.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import Flag

import z3

from checker.backends.solver import constants
from spec.nodes import children_of, kind_of, number_in


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
    kind, children = kind_of(term), children_of(term)
    if not children:
        return Shape.AFFINE
    if kind == z3.Z3_OP_ADD:
        return _sum([shape_of(child, among, sign) for child in children])
    if kind == z3.Z3_OP_SUB:
        first, *rest = [shape_of(child, among, sign) for child in children]
        return _sum([first, *(shape.flipped for shape in rest)])
    if kind == z3.Z3_OP_UMINUS:
        return shape_of(children[0], among, sign).flipped
    if kind == z3.Z3_OP_MUL:
        return _product(children, among, sign)
    if kind == z3.Z3_OP_DIV:
        return _quotient(term, among, sign)
    if kind == z3.Z3_OP_ITE:
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


def _product(children: Sequence[z3.ExprRef], among: Collection[str], sign: Sign) -> Shape:
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
    top, bottom = children_of(term)
    if constants(bottom) & set(among):
        return Shape.OPEN
    shape = shape_of(top, among, sign)
    assert isinstance(bottom, z3.ArithRef)
    return shape if shape is Shape.AFFINE else _scaled(shape, sign(bottom))


def _branch(term: z3.ExprRef, among: Collection[str], sign: Sign) -> Shape:
    """The least or the greatest of two, or a condition that the constants do not enter."""
    test, then, otherwise = children_of(term)
    both = _sum([shape_of(then, among, sign), shape_of(otherwise, among, sign)])
    if not constants(test) & set(among):
        return both
    if least_of_two(term):
        return both & Shape.CONCAVE
    if greatest_of_two(term):
        return both & Shape.CONVEX
    return Shape.OPEN


def least_of_two(term: z3.ExprRef) -> bool:
    """Whether a term is the lesser of two others, as ``minimum`` writes it."""
    return _picks(term, (z3.Z3_OP_LE, z3.Z3_OP_LT), (z3.Z3_OP_GE, z3.Z3_OP_GT))


def greatest_of_two(term: z3.ExprRef) -> bool:
    """Whether a term is the greater of two others, as ``maximum`` writes it."""
    return _picks(term, (z3.Z3_OP_GE, z3.Z3_OP_GT), (z3.Z3_OP_LE, z3.Z3_OP_LT))


def _picks(term: z3.ExprRef, first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether a branch picks the side of a comparison that is named first, or second."""
    if kind_of(term) != z3.Z3_OP_ITE:
        return False
    test, then, otherwise = children_of(term)
    for kinds, sides in ((first, (then, otherwise)), (second, (otherwise, then))):
        if kind_of(test) in kinds:
            return all(map(z3.ExprRef.eq, children_of(test), sides))
    return False


def peeled(lesser: z3.ExprRef, greater: z3.ExprRef) -> tuple[z3.ExprRef, z3.ExprRef]:
    """What two terms are the same cap, or the same positive multiple, of: if the first of these is
    at most the second, then so it is of the two terms."""
    first, second = children_of(lesser), children_of(greater)
    if least_of_two(lesser) and least_of_two(greater) and first[1].eq(second[1]):
        return peeled(first[2], second[2])
    if all(
        kind_of(term) == z3.Z3_OP_MUL and len(children_of(term)) == 2 for term in (lesser, greater)
    ):
        factor = first[0]
        if factor.eq(second[0]) and (number_in(factor) or 0) > 0:
            return peeled(first[1], second[1])
    return lesser, greater


def rises(term: z3.ExprRef, among: Collection[str], sign: Sign) -> bool:
    """Whether it is read off the term that it does not fall as any of the constants rises."""
    return _slope(term, among, sign) in (Slope.NONE, Slope.UP)


class Slope(Flag):
    """Which ways a term may go as constants rise."""

    NONE = 0
    UP = 1
    DOWN = 2
    OPEN = 3

    def times(self, sign: int) -> Slope:
        """The slope of a multiple by a factor of this sign."""
        if self in (Slope.NONE, Slope.OPEN) or sign > 0:
            return self
        if sign == 0:
            return Slope.OPEN
        return Slope.DOWN if self is Slope.UP else Slope.UP


def _slope(term: z3.ExprRef, among: Collection[str], sign: Sign) -> Slope:
    if not constants(term) & set(among):
        return Slope.NONE
    kind, children = kind_of(term), children_of(term)
    if not children:
        return Slope.UP
    if kind == z3.Z3_OP_MUL:
        return _slope_of_product(children, among, sign)
    slopes = [_slope(child, among, sign) for child in children]
    if kind == z3.Z3_OP_ADD:
        return _any(slopes)
    if kind in (z3.Z3_OP_SUB, z3.Z3_OP_UMINUS):
        kept = min(1, len(slopes) - 1)  # the first of a difference keeps its slope
        return _any([*slopes[:kept], *(slope.times(-1) for slope in slopes[kept:])])
    if kind == z3.Z3_OP_DIV and slopes[1] is Slope.NONE:
        bottom = children[1]
        assert isinstance(bottom, z3.ArithRef)
        return slopes[0].times(sign(bottom))
    if kind == z3.Z3_OP_ITE:
        of_two = least_of_two(term) or greatest_of_two(term)
        return _any(slopes[1:]) if of_two or slopes[0] is Slope.NONE else Slope.OPEN
    return Slope.OPEN


def _slope_of_product(factors: Sequence[z3.ExprRef], among: Collection[str], sign: Sign) -> Slope:
    """One factor with the constants in it, times others without."""
    inside = [factor for factor in factors if constants(factor) & set(among)]
    if len(inside) != 1:
        return Slope.OPEN
    total = 1
    for factor in factors:
        if factor is not inside[0]:
            assert isinstance(factor, z3.ArithRef)
            total *= sign(factor)
    return _slope(inside[0], among, sign).times(total)


def _any(slopes: list[Slope]) -> Slope:
    found = Slope.NONE
    for slope in slopes:
        found |= slope
    return found
