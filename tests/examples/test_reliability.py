"""Votes of trained networks: statistics against enumeration and against the models' formulas."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.runs.command import Options
from examples.runs.record import Row
from examples.runs.reliability import majority, run, spread, vote
from models.reliability_amplification import voted_in_pairs
from models.steps import majority_wrong, voted_against
from spec import Real
from tests.examples.rows import count, measured, rate
from tests.support import number, unit

tables = st.integers(3, 6).flatmap(
    lambda copies: st.lists(
        st.lists(st.booleans(), min_size=copies, max_size=copies), min_size=1, max_size=12
    )
)


@given(unit)
def test_the_binomial_tail_is_that_of_the_models(error: Fraction) -> None:
    assert majority(float(error)) == pytest.approx(float(number(majority_wrong(3, Real(error)))))


@given(tables)
def test_statistics_are_those_of_counting_and_obey_the_bounds(table: list[list[bool]]) -> None:
    found = spread(np.array(table).T)
    threes = list(combinations(range(len(table[0])), 3))
    lost = sum(sum(row[i] for i in three) >= 2 for row in table for three in threes)
    assert found.vote == pytest.approx(lost / len(table) / len(threes))
    often = [sum(row) / len(row) for row in table]
    assert found.hard == pytest.approx(sum(2 * x > 1 for x in often) / len(often))
    assert found.shared == pytest.approx(sum(x == 1 for x in often) / len(often))
    error = sum(map(Fraction, often)) / len(often)
    assert found.error == pytest.approx(float(error))
    slack = 1e-9
    assert found.vote <= float(number(voted_against(3, Real(error)))) + slack
    pairs = voted_in_pairs(3, Real(error), Real(Fraction(found.correlation)))
    assert found.vote <= float(number(pairs)) + slack


@given(st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=5))
def test_a_vote_gives_the_answer_of_most_and_else_the_first(said: list[list[int]]) -> None:
    for question, answer in enumerate(vote(np.array(said)).tolist()):
        answers = [copy[question] for copy in said]
        assert answer == max(answers, key=lambda a: (Counter(answers)[a], -answers.index(a)))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(run(Options(small=True)))


def test_a_seed_makes_the_run(rows: list[Row]) -> None:
    assert rows == list(run(Options(small=True)))
    assert rows != list(run(Options(small=True, seed=1)))


def test_a_vote_of_networks_loses_far_more_than_equal_hardness_promises(rows: list[Row]) -> None:
    experts = [row for row in rows if row.position == "expert"]
    for row in experts:
        assert measured(row, "extra.mean_vote") > 3 / 2 * measured(row, "extra.same_hardness")
        assert count(row, "error").of == 597


def test_a_systematic_error_of_training_is_made_by_every_copy(rows: list[Row]) -> None:
    spoilt = list(run(Options(small=True, sabotage="distillation", since=1)))
    assert spoilt[:2] == rows[:2]
    assert rate(spoilt[2], "error") > rate(rows[2], "error")
    assert rate(spoilt[2], "extra.shared") > rate(rows[2], "extra.shared") + 1 / 20
