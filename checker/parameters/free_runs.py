"""Runs from the seed as conditions on the parameter and on nature's choices.

Either the choices are symbols, for a few steps, or each is always at one of its ends, for many.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.polynomials import degree_of
from checker.backends.solver import QueryBudget, follows
from checker.counterexamples.cell_run import Course, seems_to_break
from checker.parameters.comparisons import shortened
from checker.parameters.pinned import pinned
from checker.parameters.short_runs import strategies, successor
from checker.system.parametric import ParametricProblem
from checker.system.problem import Problem
from spec.nature import Choice
from spec.nodes import topological
from spec.terms import numeral

MOST_STEPS = 64
"""Of a run whose choices are at their ends."""
MOST_NODES = 60
MOST_DEGREE = 3
MOST_DIGITS = 100
"""Of the terms for its state, and of a number in them."""
SPARE = 2
"""Steps that a run is followed for beyond that which seems to break it, where it may only come to a
limit."""


@attrs.frozen
class FreeRun:
    """States of a run, by choices that are symbols.

    Args:
        choices: nature's choices, in order.
        exists: the conditions that they are within their bounds and the steps are defined.
        breaks: that the last state, or some state, breaks a clause.
        held: how many of the choices, the first ones, are put in by value where a run is made of a
            choice of values; the others by where they lie between their bounds.
    """

    choices: tuple[Choice, ...]
    exists: tuple[z3.BoolRef, ...]
    breaks: z3.BoolRef
    held: int = 0

    @property
    def broken(self) -> list[z3.BoolRef]:
        """That there is such a run and that it breaks the claim."""
        return [*self.exists, self.breaks]

    @property
    def chosen(self) -> list[z3.ArithRef]:
        """The symbols of the choices."""
        return [choice.symbol for choice in self.choices]

    def like(
        self, at: tuple[z3.ArithRef, Fraction], chosen: Mapping[str, Fraction]
    ) -> z3.BoolRef | None:
        """A condition on the parameter under which the run breaks the claim with choices like those
        at a value."""
        first = [choice.symbol for choice in self.choices[: self.held]]
        pairs = [(s, numeral(chosen[str(s)])) for s in first if str(s) in chosen]
        rest = [
            attrs.evolve(c, low=z3.substitute(c.low, *pairs), high=z3.substitute(c.high, *pairs))
            for c in self.choices[self.held :]
        ]
        return pinned(z3.substitute(z3.And(*self.broken), *pairs), rest, at, chosen)


def free_runs(problem: Problem) -> Iterator[FreeRun]:
    """The runs of no step, of one, and so on, of a loop of one step."""
    (step,) = problem.steps
    stage, safe = step.stage, problem.safe(problem.agent)
    state: Sequence[z3.ExprRef] = problem.seed
    choices: list[Choice] = []
    exists: list[z3.BoolRef] = []
    while True:
        here = list(zip(problem.agent.symbols, state, strict=True))
        breaks = z3.Not(z3.substitute(safe, *here))
        yield FreeRun(tuple(choices), tuple(exists), breaks)
        fresh = [(c.symbol, z3.FreshConst(c.symbol.sort(), "choice")) for c in stage.choices]
        put = [*here, *fresh]
        sides = [side.condition for side in stage.sides]
        exists += [z3.substitute(part, *put) for part in (stage.bounds, *sides)]
        for choice, (_, symbol) in zip(stage.choices, fresh, strict=True):
            low, high = (z3.substitute(end, *put) for end in (choice.low, choice.high))
            choices.append(attrs.evolve(choice, symbol=symbol, low=low, high=high))
        state = [z3.substitute(output, *put) for output in stage.outputs]


def followed_runs(
    parametric: ParametricProblem,
    value: Fraction,
    where: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> Iterator[FreeRun]:
    """Runs with each choice always at one of its ends that seem to break the claim at a value of
    the parameter within many steps: that one of their states breaks it, where the parameter meets
    ``where``. The states are followed while their terms are short."""
    problem = parametric.problem.composed()
    counts = [len(step.stage.choices) for step in parametric.problem.steps]
    for tops in strategies(sum(counts)):
        units = iter([Fraction(int(top)) for top in tops])
        always = Course([[list(itertools.islice(units, count)) for count in counts]])
        steps = seems_to_break(parametric, (value,), always, MOST_STEPS, still=0.0)
        run = _followed(problem, tops, steps + SPARE, where, budget) if steps else None
        if run is not None:
            yield run


def _followed(
    problem: Problem,
    tops: Sequence[bool],
    steps: int,
    where: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> FreeRun | None:
    """That one of so many states of a run breaks the claim, each of its steps being defined."""
    symbols, safe = problem.agent.symbols, problem.safe(problem.agent)
    state: Sequence[z3.ExprRef] = problem.seed
    broken: list[z3.BoolRef] = []
    for _ in range(steps):
        after, defined = successor(problem, state, tops)
        state = [shortened(term, where, budget) for term in after]
        whole = all(follows(where, condition, budget).valid for condition in defined)
        if not whole or not _are_short(state):
            break
        here = list(zip(symbols, state, strict=True))
        broken.append(z3.simplify(z3.Not(z3.substitute(safe, *here))))
    return FreeRun((), (), z3.Or(*broken)) if broken else None


def _are_short(terms: Sequence[z3.ExprRef]) -> bool:
    """Whether there is little to be asked of some terms."""
    nodes = topological(terms)
    numerals = (node for node in nodes if z3.is_rational_value(node))
    return (
        len(nodes) <= MOST_NODES
        and degree_of(terms) <= MOST_DEGREE
        and all(len(n.as_string()) <= MOST_DIGITS for n in numerals)
    )
