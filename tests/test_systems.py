"""The models of search, gates, filters and ladders against what they bound, computed exactly."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options, decide
from examples.swapped import benign
from models.alphago_zero import AlphaGoZero, alphago_zero, false_pass, gated
from models.bootstrapping import Stalled, bootstrapping
from models.capability_amplification import throttled
from models.distillation import Filtering, sift
from models.expert_iteration import ExpertIteration, imitated, searched
from models.iterated_amplification import IteratedAmplification, assembled
from models.oversight_ladder import Finite, Ladder, vetted
from spec import Assistant, Claim, Count, Real
from spec.parameters import parameter_domains
from spec.terms import real_term

QUICK = settings(max_examples=60, deadline=None)
STATES, ACTIONS = 3, 2
Values = tuple[Fraction, ...]
Policy = tuple[int, ...]

shares = st.fractions(min_value=0, max_value=1, max_denominator=20)


def number(value: Real) -> Fraction:
    """The exact number that a constant term denotes."""
    found = z3.simplify(real_term(value))
    assert z3.is_rational_value(found)
    return Fraction(found.as_fraction())


def with_values(cls: Any, **chosen: Any) -> Any:
    """Parameters at their defaults but for those chosen."""
    values = {name: domain.default for name, domain in parameter_domains(cls).items()} | chosen
    return cls(
        **{
            name: int(values[name]) if domain.structural else Real(values[name])
            for name, domain in parameter_domains(cls).items()
        }
    )


class Process:
    """A decision process with rewards in [0, 1], solved exactly."""

    def __init__(
        self,
        rewards: list[list[Fraction]],
        moves: list[list[list[Fraction]]],
        discount: Fraction,
    ) -> None:
        self.rewards, self.moves, self.discount = rewards, moves, discount

    def quality(self, values: Values, state: int, action: int) -> Fraction:
        later = zip(self.moves[state][action], values, strict=True)
        return self.rewards[state][action] + self.discount * sum(p * v for p, v in later)

    def improved(self, values: Values) -> Values:
        return tuple(max(self.quality(values, s, a) for a in range(ACTIONS)) for s in range(STATES))

    def worth(self, policy: Policy) -> Values:
        """Solve V = r + g P V by elimination."""
        rows: list[list[Fraction]] = [
            [
                *((i == j) - self.discount * self.moves[i][policy[i]][j] for j in range(STATES)),
                self.rewards[i][policy[i]],
            ]
            for i in range(STATES)
        ]
        for i in range(STATES):
            rows[i] = [entry / rows[i][i] for entry in rows[i]]
            for j in range(STATES):
                if j != i:
                    rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
        return tuple(row[-1] for row in rows)

    def gap(self, policy: Policy) -> Fraction:
        policies = itertools.product(range(ACTIONS), repeat=STATES)
        best = [max(values) for values in zip(*map(self.worth, policies), strict=True)]
        worst: Fraction = max(b - v for b, v in zip(best, self.worth(policy), strict=True))
        return worst


@st.composite
def processes(draw: st.DrawFn) -> Process:
    rewards = [[draw(shares) for _ in range(ACTIONS)] for _ in range(STATES)]
    moves = []
    for _ in range(STATES):
        weights = [
            draw(st.lists(st.integers(0, 5), min_size=STATES, max_size=STATES).filter(any))
            for _ in range(ACTIONS)
        ]
        moves.append([[Fraction(w, sum(row)) for w in row] for row in weights])
    return Process(rewards, moves, draw(st.sampled_from([Fraction(n, 10) for n in range(10)])))


@QUICK
@given(st.data(), processes(), st.integers(1, 3), shares, shares)
def test_search_and_imitation_bound_approximate_policy_iteration(
    data: st.DataObject, world: Process, depth: int, error: Fraction, given_up: Fraction
) -> None:
    """A worst policy that gives up at most delta of a d-step search on values off by eps."""
    value_error, imitation_error = error / 4, given_up / 4
    policy = tuple(data.draw(st.integers(0, ACTIONS - 1)) for _ in range(STATES))
    values = tuple(
        v + value_error * data.draw(st.sampled_from([-1, 0, 1])) for v in world.worth(policy)
    )
    for _ in range(depth - 1):
        values = world.improved(values)
    allowed = [
        [
            a
            for a in range(ACTIONS)
            if world.quality(values, s, a) >= world.improved(values)[s] - imitation_error
        ]
        for s in range(STATES)
    ]
    p = with_values(
        ExpertIteration,
        discount=world.discount,
        value_error=value_error,
        imitation_error=imitation_error,
        depth=depth,
    )
    bound = number(imitated(searched(Real(world.gap(policy)), p), p))
    assert max(world.gap(found) for found in itertools.product(*allowed)) <= bound


@QUICK
@given(st.integers(1, 9), shares, shares)
def test_one_round_may_lose_all_that_is_said(tenths: int, error: Fraction, lost: Fraction) -> None:
    """From the optimum: leave for state 1, which pays 1 forever, or stay for a little less.

    With the values off by eps either way, staying looks no worse, up to delta, and loses all of
    the bound.
    """
    discount = Fraction(tenths, 10)
    value_error, given_up = error / 4, lost * discount / 4
    staying = discount - 2 * discount * value_error - given_up
    here, there = [Fraction(1), Fraction(0), Fraction(0)], [Fraction(0), Fraction(1), Fraction(0)]
    world = Process(
        [[Fraction(0), staying], [Fraction(1)] * 2, [Fraction(1)] * 2],
        [[there, here], [there, there], [there, there]],
        discount,
    )
    best = world.worth((0, 0, 0))
    values = (best[0] + value_error, best[1] - value_error, best[2])
    assert world.gap((0, 0, 0)) == 0
    assert world.quality(values, 0, 1) + given_up == world.quality(values, 0, 0)
    p = with_values(
        ExpertIteration, discount=discount, value_error=value_error, imitation_error=given_up
    )
    assert world.gap((1, 0, 0)) == number(imitated(searched(Real(0), p), p))


@QUICK
@given(processes(), shares)
def test_imitating_in_every_state_costs_delta_over_one_minus_g(
    world: Process, given_up: Fraction
) -> None:
    """Moves that give up at most delta of the policy's own value lose at most delta / (1 - g)."""
    p = with_values(ExpertIteration, discount=world.discount, imitation_error=given_up / 4)
    for policy in itertools.product(range(ACTIONS), repeat=STATES):
        values = world.worth(policy)
        allowed = [
            [a for a in range(ACTIONS) if world.quality(values, s, a) >= values[s] - given_up / 4]
            for s in range(STATES)
        ]
        bound = number(imitated(Real(world.gap(policy)), p))
        assert all(world.gap(found) <= bound for found in itertools.product(*allowed))


