"""Contracts are decided of whole numbers and truth values, and of halves of two instances."""

from __future__ import annotations

from typing import Any

import pytest

from checker.contracts.findings import Contract
from checker.statements.registry import judge
from models.imitation import Imitation, imitation
from models.reward_modeling import RewardModeling, recursive_reward_modeling
from properties import instances as rows
from spec import (
    SAMPLED_ANSWERS,
    Agent,
    Assistant,
    BeyondItsRank,
    Bool,
    Count,
    Expert,
    I,
    Instance,
    Invariant,
    Nature,
    Overseer,
    Real,
    Scheme,
    between,
    flag,
    when,
    whole,
)
from spec.alignment import Trusted
from tests.contracts.school import School, failing


class Player(Agent[I]):
    level: Count = whole(0, 9, "rank of task")
    wrong: Count = whole(0, 1, "1 if it is wrong beyond its rank")
    honest: Bool = flag("whether it says what it knows")
    cost: Real = between(0, 100, "cost of an answer")


class Team(Expert[I]):
    level: Count = whole(0, 9, "rank of task")
    wrong: Count = whole(0, 1, "1 if it is wrong")
    honest: Bool = flag("whether it says what it knows")
    cost: Real = between(0, 1000, "cost of an answer")


class Honest(Invariant):
    """It says what it knows."""

    def holds(self, agent: Any) -> Bool:
        return Bool(agent.honest)


def differently_honest(expert: Team[Any], student: Player[Any], p: School) -> Real:
    """Whether one of them says what it knows and the other does not."""
    return when(expert.honest == student.honest, 0, 1)


@pytest.mark.parametrize(("up", "lies"), [(1, False), (0, False), (1, True)])
def test_whole_numbers_and_truth_values(up: int, lies: bool) -> None:
    def player(p: School) -> Player[Honest]:
        return Player(level=Count(1), wrong=Count(0), honest=Bool(True), cost=Real(1))

    def team(a: Player[I], p: School, n: Nature) -> Team[I]:
        level = when(a.level < 9, a.level.plus(up), Count(9))
        return Team(level=level, wrong=a.wrong, honest=a.honest, cost=2 * a.cost)

    def train(e: Team[I], p: School, n: Nature) -> Player[I]:
        return Player(
            level=e.level,
            wrong=e.wrong,
            honest=Bool(True) if lies else e.honest,
            cost=Real(1),
        )

    process = Scheme[School, Player[Honest], Team[Honest]](
        "team", parameters=School, seed=player, amplify=team, distill=train
    )
    statement = Instance(
        "team",
        process,
        channel=SAMPLED_ANSWERS,
        calls=lambda p: 2,
        distance=differently_honest,
        eps=lambda e, p: 0,
        improvement=BeyondItsRank(lambda p: 1, loss="wrong"),
        capability="level",
    )
    stuck = {Contract.RAISES, Contract.IMPROVES}
    assert failing(judge(statement)) == (stuck if not up else set()) | (
        {Contract.LANDS} if lies else set()
    )


class Mixed(Imitation, RewardModeling):
    """Parameters of both."""


@pytest.mark.parametrize("first", [imitation, recursive_reward_modeling], ids=lambda p: p.name)
def test_halves_of_two_instances_make_an_instance(first: Any) -> None:
    """Each contract is about one half."""
    other = recursive_reward_modeling if first is imitation else imitation
    mixed = Scheme[Mixed, Assistant[Trusted], Overseer[Trusted]](
        "mixed",
        parameters=Mixed,
        seed=first.seed,
        amplify=first.amplify,
        distill=other.distill,
        smart_enough=other.smart_enough,
        assumptions=other.assumptions,
    )
    near = (rows.total_variation, rows.departures)
    paid = (rows.beyond_the_verdicts, rows.fitted)
    distance, eps = near if other is imitation else paid
    statement = Instance(
        "mixed",
        mixed,
        channel=SAMPLED_ANSWERS,
        calls=rows.consultations,
        improvement=rows.PARTS,
        distance=distance,
        eps=eps,
    )
    assert failing(judge(statement)) == set()
