"""Exact thresholds of monotone loops: one existential condition on the parameter.

Theorem (docs/theory.md, theorem 4). Let one iteration have, at every value p of the parameter, a
greatest choice of nature; let G_p be the worst case, and I the claim, over a box that holds every
state that meets it. If G_p is monotone in the state, the seed is no worse than its worst successor,
I is closed, and G_p is continuous from below, then the claim holds forever at p exactly where some
c in I has seed_p <= c and G_p(c) <= c. If besides G_p and the seed are monotone in p, the values at
which it holds are one interval that begins at an end of the domain.

Its other end is found by halving, named by lattice reduction, and the name is proved by queries:
such a c exists at it (or at all values before it) and at no value beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal

import attrs
import z3

from checker.backends.algebraic import Algebraic, names
from checker.backends.solver import QueryBudget, constants, follows, satisfy
from checker.invariants.monotone import Order, greatest, is_monotone, order_of
from checker.system.obligations import preservation
from checker.system.parametric import ParametricProblem
from checker.system.problem import Problem
from spec.nature import Choice
from spec.terms import numeral
from spec.trace import side_conditions, topological

DIGITS = (15, 24, 48, 96)
"""Decimal digits of the bracket at which a name is looked for."""

Kind = Literal["all", "none", "edge"]


class NotExact(Exception):
    """A side condition of the theorem that could not be proved."""


@attrs.frozen
class Edge:
    """How far from the safe end of a parameter's domain something holds.

    It holds at ``holds_at`` and all values on the safe side, and fails at ``fails_at`` and all
    values beyond; ``number`` is the exact end, if it was named and proved, and ``included`` says
    whether it holds there too.
    """

    kind: Kind
    holds_at: Fraction | None = None
    fails_at: Fraction | None = None
    number: Algebraic | None = None
    included: bool | None = None


@attrs.frozen
class Exact:
    """An exact threshold. ``rising`` says that greater values are worse.

    ``bounded_away`` is the same question for staying away from the claim's own limits by some
    margin, however small.
    """

    rising: bool
    edge: Edge
    bounded_away: Edge


@attrs.frozen
class Worst:
    """A parametric problem whose worst case is one run, proved so, and the conditions of the theorem."""

    problem: Problem
    order: Order
    symbol: z3.ArithRef
    bounds: tuple[Fraction, Fraction]
    rising: bool
    budget: QueryBudget

    @property
    def given(self) -> list[z3.BoolRef]:
        """That the parameter is in its domain."""
        low, high = self.bounds
        return [numeral(low) <= self.symbol, self.symbol <= numeral(high)]

    def settled(self, claim: Sequence[z3.BoolRef]) -> list[z3.BoolRef]:
        """That the agent's symbols are a point of the claim which no worst step worsens."""
        (step,) = self.problem.steps
        here = step.source.symbols
        return [
            *self.order.within(here),
            *claim,
            *self.order.below(self.problem.seed, here),
            *self.order.below(greatest(self.problem, self.order, here), here),
        ]

    def exists(self, claim: Sequence[z3.BoolRef], at: Sequence[z3.BoolRef]) -> bool:
        """Whether there is such a point where the parameter meets ``at``.

        Raises:
            NotExact: when the solver does not say.
        """
        outcome = satisfy([*at, *self.settled(claim)], self.budget)
        if outcome.answer == "undecided":
            raise NotExact("the solver gave no answer on a worst case that settles")
        return outcome.answer == "fails"


def exact_threshold(parametric: ParametricProblem, seconds: float = 5.0) -> Exact:
    """The exact threshold of a parametric problem with one free parameter.

    Raises:
        NotExact: naming the side condition that could not be proved.
    """
    worst = worst_case(parametric, QueryBudget(seconds))
    claim = [clause.condition for clause in worst.problem.claimed(worst.problem.agent)]
    closed = [_closure(condition, strict=False) for condition in claim]
    inside = [_closure(condition, strict=True) for condition in claim]
    edge = _edge(worst, closed)
    away = _edge(worst, inside)
    if any(not a.eq(b) for a, b in zip(claim, closed, strict=True)):
        edge = _strict(worst, claim, edge, away)
    return Exact(worst.rising, edge, away)


