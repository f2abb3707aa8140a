"""Schemes that no box and no order suits: polyhedra, unions of boxes and adversaries that plan.

What is checked against: runs and maps written again in plain Fractions, which know no engine.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import z3
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.backends.evaluator import EXACT, compile_terms
from checker.backends.solver import QueryBudget, follows, satisfy
from checker.counterexamples.adversary import (
    SHORT,
    Simulator,
    backward,
    excess,
    forward,
    periodic,
    planned_counterexample,
)
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.box_unions import Leak, discharge_union, hull, inductive_union
from checker.invariants.certificate import Certificate, discharge, prove_harder
from checker.invariants.interval_analysis import StepTransformer
from checker.invariants.monotone import is_monotone, order_of
from checker.invariants.preimages import affine_pieces, polyhedron
from checker.invariants.template_polyhedra import Polyhedra
from checker.system.problem import Problem, pose
from checker.system.region import Box, Region
from spec import (
    Agent,
    Bool,
    Claim,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Process,
    Real,
    Scheme,
    SpecError,
    between,
    when,
)


class NoParameters(Parameters):
    """None."""


class Two(Agent[I]):
    x: Real = between(-2, 2)
    y: Real = between(-2, 2)


class One(Agent[I]):
    x: Real = between(0, 1)


State = tuple[Fraction, ...]
Test = Callable[[Any], Bool]


def claim_of(cls: Any, seed: Sequence[Fraction | str], step: Any, holds: Test) -> Claim:
    """A claim about a loop whose step takes the agent and nature and returns the fields."""
    names = ["x", "y"][: len(seed)]

    class Kept(Invariant):
        def holds(self, agent: Any) -> Bool:
            return holds(agent)

    def start(p: Any) -> Any:
        return cls(**{name: Real(value) for name, value in zip(names, seed, strict=True)})

    def move(s: Any, p: Any, nature: Any) -> Any:
        return cls(**dict(zip(names, step(s, nature), strict=True)))

    start.__annotations__ = {"p": NoParameters, "return": cls[Kept]}
    move.__annotations__ = {"s": cls[I], "p": NoParameters, "nature": Nature, "return": cls[I]}
    loop: Any = Loop[NoParameters, cls[Kept]](
        "loop", parameters=NoParameters, seed=start, step=move
    )
    return Claim("claim", loop, Kept())


def inside(box: Box, state: State) -> bool:
    return all(low <= value <= high for (low, high), value in zip(box, state, strict=True))


def satisfies(region: Region, problem: Problem, state: State) -> bool:
    """Whether a state is in the box and under the caps, in exact rationals."""
    terms = [term for term, _ in region.caps]
    program = compile_terms(problem.agent.symbols, (), terms).bind(EXACT)
    values, _, _ = program([EXACT.constant(value) for value in state], ())
    under = all(v <= EXACT.constant(cap) for v, (_, cap) in zip(values, region.caps, strict=True))
    return inside(region.box, state) and under


# --- random schemes in two fields, turning and products, against brute force ---------------------

coefficient = st.fractions(-1, 1, max_denominator=5)
noise = st.fractions(0, Fraction(1, 4), max_denominator=8)
maps = st.tuples(*[st.tuples(coefficient, coefficient, coefficient, noise)] * 2)
Map = tuple[tuple[Fraction, ...], tuple[Fraction, ...]]


def language_step(both: Map) -> Any:
    def step(s: Any, nature: Any) -> list[Real]:
        found = []
        for name, (a, b, c, width) in zip("nm", both, strict=True):
            drawn = nature.choose(name, at_least=-width, at_most=width)
            found.append(s.x * a + s.y * b + s.x * s.y * c + drawn)
        return found

    return step


def plain_step(both: Map, state: State, drawn: Sequence[Fraction]) -> State:
    x, y = state
    return tuple(
        a * x + b * y + c * x * y + share * width
        for (a, b, c, width), share in zip(both, drawn, strict=True)
    )


def reached(both: Map, seed: State, depth: int) -> list[set[State]]:
    """All states by iteration, every choice at an end or in the middle."""
    shares = list(itertools.product((Fraction(-1), Fraction(0), Fraction(1)), repeat=2))
    levels = [{seed}]
    for _ in range(depth):
        levels.append({plain_step(both, s, share) for s in levels[-1] for share in shares})
    return levels


@settings(max_examples=24, deadline=None, suppress_health_check=list(HealthCheck))
@given(maps, st.tuples(coefficient, coefficient), st.fractions(0, 2, max_denominator=7))
def test_random_turning_schemes_agree_with_brute_force(
    both: Map, seed: tuple[Fraction, Fraction], limit: Fraction
) -> None:
    claim = claim_of(Two, seed, language_step(both), lambda agent: agent.x <= limit)
    levels = reached(both, seed, 3)
    first = next(
        (i for i, level in enumerate(levels) if any(x > limit or abs(y) > 2 for x, y in level)),
        None,
    )
    verdict = decide(claim, options=Options(timeout=10.0, query=1.0))
    if first is not None:
        assert verdict.verdict == "refuted"
        assert verdict.trace is not None
        assert verdict.trace.run.iteration <= first
    if verdict.verdict == "refuted":
        assert verdict.trace is not None
        run, state = verdict.trace.run, seed
        for step in run.steps:
            if step.after["x"].low != step.after["x"].high or step.iteration > 8:
                break
            chosen = [step.chosen[name].low for name in "nm"]
            assert all(abs(v) <= row[3] for v, row in zip(chosen, both, strict=True))
            shares = [v / row[3] if row[3] else v for v, row in zip(chosen, both, strict=True)]
            state = plain_step(both, state, shares)  # type: ignore[assignment]
            assert state == (step.after["x"].low, step.after["y"].low)
        if run.iteration <= 8 and run.steps and run.steps[-1].iteration == len(run.steps):
            assert state[0] > limit or max(map(abs, state)) > 2


@settings(max_examples=24, deadline=None, suppress_health_check=list(HealthCheck))
@given(maps, st.tuples(coefficient, coefficient), st.randoms(use_true_random=False))
def test_what_the_harder_proofs_prove_holds_every_run(
    both: Map, seed: tuple[Fraction, Fraction], chance: random.Random
) -> None:
    """The set that was proved holds every state that is reached, and is safe there."""
    limit = Fraction(3, 2)
    problem = pose(claim_of(Two, seed, language_step(both), lambda agent: agent.x <= limit))
    proof = prove_harder(problem, QueryBudget(1.0).within(6.0))
    if proof is None:
        return
    runs = [s for level in reached(both, seed, 3) for s in level]
    state: State = seed
    for _ in range(9):  # digits double at every iteration of a product
        share = [Fraction(chance.randint(-4, 4), 4) for _ in range(2)]
        state = plain_step(both, state, share)
        runs.append(state)
    for state in runs:
        assert state[0] <= limit
        if proof.cells:
            assert any(inside(box, state) for box in proof.cells["agent"])
        else:
            assert satisfies(proof.regions["agent"], problem, state)


# --- polyhedra -----------------------------------------------------------------------------------

TURN = ((Fraction(3, 5), Fraction(-4, 5)), (Fraction(4, 5), Fraction(3, 5)))


def turned(state: State, shrink: Fraction) -> State:
    return tuple(shrink * (a * state[0] + b * state[1]) for a, b in TURN)


def spiral(shrink: Fraction, limit: str, width: str = "0") -> Claim:
    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least="-" + width if width != "0" else 0, at_most=width)
        first, second = ((s.x * a + s.y * b) * shrink for a, b in TURN)
        return [first + n, second]

    return claim_of(Two, ["1", "0"], step, lambda agent: agent.x <= limit)


@pytest.mark.parametrize("shrink", [Fraction(9, 10), Fraction(99, 100)])
@pytest.mark.parametrize("limit", ["1", "101/100"])
def test_a_spiral_within_its_radius_is_proved(shrink: Fraction, limit: str) -> None:
    """|(x, y)| never grows, so x <= 1 holds; yet no box around the seed is kept."""
    verdict = decide(spiral(shrink, limit))
    assert verdict.verdict == "proved"
    assert verdict.method == "inductive polyhedron"


def test_a_spiral_that_is_pushed_is_refuted_when_the_push_turns_with_it() -> None:
    """Constant pushes leave x small; pushes in step with the turn break it, and are found."""
    shrink, width = Fraction(9, 10), Fraction(1, 5)
    verdict = decide(spiral(shrink, "5/4", "1/5"))
    assert verdict.verdict == "refuted"
    assert verdict.trace is not None
    run = verdict.trace.run
    assert run.arithmetic == "exact"
    state: State = (Fraction(1), Fraction(0))
    for step in run.steps[:20]:
        push = step.chosen["n"].low
        assert abs(push) <= width
        first, second = turned(state, shrink)
        state = (first + push, second)
        assert state == (step.after["x"].low, step.after["y"].low)


@functools.cache
def spiral_region() -> tuple[Problem, Region]:
    problem = pose(spiral(Fraction(9, 10), "101/100"))
    region = polyhedron(problem, QueryBudget(5.0))
    assert region is not None
    return problem, region


points = st.tuples(*[st.fractions(-2, 2, max_denominator=40)] * 2)


@settings(max_examples=200, deadline=None)
@given(points)
def test_affine_preimages_give_the_largest_inductive_set(state: State) -> None:
    """A state is in the polyhedron exactly where its whole run keeps the clauses."""
    shrink = Fraction(9, 10)
    problem, region = spiral_region()
    run = [state]
    for _ in range(30):
        run.append(turned(run[-1], shrink))
    kept = all(x <= Fraction(101, 100) and max(abs(x), abs(y)) <= 2 for x, y in run)
    assert satisfies(region, problem, state) == kept


def test_a_polyhedron_without_one_of_its_sides_is_not_inductive() -> None:
    problem = pose(spiral(Fraction(9, 10), "101/100"))
    region = polyhedron(problem, QueryBudget(5.0))
    assert region is not None
    agent = problem.agent

    def holds(caps: Sequence[Any]) -> bool:
        clauses = Region(region.box, tuple(caps)).clauses(agent)
        held = {agent.name: (*problem.domain(agent), *clauses)}
        return isinstance(discharge(problem, held, QueryBudget(5.0)), tuple)

    assert holds(region.caps)
    for left_out in region.caps:
        assert not holds([cap for cap in region.caps if cap is not left_out])


def shared_budget(s: Any, nature: Any) -> list[Real]:
    first = nature.choose("to x", at_most="1/4")
    second = nature.choose("to y", at_most="1/4" - first)
    return [s.x / 2 + first, s.y / 2 + second]


@pytest.mark.parametrize(
    "claim",
    [
        spiral(Fraction(9, 10), "3/2", "1/20"),
        claim_of(Two, ["0", "0"], shared_budget, lambda agent: agent.x + 2 * agent.y <= 1),
    ],
    ids=["pushed", "a bound that reads a choice"],
)
def test_affine_preimages_are_those_of_the_worst_choices(claim: Claim) -> None:
    problem = pose(claim)
    region, agent = polyhedron(problem, QueryBudget(5.0)), problem.agent
    assert region is not None
    held = {agent.name: (*problem.domain(agent), *region.clauses(agent))}
    assert isinstance(discharge(problem, held, QueryBudget(5.0)), tuple)


def test_a_template_follows_a_turn_that_is_not_affine() -> None:
    """A turning step with a product in it has no affine preimage; the guessed polygon will do."""

    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least="-1/50", at_most="1/50")
        return [
            (s.x * "3/5" - s.y * "4/5") * "9/10" + s.x * s.y / 50 + n,
            (s.x * "4/5" + s.y * "3/5") * "9/10",
        ]

    problem = pose(claim_of(Two, ["1", "0"], step, lambda agent: agent.x <= "101/100"))
    assert polyhedron(problem, QueryBudget(5.0)) is None
    agent = problem.agent
    regions = list(itertools.islice(Polyhedra(problem).candidates(), 4))
    held = [{agent.name: (*problem.domain(agent), *r.clauses(agent))} for r in regions]
    assert any(isinstance(discharge(problem, h, QueryBudget(5.0)), tuple) for h in held)


def test_a_product_of_two_shares_of_one_budget_is_bounded_exactly() -> None:
    """x + y <= 1/2 for ever, so x y <= 1/16; the direction x + y occurs in no invariant."""

    def claim(limit: str) -> Claim:
        return claim_of(Two, ["0", "0"], shared_budget, lambda agent: agent.x * agent.y <= limit)

    assert decide(claim("1/16")).verdict == "proved"
    assert decide(claim("1/17")).verdict == "refuted"


affine = st.lists(coefficient, min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(affine, affine, st.tuples(coefficient, coefficient))
def test_the_branches_of_a_term_are_all_listed(
    first: list[Fraction], second: list[Fraction], at: tuple[Fraction, Fraction]
) -> None:
    x, y = z3.Reals("x y")

    def row(c: list[Fraction], *v: Any) -> Any:
        return sum((k * w for k, w in zip(c, v, strict=False)), c[2] if len(v) == 2 else 0)

    def term(c: list[Fraction]) -> Any:
        a, b, d = (z3.RealVal(str(value)) for value in c)
        return a * x - (-(b * y)) + d

    pieces = affine_pieces(z3.If(x <= y, term(first), term(second)) / 2)
    assert pieces is not None
    expected = row(first if at[0] <= at[1] else second, *at) / 2
    values = [
        sum(
            value * {x.get_id(): at[0], y.get_id(): at[1], -1: Fraction(1)}[key]
            for key, value in piece.items()
        )
        for piece in pieces
    ]
    assert expected in values
    assert affine_pieces(x * y) is None


# --- unions of boxes -----------------------------------------------------------------------------


def logistic_gap(width: str = "1/200") -> Claim:
    """x' = 3.2 x (1 - x) + n hops between two bands, and never enters the gap between them."""

    def step(s: Any, nature: Any) -> list[Real]:
        return [Real("16/5") * s.x * (1 - s.x) + nature.choose("n", at_most=width)]

    return claim_of(One, ["1/2"], step, lambda agent: (agent.x <= "11/20") | (agent.x >= "3/5"))


