"""Schemes as data: terms over named values, read by the oracle and put into the language alike."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any, Literal

import attrs

from benchmarks.question import Interval, maximum, minimum, spread, when
from spec import Bool, Count, Real, exp

DIGITS = 60
"""Of the decimal numbers that enclose exp."""


def both(a: Any, b: Any) -> Any:
    """Conjunction of truth values, of which None is one that is not known."""
    if isinstance(a, Bool) or isinstance(b, Bool):
        return a & b
    return False if a is False or b is False else (None if a is None or b is None else True)


def negation(a: Any) -> Any:
    """The other truth value; None stays None."""
    if isinstance(a, Bool):
        return ~a
    return None if a is None else not a


def plus(a: Any, b: Any) -> Any:
    """The sum; that of two counts is one."""
    return a.plus(b) if isinstance(a, Count) and isinstance(b, Count) else a + b


def minus(a: Any, b: Any) -> Any:
    """The difference; that of two counts is one."""
    return a.plus(b.times(-1)) if isinstance(a, Count) and isinstance(b, Count) else a - b


def exponential(a: Any) -> Any:
    """e to the power of a number: of one in the language a term, of a plain one an interval, by
    decimal arithmetic that rounds correctly."""
    if isinstance(a, Real | Count):
        return exp(a)
    return Interval(_exp(spread(a).low, ROUND_FLOOR), _exp(spread(a).high, ROUND_CEILING))


def _exp(value: Fraction, rounding: str) -> Fraction:
    up = rounding == ROUND_CEILING
    context = Context(prec=DIGITS, rounding=rounding, Emin=MIN_EMIN, Emax=MAX_EMAX)
    near = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    found = Fraction(context.exp(near))  # half an ulp off, whatever the rounding mode
    ulp = found / 10 ** (DIGITS - 2)
    return Fraction(found + ulp if up else found - ulp)


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "+": plus,
    "-": minus,
    "*": operator.mul,
    "/": operator.truediv,
    "min": minimum,
    "max": maximum,
    "when": when,
    "<=": operator.le,
    "<": operator.lt,
    "and": both,
    "not": negation,
    "exp": exponential,
}


@attrs.frozen(eq=False)
class Term:
    """A number, a name, or an operation on terms."""

    op: str
    args: tuple[Any, ...]

    def __add__(self, other: Any) -> Term:
        return Term("+", (self, term(other)))

    def __sub__(self, other: Any) -> Term:
        return Term("-", (self, term(other)))

    def __mul__(self, other: Any) -> Term:
        return Term("*", (self, term(other)))

    def __truediv__(self, other: Any) -> Term:
        return Term("/", (self, term(other)))

    def __le__(self, other: Any) -> Term:
        return Term("<=", (self, term(other)))

    def __lt__(self, other: Any) -> Term:
        return Term("<", (self, term(other)))

    def __and__(self, other: Term) -> Term:
        return Term("and", (self, other))

    def __or__(self, other: Term) -> Term:
        return ~(~self & ~other)

    def __invert__(self) -> Term:
        return Term("not", (self,))


def term(value: Any) -> Term:
    """A number as a term; a term as it is."""
    return value if isinstance(value, Term) else Term("number", (Fraction(value),))


NOTHING, ALL = term(0), term(1)


def name(text: str) -> Term:
    """The value of a field or of a choice."""
    return Term("name", (text,))


def least(a: Any, b: Any) -> Term:
    """The lesser of two terms."""
    return Term("min", (term(a), term(b)))


def greatest(a: Any, b: Any) -> Term:
    """The greater of two terms."""
    return Term("max", (term(a), term(b)))


def either(condition: Term, yes: Any, no: Any) -> Term:
    """``yes`` where the condition holds, else ``no``."""
    return Term("when", (condition, term(yes), term(no)))


def grown(a: Any) -> Term:
    """e to the power of a term."""
    return Term("exp", (term(a),))


def fewer(a: Any, b: Any) -> Term:
    """The lesser of two counts, as a count."""
    return either(term(a) <= term(b), a, b)


def more(a: Any, b: Any) -> Term:
    """The greater of two counts, as a count."""
    return either(term(a) <= term(b), b, a)


def evaluate(
    what: Term, values: Mapping[str, Any], number: Callable[[Fraction], Any] | None = None
) -> Any:
    """The value of a term; ``number`` makes its constants, which are fractions without it."""
    if what.op == "number":
        return what.args[0] if number is None else number(what.args[0])
    if what.op == "name":
        return values[what.args[0]]
    return OPERATIONS[what.op](*(evaluate(part, values, number) for part in what.args))


@attrs.frozen
class Field:
    """A field's domain; ``cap`` is an upper bound that reads the fields before it."""

    name: str
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    kind: Literal["real", "count", "flag"] = "real"
    cap: Term | None = None


@attrs.frozen
class Choice:
    """What nature chooses, between bounds that may read the state and earlier choices."""

    name: str
    low: Term = NOTHING
    high: Term = ALL
    truth: bool = False


@attrs.frozen
class Step:
    """The choices of one step, and a term for every field of what it makes."""

    choices: tuple[Choice, ...]
    outputs: tuple[Term, ...]


@attrs.frozen
class Kept:
    """One clause of an invariant: a quantity is at most its budget, or below it."""

    quantity: Term
    limit: Fraction
    strict: bool = False


@attrs.frozen
class Machine:
    """A loop, or with ``expert`` a scheme of amplification and distillation.

    ``oversight`` reads the expert's fields and, as ``student x``, those of the student: where it is
    false the student is any agent of the domain. With a ``spread`` the seed is a set: nature may
    begin with each field up to so much above it.
    """

    kind: str
    agent: tuple[Field, ...]
    seed: tuple[Any, ...]
    steps: tuple[Step, ...]
    kept: tuple[Kept, ...] = ()
    expert: tuple[Field, ...] = ()
    oversight: Term | None = None
    spread: tuple[Fraction, ...] = ()

    def position(self, index: int) -> tuple[Field, ...]:
        """The fields of what the step of an index starts from."""
        return self.expert if index % len(self.steps) else self.agent


@attrs.frozen
class Folded:
    """A fold: a step that makes a leaf, and one for each number of children, whose fields are named
    ``0 x``, ``1 x`` and so on."""

    kind: str
    agent: tuple[Field, ...]
    leaf: Step
    nodes: Mapping[int, Step]
    kept: tuple[Kept, ...] = ()
