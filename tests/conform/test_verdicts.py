"""CONFORMS and DEPARTS against brute force, on small loops whose runs can be enumerated."""

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measured_runs import true_run
from checker.backends.solver import QueryBudget
from checker.conform.conformance import Asked
from checker.conform.direct import Preference
from checker.conform.findings import Judgement
from checker.conform.measured import Sense
from checker.conform.reach import Reached
from checker.conform.relation import bounding
from checker.conform.witness import Search
from checker.system.transition_system import problem_of
from models.imitation import imitation
from spec import Agent, Bool, I, Invariant, Loop, Nature, Parameters, Real, between, parameter
from tests.conform.judging import judged

GRID = 8


class Pair(Agent[I]):
    first: Real = between(0, 1, "a number")
    second: Real = between(0, 1, "another, which may stay unmeasured")


class Nothing(Invariant):
    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.first + pair.second <= 2


class Bounds(Parameters):
    drift: Real = parameter("1/4", 0, 1, "most that the first gains")


def start(p: Bounds) -> Pair[Nothing]:
    return Pair(first=Real("1/8"), second=Real("1/2"))


def step(pair: Pair[I], p: Bounds, nature: Nature) -> Pair[I]:
    drift = nature.choose("drift", at_most=p.drift)
    other = nature.choose("other", at_most=pair.first)
    first = pair.first * pair.second + drift
    return Pair(first=first / 2, second=(pair.second + other) / 2)


pair_loop = Loop[Bounds, Pair[Nothing]]("pair", parameters=Bounds, seed=start, step=step)

State = tuple[Fraction, Fraction]
EQUAL = {"first": Sense.VALUE, "second": Sense.VALUE}


def successors(state: State) -> list[State]:
    """Some of them: choices on a grid."""
    found = []
    for a, b in itertools.product(range(GRID + 1), repeat=2):
        drift, other = Fraction(a, 4 * GRID), state[0] * Fraction(b, GRID)
        found.append(((state[0] * state[1] + drift) / 2, (state[1] + other) / 2))
    return found


def run_of(picks: list[int]) -> list[State]:
    states = [(Fraction(1, 8), Fraction(1, 2))]
    for pick in picks:
        states.append(successors(states[-1])[pick])
    return states


@given(st.data())
@settings(max_examples=12, deadline=None)
def test_an_allowed_run_is_never_said_to_depart(data: st.DataObject) -> None:
    picks = data.draw(st.lists(st.integers(0, (GRID + 1) ** 2 - 1), min_size=1, max_size=3))
    states = run_of(picks)
    width = Fraction(1, data.draw(st.sampled_from([20, 200])))
    rows = []
    for number, state in enumerate(states):
        row: dict[str, Any] = {"iteration": number, "position": "agent"}
        for field, value in zip(("first", "second"), state, strict=True):
            if field == "first" or data.draw(st.booleans()):
                off = width * data.draw(st.integers(0, 4)) / 4
                low, high = value - off - width, value - off + 2 * width
                row[f"{field}.low"] = f"{max(0.0, float(low)):.12f}"
                row[f"{field}.high"] = f"{min(1.0, float(high)):.12f}"
        rows.append(row)
    found = judged(pair_loop, rows, told=EQUAL)
    assert found.judgement is not Judgement.DEPARTS
    if found.judgement is Judgement.CONFORMS:
        assert found.explained is not None
        _check_witness(found.explained.run, rows)


def _check_witness(run: Any, rows: list[dict[str, Any]]) -> None:
    """The run again, in plain fractions."""
    states = [run.seed, *(taken.after for taken in run.steps)]
    assert len(states) == len(rows)
    now = (Fraction(1, 8), Fraction(1, 2))
    assert (states[0]["first"].low, states[0]["second"].low) == now
    for taken in run.steps:
        drift, other = taken.chosen["drift"].low, taken.chosen["other"].low
        assert 0 <= drift <= Fraction(1, 4)
        assert 0 <= other <= now[0]
        now = ((now[0] * now[1] + drift) / 2, (now[1] + other) / 2)
        assert (taken.after["first"].low, taken.after["second"].low) == now
    for state, row in zip(states, rows, strict=True):
        for field in ("first", "second"):
            if f"{field}.low" in row:
                low, high = (Fraction(row[f"{field}.{end}"]) for end in ("low", "high"))
                assert low <= state[field].low <= high


