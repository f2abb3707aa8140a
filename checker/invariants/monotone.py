"""Monotone comparison: when the worst of all runs is a single run.

An order says of each field whether more of it is worse. Where the loop is monotone in that order on
a box around the safe states, and nature has a greatest choice there, the run that always makes
that choice is the worst run, and safety for ever is a question about it alone
(docs/theory/theorems.md). The order is guessed from samples; the solver proves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

import attrs
import numpy as np
import z3

from checker.backends.solver import QueryBudget, constants, follows, follows_anew
from checker.invariants.interval_analysis import MIXED, either, sampled_signs
from checker.invariants.turns import NONE_TURNS, clocks, turn_of
from checker.system.gaps import met
from checker.system.obligations import entry
from checker.system.problem import Clause, Problem, with_choices
from checker.system.region import Array, Box, pinned, region_of, within_box
from checker.system.seeds import Point, begun, corners, seeds_in_floats
from spec.fields import FieldDomain
from spec.nature import ChoiceRole
from spec.nodes import id_of, name_of

NEAR = Fraction(1, 8)
"""The share of a field's range, and of 1, in which its low end is sampled too: over most of a wide
box bounds are at their caps, where nothing moves them."""


ROUGHLY = 1e-12


@attrs.frozen
class Order:
    """Which way is worse.

    ``worse`` has +1 or -1 for each field in the cone, the fields that the claim depends on;
    ``tops`` says of each choice whether its upper end is the greatest choice; ``box`` is where the
    order was proved, over the ``fields``: where it reaches the top of one, it has no upper end.
    States are compared only where the fields in ``same`` are equal, which nothing but they
    themselves move.
    """

    worse: dict[int, int]
    tops: tuple[bool, ...]
    box: Box
    fields: tuple[FieldDomain, ...]
    same: tuple[int, ...] = ()

    def below(self, first: Sequence[z3.ExprRef], second: Sequence[z3.ExprRef]) -> list[z3.BoolRef]:
        """That the first state is nowhere worse than the second."""
        equal = [first[i] == second[i] for i in self.same]
        return equal + [
            first[i] <= second[i] if sign > 0 else first[i] >= second[i]
            for i, sign in self.worse.items()
        ]

    def within(self, state: Sequence[z3.ExprRef]) -> list[z3.BoolRef]:
        """That a state lies in the box."""
        return within_box(self.fields, state, self.box)


def order_of(
    problem: Problem,
    budget: QueryBudget,
    constants_first: int = 0,
    claimed: Sequence[Clause] | None = None,
    same: tuple[int, ...] = (),
) -> Order | None:
    """A guessed order for a problem composed to one step; None if there seems to be none.

    So many of the step's first choices are made once and for all, as parameters are: none of their
    values needs to be the worst, and the order has no entry for them. With ``claimed``, only these
    clauses of the claim say which way is worse. States are compared where they are the same in some
    fields (``clocks``).
    """
    box, fields = region_of(problem), len(problem.agent.fields)
    turn = turn_of(problem, same) or NONE_TURNS
    signs = reduce(either, (_signs(problem, pinned(box, values)) for values in turn.numbers))
    signs = np.delete(signs, slice(fields, fields + constants_first), axis=1)
    claimed = problem.claimed(problem.agent) if claimed is None else claimed
    return _order(problem, budget, (box, signs), claimed, same)


def order_at_a_time(problem: Problem, budget: QueryBudget) -> Order | None:
    """A guessed order of all states, or else of those that may be had at the same iteration."""
    orders = (order_of(problem, budget, same=same) for same in ((), *clocks(problem)))
    return next((order for order in orders if order is not None), None)


def _order(
    problem: Problem,
    budget: QueryBudget,
    sampled: tuple[Box, Array],
    claimed: Sequence[Clause],
    same: tuple[int, ...],
) -> Order | None:
    """A guessed order of states that are the same in some fields."""
    agent, (box, signs) = problem.agent, sampled
    todo = _breaking(problem, budget, claimed, same)
    if todo is None or (same and not todo):  # the claim is about nothing else
        return None
    worse: dict[int, int] = {}
    while todo:
        index, sign = todo.pop()
        if worse.setdefault(index, sign) != sign:
            return None
        for source in range(len(agent.fields)):
            if source in same:
                continue
            if signs[index, source] == MIXED:
                return None
            if signs[index, source] and worse.get(source) != sign * signs[index, source]:
                todo.append((source, int(sign * signs[index, source])))
    tops = _greatest_choice(signs[:, len(agent.fields) :], worse)
    return None if tops is None else Order(worse, tops, box, agent.fields, same)


def _breaking(
    problem: Problem, budget: QueryBudget, claimed: Sequence[Clause], same: tuple[int, ...]
) -> list[tuple[int, int]] | None:
    """The fields that clauses read, but for some, and which way each breaks them; None where one
    may break them either way."""
    found: list[tuple[int, int]] = []
    for clause in claimed:
        read = constants(clause.condition)
        for index, symbol in enumerate(problem.agent.symbols):
            if index not in same and name_of(symbol) in read:
                sign = breaking(clause.condition, symbol, budget)
                if sign is None:
                    return None
                found.append((index, sign))
    return found


def _signs(problem: Problem, box: Box) -> Array:
    """Which way each output moves with each field and choice, as far as samples tell.

    A student that nobody oversees may do better than one that is overseen, by chance, so its fields
    seem to move either way with whatever oversight hangs on. The worst student does not: signs are
    those of a student that is overseen and those of oversight itself, whose failure is the worst.
    """
    overseen, failing, strays = _parts_of_oversight(problem)
    near = tuple((low, low + min(Fraction(1), high - low) * NEAR) for low, high in box)
    signs = sampled_signs(overseen, box, near)
    if not strays:
        return signs
    by_failure, fields = sampled_signs(failing, box, near), len(box)
    for output, choice in strays:
        signs[output] = either(signs[output], by_failure[output])
        signs[output, fields + choice] = 1
    return signs


def _parts_of_oversight(problem: Problem) -> tuple[Problem, Problem, list[tuple[int, int]]]:
    """The problem as if every student were overseen; the same with 1 where oversight fails, 0 where
    it holds, in place of each field that is arbitrary then; and which choice it is then, as pairs
    of an output and a choice by number."""
    (step,) = problem.steps
    numbers = {
        id_of(choice.symbol): number
        for number, choice in enumerate(step.stage.choices)
        if choice.role is ChoiceRole.UNOVERSEEN
    }
    outputs, fails, strays = list(step.stage.outputs), list(step.stage.outputs), []
    for index, term in enumerate(outputs):
        if z3.is_app_of(term, z3.Z3_OP_ITE) and id_of(term.children()[2]) in numbers:
            condition, student, stray = term.children()
            outputs[index] = student
            fails[index] = z3.If(condition, z3.RealVal(0), z3.RealVal(1))
            strays.append((index, numbers[id_of(stray)]))

    def making(terms: list[z3.ExprRef]) -> Problem:
        stage = attrs.evolve(step.stage, outputs=tuple(terms))
        return attrs.evolve(problem, steps=(attrs.evolve(step, stage=stage),))

    return making(outputs), making(fails), strays


def breaking(clause: z3.BoolRef, symbol: z3.ExprRef, budget: QueryBudget) -> int | None:
    """+1 if raising the field can only break the clause, -1 if lowering it can, None if both."""
    if z3.is_bool(symbol):  # a flag has no more and less
        return None
    other = z3.FreshConst(symbol.sort(), "other")
    moved = z3.substitute(clause, (symbol, other))
    if follows([clause, other <= symbol], moved, budget).valid:
        return 1
    return -1 if follows([clause, other >= symbol], moved, budget).valid else None


def _greatest_choice(signs: Array, worse: dict[int, int]) -> tuple[bool, ...] | None:
    tops = []
    for column in range(signs.shape[1]):
        wanted = {int(signs[i, column]) * sign for i, sign in worse.items()} - {0}
        if any(signs[i, column] == MIXED for i in worse) or len(wanted) > 1:
            return None
        tops.append(wanted == {1})
    return tuple(tops)


def greatest(problem: Problem, order: Order, state: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
    """The step's outputs at a state under the greatest choice."""
    (step,) = problem.steps
    here = zip(step.source.symbols, state, strict=True)
    pairs = with_choices(here, step.stage.choices, order.tops)
    return [z3.substitute(output, *pairs) for output in step.stage.outputs]


