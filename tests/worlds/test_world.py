"""A replay believes nothing: what is no world is none, and bounds are computed anew."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import attrs
import pytest

from checker.worlds.tracing import two_versions
from checker.worlds.world import AskedQuestion, Replay, TableQuestion, World
from models.voting import vote_same_hardness
from models.worlds.votes import vote
from spec import DENSITY, INDEPENDENT, SAME_HARDNESS, Question, Real, Sound, minimum
from tests.worlds.steps import F, School, asked, learn, learned, loop, split, whole_table

SPLIT = Sound("s", loop(split), "split", asked, density="density", table=whole_table)


def replay(statement: Sound, without: Any = None) -> Replay:
    return Replay(two_versions(statement, {}, without))


def table(*pairs: tuple[Fraction, Fraction]) -> tuple[TableQuestion, ...]:
    return tuple(TableQuestion(w, {"error": e, "malign": F(0)}) for w, e in pairs)


def inputs(**values: Fraction) -> dict[str, Fraction]:
    own = {"slip": F(1, 10), "eps": F(1, 50), "density": F(2), "low_density": F(2), "parts": F(2)}
    own["harm"] = F(0)
    agent = {"error": F(1, 4), "malign": F(0), "debt": F(0), "rounds": F(0)}
    return {**own, **agent, **values}


GOOD = World(
    (
        AskedQuestion(F(4, 5), {"slip": F(0)}, (0, 0)),
        AskedQuestion(F(1, 5), {"slip": F(1, 2)}, (0, 1)),
    ),
    table((F(3, 4), F(0)), (F(1, 4), F(1))),
    inputs(),
)


def test_a_bound_in_a_world_is_computed_from_the_definition() -> None:
    bounds = replay(SPLIT).bounds(GOOD)
    assert bounds is not None
    (found,) = bounds
    # question 2 is wrong for sure, question 1 never: 1/5; the step says 1/10 + 2 x 2 x 1/4
    assert (found.of, found.happens, found.says) == ("error", F(1, 5), F(1))
    assert found.on_each == ({"error": F(0)}, {"error": F(1)})
    assert found.given == {"slip": F(1, 10), "density": F(2), "error": F(1, 4)}
    assert found.share == F(1, 5)
    assert not found.broken


def trained(right: Fraction, wrong: Fraction) -> World:
    """The good world with other training weights."""
    return attrs.evolve(GOOD, table=table((right, F(0)), (wrong, F(1))))


SPOILT: list[tuple[str, World]] = [
    ("weights do not add up", attrs.evolve(GOOD, asked=GOOD.asked[:1])),
    (
        "a weight is negative",
        attrs.evolve(
            GOOD,
            asked=(
                attrs.evolve(GOOD.asked[0], weight=F(6, 5)),
                attrs.evolve(GOOD.asked[1], weight=F(-1, 5)),
            ),
        ),
    ),
    ("training does not add up", trained(F(1, 2), F(1, 4))),
    ("asked more often than the ratio", trained(F(99, 100), F(1, 100))),
    ("the table's mean is above", attrs.evolve(GOOD, inputs=inputs(error=F(1, 5)))),
    ("the slip's mean is above", attrs.evolve(GOOD, inputs=inputs(slip=F(1, 20)))),
    ("a parameter has another value", attrs.evolve(GOOD, inputs=inputs(density=F(3)))),
    ("an input is outside its domain", attrs.evolve(GOOD, inputs=inputs(error=F(2)))),
    ("the source is outside its domain", attrs.evolve(GOOD, inputs=inputs(malign=F(1)))),
    (
        "a draw is out of its bounds",
        attrs.evolve(
            GOOD, asked=(GOOD.asked[0], attrs.evolve(GOOD.asked[1], draws={"slip": F(-1, 2)}))
        ),
    ),
    (
        "the table breaks its condition",
        attrs.evolve(
            GOOD,
            table=(
                GOOD.table[0],
                attrs.evolve(GOOD.table[1], does={"error": F(1), "malign": F(1)}),
            ),
            inputs=inputs(malign=F(1, 4)),
        ),
    ),
]


@pytest.mark.parametrize(("why", "world"), SPOILT, ids=[why for why, _ in SPOILT])
def test_what_is_no_world_is_none(why: str, world: World) -> None:
    assert replay(SPLIT).bounds(world) is None


def test_without_the_ratio_anything_may_be_asked() -> None:
    rare = attrs.evolve(
        GOOD,
        table=table((F(99, 100), F(0)), (F(1, 100), F(1))),
        inputs=inputs(error=F(1, 100)),
    )
    assert replay(SPLIT).bounds(rare) is None
    bounds = replay(SPLIT, DENSITY).bounds(rare)
    assert bounds is not None
    assert bounds[0].broken is (bounds[0].happens > bounds[0].says)


def test_a_table_that_differs_is_none_of_equal_hardness() -> None:
    same = Sound("s", loop(split), "split", asked, density="density", assumptions=(SAME_HARDNESS,))
    world = attrs.evolve(
        GOOD, table=tuple(TableQuestion(q.weight, {"error": q.does["error"]}) for q in GOOD.table)
    )
    assert replay(same).bounds(world) is None
    assert replay(same, SAME_HARDNESS).bounds(world) is not None


def test_a_choice_is_the_mean_of_what_is_told() -> None:
    world = World(
        (
            AskedQuestion(F(3, 4), {"departs": F(0), "the teacher errs": F(1, 3)}, ()),
            AskedQuestion(F(1, 4), {"departs": F(1), "the teacher errs": F(0)}, ()),
        ),
        (),
        inputs(eps=F(1, 4), error=F(1, 4), slip=F(1, 200)),
    )
    bounds = replay(Sound("s", loop(learn), "learn", learned)).bounds(world)
    assert bounds is not None
    error, high, low = bounds
    assert (error.happens, error.says) == (F(1, 2), F(1, 2))
    assert (high.of, high.value, high.limit) == ("departs", F(1, 4), F(1, 4))
    assert (low.value, low.limit) == (F(1, 4), F(0))
    assert [bound.of_choice for bound in bounds] == [False, True, True]


def test_errors_on_an_eighth_of_the_questions_break_the_vote_of_a_mean() -> None:
    """The review's world: 27/256 against M_3(3/32) = 405/16384."""
    mutant = Sound("s", vote_same_hardness, "voted_same", vote, assumptions=(INDEPENDENT,))
    world = World(
        (AskedQuestion(F(1, 8), {}, (0,)), AskedQuestion(F(7, 8), {}, (1,))),
        (TableQuestion(F(1, 8), {"error": F(3, 4)}), TableQuestion(F(7, 8), {"error": F(0)})),
        {"copies": F(3), "error": F(3, 32)},
    )
    bounds = replay(mutant).bounds(world)
    assert bounds is not None
    assert bounds[0].happens == F(27, 256)
    assert bounds[0].says == 3 * F(3, 32) ** 2 - 2 * F(3, 32) ** 3
    assert bounds[0].broken


