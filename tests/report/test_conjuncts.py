"""A counterexample names the conditions of the invariant that are false at its last agent."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import jsonschema
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.portfolio.decision import Options, decide
from checker.report.positions import finding, placed
from checker.report.verdict import plain
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    parameter,
)
from tests.support import ROOT, alignspec

HERE = Path(__file__).read_text().splitlines()


class Three(Agent[I]):
    a: Real = between(0, 1, "one")
    b: Real = between(0, 1, "two")
    c: Real = between(0, 1, "three")


class Small(Invariant):
    a: Real = budget(0, 1, "one", limit="1/2")
    b: Real = budget(0, 1, "two", limit="1/2")

    def holds(self, agent: Three[Any]) -> Bool:
        return (agent.a <= self.a) & (agent.b <= self.b)


class Smaller(Small):
    c: Real = budget(0, 1, "three", limit="1/2")

    def holds(self, agent: Three[Any]) -> Bool:
        limit = agent.c <= self.c
        return limit & (agent.a + agent.b + agent.c <= 1)


class Rates(Parameters):
    a: Real = parameter(0, 0, 1, "a")
    b: Real = parameter(0, 0, 1, "b")
    c: Real = parameter(0, 0, 1, "c")


def start(p: Rates) -> Three[Smaller]:
    return Three(a=Real(0), b=Real(0), c=Real(0))


def step(agent: Three[I], p: Rates, nature: Nature) -> Three[I]:
    return Three(a=p.a, b=p.b, c=p.c)


three = Loop[Rates, Three[Smaller]]("three", parameters=Rates, seed=start, step=step)
claim = Claim("three", three, Smaller())
SCHEMA = ROOT / "checker/report/documents/schema.json"
parts = st.sampled_from([Fraction(n, 4) for n in range(5)])


@given(parts, parts, parts)
@settings(max_examples=25, deadline=None)
def test_exactly_the_false_ones_of_the_broken_clause(a: Fraction, b: Fraction, c: Fraction) -> None:
    half = Fraction(1, 2)
    small = {"agent.a <= self.a": a <= half, "agent.b <= self.b": b <= half}
    smaller = {"agent.c <= self.c": c <= half, "agent.a + agent.b + agent.c <= 1": a + b + c <= 1}
    broken = small if not all(small.values()) else smaller
    assume(not all(broken.values()))
    verdict = decide(claim, {"a": a, "b": b, "c": c}, Options(attack=0))
    assert verdict.run is not None
    told = {conjunct.text for conjunct in verdict.run.conjuncts}
    assert told == {text for text, holds in broken.items() if not holds}
    document = placed(claim, verdict)
    for conjunct in document["trace"]["conjuncts"]:
        assert conjunct["text"] in HERE[conjunct["line"] - 1]
    lines = [line for line in plain(verdict).splitlines() if "false: " in line]
    assert len(lines) == 1


def test_the_finding_points_at_the_line_of_the_false_condition() -> None:
    verdict = decide(claim, {"c": Fraction(1)}, Options(attack=0))
    places = [place for place, what in finding(claim, verdict).related if "broken" in what]
    assert [HERE[place.line - 1].strip() for place in places] == ["limit = agent.c <= self.c"]


def test_a_condition_without_source_is_told_as_a_term() -> None:
    class Hidden(Smaller):
        def holds(self, agent: Three[Any]) -> Bool:
            found = Bool(True)
            for field in (agent.a, agent.b):
                found = found & (field <= Real("1/4"))
            return found

    verdict = decide(Claim("hidden", three, Hidden()), {"b": Fraction(1, 3)}, Options(attack=0))
    assert verdict.run is not None
    (conjunct,) = verdict.run.conjuncts
    assert "b" in conjunct.text
    assert "1/4" in conjunct.text
    assert attrs.asdict(conjunct).keys() == {"number", "text"}


def test_explain_names_it(tmp_path: Path) -> None:
    source = Path(__file__).read_text().partition("claim = Claim")[0].replace("from tests", "# ")
    (tmp_path / "three.py").write_text(source)
    given_ = ("--param", "b=3/4", "--no-ablate", "--runs", "2")
    told = alignspec("explain", "three.py", *given_, cwd=tmp_path).stdout
    assert "the condition that is false: agent.b <= self.b" in told
    assert "Found no other counterexample" in told
    assert "What is false of it: agent.b <= self.b  three.py:" in told
    document = json.loads(alignspec("explain", "three.py", *given_, "--json", cwd=tmp_path).stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text("utf-8")))
    assert document["verdicts"][0]["other_runs"] == []
    (conjunct,) = document["verdicts"][0]["trace"]["conjuncts"]
    assert conjunct["file"] == "three.py"
    assert "agent.b <= self.b" in source.splitlines()[conjunct["line"] - 1]
