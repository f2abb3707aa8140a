"""From one question to every world: four conditions on one question, each put to the solver.

Let x be what is special to a question, m(x) what it contributes to the means that the abstract step
A is given, d(x) what it contributes to the values of nature's choices, and C(x) what the new agent
does on it. *Theorem.* A step covers its concrete version in every world if, on a convex set K that
holds every (m(x), d(x)),

1. C(x) <= A(m(x), d(x)) for every x, and nature's choice may be d(x) when the step is given m(x);
2. A is concave, as are the upper bounds of choices, and the lower ones are convex;
3. A and the upper bounds do not fall, and the lower do not rise, when an input rises from a value
   in K to one that the abstract step may be given;
4. both versions are defined there: they divide by zero nowhere.

*Proof.* docs/theory/worlds.md: E C <= E A(m, d) <= A(E m, E d) <= A(inputs, E d), by 1, Jensen's
inequality and 3, since the abstract step is given at least the means.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.comparison import comparison_in
from checker.backends.solver import QueryBudget, constants, follows
from checker.system.findings import Fact
from checker.worlds.shape import Shape, peeled, rises, shape_of
from checker.worlds.tracing import TwoVersions
from spec.nodes import id_of, name_of
from spec.parameters import parameter_domains
from spec.terms import numeral

MOST_ENDS = 8
"""Combinations of ends of ranges up to which more are tried."""
HULL = 0.5
"""Seconds for a query about the convex set, or the sign of a factor."""


class Condition(Fact, Enum):
    """A condition of the theorem."""

    DEFINED = "defined"
    POINTWISE = "pointwise"
    CONCAVE = "concave"
    MONOTONE = "monotone"
    CHOICE = "choice"
    IN_DOMAIN = "in domain"


@attrs.frozen
class NotLifted(Fact):
    """The first condition that was not shown, and of what: a field or a choice of nature.

    ``fails`` says that it is false, ``at`` these values of the solver's constants; otherwise the
    solver did not settle it.
    """

    condition: Condition
    of: str
    fails: bool
    at: Mapping[str, Fraction] = attrs.field(factory=dict, eq=False, repr=False)


@attrs.frozen
class Lifted(Fact):
    """The conditions hold: for all values of the parameters, or at the statement's own.

    ``free`` counts the parameters that are no means and do not shape the step.
    """

    everywhere: bool
    free: int


def lift(versions: TwoVersions, budget: QueryBudget, seconds: float) -> Lifted | NotLifted:
    """Try the conditions with the parameters free, then at their own values.

    What is averaged is free in both: a mean may have any value in its domain.
    """
    free = _first_failing(_Lifting(versions, (), budget, seconds / 2))
    fixed = versions.at_values(keeping=versions.averaged)
    if free is None:
        return Lifted(True, len(fixed))
    if not fixed:
        return free
    own = _first_failing(_Lifting(versions, fixed, budget, seconds / 2))
    return Lifted(False, len(fixed)) if own is None else own


@attrs.frozen
class LiftedBy:
    """What shows a lifting: a convex set, and for each bound a function of what a question
    contributes, over the symbols of what that stands for, each mean told apart.

    The bounds are those on what is compared, then the ends of choices, of whatever is a mean.
    """

    hull: tuple[z3.BoolRef, ...]
    bounds: tuple[z3.ArithRef, ...]


def lifted_by(
    versions: TwoVersions, budget: QueryBudget, seconds: float, *, everywhere: bool
) -> LiftedBy:
    """What shows a lifting, for all values of the parameters or at their own."""
    fixed = () if everywhere else versions.at_values(keeping=versions.averaged)
    return _Lifting(versions, fixed, budget, seconds).shown


def _first_failing(lifting: _Lifting) -> NotLifted | None:
    return next(lifting.failing(), None)


class _Lifting:
    """The conditions over one set of fixed parameters."""

    def __init__(
        self,
        versions: TwoVersions,
        fixed: Sequence[tuple[z3.ExprRef, z3.ExprRef]],
        budget: QueryBudget,
        seconds: float,
    ) -> None:
        self._versions = versions
        self._fixed = list(fixed)
        self._budget = budget.within(seconds)
        self._whole = budget
        held = [*versions.given, *versions.question, *versions.ceilings]
        # what is asked first: that choices taken to be the greatest are within their bounds
        self._before_choices = [self._put(condition) for condition in held]
        greatest = [chosen for chosen in versions.chosen if chosen.everywhere]
        within = [part for chosen in greatest for part in chosen.choice.within]
        below = [chosen.amount <= chosen.choice.symbol for chosen in greatest]
        self._given = [self._put(condition) for condition in (*versions.given, *within)]
        at_question = (*versions.question, *versions.ceilings, *below)
        self._question = [self._put(condition) for condition in at_question]
        averaged = [chosen for chosen in versions.chosen if not chosen.everywhere]
        at = [(i.apart, self._put(i.amount)) for i in versions.inputs]
        at += [(c.choice.symbol, self._put(c.amount)) for c in averaged]
        self._at_question = at
        # coordinates: what a question contributes, as symbols of their own
        self._coordinates = [(symbol, z3.Real(f"amount: {name_of(symbol)}")) for symbol, _ in at]
        self._given_as = [i.symbol for i in versions.inputs]
        self._differs = [i.differs for i in versions.inputs] + [True] * len(averaged)
        self._raised = [True] * len(versions.inputs) + [False] * len(averaged)
        self._hull: list[z3.BoolRef] = []
        self._signs: dict[int, tuple[z3.ArithRef, int]] = {}
        self._in_hull = [*self._given]
        for candidate in self._candidates():
            if self._holds_of_amounts(candidate):
                self._hull.append(candidate)
        self._signs.clear()
        self._in_hull += map(self._moved, self._hull)

    @property
    def shown(self) -> LiftedBy:
        """The convex set, and the bounds that are to be concave and to rise."""
        averaged = [c.choice for c in self._versions.chosen if not c.everywhere]
        bounds = [c.abstract for c in self._versions.compared if not c.everywhere]
        bounds += [end for choice in averaged for end in (choice.low, choice.high)]
        return LiftedBy(tuple(self._hull), tuple(map(self._apart, bounds)))

    def failing(self) -> Iterator[NotLifted]:
        """The conditions that are not shown, in order."""
        yield from self._undefined()
        for compared in self._versions.compared:
            name, bound = compared.field.name, self._apart(compared.abstract)
            concrete, together = self._put(compared.concrete), self._put(compared.abstract)
            above = together if compared.everywhere else self._here(bound)
            yield from self._covered(name, concrete, above)
            if self._versions.overseen:
                within = z3.And(*compared.field.conditions(concrete))
                yield from self._pointwise(Condition.IN_DOMAIN, name, within)
            if not compared.everywhere:
                yield from self._shaped(name, bound, together)
        for chosen in self._versions.chosen:
            name, amount = chosen.choice.name, self._put(chosen.amount)
            ends = (chosen.choice.low, chosen.choice.high)
            low, high = map(self._apart, ends)
            if chosen.everywhere:
                least, most = map(self._put, ends)
                allowed = z3.And(least <= amount, amount <= most)
                yield from self._ask(self._before_choices, allowed, Condition.CHOICE, name)
                continue
            allowed = z3.And(self._here(low) <= amount, amount <= self._here(high))
            yield from self._pointwise(Condition.CHOICE, name, allowed)
            yield from self._shaped(name, high, self._put(ends[1]))
            yield from self._shaped(name, -low, -self._put(ends[0]))
        self._whole.count(self._budget)

    def _put(self, term: Any) -> Any:
        return z3.substitute(term, *self._fixed) if self._fixed else term

    def _apart(self, term: Any) -> Any:
        """A bound that is told every mean apart."""
        return self._put(self._versions.apart(term))

    def _here(self, term: Any) -> Any:
        """An abstract term, given what one question contributes."""
        return z3.substitute(term, *self._at_question) if self._at_question else term

    def _moved(self, term: Any, to: str = "") -> Any:
        """An abstract term over coordinates; those that differ among questions are marked."""
        pairs = [
            (symbol, z3.Real(f"{name_of(own)}{to}") if differs else own)
            for (symbol, own), differs in zip(self._coordinates, self._differs, strict=True)
        ]
        return z3.substitute(term, *pairs) if pairs else term

    def _ask(
        self, hypotheses: Sequence[z3.BoolRef], goal: z3.BoolRef, condition: Condition, of: str
    ) -> Iterator[NotLifted]:
        if z3.is_true(z3.simplify(goal)):
            return
        found = follows(hypotheses, goal, self._budget)
        if not found.valid:
            self._whole.count(self._budget)
            yield NotLifted(condition, of, found.invalid, found.values)

    def _pointwise(self, condition: Condition, of: str, goal: z3.BoolRef) -> Iterator[NotLifted]:
        yield from self._ask([*self._given, *self._question], goal, condition, of)

    def _covered(self, of: str, concrete: z3.ArithRef, here: z3.ArithRef) -> Iterator[NotLifted]:
        """That what happens on a question is at most the bound there.

        It follows of what is left of the two at ends of ranges, which is the smaller question.
        """
        hypotheses = [*self._given, *self._question]
        for inside in self._at_ends(concrete, here):
            goal = operator.le(*peeled(inside, here))
            if not follows(hypotheses, goal, self._budget).valid:
                yield from self._pointwise(Condition.POINTWISE, of, concrete <= here)
                return

    def _at_ends(self, concrete: z3.ArithRef, here: z3.ArithRef) -> list[z3.ArithRef]:
        """What happens on a question, with draws at ends of their ranges, where it is at most a
        bound in general if it is there: draws that it is affine in, and that nothing else reads."""
        found = [concrete]
        left = {
            name_of(d.symbol): (d.symbol, self._put(d.low), self._put(d.high))
            for d in self._versions.draws
        }
        for name, (symbol, low, high) in reversed(list(left.items())):
            others = [end for n, (_, *ends) in left.items() if n != name for end in ends]
            read = {n for term in (here, *others) for n in constants(term)}
            affine = all(shape_of(term, [name], lambda _: 0) is Shape.AFFINE for term in found)
            if name in read or not affine or len(found) > MOST_ENDS:
                continue
            del left[name]
            found = [
                z3.substitute(term, (symbol, end))
                for term in found
                for end in ((low, high) if name in constants(term) else (low,))
            ]
        return found

    def _undefined(self) -> Iterator[NotLifted]:
        for side in self._versions.concrete_sides:
            yield from self._pointwise(Condition.DEFINED, side.label, self._put(side.condition))
        for side in self._versions.abstract_sides:
            condition = self._put(side.condition)
            yield from self._ask(self._given, condition, Condition.DEFINED, side.label)
            inside = self._moved(self._apart(side.condition))
            yield from self._ask(self._in_hull, inside, Condition.DEFINED, side.label)

    # --- the convex set ---------------------------------------------------------------------------

    def _holds_of_amounts(self, candidate: z3.BoolRef) -> bool:
        """Whether a condition on what the abstract step is given holds of what every question
        contributes."""
        hypotheses = [*self._given, *self._question]
        return follows(hypotheses, self._here(candidate), self._budget, HULL).valid

    def _candidates(self) -> Iterator[z3.BoolRef]:
        """Conditions that may cut out the convex set, over the abstract step's symbols.

        Each leaves a convex set: it is affine, or bounds a choice by a concave or convex term.
        """
        versions = self._versions
        symbols = [symbol for symbol, _ in self._coordinates]
        names = {name_of(symbol) for symbol in symbols}
        for symbol in symbols:
            yield symbol >= 0
            yield symbol <= 1
        domains = parameter_domains(versions.statement.scheme.parameters)
        fields = {field.name: field for field in versions.stage.source.fields}
        for given in versions.inputs:
            of_field = given.name not in versions.parameters
            domain = fields[given.name] if of_field else domains[given.name]
            yield given.apart >= numeral(domain.low)
            yield given.apart <= numeral(domain.high)
        for use in versions.uses or (None,):
            for condition in self._given:
                told = condition if use is None else versions.under(use, condition)
                if constants(told) & names:
                    yield from _affine_parts(told, names)
        for chosen in (c for c in versions.chosen if not c.everywhere):
            high, low = self._apart(chosen.choice.high), self._apart(chosen.choice.low)
            if shape_of(high, names, self._sign) & Shape.CONCAVE:
                yield chosen.choice.symbol <= high
            if shape_of(low, names, self._sign) & Shape.CONVEX:
                yield chosen.choice.symbol >= low

    # --- shape ------------------------------------------------------------------------------------

    def _shaped(self, of: str, bound: z3.ArithRef, together: z3.ArithRef) -> Iterator[NotLifted]:
        """Of a bound that is told every mean apart, and that which the step has."""
        yield from self._concave(of, bound)
        yield from self._monotone(of, bound, together)

    def _sign(self, term: z3.ArithRef) -> int:
        """The sign of a term that holds no amount, for all values that may be given."""
        known = self._signs.get(id_of(term))
        if known is None:
            found = (
                sign
                for sign, condition in ((1, term >= 0), (-1, term <= 0))
                if follows(self._in_hull, condition, self._budget, HULL).valid
            )
            known = self._signs[id_of(term)] = (term, next(found, 0))  # the term keeps its id
        return known[1]

    def _concave(self, of: str, bound: z3.ArithRef) -> Iterator[NotLifted]:
        mixed = [
            name_of(symbol)
            for (symbol, _), differs in zip(self._coordinates, self._differs, strict=True)
            if differs
        ]
        # constants of the world are fixed, at a value in the convex set
        if shape_of(bound, mixed, self._fixed_sign) & Shape.CONCAVE:
            return
        first, second = self._moved(bound, " 1"), self._moved(bound, " 2")
        middle = [
            (
                symbol,
                (z3.Real(f"{name_of(own)} 1") + z3.Real(f"{name_of(own)} 2")) / 2
                if differs
                else own,
            )
            for (symbol, own), differs in zip(self._coordinates, self._differs, strict=True)
        ]
        goal = first + second <= 2 * z3.substitute(bound, *middle)
        hypotheses = [
            *self._given,
            *(self._moved(condition, " 1") for condition in self._hull),
            *(self._moved(condition, " 2") for condition in self._hull),
        ]
        yield from self._ask(hypotheses, goal, Condition.CONCAVE, of)

    def _fixed_sign(self, term: z3.ArithRef) -> int:
        """The sign of a factor: what is a constant of the world stands at a value in the set."""
        return self._sign(self._moved(term))

    def _monotone(self, of: str, bound: z3.ArithRef, together: z3.ArithRef) -> Iterator[NotLifted]:
        """That it rises from means in the set to the numbers that the step is given for them."""
        pairs = zip(self._coordinates, self._raised, strict=True)
        lower = [(symbol, own) for (symbol, own), raised in pairs if raised]
        read = constants(bound)
        moving = [(symbol, own) for symbol, own in lower if name_of(symbol) in read]
        if rises(bound, {name_of(symbol) for symbol, _ in moving}, self._fixed_sign):
            return
        hypotheses = [
            *self._given,
            *(z3.substitute(condition, *lower) for condition in self._hull),
            *(own <= given for given, (_, own) in zip(self._given_as, lower, strict=True)),
        ]
        goal = z3.substitute(bound, *moving) <= together
        yield from self._ask(hypotheses, goal, Condition.MONOTONE, of)


def _affine_parts(condition: z3.BoolRef, among: Collection[str]) -> Iterator[z3.BoolRef]:
    """The conjuncts that are affine inequalities in these constants, whatever the others are."""
    if z3.is_and(condition):
        for child in condition.children():
            yield from _affine_parts(child, among)
        return
    said = comparison_in(condition)
    if said is None or said.strict:
        return
    sides = (said.low, said.high)
    if all(shape_of(side, among, lambda _: 0) is Shape.AFFINE for side in sides):
        yield condition
