"""Monotone comparison: one existential query for a box that the worst corners cannot leave.

Where each output rises or falls in each input, the greatest value of an output over a box is at one
corner of it. A box is then inductive exactly where finitely many inequalities between its ends
hold, and the solver finds such ends, or none. The answer is a candidate like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor

import z3

from checker.backends.solver import QueryBudget, constants, satisfy
from checker.invariants.interval_analysis import MIXED, sampled_signs
from checker.system.problem import Problem, Step, with_choices
from checker.system.region import Array, Box, region_of
from spec.nodes import name_of
from spec.terms import numeral

End = tuple[int, bool]
"""A field's index and whether it is the upper end."""


def post_fixpoint(problem: Problem, start: Box, budget: QueryBudget) -> Box | None:
    """A box around ``start`` that meets the clauses and that one iteration should not leave.

    Only for a problem composed to one step. None where the sampled signs are mixed, or the solver
    finds no such box in time.
    """
    (step,) = problem.steps
    region = region_of(problem)
    signs = sampled_signs(problem, region)
    wanted = _cone(problem, signs)
    if wanted is None:
        return None
    ends: dict[End, z3.ExprRef] = {}
    for index, field in enumerate(problem.agent.fields):
        for top in (False, True):
            bound = region[index][top]
            is_free = (index, top) in wanted
            name = f"{'top' if top else 'bottom'} of {field.name}"
            sort = problem.agent.symbols[index].sort()
            ends[index, top] = z3.Const(name, sort) if is_free else _of_sort(bound, sort, top)
    conditions: list[z3.BoolRef] = []
    for index, top in wanted:
        end, (bottom_, top_) = ends[index, top], start[index]
        conditions += [end >= numeral(region[index][0]), end <= numeral(region[index][1])]
        conditions.append(end >= numeral(top_) if top else end <= numeral(bottom_))
        value = _at_corner(step, index, signs[index], ends, top)
        conditions.append(value <= end if top else value >= end)
    conditions += _corners_are_safe(problem, ends)
    outcome = satisfy(conditions, budget, seconds=2.0)
    if not outcome.may_be_met:
        return None
    box = []
    for index in range(len(problem.agent.fields)):
        pair = []
        for top in (False, True):
            value = outcome.values.get(str(ends[index, top]), region[index][top])
            pair.append(value)
        box.append((min(pair[0], start[index][0]), max(pair[1], start[index][1])))
    return tuple(box)


def _of_sort(value: Fraction, sort: z3.SortRef, top: bool) -> z3.ExprRef:
    """A bound as a numeral of the field's sort; a whole number's lies within."""
    if sort != z3.IntSort():
        return numeral(value)
    return z3.IntVal(floor(value) if top else ceil(value))


def _cone(problem: Problem, signs: Array) -> set[End] | None:
    """The ends that the clauses depend on, through any number of steps; None if a sign is mixed."""
    agent = problem.agent
    named = {name_of(symbol): i for i, symbol in enumerate(agent.symbols)}
    read: set[int] = set()
    for clause in problem.claimed(agent):
        read |= {named[name] for name in constants(clause.condition) if name in named}
    todo = [(index, top) for index in read for top in (False, True)]
    ends: set[End] = set()
    while todo:
        index, top = todo.pop()
        if (index, top) in ends:
            continue
        ends.add((index, top))
        for source in range(signs.shape[1]):
            sign = signs[index, source]
            if sign == MIXED:
                return None
            if sign and source < len(agent.fields):
                todo.append((source, top if sign > 0 else not top))
    return ends


def _at_corner(
    step: Step, index: int, signs: Array, ends: Mapping[End, z3.ExprRef], top: bool
) -> z3.ExprRef:
    """An output's term at the corner where it should be greatest (or least)."""
    uppers = [bool((sign > 0) == top) for sign in signs]
    here = [(symbol, ends[n, uppers[n]]) for n, symbol in enumerate(step.source.symbols)]
    pairs = with_choices(here, step.stage.choices, uppers[len(here) :])
    return z3.substitute(step.stage.outputs[index], *pairs)


def _corners_are_safe(problem: Problem, ends: Mapping[End, z3.ExprRef]) -> list[z3.BoolRef]:
    """The clauses at every corner of the fields they read."""
    agent = problem.agent
    named = {name_of(symbol): i for i, symbol in enumerate(agent.symbols)}
    conditions = []
    for clause in problem.claimed(agent):
        read = sorted({named[name] for name in constants(clause.condition) if name in named})
        for tops in itertools.product((False, True), repeat=len(read)):
            pairs = [(agent.symbols[i], ends[i, top]) for i, top in zip(read, tops, strict=True)]
            conditions.append(z3.substitute(clause.condition, *pairs))
    return conditions