def logistic(state: State, share: Fraction) -> State:
    (x,) = state
    return (Fraction(16, 5) * x * (1 - x) + share / 200,)


def henon() -> Claim:
    """A chaotic attractor: x' = 1 - 6/5 x^2 + y, y' = 3/10 x."""

    def step(s: Any, nature: Any) -> list[Real]:
        return [1 - s.x * s.x * "6/5" + s.y, s.x * "3/10"]

    return claim_of(Two, ["0", "0"], step, lambda agent: agent.x >= "-3/2")


def henon_map(state: State, share: Fraction) -> State:
    x, y = state
    return (1 - Fraction(6, 5) * x * x + y, Fraction(3, 10) * x)


UNIONS = [(logistic_gap, logistic), (henon, henon_map)]


@pytest.mark.parametrize(("claim", "move"), UNIONS, ids=["two bands", "chaos"])
def test_a_union_of_boxes_is_kept_by_exact_samples(
    claim: Callable[[], Claim], move: Callable[[State, Fraction], State]
) -> None:
    problem = pose(claim())
    found = inductive_union(problem, QueryBudget(5.0))
    assert found is not None
    union, _ = found
    assert len(union) > 1
    chance = random.Random(4)
    for box in union:
        for _ in range(40):
            shares = [Fraction(chance.choice([0, 1, chance.randint(0, 64) / 64])) for _ in box]
            state = tuple(
                low + share * (high - low) for (low, high), share in zip(box, shares, strict=True)
            )
            after = move(state, Fraction(chance.randint(0, 8), 8))
            assert any(inside(other, after) for other in union)