@QUICK
@given(st.integers(1, 9), st.data(), shares)
def test_the_gate_passes_the_no_better_seldom(
    games: int, data: st.DataObject, chance: Fraction
) -> None:
    """Every sequence of games, at every probability of a win up to one half."""
    wins = data.draw(st.integers(1, games))
    win = chance / 2
    passes = sum(
        (
            win ** sum(played) * (1 - win) ** (games - sum(played))
            for played in itertools.product((0, 1), repeat=games)
            if sum(played) >= wins
        ),
        Fraction(0),
    )
    assert passes <= false_pass(games, wins)
    assert win != Fraction(1, 2) or passes == false_pass(games, wins)


def test_four_hundred_games_pass_the_no_better_once_in_thirty_nine() -> None:
    assert Fraction(1, 40) < false_pass(400, 220) < Fraction(1, 39)


@QUICK
@given(shares, shares, shares, shares, shares)
def test_the_gate_leaves_no_larger_gap_than_said(
    held: Fraction, true: Fraction, slack: Fraction, power: Fraction, passing: Fraction
) -> None:
    """A candidate with a gap of at most its bound, passing as often as its kind may."""
    resolution = Fraction(1, 20)
    p = with_values(AlphaGoZero, power=power, resolution=resolution, games=9, wins=5)
    if true < held - resolution:
        passed = power + (1 - power) * passing  # clearly better: at least the power
    elif true < held:
        passed = passing  # hardly better: anything
    else:
        passed = power * passing  # no better: less than the power, as the gate is unbiased
    left = passed * true + (1 - passed) * held
    assert left <= number(gated(Real(true + slack), Real(held), p))


