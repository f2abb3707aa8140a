"""Clauses shown one by one, where no one set shows them all (docs/theory/regions.md).

Most clauses are kept by a step as long as all of them hold. For each that is not, a thread of sets
is looked for: boxes around the first iterations, then one that is not left, or a polyhedron, each
with all clauses assumed where a step begins. All threads side by side, with the clauses, are one
list of sets again, and that is put to the solver as a whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from checker.backends.solver import QueryBudget
from checker.invariants.box_unions import hull
from checker.invariants.houdini import kept_by_step
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.preimages import polyhedron
from checker.invariants.supermartingales import supermartingales
from checker.system.gaps import met
from checker.system.obligations import entry, preservation
from checker.system.problem import Clause, Problem
from checker.system.region import Box, Region
from spec.nodes import id_of, number_in, topological

PREFIXES = (0, 1, 2, 4, 8, 16)
"""Iterations after which a thread may come to its last set."""
MARGINS = (3e-2, 3e-3, 1e-4, 1e-6)
MOST_HARD = 4

Set = tuple[Clause, ...]
Thread = tuple[Set, ...]
"""Sets of agents: a step leads from each into the next, and from the last into itself."""


def clause_by_clause(problem: Problem, budget: QueryBudget) -> Thread | None:
    """Sets that show all clauses, for a problem composed to one step: each implies all of them.

    None where no clause is kept as it stands, or one of the others is not shown.
    """
    safe = problem.clauses[problem.agent.name]
    hard = [clause for clause in safe if not _kept(problem, [(clause,)], budget)]
    if not 0 < len(hard) < len(safe) or len(hard) > MOST_HARD:
        return None
    threads: list[Thread] = []
    for clause in hard:
        if any(_kept(problem, _with(thread, clause), budget) for thread in threads):
            continue
        found = _thread(problem, clause, budget)
        if found is None:
            return None
        threads.append(found)
    sets = _side_by_side(safe, threads)
    return sets if followed(problem, sets, (), budget) else None


def _thread(problem: Problem, clause: Clause, budget: QueryBudget) -> Thread | None:
    """The first thread within a clause that its steps keep while all clauses are assumed."""
    for candidate in _candidates(problem, clause, budget):
        if budget.exhausted:
            return None
        thread = _with(candidate, clause)
        if _kept(problem, thread, budget):
            return thread
    return None


def _candidates(problem: Problem, clause: Clause, budget: QueryBudget) -> Iterator[Thread]:
    """Guesses for one clause alone."""
    agent = problem.agent
    alone = attrs.evolve(problem, clauses={agent.name: (clause,)})
    for region in supermartingales(problem):
        yield (region.clauses(agent),)
    part = budget.share(0.5)
    preimages = polyhedron(alone, part)
    budget.count(part)
    if preimages is not None:
        yield (preimages.clauses(agent),)
    for clauses in ((clause,), ()):
        guesses = RegionSynthesizer(attrs.evolve(problem, clauses={agent.name: clauses}))
        chain = guesses.chain(max(PREFIXES), budget)
        yield from _exact(problem, clause, chain, budget)
        for prefix in PREFIXES:
            if prefix >= len(chain):
                break
            regions = _inflated(guesses, chain[prefix], budget)
            if regions is not None:
                boxes = [Region(box).clauses(agent) for box in chain[:prefix]]
                yield (*boxes, regions[agent.name].clauses(agent))


def _inflated(
    guesses: RegionSynthesizer, start: Box, budget: QueryBudget
) -> dict[str, Region] | None:
    """The region with the widest margin that is found."""
    found = (guesses.inflate(start, margin, budget=budget) for margin in MARGINS)
    return next((regions for regions in found if regions is not None), None)


def _exact(
    problem: Problem, clause: Clause, chain: Sequence[Box], budget: QueryBudget
) -> Iterator[Thread]:
    """Those ends of all first boxes that a step keeps as they are, with no margin: of what only
    falls, of what is constant; and of what comes near to a number in the clauses, that number."""
    agent = problem.agent
    box = hull(chain)
    ends = dict.fromkeys(
        (*Region(box).clauses(agent), *Region(_spoken(problem, box)).clauses(agent))
    )
    kept = kept_by_step(problem, ends, problem.seed_given, budget)
    if kept:
        yield (tuple(kept),)


def _spoken(problem: Problem, box: Box) -> Box:
    """The nearest numbers in the clauses around a box; its own end where there is none beyond."""
    terms = [clause.condition for clause in problem.claimed(problem.agent)]
    numbers = {n for n in map(number_in, topological(terms)) if n is not None}
    return tuple(
        (
            max((n for n in numbers if n <= low), default=low),
            min((n for n in numbers if n >= high), default=high),
        )
        for low, high in box
    )


def _with(thread: Sequence[Set], clause: Clause) -> Thread:
    """The thread, the clause added to each of its sets."""
    return tuple((*held, clause) for held in thread)


def _kept(problem: Problem, thread: Sequence[Set], budget: QueryBudget) -> bool:
    """Whether runs follow a thread as long as all clauses hold."""
    return followed(problem, thread, problem.clauses[problem.agent.name], budget)


def followed(problem: Problem, thread: Sequence[Set], assumed: Set, budget: QueryBudget) -> bool:
    """Whether the seed is in the first set, and a step leads from each into the next.

    With clauses that are assumed of the agent before a step nothing is asked but that: whether
    steps are defined is asked of the sets that all threads make together.
    """
    (step,) = problem.steps
    if not met(entry(problem, thread[0]), budget):
        return False
    for here, there in itertools.pairwise((*thread, thread[-1])):
        due = preservation(step, (*assumed, *here), there)
        if not met(due[:1] if assumed else due, budget):
            return False
    return True


def _side_by_side(safe: Set, threads: Sequence[Thread]) -> Thread:
    """The sets of all threads at once, and the clauses; one that has ended stays in its last."""
    longest = max(len(thread) for thread in threads)
    return tuple(
        (*safe, *_distinct(thread[min(number, len(thread) - 1)] for thread in threads))
        for number in range(longest)
    )


def _distinct(sets: Iterable[Set]) -> Iterator[Clause]:
    """The clauses of several sets that say different things."""
    seen: set[int] = set()
    for clause in itertools.chain.from_iterable(sets):
        if id_of(clause.condition) not in seen:
            seen.add(id_of(clause.condition))
            yield clause