@pytest.mark.parametrize(("claim", "move"), UNIONS, ids=["two bands", "chaos"])
def test_a_union_without_a_box_that_is_visited_is_not_inductive(
    claim: Callable[[], Claim], move: Callable[[State, Fraction], State]
) -> None:
    problem = pose(claim())
    found = inductive_union(problem, QueryBudget(5.0))
    assert found is not None
    union, _ = found
    state: State = tuple(Fraction(str(t)) for t in map(z3.simplify, problem.seed))
    needed = set()
    for _ in range(12):
        homes = [i for i, box in enumerate(union) if inside(box, state)]
        needed |= set(homes) if len(homes) == 1 else set()
        state = move(state, Fraction(1, 2))
    assert len(needed) > 1
    for dropped in sorted(needed):
        fewer = tuple(box for i, box in enumerate(union) if i != dropped)
        assert isinstance(discharge_union(problem, fewer, QueryBudget(5.0)), Leak)


def test_what_is_thought_to_be_reached_is_not_believed() -> None:
    problem = pose(logistic_gap())
    found = inductive_union(problem, QueryBudget(5.0))
    assert found is not None
    union, _ = found
    everywhere = [list(range(len(union)))] * len(union)
    assert not isinstance(discharge_union(problem, union, QueryBudget(5.0), everywhere), Leak)
    stays = [[i] for i in range(len(union))]  # false: the bands are visited in turn
    assert isinstance(discharge_union(problem, union, QueryBudget(5.0), stays), Leak)


