"""Claims that break because a field keeps on rising, or falling, wherever they are met.

Theorem (docs/theory/regions.md, "No rest"). Let K be a compact set that no run leaves before it
breaks the claim. If nature can make a field rise from every state of K, and what it rises by is
continuous there, it rises by some least step each time, which no run can do for ever within K.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress

import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.invariants.interval_analysis import sampled_signs
from checker.parameters.comparisons import with_limits
from checker.parameters.continuity import is_continuous
from checker.parameters.obstacles import NotExact
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.problem import Clause, Problem, with_choices
from checker.system.region import region_of
from spec.nodes import topological

SECONDS = 1.0
"""For one query."""
MOST_NODES = 2_000
"""Of a step's terms; of a larger step nothing is asked."""


def escapes(
    problem: Problem,
    moves: Sequence[z3.BoolRef],
    kept: Sequence[Clause],
    where: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> bool:
    """Whether the claim is proved to break at every value of the parameter that meets ``where``.

    Args:
        problem: a loop of one step, with the parameter as a symbol.
        moves: what is tried (``moves``).
        kept: what no run leaves while it is safe.
        where: conditions on the parameter.
        budget: limits on the queries.
    """
    (step,) = problem.steps
    if any(field.unbounded for field in problem.agent.fields):
        return False
    soon = budget.hasty(SECONDS)
    held = (*problem.clauses[problem.agent.name], *kept)
    here: list[z3.BoolRef] = []
    with suppress(NotExact):
        here = [*where, *(with_limits(clause.condition) for clause in held)]
    if not here or not met(preservation(step, held, ()), soon, where):
        return False
    return any(
        satisfy([*here, z3.Not(move)], soon).unsat and is_continuous([*here, move], here, soon)
        for move in moves
    )


def moves(problem: Problem, over: Problem) -> Iterator[z3.BoolRef]:
    """That one field rises, or falls, where each choice is at the end that seems to move it most.

    Args:
        problem: a loop of one step, with the parameter as a symbol.
        over: the same with the parameter as a choice, to guess from.
    """
    (step,) = problem.steps
    symbols, stage = step.source.symbols, step.stage
    if len(topological(stage.outputs)) > MOST_NODES:
        return
    signs = sampled_signs(over, region_of(over))
    tops = signs[:, signs.shape[1] - len(stage.choices) :]
    for index, sign in itertools.product(range(len(symbols)), (1, -1)):
        field = symbols[index]
        if not z3.is_real(field):
            continue
        pairs = with_choices([], stage.choices, [bool(sign * top > 0) for top in tops[index]])
        after = z3.substitute(stage.outputs[index], *pairs) if pairs else stage.outputs[index]
        yield after > field if sign > 0 else after < field
