"""Comparing schemes: refinement against interval inclusion, agreement against formulas."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import Options
from checker.backends.solver import QueryBudget
from checker.refinement.agreement import Agreement, agrees
from checker.refinement.correspondence import pair
from checker.refinement.refinement import ComparedScheme, Ranges, Refinement, refines
from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Process,
    Real,
    SpecError,
    between,
    minimum,
)
from spec.parameters import settle
from tests.test_maps import run
from tests.test_thresholds import AtMost, Memory, Noise, blank, half

GENTLE = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
WHOLE = (Fraction(0), Fraction(1, 2))


class Pair(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")
    hidden: Real = between(0, 1, "what the other scheme has not")


def loop(name: str, rewrite: Any) -> Process:
    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=rewrite(memory.error, p, nature))

    return Loop[Noise, Memory[AtMost]](name, parameters=Noise, seed=blank, step=step)


def contraction(name: str, slope: Fraction, low: Fraction, high: Fraction) -> Process:
    """slope * error + x with x in [low, high]."""
    return loop(
        name,
        lambda e, p, nature: e * slope + nature.choose("slip", at_least=low, at_most=high),
    )


def both(left: Process, right: Process, over: Ranges) -> tuple[Refinement, Refinement]:
    one = ComparedScheme(left, settle(left.parameters, {}), "left")
    two = ComparedScheme(right, settle(right.parameters, {}), "right")
    pairing = pair(left, right)
    found = []
    for a, b, links in ((one, two, pairing.links), (two, one, pairing.swapped().links)):
        found.append(refines(a, b, links, over, QueryBudget(2.0, time.monotonic() + 30)))
    return found[0], found[1]


def agreement(left: Process, right: Process, limit: Any, over: Ranges) -> Agreement:
    one = ComparedScheme(left, settle(left.parameters, {}), "left")
    two = ComparedScheme(right, settle(right.parameters, {}), "right")
    same = all(found.verdict == "proved" for found in both(left, right, over))
    said = AtMost(error=Real(limit))
    return agrees(one, two, said, pair(left, right), over, same, Options(timeout=6, query=2))


def confirm(e: Real, p: Noise, nature: Nature) -> Real:
    return minimum(1, e**2 + p.noise)


def confirm_otherwise(e: Real, p: Noise, nature: Nature) -> Real:
    return minimum(1, (e - 1) * (e + 1) + 1 + p.noise)


def test_a_scheme_refines_itself() -> None:
    own = contraction("own", Fraction(1, 2), Fraction(0), Fraction(1, 8))
    for found in both(own, own, {}):
        assert found.verdict == "proved"
        assert [[answer.how for answer in case] for case in found.witness] == [["the same"]]


def test_other_seeds_are_other_runs() -> None:
    """The same step from 0 and from 1/2: the seeds themselves tell the two apart."""

    def halve(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=memory.error / 2)

    one = Loop[Noise, Memory[AtMost]]("one", parameters=Noise, seed=blank, step=halve)
    two = Loop[Noise, Memory[AtMost]]("two", parameters=Noise, seed=half, step=halve)
    for found in both(one, two, {}):
        assert found.verdict == "refuted"
        assert found.separating is not None
        assert found.separating.iteration == 0


slips = st.fractions(0, Fraction(1, 4), max_denominator=8)


@GENTLE
@given(st.tuples(slips, slips), st.tuples(slips, slips))
def test_refinement_is_inclusion_of_what_can_be_reached(
    first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction]
) -> None:
    """From one seed with the same slope, each run of A is one of B iff A's slips are B's."""
    (a, b), (c, d) = sorted(first), sorted(second)
    left = contraction("left", Fraction(1, 2), a, b)
    right = contraction("right", Fraction(1, 2), c, d)
    forth, back = both(left, right, {})
    assert forth.verdict == ("proved" if c <= a and b <= d else "refuted")
    assert back.verdict == ("proved" if a <= c and d <= b else "refuted")
    for found, bounds in ((forth, (c, d)), (back, (a, b))):
        if found.separating is None:
            continue
        (step,) = found.separating.run.steps[-1:]
        slip = step.after["error"].low - step.before["error"].low / 2
        assert not bounds[0] <= slip <= bounds[1]


@GENTLE
@given(st.sampled_from([1, 2, 3]), st.fractions(Fraction(1, 8), 2, max_denominator=8))
def test_a_choice_in_another_unit_is_followed(parts: int, scale: Fraction) -> None:
    """The same slips, written as a multiple of a choice in another range: a linear equation."""
    top = Fraction(1, 8)
    left = contraction("left", Fraction(1, 2), Fraction(0), top)

    def scaled(e: Real, p: Noise, nature: Nature) -> Real:
        return e / 2 + nature.choose("scaled", at_most=top / scale) * scale

    for found in both(left, loop("right", scaled), {}):
        assert found.verdict == "proved"


def test_a_field_that_is_ignored_and_yet_read_is_not_overlooked() -> None:
    """The hidden field adds to the error after the first iteration, where the other adds none."""

    def seed(p: Noise) -> Pair[AtMost]:
        return Pair(error=Real(0), hidden=Real(0))

    def step(agent: Pair[I], p: Noise, nature: Nature) -> Pair[I]:
        return Pair(error=agent.error / 2 + agent.hidden, hidden=Real("1/8"))

    hiding = Loop[Noise, Pair[AtMost]]("hiding", parameters=Noise, seed=seed, step=step)
    plain = loop("plain", lambda e, p, nature: e / 2)
    for found in both(hiding, plain, {}):
        assert found.verdict != "proved"


def test_a_bound_that_reads_a_parameter_over_its_whole_range() -> None:
    def narrow(e: Real, p: Noise, nature: Nature) -> Real:
        return e / 2 + nature.choose("slip", at_most=p.noise / 4)

    def wide(e: Real, p: Noise, nature: Nature) -> Real:
        return e / 2 + nature.choose("slip", at_most=p.noise / 2)

    forth, back = both(loop("narrow", narrow), loop("wide", wide), {"noise": WHOLE})
    assert forth.verdict == "proved"
    assert back.verdict == "refuted"
    assert back.separating is not None
    assert back.separating.parameters["noise"] > 0  # at 0 they are the same


def test_the_same_map_written_twice_agrees_everywhere() -> None:
    left, right = loop("one", confirm), loop("two", confirm_otherwise)
    found = agreement(left, right, "3/4", {"noise": WHOLE})
    assert (found.verdict, found.method) == ("proved", "the same runs")


def test_different_thresholds_are_told_apart_by_a_value_between_them() -> None:
    """e^2 + noise bears 1/4 and e^3 + noise bears 2 / (3 sqrt 3) = 0.3849."""
    cube = loop("cube", lambda e, p, nature: minimum(1, e**3 + p.noise))
    found = agreement(loop("square", confirm), cube, "3/4", {"noise": WHOLE})
    assert found.verdict == "refuted"
    assert found.difference is not None
    value = found.difference.parameters["noise"]
    assert Fraction(1, 4) < value
    assert 27 * value**2 < 4
    assert found.difference.left.verdict == "refuted"
    assert found.difference.right.verdict == "proved"


def test_agreement_up_to_a_shared_threshold_is_not_claimed() -> None:
    """Other runs and one threshold: cells settle all but its neighbourhood."""
    half = loop("half", lambda e, p, nature: e / 2 + p.noise / 2)
    third = loop("third", lambda e, p, nature: e / 3 + p.noise * "2/3")
    found = agreement(half, third, "1/4", {"noise": WHOLE})
    assert found.verdict == "unknown"
    assert found.safe + found.unsafe + found.undecided == 1
    assert found.undecided < Fraction(1, 50)
    assert abs(found.safe - Fraction(1, 2)) <= found.undecided


def test_two_schemes_that_share_no_field() -> None:
    class Other(Agent[I]):
        mistakes: Real = between(0, 1, "something else")

    class Few(Invariant):
        def holds(self, agent: Other[Any]) -> Bool:
            return agent.mistakes <= "1/2"

    other = Loop[Noise, Other[Few]](
        "other",
        parameters=Noise,
        seed=lambda p: Other[Few](mistakes=Real(0)),
        step=lambda agent, p, nature: agent,
    )
    with pytest.raises(SpecError, match="share no field"):
        pair(loop("one", confirm), other)


FILE = """
from typing import Any
from spec import *