def worst_case(parametric: ParametricProblem, budget: QueryBudget) -> Worst:
    """Prove the side conditions of the theorem.

    Raises:
        NotExact: naming the first that could not be proved.
    """
    composed = parametric.problem.composed()
    (symbol,), ((low, high),) = parametric.symbols, parametric.domain
    domain = Choice("parameter", symbol, numeral(low), numeral(high), "", "")
    guessed = order_of(composed.over([domain]), budget)
    if guessed is None:
        raise NotExact("no order of the fields makes the loop monotone with a greatest choice")
    read = len(guessed.tops) > len(composed.steps[0].stage.choices)
    tops = guessed.tops[1:] if read else guessed.tops
    order = attrs.evolve(guessed, tops=tops)
    worst = Worst(composed, order, symbol, (low, high), True, budget)
    if not is_monotone(composed, order, budget, worst.given):
        raise NotExact("the worst case could not be proved monotone")
    _well_defined(worst)
    for side in side_conditions(composed.seed):
        if not follows(worst.given, side.condition, budget).proved:
            raise NotExact("the seed divides by zero at some values of the parameter")
    if not _assumed(parametric, worst):
        raise NotExact("an assumption fails at some values of the parameter")
    rising = next((d for d in (True, False) if _monotone_in_parameter(worst, d)), None)
    if rising is None:
        raise NotExact("the worst case could not be proved monotone in the parameter")
    (step,) = composed.steps
    after = [
        z3.substitute(term, *zip(step.source.symbols, composed.seed, strict=True))
        for term in greatest(composed, order, step.source.symbols)
    ]
    worsens = z3.And(*order.below(composed.seed, after))
    if not follows(worst.given, worsens, budget).proved:
        raise NotExact("the seed is not always better than its worst successor")
    _continuous(worst)
    return attrs.evolve(worst, rising=rising)


def _well_defined(worst: Worst) -> None:
    problem = worst.problem
    (step,) = problem.steps
    agent = problem.agent
    found = preservation(step, problem.clauses[agent.name], problem.domain(agent), name="iteration")
    for obligation in found:
        for clause in obligation.conclusions:
            known = [*worst.given, *obligation.hypotheses]
            if not follows(known, clause.condition, worst.budget).proved:
                raise NotExact(f"{clause.label} could not be proved at every safe state")


def _assumed(parametric: ParametricProblem, worst: Worst) -> bool:
    return all(
        follows(worst.given, condition, worst.budget).proved
        for _, _, condition in parametric.problem.traced.assumptions
    )


def _monotone_in_parameter(worst: Worst, rising: bool) -> bool:
    problem, order = worst.problem, worst.order
    (step,) = problem.steps
    other = z3.Real(f"{worst.symbol} (worse)")
    swap = (worst.symbol, other)
    apart = worst.symbol <= other if rising else worst.symbol >= other
    known = [*worst.given, *(z3.substitute(c, swap) for c in worst.given), apart]
    here = [*known, *order.within(step.source.symbols)]
    after = greatest(problem, order, step.source.symbols)
    more = [z3.substitute(term, swap) for term in after]
    seeds = order.below(problem.seed, [z3.substitute(term, swap) for term in problem.seed])
    return all(follows(here, c, worst.budget).proved for c in order.below(after, more)) and all(
        follows(known, c, worst.budget).proved for c in seeds
    )


def _continuous(worst: Worst) -> None:
    """Every conditional is continuous, or switches so that a limit from below sees its own branch.

    The second is so if its condition is closed and, once false, stays false as the state worsens
    (or open and, once true, stays true). Those of the claim must be continuous. Raises NotExact
    otherwise.
    """
    problem, order = worst.problem, worst.order
    (step,) = problem.steps
    symbols = step.source.symbols
    terms = greatest(problem, order, symbols)
    worse = [z3.Const(f"{symbol} (worse)", symbol.sort()) for symbol in symbols]
    moved = list(zip(symbols, worse, strict=True))
    here = [*worst.given, *order.within(symbols)]
    later = [*here, *order.within(worse), *order.below(symbols, worse)]
    for node in topological([terms[index] for index in order.worse]):
        if z3.is_app_of(node, z3.Z3_OP_TO_INT) or z3.is_app_of(node, z3.Z3_OP_IDIV):
            raise NotExact("a step rounds to whole numbers")
        if not z3.is_app_of(node, z3.Z3_OP_ITE):
            continue
        condition, first, second = node.children()
        edge = _boundary(condition)
        if edge is not None and follows([*here, edge], first == second, worst.budget).proved:
            continue
        then = z3.substitute(condition, *moved)
        if _is_closed(condition) and follows([*later, then], condition, worst.budget).proved:
            continue
        if _is_open(condition) and follows([*later, condition], then, worst.budget).proved:
            continue
        raise NotExact("a conditional may jump along the worst run")
    claim = [clause.condition for clause in problem.claimed(problem.agent)]
    for node in topological(claim):
        if z3.is_app_of(node, z3.Z3_OP_ITE) and z3.is_arith(node):
            edge = _boundary(node.arg(0))
            same = node.arg(1) == node.arg(2)
            if edge is None or not follows([*here, edge], same, worst.budget).proved:
                raise NotExact("a conditional in the claim jumps, so the claim may not be closed")


