"""Loops whose step reads the state through one number: their worst run, whatever the parameter.

Theorem (docs/theory/regions.md, "One observable"). Let some fields, the steady ones, be led from
one iteration to the next without any choice of nature, and let the step read the others through one
term, the observable, alone. However many numbers nature chooses of, its worst is then one run: that
which makes the observable worst each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property, partial

import attrs
import z3

from checker.backends.evaluator import EXACT, UNDEFINED, compile_terms, rational
from checker.backends.solver import Entailment, QueryBudget, constants, follows, satisfy
from checker.invariants.houdini import inductive_part
from checker.parameters.obstacles import NotExact, Obstacle
from checker.system.gaps import met
from checker.system.obligations import at, preservation
from checker.system.parametric import ParametricProblem
from checker.system.problem import Clause, ClauseKind, Problem, with_choices
from checker.system.replay import as_fraction
from spec.nature import Choice
from spec.nodes import children_of, id_of, name_of, topological
from spec.terms import numeral

LONGEST = 6
"""Iterations after which a set must be kept for good."""
SOON = 1.0
"""Seconds for a query that may be answered at once in one of two ways."""
MOST_CHOICES = 6
"""Choices of which every combination of ends is tried."""
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


@attrs.frozen(slots=False)
class ObservedLoop:
    """A loop of one step that reads one observable of its state.

    Args:
        problem: the loop, with the parameter as a symbol.
        symbol: the parameter.
        steady: the symbols of the steady fields.
        observable: the term, over the fields.
        seen: the symbol that stands for it in ``outputs``.
        outputs: the successor of a state.
        ends: what is known of the observable in the domain, said of ``seen``.
        said: what is known of it and of the steady fields in safe states, likewise.
        rising: whether a greater value is worse.
        budget: limits on the queries.
    """

    problem: Problem
    symbol: z3.ArithRef
    steady: tuple[z3.ExprRef, ...]
    observable: z3.ArithRef
    seen: z3.ArithRef
    outputs: tuple[z3.ExprRef, ...]
    ends: tuple[z3.BoolRef, ...]
    said: tuple[z3.BoolRef, ...]
    rising: bool
    budget: QueryBudget

    @property
    def start(self) -> Seen:
        """The seed."""
        pairs = list(zip(self.problem.agent.symbols, self.problem.seed, strict=True))
        steady = tuple(z3.substitute(field, *pairs) for field in self.steady)
        return Seen(steady, z3.substitute(self.observable, *pairs))

    @property
    def chosen(self) -> tuple[z3.ArithRef, ...]:
        """The symbols of nature's choices."""
        return tuple(choice.symbol for choice in self.problem.steps[0].stage.choices)

    @property
    def after(self) -> z3.ArithRef:
        """The observable of the successor."""
        return self._of_successor(self.observable)

    @property
    def bounds(self) -> z3.BoolRef:
        """That nature keeps to its bounds."""
        return self._seen_in(self.problem.steps[0].stage.bounds)

    @property
    def begins(self) -> list[z3.BoolRef]:
        """That the seed meets the clauses, each."""
        problem = self.problem
        inside = at(problem.agent.symbols, problem.seed, problem.clauses[problem.agent.name])
        return [clause.condition for clause in inside]

    def broken(self, where: Sequence[z3.BoolRef]) -> Iterator[z3.BoolRef]:
        """Conditions on the parameter and on nature's choices with each of which a clause is broken
        where the parameter meets ``where``: by the seed, or by a step from a state of a run."""
        yield z3.Not(z3.And(*self.begins))
        yield from map(self._breaks, self._runs(where))

    def _breaks(self, here: Seen) -> z3.BoolRef:
        """That some step from the run's state breaks a clause."""
        clauses = self.problem.clauses[self.problem.agent.name]
        broken = [z3.Not(self._of_successor(clause.condition)) for clause in clauses]
        return self._put(z3.And(self.bounds, z3.Or(*broken)), here, at_worst=True)

    def _runs(self, where: Sequence[z3.BoolRef]) -> Iterator[Seen]:
        """The states of a run that exists where the parameter meets ``where``: it is worst at one
        value there."""
        values = satisfy(where, self.budget).values
        here = self.start
        for _ in range(LONGEST):
            yield here
            worst = self._worst_corner(here, values.get(str(self.symbol)))
            if worst is None or not self._defined(self._exactly(here), where):
                return
            here = self._next(here, [worst.corner], where)

    def keeps(self, where: Sequence[z3.BoolRef], values: Sequence[Fraction] = ()) -> bool:
        """Whether every run is proved to keep all clauses where the parameter meets ``where``.

        Tried as bounds on the observable are its worst values as terms in the parameter, and then
        constants: the worst at some ``values``.
        """
        if not all(follows(where, clause, self.budget).valid for clause in self.begins):
            return False
        ways: list[Bounding] = [self._worst_after]
        if values:
            ways.append(partial(self._worst_at, list(values)))
        return any(self._keeps(where, way) for way in ways)

    def _keeps(self, where: Sequence[z3.BoolRef], bounded: Bounding) -> bool:
        here = self.start
        for _ in range(LONGEST):
            if self._for_good(here, where):
                return True
            if not self._meets(here, where) or not self._defined(self._at_best(here), where):
                return False
            there = bounded(here, where)
            if there is None:
                return False
            here = there
        return False

    def only_worse_breaks(self, where: Sequence[z3.BoolRef]) -> bool:
        """Whether a step that meets the claim does so from no worse states too, with the same
        choices."""
        claim = self.problem.claimed(self.problem.agent)
        met_after = [self._of_successor(clause.condition) for clause in claim]
        better = z3.FreshConst(self.seen.sort(), "better")
        swap = (self.seen, better)
        parts = [self.problem.agent.domain, self.bounds, *self.ends, *met_after]
        both = [*parts, *(z3.substitute(part, swap) for part in (self.bounds, *self.ends))]
        known = [*where, *both, self.no_worse(better, self.seen)]
        return all(
            follows(known, z3.substitute(after, swap), self.budget).valid for after in met_after
        )

    def no_worse(self, value: z3.ArithRef, bound: z3.ArithRef) -> z3.BoolRef:
        """That one value of the observable is no worse than another."""
        return value <= bound if self.rising else value >= bound

    def _of_successor(self, term: z3.ExprRef) -> z3.ExprRef:
        symbols = self.problem.agent.symbols
        return z3.substitute(term, *zip(symbols, self.outputs, strict=True))

    def _put(self, term: z3.ExprRef, here: Seen, *, at_worst: bool = False) -> z3.ExprRef:
        pairs = list(zip(self.steady, here.steady, strict=True))
        return z3.substitute(term, *pairs, *([(self.seen, here.worst)] if at_worst else []))

    def _known(self, here: Seen, where: Sequence[z3.BoolRef]) -> list[z3.BoolRef]:
        """What is known of the observable, of nature's choices, and of the parameter."""
        known = [*self.ends, self.no_worse(self.seen, here.worst), self.bounds]
        return [*where, *(self._put(part, here) for part in known)]

    def _meets(self, here: Seen, where: Sequence[z3.BoolRef]) -> bool:
        """Whether every step from states that are no worse meets every clause."""
        known = self._known(here, where)
        return all(
            follows(known, self._put(self._of_successor(c.condition), here), self.budget).valid
            for c in self.problem.clauses[self.problem.agent.name]
        )

    def _exactly(self, here: Seen) -> list[z3.BoolRef]:
        """That a state is one of the run."""
        return [*_equal(self.steady, here.steady), self.observable == here.worst]

    def _at_best(self, here: Seen) -> list[z3.BoolRef]:
        """That a state is no worse than that of the run."""
        return [*_equal(self.steady, here.steady), self.no_worse(self.observable, here.worst)]

    def _defined(self, here: Sequence[z3.BoolRef], where: Sequence[z3.BoolRef]) -> bool:
        """Whether the step is defined, with a value for every choice, at safe states."""
        held = [
            *self.problem.clauses[self.problem.agent.name],
            *(Clause("the worst run", part, ClauseKind.BOUND) for part in here),
        ]
        return met(preservation(self.problem.steps[0], held, ()), self.budget, where)

    def _for_good(self, here: Seen, where: Sequence[z3.BoolRef]) -> bool:
        """Whether the safe states within some bounds on the steady fields, which those of the run
        are, are never left."""
        (step,) = self.problem.steps
        symbols, clauses = step.source.symbols, self.problem.clauses[step.source.name]
        fields = list(zip(self.steady, here.steady, strict=True))
        sides = [part for field, value in fields for part in (field >= value, field <= value)]
        kept = inductive_part(
            [Clause("the steady fields", side, ClauseKind.BOUND) for side in sides],
            fields,
            list(zip(symbols, step.stage.outputs, strict=True)),
            where,
            [self.problem.safe(self.problem.agent), step.stage.bounds],
            self.budget,
        )
        held = (*clauses, *kept)
        if not met(preservation(step, held, ()), self.budget, where):
            return False
        bounds = [each.condition for each in kept]
        said = [*where, *bounds, *self.ends, *self.said, self.bounds]
        safe = [*where, *bounds, self.problem.safe(self.problem.agent), step.stage.bounds]
        return all(
            any(
                follows(
                    known,
                    z3.substitute(clause.condition, *zip(symbols, after, strict=True)),
                    budget,
                ).valid
                for budget in (QueryBudget(SOON), self.budget)
                for known, after in ((safe, step.stage.outputs), (said, self.outputs))
            )
            for clause in clauses
        )

    def _worst_after(self, here: Seen, where: Sequence[z3.BoolRef]) -> Seen | None:
        """The worst successor where the parameter meets ``where``: the worst of a few corners, each
        the worst at some value; None where the worst is not proved to be at corners."""
        values = satisfy(where, self.budget).values
        corners: list[Corner] = []
        while (worst := self._worst_corner(here, values.get(str(self.symbol)))) is not None:
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
            there = Seen(steady, numeral(max(known) if self.rising else min(known)))
            outcome = self._bounded(here, there, where)
            if outcome.valid:
                return there
            value = outcome.values.get(str(self.symbol))
            if value is None or value in values:
                return None
            values.append(value)
        return None

    def _bounded(self, here: Seen, there: Seen, where: Sequence[z3.BoolRef]) -> Entailment:
        """Whether the observable is no worse than ``there`` after every step from ``here``."""
        reached = self._put(self.no_worse(self.after, there.worst), here)
        return follows(self._known(here, where), reached, self.budget)

    def _next(self, here: Seen, corners: Sequence[Corner], where: Sequence[z3.BoolRef]) -> Seen:
        """The successor in which the observable is the worst of those after some corners, or stays
        where there are none."""
        ends = [(self.seen, here.worst), *zip(self.steady, here.steady, strict=True)]
        found = [z3.substitute(self.after, *with_choices(ends, self._choices, c)) for c in corners]
        worst = found[0] if found else here.worst
        for other in found[1:]:
            worst = z3.If(self.no_worse(worst, other), other, worst)
        steady = (self._put(self._of_successor(field), here) for field in self.steady)
        shortened = [self._shortened(term, where) for term in (*steady, worst)]
        return Seen(tuple(shortened[:-1]), shortened[-1])

    @cached_property
    def _choices(self) -> list[Choice]:
        """Nature's choices, their bounds read through the observable."""
        return [
            attrs.evolve(c, low=self._seen_in(c.low), high=self._seen_in(c.high))
            for c in self.problem.steps[0].stage.choices
        ]

    def _seen_in(self, term: z3.ExprRef) -> z3.ExprRef:
        return z3.substitute(term, (self.observable, self.seen))

    def _worst_corner(self, here: Seen, value: Fraction | None) -> Worst | None:
        """The worst value of the observable after choices at ends of their bounds, and these, at a
        value of the parameter."""
        if value is None:
            return None
        pairs = (self.symbol, numeral(value))
        state = [z3.simplify(z3.substitute(t, pairs)) for t in (*here.steady, here.worst)]
        inputs = [*self.steady, self.seen, self.symbol]
        here_at = compile_terms((), (), state).bind(EXACT)((), ())[0]
        program = compile_terms(inputs, self._choices, [self.after]).bind(EXACT)
        found: list[Worst] = []
        for corner in itertools.product((False, True), repeat=len(self._choices)):
            units = [rational(Fraction(int(top))) for top in corner]
            (after,), _, _ = program([*here_at, rational(value)], units)
            if after is not UNDEFINED:
                found.append(Worst(as_fraction(after), corner))
        extreme = max if self.rising else min
        return extreme(found, key=lambda worst: worst.value, default=None)

    def _shortened(self, term: z3.ExprRef, where: Sequence[z3.BoolRef]) -> z3.ExprRef:
        """A term without conditionals of which one branch is always taken."""
        term = z3.simplify(term)
        for node in topological([term]):
            if z3.is_app_of(node, z3.Z3_OP_ITE):
                condition, first, second = node.children()
                for always, branch in ((condition, first), (z3.Not(condition), second)):
                    if follows(where, always, self.budget).valid:
                        return self._shortened(z3.substitute(term, (node, branch)), where)
        return term


