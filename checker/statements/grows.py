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
from checker.invariants.interval_analysis import RegionSynthesizer, StepTransformer
from checker.portfolio.decision import Options, decide_with_proof
from checker.portfolio.proving import prove
from checker.statements.posing import claim_of, decided
from checker.system.findings import Fact, Method
from checker.system.problem import Clause, ClauseKind, Problem, bound_on, numeral_value, pose
from checker.system.region import Array
from checker.system.seeds import require_a_point
from checker.system.verdict import Proof, Refutation, Result, Stated, Unknown, Verdict
from spec.statements.dynamics import Grows
from spec.terms import numeral
from spec.trace import trace

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
    proof: Stated = attrs.field(factory=Stated, eq=False)


@attrs.frozen
class HeldDown(Fact):
    """Nature can keep the field from ever exceeding ``rank``, by always choosing alike: proved of
    that run.

    ``units`` say of each choice whether it always lies at its lower or at its upper end.
    """

    field: str
    rank: Fraction
    units: tuple[Fraction, ...] = attrs.field(default=(), eq=False)
    proof: Stated = attrs.field(factory=Stated, eq=False)


@attrs.frozen
class GrowthUndecided(Fact):
    """The invariant is kept, but neither a least gain nor a bound on the field was shown."""


def decide_grows(statement: Grows, overriding: Mapping[str, Fraction], options: Options) -> Verdict:
    """Whether the field passes every bound while the invariant is kept forever.

    Raises:
        SpecError: for a mistake in the specification.
    """
    claim = claim_of(statement)
    require_a_point(trace(statement.scheme, statement.chosen), "growth is not decided")
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
    gain = least_gain(problem, proof, _index(problem, field), budget)
    if gain is not None:
        certificate = kept.certificate if isinstance(kept, Proof) else None
        return Proof(Method.GROWTH, certificate), (GainsEachRound(field, gain),)
    kept_down = greatest_value(problem, field, budget) or held_down(problem, field, budget)
    if kept_down is not None:
        return Refutation(Method.NO_GROWTH), (kept_down,)
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
    (step,) = RegionSynthesizer(composed).transformers
    seed = _seed(composed)
    least = np.nanmin(_after(step, seed, _corners(composed))[:, index]) - seed[index]
    return Fraction(float(least)).limit_denominator(10_000) if np.isfinite(least) else Fraction(0)


def _corners(composed: Problem) -> Array:
    """Rows of 0 and 1: at which end of its bounds each choice lies."""
    choices = len(composed.steps[0].stage.choices)
    drawn = np.random.default_rng(5).integers(0, 2, size=(SAMPLES, choices)).astype(float)
    drawn[0], drawn[1] = 0.0, 1.0
    return drawn


def _seed(composed: Problem) -> Array:
    """The seed in floats."""
    return np.array([float(numeral_value(term)) for term in composed.seed])


def _after(step: StepTransformer, state: Array, corners: Array) -> Array:
    """The agents that a step makes of one, at each row of choices, in floats."""
    return step.outputs(np.concatenate([np.tile(state, (len(corners), 1)), corners], axis=1))


def greatest_value(problem: Problem, field: str, budget: QueryBudget) -> NeverBeyond | None:
    """A bound on a field that no run exceeds: where the runs that gain most come to rest."""
    for bound in _resting_places(problem.composed(), _index(problem, field)):
        proof = _stays_within(problem, field, bound, budget)
        if proof is not None:
            return NeverBeyond(field, bound, proof)
    return None


def held_down(problem: Problem, field: str, budget: QueryBudget) -> HeldDown | None:
    """What a field never exceeds under the constant strategy that holds it down at the seed."""
    composed, index = problem.composed(), _index(problem, field)
    if not composed.steps[0].stage.choices:
        return None
    (step,) = RegionSynthesizer(composed).transformers
    corners = _corners(composed)
    least = int(np.nanargmin(_after(step, _seed(composed), corners)[:, index]))
    units = tuple(Fraction(int(unit)) for unit in corners[least])
    fixed = fix_choices(composed, list(units), strict=True)
    start = numeral_value(composed.seed[index])
    for bound in (start, *_resting_places(fixed, index)):
        proof = _stays_within(fixed, field, bound, budget)
        if proof is not None:
            return HeldDown(field, bound, units, proof)
    return None


def _index(problem: Problem, field: str) -> int:
    return [domain.name for domain in problem.agent.fields].index(field)


def _stays_within(
    problem: Problem, field: str, bound: Fraction, budget: QueryBudget
) -> Stated | None:
    """A proof that the field never exceeds the bound, if one is found."""
    agent = problem.agent
    cap = bound_on(field, agent.symbols[_index(problem, field)], "<=", bound)
    cap = attrs.evolve(cap, kind=ClauseKind.INVARIANT)
    clauses = {**problem.clauses, agent.name: (*problem.clauses[agent.name], cap)}
    claimed = attrs.evolve(problem, clauses=clauses)
    for form in [claimed] if len(claimed.steps) == 1 else [claimed, claimed.composed()]:
        certificate = prove(form, budget, terse=False)
        if isinstance(certificate, Certificate):
            return certificate.stated(form)
    return None


def _resting_places(composed: Problem, index: int) -> list[Fraction]:
    """Where the field seems to come to rest in runs that always gain most; guesses."""
    (step,) = RegionSynthesizer(composed).transformers
    state, corners = _seed(composed), _corners(composed)
    for _ in range(ROUNDS):
        after = _after(step, state, corners)
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
