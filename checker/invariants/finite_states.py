"""Finite loops: all states that runs reach, explored exactly, breadth first.

Where nature's choices are read by comparisons with numbers and by nothing else, a few values lead
wherever a step can lead (``checker.system.representatives``). If the states that are reached are
few, they are an inductive union of points; if one of them breaks a clause, the way to it is a
shortest run.

Nothing rests on the exploration: the union is put to the solver point by point, a run is replayed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod

import attrs
import z3

from checker.backends.curves import has_curves
from checker.backends.evaluator import EXACT, UNDEFINED
from checker.backends.solver import QueryBudget
from checker.invariants.box_unions import Leak, Union, discharge_union
from checker.system.obligations import Label
from checker.system.problem import Problem, numeral_value
from checker.system.replay import as_fraction
from checker.system.representatives import compared_with, representatives
from spec.nature import Choice

State = tuple[Fraction, ...]
Action = tuple[Fraction, ...]
"""A unit for each choice: where between its bounds it lies."""

MOST_STATES = 1_500
MOST_ACTIONS = 64
LONGEST_NUMBER = 512
"""Bits of a denominator: those of a finite loop are short, and a break may come before they are
long."""


@attrs.frozen
class Explored:
    """The states that runs reach, until there are no more of them or one breaks a clause.

    ``came`` has for each state how it was reached first, ``leads`` for each state that was left
    the states that follow it. ``broken`` is the first state that breaks a clause.
    """

    came: Mapping[State, tuple[State, Action] | None]
    leads: Mapping[State, Sequence[State]]
    broken: State | None

    def way(self) -> list[Action]:
        """Nature's choices on the way to the state that breaks a clause."""
        assert self.broken is not None
        found, here = [], self.came[self.broken]
        while here is not None:
            found.append(here[1])
            here = self.came[here[0]]
        return found[::-1]


def explore(problem: Problem, budget: QueryBudget) -> Explored | None:
    """Explore a loop composed to one step; None where its states seem to have no end.

    A loop with free parameters, whose seed is a set, or that reads a curve is not explored.
    """
    (step,) = problem.steps
    if problem.free_parameters or problem.seed_choices:
        return None
    claims = [clause.condition for clause in problem.clauses[problem.agent.name]]
    actions = _actions(step.stage.choices, step.stage.terms)
    if actions is None or has_curves([*problem.seed, *step.stage.terms, *claims]):
        return None
    program, guard = step.program.bind(EXACT), problem.guards[problem.agent.name].bind(EXACT)
    moves = [[EXACT.constant(unit) for unit in action] for action in actions]
    seed = tuple(numeral_value(term) for term in problem.seed)
    came: dict[State, tuple[State, Action] | None] = {seed: None}
    leads: dict[State, Sequence[State]] = {}
    frontier = [seed]
    while frontier:
        reached: list[State] = []
        for state in frontier:
            numbers = [EXACT.constant(value) for value in state]
            truths, _, _ = guard(numbers, ())
            if not all(truths):
                return None if None in truths else Explored(came, leads, state)
            after: dict[State, None] = {}
            for action, units in zip(actions, moves, strict=True):
                outputs, _, _ = program(numbers, units)
                following = _state(outputs[: len(state)])
                if following is None:
                    return None
                after[following] = None
                if following not in came:
                    came[following] = (state, action)
                    reached.append(following)
            leads[state] = tuple(after)
        if len(came) > MOST_STATES or budget.exhausted:
            return None
        frontier = reached
    return Explored(came, leads, None)


def union_of_points(
    problem: Problem, explored: Explored, budget: QueryBudget
) -> tuple[Union, tuple[Label, ...]] | None:
    """The states that are reached as boxes without extent, if the solver finds that they are an
    inductive union within the clauses."""
    states = list(explored.leads)
    number = {state: index for index, state in enumerate(states)}
    union = tuple(tuple((value, value) for value in state) for state in states)
    targets = [[number[after] for after in explored.leads[state]] for state in states]
    shown = discharge_union(problem, union, budget, targets)
    return None if isinstance(shown, Leak) else (union, shown)


def _state(outputs: Sequence[object]) -> State | None:
    """The outputs as exact numbers; None if one is undefined or is no simple number."""
    if any(value is UNDEFINED for value in outputs):
        return None
    found = tuple(as_fraction(value) for value in outputs)
    simple = all(value.denominator.bit_length() <= LONGEST_NUMBER for value in found)
    return found if simple else None


def _actions(choices: Sequence[Choice], terms: Sequence[z3.ExprRef]) -> list[Action] | None:
    """Units of nature's choices that stand for all of them; None if a choice is more than
    compared, or its bounds are no numbers."""
    compared = compared_with([choice.symbol for choice in choices], terms)
    columns: list[list[Fraction]] = []
    for choice, numbers in zip(choices, compared, strict=True):
        low, high = z3.simplify(choice.low), z3.simplify(choice.high)
        plain = z3.is_rational_value(low) and z3.is_rational_value(high)
        if numbers is None or choice.unbounded or not plain:
            return None
        bottom, width = numeral_value(low), numeral_value(high) - numeral_value(low)
        values = representatives(numbers, bottom, bottom + width)
        if not values:
            return None
        columns.append([(v - bottom) / width if width else Fraction(0) for v in values])
        if prod(map(len, columns)) > MOST_ACTIONS:
            return None
    return list(itertools.product(*columns))
