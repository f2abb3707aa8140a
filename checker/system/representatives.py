"""Values of nature's choices that stand for all of them, where choices are only compared.

Two values of a choice that lie the same way to every number that it is compared with have the same
effect if nothing else is done with it. So each of these numbers, and one value in each gap between
two of them, leads wherever a step can lead (docs/theory/regions.md, "Finite loops").
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction

import z3

from spec.nodes import children_of, id_of, kind_of, number_in, topological

_COMPARISONS = (
    z3.Z3_OP_LE,
    z3.Z3_OP_LT,
    z3.Z3_OP_GE,
    z3.Z3_OP_GT,
    z3.Z3_OP_EQ,
    z3.Z3_OP_DISTINCT,
)


def compared_with(
    symbols: Sequence[z3.ExprRef], terms: Sequence[z3.ExprRef]
) -> list[set[Fraction] | None]:
    """The numbers with which terms compare each symbol; None for one that is read otherwise."""
    found: dict[int, set[Fraction]] = {id_of(symbol): set() for symbol in symbols}
    otherwise = {id_of(term) for term in terms if id_of(term) in found}
    for node in topological(terms):
        children = children_of(node)
        read = [id_of(child) for child in children if id_of(child) in found]
        if not read:
            continue
        values = [z3.simplify(child) for child in children if id_of(child) not in found]
        numbers = [number for number in map(number_in, values) if number is not None]
        if kind_of(node) in _COMPARISONS and len(read) == len(numbers) == 1:
            found[read[0]].add(numbers[0])
        else:
            otherwise.update(read)
    numbers_of = (found[id_of(symbol)] for symbol in symbols)
    return [
        None if id_of(symbol) in otherwise else numbers
        for symbol, numbers in zip(symbols, numbers_of, strict=True)
    ]


def representatives(
    numbers: Iterable[Fraction], low: Fraction, high: Fraction | None
) -> list[Fraction]:
    """Values between two bounds that stand for all that lie there, given with which numbers they
    are compared; without a greatest value for None. There are none where the bounds are crossed."""
    if high is not None and high < low:
        return []
    within = {n for n in numbers if low <= n and (high is None or n <= high)}
    marks = sorted({low, *within, *(() if high is None else (high,))})
    gaps = [(one + two) / 2 for one, two in itertools.pairwise(marks)]
    return sorted([*marks, *gaps, *([marks[-1] + 1] if high is None else [])])
