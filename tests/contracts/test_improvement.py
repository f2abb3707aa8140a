"""Amplification errs less at a higher rank: the contract against formulas, and what is broken."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.contracts.findings import Contract, Finding, Improves, Remark, Spoiled, Unimproved
from checker.report.words import describe
from checker.statements.registry import judge
from models.expert_iteration import ExpertIteration, searchable, searched, worst_gap
from models.imitation import Imitation
from models.steps import consult
from properties import instances, search
from spec import (
    Assistant,
    BeyondItsRank,
    I,
    InEveryState,
    Instance,
    Nature,
    Number,
    Real,
    SpecError,
    minimum,
    when,
)
from tests.contracts.school import (
    GENTLE,
    Pupil,
    School,
    Teacher,
    broken,
    findings_of,
    instance,
    scheme,
    teacher,
)
from tests.support import number, parameters_at

EIGHTHS = st.integers(0, 8).map(lambda n: Fraction(n, 8))


def wrong_with(error: Callable[[Any, Nature], Number]) -> Callable[..., Any]:
    """A school whose teacher is wrong so often."""

    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=minimum(1, error(a, n)))

    return amplify


def improving(statement: Instance) -> Finding:
    """What became of the contract."""
    return findings_of(judge(statement))[Contract.IMPROVES]


@GENTLE
@given(EIGHTHS, EIGHTHS, EIGHTHS)
def test_beyond_its_rank_against_a_formula(
    slip: Fraction, slope: Fraction, below: Fraction
) -> None:
    """e' = min(1, h + b e) is below 1/2 for all e < u iff h + b u <= 1/2, or h < 1/2 and b = 0."""
    amplify = wrong_with(lambda a, n: slip + slope * a.wrong)
    found = improving(
        instance(scheme(amplify=amplify), improvement=BeyondItsRank(lambda p: below, loss="wrong"))
    )
    half = Fraction(1, 2)
    holds = below > 0 and slip < half and (slope == 0 or slip + slope * below <= half)
    assert found.holds == holds
    assert found.fails != holds
    if holds:
        assert isinstance(found.evidence, Improves)
        assert found.evidence.sharp == (slip + slope * below >= half)


@GENTLE
@given(EIGHTHS, EIGHTHS, EIGHTHS, EIGHTHS)
def test_in_every_state_against_a_formula(
    slope: Fraction, noise: Fraction, above: Fraction, most: Fraction
) -> None:
    """x' = min(1, s x + n) is below x on (a, m] iff it is at m and s a + n <= a; then it also
    keeps those within a there."""
    amplify = wrong_with(lambda a, n: slope * a.wrong + noise)
    improvement = InEveryState(lambda p: above, lambda p: most, loss="wrong")
    found = improving(instance(scheme(amplify=amplify), improvement=improvement))
    less_at_most = slope * most + noise < most or most > 1
    assert found.holds == (above < most and less_at_most and slope * above + noise <= above)


def test_worse_than_the_floor_is_told() -> None:
    """Gaps above the floor shrink, but one within it is thrown beyond."""
    amplify = wrong_with(lambda a, n: when(a.wrong <= "1/10", "1/2", a.wrong / 2))
    improvement = InEveryState(lambda p: "1/10", lambda p: 1, loss="wrong")
    found = improving(instance(scheme(amplify=amplify), improvement=improvement))
    assert found.fails
    assert isinstance(found.evidence, Spoiled)
    assert "which was within 0.1" in describe(found)


def test_a_statement_that_denies_a_gain_fails() -> None:
    nobody = BeyondItsRank(lambda p: 0, loss="wrong")
    found = improving(instance(improvement=nobody))
    assert found.fails
    assert found.evidence is Remark.NOBODY_IMPROVED


def test_fewer_errors_at_the_same_rank_are_none() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, skill=a.skill)

    assert Contract.IMPROVES in broken(amplify=amplify)


@pytest.mark.parametrize(("edge", "exact"), [("1/2", True), ("2/5", False)])
def test_a_range_of_parameters_is_exact_or_not_said_to_be(edge: str, exact: bool) -> None:
    """e' = slip + e is below 1/2 for some e > 0 iff slip < 1/2; a lesser range is one too."""

    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=minimum(1, p.slip + a.wrong))

    improvement = BeyondItsRank(lambda p: Real(edge) - p.slip, loss="wrong")
    found = improving(
        instance(scheme(amplify=amplify), improvement=improvement, over={"slip": (0, 1)})
    )
    assert found.holds
    assert isinstance(found.evidence, Improves)
    assert found.evidence.exact is exact
    assert ("none is improved" in describe(found)) is exact


