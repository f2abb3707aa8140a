"""Deciding claims about folds: induction over the structure of trees, or a smallest tree.

See docs/trees.md. An invariant holds at every node of every finite tree when it holds at a leaf
and, for each number of children, at a node all of whose children satisfy it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.evaluator import rational
from checker.backends.solver import Outcome, QueryBudget, follows, satisfy
from checker.system.obligations import at, preservation
from checker.system.problem import Clause
from checker.system.verdict import EnginesDisagree, Proof, Verdict, undecided
from checker.trees.finite_trees import (
    Folding,
    Forest,
    Shape,
    Tree,
    build_node,
    domain_and_claim,
    pose_fold,
    replay_tree,
    tell,
)
from spec.invariants import limits_of
from spec.statements.claim import Claim
from spec.terms import conjunction, numeral

ATTACK = 2_000
SCREENED = 10_000
THOROUGH = 400_000
"""Nodes computed against a proof, before the solver is asked for more, and at most."""
MOST_STATES = 500
"""States of a node of which the exact set is sought."""
CLEAR = "proved: every smaller tree is clear"
MOST_SHAPES = 60
SHAPES_SECONDS = 8.0
MISSING_SECONDS = 20.0
SLACKS = (Fraction(0), Fraction(1, 10**6), Fraction(1, 1000), Fraction(1, 100), Fraction(1, 10))
"""How far beyond the states seen a box is tried, in parts of the field's domain."""


@attrs.frozen
class Gap:
    """An obligation of the induction that is not shown."""

    obligation: str
    clause: str
    outcome: Outcome


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
        invariant=type(claim.invariant).__name__,
        limits=limits_of(claim.invariant),
        parameters=folding.traced.values,
    )
    answer = _answer(blank, folding, budget)
    return attrs.evolve(
        answer,
        queries=budget.queries,
        solving=budget.seconds,
        seconds=time.perf_counter() - started,
    )


def _answer(blank: Verdict, folding: Folding, budget: QueryBudget) -> Verdict:
    failing = [
        text
        for _, text, condition in folding.traced.assumptions
        if not z3.is_true(z3.simplify(condition))
    ]
    if failing:
        reason = f"an assumption fails at these parameters: {failing[0]}"
        return attrs.evolve(blank, verdict="vacuous", method="assumptions", reason=reason)
    gaps = list(prove(folding, (), budget))
    if not gaps:
        return _proved(blank, folding, (), "induction over the structure of trees")
    forest = Forest(folding)
    forest.grow(SCREENED)
    if folding.finite or forest.saturated:
        settled = _settle_by_states(blank, forest, budget)
        if settled is not None:
            return settled
    if forest.bad is not None:
        return _refuted(blank, *_smaller(folding, forest.bad, budget))
    smallest, clear = _search_shapes(folding, MOST_SHAPES, None, budget)
    if smallest is not None:
        return _refuted(blank, smallest, CLEAR)
    box = _box(folding, forest, budget)
    if box is not None:
        return _proved(blank, folding, box, "induction, strengthened by bounds on the fields")
    forest.grow(THOROUGH)
    if forest.bad is not None:
        return _refuted(blank, *_smaller(folding, forest.bad, budget))
    return attrs.evolve(
        blank, method="induction and search", reason=_why_unknown(forest, clear, gaps[0])
    )


def prove(folding: Folding, extra: Sequence[Clause], budget: QueryBudget) -> Iterator[Gap]:
    """The obligations of the induction that are not shown, for the claim and ``extra`` together."""
    held = (*folding.clauses, *extra)
    for shape in folding.shapes:
        for obligation in preservation(
            shape.step, _of_children(folding, shape, held), held, name=shape.step.name
        ):
            for clause in obligation.conclusions:
                outcome = follows(obligation.hypotheses, clause.condition, budget)
                if not outcome.proved:
                    yield Gap(obligation.name, clause.label, outcome)


