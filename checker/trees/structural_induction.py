"""Deciding claims about folds: induction over the structure of trees, or a smallest tree.

See docs/theory/trees.md. An invariant holds at every node of every finite tree when it holds at a
leaf and, for each number of children, at a node all of whose children satisfy it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.rounding import shorten_down, shorten_up
from checker.backends.solver import QueryBudget
from checker.system.findings import AssumptionFails, Method
from checker.system.gaps import Gap, gaps
from checker.system.obligations import Duty, Label, at, preservation
from checker.system.problem import Clause, bound_on
from checker.system.region import bounds_of
from checker.system.replay import as_fraction
from checker.system.verdict import (
    EnginesDisagree,
    Proof,
    Refutation,
    Stated,
    Unknown,
    Vacuous,
    Verdict,
    undecided,
)
from checker.trees.exact_states import complete
from checker.trees.findings import StatesReached, TreeBreak, TreesUndecided
from checker.trees.finite_trees import (
    Folding,
    Forest,
    Shape,
    State,
    Tree,
    nodes_of,
    pose_fold,
    replay_tree,
)
from checker.trees.shape_search import smaller_break, smallest_break
from spec.statements.claim import Claim

ATTACK = 2_000
SCREENED = 10_000
THOROUGH = 400_000
"""Nodes computed against a proof, before the solver is asked for more, and at most."""
ATTACK_SECONDS = 1.0
"""For the trees that attack a proof: exact numbers may double in length at every level."""
BOUNDS_SECONDS = 5.0
"""For one induction with bounds on the fields."""
SLACKS = (Fraction(0), Fraction(1, 10**6), Fraction(1, 1000), Fraction(1, 100), Fraction(1, 10))
"""How far beyond the states seen a bound is tried, in parts of the field's domain."""


def decide_fold(
    claim: Claim, overriding: Mapping[str, Fraction], query: float, timeout: float
) -> Verdict:
    """The verdict on a claim about a fold.

    Args:
        claim: what is claimed.
        overriding: parameter values that replace the claim's own.
        query: seconds for one solver query.
        timeout: seconds for the claim.

    Raises:
        SpecError: for a mistake in the specification.
        EnginesDisagree: when a proof and a tree contradict each other.
    """
    started = time.perf_counter()
    budget = QueryBudget(query, time.monotonic() + timeout)
    folding = pose_fold(claim, overriding)
    blank = attrs.evolve(
        undecided(claim, {**claim.chosen, **overriding}),
        parameters=folding.traced.values,
    )
    return attrs.evolve(
        _decide(blank, folding, budget),
        queries=budget.queries,
        solving=budget.seconds,
        seconds=time.perf_counter() - started,
    )


def _decide(blank: Verdict, folding: Folding, budget: QueryBudget) -> Verdict:
    fails = _failing_assumption(folding)
    if fails is not None:
        return attrs.evolve(blank, result=Vacuous(fails))
    gaps = list(prove(folding, (), budget))
    if not gaps:
        return _proved(blank, folding, (), Method.TREE_INDUCTION)
    forest = Forest(folding)
    forest.grow(SCREENED, budget.deadline)
    if (folding.finite or forest.saturated) and complete(forest, budget):
        return _by_states(blank, forest)
    if forest.bad is not None:
        return _refuted(blank, *smaller_break(folding, forest.bad, budget))
    smallest, clear = smallest_break(folding, None, budget)
    if smallest is not None:
        return _refuted(blank, smallest, clear)
    bounds = _inductive_bounds(folding, list(forest.trees), budget)
    if bounds is not None:
        return _proved(blank, folding, bounds, Method.TREE_INDUCTION_WITH_BOUNDS)
    forest.grow(THOROUGH, budget.deadline)
    if forest.bad is not None:
        return _refuted(blank, *smaller_break(folding, forest.bad, budget))
    reason = TreesUndecided(clear, forest.cleared, gaps[0].blocked)
    return attrs.evolve(blank, result=Unknown(Method.TREE_SEARCH, reason))


def _failing_assumption(folding: Folding) -> AssumptionFails | None:
    for name, text, condition in folding.traced.assumptions:
        if not z3.is_true(z3.simplify(condition)):
            return AssumptionFails(name, text)
    return None