def test_a_union_must_meet_the_clauses_and_hold_the_seed() -> None:
    problem = pose(logistic_gap())
    whole: tuple[Box, ...] = (((Fraction(0), Fraction(1)),),)
    leak = discharge_union(problem, whole, QueryBudget(5.0))
    assert isinstance(leak, Leak)
    assert leak.obligation == "(iv) limits"
    elsewhere: tuple[Box, ...] = (((Fraction(0), Fraction(1, 10)),),)
    leak = discharge_union(problem, elsewhere, QueryBudget(5.0))
    assert isinstance(leak, Leak)
    assert leak.obligation == "(i) seed"


def test_a_gap_is_proved_or_refuted_as_its_noise_is() -> None:
    verdict = decide(logistic_gap())
    assert verdict.verdict == "proved"
    assert verdict.method == "union of 2 boxes"
    assert verdict.proof is not None
    (told,) = verdict.proof.bounds["agent"]
    assert " or " in told
    assert decide(logistic_gap("1/10")).verdict == "refuted"


def test_a_threshold_controller_is_proved_by_cells() -> None:
    def step(s: Any, nature: Any) -> list[Real]:
        pull = when(s.x > 0, Real("-1/10"), Real("1/10"))
        return [s.x + s.y / 10, s.y * "9/10" + pull]

    verdict = decide(claim_of(Two, ["1", "0"], step, lambda agent: agent.x <= "5/4"))
    assert verdict.verdict == "proved"
    assert verdict.method.startswith("union of")
    assert verdict.proof is not None
    assert verdict.proof.bounds["agent"][0].startswith("one of ")


