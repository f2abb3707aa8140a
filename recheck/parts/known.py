"""Conditions on polynomials that hold together, and what is known where they do: ends of symbols,
and signs.

*Lemma* (factors). If fq > 0 and f ≥ 0, then q > 0; if fq ≥ 0 and f > 0, then q ≥ 0. So factors of
known sign are left out. *Lemma* (ends). A linear condition bounds each symbol that it reads by the
ends of the others. Both say what follows, and nothing else is used.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from recheck.parts.boxes import Condition, ends_of
from recheck.parts.polynomials import (
    ZERO,
    Box,
    Polynomial,
    constant,
    key,
    least,
    scaled,
)

FUEL = 200
"""Polynomials that are looked at for one sign."""
POSITIVE, NOT_NEGATIVE, NEGATIVE, NOT_POSITIVE = ">", ">=", "<", "<="
OPPOSITE = {
    POSITIVE: NEGATIVE,
    NEGATIVE: POSITIVE,
    NOT_NEGATIVE: NOT_POSITIVE,
    NOT_POSITIVE: NOT_NEGATIVE,
}
UP = (POSITIVE, NOT_NEGATIVE)
STRICT = (POSITIVE, NEGATIVE)


class Known(NamedTuple):
    """Conditions without what follows from the others' form, the ends of symbols, and which
    multiples of polynomials are known not to be negative, or to be positive."""

    conditions: Sequence[Condition]
    box: Box
    signs: Mapping[Hashable, bool]

    def sign(self, polynomial: Polynomial) -> str | None:
        """The sign that a polynomial has wherever the conditions hold; None if it is not known."""
        if polynomial.is_zero():
            return NOT_NEGATIVE
        number, factors = polynomial.factor()
        positive, strict = number > 0, True
        for factor, exponent in factors:
            own = self.sign_of_factor(factor)
            if exponent % 2 and own is None:
                return None
            strict = strict and own in STRICT
            positive = positive != bool(exponent % 2 and own not in UP)
        if positive:
            return POSITIVE if strict else NOT_NEGATIVE
        return NEGATIVE if strict else NOT_POSITIVE

    def sign_of_factor(self, factor: Polynomial) -> str | None:
        """The same, of what has no factors."""
        ways = ((factor, POSITIVE, NOT_NEGATIVE), (-factor, NEGATIVE, NOT_POSITIVE))
        for size, above, not_below in ways:
            told = self.signs.get(key(size))
            number = None if told else least(size, self.box, iter(range(FUEL)), ZERO)
            if told or (number is not None and number > 0):
                return above
            if told is not None or number is not None:
                return above if self._more_than_positive(size) else not_below
        return None

    def _more_than_positive(self, size: Polynomial) -> bool:
        """Whether a polynomial is at least a linear one that is known to be above 0."""
        positive = (c.size for c in self.conditions if c.strict and c.size.total_degree() == 1)
        return any(
            least(size - each, self.box, iter(range(FUEL)), ZERO) is not None for each in positive
        )

    def reduced(self, condition: Condition) -> Condition:
        """A condition without factors of known sign."""
        size, strict = condition
        if size.total_degree() <= 1:
            return condition if constant(size) is not None else condition.with_(scaled(size))
        number, factors = size.factor()
        left = size.context().constant(1 if number > 0 else -1)
        if len(factors) == 1 and factors[0][1] == 1:
            return condition.with_(scaled(size))
        for factor, exponent in factors:
            own = self.sign_of_factor(factor)
            if exponent % 2 == 0 and (strict or own in STRICT):
                continue
            if exponent % 2 and own is not None and (strict or own in STRICT):
                left = left if own in UP else -left
            else:
                left *= factor**exponent
        return condition.with_(left if constant(left) is not None else scaled(left))

    def excludes(self, condition: Condition) -> bool:
        """Whether a condition cannot hold where those that are known do."""
        number = constant(condition.size)
        if number is not None:
            return bool(number <= 0 if condition.strict else number < 0)
        opposite = -condition.size
        told = self.signs.get(key(opposite))
        if told or (told is not None and condition.strict):
            return True
        most = least(opposite, self.box, iter(range(FUEL)), ZERO)
        return most is not None and (condition.strict or most > 0)


def known(conditions: Iterable[Condition], box: Box) -> Known | None:
    """What is known where conditions hold, within a box; None if they cannot hold together."""
    given = [each for each in conditions if constant(each.size) is None or _false(each)]
    signs: dict[Hashable, bool] = {}
    for size, strict in given:
        if constant(size) is not None:
            return None
        signs[key(size)] = strict or signs.get(key(size), False)
    ends = ends_of(given, box)
    if ends is None:
        return None
    found = Known(given, ends, signs)
    left: dict[Hashable, Condition] = {}
    for each in map(found.reduced, given):
        if constant(each.size) is not None:
            if _false(each):
                return None
            continue
        own = key(each.size)
        left[own] = each if own not in left or each.strict else left[own]
    ends = ends_of(left.values(), ends)
    if ends is None:
        return None
    signs = {own: each.strict for own, each in left.items()}
    found = Known(list(left.values()), ends, signs)
    return None if any(_contradicts(found, each) for each in found.conditions) else found


def _false(condition: Condition) -> bool:
    number = constant(condition.size)
    return number is not None and bool(number <= 0 if condition.strict else number < 0)


def _contradicts(found: Known, condition: Condition) -> bool:
    """Whether a condition cannot hold beside its opposite, or within the box; a linear one that may
    be 0 has given the box its ends."""
    told = found.signs.get(key(-condition.size))
    if told is not None and (told or condition.strict):
        return True
    return (condition.strict or condition.size.total_degree() > 1) and found.excludes(condition)