def test_a_range_that_is_too_wide_is_refuted() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=minimum(1, p.slip + a.wrong))

    improvement = BeyondItsRank(lambda p: Real("11/20") - p.slip, loss="wrong")
    found = improving(
        instance(scheme(amplify=amplify), improvement=improvement, over={"slip": (0, 1)})
    )
    assert found.fails
    assert isinstance(found.evidence, Unimproved)


# --- what ships -----------------------------------------------------------------------------------

SHIPPED = [
    statement
    for row in (
        instances.rrm_instance,
        instances.imitation_instance,
        instances.debate_by_adapter,
        search.agz_exit_instance,
    )
    for statement in row.statements
    if isinstance(statement, Instance) and statement.over
]


@pytest.mark.parametrize("statement", SHIPPED, ids=lambda s: s.name)
def test_shipped_ranges_are_exact(statement: Instance) -> None:
    """Every row that speaks of a range of parameters speaks of the whole range, and of all agents
    that are improved."""
    evidence = improving(statement).evidence
    assert isinstance(evidence, Improves)
    assert evidence.sharp
    assert evidence.exact is not False
    assert evidence.exact is True or "alphago-zero" in statement.name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rrm-instance/always-wrong", "error = 1, where 0.5 is known without it"),
        ("imitation-instance/always-wrong", "error = 1, where 0.5 is known without it"),
        ("agz-exit-instance/values-of-nothing", "regret = 10, where 10 is known without it"),
        ("agz-exit-instance/one-simulation", "regret = 10, where 10 is known without it"),
    ],
)
def test_the_reason_is_told(name: str, words: str) -> None:
    rows = (instances.rrm_instance, instances.imitation_instance, search.agz_exit_instance)
    statement = next(s for row in rows for s in row.statements if s.name == name)
    assert isinstance(statement, Instance)
    text = describe(improving(statement))
    assert text.startswith(
        "fails: amplify errs less at a higher rank: nobody is improved: an agent with"
    )
    assert words in text


@GENTLE
@given(EIGHTHS, EIGHTHS, EIGHTHS, EIGHTHS, st.sampled_from([1, 3]))
def test_useful_parts_is_where_the_person_is_as_bad_as_a_guess(
    slip: Fraction, alarm: Fraction, alone: Fraction, check: Fraction, copies: int
) -> None:
    """At the edge an agent that hides all its errors makes a person who is wrong with exactly 1/2,
    whatever the check; just below it less."""
    p = parameters_at(
        Imitation,
        slip=slip / 4,
        false_alarm=alarm / 4,
        alone_error=alone,
        checked=check,
        copies=copies,
        density=2,
    )
    edge = number(instances.useful_parts(p))
    if not 0 < edge <= 1:
        return
    for error, expected in ((edge, Fraction(1, 2)), (edge * Fraction(99, 100), None)):
        agent = Assistant[Any](
            capability=Real(1),
            error=Real(error),
            malign=Real(1),
            resistance=Real(1),
            cost=Real(1),
            regret=Real(0),
        )
        wrong = number(consult(agent, p, Nature("ask")).error)
        assert wrong == expected if expected is not None else wrong < Fraction(1, 2)


@GENTLE
@given(
    st.integers(1, 9).map(lambda n: Fraction(n, 10)), EIGHTHS, st.integers(1, 4), st.integers(1, 40)
)
def test_search_lessens_exactly_the_gaps_above(
    discount: Fraction, error: Fraction, depth: int, simulations: int
) -> None:
    """Against the iteration itself, over gaps on both sides, whatever is searched in full."""
    p = parameters_at(
        ExpertIteration,
        discount=discount,
        value_error=error / 8,
        depth=depth,
        simulations=simulations,
        moves=3,
    )
    floor, worst = number(searchable(p)), number(worst_gap(p))
    for share in range(1, 17):
        gap = worst * Fraction(share, 16)
        after = number(searched(Real(gap), p))
        assert (after < gap) == (gap > floor)
        assert gap > floor or after <= max(floor, gap)


def test_a_guess_is_wrong_with_some_probability_below_one() -> None:
    with pytest.raises(SpecError, match="chance"):
        BeyondItsRank(lambda p: 1, chance=1)