def test_the_hull_is_the_least_box_around_a_union() -> None:
    boxes = [((Fraction(0), Fraction(1)),), ((Fraction(3), Fraction(4)),)]
    assert hull(boxes) == ((Fraction(0), Fraction(4)),)


def test_a_coupled_domain_is_proved_of_a_union_too() -> None:
    """The second field must stay below 1 - x; a union of boxes alone does not say so."""

    class Shared(Agent[I]):
        x: Real = between(0, 1)
        y: Real = between(0, 1, coupled=lambda a: 1 - a.x)

    def step(s: Any, nature: Any) -> list[Real]:
        return [s.x / 2 + s.y / 4, s.y / 2]

    problem = pose(claim_of(Shared, ["1/2", "1/2"], step, lambda agent: agent.x <= "3/4"))
    square: tuple[Box, ...] = (((Fraction(0), Fraction(3, 4)), (Fraction(0), Fraction(1, 2))),)
    assert isinstance(discharge_union(problem, square, QueryBudget(5.0)), tuple)

    def careless(s: Any, nature: Any) -> list[Real]:
        return [s.x, when(s.x + s.y > "9/10", Real("1/2"), s.y)]

    problem = pose(claim_of(Shared, ["1/2", "1/2"], careless, lambda agent: agent.x <= "3/4"))
    leak = discharge_union(problem, square, QueryBudget(5.0))
    assert isinstance(leak, Leak)
    assert leak.clause == "domain of the agent"


# --- adversaries that plan -----------------------------------------------------------------------


def flip(shrink: str, width: str) -> Any:
    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least="-" + width, at_most=width)
        return [s.y, -s.x * shrink + n]

    return step


@pytest.mark.parametrize(
    ("shrink", "width", "limit"),
    [("9/10", "1/10", "9/10"), ("99/100", "1/100", "1/2"), ("99/100", "1/100", "19/20")],
)
def test_pushes_that_change_sign_are_planned(shrink: str, width: str, limit: str) -> None:
    """x'' = -r x + n: the worst pushes change sign every second iteration, and their effect after
    2 k iterations is w (1 + r + ... + r^(k-1))."""
    r, w, total, pushes = Fraction(shrink), Fraction(width), Fraction(0), 0
    while total <= Fraction(limit):
        total, pushes = total + w * r**pushes, pushes + 1
    claim = claim_of(Two, ["0", "0"], flip(shrink, width), lambda agent: agent.x <= limit)
    found = planned_counterexample(pose(claim), QueryBudget(5.0), longest=1024)
    assert found is not None
    assert found[0].iteration >= 2 * pushes  # no run is quicker
    assert found[0].iteration <= 2 * pushes + 16
    assert found[0].broken == "Kept"


