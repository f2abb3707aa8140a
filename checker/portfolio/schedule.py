"""The engines in the order in which they are tried. A new engine is one entry here."""

from __future__ import annotations

import attrs

from checker.backends.solver import HASTY_SECONDS
from checker.invariants.certificate import Certificate
from checker.portfolio.engine import Engine, FoundRun, Shows, Task
from checker.portfolio.proofs import (
    BoxPerMode,
    BoxUnion,
    ClauseByClause,
    InductiveEllipsoid,
    InductivePolyhedron,
    InductiveRegion,
    KInduction,
    Limits,
    OpenEnds,
    PolynomialSets,
    PostFixpoint,
    Potentials,
    ReachedStates,
    Return,
)
from checker.portfolio.searches import (
    BRIEF,
    LONG_SEARCH,
    BoundedModelChecking,
    BreadthFirst,
    DeepBoundedModelChecking,
    HypothesisDraws,
    LongPlanning,
    Planning,
    StrategySearch,
    WorstRun,
)
from checker.system.announcements import announce
from checker.system.findings import Trying
from spec.errors import SpecError, alternatives

PREFIXES = (0, 1, 2, 4, 8, 16, 32)
"""Iterations after which a set may be entered."""


def _around(prefix: int, whole: bool = False) -> list[Engine]:
    """The proofs by a set at every position that is entered after a prefix."""
    return [InductiveRegion(whole, prefix), PostFixpoint(whole, prefix)]


def _inductive_sets(whole: bool, prefixes: tuple[int, ...]) -> list[Engine]:
    """The proofs by a set at every position, in one form of the loop."""
    entered = [engine for prefix in prefixes for engine in _around(prefix, whole)]
    return [Limits(whole), Return(whole), *entered, Return(whole, late=True)]


AT_ONCE: list[Engine] = [Limits(whole=False), Return(whole=False)]
AROUND_THE_SEED: list[Engine] = [ReachedStates(), *_around(0)]
LATER: list[Engine] = [
    OpenEnds(),
    *(engine for prefix in PREFIXES[1:] for engine in _around(prefix)),
    Return(whole=False, late=True),
    *_inductive_sets(whole=True, prefixes=PREFIXES),
    BoxPerMode(),
    KInduction(depth=2),
    InductiveEllipsoid(),
    InductivePolyhedron(hurried=True),
    ClauseByClause(),
    Potentials(),
    PolynomialSets(hurried=True),  # before what takes seconds where steps are not linear
    *(KInduction(depth) for depth in (3, 4)),
]

PROOFS: list[Engine] = [*AT_ONCE, *AROUND_THE_SEED, *LATER]
"""The proofs that are tried before a long search for a run."""

QUICK: list[Engine] = [StrategySearch(), *_inductive_sets(whole=False, prefixes=PREFIXES[:1])]
"""What is tried of a claim that is asked about many times over, as along a parameter."""

SCHEDULE: list[Engine] = [
    StrategySearch(),
    *AT_ONCE,
    BreadthFirst(),
    *AROUND_THE_SEED,
    WorstRun(likely=True),
    BoundedModelChecking(longest=BRIEF, patience=1, seconds=HASTY_SECONDS),
    *LATER,
    WorstRun(),
    StrategySearch(LONG_SEARCH, tries=2),
    Planning(),
    HypothesisDraws(),
    BoundedModelChecking(),
    InductivePolyhedron(),
    BoxUnion(),
    PolynomialSets(),
    LongPlanning(),
    DeepBoundedModelChecking(),
]
"""Everything, cheap and likely first."""


def named(names: tuple[str, ...]) -> list[Engine]:
    """The entries of the schedule with one of these names; all of it for none.

    Raises:
        SpecError: for a name that no engine has.
    """
    known = dict.fromkeys(engine.name for engine in SCHEDULE)
    for name in names:
        if name not in known:
            raise SpecError(f"no engine {name}; there is {alternatives(known, name)}", "")
    return [engine for engine in SCHEDULE if not names or engine.name in names]


def _attempt(engine: Engine, task: Task) -> Certificate | FoundRun | None:
    """What the engine shows; of a seed that is a set, from single points of it if need be."""
    if engine.takes_sets or not task.problem.seed_choices:
        return engine.attempt(task)
    if engine.shows is Shows.PROOF:
        return None
    for each in task.from_points:
        if task.budget.exhausted:
            break
        found = engine.attempt(each)
        if isinstance(found, FoundRun):  # what is the shortest from one seed is not so from all
            return attrs.evolve(found, shortest=None)
    return None


def run(engines: list[Engine], task: Task) -> tuple[Certificate | FoundRun | None, list[Engine]]:
    """Try the engines in order until one shows something or the budget is used up.

    Returns:
        what was shown, and the engines that were tried.
    """
    tried: list[Engine] = []
    for engine in engines:
        if task.budget.exhausted:
            break
        announce(Trying(engine.name, tuple(dict.fromkeys(each.name for each in tried))))
        tried.append(engine)
        found = _attempt(engine, task)
        if found is not None:
            return found, tried
    return None, tried