@QUICK
@given(shares, shares, shares, shares)
def test_a_filter_moves_no_more_than_it_rejects(
    malign: Fraction, mistaken: Fraction, caught: Fraction, false_alarm: Fraction
) -> None:
    """Answers are right, mistaken or malign; the rejected count as mistakes."""
    mistaken = mistaken * (1 - malign)
    right = 1 - malign - mistaken
    student: Assistant[Any] = Assistant(
        capability=Real(1),
        error=Real(mistaken),
        malign=Real(malign),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )
    sifted = sift(student, with_values(Filtering, caught=caught, false_alarm=false_alarm))
    assert number(sifted.malign) == malign - caught * malign
    assert number(sifted.error) >= mistaken + caught * malign + false_alarm * right


@QUICK
@given(shares, st.integers(1, 16), st.integers(1, 5))
def test_rungs_hold_together_as_often_as_their_product(
    odds: Fraction, factor: int, rungs: int
) -> None:
    p = with_values(Finite, odds=odds, factor=factor)
    ladder: Ladder[Any] = Ladder(rung=Count(0), escaped=Real(0))
    for _ in range(rungs):
        ladder = Ladder(rung=ladder.rung.plus(1), escaped=vetted(ladder, p))
    assert number(ladder.escaped) == 1 - 1 / (1 + odds * factor) ** rungs


def test_a_scheme_with_one_step_swapped_is_decided() -> None:
    assert decide(benign).verdict == "proved"
    unfiltered = decide(benign, {"caught": Fraction(0)})
    assert unfiltered.verdict == "refuted"


def test_a_gate_that_prefers_the_weaker_is_out_of_its_assumptions() -> None:
    p = with_values(AlphaGoZero, games=1, wins=1, power=Fraction(1, 4))
    (unbiased, _) = (bool(z3.is_true(z3.simplify(a(p).term))) for a in alphago_zero.assumptions)
    assert not unbiased


def verdict(claim: Claim) -> str:
    """Without the attack on proofs, which would nest Hypothesis in itself."""
    return decide(claim, options=Options(attack=0)).verdict


@settings(max_examples=8, deadline=None)
@given(st.integers(4, 40), st.integers(1, 9))
def test_bootstrapping_stops_where_the_lead_has_closed_to_the_margin(lead: int, slope: int) -> None:
    """At (lead - margin) / closing, and comes within a tenth of a rank of it."""
    at = {"lead": Fraction(lead, 10), "closing": Fraction(slope, 20), "margin": Fraction(1, 10)}
    stop = (at["lead"] - at["margin"]) / at["closing"]
    if not Fraction(11, 10) < stop < 99:
        return
    assert verdict(Claim("c", bootstrapping, Stalled(level=Real(stop)), at=at)) == "proved"
    short = Stalled(level=Real(stop - Fraction(1, 10)))
    assert verdict(Claim("c", bootstrapping, short, at=at)) == "refuted"


@settings(max_examples=6, deadline=None)
@given(st.integers(50, 95))
def test_a_throttle_to_a_share_bounds_capability_at_its_fixed_point(percent: int) -> None:
    """c = t (c + gain - margin), from below."""
    share, lead = Fraction(percent, 100), Fraction(9, 10)
    most = max(Fraction(1), share * lead / (1 - share))
    at = {"throttle": share}
    assert verdict(Claim("c", throttled, Stalled(level=Real(most)), at=at)) == "proved"
    if most > Fraction(11, 10):
        short = Stalled(level=Real(most - Fraction(1, 20)))
        assert verdict(Claim("c", throttled, short, at=at)) == "refuted"


@QUICK
@given(st.integers(0, 3), shares, shares, shares)
def test_an_assembled_answer_is_no_worse_than_independent_parts(
    asked: int, error: Fraction, alone: Fraction, slip: Fraction
) -> None:
    """Wrong if the overseer slips or any part is wrong, over every outcome of the parts."""
    p = with_values(IteratedAmplification, parts=3, questions=asked, slip=slip, alone_error=alone)
    wrong = [slip, *[error] * asked, *[alone] * (3 - asked)]
    chance = Fraction(0)
    for outcome in itertools.product((False, True), repeat=4):
        weight = Fraction(1)
        for happens, probability in zip(outcome, wrong, strict=True):
            weight *= probability if happens else 1 - probability
        chance += weight if any(outcome) else 0
    bound = number(assembled(Real(error), p))
    assert chance <= bound <= min(Fraction(1), sum(wrong, Fraction(0)))