@pytest.mark.parametrize(
    ("shrink", "width", "limit"),
    [("9/10", "1/5", "11/10"), ("99/100", "1/50", "6/5")],
    ids=["soon", "after hundreds of iterations"],
)
def test_pushes_that_turn_with_the_state_are_planned(shrink: str, width: str, limit: str) -> None:
    """The angle is no part of a turn, so no periodic pushes keep step with it."""
    r, w = Fraction(shrink), Fraction(width)

    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least=-w, at_most=w)
        first, second = ((s.x * a + s.y * b) * r for a, b in TURN)
        return [first + n, second]

    claim = claim_of(Two, ["0", "0"], step, lambda agent: agent.x <= limit)
    x, y, most, least = 1.0, 0.0, 0.0, 0  # the effect of one push after some iterations
    while most <= float(Fraction(limit)):  # no run breaks the limit before every push helps
        most, least = most + abs(x) * float(w), least + 1
        x, y = float(r) * (0.6 * x - 0.8 * y), float(r) * (0.8 * x + 0.6 * y)
    problem = pose(claim)
    found = planned_counterexample(problem, QueryBudget(5.0), longest=SHORT)
    assert found is not None
    assert least <= found[0].iteration <= SHORT
    simulator = Simulator.of(problem)
    assert not list(periodic(simulator, SHORT))


def test_a_plan_goes_by_the_sign_of_the_derivative() -> None:
    """x' = -9/10 x + n: what is pushed up at the end was pushed down one iteration before."""

    class Wide(Agent[I]):
        x: Real = between(-2, 2)

    def step(s: Any, nature: Any) -> list[Real]:
        return [-s.x * "9/10" + nature.choose("n", at_least="-1/10", at_most="1/10")]

    problem = pose(claim_of(Wide, ["0"], step, lambda agent: agent.x <= "95/100"))
    simulator, horizon = Simulator.of(problem), 31
    claimed = len(problem.clauses["agent"]) - 1
    units = np.full((horizon, 1, 1), 0.5)
    visited, broken = forward(simulator, units)
    assert visited is not None
    assert broken is None
    wanted = backward(simulator, visited, units, [(claimed, horizon)])
    assert [float(u) for u in wanted[:, 0, 0]] == [float(t % 2 == 0) for t in range(horizon)]


def test_a_hunt_finds_nothing_where_nothing_breaks() -> None:
    claim = claim_of(Two, ["0", "0"], flip("9/10", "1/10"), lambda agent: agent.x <= 1)
    assert planned_counterexample(pose(claim), QueryBudget(5.0), longest=128) is None


def test_a_long_chaotic_run_is_followed_to_its_exact_iteration() -> None:
    """x' = 3.9 x (1 - x) is chaotic and y counts it up; simulated apart in 1500-digit decimals."""

    class Counted(Agent[I]):
        x: Real = between(0, 1)
        y: Real = between(0, 1)

    def step(s: Any, nature: Any) -> list[Real]:
        return [Real("39/10") * s.x * (1 - s.x), s.y + s.x / 1500]

    verdict = decide(claim_of(Counted, ["1/3", "0"], step, lambda agent: agent.y <= "9/10"))
    assert verdict.verdict == "refuted"
    assert verdict.trace is not None
    with localcontext() as context:
        context.prec = 1500
        x, y, iteration = Decimal(1) / 3, Decimal(0), 0
        while y <= Decimal("0.9"):
            x, y = Decimal("3.9") * x * (1 - x), y + x / 1500
            iteration += 1
    assert iteration > 2000
    assert verdict.trace.run.iteration == iteration


conditions = st.recursive(
    st.tuples(st.sampled_from(["<=", "<", ">=", ">"]), coefficient),
    lambda inner: st.tuples(st.sampled_from(["and", "or", "not"]), inner, inner),
    max_leaves=5,
)