def prove(folding: Folding, extra: Sequence[Clause], budget: QueryBudget) -> Iterator[Gap]:
    """The obligations of the induction that are not shown, for the claim and ``extra`` together."""
    held = (*folding.clauses, *extra)
    for shape in folding.shapes:
        due = preservation(shape.step, _of_children(folding, shape, held), held)
        yield from gaps(due, budget)


def _of_children(folding: Folding, shape: Shape, held: Sequence[Clause]) -> list[Clause]:
    fields = len(folding.fields)
    symbols = shape.step.source.symbols
    return [
        clause
        for start in range(0, len(symbols), fields)
        for clause in at(folding.agent.symbols, symbols[start : start + fields], held)
    ]


def _proved(blank: Verdict, folding: Folding, extra: Sequence[Clause], method: Method) -> Verdict:
    """The verdict of a proof that small trees then attack in vain."""
    forest = Forest(folding)
    forest.grow(ATTACK, time.monotonic() + ATTACK_SECONDS)
    if forest.bad is not None:
        raise EnginesDisagree(
            f"{blank.claim}: proved by {method.value}, yet a tree of {forest.bad.size} nodes "
            f"breaks {forest.bad.broken}; please report this"
        )
    discharged = tuple(
        Label(Duty.PRESERVATION, shape.step.name, number)
        for number, shape in enumerate(folding.shapes, start=1)
    )
    certificate = Stated(bounds={"node": bounds_of(extra)}, discharged=discharged)
    return attrs.evolve(blank, result=Proof(method, certificate))


def _refuted(blank: Verdict, tree: Tree, clear: int) -> Verdict:
    """The verdict of a tree, after its replay; every tree of up to ``clear`` nodes is clear."""
    again = replay_tree(tree)
    if again is None or again.state != tree.state or again.broken is None:
        raise EnginesDisagree(f"{blank.claim}: a tree breaks it, but not when it is replayed")
    found = TreeBreak(again.broken, nodes_of(again), clear)
    return attrs.evolve(blank, result=Refutation(Method.SMALLEST_TREE), facts=(found,))


def _by_states(blank: Verdict, forest: Forest) -> Verdict:
    """The verdict of a complete forest."""
    if forest.bad is not None:
        return _refuted(blank, forest.bad, forest.bad.size - 1)
    verdict = _proved(blank, forest.folding, (), Method.TREE_STATES)
    states = tuple(tuple(map(as_fraction, state)) for state in forest.trees)
    return attrs.evolve(verdict, facts=(StatesReached(states),))


def _inductive_bounds(
    folding: Folding, states: Sequence[State], budget: QueryBudget
) -> Sequence[Clause] | None:
    """Bounds on the fields that are inductive together with the claim, if some are found.

    They begin at the states seen, with some slack; those that a step breaks are given up.
    """
    for slack in SLACKS if states else ():
        bounds = _bounds_around(folding, states, slack)
        while bounds:
            part = budget.within(BOUNDS_SECONDS)
            failing = {gap.clause.bound for gap in prove(folding, bounds, part)}
            if not failing:
                return bounds
            kept = [clause for clause in bounds if clause.bound not in failing]
            if len(kept) == len(bounds) or budget.exhausted:
                break
            bounds = kept
    return None


def _bounds_around(folding: Folding, states: Sequence[State], slack: Fraction) -> list[Clause]:
    """Bounds around the states seen, where they say more than the fields' domains.

    Numbers that have grown long, as by squaring, are rounded outward.
    """
    bounds: list[Clause] = []
    for index, (field, symbol) in enumerate(
        zip(folding.fields, folding.agent.symbols, strict=True)
    ):
        seen = [state[index] for state in states]  # made a Fraction, a long one is reduced anew
        least, most = as_fraction(min(seen)), as_fraction(max(seen))
        room = slack * (field.high - field.low)
        low, high = shorten_down(least - room), shorten_up(most + room)
        if low > field.low:
            bounds.append(bound_on(field.name, symbol, ">=", low))
        if not field.reaches_top(high):
            bounds.append(bound_on(field.name, symbol, "<=", high))
    return bounds
