"""Growth: does the rank pass every bound while the invariant is kept forever, or where is it stuck?

Theorem. Let S hold at every agent that is reached, and let every iteration from S add at least d to
the field, d > 0. Then after n iterations the field is at least its value at the seed and n d, so
that it passes every bound, whatever nature chooses. *Proof.* Induction over iterations. What a
proof of the invariant shows to hold at every agent is taken for S: its regions, and the clauses
claimed.

It is false in one of three ways. The invariant breaks, in a replayed run; or the field stays within
a bound forever, which is a claim like any other, and is proved; or it does so under one constant
strategy of nature, which is the same claim of the loop whose choices are made.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
import numpy as np

from checker.backends.solver import QueryBudget, follows
from checker.counterexamples.fixed_strategy import fix_choices
from checker.invariants.certificate import Certificate
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.portfolio.decision import Options, decide_with_proof
from checker.portfolio.proving import prove
from checker.statements.posing import decided
from checker.system.findings import Fact, Method
from checker.system.problem import Clause, ClauseKind, Problem, bound_on, numeral_value, pose
from checker.system.region import Array
from checker.system.verdict import Proof, Refutation, Result, Unknown, Verdict
from spec.statements.claim import Claim
from spec.statements.dynamics import Grows
from spec.terms import numeral
from spec.trace import Position

HALVINGS = 20
"""Least gains that are tried, each half of the one before."""
ROUNDS = 2_000
"""Iterations after which a run that seems to stop has stopped."""
SAMPLES = 256


@attrs.frozen
class GainsEachRound(Fact):
    """Every iteration from an agent that is reached adds at least ``gain`` to the field."""

    field: str
    gain: Fraction


@attrs.frozen
class StuckWhereItBreaks(Fact):
    """The invariant breaks in a run that had got to ``rank`` in ``rounds`` rounds without it."""

    field: str
    rank: Fraction
    rounds: int


@attrs.frozen
class NeverBeyond(Fact):
    """The field never exceeds ``rank``, proved of every run."""

    field: str
    rank: Fraction


@attrs.frozen
class HeldDown(Fact):
    """Nature can keep the field from ever exceeding ``rank``, by always choosing alike: proved of
    that run."""

    field: str
    rank: Fraction


@attrs.frozen
class GrowthUndecided(Fact):
    """The invariant is kept, but neither a least gain nor a bound on the field was shown."""


def decide_grows(statement: Grows, overriding: Mapping[str, Fraction], options: Options) -> Verdict:
    """Whether the field passes every bound while the invariant is kept forever.

    Raises:
        SpecError: for a mistake in the specification.
    """
    claim = Claim(
        statement.name,
        statement.scheme,
        statement.invariant,
        at=statement.at,
        location=statement.location,
    )
    kept, certificate = decide_with_proof(claim, overriding, options)
    blank = attrs.evolve(
        kept,
        kind=Grows,
        expected=statement.expected,
        says=statement.says,
        chosen={**statement.chosen, **overriding},
    )
    if certificate is None:
        return attrs.evolve(blank, facts=_where_it_breaks(statement.field, kept))
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    problem = pose(claim, overriding)
    result, facts = _grows(problem, certificate, statement.field, budget, kept.result)
    return decided(blank, budget, result, facts)


def _where_it_breaks(field: str, kept: Verdict) -> tuple[Fact, ...]:
    """How far the run that breaks the invariant had got before it did."""
    run = kept.run
    if run is None or run.iteration == 0:
        return ()
    states = [run.seed, *(step.after for step in run.steps if step.iteration < run.iteration)]
    ranks = [state[field].low for state in states if field in state]
    return (StuckWhereItBreaks(field, ranks[-1], run.iteration - 1),) if ranks else ()


def _grows(
    problem: Problem, proof: Certificate, field: str, budget: QueryBudget, kept: Result
) -> tuple[Result, tuple[Fact, ...]]:
    index = [domain.name for domain in problem.agent.fields].index(field)
    gain = least_gain(problem, proof, index, budget)
    if gain is not None:
        certificate = kept.certificate if isinstance(kept, Proof) else None
        return Proof(Method.GROWTH, certificate), (GainsEachRound(field, gain),)
    bound = greatest_value(problem, proof, index, budget)
    if bound is not None:
        return Refutation(Method.NO_GROWTH), (NeverBeyond(field, bound),)
    held = held_down(problem, index, budget)
    if held is not None:
        return Refutation(Method.NO_GROWTH), (HeldDown(field, held),)
    return Unknown(Method.GROWTH, GrowthUndecided()), ()


def least_gain(
    problem: Problem, proof: Certificate, index: int, budget: QueryBudget
) -> Fraction | None:
    """A number above 0 that every iteration from an agent that is reached adds to a field."""
    composed = problem.composed()
    (step,) = composed.steps
    held = [clause.condition for clause in _reached(composed, proof)]
    between = [side.condition for side in step.stage.sides]
    gained = step.stage.outputs[index] - step.source.symbols[index]
    seen = _seen(composed, index)
    if seen <= 0:
        return None
    for halving in range(HALVINGS):
        gain: Fraction = seen / 2**halving
        conclusion = gained >= numeral(gain)
        if follows([*held, *between, step.stage.bounds], conclusion, budget).valid:
            return gain
    return None


def _reached(problem: Problem, proof: Certificate) -> Sequence[Clause]:
    """What is proved to hold at every agent that is reached, once the prefix is over."""
    agent = problem.agent
    region = proof.regions.get(agent.name)
    inside = () if region is None or proof.prefix else region.clauses(agent)
    return (*problem.clauses[agent.name], *inside)


def _seen(composed: Problem, index: int) -> Fraction:
    """The least that a field gains in samples, at the seed; a guess."""
    corners = _corners(len(composed.steps[0].stage.choices))
    after = _after_seed(composed, corners, index)
    least = np.nanmin(after) - float(numeral_value(composed.seed[index]))
    return Fraction(float(least)).limit_denominator(10_000) if np.isfinite(least) else Fraction(0)


def _corners(choices: int) -> Array:
    """Rows of 0 and 1: at which end of its bounds each choice lies."""
    drawn = np.random.default_rng(5).integers(0, 2, size=(SAMPLES, choices)).astype(float)
    drawn[0], drawn[1] = 0.0, 1.0
    return drawn


def _after_seed(composed: Problem, corners: Array, index: int) -> Array:
    """The field after one iteration from the seed, at each row of choices, in floats."""
    transformer = RegionSynthesizer(composed).transformers[0]
    seed = np.array([float(numeral_value(term)) for term in composed.seed])
    rows = np.concatenate([np.tile(seed, (len(corners), 1)), corners], axis=1)
    found: Array = transformer.outputs(rows)[:, index]
    return found


def greatest_value(
    problem: Problem, proof: Certificate, index: int, budget: QueryBudget
) -> Fraction | None:
    """A bound on a field that no run exceeds: where the runs that gain most come to rest."""
    for bound in _resting_places(problem.composed(), index):
        if _stays_within(problem, index, bound, budget):
            return bound
    return None


def held_down(problem: Problem, index: int, budget: QueryBudget) -> Fraction | None:
    """What a field never exceeds under the constant strategy that holds it down at the seed."""
    composed = problem.composed()
    (step,) = composed.steps
    if not step.stage.choices:
        return None
    corners = _corners(len(step.stage.choices))
    units = [
        Fraction(int(u)) for u in corners[int(np.nanargmin(_after_seed(composed, corners, index)))]
    ]
    fixed = fix_choices(composed, units, strict=True)
    start = numeral_value(composed.seed[index])
    for bound in (start, *_resting_places(fixed, index)):
        if _stays_within(fixed, index, bound, budget):
            return bound
    return None


def _stays_within(problem: Problem, index: int, bound: Fraction, budget: QueryBudget) -> bool:
    """Whether it is proved that the field never exceeds the bound."""
    capped = {p.name: _capped(problem, p, index, bound) for p in problem.traced.positions}
    claimed = attrs.evolve(problem, clauses=capped)
    forms = [claimed] if len(claimed.steps) == 1 else [claimed, claimed.composed()]
    return any(isinstance(prove(form, budget, terse=False), Certificate) for form in forms)


def _capped(
    problem: Problem, position: Position, index: int, bound: Fraction
) -> tuple[Clause, ...]:
    """The clauses of a position, and of the agent the bound on the field."""
    clauses = problem.clauses[position.name]
    if position.name != problem.agent.name:
        return clauses
    cap = bound_on(position.fields[index].name, position.symbols[index], "<=", bound)
    return (*clauses, attrs.evolve(cap, kind=ClauseKind.INVARIANT))


def _resting_places(composed: Problem, index: int) -> list[Fraction]:
    """Where the field seems to come to rest in runs that always gain most; guesses."""
    transformer = RegionSynthesizer(composed).transformers[0]
    corners = _corners(len(composed.steps[0].stage.choices))
    seed = np.array([float(numeral_value(term)) for term in composed.seed])
    state = seed
    for _ in range(ROUNDS):
        rows = np.concatenate([np.tile(state, (len(corners), 1)), corners], axis=1)
        after = transformer.outputs(rows)
        if not np.isfinite(after[:, index]).any():
            return []
        best = after[int(np.nanargmax(after[:, index]))]
        if best[index] <= state[index] + 1e-12:
            break
        state = best
    else:
        return []
    nice = Fraction(float(state[index])).limit_denominator(1000)
    return [nice, nice + Fraction(1, 1000)]