def _of_children(folding: Folding, shape: Shape, held: Sequence[Clause]) -> list[Clause]:
    fields = len(folding.fields)
    symbols = shape.step.source.symbols
    return [
        clause
        for start in range(0, len(symbols), fields)
        for clause in at(folding.agent.symbols, symbols[start : start + fields], held)
    ]


def _proved(blank: Verdict, folding: Folding, extra: Sequence[Clause], method: str) -> Verdict:
    """The verdict of a proof that small trees then attack in vain."""
    forest = Forest(folding)
    forest.grow(ATTACK)
    if forest.bad is not None:
        raise EnginesDisagree(
            f"{blank.claim}: proved by {method}, yet a tree of {forest.bad.size} nodes breaks "
            f"{forest.bad.broken}; please report this"
        )
    obligations = tuple(
        f"({'i' * min(number, 3)}) {shape.step.name}"
        for number, shape in enumerate(folding.shapes, start=1)
    )
    bounds = {"node": tuple(clause.label for clause in extra)}
    return attrs.evolve(
        blank, verdict="proved", method=method, proof=Proof(0, {}, bounds, obligations)
    )


def _refuted(blank: Verdict, tree: Tree, clear: str) -> Verdict:
    again = replay_tree(tree)
    if again is None or again.state != tree.state or not again.broken:
        raise EnginesDisagree(f"{blank.claim}: a tree breaks it, but not when it is replayed")
    size = "a single leaf" if tree.size == 1 else f"a tree of {tree.size} nodes"
    head = f"{again.broken} breaks at the root of {size} ({clear}; replayed exactly)"
    return attrs.evolve(
        blank, verdict="refuted", method="smallest tree", facts=(head, *tell(again))
    )


def _settle_by_states(blank: Verdict, forest: Forest, budget: QueryBudget) -> Verdict | None:
    """Decide by the exact set of states that nodes reach, a least fixpoint; None if it is large.

    Every state is reached by a tree in hand; in the end the solver shows that there is no other,
    or, for a tree that breaks the claim, that no smaller one does.
    """
    while len(forest.trees) <= MOST_STATES and not budget.exhausted:
        bad = forest.bad
        below = None if bad is None else bad.size
        fresh = _missing(forest, below, budget)
        if isinstance(fresh, Tree) and forest.folding.finite:
            forest.add(fresh)
        elif fresh != "none" or not _well_defined(forest, below, budget):
            return None
        elif bad is not None:
            return _refuted(blank, bad, CLEAR)
        else:
            count = len(forest.trees)
            verdict = _proved(blank, forest.folding, (), "least fixpoint of the states of nodes")
            fact = f"exactly {count} states of a node are reached, by trees of any size"
            return attrs.evolve(verdict, facts=(fact,))
    return None


def _missing(forest: Forest, below: int | None, budget: QueryBudget) -> Tree | str:
    """A tree whose state is not known, or "none" if there is none: an exact answer.

    With ``below``, a smaller tree than that whose state is not known from a tree as small.
    """
    known = list(forest.trees.values())
    for shape in forest.folding.shapes:
        numbers, total, among = _among(forest, shape)
        conditions = [shape.step.stage.bounds, *among]
        if below is not None:
            conditions.append(total < below)
        for tree in known:
            same = _equal(shape.step.stage.outputs, tree)
            as_small = [] if below is None else [total >= tree.size]
            conditions.append(z3.Not(z3.And(*as_small, *same)))
        outcome = satisfy(conditions, budget, MISSING_SECONDS)
        if outcome.answer == "undecided":
            return "undecided"
        if outcome.answer == "fails":
            children = tuple(known[int(outcome.values[str(number)])] for number in numbers)
            chosen = [
                rational(outcome.values.get(str(c.symbol), Fraction(0))) for c in shape.choices
            ]
            built = build_node(shape, children, chosen)
            return built if built is not None else "undecided"
    return "none"