def test_many_questions_at_once_are_what_they_are_one_by_one() -> None:
    """With draws that may have nothing to be between, divisions by 0, and one table for all."""

    def uneven(question: Question, p: School) -> dict[str, Real]:
        first, second = question.part(0), question.part(1)
        slip = question.draw("slip", at_least=first.error, at_most=second.error + second.malign)
        question.mean("slip", slip * second.error)
        return {"error": minimum(1, slip / (first.malign + slip))}

    shares = [F(0), F(1, 3), F(1)]
    table = [{"error": e, "malign": m} for e in shares for m in shares]
    asked = list(product(product(range(len(table)), repeat=2), product(range(3))))
    for assumptions in ((), (SAME_HARDNESS,)):
        versions = two_versions(
            Sound("s", loop(split), "split", uneven, assumptions=assumptions), {}
        )
        told = Replay(versions)
        found = told.questions(table, shares, asked)
        drawn, rows = ([n.fractions() for n in numbers] for numbers in (found.drawn, found.rows))
        at_once = dict(zip(found.asked, zip(*drawn, *rows, strict=True), strict=True))
        for number, (parts, (unit,)) in enumerate(asked):
            does = [table[n] for n in parts]
            draws = told.drawn(does, [shares[unit]])
            row = None if draws is None else told.on_question(versions.values, does, draws)
            one = None if draws is None or row is None else (draws["slip"], *row)
            assert at_once.get(number) == one
        assert 0 < len(at_once) < len(asked)
