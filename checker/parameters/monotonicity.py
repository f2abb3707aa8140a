"""Parameters that only widen or only narrow what nature may do.

Theorem (docs/theory/theorems.md, theorem 5). Let a parameter occur in nothing but the bounds of
nature's choices, and let raising it never raise a lower bound nor lower an upper one, in any state
of the domain. Then every run at a value is a run at each greater value (the choices are the same
numbers), so what is safe at a value is safe at all smaller ones, and what is unsafe is unsafe at
all greater ones. Likewise downwards.
"""

from __future__ import annotations

import z3

from checker.backends.solver import QueryBudget, constants, follows
from checker.system.parametric import Cell, ParametricProblem

SECONDS = 1.0
"""For one query about the bounds of one choice."""


def monotone_directions(parametric: ParametricProblem) -> tuple[int, ...]:
    """Per free parameter: +1 where raising it only adds runs, -1 where lowering it does, else 0.

    It is proved over the whole domain of the free parameters.
    """
    return tuple(_direction(parametric, symbol) for symbol in parametric.symbols)


def _direction(parametric: ParametricProblem, symbol: z3.ArithRef) -> int:
    if not _only_in_bounds(parametric, symbol):
        return 0
    return next((sign for sign in (1, -1) if _only_adds_runs(parametric, symbol, sign)), 0)


def _only_in_bounds(parametric: ParametricProblem, symbol: z3.ArithRef) -> bool:
    """Whether nothing but bounds of nature's choices reads a parameter."""
    traced = parametric.problem.traced
    others: list[z3.ExprRef] = [*traced.seed]
    others += [end for choice in traced.seed_choices for end in (choice.low, choice.high)]
    for stage in traced.stages:
        others += [*stage.outputs, *(side.condition for side in stage.sides)]
        others += [] if stage.oversight_holds is None else [stage.oversight_holds]
    return not any(str(symbol) in constants(term) for term in others)


def _only_adds_runs(parametric: ParametricProblem, symbol: z3.ArithRef, direction: int) -> bool:
    """Whether moving a parameter in a direction never takes a value from nature."""
    other = z3.Real(f"{symbol} (more runs)")
    budget = QueryBudget(SECONDS)
    for stage in parametric.problem.traced.stages:
        known = [
            stage.source.domain,
            *parametric.bound(parametric.domain),
            symbol <= other if direction > 0 else symbol >= other,
        ]
        for choice in stage.choices:
            low = z3.substitute(choice.low, (symbol, other))
            high = z3.substitute(choice.high, (symbol, other))
            wider = z3.And(low <= choice.low, choice.high <= high)
            if not follows([*known, choice.low <= choice.high], wider, budget).valid:
                return False
            known += choice.within
    return True


def worst(cell: Cell, directions: tuple[int, ...]) -> Cell:
    """The part of a cell whose safety settles the whole."""
    return _end(cell, directions, top=True)


def best(cell: Cell, directions: tuple[int, ...]) -> Cell:
    """The part of a cell that breaks last: if it is unsafe everywhere, so is the whole."""
    return _end(cell, directions, top=False)


def _end(cell: Cell, directions: tuple[int, ...], top: bool) -> Cell:
    ends = []
    for (low, high), direction in zip(cell, directions, strict=True):
        end = high if (direction > 0) == top else low
        ends.append((end, end) if direction else (low, high))
    return tuple(ends)
