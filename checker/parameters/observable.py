"""Loops whose step reads the state through one number: how they are recognised.

Theorem (docs/theory/regions.md, "One observable"). Let some fields, the steady ones, be led from
one iteration to the next without any choice of nature, and let the step read the others through one
term, the observable, alone. What follows for its runs: ``checker.parameters.observed_runs``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.cases import follows_by_cases
from checker.backends.curves import has_curves
from checker.backends.solver import QueryBudget, constants, follows
from checker.parameters.obstacles import NotExact, Obstacle
from checker.system.obligations import at
from checker.system.parametric import ParametricProblem
from checker.system.problem import Clause, Problem
from spec.nature import Choice
from spec.nodes import children_of, id_of, name_of
from spec.terms import numeral

MOST_CHOICES = 6
"""Choices of which every combination of ends is tried."""
SOON = 1.0
"""Seconds in which it is to be shown that a clause is never broken."""


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
        meant: the values of the parameter at which the claim means something.
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
    meant: tuple[z3.BoolRef, ...]
    ends: tuple[z3.BoolRef, ...]
    said: tuple[z3.BoolRef, ...]
    rising: bool
    budget: QueryBudget

    @property
    def chosen(self) -> tuple[z3.ArithRef, ...]:
        """The symbols of nature's choices."""
        return tuple(choice.symbol for choice in self.problem.steps[0].stage.choices)

    @property
    def after(self) -> z3.ArithRef:
        """The observable of the successor."""
        return self.of_successor(self.observable)

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

    @cached_property
    def breakable(self) -> list[Clause]:
        """The clauses that are not shown to be met after every step from the domain, whatever the
        parameter."""
        known = [self.problem.agent.domain, self.bounds, *self.ends, *self.meant]
        clauses = self.problem.clauses[self.problem.agent.name]
        return [
            clause
            for clause in clauses
            if not follows_by_cases(
                known, self.of_successor(clause.condition), self.budget.within(SOON)
            ).valid
        ]

    @cached_property
    def choices(self) -> list[Choice]:
        """Nature's choices, their bounds read through the observable."""
        return [
            attrs.evolve(c, low=self._seen_in(c.low), high=self._seen_in(c.high))
            for c in self.problem.steps[0].stage.choices
        ]

    def only_worse_breaks(self, where: Sequence[z3.BoolRef]) -> bool:
        """Whether a step that meets the claim does so from no worse states too, with the same
        choices."""
        claim = self.problem.claimed(self.problem.agent)
        met_after = [self.of_successor(clause.condition) for clause in claim]
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

    def of_successor(self, term: z3.ExprRef) -> z3.ExprRef:
        """A term over the fields, said of the successor."""
        symbols = self.problem.agent.symbols
        return z3.substitute(term, *zip(symbols, self.outputs, strict=True))

    def _seen_in(self, term: z3.ExprRef) -> z3.ExprRef:
        return z3.substitute(term, (self.observable, self.seen))


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
    if has_curves([*stage.terms, *problem.seed]):  # its worst values would be no fractions
        raise NotExact(Obstacle.NO_ORDER)
    steady = steady_fields(problem)
    observable = _observable(problem, steady)
    seen = z3.FreshConst(observable.sort(), "observable")
    falling = ObservedLoop(
        problem,
        parametric.symbols[0],
        tuple(symbols[index] for index in steady),
        observable,
        seen,
        tuple(z3.substitute(output, (observable, seen)) for output in stage.outputs),
        tuple(parametric.meant_within(parametric.domain)),
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


def steady_fields(problem: Problem) -> list[int]:
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