def _boundary(condition: z3.BoolRef) -> z3.BoolRef | None:
    """Where a comparison changes its truth."""
    while z3.is_not(condition):
        condition = condition.arg(0)
    if not (
        z3.is_le(condition) or z3.is_ge(condition) or z3.is_lt(condition) or z3.is_gt(condition)
    ):
        return None
    return condition.arg(0) == condition.arg(1)


def _is_closed(condition: z3.BoolRef) -> bool:
    """Whether the condition, of continuous terms, is true on a closed set."""
    if z3.is_and(condition) or z3.is_or(condition):
        return all(_is_closed(part) for part in condition.children())
    if z3.is_not(condition):
        return _is_open(condition.arg(0))
    return bool(
        z3.is_le(condition)
        or z3.is_ge(condition)
        or z3.is_true(condition)
        or z3.is_false(condition)
        or (z3.is_eq(condition) and z3.is_arith(condition.arg(0)))
    )


def _is_open(condition: z3.BoolRef) -> bool:
    if z3.is_and(condition) or z3.is_or(condition):
        return all(_is_open(part) for part in condition.children())
    if z3.is_not(condition):
        return _is_closed(condition.arg(0))
    return bool(
        z3.is_lt(condition)
        or z3.is_gt(condition)
        or z3.is_true(condition)
        or z3.is_false(condition)
    )


def _closure(condition: z3.BoolRef, strict: bool) -> z3.BoolRef:
    """The condition with every comparison non-strict, or every one strict.

    Raises:
        NotExact: for a condition that is not made of comparisons.
    """
    if z3.is_and(condition) or z3.is_or(condition):
        parts = [_closure(part, strict) for part in condition.children()]
        return z3.And(*parts) if z3.is_and(condition) else z3.Or(*parts)
    if z3.is_not(condition):
        inner = condition.arg(0)
        if z3.is_le(inner):
            return _closure(inner.arg(0) > inner.arg(1), strict)
        if z3.is_ge(inner):
            return _closure(inner.arg(0) < inner.arg(1), strict)
    if z3.is_le(condition) or z3.is_lt(condition):
        first, second = condition.children()
        if strict == bool(z3.is_lt(condition)):
            return condition
        return first < second if strict else first <= second
    if z3.is_ge(condition) or z3.is_gt(condition):
        first, second = condition.children()
        if strict == bool(z3.is_gt(condition)):
            return condition
        return first > second if strict else first >= second
    raise NotExact("the claim is not made of inequalities")


def _edge(worst: Worst, claim: Sequence[z3.BoolRef]) -> Edge:
    """How far the worst case settles within a claim."""
    good, bad = worst.bounds if worst.rising else worst.bounds[::-1]

    def settles(value: Fraction) -> bool:
        return worst.exists(claim, [worst.symbol == numeral(value)])

    if not settles(good):
        return Edge("none", fails_at=good)
    if settles(bad):
        return Edge("all", holds_at=bad)
    inside, outside = good, bad
    for digits in DIGITS:
        width = abs(bad - good) / Fraction(10) ** digits
        while abs(outside - inside) > width:
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if settles(middle) else (inside, middle)
        for number in names(min(inside, outside), max(inside, outside)):
            proved = _named(worst, claim, number, settles)
            if proved is not None:
                return attrs.evolve(proved, holds_at=inside, fails_at=outside)
    return Edge("edge", inside, outside)


