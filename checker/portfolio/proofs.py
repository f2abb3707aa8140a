"""The engines that prove: each guesses a certificate, and the solver is asked about one step of it.

What a certificate needs to be is in ``checker.invariants.certificate``; how each is guessed, in the
modules of ``checker.invariants``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from checker.backends.solver import QueryBudget
from checker.invariants.box_unions import inductive_union
from checker.invariants.certificate import (
    Certificate,
    clauses_of_box,
    clear_steps,
    covers,
    discharge,
    state,
)
from checker.invariants.clause_by_clause import Thread, clause_by_clause, followed
from checker.invariants.ellipsoids import inductive_ellipsoids
from checker.invariants.finite_states import union_of_points
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.k_induction import induct
from checker.invariants.modes import boxes_by_mode, has_modes
from checker.invariants.open_ends import stays_off
from checker.invariants.polynomial_sets import polynomial_set
from checker.invariants.post_fixpoint import post_fixpoint
from checker.invariants.potentials import potentials, sampled_steps
from checker.invariants.preimages import polyhedron
from checker.invariants.supermartingales import supermartingales
from checker.invariants.template_polyhedra import Polyhedra
from checker.portfolio.engine import Cost, Engine, Form, Need, Shows, Task
from checker.system.findings import Blocked, Method
from checker.system.gaps import met
from checker.system.obligations import LIMITS, SEED, Duty, Label, entry, preservation
from checker.system.problem import Problem
from checker.system.region import Box, Region, bounds_of

MARGINS = (3e-2, 3e-3, 1e-4, 1e-6, 1e-8)
"""How far a guessed region is widened, the widest first."""
HURRIED_SECONDS, POLYHEDRON_SECONDS, UNION_SECONDS = 1.0, 10.0, 30.0
CLAUSES_SECONDS, POLYNOMIAL_SECONDS, POTENTIAL_SECONDS = 3.0, 20.0, 3.0
LONG_CHAIN = 64
"""Fields times iterations from which on a chain of boxes is checked after the regions: it has as
many links as fields to check, where a region around the seed is one step."""


@attrs.frozen
class _FormEngine(Engine):
    """A proof that takes the loop step by step, or by ``whole`` iterations, which keeps what the
    steps know of each other."""

    whole: bool = False
    shows = Shows.PROOF
    takes_sets = True

    def attempt(self, task: Task) -> Certificate | None:
        """The proof in the engine's form of the loop."""
        form = task.by_iteration if self.whole else task.by_step
        return None if form is None else self.prove(form, task)

    def prove(self, form: Form, task: Task) -> Certificate | None:
        """The proof in one form of the loop."""
        raise NotImplementedError


@attrs.frozen
class Limits(_FormEngine):
    """Asks whether the claimed limits are inductive as they stand."""

    name = "limits"

    def prove(self, form: Form, task: Task) -> Certificate | None:
        """The claimed limits as the certificate."""
        problem = form.problem
        held = {p.name: problem.clauses[p.name] for p in problem.traced.positions}
        shown = discharge(problem, held, task.budget)
        if isinstance(shown, Blocked):
            task.blocked.append(shown)
            return None
        found = Certificate(Method.LIMITS, discharged=shown, form=problem)
        return state(problem, found, task.budget, task.wording)


@attrs.frozen
class Return(_FormEngine):
    """Follows the first iterations until they come back within a box that they have been in.

    A long chain of boxes is checked late, after the regions.
    """

    late: bool = False
    name = "return"

    def prove(self, form: Form, task: Task) -> Certificate | None:
        """The chain of boxes as the certificate."""
        back = form.comes_back
        if back is None or self.late != (back[1] * len(form.problem.agent.fields) > LONG_CHAIN):
            return None
        earlier, rounds = back
        end = rounds * len(form.problem.steps)
        if clear_steps(form.problem, form.chain[: end + 1], task.budget) <= end:
            return None
        return Certificate(
            Method.RETURN,
            prefix=rounds,
            discharged=(SEED, Label(Duty.PREFIX, number=rounds)),
            returns=earlier,
            chain=tuple(form.chain[: end + 1]),
            form=form.problem,
        )


