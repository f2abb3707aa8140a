"""Is an abstract step right about every world? A lifting proof, and worlds that break it.

PROVED needs the conditions of ``checker.worlds.lifting``; worlds over a grid, however many, prove
nothing of the rest. REFUTED needs a world, replayed from the definition. Both are tried on every
statement, so that each checks the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.portfolio.decision import Options
from checker.statements.posing import decided
from checker.system.findings import AssumptionFails, Fact, Method
from checker.system.verdict import (
    EnginesDisagree,
    Proof,
    Refutation,
    Result,
    Unknown,
    Vacuous,
    Verdict,
    undecided,
)
from checker.worlds.exhaustion import Search, of_one_question, search, tightest
from checker.worlds.grid import grid_of
from checker.worlds.lifting import Lifted, NotLifted, lift
from checker.worlds.random_worlds import attack, draw_world
from checker.worlds.tracing import TwoVersions, ratios_of, two_versions
from checker.worlds.weighting import Worlds
from checker.worlds.world import BoundInWorld, Replay
from spec.statements.sound import Sound
from spec.worlds import DENSITY, Assumption

LIFTING = 0.4
"""The share of the time that a proof may take."""
HASTY = 1.0
"""Seconds for a query about all worlds over a grid, where a proof says that none breaks a bound, or
where there is a quicker way to one that does."""

EXAMPLES = 200
"""Worlds that Hypothesis draws where no proof was found, and none over the grid breaks a bound."""


@attrs.frozen
class Covered(Fact):
    """The worlds among which none breaks a bound.

    Args:
        shares: the numbers that stand in them, as shares of the range of each.
        kinds: the kinds of question over these, from which worlds of any size are made.
        whole: whether these are all kinds, and not a sample of them.
        settled: whether it was settled that none of the worlds breaks a bound.
    """

    shares: tuple[Fraction, ...]
    kinds: int
    whole: bool
    settled: bool


@attrs.frozen
class Tightness(Fact):
    """How much of a bound happens in some world: ``seen`` is the one with the greatest share."""

    seen: BoundInWorld


@attrs.frozen
class Unmeasured(Fact):
    """No world was found in which the bound on a field says something."""

    of: str


AS_TRAINED = Assumption(
    "as in training", "the parts of questions are distributed as the table's questions in training"
)
"""What is assumed where no density ratio is named: a ratio of 1."""


class Role(Enum):
    """What becomes of a bound without an assumption."""

    NEEDED = "needed"
    """Some world breaks it."""
    IDLE = "idle"
    """It is proved all the same."""
    OPEN = "open"
    """Neither: no world was found that breaks it."""


@attrs.frozen
class Without(Fact):
    """What becomes of the bounds without one assumption.

    ``broken`` is the smallest world that breaks one; ``covered`` are the worlds among which none
    was found.
    """

    assumption: Assumption
    role: Role
    broken: BoundInWorld | None = None
    covered: Covered | None = None


@attrs.frozen
class NeitherShown(Fact):
    """Why a statement is open: the condition that stops the proof, and no world that breaks it."""

    stopped: NotLifted
    covered: Covered


@attrs.frozen
class NoWorld(Fact):
    """No world was found that meets what is said of it, whether the bounds hold there or not."""


@attrs.frozen
class NoQuestion(Fact):
    """There is no question: what is said of its draws and of the table contradicts itself."""


def decide_sound(statement: Sound, overriding: Mapping[str, Fraction], options: Options) -> Verdict:
    """Whether an abstract step covers its concrete version in every world.

    Raises:
        SpecError: for a mistake in the specification.
        EnginesDisagree: when a world breaks what was proved.
    """
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    versions = two_versions(statement, overriding)
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}), parameters=dict(versions.values)
    )
    vacuous = _vacuity(versions, budget)
    if vacuous is not None:
        return decided(blank, budget, vacuous)
    proof = lift(versions, budget, options.timeout * LIFTING)
    worlds = _worlds(versions, budget)
    proved = isinstance(proof, Lifted)
    found = search(worlds, min(options.query, HASTY) if proved else options.query)
    broken = found.broken
    if broken is None and isinstance(proof, NotLifted):
        broken = of_one_question(worlds, proof.at)
    if broken is None:
        broken = attack(worlds, options.attack) if proved else draw_world(worlds, EXAMPLES)
    if broken is not None:
        if proved:
            raise EnginesDisagree(
                f"{statement.name} was proved by lifting, and a world breaks it: {broken}"
            )
        return decided(blank, budget, Refutation(Method.SMALLEST_WORLD), (broken,))
    covered = _covered(worlds, found)
    result, facts = _without_world(versions, worlds, proof, covered, options)
    if isinstance(result, Proof):
        facts += tuple(_dropped(versions, budget, options))
    return decided(blank, budget, result, facts)


def _worlds(versions: TwoVersions, budget: QueryBudget) -> Worlds:
    replay = Replay(versions)
    return Worlds(versions, replay, grid_of(versions, replay, budget), budget)


def _covered(worlds: Worlds, found: Search) -> Covered:
    grid = worlds.grid
    return Covered(grid.shares, len(grid.kinds), grid.whole, found.complete)


def _without_world(
    versions: TwoVersions,
    worlds: Worlds,
    proof: Lifted | NotLifted,
    covered: Covered,
    options: Options,
) -> tuple[Result, tuple[Fact, ...]]:
    """The verdict where no world breaks a bound, and what was found."""
    if isinstance(proof, NotLifted):
        return Unknown(Method.WORLDS, NeitherShown(proof, covered)), ()
    if not worlds.find([], seconds=options.query).sat and not _one_question(
        versions, worlds.budget
    ):
        return Unknown(Method.WORLDS, NoWorld()), ()
    return Proof(Method.LIFTING), (proof, covered, *_tightness(worlds, options))


def _tightness(worlds: Worlds, options: Options) -> Iterator[Fact]:
    for goal in worlds.goals:
        if goal.top is not None:
            found = tightest(worlds, goal, options.query)
            yield Unmeasured(goal.name) if found is None else Tightness(found)


# --- what is said of nothing ----------------------------------------------------------------------


def _vacuity(versions: TwoVersions, budget: QueryBudget) -> Vacuous | None:
    """Why the statement is about nothing, if it is."""
    own = versions.at_values()
    for name, text, condition in versions.traced.assumptions:
        if z3.is_false(z3.simplify(z3.substitute(condition, *own) if own else condition)):
            return Vacuous(AssumptionFails(name, text))
    at = versions.at_values(keeping=versions.averaged)
    conditions = [*versions.given, *versions.question]
    posed = [z3.substitute(c, *at) if at else c for c in conditions]
    if satisfy(posed, budget).unsat:
        return Vacuous(NoQuestion(), Method.WORLDS)
    return None


def _one_question(versions: TwoVersions, budget: QueryBudget) -> bool:
    """Whether there is a world of one question whose means the abstract step may be given."""
    at = versions.at_values(keeping=versions.averaged)
    bounded = [given.amount <= given.symbol for given in versions.inputs]
    conditions = [*versions.given, *versions.question, *bounded]
    return satisfy([z3.substitute(c, *at) if at else c for c in conditions], budget).sat


# --- assumptions ----------------------------------------------------------------------------------


def _dropped(versions: TwoVersions, budget: QueryBudget, options: Options) -> Iterator[Without]:
    """What becomes of the bounds without each assumption."""
    statement = versions.statement
    named = [given for given in statement.assumptions if given is not DENSITY]
    if versions.tied:
        named += ratios_of(statement)
    for dropped in named:
        given = AS_TRAINED if dropped is DENSITY and not statement.density else dropped
        without = versions.without(dropped)
        worlds = _worlds(without, budget)
        found = search(worlds, min(options.query, HASTY))
        broken = found.broken
        if broken is None:
            proof = lift(without, budget, options.timeout * LIFTING / len(named))
            if isinstance(proof, Lifted):
                yield Without(given, Role.IDLE)
                continue
            broken = of_one_question(worlds, proof.at) or draw_world(worlds, EXAMPLES)
        if broken is None:
            found = search(worlds, options.query)
            broken = found.broken
        if broken is not None:
            yield Without(given, Role.NEEDED, broken)
        else:
            yield Without(given, Role.OPEN, covered=_covered(worlds, found))