def built(shape: Any, x: Any) -> Any:
    if shape[0] == "not":
        return z3.Not(built(shape[1], x))
    if shape[0] in ("and", "or"):
        join = z3.And if shape[0] == "and" else z3.Or
        return join(built(shape[1], x), built(shape[2], x))
    bound = z3.RealVal(str(shape[1]))
    return {"<=": x <= bound, "<": x < bound, ">=": x >= bound, ">": x > bound}[shape[0]]


@settings(max_examples=100, deadline=None)
@given(conditions, st.fractions(-2, 2, max_denominator=30))
def test_an_excess_is_positive_exactly_where_a_condition_fails(shape: Any, value: Fraction) -> None:
    x, at = z3.Real("x"), z3.RealVal(str(value))
    condition = built(shape, x)
    exceeded = z3.simplify(z3.substitute(excess(condition), (x, at)))
    fraction = Fraction(exceeded.as_fraction())
    assume(fraction != 0)  # the edge belongs to either side
    assert (fraction > 0) == z3.is_false(z3.simplify(z3.substitute(condition, (x, at))))


# --- a composed run, replayed step by step -------------------------------------------------------


class Small(Agent[I]):
    x: Real = between(0, 1)


class Answer(Expert[I]):
    x: Real = between(0, 1)


class HalfOrLess(Invariant):
    def holds(self, agent: Any) -> Bool:
        ok: Bool = agent.x <= "1/2"
        return ok


def test_a_break_at_the_expert_is_refuted_by_bounded_model_checking() -> None:
    """Only a choice of exactly 1/3 breaks the expert's bound, and distillation hides it."""

    def seed(p: NoParameters) -> Small[HalfOrLess]:
        return Small(x=Real(0))

    def amplify(s: Small[I], p: NoParameters, nature: Nature) -> Answer[I]:
        n = nature.choose("n", at_most=1)
        return Answer(x=when(n == "1/3", Real(1), s.x))

    def distill(e: Answer[I], p: NoParameters, nature: Nature) -> Small[I]:
        m = nature.choose("m", at_most="1/4")
        return Small(x=m)

    scheme: Process = Scheme[NoParameters, Small[HalfOrLess], Answer[HalfOrLess]](
        "needle", parameters=NoParameters, seed=seed, amplify=amplify, distill=distill
    )
    claim = Claim("needle", scheme, HalfOrLess(), expert_limit=HalfOrLess())
    verdict = decide(claim, options=Options(timeout=30.0))
    assert verdict.verdict == "refuted", verdict.reason
    assert verdict.method == "bounded model checking"
    assert verdict.trace is not None
    run = verdict.trace.run
    assert (run.iteration, run.position, run.broken) == (1, "expert", "HalfOrLess")
    assert run.steps[0].chosen["n"].low == Fraction(1, 3)


# --- the worst run of a monotone loop ------------------------------------------------------------


def worst_run(claim: Claim, most: int) -> Any:
    problem = pose(claim)
    order = order_of(problem, QueryBudget(5.0))
    assert order is not None
    assert is_monotone(problem, order, QueryBudget(5.0))
    return follow_worst_run(problem, order, most)


share = st.fractions(0, 1, max_denominator=6)


@settings(max_examples=40, deadline=None)
@given(share, share, st.fractions(0, Fraction(1, 2), max_denominator=9), share)
def test_the_march_breaks_where_exact_fractions_do(
    a: Fraction, b: Fraction, n: Fraction, limit: Fraction
) -> None:
    assume(a + b + n <= 1)  # the domain is kept, and the step rises with x and with the choice

    def step(s: Any, nature: Any) -> list[Real]:
        return [a * s.x + b * s.x * s.x + nature.choose("n", at_most=n)]

    value, first, touched = Fraction(0), None, False
    for iteration in range(1, 9):  # exact: digits double at every iteration
        value = a * value + b * value * value + n
        if value > limit:
            first = iteration
            break
        touched |= value == limit  # no enclosure of a third ever decides that it is at most a third
    run = worst_run(claim_of(One, ["0"], step, lambda agent: agent.x <= limit), 8)
    assert (None if run is None else run.iteration) == first or (touched and run is None)
    if run is not None:
        last = run.steps[-1].after["x"]
        assert last.low <= value <= last.high


