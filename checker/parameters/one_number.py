"""Loops of one number, in modes: exact conditions on one parameter.

Theorem (docs/theory/regions.md, "One number, in modes"). What is reached in each mode lies between
two ends, which are states of runs or their limits. Where a step makes the least and the greatest of
an interval at its ends, as it does where it rises or falls, these lead to one another, and the
claim holds exactly where there are such ends within it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.invariants.interval_analysis import sampled_signs
from checker.invariants.mode_ends import Edge, Mode, edges_of, is_discrete
from checker.invariants.turns import told
from checker.parameters.comparisons import shortened, with_limits, without_limits
from checker.parameters.continuity import is_continuous
from checker.parameters.obstacles import NotExact, Obstacle, require
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Problem, with_choices
from checker.system.region import pinned, region_of
from spec.nodes import id_of, is_symbol, topological
from spec.terms import numeral

LOW, HIGH = False, True
Ends = tuple[z3.ExprRef, z3.ExprRef]
"""The least and the greatest number of a mode, or what stands for them."""
Sides = tuple[bool, ...]
"""One end of an interval, or both."""


@attrs.frozen
class OneNumber:
    """A loop of one number, in modes.

    Args:
        symbol: the parameter.
        ends: constants for the ends in some modes; those in the others are terms over them.
        settled: that between the ends of each mode lie the seed and all that a step makes of what
            lies between them, and that they meet the claim; with every comparison non-strict.
        inside: what is enough for the claim to hold: the same, or with every comparison of a strict
            claim strict.
    """

    symbol: z3.ArithRef
    ends: tuple[z3.ExprRef, ...]
    settled: z3.BoolRef
    inside: z3.BoolRef


def one_number(parametric: ParametricProblem, span: Interval, budget: QueryBudget) -> OneNumber:
    """The condition that a claim holds, exact at every value in an interval.

    Raises:
        NotExact: where the loop is not shown to be of this kind.
    """
    problem = parametric.problem.composed()
    numbers = [i for i, field in enumerate(problem.agent.fields) if not is_discrete(field)]
    edges = edges_of(problem)
    if len(numbers) != 1 or not z3.is_real(problem.agent.symbols[numbers[0]]) or not edges:
        raise NotExact(Obstacle.NO_ORDER)
    given = parametric.meant_within((span,))
    (step,) = problem.steps
    defined = preservation(step, problem.clauses[problem.agent.name], ())
    require(met(defined, budget, given), Obstacle.NOT_MONOTONE)
    over = problem.over(parametric.choices((span,)))
    loop = _Loop(problem, over, numbers[0], edges, given, budget)
    loop.require_bounded()
    loop.require_between()
    return loop.condition(parametric.symbols[0])


@attrs.frozen(slots=False)
class _Loop:
    """A loop whose agent has one number, at ``index``; the other fields make its mode."""

    problem: Problem
    over: Problem
    index: int
    edges: Sequence[Edge]
    given: Sequence[z3.BoolRef]
    budget: QueryBudget

    @property
    def number(self) -> z3.ExprRef:
        """The symbol of the number."""
        return self.problem.agent.symbols[self.index]

    @cached_property
    def modes(self) -> list[Mode]:
        """Those that are reached, the seed's first."""
        return list(dict.fromkeys(edge.source for edge in self.edges))

    def in_mode(self, mode: Mode, term: z3.ExprRef, number: z3.ExprRef) -> z3.ExprRef:
        """A term over the agent, in a mode, said of a number."""
        return told(z3.substitute(term, *self._agent(mode, number)))

    def _agent(self, mode: Mode, number: z3.ExprRef) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        values = iter(mode)
        return [
            (symbol, number if index == self.index else z3.IntVal(next(values)))
            for index, symbol in enumerate(self.problem.agent.symbols)
        ]

    @cached_property
    def _tops(self) -> Mapping[Mode, Sequence[bool]]:
        """Guessed: whether each choice raises the next number, in each mode."""
        found, choices = {}, len(self.problem.steps[0].stage.choices)
        region = region_of(self.over)
        for mode in self.modes:
            others = (i for i in range(len(self.problem.agent.fields)) if i != self.index)
            numbers = dict(zip(others, map(Fraction, mode), strict=True))
            signs = sampled_signs(self.over, pinned(region, numbers))
            columns = signs.shape[1] - choices
            found[mode] = [bool(sign > 0) for sign in signs[self.index, columns:]]
        return found

    def safe(self, mode: Mode, number: z3.ExprRef) -> z3.BoolRef:
        """That the agent is where it must be, in a mode, said of a number."""
        return self.in_mode(mode, self.problem.safe(self.problem.agent), number)

    def extreme(self, edge: Edge, number: z3.ExprRef, most: bool) -> z3.ExprRef:
        """The greatest, or the least, that an edge makes of a number that is safe, or the limit of
        such numbers."""
        key = edge.source, edge.target, *edge.truths.values(), most
        if key not in self._extremes:
            (step,) = self.problem.steps
            uppers = edge.chosen([top == most for top in self._tops[edge.source]])
            here = self._agent(edge.source, self.number)
            pairs = with_choices(here, step.stage.choices, uppers)
            made = told(z3.substitute(step.stage.outputs[self.index], *pairs))
            known = [*self.given, with_limits(self.safe(edge.source, self.number))]
            self._extremes[key] = shortened(made, known, self.budget)
        return z3.substitute(self._extremes[key], (self.number, number))

    @cached_property
    def _extremes(self) -> dict[tuple[object, ...], z3.ExprRef]:
        return {}

    def looked_at(self, edge: Edge) -> tuple[Sides, Sides]:
        """At which ends of an interval the least is that an edge makes of what lies between them,
        and at which the greatest.

        Raises:
            NotExact: where it need be at neither, or is not continuous.
        """
        (step,) = self.problem.steps
        here, *others = self.number, z3.Real("lesser"), z3.Real("greater")
        known = [*self.given, *(self.safe(edge.source, number) for number in (here, *others))]
        extremes = [self.extreme(edge, here, side) for side in (LOW, HIGH)]
        limits = [*self.given, with_limits(known[len(self.given)])]
        require(is_continuous(extremes, limits, self.budget), Obstacle.STEP_JUMPS)
        known += [self.in_mode(edge.source, step.stage.bounds, here)]
        known += [others[LOW] <= here, here <= others[HIGH]]
        for place, truth in edge.truths.items():
            known.append(step.stage.choices[place].symbol == z3.RealVal(int(truth)))
        made = self.in_mode(edge.source, step.stage.outputs[self.index], here)

        def enough(side: bool, ends: Sides) -> bool:
            reached = [self.extreme(edge, others[end], side) for end in ends]
            within = [made <= each if side == HIGH else made >= each for each in reached]
            return follows(known, z3.Or(*within), self.budget).valid

        found = []
        for side in (LOW, HIGH):
            ways: tuple[Sides, ...] = ((side,), (not side,), (LOW, HIGH))
            ends = next((ends for ends in ways if enough(side, ends)), None)
            if ends is None:
                raise NotExact(Obstacle.NOT_MONOTONE)
            found.append(ends)
        return found[LOW], found[HIGH]

    def require_bounded(self) -> None:
        """What is safe has a greatest number or a limit of such, as every domain has a least.

        Raises:
            NotExact: where that is not shown.
        """
        if self.problem.agent.fields[self.index].unbounded:
            _, top = region_of(self.over)[self.index]
            for mode in self.modes:
                known = [*self.given, self.safe(mode, self.number)]
                bounded = follows(known, self.number <= numeral(top), self.budget).valid
                require(bounded, Obstacle.NO_ORDER)

    def require_between(self) -> None:
        """What holds at two numbers holds between them, and is a closed condition when made so.

        Raises:
            NotExact: where that is not shown.
        """
        low, high = z3.Reals("lesser greater")
        for mode, clause in itertools.product(self.modes, self.problem.clauses[self.agent]):
            ends = [self.in_mode(mode, clause.condition, end) for end in (low, high)]
            between = [low <= self.number, self.number <= high]
            here = self.in_mode(mode, clause.condition, self.number)
            jumps = any(z3.is_app_of(node, z3.Z3_OP_ITE) for node in topological([here]))
            if jumps or not follows([*self.given, *ends, *between], here, self.budget).valid:
                raise NotExact(Obstacle.NO_ORDER)

    @property
    def agent(self) -> str:
        """The name of the agent's position."""
        return self.problem.agent.name

    def condition(self, symbol: z3.ArithRef) -> OneNumber:
        """The condition on the parameter.

        Raises:
            NotExact: where an edge neither rises nor falls.
        """
        ends, led = self._ends()
        claim = [clause.condition for clause in self.problem.claimed(self.problem.agent)]
        domain = [clause.condition for clause in self.problem.domain(self.problem.agent)]
        closed = [with_limits(condition) for condition in claim]
        strict = any(not a.eq(b) for a, b in zip(claim, closed, strict=True))
        enough = [without_limits(condition) for condition in claim] if strict else closed
        settled, inside = (
            z3.And(*led, *self._said([*domain, *conditions], ends))
            for conditions in (closed, enough)
        )
        unknown = {id_of(end): end for pair in ends.values() for end in pair if is_symbol(end)}
        return OneNumber(symbol, tuple(unknown.values()), settled, inside)

    def _said(
        self, conditions: Sequence[z3.BoolRef], ends: Mapping[Mode, Ends]
    ) -> Iterator[z3.BoolRef]:
        """Conditions on the agent, said of the ends in each mode."""
        for (mode, pair), condition in itertools.product(ends.items(), conditions):
            yield from (self.in_mode(mode, condition, end) for end in pair)

    def _ends(self) -> tuple[dict[Mode, Ends], list[z3.BoolRef]]:
        """The ends in each mode, and that those which are constants hold what leads into them.

        In a mode into which one edge leads and no seed, they are what it makes of those before, if
        it is known at which.
        """
        into = self._into()
        first, seed = self.modes[0], self.problem.seed[self.index]
        made = {
            mode: edges[0]
            for mode, edges in into.items()
            if mode != first and len(edges) == 1 and all(len(ends) == 1 for ends in edges[0][1])
        }
        ends: dict[Mode, Ends] = {}
        for mode in self.modes:
            if mode not in made:
                ends[mode] = z3.Real(f"least in {mode}"), z3.Real(f"greatest in {mode}")
        for mode in self.modes:  # each is reached from one before it
            if mode in made:
                edge, (lows, highs) = made[mode]
                low, high = ends[edge.source][lows[0]], ends[edge.source][highs[0]]
                ends[mode] = self.extreme(edge, low, LOW), self.extreme(edge, high, HIGH)
        led = [ends[first][LOW] <= seed, seed <= ends[first][HIGH]]
        for mode, (low, high) in ends.items():
            led.append(low <= high)
            for edge, (lows, highs) in () if mode in made else into[mode]:
                before = ends[edge.source]
                led += [low <= self.extreme(edge, before[end], LOW) for end in lows]
                led += [self.extreme(edge, before[end], HIGH) <= high for end in highs]
        return ends, led

    def _into(self) -> dict[Mode, list[tuple[Edge, tuple[Sides, Sides]]]]:
        """The edges that lead into each mode, one of those that make the same of the same, and at
        which ends each is to be looked at."""
        into: dict[Mode, list[tuple[Edge, tuple[Sides, Sides]]]] = {m: [] for m in self.modes}
        shown: list[tuple[Edge, list[z3.ExprRef], tuple[Sides, Sides]]] = []
        for edge in self.edges:
            own = [self.extreme(edge, self.number, side) for side in (LOW, HIGH)]
            own.append(self.safe(edge.source, self.number))
            same = [
                (other, sides)
                for other, terms, sides in shown
                if all(one.eq(another) for one, another in zip(own, terms, strict=True))
            ]
            sides = same[0][1] if same else self.looked_at(edge)
            if (edge.source, edge.target) not in [(e.source, e.target) for e, _ in same]:
                into[edge.target].append((edge, sides))
            shown.append((edge, own, sides))
        return into
