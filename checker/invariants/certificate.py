"""Certificates: sets that one iteration cannot leave, put to the solver obligation by obligation.

A certificate is a set at each position of the loop that one iteration cannot leave, entered after
a checked prefix of iterations from the seed. Here it is checked, and stated for people; the engines
in ``checker.portfolio.proofs`` guess it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget, follows, parts
from checker.invariants.box_unions import hull, union_clause
from checker.invariants.budgets import Budgets, budgets_of
from checker.system.findings import Blocked, Method
from checker.system.gaps import Ask, gaps, met
from checker.system.lemmas import Lemma
from checker.system.obligations import (
    LIMITS,
    OVERSIGHT,
    SEED,
    Held,
    Label,
    entry,
    obligations,
    preservation,
)
from checker.system.problem import Bound, Clause, ClauseKind, Problem, Step
from checker.system.region import Box, Region, bounds_of
from checker.system.verdict import Stated
from checker.system.walk import Walk, held_set
from spec.trace import Position


@attrs.frozen
class Certificate:
    """What was proved to hold forever, and how.

    The fields are those of ``Stated``, with the regions and the boxes as the engines use them:
    ``regions`` has the inductive region at each position, ``boxes`` those of a union, ``chain``
    the boxes of the first iterations, one after every step, ``sets`` those of a proof clause by
    clause, one after every iteration, the last of which is kept. ``form`` is the loop in the form
    in which it was proved: step by step, or by whole iterations.
    """

    method: Method
    whole_iterations: bool = False
    prefix: int = 0
    budgets: Mapping[str, Mapping[str, Fraction]] = attrs.field(factory=dict)
    bounds: Mapping[str, tuple[Bound, ...]] = attrs.field(factory=dict)
    discharged: tuple[Label, ...] = ()
    regions: Mapping[str, Region] = attrs.field(factory=dict)
    boxes: Mapping[str, tuple[Box, ...]] = attrs.field(factory=dict)
    depth: int = 0
    returns: int | None = None
    chain: tuple[Box, ...] = ()
    sets: tuple[tuple[Clause, ...], ...] = ()
    lemmas: tuple[Lemma, ...] = ()
    form: Problem | None = None

    def stated(self, problem: Problem) -> Stated:
        """The certificate as plain data."""
        positions = {p.name: p for p in problem.traced.positions}
        boxes = {
            name: tuple(bounds_of(Region(box).clauses(positions[name])) for box in union)
            for name, union in self.boxes.items()
        }
        around = {
            name: bounds_of(Region(hull(union)).clauses(positions[name]))
            for name, union in self.boxes.items()
        }
        return Stated(
            whole_iterations=self.whole_iterations,
            prefix=self.prefix,
            budgets=self.budgets,
            bounds={**self.bounds, **around},
            boxes=boxes,
            discharged=self.discharged,
            depth=self.depth,
            returns=self.returns,
            walk=self.walk(),
            lemmas=self.lemmas,
        )

    def walk(self) -> Walk:
        """The sets that the proof leads every run through; none for a k-induction."""
        if self.form is None or self.method is Method.K_INDUCTION:
            return ()
        if self.sets:
            last = len(self.sets) - 1
            return tuple(
                held_set(self.form.agent, held, into=min(number + 1, last))
                for number, held in enumerate(self.sets)
            )
        steps = self.form.steps
        sources = [steps[number % len(steps)].source for number in range(len(self.chain))]
        links = [clauses_of_box(box, p) for box, p in zip(self.chain, sources, strict=True)]
        walk = [
            held_set(source, link, into=number)
            for number, (source, link) in enumerate(zip(sources, links, strict=True), start=1)
        ]
        if self.returns is not None:
            walk[-1] = attrs.evolve(walk[-1], into=None, within=self.returns * len(steps))
            return tuple(walk)
        if walk:
            walk[-1] = attrs.evolve(walk[-1], into=None, within=len(walk))
        first = len(walk)
        listed = [step for number, step in enumerate(steps) if not number or not self._relies(step)]
        for number, step in enumerate(listed, start=1):
            following = first + number % len(listed)
            held = self._held(self.form, step.source)
            walk.append(held_set(step.source, held, into=following))
        return tuple(walk)

    def _relies(self, step: Step) -> bool:
        """Whether a step's obligation assumes oversight, which was shown of what the step before
        makes. A walk leaves its source out, so that both steps are taken at once."""
        return OVERSIGHT in self.discharged and step.stage.oversight_holds is not None

    def _held(self, form: Problem, position: Position) -> tuple[Clause, ...]:
        """The clauses of the inductive set at a position."""
        if position.name in self.boxes:
            return (*form.domain(position), union_clause(form, self.boxes[position.name]))
        if position.name in self.regions:
            return (*form.domain(position), *self.regions[position.name].clauses(position))
        return form.clauses[position.name]


class Wording(Enum):
    """How much work goes into stating a proof once it is found."""

    REGIONS = "regions"
    """None: the inductive regions are enough."""
    BUDGETS = "budgets"
    """By the invariants' budgets, and field bounds if the budgets alone are not inductive."""
    FEWEST = "fewest"
    """By budgets, and as few field bounds as the induction needs."""