def _equal(fields: Sequence[z3.ExprRef], values: Sequence[z3.ExprRef]) -> Iterator[z3.BoolRef]:
    return (field == value for field, value in zip(fields, values, strict=True))


def observed_loop(parametric: ParametricProblem, budget: QueryBudget) -> ObservedLoop:
    """A parametric problem as a loop that reads one observable.

    Raises:
        NotExact: where it is not one.
    """
    problem = parametric.problem.composed()
    (step,) = problem.steps
    stage, symbols = step.stage, step.source.symbols
    if len(stage.choices) > MOST_CHOICES or stage.unknowns:
        raise NotExact(Obstacle.NO_ORDER)
    steady = _steady(problem)
    observable = _observable(problem, steady)
    seen = z3.FreshConst(observable.sort(), "observable")
    falling = ObservedLoop(
        problem,
        parametric.symbols[0],
        tuple(symbols[index] for index in steady),
        observable,
        seen,
        tuple(z3.substitute(output, (observable, seen)) for output in stage.outputs),
        tuple(_ends(problem, observable, seen, budget)),
        tuple(_said(problem, steady, observable, seen, budget)),
        False,
        budget,
    )
    ((low, high),) = parametric.domain
    value = falling.symbol == numeral((low + high) / 2)
    for loop in (falling, attrs.evolve(falling, rising=True)):
        if loop.only_worse_breaks([value]):
            return loop
    raise NotExact(Obstacle.NO_ORDER)


