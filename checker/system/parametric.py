"""A claim with some parameters left free, and its decision problem at a point or over a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.evaluator import Program, compile_terms
from checker.backends.solver import QueryBudget, constants, follows, satisfy
from checker.system.gaps import met
from checker.system.obligations import entry
from checker.system.problem import Clause, Problem, pose
from checker.system.region import Box, region_of
from checker.system.seeds import Point as Start
from checker.system.seeds import begun
from spec.errors import SpecError, alternatives
from spec.nature import Choice
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.claim import Claim
from spec.terms import numeral
from spec.trace import Position

Interval = tuple[Fraction, Fraction]
Cell = tuple[Interval, ...]
"""A closed interval for each free parameter, in order."""
Point = tuple[Fraction, ...]


@attrs.frozen(slots=False)
class ParametricProblem:
    """The decision problems of a claim, over the values of its ``free`` parameters.

    Args:
        claim: what is claimed.
        free: parameters of its scheme that are not structural, each once.
        overriding: values of other parameters that replace the claim's own.
        start: of a seed that is a set, the one point of it from which the problems are; all of
            them for None.
        off: ends of domains that no run comes to, as clauses of the domain.
    """

    claim: Claim
    free: tuple[str, ...]
    overriding: Mapping[str, Fraction] = attrs.field(factory=dict)
    start: Start | None = None
    off: tuple[Clause, ...] = ()

    def __attrs_post_init__(self) -> None:
        known = parameter_domains(self.claim.scheme.parameters)
        for name in self.free:
            if name not in known:
                raise SpecError(
                    f"no parameter {name} in {self.claim.scheme.name}; it has "
                    f"{alternatives(known, name)}",
                    "",
                )
            if known[name].structural:
                raise SpecError(
                    f"{name} shapes the steps themselves and has no values in between; give it "
                    f"one, e.g. --param {name}={int(known[name].default)}",
                    "",
                )
        if len(set(self.free)) < len(self.free):
            raise SpecError(f"{self.free[0]} is given twice; name two parameters", "")

    @property
    def free_parameters(self) -> tuple[ParameterDomain, ...]:
        """The free parameters: domains, defaults, units."""
        known = parameter_domains(self.claim.scheme.parameters)
        return tuple(known[name] for name in self.free)

    @property
    def own(self) -> Point:
        """The values of the free parameters that the claim speaks of."""
        return tuple(
            self.claim.chosen.get(each.name, each.default) for each in self.free_parameters
        )

    @property
    def domain(self) -> Cell:
        """The cell of all values."""
        return tuple((declared.low, declared.high) for declared in self.free_parameters)

    @cached_property
    def problem(self) -> Problem:
        """The problem with the free parameters as symbols."""
        return self._begun(pose(self.claim, self.overriding, self.free))

    def _begun(self, problem: Problem) -> Problem:
        started = problem if self.start is None else begun(problem, self.start)
        return started.adding(self.off) if self.off else started

    @property
    def symbols(self) -> tuple[z3.ArithRef, ...]:
        """The free parameters' symbols, in order."""
        return tuple(self.problem.traced.parameters[name] for name in self.free)

    def bound(self, cell: Cell) -> list[z3.BoolRef]:
        """That the parameters lie in a cell."""
        return [
            part
            for symbol, (low, high) in zip(self.symbols, cell, strict=True)
            for part in (numeral(low) <= symbol, symbol <= numeral(high))
        ]

    def at(self, point: Point) -> Problem:
        """The problem at one point.

        Raises:
            SpecError: when the seed is out of its domain there, or a value is out of the
                parameter's.
        """
        here = dict(zip(self.free, point, strict=True))
        return self._begun(pose(self.claim, {**self.overriding, **here}))

    def starting(self, start: Start) -> ParametricProblem:
        """The same from one point of its set of seeds; itself where its seed is a point."""
        if not self.problem.seed_choices:
            return self
        if start not in self._starting:
            self._starting[start] = attrs.evolve(self, start=start)
        return self._starting[start]

    @cached_property
    def _starting(self) -> dict[Start, ParametricProblem]:
        return {}

    def over(self, cell: Cell) -> Problem:
        """The problem over a cell: a proof of it is one at every point of the cell."""
        return self.problem.over(self.choices(cell))

    def choices(self, cell: Cell) -> list[Choice]:
        """The parameters as choices within a cell."""
        return [
            Choice(f"parameter {name}", symbol, numeral(low), numeral(high), "", "")
            for name, symbol, (low, high) in zip(self.free, self.symbols, cell, strict=True)
        ]

    def meant_within(self, cell: Cell) -> list[z3.BoolRef]:
        """That the parameters lie in a cell, at values at which the claim means something."""
        return [*self.bound(cell), *self.meaningful]

    @property
    def meaningful(self) -> tuple[z3.BoolRef, ...]:
        """The values at which every assumption holds, and the seed is defined and in its domain."""
        assumed = [condition for _, _, condition in self.problem.traced.assumptions]
        return (*self._seed_conditions, *assumed)

    def vacuous(self, cell: Cell, budget: QueryBudget) -> bool:
        """Whether some assumption fails, or they contradict each other, all over the cell."""
        assumed = [condition for _, _, condition in self.problem.traced.assumptions]
        return bool(assumed) and satisfy([*self.bound(cell), *assumed], budget).unsat

    @property
    def _entered(self) -> tuple[Clause, ...]:
        """What the seed must be in for the claim to mean something: of a set those seeds that are
        outside their domain break the claim."""
        return () if self.problem.seed_choices else self.problem.domain(self.problem.agent)

    @cached_property
    def _seed_conditions(self) -> list[z3.BoolRef]:
        """That the seed is defined, and in its domain if it is a point; of a set, that nature has
        something to choose and every seed is defined."""
        return [
            z3.Implies(z3.And(*due.hypotheses), each.condition)
            if due.hypotheses
            else each.condition
            for due in entry(self.problem, self._entered)
            for each in due.conclusions
        ]

    def seed_stands(self, cell: Cell, budget: QueryBudget) -> bool:
        """Whether all over the cell there is a seed, and every seed is defined, and in its domain
        if it is the only one."""
        return met(entry(self.problem, self._entered), budget, self.bound(cell))

    def without_seed(self, cell: Cell, budget: QueryBudget) -> bool:
        """Whether all over the cell there is no seed, or it is undefined or, if it is the only one,
        outside its domain, so that the claim means nothing there."""
        given = [*self.bound(cell), *self.problem.seed_given]
        return satisfy([*given, *self._seed_conditions], budget).unsat

    def assumed(self, cell: Cell, budget: QueryBudget) -> bool:
        """Whether the assumptions hold all over the cell."""
        return all(
            follows(self.bound(cell), condition, budget).valid
            for _, _, condition in self.problem.traced.assumptions
        )

    @cached_property
    def read(self) -> frozenset[str]:
        """The free parameters that the steps, the seed or an assumption read."""
        traced = self.problem.traced
        terms: list[z3.ExprRef] = [*traced.seed, *(c for _, _, c in traced.assumptions)]
        terms += [end for choice in traced.seed_choices for end in (choice.low, choice.high)]
        for stage in traced.stages:
            terms += stage.terms
        names = frozenset[str]().union(*map(constants, terms))
        return frozenset(
            name for name, s in zip(self.free, self.symbols, strict=True) if str(s) in names
        )

    @cached_property
    def safe(self) -> dict[str, Box]:
        """Per position, a box around the states that meet every clause."""
        return {p.name: self._around(p) for p in self.problem.traced.positions}

    def _around(self, position: Position) -> Box:
        safe, budget = [self.problem.safe(position)], QueryBudget(2.0)
        guessed = region_of(self.problem, position)
        around = []
        for field, symbol, ends in zip(position.fields, position.symbols, guessed, strict=True):
            low, high = numeral(ends[0]), numeral(ends[1])
            sure = follows(safe, z3.And(low <= symbol, symbol <= high), budget).valid
            around.append(ends if sure else (field.low, field.high))
        return tuple(around)

    @cached_property
    def seed(self) -> Program:
        """The seed, compiled over the parameters."""
        return compile_terms(self.symbols, (), self.problem.seed)

    @cached_property
    def steps(self) -> tuple[Program, ...]:
        """Each step's outputs, compiled over its source's fields and then the parameters."""
        return tuple(
            compile_terms(
                [*step.source.symbols, *self.symbols], step.stage.choices, step.stage.outputs
            )
            for step in self.problem.steps
        )


def centre(cell: Cell) -> Point:
    """The middle of a cell."""
    return tuple((low + high) / 2 for low, high in cell)


def point_cell(point: Point) -> Cell:
    """A cell of one point."""
    return tuple((value, value) for value in point)


def bisect_cell(cell: Cell, index: int) -> tuple[Cell, Cell]:
    """The cell cut in the middle of one parameter."""
    low, high = cell[index]
    middle = (low + high) / 2
    return (
        (*cell[:index], (low, middle), *cell[index + 1 :]),
        (*cell[:index], (middle, high), *cell[index + 1 :]),
    )


def share(cell: Cell, whole: Cell) -> Fraction:
    """The area of a cell, as a share of another's."""
    area = Fraction(1)
    for (low, high), (bottom, top) in zip(cell, whole, strict=True):
        area *= (high - low) / (top - bottom)
    return area


def within(point: Sequence[Fraction], cell: Cell) -> bool:
    """Whether a point lies in a cell."""
    return all(low <= value <= high for value, (low, high) in zip(point, cell, strict=True))