def worst_seed(problem: Problem, order: Order, budget: QueryBudget) -> Problem | None:
    """The problem from the worst of its seeds; None where no corner of nature's choices in the seed
    is proved to be the worst of all."""
    if not problem.seed_choices:
        return problem
    corner = seemingly_worst(problem, order)
    if corner is None:
        return None
    start = begun(problem, corner)
    inside = met(entry(problem, problem.domain(problem.agent)), budget)
    return start if inside and is_worst_seed(problem, start.seed, order, budget) else None


def is_worst_seed(
    problem: Problem,
    seed: Sequence[z3.ExprRef],
    order: Order,
    budget: QueryBudget,
    given: Sequence[z3.BoolRef] = (),
) -> bool:
    """Whether no seed of the set is anywhere worse than a state. ``given`` bounds whatever
    parameter is still a symbol."""
    known = [*given, *problem.seed_given]
    below = order.below(problem.seed, seed)
    return all(follows(known, condition, budget).valid for condition in below)


def seemingly_worst(problem: Problem, order: Order) -> Point | None:
    """The corner of the seed's choices that is nowhere better than another, in floats, if one
    is."""
    several = list(corners(problem))
    states = seeds_in_floats(problem, several)
    signed = np.stack([sign * states[:, i] for i, sign in order.worse.items()], axis=1)
    best = np.flatnonzero((signed >= signed.max(axis=0) - ROUGHLY).all(axis=1))
    return several[best[0]] if len(best) else None