@attrs.frozen
class InductiveRegion(_FormEngine):
    """Inflates a box around what is reached after a prefix until one step leads back into it."""

    prefix: int = 0
    name = "region"
    cost = Cost.SECONDS

    def prove(self, form: Form, task: Task) -> Certificate | None:
        """The widest region that the synthesizer finds, as the certificate."""
        start = self.prefix * len(form.problem.steps)
        if start >= len(form.chain):
            return None
        for margin in MARGINS:
            regions = form.synthesizer.inflate(form.chain[start], margin, budget=task.budget)
            if regions is not None:
                found = Certificate(Method.REGION, prefix=self.prefix, regions=regions)
                return _checked(form, found, task)
        return None


@attrs.frozen
class PostFixpoint(_FormEngine):
    """Asks for a box whose worst corners one step leads back into it, in one existential query."""

    prefix: int = 0
    name = "post-fixpoint"
    needs = (Need.ONE_STEP, Need.MONOTONE)

    def prove(self, form: Form, task: Task) -> Certificate | None:
        """The solver's box as the certificate."""
        problem = form.problem
        if len(problem.steps) > 1 or self.prefix >= len(form.chain):
            return None
        box = post_fixpoint(problem, form.chain[self.prefix], task.budget)
        if box is None:
            return None
        regions = {problem.agent.name: Region(box)}
        found = Certificate(Method.POST_FIXPOINT, prefix=self.prefix, regions=regions)
        return _checked(form, found, task)


def _checked(form: Form, found: Certificate, task: Task) -> Certificate | None:
    """A candidate with its obligations discharged and, where it has one, its prefix checked."""
    problem, budget, prefix = form.problem, task.budget, found.prefix
    held = {
        p.name: (*problem.domain(p), *found.regions[p.name].clauses(p))
        for p in problem.traced.positions
    }
    shown = discharge(problem, held, budget, seeded=prefix == 0)
    if isinstance(shown, Blocked):
        task.blocked.append(shown)
        return None
    start: list[Box] = []
    if prefix:
        start = form.chain[: prefix * len(problem.steps) + 1]
        agent = problem.agent
        inside = found.regions[agent.name].clauses(agent)
        if not covers(inside, clauses_of_box(start[-1], agent), budget):
            return None
        if clear_steps(problem, start, budget) < len(start):
            return None
        shown = (SEED, Label(Duty.PREFIX, number=prefix), *shown)
    found = attrs.evolve(found, discharged=shown, chain=tuple(start), form=problem)
    return state(problem, found, budget, task.wording)


@attrs.frozen
class OpenEnds(Engine):
    """Leaves out ends of domains that no run comes to, and asks anew for limits and regions."""

    prefixes: tuple[int, ...] = (0, 1, 4)
    name = "open-ends"
    shows = Shows.PROOF
    takes_sets = True
    needs = (Need.ONE_STEP,)
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The first proof about the narrower domain."""
        off = stays_off(task.composed, task.budget)
        if not off:
            return None
        agent = task.composed.agent.name
        narrow = attrs.evolve(task, problem=task.composed.adding(off))
        for engine in (Limits(), *(InductiveRegion(prefix=each) for each in self.prefixes)):
            found = engine.attempt(narrow)
            if found is not None:
                bounds = (*found.bounds.get(agent, ()), *bounds_of(off))
                return attrs.evolve(found, bounds={**found.bounds, agent: bounds})
            if task.budget.exhausted:
                break
        return None


@attrs.frozen
class KInduction(Engine):
    """Shows that several safe iterations in a row are followed by another."""

    depth: int = 2
    name = "k-induction"
    shows = Shows.PROOF
    takes_sets = True
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The induction of the engine's depth."""
        if not induct(task.composed, self.depth, task.budget):
            return None
        shown = (Label(Duty.INDUCTION, number=self.depth),)
        return Certificate(
            Method.K_INDUCTION, discharged=shown, depth=self.depth, form=task.composed
        )


