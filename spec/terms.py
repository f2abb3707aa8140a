"""Exact symbolic values: one-slot wrappers around z3 terms, with the traps of raw terms closed.

``Real`` and ``Count`` are numbers, ``Bool`` is a truth value. Arithmetic is exact: floats are
refused, because 0.1 is not one tenth. Branching is ``when(condition, a, b)``, because Python's
``if`` cannot look at a value that is not known yet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from fractions import Fraction
from typing import Any, NoReturn, TypeAlias, TypeVar, overload

import attrs
import z3

from spec.errors import SpecError, describe, user_location
from spec.nodes import children_of, id_of, is_numeral, is_whole, kind_of, number_in, topological

Number: TypeAlias = "Real | Count | int | Fraction | str"


MOST_DIGITS = 300
"""Digits of a numerator or denominator beyond which a number is taken for a slip of the pen. What
has fewer fits the range of a float, in which guesses are made."""


def exact(value: object) -> Fraction:
    """The rational that ``value`` denotes: an int, a ``Fraction``, a text like "1/6" or "0.05", or
    a typed number that is constant.

    Raises:
        SpecError: for a float (write "1/6" or a Fraction), for anything that is no number, and
            for a number of more than ``MOST_DIGITS`` digits.
    """
    if isinstance(value, bool):
        raise SpecError(f"{value} is a truth value where a number is wanted; write 0 or 1")
    if isinstance(value, int | Fraction):
        return _of_sensible_size(Fraction(value), value)
    if isinstance(value, float):
        raise SpecError(_instead_of_float(value))
    if isinstance(value, str):
        return _of_sensible_size(_read(value), value)
    if isinstance(value, Real | Count):
        term = z3.simplify(real_term(value))
        if z3.is_rational_value(term):
            return _of_sensible_size(_read(term.as_string()), value)
        raise SpecError(
            f"{describe(value)} stands where a fixed number is wanted; write a number like "
            '"1/6", or a parameter that is structural(...)'
        )
    if isinstance(value, Bool):
        raise SpecError("a condition is used as a number; write when(condition, 1, 0)")
    if isinstance(value, list | tuple | set):
        raise SpecError(
            f"{describe(value)} is not a number; pass the numbers one by one, as in *them"
        )
    raise SpecError(
        f"{describe(value)} is not a number; use Real, Count, an int, a Fraction or a text"
    )


def _instead_of_float(value: float) -> str:
    if not math.isfinite(value):
        return f"the float {value} is no number; every domain is finite, so write its bound"
    plain = float.__repr__(value)  # a numpy float prints its type as well
    same = str(Fraction(plain))
    hint = same if len(same) <= 2 * len(plain) else plain
    return f'the float {plain} is not exact; write "{hint}" or Fraction("{hint}")'


def _read(text: str) -> Fraction:
    mantissa, _, exponent = text.lower().partition("e")
    try:
        if len(mantissa) + abs(int(exponent or 0)) > MOST_DIGITS:
            raise SpecError(_too_long(text))
        return Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise SpecError(
            f'"{_start_of(text)}" is not an exact number; write it like "1/6", "0.05" or "3"'
        ) from None


def _of_sensible_size(number: Fraction, written: object) -> Fraction:
    if max(abs(number.numerator), number.denominator) >= 10**MOST_DIGITS:
        raise SpecError(_too_long(written))
    return number


def _too_long(written: object) -> str:
    shown = f'"{_start_of(written)}"' if isinstance(written, str) else describe(written)
    return f"{shown} has more than {MOST_DIGITS} digits; write a rounder number"


def _start_of(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 40 else f"{plain[:40]}..."


def numeral(value: Fraction) -> z3.ArithRef:
    """The z3 rational numeral of an exact value."""
    return z3.RealVal(f"{value.numerator}/{value.denominator}")


def _refuse_truth(kind: str) -> NoReturn:
    raise SpecError(
        f"a symbolic {kind} has no truth value yet, so `if`, `and`, `or`, `not` and chained "
        "comparisons cannot read it; write when(condition, a, b), all_of, any_of or ~condition"
    )


def _refuse_hash(kind: str) -> NoReturn:
    raise SpecError(
        f"a symbolic {kind} has no hash, so a set, a dict and `in {{...}}` cannot look it up; "
        "compare with == and write when(condition, a, b)"
    )


def _text(term: z3.ExprRef, kind: str) -> str:
    """The text of a constant. A symbol has none that a step could read: its value is not known."""
    value = z3.simplify(term)
    if z3.is_rational_value(value) or z3.is_int_value(value):
        return str(value)
    if z3.is_true(value) or z3.is_false(value):
        return str(value)
    raise SpecError(
        f"a symbolic {kind} has no text yet, so str(...) and f-strings cannot show its value; "
        "compare it with when(condition, a, b), or look at its term with repr(...)"
    )


class _Arithmetic:
    """Typed operators shared by ``Real`` and ``Count``."""

    __slots__ = ()
    term: z3.ArithRef

    def __add__(self, other: Number) -> Real:
        return Real(real_term(self) + real_term(other))

    def __radd__(self, other: Number) -> Real:
        return Real(real_term(other) + real_term(self))

    def __sub__(self, other: Number) -> Real:
        return Real(real_term(self) - real_term(other))

    def __rsub__(self, other: Number) -> Real:
        return Real(real_term(other) - real_term(self))

    def __mul__(self, other: Number) -> Real:
        return Real(real_term(self) * real_term(other))

    def __rmul__(self, other: Number) -> Real:
        return Real(real_term(other) * real_term(self))

    def __truediv__(self, other: Number) -> Real:
        return Real(_quotient(self, other))

    def __rtruediv__(self, other: Number) -> Real:
        return Real(_quotient(other, self))

    def __pow__(self, exponent: int) -> Real:
        return Real(_power(real_term(self), exponent))

    def __neg__(self) -> Real:
        return Real(-real_term(self))

    def __le__(self, other: Number) -> Bool:
        return Bool(real_term(self) <= real_term(other))

    def __lt__(self, other: Number) -> Bool:
        return Bool(real_term(self) < real_term(other))

    def __ge__(self, other: Number) -> Bool:
        return Bool(real_term(self) >= real_term(other))

    def __gt__(self, other: Number) -> Bool:
        return Bool(real_term(self) > real_term(other))

    def __eq__(self, other: object) -> Bool:  # type: ignore[override]
        return Bool(real_term(self) == real_term(other))

    def __ne__(self, other: object) -> Bool:  # type: ignore[override]
        return Bool(real_term(self) != real_term(other))

    def __hash__(self) -> int:
        _refuse_hash("number")

    def __bool__(self) -> bool:
        _refuse_truth("number")

    def __float__(self) -> float:
        raise SpecError("a symbolic number has no float value; specifications are exact")

    def __str__(self) -> str:
        return _text(self.term, "number")


def as_real(number: z3.ExprRef) -> z3.ArithRef:
    """A number of either sort as one of sort Real."""
    assert isinstance(number, z3.ArithRef)
    return z3.ToReal(number) if is_whole(number) else number


def _real_sort(value: object) -> z3.ArithRef:
    if isinstance(value, Real | Count):
        return real_term(value)
    if isinstance(value, z3.ArithRef):
        return as_real(value)
    return numeral(exact(value))


@attrs.frozen(eq=False, repr=False, slots=True)
class Real(_Arithmetic):
    """An exact real number, possibly symbolic: ``Real("1/6")``, ``Real(3)``."""

    term: z3.ArithRef = attrs.field(converter=_real_sort)

    def __repr__(self) -> str:
        return f"Real({self.term})"


def _int_sort(value: object) -> z3.ArithRef:
    if isinstance(value, Count):
        return value.term
    if isinstance(value, z3.ArithRef) and is_whole(value):
        return value
    if isinstance(value, Real):
        raise SpecError(
            "a Real is not a whole number; keep a Count whole with plus and times, or use Real"
        )
    number = exact(value)
    if number.denominator != 1:
        raise SpecError(f"{number} is not a whole number; a Count holds 0, 1, 2, ...; use Real")
    return z3.IntVal(number.numerator)


@attrs.frozen(eq=False, repr=False, slots=True)
class Count(_Arithmetic):
    """A whole number, possibly symbolic. Sums and products with ``Count``s stay counts by
    ``plus`` and ``times``; every plain operator, division included, lifts to ``Real``."""

    term: z3.ArithRef = attrs.field(converter=_int_sort)

    def plus(self, other: Count | int) -> Count:
        """The sum, again a whole number."""
        return Count(self.term + _int_sort(other))

    def times(self, other: Count | int) -> Count:
        """The product, again a whole number."""
        return Count(self.term * _int_sort(other))

    def __repr__(self) -> str:
        return f"Count({self.term})"


def _bool_sort(value: object) -> z3.BoolRef:
    if isinstance(value, Bool):
        return value.term
    if isinstance(value, z3.BoolRef):
        return value
    if isinstance(value, bool):
        return z3.BoolVal(value)
    if isinstance(value, list | tuple | set):
        raise SpecError(f"{describe(value)} is not a condition; pass them one by one, as in *them")
    raise SpecError(f"{describe(value)} is not a condition; compare fields, or write True or False")


@attrs.frozen(eq=False, repr=False, slots=True)
class Bool:
    """A condition, possibly symbolic. Combine with ``&``, ``|``, ``~`` or all_of, any_of."""

    term: z3.BoolRef = attrs.field(converter=_bool_sort)

    def __and__(self, other: Bool | bool) -> Bool:
        return Bool(z3.And(self.term, bool_term(other)))

    def __or__(self, other: Bool | bool) -> Bool:
        return Bool(z3.Or(self.term, bool_term(other)))

    def __rand__(self, other: bool) -> Bool:
        return Bool(z3.And(bool_term(other), self.term))

    def __ror__(self, other: bool) -> Bool:
        return Bool(z3.Or(bool_term(other), self.term))

    def __invert__(self) -> Bool:
        return Bool(z3.Not(self.term))

    def __eq__(self, other: object) -> Bool:  # type: ignore[override]
        return Bool(self.term == bool_term(other))

    def __ne__(self, other: object) -> Bool:  # type: ignore[override]
        return Bool(self.term != bool_term(other))

    def __hash__(self) -> int:
        _refuse_hash("condition")

    def __bool__(self) -> bool:
        _refuse_truth("condition")

    def __str__(self) -> str:
        return _text(self.term, "condition")

    def __repr__(self) -> str:
        return f"Bool({self.term})"


def real_term(value: object) -> z3.ArithRef:
    """The z3 term of a number, of sort Real."""
    if isinstance(value, Real):
        return value.term
    if isinstance(value, Count):
        return z3.ToReal(value.term)
    return numeral(exact(value))


def bool_term(value: object) -> z3.BoolRef:
    """The z3 term of a condition."""
    return _bool_sort(value)


def conjunction(conditions: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """All of the conditions as one term: ``true`` of none, since a bare ``and`` is no SMT-LIB."""
    kept = [condition for condition in conditions if not z3.is_true(condition)]
    if len(kept) <= 1:
        return kept[0] if kept else z3.BoolVal(True)
    return z3.And(*kept)


# Where each division by a non-constant was written, so that a failed non-zero obligation can
# name the line. Keyed by the id of the quotient's syntax tree.
_divisions: dict[int, tuple[z3.ExprRef, str]] = {}


def division_location(quotient: z3.ExprRef) -> str:
    """``file:line`` where this quotient was written ("" if unknown)."""
    found = _divisions.get(id_of(quotient))
    return found[1] if found else ""


def _quotient(top: object, bottom: object) -> z3.ArithRef:
    numerator, denominator = real_term(top), real_term(bottom)
    constant = z3.simplify(denominator)
    if z3.is_rational_value(constant):
        if constant.as_string() == "0":
            raise SpecError("division by zero; guard the denominator with when(...)")
        return numerator / constant
    quotient = numerator / denominator
    _divisions[id_of(quotient)] = (quotient, user_location())
    return quotient


def _power(base: z3.ArithRef, exponent: object) -> z3.ArithRef:
    if isinstance(exponent, bool) or not isinstance(exponent, int) or exponent < 0:
        raise SpecError(
            "an exponent must be a plain whole number >= 0; make it structural(...) in the "
            "parameters, one trace is made per value"
        )
    result = numeral(Fraction(1))
    if not exponent and _divides(base):  # 1 where the base is defined, and nowhere else
        return result + numeral(Fraction(0)) * base
    while exponent:  # repeated squaring keeps the term a small shared graph
        if exponent & 1:
            result = base if _is_one(result) else result * base
        exponent >>= 1
        if exponent:
            base = base * base
    return result


def _divides(term: z3.ExprRef) -> bool:
    """Whether a division by something that is no fixed number stands in a term."""
    return any(
        kind_of(node) == z3.Z3_OP_DIV and not is_numeral(children_of(node)[1])
        for node in topological([term])
    )


def _is_one(term: z3.ArithRef) -> bool:
    return number_in(term) == 1


def minimum(first: Number, *rest: Number) -> Real:
    """The least of the numbers."""
    least = real_term(first)
    for other in rest:
        term = real_term(other)
        least = z3.If(least <= term, least, term)
    return Real(least)


def maximum(first: Number, *rest: Number) -> Real:
    """The greatest of the numbers."""
    greatest = real_term(first)
    for other in rest:
        term = real_term(other)
        greatest = z3.If(greatest >= term, greatest, term)
    return Real(greatest)


def all_of(*conditions: Bool | bool) -> Bool:
    """True when every condition is."""
    return Bool(conjunction([bool_term(c) for c in conditions]))


def any_of(*conditions: Bool | bool) -> Bool:
    """True when at least one condition is."""
    return Bool(z3.Or(*[bool_term(c) for c in conditions]) if conditions else False)


F = TypeVar("F")

_MEMBER = "_member"


def set_member(record: object, member: z3.ExprRef) -> None:
    """Let a field-less record stand for a member of its uninterpreted sort."""
    object.__setattr__(record, _MEMBER, member)


def member_of(record: object) -> z3.ExprRef:
    """The member of an uninterpreted sort that a field-less record stands for.

    Raises:
        SpecError: when it stands for none.
    """
    member = vars(record).get(_MEMBER)
    if not isinstance(member, z3.ExprRef):
        name = type(record).__name__
        raise SpecError(
            f"{name}() stands for no agent, as a class without fields is an arbitrary set; write "
            f'some({name}, "name"), nature.related(...), or give it fields'
        )
    return member


@overload
def when(condition: Bool | bool, then: Bool, otherwise: Bool | bool) -> Bool: ...
@overload
def when(condition: Bool | bool, then: Count, otherwise: Count) -> Count: ...  # type: ignore[overload-overlap]
@overload
def when(condition: Bool | bool, then: Number, otherwise: Number) -> Real: ...
@overload
def when(condition: Bool | bool, then: F, otherwise: F) -> F: ...
def when(condition: Bool | bool, then: Any, otherwise: Any) -> Any:
    """``then`` where the condition holds, ``otherwise`` elsewhere; of numbers, conditions, agents.

    Raises:
        SpecError: when the two sides are not of one kind.
    """
    test = bool_term(condition)
    if attrs.has(type(then)) and not isinstance(then, Real | Count | Bool):
        if type(then) is not type(otherwise):
            raise SpecError(
                f"the two sides of when(...) differ: {type(then).__name__} and "
                f"{type(otherwise).__name__}; both must be of one agent class"
            )
        if not attrs.fields(type(then)):
            joined = copy(then)
            set_member(joined, z3.If(test, member_of(then), member_of(otherwise)))
            return joined
        names = [field.name for field in attrs.fields(type(then))]
        sides = {
            name: when(condition, getattr(then, name), getattr(otherwise, name)) for name in names
        }
        return type(then)(**sides)
    if isinstance(then, Bool | bool):
        return Bool(z3.If(test, bool_term(then), bool_term(otherwise)))
    if isinstance(then, Count) and isinstance(otherwise, Count):
        return Count(z3.If(test, then.term, otherwise.term))
    return Real(z3.If(test, real_term(then), real_term(otherwise)))


__all__ = [
    "Bool",
    "Count",
    "Number",
    "Real",
    "all_of",
    "any_of",
    "bool_term",
    "conjunction",
    "division_location",
    "exact",
    "maximum",
    "member_of",
    "minimum",
    "numeral",
    "real_term",
    "set_member",
    "when",
]