def _named(
    worst: Worst,
    claim: Sequence[z3.BoolRef],
    number: Algebraic,
    settles: Callable[[Fraction], bool],
) -> Edge | None:
    """The proof that a number is the end: nothing settles beyond it, and all does before it."""
    end = z3.Real("the end")
    beyond = worst.symbol > end if worst.rising else worst.symbol < end
    try:
        if worst.exists(claim, [*number.says(end), *worst.given, beyond]):
            return None
        if worst.exists(claim, number.says(worst.symbol)):
            return Edge("edge", number=number, included=True)
    except NotExact:
        return None
    return (
        Edge("edge", number=number, included=False) if _all_before(worst, claim, number) else None
    )


def _all_before(worst: Worst, claim: Sequence[z3.BoolRef], number: Algebraic) -> bool:
    """Whether the worst case settles at every value before the number.

    Asked with a quantifier: is there a value before it at which no point settles?
    """
    end = z3.Real("the end")
    before = worst.symbol < end if worst.rising else worst.symbol > end
    (step,) = worst.problem.steps
    inner = z3.And(*worst.settled(claim))
    free = [s for s in step.source.symbols if str(s) in constants(inner)]
    nothing = z3.ForAll(free, z3.Not(inner)) if free else z3.Not(inner)
    solver = z3.Then("simplify", "nlqsat").solver()
    solver.set("timeout", worst.budget.milliseconds)
    solver.add(*number.says(end), *worst.given, before, nothing)
    with worst.budget.running():
        return bool(solver.check() == z3.unsat)


def _strict(worst: Worst, claim: Sequence[z3.BoolRef], closed: Edge, away: Edge) -> Edge:
    """The end for a claim with strict comparisons.

    Where nothing settles within the claim's closure the run leaves it. Where the claim itself is
    inductive it holds, though the run may come as near to its limits as it likes.
    """
    if away.kind == "all" or closed.kind == "none":
        return away if away.kind == "all" else closed
    if away.included and away.number == closed.number:
        return away
    good, bad = worst.bounds if worst.rising else worst.bounds[::-1]
    if closed.kind == "all":
        number = Algebraic((-bad.numerator, bad.denominator), bad, bad)
    elif closed.number is not None:
        number = closed.number
    else:
        raise NotExact("the end of the claim's closure could not be named")
    end = z3.Real("the end")
    before = worst.symbol < end if worst.rising else worst.symbol > end
    if not _inductive(worst, claim, [*number.says(end), before]):
        raise NotExact("the claim comes to its limits, and is not inductive by itself")
    included = None
    if _inductive(worst, claim, number.says(worst.symbol)):
        included = True
    elif _breaks_soon(worst, claim, number.says(worst.symbol)):
        included = False
    if closed.kind == "all" and included:
        return Edge("all", holds_at=bad)
    outside = bad if closed.fails_at is None else closed.fails_at
    inside = away.holds_at if closed.kind == "all" else closed.holds_at
    return Edge("edge", good if inside is None else inside, outside, number, included)


def _inductive(worst: Worst, claim: Sequence[z3.BoolRef], at: Sequence[z3.BoolRef]) -> bool:
    """Whether the claim holds the seed and is kept by the worst step, for parameters as given."""
    (step,) = worst.problem.steps
    symbols = step.source.symbols
    known = [*worst.given, *at]
    seed = list(zip(symbols, worst.problem.seed, strict=True))
    after = list(zip(symbols, greatest(worst.problem, worst.order, symbols), strict=True))
    here = [*known, *worst.order.within(symbols), *claim]
    return all(
        follows(known, z3.substitute(part, *seed), worst.budget).proved
        and follows(here, z3.substitute(part, *after), worst.budget).proved
        for part in claim
    )


def _breaks_soon(worst: Worst, claim: Sequence[z3.BoolRef], at: Sequence[z3.BoolRef]) -> bool:
    """Whether the worst run breaks the claim within a few iterations."""
    (step,) = worst.problem.steps
    state: Sequence[z3.ExprRef] = worst.problem.seed
    for _ in range(3):
        pairs = list(zip(step.source.symbols, state, strict=True))
        holds = z3.And(*[z3.substitute(part, *pairs) for part in claim])
        if satisfy([*worst.given, *at, holds], worst.budget).proved:
            return True
        state = greatest(worst.problem, worst.order, state)
    return False