def test_a_run_explains_only_as_far_as_its_replay_lies_within() -> None:
    rows = [
        {"iteration": 0, "position": "agent", "first.low": "0.1", "first.high": "0.2"},
        {"iteration": 1, "position": "agent", "first.low": "0.1", "first.high": "0.2"},
    ]
    found = judged(pair_loop, rows, told=EQUAL)
    allowed = bounding(problem_of(pair_loop, {}), found.senses)
    search = Search(allowed, found.measured, Reached((), ()), Preference.WORST, QueryBudget(1.0))
    seed = [Fraction(1, 8), Fraction(1, 2)]
    still = search.replayed(seed, [[Fraction(0), Fraction(0)]])  # the first becomes 1/32
    drifts = search.replayed(seed, [[Fraction(1), Fraction(0)]])  # 5/32
    assert still is not None
    assert drifts is not None
    assert (still.until, drifts.until) == (0, 1)
    assert search.replayed([Fraction(1, 2), Fraction(1, 2)], []) is None  # no such seed measured


def test_what_departs_is_needed_and_the_amount_is_least() -> None:
    # first after one step is (1/16 + drift) / 2: 3/10 needs a drift of 43/80, allowed 1/4
    rows = [
        {"iteration": 0, "position": "agent", "first.low": "0.1", "first.high": "0.2"},
        {"iteration": 1, "position": "agent", "first.low": "0.3", "first.high": "0.4"},
    ]
    found = judged(pair_loop, rows, told=EQUAL, asked=Asked())
    assert found.judgement is Judgement.DEPARTS
    assert found.departure is not None
    assert found.departure.first
    named = {(e.kind.value, e.name): e for e in found.departure.explanations}
    choice = named["choice of nature", "drift"]
    assert choice.reads == ("drift",)
    assert choice.needed <= Fraction(43, 80) <= choice.needed + Fraction(1, 10**5)
    least = named["parameter", "drift"]
    assert least.needed <= Fraction(43, 80) <= least.needed + Fraction(1, 10**5)
    (estimate,) = found.estimates
    assert estimate.low <= Fraction(43, 80) <= estimate.low + Fraction(1, 10**5)
    assert estimate.high == 1  # it only bounds nature, so no greater value is excluded


def test_the_seed_may_depart() -> None:
    rows = [{"iteration": 0, "position": "agent", "first.low": "0.2", "first.high": "0.3"}]
    found = judged(pair_loop, rows, told=EQUAL)
    assert found.departure is not None
    assert (found.departure.at, found.departure.steps) == ((0, 0), ())


def test_an_unmeasured_field_carries_from_row_to_row() -> None:
    # from a second of 1 the last row is allowed: (1/5 1 + 1/4) / 2 = 9/40; but the seed's 1/2 can
    # only become (1/2 + 1/8) / 2 = 5/16, and (1/5 5/16 + 1/4) / 2 = 5/32 is below 17/100
    rows = [
        {"iteration": 0, "position": "agent"},
        {"iteration": 1, "position": "agent", "first.low": "0.15", "first.high": "0.2"},
        {"iteration": 2, "position": "agent", "first.low": "0.17", "first.high": "0.25"},
    ]
    found = judged(pair_loop, rows, told=EQUAL)
    assert found.judgement is Judgement.DEPARTS
    assert found.departure is not None
    assert found.departure.at == (2, 0)
    assert judged(pair_loop, rows[:2], told=EQUAL).judgement is Judgement.CONFORMS


def test_a_run_that_errs_less_than_its_bounds_conforms_unless_they_are_values() -> None:
    rows = [
        {"iteration": 0, "position": "agent", "error": "0.001"},
        {"iteration": 0, "position": "expert", "error": "0.002"},
    ]
    bound = judged(imitation, rows, within=Fraction(0))
    assert bound.judgement is Judgement.CONFORMS
    exact = judged(imitation, rows, told={"error": Sense.VALUE}, within=Fraction(0))
    assert exact.judgement is Judgement.DEPARTS


def test_a_schemes_own_run_measured_to_nine_digits_conforms() -> None:
    positions = [stage.source.name for stage in imitation.stages]
    rows: list[dict[str, Any]] = []
    for slot, state in enumerate(true_run(imitation, {}, 2, draw=3)):
        iteration, place = divmod(slot, len(positions))
        row: dict[str, Any] = {"iteration": iteration, "position": positions[place]}
        for field, value in state.items():
            row[f"{field}.low"] = f"{value.low * 10**9 // 1}e-9"
            row[f"{field}.high"] = f"{-(-value.high * 10**9 // 1)}e-9"
        rows.append(row)
    assert judged(imitation, rows).judgement is Judgement.CONFORMS