def _steady(problem: Problem) -> list[int]:
    """The fields that are led from one iteration to the next without any choice of nature."""
    (step,) = problem.steps
    symbols, outputs = step.source.symbols, step.stage.outputs
    moved = {name_of(choice.symbol) for choice in step.stage.choices}
    steady = list(range(len(symbols)))
    while True:
        others = {name_of(s) for index, s in enumerate(symbols) if index not in steady}
        left = [index for index in steady if not constants(outputs[index]) & (moved | others)]
        if left == steady:
            return steady
        steady = left


def _observable(problem: Problem, steady: Sequence[int]) -> z3.ArithRef:
    """The one number through which the step reads the fields that are not steady.

    Raises:
        NotExact: where there is no such number, or more than one.
    """
    (step,) = problem.steps
    read = {name_of(s) for index, s in enumerate(step.source.symbols) if index not in steady}
    chosen = {name_of(choice.symbol) for choice in step.stage.choices}
    ends = [end for choice in step.stage.choices for end in (choice.low, choice.high)]
    found: list[z3.ExprRef] = []
    left, visited = [*step.stage.outputs, *ends], set[int]()
    while left:
        node = left.pop()
        if id_of(node) in visited or not constants(node) & read:
            continue
        visited.add(id_of(node))
        if z3.is_arith(node) and not constants(node) & chosen:
            found += [] if any(node.eq(other) for other in found) else [node]
        else:
            left += children_of(node)
    if len(found) != 1:
        raise NotExact(Obstacle.NO_ORDER)
    return found[0]


