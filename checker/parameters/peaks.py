"""How far noise can drive a linear loop: the peaks of what a claim bounds, over a cell.

Theorem (docs/theory/regions.md, "Peaks of linear loops"). Let a step be linear in the state and in
nature's choices, and let the room of each choice not read the state. Then the greatest value of a
linear form of the n-th state, over all that nature may do, is a linear form of the seed, worked out
backwards: each choice is put at the end that its coefficient wants. A claim of linear clauses holds
forever exactly where no clause is exceeded by any of these peaks. Where a power of the step shrinks
every form, what further iterations can add to a peak is bounded. Of a seed that is a set, linear in
nature's choices, it is the greatest value over the set.

All numbers are linear forms over the cell, so that an answer is one for every value in it.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from math import comb
from typing import Any

import attrs
import flint

from checker.backends.affine import ZERO, Linear, over
from checker.backends.algebraic import Algebraic
from checker.backends.equations import NOTHING as NO_POLYNOMIAL
from checker.backends.equations import Univariate
from checker.backends.rounding import precision
from checker.parameters.linear import LinearClause, Row, dot
from checker.system.parametric import Interval
from spec.statements.base import Answer

BITS = 128
MOST_ITERATIONS = 2_000
FEW_ITERATIONS = 150
"""Where peaks are not bounded, so that only one that is too great can tell."""
MOST_POWER = 64
"""Of the step, in search of one that shrinks every form."""
MOST_EXACT = 64
"""Iterations of a peak that is worked out as a polynomial."""
NOTHING = Linear(ZERO)


@attrs.frozen
class AffineChoice:
    """A choice of nature: its low end, and its room up to the high one, rows over the fields, the
    choices before it, and 1. The room reads no field, nor a choice whose ends read one."""

    low: Row
    room: Row


@attrs.frozen
class Affine:
    """What a step or a seed comes to: for each field a row over the fields, the choices, and 1; of
    a seed over its choices, and 1."""

    outputs: tuple[Row, ...]
    choices: tuple[AffineChoice, ...] = ()

    @property
    def fields(self) -> int:
        """How many fields are read: none by a seed."""
        return len(self.outputs[0]) - len(self.choices) - 1


@attrs.frozen
class Touch:
    """What is asked of a cell that a number is an end of: of the values on the cell's ``side`` of
    it, +1 above and -1 below, without the number; or of the number itself, for 0."""

    number: Algebraic
    side: int = 0


@attrs.frozen
class AffineLoop:
    """A loop of one step, affine in its state and in nature's choices, with ``clauses`` that must
    hold of every state."""

    seed: Affine
    step: Affine
    clauses: tuple[LinearClause, ...]

    def answer(
        self,
        low: Fraction,
        high: Fraction,
        touch: Touch | None = None,
        late: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """What is proved of the claim at every value of the parameter from ``low`` to ``high``; or
        of those alone that ``touch`` says. Nothing is where it gets ``late`` first."""
        with precision(BITS):
            return _OverCell(self, (low, high), touch, late).answer()


Form = list[Linear]
"""Coefficients of the fields, then of the choices, then what is there without any."""
Sparse = dict[int, Linear]
"""The same by place, without what is nothing."""
Signs = list[bool | None]
"""Whether numbers are more than 0, at most 0, or either."""


@attrs.frozen
class Shrinking:
    """Powers of a step, as it acts on forms of the state, from its 0th to one that shrinks the norm
    of each by a ``factor`` at least."""

    powers: list[list[Form]]
    factor: Any

    @property
    def period(self) -> int:
        """The power that does."""
        return len(self.powers) - 1


class _Valued:
    """A step or a seed with the parameter as a linear form over a cell."""

    def __init__(self, affine: Affine, cell: Interval) -> None:
        parameter = over(*cell, 0, 1)

        def sparse(row: Row) -> Sparse:
            return {place: _value(each, parameter) for place, each in enumerate(row) if each != 0}

        self.outputs = [sparse(row) for row in affine.outputs]
        self.choices = [(sparse(choice.low), sparse(choice.room)) for choice in affine.choices]
        self.affine, self.cell = affine, cell
        self.fields, self.count = affine.fields, len(affine.choices)

    def before(self, row: Form) -> tuple[Form, Linear, Signs]:
        """The greatest value of a form of what comes, as one of the fields and a number; and the
        signs of what the choices are weighed with, the last one first."""
        form = [NOTHING] * (self.fields + self.count + 1)
        for weight, output in zip(row, self.outputs, strict=True):
            _add(form, weight, output)
        form, signs = self._at_best(form, self.count)
        return form[: self.fields], form[-1], signs

    def _at_best(self, form: Form, count: int) -> tuple[Form, Signs]:
        """A form with the first so many choices where they make it greatest, the last one first;
        and the signs of their weights."""
        form, signs = list(form), list[bool | None]()
        for number in reversed(range(count)):
            low, room = self.choices[number]
            place = self.fields + number
            weight, form[place] = form[place], NOTHING
            _add(form, weight, low)
            _add(form, -(-weight).lesser(NOTHING), room)
            signs.append(NOTHING.sure(weight, strictly=True))
        return form, signs

    def always_a_choice(self) -> bool:
        """Whether no room is ever less than nothing, whatever was chosen before."""
        for number, (_, room) in enumerate(self.choices):
            row = self.affine.choices[number].room
            if not any(row[:-1]) and never_negative(row[-1], *self.cell):
                continue
            form = [NOTHING] * (self.fields + self.count + 1)
            _add(form, Linear(flint.arb(-1)), room)
            least, _ = self._at_best(form, number)
            if least[-1].sure(NOTHING, strictly=False) is not True:
                return False
        return True

    def most_added(self) -> Any:
        """The most that is added to the greatest value of a form, for each unit of its norm."""
        most = ZERO
        for output in self.outputs:
            sizes = [ZERO] * (self.fields + self.count + 1)
            for place, coefficient in output.items():
                sizes[place] = _size(coefficient)
            for number in reversed(range(self.count)):
                for place, coefficient in itertools.chain(*map(dict.items, self.choices[number])):
                    more = sizes[self.fields + number] * _size(coefficient)
                    sizes[place] = (sizes[place] + more).upper()
            most = max(most, sizes[-1])
        return most


class _OverCell:
    """A loop with the parameter as a linear form over a cell."""

    def __init__(
        self, loop: AffineLoop, cell: Interval, touch: Touch | None, late: Callable[[], bool]
    ) -> None:
        self.loop, self.touch, self.late = loop, touch, late
        self.size, parameter = len(loop.step.outputs), over(*cell, 0, 1)
        self.parameter = parameter
        self.seed, self.step = (_Valued(each, cell) for each in (loop.seed, loop.step))
        self.gain, self.start = self.step.most_added(), self.seed.most_added()
        self.clauses = [
            (
                clause,
                [_value(each, parameter) for each in clause.row],
                _value(clause.limit, parameter),
            )
            for clause in loop.clauses
        ]

    def answer(self) -> Answer:
        """What is proved of the claim all over the cell."""
        if not self.seed.always_a_choice() or not self.step.always_a_choice():
            return Answer.UNKNOWN
        shrinking = self._shrinks()
        found = [self._of_clause(*clause, shrinking) for clause in self.clauses]
        if Answer.REFUTED in found:
            return Answer.REFUTED
        return Answer.PROVED if set(found) <= {Answer.PROVED} else Answer.UNKNOWN

    def _of_clause(
        self, clause: LinearClause, row: Form, limit: Linear, shrinking: Shrinking | None
    ) -> Answer:
        """Whether all peaks of one clause are within it, or one is beyond it."""
        told, total, norms, chosen = True, NOTHING, deque[Any](maxlen=MOST_POWER), list[Signs]()
        for each in self._rows(row, shrinking):
            if self.late():
                return Answer.UNKNOWN
            _, begun, at_seed = self.seed.before(each)
            within = (begun + total).sure(limit, clause.strict)
            if within is None and told:
                within = self._touching(clause, chosen, at_seed)
            if within is False:
                return Answer.REFUTED
            told = told and within is True
            norms.append(_norm(each))
            if shrinking is not None and len(norms) >= shrinking.period:
                size = sum(itertools.islice(reversed(norms), shrinking.period), ZERO)
                rest = (self.gain * size / (1 - shrinking.factor) + self.start * size).upper()
                least, most = (limit - total).ends()
                if told and (total + Linear(rest)).sure(limit, clause.strict) is True:
                    return Answer.PROVED
                if most >= rest and not (told and least + rest >= 0):
                    return Answer.UNKNOWN  # and no later iteration tells
            _, added, signs = self.step.before(each)
            total = total + added
            chosen.append(signs)
            if not total.is_finite():
                return Answer.UNKNOWN
        return Answer.UNKNOWN

    def _rows(self, row: Form, shrinking: Shrinking | None) -> Iterator[Form]:
        """A form of the state as one of that so many iterations before, without what is added.

        A step widens what is not sure of each coefficient, though it shrinks all; whole periods,
        one after the other, shrink that too.
        """
        if shrinking is None:
            for _ in range(FEW_ITERATIONS):
                yield row
                row = self.step.before(row)[0]
            return
        for _ in range(0, MOST_ITERATIONS, shrinking.period):
            yield from (_times(row, power) for power in shrinking.powers[:-1])
            row = _times(row, shrinking.powers[-1])

    def _touching(
        self, clause: LinearClause, chosen: Sequence[Signs], at_seed: Signs
    ) -> bool | None:
        """Whether a clause is met where its peak is just its limit, everywhere or at a number."""
        few = len(chosen) <= MOST_EXACT
        less = exact_peak(self.loop, clause, chosen, at_seed) if few else None
        if less is None:
            return None
        if less == 0:
            return not clause.strict
        touch = self.touch
        if touch is None:
            return None
        if less % flint.fmpq_poly(list(touch.number.coefficients)) != 0:
            return None
        if touch.side == 0:
            return not clause.strict
        rises = NOTHING.sure(_value(less.derivative(), self.parameter), strictly=True)
        return None if rises is None else rises is (touch.side < 0)

    def _shrinks(self) -> Shrinking | None:
        """A power of the step, as it acts on forms of the state, that shrinks each by a factor;
        None if none is found."""
        powers = [list(_units(self.size))]
        powers.append([self.step.before(unit)[0] for unit in powers[0]])
        while len(powers) <= MOST_POWER + 1:
            factor = reduce(max, map(_norm, powers[-1]), ZERO)
            if factor < 1:
                return Shrinking(powers, factor)
            half = len(powers) // 2  # each of as few products as may be, as each adds to its spread
            other = powers[len(powers) - half]
            powers.append([_times(row, other) for row in powers[half]])
        return None


def exact_peak(
    loop: AffineLoop, clause: LinearClause, chosen: Sequence[Signs], at_seed: Signs
) -> Univariate | None:
    """A peak of a clause less its limit, as a polynomial in the parameter; None where the weight of
    a choice has no one sign, so that it is no one polynomial."""
    row, added = list(clause.row), -clause.limit
    for affine, signs in [*((loop.step, signs) for signs in chosen), (loop.seed, at_seed)]:
        form = _made(affine, row, signs)
        if form is None:
            return None
        row, added = form[: affine.fields], added + form[-1]
    return added


def _made(affine: Affine, row: Sequence[Univariate], signs: Signs) -> list[Univariate] | None:
    """A form of what a step or a seed comes to, with each choice at the end that the sign of its
    weight wants; None where one has no one sign."""
    form = [dot(row, column) for column in zip(*affine.outputs, strict=True)]
    numbers = reversed(range(len(affine.choices)))
    for number, positive in zip(numbers, signs, strict=True):
        place = affine.fields + number
        weight, form[place] = form[place], NO_POLYNOMIAL
        if weight == 0:
            continue
        if positive is None:
            return None
        choice = affine.choices[number]
        ends = zip(form, choice.low, choice.room, strict=True)
        form = [a + weight * (low + room * int(positive)) for a, low, room in ends]
    return form


def never_negative(polynomial: Univariate, low: Fraction, high: Fraction) -> bool:
    """Whether a polynomial's coefficients in the Bernstein basis of an interval are 0 or more, so
    that it is so all over it, its ends included (Bernstein 1912)."""
    ends = [flint.fmpq(*end.as_integer_ratio()) for end in (low, high - low)]
    along = polynomial(flint.fmpq_poly(ends))
    powers, degree = along.coeffs(), along.degree()
    return all(
        sum(flint.fmpq(comb(i, k), comb(degree, k)) * powers[k] for k in range(i + 1)) >= 0
        for i in range(degree + 1)
    )


def _units(size: int) -> Iterator[Form]:
    for place in range(size):
        yield [Linear(flint.arb(int(place == other))) for other in range(size)]


def _value(polynomial: Univariate, parameter: Linear) -> Linear:
    found = NOTHING
    for coefficient in reversed(polynomial.coeffs()):
        found = found * parameter + Linear(flint.arb(coefficient))
    return found


def _add(form: Form, weight: Linear, other: Sparse) -> None:
    """Add so many times another form."""
    if not (weight.centre == 0 and weight.extent == 0):  # of balls both may be false: != and ==
        for place, coefficient in other.items():
            form[place] = form[place] + weight * coefficient


def _dot(row: Sequence[Linear], other: Sequence[Linear]) -> Linear:
    return sum((a * b for a, b in zip(row, other, strict=True)), NOTHING)


def _times(row: Form, matrix: Sequence[Form]) -> Form:
    return [_dot(row, column) for column in zip(*matrix, strict=True)]


def _size(form: Linear) -> Any:
    return (abs(form.centre) + form.extent).upper()


def _norm(row: Form) -> Any:
    return sum(map(_size, row), ZERO).upper()
