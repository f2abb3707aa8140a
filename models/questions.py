"""Trees of yes-no questions: what the models of factored cognition, HCH and claim trees share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from spec import Bool, Count, Nature, all_of, when


def same(first: Bool, second: Bool) -> Bool:
    """Two answers are both yes or both no."""
    return when(first, second, ~second)


def one_level_up(depths: Sequence[Count], most: int) -> Count:
    """The depth of a question whose parts have these depths, counted up to a most."""
    deepest = Count(0)
    for depth in depths:
        deepest = when(depth > deepest, depth, deepest)
    return when(deepest < most, deepest.plus(1), deepest)


def reasoning(
    nature: Nature, parts: int, what: str = "the person says yes"
) -> Callable[[Sequence[Bool]], Bool]:
    """Any way to answer from one or two answers: a truth table that nature fills in."""
    rows = list(product((True, False), repeat=parts))
    table = [
        nature.whether(f"{what} on " + " and ".join("yes" if a else "no" for a in row))
        for row in rows
    ]

    def person(answers: Sequence[Bool]) -> Bool:
        said = table[-1]
        for row, entry in zip(rows[:-1], table[:-1], strict=True):
            fits = all_of(*(a if is_yes else ~a for a, is_yes in zip(answers, row, strict=True)))
            said = when(fits, entry, said)
        return said

    return person
