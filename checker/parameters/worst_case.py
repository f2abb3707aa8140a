"""The worst case of a monotone loop with one free parameter, and the conditions it must meet.

Theorem (docs/theory/theorems.md, theorem 3). Let one iteration have, at every value p of the
parameter, a greatest choice of nature; let G_p be the worst case, and I the claim, over a box that
holds every state that meets it. If G_p is monotone in the state, the seed is no worse than its
worst successor, I is closed, and G_p is continuous from below, then the claim holds forever at p
exactly where some c in I has seed_p <= c and G_p(c) <= c.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, follows, satisfy
from checker.invariants.monotone import Order, greatest, is_monotone, order_of
from checker.parameters.comparisons import boundary, is_closed, is_open, with_limits
from checker.parameters.obstacles import NotExact, NotShownEverywhere, Obstacle
from checker.system.obligations import at, preservation
from checker.system.parametric import ParametricProblem
from checker.system.problem import Problem
from spec.nature import Choice
from spec.terms import numeral
from spec.trace import topological


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
    """

    problem: Problem
    order: Order
    symbol: z3.ArithRef
    bounds: tuple[Fraction, Fraction]
    rising: bool
    budget: QueryBudget
    directed: bool = True

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
        """That the parameter is in its domain."""
        low, high = self.bounds
        return [numeral(low) <= self.symbol, self.symbol <= numeral(high)]

    @property
    def state(self) -> tuple[z3.ExprRef, ...]:
        """The agent's symbols."""
        (step,) = self.problem.steps
        return step.source.symbols

    def after(self, state: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
        """The worst successor of a state."""
        return greatest(self.problem, self.order, state)

    @cached_property
    def successor(self) -> list[z3.ExprRef]:
        """The worst successor of the agent's symbols."""
        return self.after(self.state)

    def settled(self, claim: Sequence[z3.BoolRef]) -> list[z3.BoolRef]:
        """That the agent's symbols are a point of the claim which no worst step worsens."""
        here = self.state
        return [
            *self.order.within(here),
            *claim,
            *self.order.below(self.problem.seed, here),
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

    def follows(self, hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> bool:
        """Whether the hypotheses imply the conclusion, as far as the solver says."""
        return follows(hypotheses, conclusion, self.budget).valid


def worst_case(parametric: ParametricProblem, budget: QueryBudget) -> WorstCase:
    """Prove the side conditions of the theorem.

    Raises:
        NotExact: naming the first that could not be proved.
    """
    _require(not parametric.problem.seed_choices, Obstacle.SEED_IS_A_SET)
    worst = _ordered(parametric, budget)
    problem, order = worst.problem, worst.order
    _require(is_monotone(problem, order, budget, worst.given), Obstacle.NOT_MONOTONE)
    _require_well_defined(worst)
    defined = all(worst.follows(worst.given, side.condition) for side in problem.seed_sides)
    _require(defined, Obstacle.SEED_DIVIDES_BY_ZERO)
    inside = at(problem.agent.symbols, problem.seed, problem.domain(problem.agent))
    stays = all(worst.follows(worst.given, clause.condition) for clause in inside)
    _require(stays, Obstacle.SEED_OUTSIDE)
    assumed = all(
        worst.follows(worst.given, condition)
        for _, _, condition in parametric.problem.traced.assumptions
    )
    _require(assumed, Obstacle.ASSUMPTION_FAILS)
    worse_with_more = (_monotone_in_parameter, _settles_with_less)
    tried = ((way, d) for way in worse_with_more for d in (True, False))
    rising = next((d for way, d in tried if way(worst, d)), None)
    at_seed = list(zip(worst.state, problem.seed, strict=True))
    after = [z3.substitute(term, *at_seed) for term in worst.successor]
    worsens = z3.And(*order.below(problem.seed, after))
    _require(worst.follows(worst.given, worsens), Obstacle.SEED_NOT_BETTER)
    _require_continuous_steps(worst)
    _require_closed_claim(worst)
    return attrs.evolve(worst, rising=rising is not False, directed=rising is not None)


def _require(proved: bool, otherwise: Obstacle) -> None:
    if not proved:
        raise NotExact(otherwise)


def _ordered(parametric: ParametricProblem, budget: QueryBudget) -> WorstCase:
    """A guessed order of the fields and nature's greatest choice, at every value alike."""
    composed = parametric.problem.composed()
    (symbol,), ((low, high),) = parametric.symbols, parametric.domain
    domain = Choice("parameter", symbol, numeral(low), numeral(high), "", "")
    over = composed.over([domain])
    added = len(over.steps[0].stage.choices) - len(composed.steps[0].stage.choices)
    order = order_of(over, budget, added)
    if order is None:
        raise NotExact(Obstacle.NO_ORDER)
    return WorstCase(composed, order, symbol, (low, high), True, budget)


def _require_well_defined(worst: WorstCase) -> None:
    problem = worst.problem
    (step,) = problem.steps
    agent = problem.agent
    for obligation in preservation(step, problem.clauses[agent.name], problem.domain(agent)):
        for clause in obligation.conclusions:
            if not worst.follows([*worst.given, *obligation.hypotheses], clause.condition):
                raise NotExact(NotShownEverywhere(clause.label))


def _monotone_in_parameter(worst: WorstCase, rising: bool) -> bool:
    """Whether greater (or smaller) values of the parameter only worsen the seed and the step."""
    problem, order = worst.problem, worst.order
    other = z3.Real(f"{worst.symbol} (worse)")
    swap = (worst.symbol, other)
    apart = worst.symbol <= other if rising else worst.symbol >= other
    known = [*worst.given, *(z3.substitute(c, swap) for c in worst.given), apart]
    here = [*known, *order.within(worst.state)]
    after = worst.successor
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
    problem = worst.problem
    claim = [clause.condition for clause in problem.claimed(problem.agent)]
    settled = worst.settled([with_limits(condition) for condition in claim])
    known = [*worst.given, *(z3.substitute(c, swap) for c in worst.given), apart, *settled]
    return all(worst.follows(known, z3.substitute(c, swap)) for c in settled)


def _require_continuous_steps(worst: WorstCase) -> None:
    """Every conditional is continuous, or switches so that a limit from below sees its own branch.

    The second is so if its condition is closed and, once false, stays false as the state worsens
    (or open and, once true, stays true).

    Raises:
        NotExact: otherwise.
    """
    terms = worst.successor
    for node in topological([terms[index] for index in worst.order.worse]):
        if z3.is_app_of(node, z3.Z3_OP_TO_INT) or z3.is_app_of(node, z3.Z3_OP_IDIV):
            raise NotExact(Obstacle.ROUNDS)
        if z3.is_app_of(node, z3.Z3_OP_ITE):
            continuous = _branches_meet(worst, node) or _switches_one_way(worst, node.arg(0))
            _require(continuous, Obstacle.STEP_JUMPS)


def _branches_meet(worst: WorstCase, conditional: z3.ExprRef) -> bool:
    """Whether both branches of a conditional are equal where its condition changes.

    A comparison of two numbers changes nowhere.
    """
    condition, first, second = conditional.children()
    edge = boundary(condition)
    if edge is None:
        return False
    here = [*worst.given, *worst.order.within(worst.state)]
    return not constants(edge) or worst.follows([*here, edge], first == second)


def _switches_one_way(worst: WorstCase, condition: z3.BoolRef) -> bool:
    """Whether a condition is closed and stays false once it is, as the state worsens, or is open
    and stays true once it is."""
    order, symbols = worst.order, worst.state
    worse = [z3.Const(f"{symbol} (worse)", symbol.sort()) for symbol in symbols]
    then = z3.substitute(condition, *zip(symbols, worse, strict=True))
    here = [*worst.given, *order.within(symbols)]
    later = [*here, *order.within(worse), *order.below(symbols, worse)]
    if is_closed(condition) and worst.follows([*later, then], condition):
        return True
    return is_open(condition) and worst.follows([*later, condition], then)


def _require_closed_claim(worst: WorstCase) -> None:
    """The conditionals of the claim must be continuous, or it may not be closed."""
    problem = worst.problem
    claim = [clause.condition for clause in problem.claimed(problem.agent)]
    for node in topological(claim):
        if z3.is_app_of(node, z3.Z3_OP_ITE) and z3.is_arith(node):
            _require(_branches_meet(worst, node), Obstacle.CLAIM_JUMPS)
