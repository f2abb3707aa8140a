"""Systems from elsewhere are read as they are meant, and what is exported is read back."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

import spec
from benchmarks.imported import (
    FILES,
    NotRead,
    System,
    decided,
    from_horn,
    from_vmt,
    read,
    reason,
    told_in,
)
from checker import Options, decide
from checker.export.smtlib import horn
from checker.system.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    Expert,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
)
from spec.statements.base import Answer
from tests.turning_schemes import linear_claims

named = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
QUICK = Options(timeout=10.0)


@named
def test_a_system_beside_the_benchmark_is_decided_as_its_source_says(file: Path) -> None:
    assert decided(read(file), Options(timeout=60.0)) == told_in(file)["answer"]


@named
def test_a_wrong_reason_of_a_label_is_noticed(file: Path, tmp_path: Path) -> None:
    """One step fewer; an invariant that is not inductive, and one that is not enough."""
    text, wrong = file.read_text("utf-8"), tmp_path / file.name
    for mark, other in (("; steps: 6", "; steps: 5"), ("; invariant: (and", "; invariant: (or")):
        if mark in text:
            wrong.write_text(text.replace(mark, other), "utf-8")
            with pytest.raises(AssertionError):
                reason(wrong)()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(linear_claims())
def test_exported_clauses_are_read_back_and_decided_the_same(claim: Claim) -> None:
    answers = {Answer.PROVED: "safe", Answer.REFUTED: "unsafe", Answer.UNKNOWN: "unknown"}
    expected = answers[decide(claim, options=QUICK).answer]
    assert decided(from_horn(horn(pose(claim))), QUICK) == expected


class Small(Agent[I]):
    x: Real = between(0, 1)


class Reply(Expert[I]):
    x: Real = between(0, 1)


class Low(Invariant):
    """What is wrong stays within the limit."""

    limit: Real = budget(0, 1, "limit", limit="1/2")

    def holds(self, agent: Any) -> Bool:
        return Bool((agent.x <= self.limit).term)


class Nothing(Parameters):
    """None."""


tenths = st.integers(0, 10).map(lambda n: Fraction(n, 10))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(tenths, tenths, tenths)
def test_clauses_of_two_steps_have_a_relation_for_each_and_are_decided_the_same(
    kept: Fraction, slip: Fraction, limit: Fraction
) -> None:
    def seed(p: Nothing) -> Small[Low]:
        return Small(x=Real(0))

    def amplify(agent: Small[I], p: Nothing, nature: Nature) -> Reply[I]:
        return Reply(x=agent.x * kept)

    def distill(expert: Reply[I], p: Nothing, nature: Nature) -> Small[I]:
        return Small(x=spec.minimum(1, expert.x + nature.choose("slip", at_most=slip)))

    scheme = Scheme[Nothing, Small[Low], Reply[Low]](
        "slipping", parameters=Nothing, seed=seed, amplify=amplify, distill=distill
    )
    claim = Claim("slipping", scheme, Low(limit=Real(limit)))
    text = horn(pose(claim))
    assert text.count("declare-fun") == 2
    expected = {Answer.PROVED: "safe", Answer.REFUTED: "unsafe"}[decide(claim).answer]
    assert decided(from_horn(text), QUICK) == expected


def test_relations_share_what_they_can_and_are_told_apart_by_the_place() -> None:
    """A number goes through a relation that has a flag besides, of which the property does not say
    that it is not below 0, and one that has nothing else."""
    text = """(declare-fun a (Real) Bool)(declare-fun b (Bool Real) Bool)
    (assert (a 1.0))
    (assert (forall ((x Real)) (=> (a x) (b true x))))
    (assert (forall ((f Bool) (x Real)) (=> (and (b f x) f) (a (/ x 2.0)))))
    (assert (forall ((x Real)) (=> (and (a x) (not (and (<= 0.0 x) (<= x 1.0)))) false)))
    (assert (forall ((f Bool) (x Real)) (=> (and (b f x) (or (not f) (> x 1.0))) false)))"""
    system = from_horn(text)
    assert [str(sort) for sort in (each.sort() for each in system.state)] == ["Int", "Real", "Bool"]
    assert decided(system, QUICK) == "safe"
    assert decided(from_horn(text.replace("b true", "b false")), QUICK) == "unsafe"


START = "(declare-fun r (Real) Bool)(assert (forall ((x Real)) (=> (= x 0.0) (r x))))"
KEPT = "(assert (forall ((x Real)) (=> (and (r x) (> x 1.0)) false)))"


def moved(by: str) -> System:
    return from_horn(
        f"{START}(assert (forall ((x Real) (y Real)) (=> (and (r x) {by}) (r y)))){KEPT}"
    )


@pytest.mark.parametrize(
    ("by", "answer"),
    [
        ("(= (* 2.0 y) x)", "unknown"),  # y is not given, and has no bounds: see below
        ("(or (= y (/ x 2.0)) (= y 1.0))", "safe"),
        ("(or (= y (/ x 2.0)) (= y (+ x 1.0)))", "unsafe"),
        ("(and (<= x y) (<= y (+ x 0.5)) (< y 1.0))", "safe"),
        ("(and (<= x y) (<= y (+ x 0.5)) (< x 1.0))", "unsafe"),
        ("(not (or (not (= y x)) (> x 3.0)))", "safe"),
    ],
)
def test_steps_of_several_forms(by: str, answer: str) -> None:
    if answer == "unknown":
        with pytest.raises(NotRead, match="no two bounds"):
            moved(by)
    else:
        assert decided(moved(by), QUICK) == answer


def test_a_guard_that_fails_adds_no_state_and_a_strict_end_is_not_reached() -> None:
    """From 0 by less than 1/2 at a time while below 1/2: the supremum 1 is not reached."""
    step = "(and (<= x y) (< y (+ x 0.5)) (< x 0.5))"
    kept = "(assert (forall ((x Real)) (=> (r x) (and (<= 0.0 x) (< x 1.0)))))"
    text = f"{START}(assert (forall ((x Real) (y Real)) (=> (and (r x) {step}) (r y)))){kept}"
    assert decided(from_horn(text), QUICK) == "safe"
    assert decided(from_horn(text.replace("(< x 1.0)", "(< x 0.99)")), QUICK) == "unsafe"


def test_a_run_that_only_leaves_a_made_up_range_shows_nothing() -> None:
    """y grows for ever, and the property says nothing of it: no run breaks it."""
    text = """(declare-fun r (Real Real) Bool)(assert (r 0.0 1.0))
    (assert (forall ((x Real) (y Real)) (=> (r x y) (r x (* 4.0 y)))))
    (assert (forall ((x Real) (y Real)) (=> (and (r x y) (or (< x 0.0) (> x 1.0))) false)))"""
    assert decided(from_horn(text), QUICK) == "unknown"


def test_a_first_state_that_breaks_the_property_is_unsafe() -> None:
    assert decided(from_horn(START + KEPT.replace("(> x 1.0)", "(< x 1.0)")), QUICK) == "unsafe"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (KEPT.replace("(assert", "(declare-fun r (Real) Bool)(assert"), "no clause begins"),
        (
            START + "(assert (forall ((x Real) (y Real)) (=> (and (r x) (r y)) (r (+ x y)))))",
            "reads two states",
        ),
        (
            START + "(assert (forall ((x Real) (y Real)) (=> (and (r x) (> x (* y y))) false)))",
            "depends on",
        ),
    ],
)
def test_what_is_no_such_system_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotRead, match=why):
        from_horn(text)


def test_first_states_that_are_no_box_are_refused() -> None:
    text = """(declare-fun r (Real Real) Bool)
    (assert (forall ((x Real) (y Real)) (=> (and (<= 0.0 x) (<= x 1.0) (<= 0.0 y) (<= y 1.0)
      (<= (+ x y) 1.0)) (r x y))))
    (assert (forall ((x Real) (y Real)) (=> (and (r x y) (> x 1.0)) false)))"""
    with pytest.raises(NotRead, match="no box"):
        decided(from_horn(text))


def test_the_names_of_vmt_say_what_is_next() -> None:
    """Two variables whose next values are swapped: a goes into b."""
    text = """(declare-fun a () Real)(declare-fun b () Real)
    (declare-fun p () Real)(declare-fun q () Real)
    (define-fun n1 () Real (! a :next p))(define-fun n2 () Real (! b :next q))
    (define-fun i () Bool (! (and (= a 0.0) (= b 1.0)) :init true))
    (define-fun t () Bool (! (and (= q a) (= p (/ b 2.0))) :trans true))
    (define-fun k () Bool (! (and (<= 0.0 a) (<= a 0.5) (<= 0.0 b) (<= b 1.0)) :invar-property 0))
    """
    system = from_vmt(text)
    (move,) = system.moves
    made = dict(zip(map(str, system.state), move.made, strict=True))
    assert made["b"].eq(z3.Real("a"))
    assert decided(system, QUICK) == "safe"
    tighter = text.replace("(<= a 0.5)", "(<= a 0.4)")
    swapped = tighter.replace(":next p", ":next r").replace(":next q", ":next p")
    assert decided(from_vmt(tighter), QUICK) == "unsafe"
    assert decided(from_vmt(swapped.replace(":next r", ":next q")), QUICK) == "safe"
    with pytest.raises(NotRead, match="trans"):
        from_vmt(text.replace(" :trans true", " :other true"))
