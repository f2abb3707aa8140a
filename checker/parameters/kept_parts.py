"""What no run of a loop leaves while it is safe, as comparisons with terms in the parameter.

Theorem (docs/theory/regions.md, "Kept parts"). Of a list of guesses the greatest part is taken that
holds the seed and that every step from a safe state keeps (Flanagan and Leino, "Houdini, an
annotation assistant" (2001)): what a claim is asked about may be thought to hold besides.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

import z3

from checker.backends.solver import QueryBudget, constants, follows
from checker.invariants.houdini import kept_by_step
from checker.parameters.conserved import conserved
from checker.parameters.short_runs import State, successor
from checker.system.problem import Clause, ClauseKind, Problem
from spec.nodes import name_of, number_in, topological
from spec.terms import numeral

SECONDS = 1.0
"""For one query."""
MOST_FIELDS = 6
"""Of which two are compared."""
MOST_NODES = 2_000
"""Of a step's terms; nothing is guessed of a larger step."""


def kept_parts(
    problem: Problem,
    symbol: z3.ArithRef,
    value: Fraction,
    where: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> list[Clause]:
    """The greatest part of the guesses that is kept where the parameter meets ``where``.

    Guessed are of each field that it lies on one side of its value in the seed, of its values in
    the first states of two runs, of a number in a clause that reads it, or of such a number and the
    seed's; of two fields that the one exceeds the other by no more than in the seed; and that a sum
    of fields which a step conserves is what it is in the seed.

    Args:
        problem: a loop of one step.
        symbol: the parameter.
        value: one of it, for guesses.
        where: conditions on it.
        budget: limits on the queries.
    """
    (step,) = problem.steps
    if len(topological(step.stage.outputs)) > MOST_NODES:
        return []
    soon = budget.hasty(SECONDS)
    domain = [clause.condition for clause in problem.domain(problem.agent)]
    guesses = [
        Clause("a part that is kept", condition, ClauseKind.BOUND)
        for condition in _guesses(problem, symbol, value)
        if not follows(domain, condition, soon).valid
    ]
    return kept_by_step(problem, guesses, where, soon)


def _guesses(problem: Problem, symbol: z3.ArithRef, value: Fraction) -> Iterator[z3.BoolRef]:
    """The guesses, each once."""
    found: dict[str, z3.BoolRef] = {}
    choices = len(problem.steps[0].stage.choices)
    after = [successor(problem, problem.seed, [top] * choices)[0] for top in (False, True)]
    for index, field in enumerate(problem.agent.symbols):
        seed, *others = (state[index] for state in (problem.seed, *after))
        for values in ([seed], [seed, *others], *_with_limits(problem, field, seed)):
            for side in (z3.Or([field <= v for v in values]), z3.Or([field >= v for v in values])):
                simple = z3.simplify(side)
                found.setdefault(simple.sexpr(), simple)
    for condition in _apart(problem, (symbol, numeral(value)), after):
        found.setdefault(condition.sexpr(), condition)
    seeds = list(zip(problem.agent.symbols, problem.seed, strict=True))
    for total in conserved(problem, symbol, value):
        begins = z3.substitute(total, *seeds)
        found |= {c.sexpr(): c for c in (total <= begins, total >= begins)}
    yield from found.values()


def _apart(
    problem: Problem, here: tuple[z3.ExprRef, z3.ExprRef], states: Sequence[State]
) -> Iterator[z3.BoolRef]:
    """That one field exceeds another by no more than in the seed, if it is so in some states at a
    value of the parameter."""
    symbols = problem.agent.symbols
    for (n, one), (m, other) in itertools.permutations(enumerate(symbols), 2):
        most = z3.simplify(problem.seed[n] - problem.seed[m])
        shown = (state[n] - state[m] <= most for state in states)
        if len(symbols) <= MOST_FIELDS and all(
            z3.is_true(z3.simplify(z3.substitute(condition, here))) for condition in shown
        ):
            yield one - other <= most


def _with_limits(
    problem: Problem, field: z3.ExprRef, seed: z3.ExprRef
) -> Iterator[list[z3.ExprRef]]:
    """Numbers in the clauses of the claim that read a field, alone and beside the seed's value."""
    numbers: set[Fraction] = set()
    for clause in problem.claimed(problem.agent):
        if name_of(field) in constants(clause.condition):
            known = (number_in(node) for node in topological([clause.condition]))
            numbers |= {number for number in known if number is not None}
    for number in sorted(numbers):
        yield [numeral(number)]
        yield [seed, numeral(number)]