@attrs.frozen
class InductivePolyhedron(Engine):
    """Closes the claim under affine preimages, or guesses linear templates from simulated runs.

    In a hurry, only the preimages, and for a moment.
    """

    hurried: bool = False
    name = "polyhedra"
    shows = Shows.PROOF
    takes_sets = True
    needs = (Need.ONE_STEP, Need.AFFINE, Need.FEW_FIELDS)
    cost = Cost.TENS_OF_SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The first candidate that the solver accepts."""
        problem, agent = task.composed, task.composed.agent
        # a run in floats that ends on a limit may seem to break it: the preimages are exact
        templates = None if self.hurried or task.seems_broken else task.templates
        seconds = HURRIED_SECONDS if self.hurried else POLYHEDRON_SECONDS
        for region in _polyhedra(problem, templates, task.budget, seconds):
            if task.budget.exhausted:
                return None
            held = {agent.name: (*problem.domain(agent), *region.clauses(agent))}
            shown = discharge(problem, held, task.budget)
            if not isinstance(shown, Blocked):
                regions: Mapping[str, Region] = {agent.name: region}
                found = Certificate(
                    Method.POLYHEDRON, discharged=shown, regions=regions, form=problem
                )
                return state(problem, found, task.budget, task.wording)
            if templates is not None and shown.fails:
                templates.widen(shown.values)
        return None


def _polyhedra(
    problem: Problem, templates: Polyhedra | None, budget: QueryBudget, seconds: float
) -> Iterator[Region]:
    """Candidates: the affine preimages of the clauses, harmonic functions, linear templates."""
    part = budget.within(seconds)
    preimages = polyhedron(problem, part)
    budget.count(part)
    if preimages is not None:
        yield preimages
    yield from supermartingales(problem)
    if templates is not None:
        yield from templates.candidates(budget)


@attrs.frozen
class InductiveEllipsoid(Engine):
    """Solves for ellipsoids that an affine step keeps, and decides exactly that it does."""

    name = "ellipsoids"
    shows = Shows.PROOF
    takes_sets = True
    needs = (Need.ONE_STEP, Need.AFFINE, Need.FEW_FIELDS)

    def attempt(self, task: Task) -> Certificate | None:
        """The ellipsoids as the certificate."""
        problem, agent = task.composed, task.composed.agent
        region = inductive_ellipsoids(problem, task.budget)
        if region is None:
            return None
        return Certificate(
            Method.ELLIPSOID,
            whole_iterations=problem.by_iterations,
            bounds={agent.name: bounds_of(region.clauses(agent))},
            discharged=(SEED, Label(Duty.PRESERVATION, problem.steps[0].name, 2), LIMITS),
            regions={agent.name: region},
            form=problem,
        )


def _by_sets(method: Method, problem: Problem, sets: Thread) -> Certificate:
    """A list of sets as the certificate: a step leads from each into the next, and from the last
    into itself."""
    prefix = len(sets) - 1
    shown = (SEED, *((Label(Duty.PREFIX, number=prefix),) if prefix else ()))
    return Certificate(
        method,
        whole_iterations=problem.by_iterations,
        prefix=prefix,
        bounds={problem.agent.name: bounds_of(sets[-1])},
        discharged=(*shown, Label(Duty.PRESERVATION, problem.steps[0].name, 2), LIMITS),
        sets=sets,
        form=problem,
    )


@attrs.frozen
class PolynomialSets(Engine):
    """Finds a polynomial that a step does not raise above 0, by sums of squares decided exactly.

    In a hurry, for a short time and up to degree 4.
    """

    hurried: bool = False
    name = "polynomial-sets"
    shows = Shows.PROOF
    takes_sets = True
    needs = (Need.ONE_STEP, Need.POLYNOMIAL, Need.FEW_FIELDS)
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The set as the certificate; that nature has a choice is asked of the solver."""
        problem, agent = task.composed, task.composed.agent
        if problem.free_parameters or task.seems_broken or task.templates is None:
            return None
        degrees, seconds = (
            ((2, 4), HURRIED_SECONDS) if self.hurried else ((4, 6), POLYNOMIAL_SECONDS)
        )
        part = task.budget.within(seconds)
        found = polynomial_set(problem, task.templates.states, degrees, part)
        task.budget.count(part)
        if found is None:
            return None
        held = found.clauses(agent)
        (step,) = problem.steps
        due = [*entry(problem, ()), *preservation(step, held, ())]
        if not met(due, task.budget):
            return None
        shown = _by_sets(Method.POLYNOMIAL, problem, (held,))
        return attrs.evolve(shown, lemmas=tuple(found.lemmas))


