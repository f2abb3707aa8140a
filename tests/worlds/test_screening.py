"""What is screened in floats is near to what a replay finds, one world at a time."""

from __future__ import annotations

import random

import pytest

from checker.worlds.screening import MARGIN, Screen
from properties.soundness import mutants, steps
from spec import Sound
from tests.worlds.steps import confirm, confirmed
from tests.worlds.test_exhaustion import MUTANTS, RIGHT, of, worlds_of

WORST = of(confirm, confirmed, everywhere="error", density="density")
"""A bound at every question, and training on questions that are not asked."""


@pytest.mark.parametrize(
    "statement",
    [WORST, *RIGHT, *MUTANTS, *mutants[-2:], *steps[-3:]],
    ids=lambda s: s.name + s.step,
)
def test_excess_is_what_a_replay_finds(statement: Sound) -> None:
    worlds, draw = worlds_of(statement), random.Random(3)
    screen, compared = Screen(worlds), 0
    batches = [*screen.candidates(1), *draw.sample(list(screen.candidates(2)), 6)]
    for tried in [batch for batch in batches for _ in range(8)]:
        place = draw.randrange(len(tried.kinds[0]))
        one = tried.at(slice(place, place + 1))
        bounds = worlds.replay.bounds(screen.world(one))
        for goal, (excess,) in zip(worlds.goals, screen.excess(one, worlds.goals), strict=True):
            bound = goal.among(bounds)
            if bound is None:
                assert excess <= MARGIN
            else:
                assert abs(float(bound.happens - bound.says) - excess) < MARGIN
                compared += 1
    assert compared


def test_pairs_are_read_as_they_are_one_by_one() -> None:
    worlds = worlds_of(RIGHT[0])
    screen = Screen(worlds)
    for tried in screen.candidates(2):
        (all_of_them,) = screen.excess(tried, worlds.goals)
        for place in (0, len(all_of_them) // 2, len(all_of_them) - 1):
            (one,) = screen.excess(tried.at(slice(place, place + 1)), worlds.goals)
            assert one[0] == all_of_them[place] or max(one[0], all_of_them[place]) <= MARGIN