def discharge(
    problem: Problem,
    held: Held,
    budget: QueryBudget,
    *,
    seeded: bool = True,
    ask: Ask = follows,
) -> tuple[Label, ...] | Blocked:
    """Put every obligation of a candidate to the solver: the names of all, or the first to fail.

    If smart-enough experts cannot be shown, the rest is tried without relying on them.
    """
    names = _discharge(problem, held, budget, seeded, ask, oversight=True)
    if isinstance(names, Blocked) and names.obligation == OVERSIGHT:
        again = _discharge(problem, held, budget, seeded, ask, oversight=False)
        return names if isinstance(again, Blocked) else again
    return names


def _discharge(
    problem: Problem, held: Held, budget: QueryBudget, seeded: bool, ask: Ask, oversight: bool
) -> tuple[Label, ...] | Blocked:
    names: list[Label] = []
    for obligation in obligations(problem, held, oversight=oversight):
        if obligation.label == SEED and not seeded:
            continue
        gap = next(gaps([obligation], budget, ask=ask), None)
        if gap is not None:
            return gap.blocked
        if obligation.label not in names:
            names.append(obligation.label)
    for step in problem.steps:
        here = [clause.condition for clause in held[step.source.name]]
        for clause in problem.clauses[step.source.name]:
            outcome = follows(here, clause.condition, budget)
            if not outcome.valid:
                return Blocked(LIMITS, clause.label, outcome.invalid, outcome.values)
    return (*names, LIMITS)


def state(
    problem: Problem,
    found: Certificate,
    budget: QueryBudget,
    wording: Wording,
) -> Certificate:
    """State a proof by budgets: alone if they are inductive, else with the field bounds that the
    induction needs."""
    if wording is Wording.REGIONS:
        return found
    regions, positions = found.regions, problem.traced.positions
    budgets = {p.name: budgets_of(problem, p, regions.get(p.name)) for p in positions}
    bounds: dict[str, tuple[Clause, ...]] = {p.name: () for p in positions}
    if regions:
        bounds = {p.name: regions[p.name].clauses(p) for p in positions}
        base = {p.name: (*problem.domain(p), *budgets[p.name].clauses) for p in positions}

        def inductive(extra: Mapping[str, Sequence[Clause]]) -> bool:
            held = {name: (*clauses, *extra[name]) for name, clauses in base.items()}
            shown = discharge(problem, held, budget, seeded=found.prefix == 0)
            return not isinstance(shown, Blocked)

        covered = all(
            covers(budgets[p.name].clauses, (*problem.domain(p), *bounds[p.name]), budget)
            for p in positions
        )
        if not covered or not inductive(bounds):  # the bounds alone state it
            budgets = {p.name: Budgets({}, ()) for p in positions}
        elif inductive({p.name: () for p in positions}):
            bounds = {p.name: () for p in positions}
        elif wording is Wording.FEWEST:
            bounds = _needed(bounds, inductive)
    return attrs.evolve(
        found,
        whole_iterations=problem.by_iterations,
        budgets={name: stated.values for name, stated in budgets.items()},
        bounds={name: bounds_of(clauses) for name, clauses in bounds.items()},
    )


def clear_steps(problem: Problem, boxes: Sequence[Box], budget: QueryBudget) -> int:
    """How many of the boxes, from the seed on, are reached from one another and meet the clauses.

    Every link is one step, put to the solver.
    """
    steps = problem.steps
    if not met(entry(problem, clauses_of_box(boxes[0], problem.agent)), budget):
        return 0
    for number, box in enumerate(boxes):
        step = steps[number % len(steps)]
        here = clauses_of_box(box, step.source)
        conditions = [clause.condition for clause in here]
        clauses = problem.clauses[step.source.name]
        if budget.exhausted or not all(
            follows(conditions, clause.condition, budget).valid for clause in clauses
        ):
            return number
        if number + 1 == len(boxes):
            break
        there = clauses_of_box(boxes[number + 1], step.target)
        if not met(preservation(step, here, there), budget):
            return number + 1
    return len(boxes)


def _needed(
    bounds: dict[str, tuple[Clause, ...]],
    inductive: Callable[[Mapping[str, Sequence[Clause]]], bool],
) -> dict[str, tuple[Clause, ...]]:
    """The bounds without those that the induction can do without."""
    for name in bounds:
        for clause in bounds[name]:
            fewer = {**bounds, name: tuple(c for c in bounds[name] if c is not clause)}
            if inductive(fewer):
                bounds = fewer
    return bounds


def covers(outer: Sequence[Clause], inner: Sequence[Clause], budget: QueryBudget) -> bool:
    """Whether the set of the inner clauses lies within that of the outer ones."""
    here = [clause.condition for clause in inner]
    return all(follows(here, clause.condition, budget).valid for clause in outer)


def clauses_of_box(box: Box, position: Position) -> tuple[Clause, ...]:
    """The clauses that define a box at a position, its domain included."""
    domain = (Clause("domain", part, ClauseKind.DOMAIN) for part in parts(position.domain))
    return (*domain, *Region(box).clauses(position))