@attrs.frozen
class ClauseByClause(Engine):
    """Shows each clause by sets of its own, all clauses assumed where a step begins."""

    name = "clause-by-clause"
    shows = Shows.PROOF
    takes_sets = True
    needs = (Need.ONE_STEP,)
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The sets of all clauses side by side as the certificate."""
        problem = task.composed
        part = task.budget.within(CLAUSES_SECONDS)
        sets = clause_by_clause(problem, part)
        task.budget.count(part)
        if sets is None:
            return None
        return _by_sets(Method.CLAUSE_BY_CLAUSE, problem, sets)


@attrs.frozen
class Potentials(Engine):
    """Adds to what is claimed what no step raises with it, guessed by linear programs.

    It is asked to hold at the seed, or after a few iterations.
    """

    prefixes: tuple[int, ...] = (0, 4, 16)
    name = "potentials"
    shows = Shows.PROOF
    needs = (Need.ONE_STEP, Need.FEW_FIELDS)
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The first potentials that the solver accepts, with the claim, as the certificate."""
        problem = task.composed
        if problem.free_parameters or task.seems_broken:
            return None
        part = task.budget.within(POTENTIAL_SECONDS)
        sets = next(self._accepted(problem, part), None)
        task.budget.count(part)
        if sets is None:
            return None
        return _by_sets(Method.POTENTIAL, problem, sets)

    def _accepted(self, problem: Problem, budget: QueryBudget) -> Iterator[Thread]:
        """Boxes around the first iterations, and then potentials, of which the solver finds that
        they lead into one another."""
        agent = problem.agent
        safe = problem.clauses[agent.name]
        synthesizer = RegionSynthesizer(problem)
        chain, steps = synthesizer.chain(max(self.prefixes), budget), sampled_steps(synthesizer)
        for prefix in self.prefixes:
            if prefix >= len(chain) or budget.exhausted:
                return
            boxes = tuple((*safe, *Region(box).clauses(agent)) for box in chain[:prefix])
            for clauses in potentials(problem, chain[prefix], steps, budget):
                sets = (*boxes, (*safe, *clauses))
                if not budget.exhausted and followed(problem, sets, (), budget):
                    yield sets


@attrs.frozen
class BoxUnion(Engine):
    """Covers what is reached by many boxes, where no single convex set will do."""

    name = "box-unions"
    shows = Shows.PROOF
    takes_sets = True
    needs = (Need.ONE_STEP, Need.FEW_FIELDS)
    cost = Cost.TENS_OF_SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The union as the certificate."""
        if task.seems_broken:
            return None
        part = task.budget.within(UNION_SECONDS)
        found = inductive_union(task.composed, part)
        task.budget.count(part)
        if found is None:
            return None
        union, shown = found
        boxes = {task.composed.agent.name: union}
        return Certificate(Method.BOX_UNION, discharged=shown, boxes=boxes, form=task.composed)


@attrs.frozen
class BoxPerMode(Engine):
    """Moves a box for each mode, the values of flags and small counts, until all come to rest."""

    name = "modes"
    shows = Shows.PROOF
    takes_sets = True
    needs = (Need.ONE_STEP, Need.MODES)

    def attempt(self, task: Task) -> Certificate | None:
        """The boxes of the modes as the certificate."""
        modal = has_modes(task.composed)
        return boxes_by_mode(task.composed, task.budget) if modal else None


@attrs.frozen
class ReachedStates(Engine):
    """Explores all states of a finite loop, breadth first."""

    name = "finite-states"
    shows = Shows.PROOF
    needs = (Need.ONE_STEP, Need.FINITE)
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> Certificate | None:
        """The union of the states as the certificate."""
        explored = task.explored
        if explored is None or explored.broken is not None:
            return None
        found = union_of_points(task.composed, explored, task.budget)
        if found is None:
            return None
        boxes = {task.composed.agent.name: found[0]}
        return Certificate(Method.BOX_UNION, discharged=found[1], boxes=boxes, form=task.composed)
