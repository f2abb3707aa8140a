"""Verdicts on random schemes, held against an oracle that shares no code with the engines."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
import pytest

from benchmarks.differential import judge, kinds, oracle, trees
from benchmarks.differential.language import claim_of
from benchmarks.differential.machines import Field, Folded, Kept, Machine, Step, name
from benchmarks.differential.oracle import Told
from checker import Options, decide
from checker.system.replay import Enclosure
from checker.system.verdict import Proof, Refutation, Shortest, Verdict

SCHEMES, CHUNK = 300, 25


@pytest.mark.parametrize("first", range(0, SCHEMES, CHUNK))
def test_verdicts_and_oracle_agree(first: int) -> None:
    chunk = range(first, first + CHUNK)
    outcomes = [judge.judge(number, timeout=0.15, most=25) for number in chunk]
    assert [(o.number, o.problem) for o in outcomes if o.problem] == []


def halving(limit: str) -> Machine:
    """x' = x / 2 + 1/4 from 0 comes as near to 1/2 as one likes, and never there."""
    step = Step((), (name("x") / 2 + Fraction(1, 4),))
    kept = (Kept(name("x"), Fraction(limit)),)
    return Machine("halving", (Field("x"),), (Fraction(0),), (step,), kept)


@pytest.mark.parametrize(("limit", "first"), [("7/16", None), ("3/8", 3), ("1/2", None)])
def test_the_oracle_finds_the_first_break(limit: str, first: int | None) -> None:
    told = oracle.told(halving(limit))
    assert told.first_break == (4 if limit == "7/16" else first)


def verdict_of(machine: Machine | Folded) -> Verdict:
    return decide(claim_of("a machine", machine), options=Options(timeout=10))


def test_a_wrong_verdict_is_told() -> None:
    machine = halving("3/8")
    verdict = verdict_of(machine)
    known = oracle.told(machine)
    assert judge.disagreement(machine, verdict, known) == ""
    proved = attrs.evolve(verdict, result=Proof(verdict.method))  # type: ignore[arg-type]
    assert "breaks it at 3" in judge.disagreement(machine, proved, known)
    assert "no reachable" in judge.disagreement(machine, verdict, Told(None, True))
    assert "shorter" in judge.disagreement(machine, verdict, Told(2, False))
    assert "before" in judge.disagreement(machine, verdict, Told(4, True))


def altered(verdict: Verdict, **after: Any) -> Verdict:
    """The verdict with another last step of its run."""
    result = verdict.result
    assert isinstance(result, Refutation)
    assert result.run is not None
    steps = (*result.run.steps[:-1], attrs.evolve(result.run.steps[-1], **after))
    run = attrs.evolve(result.run, steps=steps)
    return attrs.evolve(verdict, result=attrs.evolve(result, run=run))


def test_a_run_that_is_none_is_told() -> None:
    machine = halving("3/8")
    verdict, known = verdict_of(machine), oracle.told(machine)
    elsewhere = {"x": Enclosure(Fraction(3, 4), Fraction(3, 4))}
    wrong = judge.disagreement(machine, altered(verdict, after=elsewhere), known)
    assert "x comes out otherwise" in wrong
    moved = judge.disagreement(machine, altered(verdict, before=elsewhere), known)
    assert "does not start" in moved


def test_a_longer_run_is_no_disagreement_if_it_is_not_said_to_be_the_shortest() -> None:
    machine = halving("3/8")
    verdict = verdict_of(machine)
    result = verdict.result
    assert isinstance(result, Refutation)
    modest = attrs.evolve(verdict, result=attrs.evolve(result, shortest=Shortest.SHORTEST_FOUND))
    assert judge.disagreement(machine, modest, Told(2, False)) == ""


def test_a_smaller_tree_is_told() -> None:
    found = [kinds.drawn(n) for n in range(15, 16 * 30, 16)]
    refuted = 0
    for folded in found:
        assert isinstance(folded, Folded)
        known = trees.told(folded)
        if known.first_break is None or known.first_break == 1:
            continue
        verdict = verdict_of(folded)
        assert judge.disagreement(folded, verdict, known) == ""
        assert judge.disagreement(folded, verdict, Told(1, True))
        refuted += 1
        if refuted == 3:
            return
    pytest.fail("no fold is refuted")


def test_every_kind_has_true_claims_and_false_ones() -> None:
    """The generator's limits lie on both sides, so that neither answer can be guessed."""
    false: set[str] = set()
    other: set[str] = set()
    for number in range(16 * 12):
        machine = kinds.drawn(number)
        if isinstance(machine, Folded):
            known = trees.told(machine)
        else:
            known = oracle.told(machine, most=10)
        (other if known.first_break is None else false).add(machine.kind)
    assert len(false) == len(other) == 16
