"""Several different counterexamples: other steps to blame, other clauses, other choices of nature.

Nature is searched again with one clause alone to be broken, and with one choice that an earlier
run made kept at its low end. Whatever is found is replayed against the whole claim, so each is a
counterexample of it, and which clause it breaks and whom it blames are read off that replay.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from checker.counterexamples.random_search import Strategy, following, screen, simplify
from checker.portfolio.minimality import blame_for
from checker.system.findings import Method
from checker.system.problem import Clause, Problem, Step
from checker.system.replay import Run, replay
from checker.system.verdict import Refutation
from spec.errors import SpecError

HORIZON = 200
"""Iterations within which another run is looked for."""
TRIES = 3
"""Strategies of one search that are replayed."""


@attrs.frozen
class OtherRuns:
    """Counterexamples beside the first, each different from all before it.

    ``wanted`` is how many there were to be, with the first.
    """

    wanted: int
    found: tuple[Refutation, ...]


Kind = tuple[object, object, frozenset[str]]
"""What tells runs apart: the obligation to blame, the clause that breaks, the choices made."""


def kind_of(run: Run) -> Kind:
    """What a run is told apart by."""
    blame = blame_for(run)
    clause = (run.position, run.broken, tuple(each.number for each in run.conjuncts))
    made = frozenset(f"{step.step}: {name}" for step in run.steps for name in step.made)
    return None if blame is None else blame.obligation, clause, made


def other_runs(problem: Problem, first: Run, wanted: int, seconds: float) -> OtherRuns:
    """Look for runs that differ from a first one, so many with it, for about so many seconds.

    Those that blame another step or break another clause come before those that only choose
    otherwise, and shorter ones before longer ones.
    """
    until = time.monotonic() + seconds
    taken, candidates = [kind_of(first)], list[Run]()
    for run in _candidates(problem, first):
        if kind_of(run) not in [*taken, *map(kind_of, candidates)]:
            candidates.append(run)
        if time.monotonic() > until:
            break
    found = list[Refutation]()
    while candidates and len(found) + 1 < wanted:
        best = min(candidates, key=lambda run: (-_news(kind_of(run), taken), run.iteration))
        candidates.remove(best)
        taken.append(kind_of(best))
        found.append(Refutation(Method.SEARCH, best, blame=blame_for(best)))
    return OtherRuns(wanted, tuple(found))


def _news(kind: Kind, taken: Sequence[Kind]) -> int:
    """In how many of blame and clause a run differs from every one before it."""
    return sum(all(kind[part] != other[part] for other in taken) for part in (0, 1))


def _candidates(problem: Problem, first: Run) -> Iterator[Run]:
    yield from _found(problem, problem)
    for clause in {id(c): c for cs in problem.clauses.values() for c in cs}.values():
        yield from _found(problem, _asking_only(problem, clause))
    names = dict.fromkeys((step.step, name) for step in first.steps for name in step.made)
    for step, name in names:
        yield from _found(problem, _without(problem, step, name), (step, name))


def _asking_only(problem: Problem, wanted: Clause) -> Problem:
    kept = {p: tuple(c for c in cs if c is wanted) for p, cs in problem.clauses.items()}
    return attrs.evolve(problem, clauses=kept)


def _without(problem: Problem, step_name: str, name: str) -> Problem:
    """The problem with one choice of a step at its low end."""

    def put(step: Step) -> Step:
        if step.name != step_name:
            return step
        choices = tuple(
            attrs.evolve(choice, high=choice.low) if choice.name == name else choice
            for choice in step.stage.choices
        )
        return Step(attrs.evolve(step.stage, choices=choices), step.source, step.target)

    return attrs.evolve(problem, steps=tuple(map(put, problem.steps)))


def _found(
    problem: Problem, asked: Problem, without: tuple[str, str] | None = None
) -> Iterator[Run]:
    """Runs that a search in one problem finds, replayed in the whole one and made simple."""
    for length, strategy in screen(asked, HORIZON)[:TRIES]:
        plan = _lowered(problem, strategy, without)
        try:
            run = replay(problem, following(plan), length + 8)
            if run is not None and run.broken is not None:
                yield simplify(problem, run, plan)[0]
        except SpecError:
            continue  # a run that is not defined is none


def _lowered(problem: Problem, strategy: Strategy, without: tuple[str, str] | None) -> Strategy:
    if without is None:
        return strategy
    names = [[(step.name, c.name) for c in step.stage.choices] for step in problem.steps]
    return [
        [
            [Fraction(0) if name == without else unit for name, unit in zip(ns, units, strict=True)]
            for ns, units in zip(names, iteration, strict=True)
        ]
        for iteration in strategy
    ]