def _among(forest: Forest, shape: Shape) -> tuple[list[z3.ArithRef], z3.ArithRef, list[z3.BoolRef]]:
    """That the children are in known states: their numbers, the tree's size, and the conditions."""
    fields, symbols = len(forest.folding.fields), shape.step.source.symbols
    sizes = [z3.Int(f"size of child {number}") for number in range(shape.arity)]
    numbers = [z3.Int(f"state of child {number}") for number in range(shape.arity)]
    among = [
        z3.Or(
            *(
                z3.And(number == index, size == tree.size, *_equal(own, tree))
                for index, tree in enumerate(forest.trees.values())
            )
        )
        for child, (size, number) in enumerate(zip(sizes, numbers, strict=True))
        for own in [symbols[child * fields : (child + 1) * fields]]
    ]
    return numbers, z3.IntVal(1) + z3.Sum(*sizes) if sizes else z3.IntVal(1), among


def _well_defined(forest: Forest, below: int | None, budget: QueryBudget) -> bool:
    """Whether nodes over known states, smaller than ``below``, divide by no zero and leave nature
    a choice."""
    for shape in forest.folding.shapes:
        _, total, among = _among(forest, shape)
        here = [*among, *([] if below is None else [total < below])]
        clauses = [Clause("known", condition) for condition in here]
        for obligation in preservation(shape.step, clauses, (), name=shape.step.name):
            for clause in obligation.conclusions:
                if not satisfy([*obligation.hypotheses, z3.Not(clause.condition)], budget).proved:
                    return False
    return True


def _equal(terms: Sequence[z3.ExprRef], tree: Tree) -> list[z3.BoolRef]:
    return [
        term == (int(value.p) if value.q == 1 else numeral(Fraction(int(value.p), int(value.q))))
        for term, value in zip(terms, tree.state, strict=True)
    ]


def _smaller(folding: Folding, tree: Tree, budget: QueryBudget) -> tuple[Tree, str]:
    """The smallest tree that breaks the claim, and how far that is known."""
    if not any(shape.choices for shape in folding.shapes):
        return tree, CLEAR
    found, clear = _search_shapes(folding, MOST_SHAPES, tree.size, budget)
    if found is not None:
        return found, CLEAR
    if clear >= tree.size - 1:
        return tree, CLEAR
    return tree, (
        "no smaller tree breaks with nature at the ends of its bounds; every tree of up to "
        f"{clear} nodes is proved clear"
    )


def _search_shapes(
    folding: Folding, most: int, below: int | None, budget: QueryBudget
) -> tuple[Tree | None, int]:
    """A smallest tree that breaks the claim, asked shape by shape; and the size that is clear."""
    part = budget.within(SHAPES_SECONDS)
    size = asked = 0
    try:
        while below is None or size + 1 < below:
            size += 1
            for plan in plans(size, tuple(shape.arity for shape in folding.inner)):
                asked += 1
                if asked > most or part.exhausted:
                    return None, size - 1
                found = _break(folding, plan, part)
                if found is None:
                    continue
                return (found, size - 1) if isinstance(found, Tree) else (None, size - 1)
            if size > most:
                break
        return None, size
    finally:
        budget.count(part)


Plan = tuple[Any, ...]
"""The shape of a tree: the shapes of its children, in order."""


def plans(size: int, arities: tuple[int, ...]) -> Iterator[Plan]:
    """Every shape of so many nodes whose inner nodes have one of these numbers of children."""
    if size == 1:
        yield ()
        return
    for arity in arities:
        yield from _forests(size - 1, arity, arities)


def _forests(total: int, count: int, arities: tuple[int, ...]) -> Iterator[Plan]:
    if count == 0:
        if total == 0:
            yield ()
        return
    for first in range(1, total - count + 2):
        for tree in plans(first, arities):
            for rest in _forests(total - first, count - 1, arities):
                yield (tree, *rest)