class Memory(Agent[I]):
    error: Real = between(0, 1, "probability")

class Within(Invariant):
    error: Real = budget(0, 1, "probability", limit="1/2")
    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error

class Noise(Parameters):
    noise: Real = parameter("1/8", 0, "1/2", "probability")

def blank(p: Noise) -> Memory[Within]:
    return Memory(error=Real(0))

def few(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error / 2 + nature.choose("slip", at_most=p.noise / 4))

def many(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error / 2 + nature.choose("slip", at_most=p.noise / 2))

fewer = Loop[Noise, Memory[Within]]("fewer", parameters=Noise, seed=blank, step=few)
more = Loop[Noise, Memory[Within]]("more", parameters=Noise, seed=blank, step=many)
"""


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(FILE)
    done = run(tmp_path, "compare", "two.py:fewer", "two.py:more", "--over", "noise", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [answer["verdict"] for answer in told["refines"]] == ["proved", "refuted"]
    assert told["agrees"][0]["verdict"] == "proved"  # both keep 1/2 at every noise
    same = run(tmp_path, "compare", "two.py:more", "two.py:more", "--param", "left.noise=0")
    assert "more (left) refines more (right): PROVED" in same.stdout
    assert "more (right) refines more (left): REFUTED" in same.stdout
    assert "cannot make error at iteration 1" in same.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("debate", "debat"), "did you mean debate"),
        (("two.py", "debate"), "name one, as"),
        (("two.py:fewer", "debate", "--over", "slip"), "no real parameter of both"),
        (("two.py:fewer", "two.py:more", "--over", "noise=1..2"), "leaves its domain"),
        (("two.py:fewer", "two.py:more", "--param", "left.nois=1"), "no parameter nois"),
        (("two.py:fewer", "two.py:more", "kind"), "try Within"),
        (("two.py:fewer", "two.py:more", "--relate", "error"), "LEFT=RIGHT"),
        (("premises", "debate"), "no fields"),
    ],
)
def test_wrong_calls(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "two.py").write_text(FILE)
    done = run(tmp_path, "compare", *arguments)
    assert done.returncode == 2, done.stdout
    assert told in done.stderr
    assert "Traceback" not in done.stderr