def _ends(
    problem: Problem, observable: z3.ArithRef, seen: z3.ArithRef, budget: QueryBudget
) -> Iterator[z3.BoolRef]:
    """Bounds on the observable all over the domain, the tightest of a few."""
    fields = problem.agent.fields
    tried = sorted({Fraction(0), Fraction(1), *(e for f in fields for e in (f.low, f.high))})
    known = [problem.agent.domain]
    for value in reversed(tried):
        if follows(known, observable >= numeral(value), budget).valid:
            yield seen >= numeral(value)
            break
    for value in tried:
        if follows(known, observable <= numeral(value), budget).valid:
            yield seen <= numeral(value)
            break


def _said(
    problem: Problem,
    steady: Sequence[int],
    observable: z3.ArithRef,
    seen: z3.ArithRef,
    budget: QueryBudget,
) -> Iterator[z3.BoolRef]:
    """What safe states say of the observable: the clauses, of a state in which every field that it
    reads is 0, 1 or the observable itself, as far as safe states are proved to meet that."""
    symbols = problem.agent.symbols
    moved = [s for index, s in enumerate(symbols) if index not in steady]
    read = [s for s in moved if name_of(s) in constants(observable)]
    values = (numeral(Fraction(1)), seen, numeral(Fraction(0)))
    tried = (
        list(zip(read, put, strict=True)) for put in itertools.product(values, repeat=len(read))
    )
    ends = list(_ends(problem, observable, seen, budget))
    there = next(
        (p for p in tried if follows(ends, z3.substitute(observable, *p) == seen, budget).valid),
        None,
    )
    others = {name_of(s) for s in moved} - {name_of(s) for s in read}
    for clause in problem.clauses[problem.agent.name]:
        if there is None or constants(clause.condition) & others:
            continue
        said = z3.substitute(clause.condition, *there)
        safe = [problem.safe(problem.agent)]
        if follows(safe, z3.substitute(said, (seen, observable)), budget).valid:
            yield said