def test_the_march_does_not_pass_an_empty_choice() -> None:
    """After x = 3/8 nature has no value left, so no run reaches the limit that it seems to."""

    def step(s: Any, nature: Any) -> list[Real]:
        nature.choose("room", at_most="1/4" - s.x)
        return [s.x + "1/8"]

    with pytest.raises(SpecError, match='no value for "room" at iteration 4'):
        worst_run(claim_of(One, ["0"], step, lambda agent: agent.x <= "1/2"), 100)


def test_the_march_does_not_pass_a_choice_that_may_be_empty() -> None:
    """Whether there is room depends on a field that the worst run does not follow."""

    class Roomy(Agent[I]):
        x: Real = between(0, 1)
        y: Real = between(0, 1)

    def step(s: Any, nature: Any) -> list[Real]:
        nature.choose("room", at_most=s.y - "1/4")
        return [s.x + "1/8", s.y]

    assert worst_run(claim_of(Roomy, ["0", "1/2"], step, lambda a: a.x <= "1/2"), 100) is None

    def roomy(s: Any, nature: Any) -> list[Real]:
        nature.choose("room", at_most=s.y)
        return [s.x + "1/8", s.y]

    run = worst_run(claim_of(Roomy, ["0", "1/2"], roomy, lambda a: a.x <= "1/2"), 100)
    assert run is not None
    assert run.iteration == 5


# --- what makes many agents quick ----------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([0, 0, 0, 1, -1, 2]), min_size=4, max_size=4),
        min_size=4,
        max_size=4,
    )
)
def test_signs_sampled_by_colours_are_those_of_the_coefficients(table: list[list[int]]) -> None:
    class Four(Agent[I]):
        a: Real = between(0, 1)
        b: Real = between(0, 1)
        c: Real = between(0, 1)
        d: Real = between(0, 1)

    class Anything(Invariant):
        def holds(self, agent: Any) -> Bool:
            ok: Bool = agent.a <= 1
            return ok

    def seed(p: NoParameters) -> Four[Anything]:
        return Four(a=Real(0), b=Real(0), c=Real(0), d=Real(0))

    def step(s: Four[I], p: NoParameters, nature: Nature) -> Four[I]:
        fields = [s.a, s.b, s.c, s.d]
        rows = []
        for number, row in enumerate(table):
            total: Real = nature.choose(f"n{number}", at_most=s.a if row[0] else 1)
            for value, field in zip(row, fields, strict=True):
                total = total + value * field
            rows.append(total)
        return Four(a=rows[0], b=rows[1], c=rows[2], d=rows[3])

    loop = Loop[NoParameters, Four[Anything]]("four", parameters=NoParameters, seed=seed, step=step)
    (moved,) = pose(Claim("four", loop, Anything())).steps
    low, high = np.full(8, 0.25), np.full(8, 0.75)
    signs = StepTransformer(moved).signs(low, high)
    for number, row in enumerate(table):
        # the choice's bound rises with the first field, by at most one
        expected = [*np.sign(row), *np.eye(4, dtype=int)[number]]
        if row[0]:
            expected[0] = signs[number, 0]
            assert expected[0] != 0 or row[0] == -1
        assert list(signs[number]) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3)), max_size=8),
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3)),
)
def test_leaving_out_unconnected_hypotheses_changes_no_answer(
    edges: list[tuple[int, int, int]], goal: tuple[int, int, int]
) -> None:
    """x_i - x_j <= k: with all hypotheses consistent, the connected ones decide."""
    x = [z3.Real(f"x{i}") for i in range(6)]
    given_ = [x[i] - x[j] <= k for i, j, k in edges]
    conclusion = x[goal[0]] - x[goal[1]] <= goal[2]
    assume(not satisfy(given_, QueryBudget(5.0)).proved)
    whole = satisfy([*given_, z3.Not(conclusion)], QueryBudget(5.0)).proved
    assert follows(given_, conclusion, QueryBudget(5.0)).proved == whole


def test_sixty_four_coupled_agents_are_decided() -> None:
    from benchmarks.ladder import LADDERS

    for one in LADDERS:
        if one.name.startswith("voting"):
            assert decide(one.claim(64)).verdict == one.right


def test_a_proof_of_whole_iterations_is_a_certificate() -> None:
    proof = prove_harder(pose(spiral(Fraction(9, 10), "101/100")), QueryBudget(5.0))
    assert isinstance(proof, Certificate)
    assert proof.discharged[-1] == "(iv) limits"