def _break(folding: Folding, plan: Plan, budget: QueryBudget) -> Tree | str | None:
    """Choices of nature that break the claim at the root of a shape; None if there are none."""
    conditions: list[z3.BoolRef] = []
    names: dict[str, list[str]] = {}

    def unroll(plan: Plan, path: str) -> list[z3.ExprRef]:
        shape = next(s for s in folding.shapes if s.arity == len(plan))
        stage = shape.step.stage
        inputs = [
            term
            for index, child in enumerate(plan)
            for term in unroll(child, f"{path}{index + 1}.")
        ]
        fresh = [z3.Real(f"{path} {choice.name}") for choice in shape.choices]
        names[path] = [str(symbol) for symbol in fresh]
        pairs = [
            *zip(stage.source.symbols, inputs, strict=True),
            *((c.symbol, symbol) for c, symbol in zip(shape.choices, fresh, strict=True)),
        ]
        conditions.append(_put(stage.bounds, pairs))
        outputs = [_put(term, pairs) for term in stage.outputs]
        safe = domain_and_claim(folding, folding.agent.symbols, outputs)
        sound = conjunction([safe, *(_put(side.condition, pairs) for side in stage.sides)])
        conditions.append(sound if path else z3.Not(sound))
        return outputs

    unroll(plan, "")
    outcome = satisfy(conditions, budget)
    if outcome.proved:
        return None
    if outcome.answer == "undecided":
        return "undecided"

    def rebuild(plan: Plan, path: str) -> Tree | None:
        shape = next(s for s in folding.shapes if s.arity == len(plan))
        children = [rebuild(child, f"{path}{i + 1}.") for i, child in enumerate(plan)]
        whole = tuple(child for child in children if child is not None)
        chosen = [rational(outcome.values.get(name, Fraction(0))) for name in names[path]]
        return build_node(shape, whole, chosen) if len(whole) == len(children) else None

    tree = rebuild(plan, "")
    return tree if tree is not None and tree.broken else "undecided"


def _put(term: Any, pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]) -> Any:
    return z3.substitute(term, *pairs) if pairs else term


def _box(folding: Folding, forest: Forest, budget: QueryBudget) -> tuple[Clause, ...] | None:
    """Bounds on the fields that are inductive together with the claim, if some are found.

    The bounds begin at the states seen, with some slack; those that a step breaks are given up.
    """
    states = list(forest.trees)
    for slack in SLACKS if states else ():
        bounds: list[Clause] = []
        for index, (field, symbol) in enumerate(
            zip(folding.fields, folding.agent.symbols, strict=True)
        ):
            seen = [Fraction(int(s[index].p), int(s[index].q)) for s in states]
            room = slack * (field.high - field.low)
            low, high = min(seen) - room, max(seen) + room
            if low > field.low:
                bounds.append(Clause(f"{field.name} >= {low}", symbol >= numeral(low)))
            if high < field.high:
                bounds.append(Clause(f"{field.name} <= {high}", symbol <= numeral(high)))
        while bounds:
            failing = {gap.clause for gap in prove(folding, bounds, budget.within(5.0))}
            if not failing:
                return tuple(bounds)
            kept = [bound for bound in bounds if bound.label not in failing]
            if len(kept) == len(bounds) or budget.exhausted:
                break
            bounds = kept
    return None


def _why_unknown(forest: Forest, clear: int, gap: Gap) -> str:
    values = ", ".join(f"{k} = {v}" for k, v in sorted(gap.outcome.values.items()))
    how = "fails" if gap.outcome.answer == "fails" else "is undecided"
    return (
        f"every tree of up to {clear} nodes is clear, and every tree of up to {forest.cleared} "
        "nodes with nature at the ends of its bounds; the induction is blocked: "
        f"{gap.obligation}, {gap.clause} {how}" + (f" at {values}" if values else "")
    )