def is_monotone(
    problem: Problem,
    order: Order,
    budget: QueryBudget,
    given: Sequence[z3.BoolRef] = (),
    *,
    leaving: bool = False,
) -> bool:
    """Prove that a worse state under the greatest choice stays worse than any other successor.

    The box must hold every safe state, and no safe state may be led out of a field's domain. One
    query an output: s below s', both in the box, any choice x at s; then F(s, x) is below
    F(s', greatest). ``given`` bounds whatever parameter is still a symbol. With ``leaving``, it is
    asked elsewhere which states may be led out of a field's domain.
    """
    (step,) = problem.steps
    symbols = step.source.symbols
    worse = [z3.Const(f"{symbol} (worse)", symbol.sort()) for symbol in symbols]
    after = greatest(problem, order, worse)
    hypotheses = [
        *given,
        *order.within(symbols),
        *order.within(worse),
        *order.below(symbols, worse),
        step.stage.bounds,
    ]
    agent = problem.agent
    safe = [clause.condition for clause in problem.clauses[agent.name]]
    if not all(follows(safe, bound, budget).valid for bound in order.within(symbols)):
        return False  # the box must hold every safe state
    # every field, also those outside the cone: a run that leaves a domain ends there
    for field, output in zip(agent.fields, step.stage.outputs, strict=True):
        if isinstance(output, z3.ArithRef) and not leaving:
            stays = z3.And(*field.conditions(output))
            if not follows([*given, *safe, step.stage.bounds], stays, budget).valid:
                return False
    compared = order.below(step.stage.outputs, after)
    return all(follows_anew(hypotheses, conclusion, budget) for conclusion in compared)
