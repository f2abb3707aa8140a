"""What is exported to JANI has the form of the format, and is decided there as it is here."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.arena import QUESTIONS
from checker import Options, decide
from checker.cli.targets import claims_of_loop
from checker.counterexamples.simulation import Nature as Drawn
from checker.counterexamples.simulation import simulate
from checker.export.jani import jani
from checker.system.problem import pose
from spec import Agent, Bool, Claim, Count, I, Invariant, Loop, Nature, SpecError, flag, when, whole
from spec.statements.base import Answer
from tests.export.explicit import goal_and_bound, greatest, reachable
from tests.plain_schemes import NoParameters
from tests.support import alignspec
from tests.turning_schemes import Two, claim_of

F = Fraction
SCHEMA = json.loads(Path(__file__).with_name("jani.schema.json").read_text("utf-8"))
CHAINS = [question for question in QUESTIONS if question.chain is not None]


def model_of(claim: Claim) -> Any:
    """The model, as it is read back from its text, and in the form of the specification."""
    model = json.loads(json.dumps(jani(pose(claim))))
    jsonschema.Draft202012Validator(SCHEMA).validate(model)
    return model


def by_storm(claim: Claim, folder: Path) -> list[tuple[bool, Fraction]]:
    """Of each property, whether Storm finds it true, and the exact probability."""
    import stormpy

    file = folder / "model.jani"
    file.write_text(json.dumps(jani(pose(claim))), "utf-8")
    model, properties = stormpy.parse_jani_model(str(file))
    found = []
    for each in properties:
        formula = each.get_raw_formula()
        built = stormpy.build_model[stormpy.Rational](model, [formula])
        (start,) = built.initial_states
        holds = start in stormpy.model_checking(built, formula).get_truth_values_vector()
        unbounded = formula.clone()
        unbounded.remove_bound()
        value = stormpy.model_checking(built, unbounded).get_value(start)
        found.append((holds, Fraction(str(value))))
    return found


# --- Markov chains -----------------------------------------------------------------------------


def hit_or_miss(hits: Fraction, limit: Fraction) -> Claim:
    """A duel in rounds. x: both stand, y: the first has won, who shoots first; the second hits by
    half. The first wins with 2 hits / (1 + hits)."""

    def step(s: Any, nature: Any) -> list[Any]:
        return [s.x * (1 - hits) / 2, s.y + hits * s.x]

    return claim_of(Two, ["1", "0"], step, lambda agent: agent.y <= limit)


def noisy(low: Fraction, high: Fraction, limit: Fraction) -> Claim:
    """From x into y with what nature chooses, else with 1/10 into the rest."""

    def step(s: Any, nature: Any) -> list[Any]:
        moved = s.x * nature.choose("moved", at_least=low, at_most=high)
        return [s.x * F(9, 10) - moved, s.y + moved]

    return claim_of(Two, ["1", "0"], step, lambda agent: agent.y <= limit)


@pytest.mark.storm
@pytest.mark.parametrize("question", CHAINS, ids=lambda question: question.name)
def test_storm_decides_the_exported_chains_as_they_are(question: Any, tmp_path: Path) -> None:
    model_of(question.claim)
    holds = all(answer for answer, _ in by_storm(question.claim, tmp_path))
    assert holds == (question.label == "safe")


@pytest.mark.storm
@pytest.mark.parametrize("limit", [F(1, 2), F(2, 5), F(399, 1000)])
def test_a_chain_is_exported_with_its_exact_probability(limit: Fraction, tmp_path: Path) -> None:
    claim = hit_or_miss(F(1, 4), limit)
    ((holds, value),) = by_storm(claim, tmp_path)
    assert (holds, value) == (limit >= F(2, 5), F(2, 5))
    assert decide(claim).answer is (Answer.PROVED if holds else Answer.REFUTED)


@st.composite
def distribution(draw: Any) -> list[Fraction]:
    weights = draw(st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any))
    return [F(weight, sum(weights)) for weight in weights]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(distribution(), distribution(), distribution(), st.integers(0, 3))
def test_the_model_reaches_in_n_steps_what_the_scheme_has_after_n(
    seed: Any, one: Any, rest: Any, rounds: int
) -> None:
    """Any chain of three states whose second is never left, against the run of the scheme."""

    def step(s: Any, nature: Any) -> list[Any]:
        out = 1 - s.x - s.y
        return [s.x * one[0] + out * rest[0], s.x * one[1] + s.y + out * rest[1]]

    claim = claim_of(Two, [str(v) for v in seed[:2]], step, lambda agent: agent.y <= F(1, 2))
    model = model_of(claim)
    run = simulate({"claim": pose(claim)}, Drawn.GREATEST, rounds).run if rounds else None
    expected = run.steps[-1].after["y"].low if run and run.steps else seed[1]
    if run is None or run.broken is None:
        for asked in model["properties"]:
            assert greatest(model, asked, rounds + 1) == expected
            assert goal_and_bound(asked)[1] == F(1, 2)


def test_nature_takes_the_worse_end_of_what_it_chooses() -> None:
    (asked,) = (model := model_of(noisy(F(1, 20), F(1, 10), F(1, 2))))["properties"]
    assert greatest(model, asked, 2) == F(1, 10)
    assert greatest(model, asked, 3) == F(1, 10) + F(8, 10) * F(1, 10)


def test_a_lower_bound_is_one_on_the_other_states() -> None:
    def step(s: Any, nature: Any) -> list[Any]:
        return [s.x * F(3, 4), s.y + s.x * F(1, 8)]

    claim = claim_of(Two, ["1/2", "1/2"], step, lambda agent: agent.x + agent.y >= F(3, 4))
    (asked,) = (model := model_of(claim))["properties"]
    assert goal_and_bound(asked)[1] == F(1, 4)
    assert greatest(model, asked, 3) == F(1, 16) + F(3, 64)


@pytest.mark.storm
def test_a_claim_that_no_distribution_keeps_is_broken(tmp_path: Path) -> None:
    claim = claim_of(Two, ["1", "0"], lambda s, nature: [s.x, s.y], lambda a: a.x + a.y <= -1)
    assert not any(holds for holds, _ in by_storm(claim, tmp_path))


def test_an_expert_is_a_position_of_its_own() -> None:
    model = model_of(claims_of_loop(str(Path(__file__).with_name("two_steps.py")))[0])
    asked = model["properties"][0]
    # drawn from the seed, then amplified: 1/3 lost at once, and half of what is left thereafter
    assert [greatest(model, asked, n) for n in (1, 2, 3, 4, 5)] == [
        *(0, 0, F(1, 3), F(1, 3), F(5, 9)),
    ]


# --- finitely many agents ----------------------------------------------------------------------


class Jugs(Agent[I]):
    big: Count = whole(0, 5)
    small: Count = whole(0, 3)
    poured: Bool = flag("whether it was poured before")


class Counter(Agent[I]):
    n: Count = whole(0, 3)


jugs_of: Any = Jugs


def finite_claim(seed: Any, step: Callable[[Any, Any], Any], holds: Callable[[Any], Any]) -> Claim:
    """A claim about a loop of records that are no Reals."""
    cls: Any = type(seed)

    class Kept(Invariant):
        def holds(self, agent: Any) -> Bool:
            return Bool(holds(agent))

    def start(p: Any) -> Any:
        return seed

    def move(s: Any, p: Any, nature: Any) -> Any:
        return step(s, nature)

    start.__annotations__ = {"p": NoParameters, "return": cls[Kept]}
    move.__annotations__ = {"s": cls[I], "p": NoParameters, "nature": Nature, "return": cls[I]}
    loop: Any = Loop[NoParameters, cls[Kept]](
        "loop", parameters=NoParameters, seed=start, step=move
    )
    return Claim("claim", loop, Kept())


def jugs(wanted: int) -> Claim:
    """Fill, empty or pour, as nature wants: 4 can be had, and 6 cannot."""

    def step(s: Any, nature: Any) -> Any:
        what, total = nature.choose("what", at_most=4), s.big.plus(s.small)
        ways: list[Any] = [
            (what <= 1, jugs_of(big=Count(5), small=s.small, poured=False)),
            (what < 2, jugs_of(big=Count(0), small=s.small, poured=False)),
            (what < 3, jugs_of(big=s.big, small=Count(3), poured=False)),
            (what < "7/2", jugs_of(big=s.big, small=Count(0), poured=False)),
            (
                total <= 5,
                jugs_of(big=total, small=Count(0), poured=True),
            ),
        ]
        made: Any = jugs_of(big=Count(5), small=total.plus(-5), poured=True)
        for condition, way in reversed(ways):
            made = when(condition, way, made)
        return made

    seed = jugs_of(big=Count(0), small=Count(0), poured=False)
    return finite_claim(seed, step, lambda s: (s.big < wanted) | (s.big > wanted))


@pytest.mark.storm
@pytest.mark.parametrize(("wanted", "answer"), [(4, Answer.REFUTED), (6, Answer.PROVED)])
def test_a_finite_model_is_decided_as_the_claim(
    wanted: int, answer: Answer, tmp_path: Path
) -> None:
    claim = jugs(wanted)
    model = model_of(claim)
    broken = any(dict(state)["broken"] for state in reachable(model))
    assert broken == (answer is Answer.REFUTED)
    decided = decide(claim, options=Options(timeout=5.0)).answer
    assert decided in (answer, Answer.UNKNOWN)
    ((holds, value),) = by_storm(claim, tmp_path)
    assert (holds, value) == (not broken, F(broken))


def test_the_states_of_a_finite_model_are_those_that_are_reached() -> None:
    """Counted by hand in plain Python: breadth first, over the same moves."""

    def moves(state: tuple[int, int, int]) -> set[tuple[int, int, int]]:
        big, small, _ = state
        total = big + small
        poured = (total, 0, 1) if total <= 5 else (5, total - 5, 1)
        return {(5, small, 0), (0, small, 0), (big, 3, 0), (big, 0, 0), poured}

    found, todo = {(0, 0, 0)}, [(0, 0, 0)]
    while todo:
        fresh = moves(todo.pop()) - found
        found |= fresh
        todo += fresh
    states = {tuple(dict(s).values()) for s in reachable(model_of(jugs(6)))}
    assert {state[2:] for state in states} == found


def test_a_run_that_leaves_its_domain_is_broken(tmp_path: Path) -> None:
    zero: Any = Counter(n=Count(0))
    claim = finite_claim(zero, lambda s, nature: Counter(n=s.n.plus(1)), lambda s: s.n <= 3)
    assert any(dict(state)["broken"] for state in reachable(model_of(claim)))


# --- what does not fit -------------------------------------------------------------------------


def unfit(claim: Claim) -> str:
    with pytest.raises(SpecError) as told:
        jani(pose(claim))
    text = str(told.value)
    assert "\n" not in text
    return text


def test_what_does_not_fit_is_refused_in_one_line() -> None:
    one = F(1)

    def of(step: Any, holds: Any = lambda agent: agent.y <= F(1, 2)) -> str:
        return unfit(claim_of(Two, ["1/2", "1/4"], step, holds))

    assert "no mean over states" in of(lambda s, nature: [s.x * s.x, s.y])
    assert "does not keep probabilities" in of(lambda s, nature: [s.x, s.y + s.x])
    chosen = [lambda s, nature: [s.x * (u := nature.choose("u", at_most=1)), s.y * u]]
    assert "on several states at once" in of(chosen[0])
    assert "is not one number" in of(lambda s, nature: [s.x * nature.choose("u", at_most=s.y), s.y])
    assert "no mean over states" in of(
        lambda s, nature: [s.x * (u := nature.choose("u", at_most=1)) * u, s.y]
    )
    assert "left the states again" in of(lambda s, nature: [s.y, s.x])
    halves = [lambda s, nature: [s.x / 2, s.y + s.x / 2]]
    assert "includes its end" in of(halves[0], lambda agent: agent.y < F(3, 4))
    assert "weighs states differently" in of(halves[0], lambda a: a.x + 2 * a.y <= one)
    assert "is not linear" in of(halves[0], lambda a: a.y * a.y <= F(1, 2))


def test_a_choice_that_is_counted_with_is_not_finite() -> None:
    def step(s: Any, nature: Any) -> Any:
        u = nature.choose("u", at_most=1)
        return Counter(n=when(2 * u <= 1, s.n, Count(0)))

    zero: Any = Counter(n=Count(0))
    claim = finite_claim(zero, step, lambda s: s.n <= 2)
    assert "not only compared with numbers" in unfit(claim)


def test_a_document_that_is_no_model_is_not_taken_for_one() -> None:
    model = model_of(jugs(6))
    validator = jsonschema.Draft202012Validator(SCHEMA)
    spoilers: list[Callable[[Any], Any]] = [
        lambda m: m.pop("system"),
        lambda m: m["variables"][0].pop("type"),
        lambda m: m["automata"][0]["edges"][0].update(destinations=[]),
        lambda m: m["properties"][0]["expression"].update(fun="all"),
        lambda m: m["automata"][0]["edges"][1]["guard"]["exp"].update(op="=="),
    ]
    for spoil in spoilers:
        wrong = json.loads(json.dumps(model))
        spoil(wrong)
        assert not validator.is_valid(wrong)


def test_the_command_says_why_a_claim_does_not_fit() -> None:
    told = alignspec("export", "examples/noisy_memory.py", "--format", "jani")
    assert told.returncode == 2
    assert "has no form in JANI" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
