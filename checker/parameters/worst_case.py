"""The worst case of a monotone loop with one free parameter, and the conditions it must meet.

Theorem (docs/theory/theorems.md, theorem 3; regions.md, "Thresholds with several ends"). Let one
iteration have, at every value p of the parameter, a greatest choice of nature; let G_p be the worst
case, and I the claim, over a box that holds every state that meets it. If G_p is monotone in the
state, the seed is no worse than its worst successor or no better, I is closed, and G_p is
continuous from below, then the claim holds forever at p exactly where some c in I has seed_p <= c
and G_p(c) <= c.

Where states are compared only if some fields are the same in both, which turn by themselves, the
same is asked of a whole turn of theirs, and of all that it passes (theorem 3, "Turns").
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, follows, satisfy
from checker.invariants.monotone import Order, breaking, greatest, is_monotone, order_of
from checker.invariants.turns import NONE_TURNS, Turn, clocks, turn_of
from checker.parameters.at_values import AtValues
from checker.parameters.comparisons import (
    boundary,
    is_closed,
    is_open,
    with_limits,
    without_conditionals,
    without_divisions,
)
from checker.parameters.kept_bounds import narrowed
from checker.parameters.obstacles import NotExact, NotShownEverywhere, Obstacle, require
from checker.system.obligations import Duty, at, preservation
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Clause, Problem
from checker.system.region import Box
from spec.nodes import topological
from spec.terms import numeral

SOON = 1.0
"""Seconds for a query that may be answered at once in one of several ways."""
FIRST = 3
"""States of the worst run that are passed by until it is known which way it goes."""


@attrs.frozen
class WorstCase:
    """A loop whose worst case is one run, proved so at every value of its parameter.

    Args:
        problem: the loop by whole iterations, with the parameter as a symbol.
        order: which way is worse for each field, and nature's greatest choice.
        symbol: the parameter.
        bounds: the parameter's domain.
        rising: whether greater values of the parameter are worse.
        directed: whether that is proved; else ``rising`` says nothing yet.
        budget: limits on the queries.
        claimed: the part of the claim that is asked about.
        meant: the values of the parameter at which the claim means something.
        first: states of the worst run before it is known which way it goes.
        turn: of the fields that states have in common, when the worst run is compared with itself.
    """

    problem: Problem
    order: Order
    symbol: z3.ArithRef
    bounds: tuple[Fraction, Fraction]
    rising: bool
    budget: QueryBudget
    claimed: tuple[Clause, ...]
    directed: bool = True
    meant: tuple[z3.BoolRef, ...] = ()
    first: tuple[tuple[z3.ExprRef, ...], ...] = ()
    turn: Turn = NONE_TURNS

    @property
    def safe_end(self) -> Fraction:
        """The end of the parameter's domain at which the loop is at its best."""
        return self.bounds[0] if self.rising else self.bounds[1]

    @property
    def unsafe_end(self) -> Fraction:
        """The end of the parameter's domain at which the loop is at its worst."""
        return self.bounds[1] if self.rising else self.bounds[0]

    def before(self, end: z3.ArithRef) -> z3.BoolRef:
        """That the parameter is on the safe side of a value."""
        return self.symbol < end if self.rising else self.symbol > end

    def beyond(self, end: z3.ArithRef) -> z3.BoolRef:
        """That the parameter is on the unsafe side of a value."""
        return self.symbol > end if self.rising else self.symbol < end

    @property
    def given(self) -> list[z3.BoolRef]:
        """That the parameter is in its domain, and the claim means something there."""
        low, high = self.bounds
        return [numeral(low) <= self.symbol, self.symbol <= numeral(high), *self.meant]

    @property
    def symbols(self) -> tuple[z3.ExprRef, ...]:
        """The agent's symbols."""
        return self.problem.agent.symbols

    @property
    def state(self) -> tuple[z3.ExprRef, ...]:
        """The agent's symbols where a turn begins."""
        return self.turn.begun(self.symbols)

    def step(self, state: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
        """The worst successor of a state; what is outside the cone stays, as nothing in it depends
        on that."""
        after, cone = greatest(self.problem, self.order, state), {*self.order.worse}
        cone.update(self.order.same)
        kept = [after[i] if i in cone else term for i, term in enumerate(state)]
        return self.turn.told(kept)

    def passed(self, state: Sequence[z3.ExprRef]) -> list[Sequence[z3.ExprRef]]:
        """The states that the worst run passes from one, for as long as a turn takes."""
        found = [state]
        while len(found) < self.turn.length:
            found.append(self.step(found[-1]))
        return found

    def after(self, state: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
        """Where the worst run is, a turn after a state."""
        return self.step(self.passed(state)[-1])

    def put(self, condition: z3.BoolRef, state: Sequence[z3.ExprRef]) -> z3.BoolRef:
        """A condition on the agent, said of another state."""
        return z3.substitute(condition, *zip(self.symbols, state, strict=True))

    @cached_property
    def successor(self) -> list[z3.ExprRef]:
        """Where the worst run is, a turn after the agent's symbols."""
        return self.after(self.state)

    @cached_property
    def lead(self) -> list[Sequence[z3.ExprRef]]:
        """The states of the worst run before its first turn begins, and that in which it begins."""
        found: list[Sequence[z3.ExprRef]] = [self.problem.seed]
        while len(found) <= self.turn.lead:
            found.append(self.step(found[-1]))
        return found

    @property
    def conditions(self) -> tuple[z3.BoolRef, ...]:
        """The conditions of the claim, over the agent's symbols."""
        return tuple(clause.condition for clause in self.claimed)

    @property
    def start(self) -> tuple[z3.ExprRef, ...]:
        """The first state of the worst run from which it is known which way it goes."""
        return tuple(self.after(self.first[-1]) if self.first else self.lead[-1])

    def settled(self, claim: Sequence[z3.BoolRef]) -> list[z3.BoolRef]:
        """That the agent's symbols are a point of the claim which no worst step worsens, and that
        the run meets the claim until it can be compared with such a point."""
        here, before = self.state, [*self.lead[:-1]]
        before += [state for first in self.first for state in self.passed(first)]
        return [
            *(part for state in self.passed(here) for part in self.order.within(state)),
            *(self.put(part, state) for state in self.passed(here) for part in claim),
            *(self.put(part, state) for state in before for part in claim),
            *self.order.below(self.start, here),
            *self.order.below(self.successor, here),
        ]

    def exists(self, settled: Sequence[z3.BoolRef], at: Sequence[z3.BoolRef]) -> bool:
        """Whether there is such a point, as ``settled`` says it, where the parameter meets ``at``.

        Raises:
            NotExact: when the solver does not say.
        """
        outcome = satisfy([*at, *settled], self.budget)
        if outcome.undecided:
            raise NotExact(Obstacle.NO_ANSWER)
        return outcome.sat

    def exists_all_over(self, settled: Sequence[z3.BoolRef], where: Sequence[z3.BoolRef]) -> bool:
        """Whether there is such a point at every value of the parameter that meets ``where``, as
        far as the solver says."""
        return met_all_over(self.state, z3.And(*settled), where, self.budget)

    def follows(self, hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> bool:
        """Whether the hypotheses imply the conclusion, as far as the solver says."""
        return follows(hypotheses, conclusion, self.budget).valid


def met_all_over(
    state: Sequence[z3.ExprRef],
    condition: z3.BoolRef,
    where: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> bool:
    """Whether some state meets a condition at every value of the parameter that meets ``where``, as
    far as the solver says.

    Asked with a quantifier: is there a value at which no state does? The procedure that eliminates
    it wants polynomials, so quotients and conditional numbers are numbers of their own.
    """
    plain, branches = without_conditionals(condition)
    inner, quotients = without_divisions(plain)
    free = [s for s in (*state, *branches, *quotients) if str(s) in constants(inner)]
    nothing = z3.ForAll(free, z3.Not(inner)) if free else z3.Not(inner)
    solver = z3.Then("simplify", "nlqsat").solver()
    budget.bind(solver)
    solver.add(*where, nothing)
    with budget.running(solver):
        return bool(solver.check() == z3.unsat)


def worst_case(parametric: ParametricProblem, budget: QueryBudget) -> WorstCase:
    """Prove the side conditions of the theorem, and look for a direction of the parameter.

    Raises:
        NotExact: naming the first that could not be proved.
    """
    worst = worst_case_on(parametric, parametric.domain[0], budget)
    everywhere = attrs.evolve(worst, meant=())
    for obstacle, condition in _meaning(parametric):
        require(everywhere.follows(everywhere.given, condition), obstacle)
    return with_direction(everywhere)


def worst_case_on(
    parametric: ParametricProblem,
    span: Interval,
    budget: QueryBudget,
    kept: Box | None = None,
    claimed: Sequence[Clause] | None = None,
    elsewhere: Sequence[Clause] = (),
) -> WorstCase:
    """Prove the side conditions at every value in an interval at which the claim means something;
    of the parameter's direction nothing is asked.

    Args:
        parametric: the claim and its one free parameter.
        span: the values.
        budget: limits on the queries.
        kept: a narrower domain, which no run is thought to leave; that is proved too.
        claimed: the clauses that are asked about; all of the claim for None.
        elsewhere: bounds of the domain that are asked about elsewhere; a step may break them.

    Raises:
        NotExact: naming the first that could not be proved.
    """
    require_one_seed(parametric)
    composed = parametric.problem.composed()
    composed = composed if kept is None else narrowed(composed, kept)
    missing = NotExact(Obstacle.NO_ORDER)
    for same in ((), *clocks(composed)):
        try:
            ordered = _ordered(parametric, span, budget, composed, claimed, same)
            return _side_conditions(ordered, elsewhere)
        except NotExact as reason:
            missing = missing if same else reason
    raise missing


def _side_conditions(worst: WorstCase, elsewhere: Sequence[Clause]) -> WorstCase:
    """The worst case whose side conditions are proved.

    Raises:
        NotExact: naming the first that could not be.
    """
    problem, order = worst.problem, worst.order
    monotone = is_monotone(problem, order, worst.budget, worst.given, leaving=True)
    require(monotone, Obstacle.NOT_MONOTONE)
    worst = _well_defined(worst, elsewhere)
    inside = at(problem.agent.symbols, problem.seed, problem.domain(problem.agent))
    stays = all(worst.follows(worst.given, clause.condition) for clause in inside)
    require(stays, Obstacle.SEED_OUTSIDE)
    turn = turn_of(problem, order.same)
    if turn is None:
        raise NotExact(Obstacle.TURNS_LATE)
    worst = _compared(attrs.evolve(worst, turn=turn))
    _require_continuous_steps(worst)
    _require_closed_claim(worst)
    return worst


def _meaning(parametric: ParametricProblem) -> list[tuple[Obstacle, z3.BoolRef]]:
    """What must hold of a value for the claim to mean something, and what it is if that fails."""
    problem = parametric.problem
    inside = at(problem.agent.symbols, problem.seed, problem.domain(problem.agent))
    return [
        *((Obstacle.SEED_DIVIDES_BY_ZERO, side.condition) for side in problem.seed_sides),
        *((Obstacle.SEED_OUTSIDE, clause.condition) for clause in inside),
        *((Obstacle.ASSUMPTION_FAILS, assumed) for _, _, assumed in problem.traced.assumptions),
    ]


def with_direction(worst: WorstCase) -> WorstCase:
    """The worst case with the parameter's direction, if one can be proved: soon, or else with all
    the time that a query has."""
    soon = attrs.evolve(worst, budget=attrs.evolve(worst.budget, limit_seconds=SOON))
    worse_with_more = (_monotone_in_parameter, _settles_with_less)
    asked = itertools.product((soon, worst), worse_with_more, (True, False))
    rising = next((d for asked_of, way, d in asked if way(asked_of, d)), None)
    return attrs.evolve(worst, rising=rising is not False, directed=rising is not None)


def _compared(worst: WorstCase) -> WorstCase:
    """The worst case from the first of a few states that at every value is no worse than its worst
    successor, or no better.

    Raises:
        NotExact: if there is no such state.
    """
    for _ in range(FIRST + 1):
        after = worst.after(worst.start)
        worsens = z3.And(*worst.order.below(worst.start, after))
        betters = z3.And(*worst.order.below(after, worst.start))
        pair = AtValues(worst.symbol, z3.And(*worst.given), (worsens, betters))
        known = pair.looked_at(*worst.bounds)
        if not pair.neither_somewhere(known):
            always = all(worsens_there for _, (worsens_there, _) in known)
            for way in ([worsens] if always else []) + [z3.Or(worsens, betters)]:
                if worst.follows(worst.given, way):
                    return worst
        worst = attrs.evolve(worst, first=(*worst.first, worst.start))
    raise NotExact(Obstacle.SEED_NOT_BETTER)


def require_one_seed(parametric: ParametricProblem) -> None:
    """Refuse a problem in which nature chooses the first agent.

    Raises:
        NotExact: saying so.
    """
    require(not parametric.problem.seed_choices, Obstacle.SEED_IS_A_SET)


def order_along(
    parametric: ParametricProblem,
    loop: Problem,
    span: Interval,
    claimed: Sequence[Clause],
    budget: QueryBudget,
    same: tuple[int, ...] = (),
) -> Order:
    """A guessed order of a loop of one step, of states that are the same in some fields, at every
    value of the parameter in a span alike.

    Raises:
        NotExact: where none is guessed.
    """
    over = loop.over(parametric.choices((span,)))
    added = len(over.steps[0].stage.choices) - len(loop.steps[0].stage.choices)
    order = order_of(over, budget, added, claimed, same)
    if order is None:
        raise NotExact(Obstacle.NO_ORDER)
    return order


def _ordered(
    parametric: ParametricProblem,
    span: Interval,
    budget: QueryBudget,
    composed: Problem,
    claimed: Sequence[Clause] | None,
    same: tuple[int, ...],
) -> WorstCase:
    """A guessed order of the fields and nature's greatest choice, at every value alike."""
    (symbol,) = parametric.symbols
    asked = composed.claimed(composed.agent) if claimed is None else tuple(claimed)
    order = order_along(parametric, composed, span, asked, budget, same)
    meant = parametric.meaningful
    return WorstCase(
        composed, order, symbol, span, True, budget, asked, directed=False, meant=meant
    )


def _well_defined(worst: WorstCase, elsewhere: Sequence[Clause]) -> WorstCase:
    """The worst case with those bounds of the domain added to the claim that a step from a safe
    state may break, which only worse states break.

    Raises:
        NotExact: where a step from a safe state may break anything else that is not asked
            ``elsewhere``.
    """
    problem, budget = worst.problem, worst.budget
    added = []
    for clause, bound in _may_break(problem, worst.given, budget):
        if bound is not None and bound in elsewhere:
            continue
        if bound is None or not _only_worse_break(worst.order, bound, problem, budget):
            raise NotExact(NotShownEverywhere(clause.label))
        added.append(bound)
    return attrs.evolve(worst, claimed=(*worst.claimed, *added))


def _may_break(
    problem: Problem, given: Sequence[z3.BoolRef], budget: QueryBudget
) -> Iterator[tuple[Clause, Clause | None]]:
    """What a step from a safe state may break, as far as is not proved: a bound of the domain where
    it leads to, and the bound itself; or what it needs to be defined."""
    (step,) = problem.steps
    domain = problem.domain(problem.agent)
    for obligation in preservation(step, problem.clauses[problem.agent.name], domain):
        bounds: Sequence[Clause | None] = domain
        if obligation.label.duty is not Duty.PRESERVATION:
            bounds = [None] * len(obligation.conclusions)
        for clause, bound in zip(obligation.conclusions, bounds, strict=True):
            if not follows([*given, *obligation.hypotheses], clause.condition, budget).valid:
                yield clause, bound


def breakable(
    parametric: ParametricProblem, span: Interval, problem: Problem, budget: QueryBudget
) -> tuple[Clause, ...]:
    """The bounds of a domain that a step from a safe state may break at some value in an
    interval."""
    given = parametric.meant_within((span,))
    found = _may_break(problem, given, budget)
    return tuple(bound for _, bound in found if bound is not None)


def _only_worse_break(order: Order, bound: Clause, problem: Problem, budget: QueryBudget) -> bool:
    """Whether a bound of the domain reads nothing but the cone, and a worse state breaks it."""
    read = constants(bound.condition)
    signs = {
        index: breaking(bound.condition, symbol, budget)
        for index, symbol in enumerate(problem.agent.symbols)
        if str(symbol) in read
    }
    return all(sign is not None and order.worse.get(i) == sign for i, sign in signs.items())


def _monotone_in_parameter(worst: WorstCase, rising: bool) -> bool:
    """Whether greater (or smaller) values of the parameter only worsen the seed and the step."""
    problem, order = worst.problem, worst.order
    other = z3.Real(f"{worst.symbol} (worse)")
    swap = (worst.symbol, other)
    apart = worst.symbol <= other if rising else worst.symbol >= other
    known = [*worst.given, *(z3.substitute(c, swap) for c in worst.given), apart]
    here = [*known, *order.within(worst.symbols)]
    after = greatest(problem, order, worst.symbols)
    more = [z3.substitute(term, swap) for term in after]
    seeds = order.below(problem.seed, [z3.substitute(term, swap) for term in problem.seed])
    return all(worst.follows(here, c) for c in order.below(after, more)) and all(
        worst.follows(known, c) for c in seeds
    )


def _settles_with_less(worst: WorstCase, rising: bool) -> bool:
    """Whether a point of the claim that no worst step worsens is such a point at all smaller (or
    greater) values of the parameter too."""
    other = z3.Real(f"{worst.symbol} (better)")
    swap = (worst.symbol, other)
    apart = other <= worst.symbol if rising else other >= worst.symbol
    settled = worst.settled([with_limits(condition) for condition in worst.conditions])
    known = [*worst.given, *(z3.substitute(c, swap) for c in worst.given), apart, *settled]
    return all(worst.follows(known, z3.substitute(c, swap)) for c in settled)


def _require_continuous_steps(worst: WorstCase) -> None:
    """Every conditional is continuous, or switches so that a limit from below sees its own branch.

    The second is so if its condition is closed and, once false, stays false as the state worsens
    (or open and, once true, stays true).

    Raises:
        NotExact: otherwise.
    """
    terms = greatest(worst.problem, worst.order, worst.symbols)
    for node in topological([terms[index] for index in worst.order.worse]):
        if z3.is_app_of(node, z3.Z3_OP_TO_INT) or z3.is_app_of(node, z3.Z3_OP_IDIV):
            raise NotExact(Obstacle.ROUNDS)
        if z3.is_app_of(node, z3.Z3_OP_ITE):
            continuous = _branches_meet(worst, node) or _switches_one_way(worst, node.arg(0))
            require(continuous, Obstacle.STEP_JUMPS)


def _branches_meet(worst: WorstCase, conditional: z3.ExprRef) -> bool:
    """Whether both branches of a conditional are equal where its condition changes.

    A comparison of two numbers changes nowhere.
    """
    condition, first, second = conditional.children()
    edge = boundary(condition)
    if edge is None:
        return False
    here = [*worst.given, *worst.order.within(worst.symbols)]
    return not constants(edge) or worst.follows([*here, edge], first == second)


def _switches_one_way(worst: WorstCase, condition: z3.BoolRef) -> bool:
    """Whether a condition is closed and stays false once it is, as the state worsens, or is open
    and stays true once it is."""
    order, symbols = worst.order, worst.symbols
    worse = [z3.Const(f"{symbol} (worse)", symbol.sort()) for symbol in symbols]
    then = z3.substitute(condition, *zip(symbols, worse, strict=True))
    here = [*worst.given, *order.within(symbols)]
    later = [*here, *order.within(worse), *order.below(symbols, worse)]
    if is_closed(condition) and worst.follows([*later, then], condition):
        return True
    return is_open(condition) and worst.follows([*later, condition], then)


def _require_closed_claim(worst: WorstCase) -> None:
    """The conditionals of the claim must be continuous, or it may not be closed."""
    for node in topological(worst.conditions):
        if z3.is_app_of(node, z3.Z3_OP_ITE) and z3.is_arith(node):
            require(_branches_meet(worst, node), Obstacle.CLAIM_JUMPS)
