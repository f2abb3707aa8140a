"""The worst run of a loop that reads one observable, whatever the parameter.

Theorem (docs/theory/regions.md, "One observable"). However many numbers nature chooses of, its
worst is one run: that which makes the observable worst each time. A clause is broken where a step
from a state of some run breaks it, and kept where all states that are no worse keep it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

import attrs
import z3

from checker.backends.cases import follows_by_cases
from checker.backends.evaluator import EXACT, UNDEFINED, compile_terms, rational
from checker.backends.solver import Entailment, QueryBudget, follows, satisfy
from checker.invariants.houdini import inductive_part
from checker.parameters.comparisons import shortened
from checker.parameters.observable import ObservedLoop
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.problem import Clause, ClauseKind, with_choices
from checker.system.replay import as_fraction
from spec.terms import numeral

LONGEST = 6
"""Iterations after which a set must be kept for good."""
SOON = 1.0
"""Seconds for a query that may be answered at once in one of two ways."""
AT_ONCE = 0.005
"""Seconds for a query that saves others where it is answered."""
MOST_VALUES = 6
"""Of the parameter, at which the worst value of the observable is looked at."""
Corner = tuple[bool, ...]
"""Which choices are at their upper ends."""


@attrs.frozen
class Worst:
    """The worst value of the observable, and the choices after which it is reached."""

    value: Fraction
    corner: Corner


@attrs.frozen
class Seen:
    """What is known of a run after some iterations, as terms in the parameter.

    Args:
        steady: the steady fields.
        worst: the worst value of the observable.
    """

    steady: tuple[z3.ExprRef, ...]
    worst: z3.ArithRef


Bounding = Callable[[Seen, Sequence[z3.BoolRef]], Seen | None]
"""A bound on the successors of what is known, where the parameter meets some conditions."""


@attrs.frozen
class ObservedRuns:
    """What is proved of the runs of a loop that reads one observable of its state."""

    loop: ObservedLoop

    @property
    def start(self) -> Seen:
        """The seed."""
        pairs = list(zip(self.loop.problem.agent.symbols, self.loop.problem.seed, strict=True))
        steady = tuple(z3.substitute(field, *pairs) for field in self.loop.steady)
        return Seen(steady, z3.substitute(self.loop.observable, *pairs))

    def broken(
        self, where: Sequence[z3.BoolRef], worst_at: Fraction | None = None
    ) -> Iterator[z3.BoolRef]:
        """Conditions on the parameter and on nature's choices with each of which a clause is broken
        where the parameter meets ``where``: by the seed, or by a step from a state of a run. The
        run is the worst at a value, any that meets ``where`` if none is given."""
        yield z3.Not(z3.And(*self.loop.begins))
        for here in self._runs(where, worst_at):
            for clause in self.loop.breakable:
                yield self._breaks(here, clause)

    def _breaks(self, here: Seen, clause: Clause) -> z3.BoolRef:
        """That some step from the run's state breaks a clause."""
        broken = z3.Not(self.loop.of_successor(clause.condition))
        return self._put(z3.And(self.loop.bounds, broken), here, at_worst=True)

    def _runs(self, where: Sequence[z3.BoolRef], worst_at: Fraction | None) -> Iterator[Seen]:
        """The states of a run that exists where the parameter meets ``where``: it is worst at one
        value there."""
        if worst_at is None:
            worst_at = satisfy(where, self.loop.budget).values.get(str(self.loop.symbol))
        here = self.start
        for _ in range(LONGEST):
            yield here
            worst = self._worst_corner(here, worst_at)
            if worst is None or not self._defined(self._exactly(here), where):
                return
            here = self._next(here, [worst.corner], where)

    def keeps(self, where: Sequence[z3.BoolRef], values: Sequence[Fraction] = ()) -> bool:
        """Whether every run is proved to keep all clauses where the parameter meets ``where``.

        Tried as bounds on the observable are its worst values as terms in the parameter, and then
        constants: the worst at some ``values``.
        """
        if not all(follows(where, clause, self.loop.budget).valid for clause in self.loop.begins):
            return False
        ways: list[Bounding] = [self._worst_after]
        if values:
            ways.append(partial(self._worst_at, list(values)))
        return any(self._keeps(where, way, values) for way in ways)

    def _keeps(
        self, where: Sequence[z3.BoolRef], bounded: Bounding, values: Sequence[Fraction]
    ) -> bool:
        here = self.start
        for _ in range(LONGEST):
            if self._for_good(here, where, values):
                return True
            if not self._meets(here, where) or not self._defined(self._at_best(here), where):
                return False
            there = bounded(here, where)
            if there is None:
                return False
            here = there
        return False

    def _put(self, term: z3.ExprRef, here: Seen, *, at_worst: bool = False) -> z3.ExprRef:
        pairs = list(zip(self.loop.steady, here.steady, strict=True))
        return z3.substitute(term, *pairs, *([(self.loop.seen, here.worst)] if at_worst else []))

    def _known(self, here: Seen, where: Sequence[z3.BoolRef]) -> list[z3.BoolRef]:
        """What is known of the observable, of nature's choices, and of the parameter."""
        known = [*self.loop.ends, self.loop.no_worse(self.loop.seen, here.worst), self.loop.bounds]
        return [*where, *(self._put(part, here) for part in known)]

    def _meets(self, here: Seen, where: Sequence[z3.BoolRef]) -> bool:
        """Whether every step from states that are no worse meets every clause."""
        known = self._known(here, where)
        return all(
            follows_by_cases(
                known, self._put(self.loop.of_successor(c.condition), here), self.loop.budget
            ).valid
            for c in self.loop.breakable
        )

    def _exactly(self, here: Seen) -> list[z3.BoolRef]:
        """That a state is one of the run."""
        return [*_equal(self.loop.steady, here.steady), self.loop.observable == here.worst]

    def _at_best(self, here: Seen) -> list[z3.BoolRef]:
        """That a state is no worse than that of the run."""
        return [
            *_equal(self.loop.steady, here.steady),
            self.loop.no_worse(self.loop.observable, here.worst),
        ]

    def _defined(self, here: Sequence[z3.BoolRef], where: Sequence[z3.BoolRef]) -> bool:
        """Whether the step is defined, with a value for every choice, at safe states."""
        held = [
            *self.loop.problem.clauses[self.loop.problem.agent.name],
            *(Clause("the worst run", part, ClauseKind.BOUND) for part in here),
        ]
        return met(preservation(self.loop.problem.steps[0], held, ()), self.loop.budget, where)

    def _for_good(
        self, here: Seen, where: Sequence[z3.BoolRef], values: Sequence[Fraction]
    ) -> bool:
        """Whether the safe states within some bounds on the steady fields, which those of the run
        are, are never left."""
        (step,) = self.loop.problem.steps
        symbols, clauses = step.source.symbols, self.loop.problem.clauses[step.source.name]
        fields = list(zip(self.loop.steady, here.steady, strict=True))
        sides = [part for field, value in fields for part in (field >= value, field <= value)]
        kept = inductive_part(
            [Clause("the steady fields", side, ClauseKind.BOUND) for side in sides],
            fields,
            list(zip(symbols, step.stage.outputs, strict=True)),
            where,
            [self.loop.problem.safe(self.loop.problem.agent), step.stage.bounds],
            self.loop.budget,
        )
        held = (*clauses, *kept)
        if not met(preservation(step, held, ()), self.loop.budget, where):
            return False
        bounds = [each.condition for each in kept]
        said = [*where, *bounds, *self.loop.ends, *self.loop.said, self.loop.bounds]
        safe = [*where, *bounds, self.loop.problem.safe(self.loop.problem.agent), step.stage.bounds]
        ways = ((said, self.loop.outputs), (safe, step.stage.outputs))
        asked = [
            [
                (known, z3.substitute(clause.condition, *zip(symbols, after, strict=True)))
                for known, after in ways
            ]
            for clause in self.loop.breakable
        ]
        if any(self._seen_broken(*each[-1], value) for each in asked for value in values):
            return False
        return all(
            any(
                follows_by_cases(known, after, budget).valid
                for budget in (QueryBudget(SOON), self.loop.budget)
                for known, after in each
            )
            for each in asked
        )

    def _seen_broken(self, known: Sequence[z3.BoolRef], after: z3.BoolRef, value: Fraction) -> bool:
        """Whether it is seen at once at a value of the parameter that something does not follow."""
        there = [*known, self.loop.symbol == numeral(value)]
        return follows(there, after, self.loop.budget, AT_ONCE).invalid

    def _worst_after(self, here: Seen, where: Sequence[z3.BoolRef]) -> Seen | None:
        """The worst successor where the parameter meets ``where``: the worst of a few corners, each
        the worst at some value; None where the worst is not proved to be at corners."""
        values = satisfy(where, self.loop.budget).values
        corners: list[Corner] = []
        while (worst := self._worst_corner(here, values.get(str(self.loop.symbol)))) is not None:
            if worst.corner in corners:
                return None
            corners.append(worst.corner)
            there = self._next(here, corners, where)
            outcome = self._bounded(here, there, where)
            if outcome.valid:
                return there
            values = outcome.values
        return None

    def _worst_at(
        self, values: list[Fraction], here: Seen, where: Sequence[z3.BoolRef]
    ) -> Seen | None:
        """A bound on all successors where the parameter meets ``where``: the worst at some values,
        to which those with a worse one are added; None where none is proved."""
        while len(values) <= MOST_VALUES:
            worst = [self._worst_corner(here, value) for value in values]
            known = [each.value for each in worst if each is not None]
            if len(known) < len(values):
                return None
            steady = self._next(here, [], where).steady
            there = Seen(steady, numeral(max(known) if self.loop.rising else min(known)))
            outcome = self._bounded(here, there, where)
            if outcome.valid:
                return there
            value = outcome.values.get(str(self.loop.symbol))
            if value is None or value in values:
                return None
            values.append(value)
        return None

    def _bounded(self, here: Seen, there: Seen, where: Sequence[z3.BoolRef]) -> Entailment:
        """Whether the observable is no worse than ``there`` after every step from ``here``."""
        reached = self._put(self.loop.no_worse(self.loop.after, there.worst), here)
        return follows_by_cases(self._known(here, where), reached, self.loop.budget)

    def _next(self, here: Seen, corners: Sequence[Corner], where: Sequence[z3.BoolRef]) -> Seen:
        """The successor in which the observable is the worst of those after some corners, or stays
        where there are none."""
        ends = [(self.loop.seen, here.worst), *zip(self.loop.steady, here.steady, strict=True)]
        found = [
            z3.substitute(self.loop.after, *with_choices(ends, self.loop.choices, c))
            for c in corners
        ]
        worst = found[0] if found else here.worst
        for other in found[1:]:
            worst = z3.If(self.loop.no_worse(worst, other), other, worst)
        steady = (self._put(self.loop.of_successor(field), here) for field in self.loop.steady)
        terms = [shortened(term, where, self.loop.budget) for term in (*steady, worst)]
        return Seen(tuple(terms[:-1]), terms[-1])

    def _worst_corner(self, here: Seen, value: Fraction | None) -> Worst | None:
        """The worst value of the observable after choices at ends of their bounds, and these, at a
        value of the parameter."""
        if value is None:
            return None
        pairs = (self.loop.symbol, numeral(value))
        state = [z3.simplify(z3.substitute(t, pairs)) for t in (*here.steady, here.worst)]
        inputs = [*self.loop.steady, self.loop.seen, self.loop.symbol]
        here_at = compile_terms((), (), state).bind(EXACT)((), ())[0]
        program = compile_terms(inputs, self.loop.choices, [self.loop.after]).bind(EXACT)
        found: list[Worst] = []
        for corner in itertools.product((False, True), repeat=len(self.loop.choices)):
            units = [rational(Fraction(int(top))) for top in corner]
            (after,), _, _ = program([*here_at, rational(value)], units)
            if after is not UNDEFINED:
                found.append(Worst(as_fraction(after), corner))
        extreme = max if self.loop.rising else min
        return extreme(found, key=lambda worst: worst.value, default=None)


def _equal(fields: Sequence[z3.ExprRef], values: Sequence[z3.ExprRef]) -> Iterator[z3.BoolRef]:
    return (field == value for field, value in zip(fields, values, strict=True))
