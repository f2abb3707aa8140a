"""Numbers that come nearer to an end of their domain in every round, and never to it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import z3

from checker import check, decide
from checker.backends.solver import QueryBudget
from checker.evidence.document import evidence
from checker.invariants.open_ends import stays_off
from checker.parameters.threshold import threshold
from checker.portfolio.decision import Options
from checker.system.problem import Relation, bound_on, pose
from recheck.check import Outcome
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
    SpecError,
    between,
    budget,
    log,
    logistic,
    maximum,
    parameter,
    unbounded,
)
from tests.recheck.loops import report_on

F = Fraction


class Judge(Agent[I]):
    doubt: Real = between(0, 1, "probability of the wrong answer")
    rounds: Real = unbounded("rounds", at_least=1)


class Sure(Invariant):
    """The judge doubts no more than at first."""

    doubt: Real = budget(0, 1, "probability", limit="1/2")

    def holds(self, judge: Judge[Any]) -> Bool:
        return judge.doubt <= self.doubt


class Evidence(Parameters):
    least: Real = parameter("1/10", -1, 1, "least evidence in a round")


def unsure(p: Evidence) -> Judge[Sure]:
    return Judge(doubt=Real("1/2"), rounds=Real(2))


def claim_about(step: Any, seed: Any = unsure) -> Claim:
    loop = Loop[Evidence, Judge[Sure]]("judging", parameters=Evidence, seed=seed, step=step)
    return Claim("sure", loop, Sure())


def weigh(judge: Judge[I], p: Evidence, nature: Nature) -> Judge[I]:
    evidence = nature.choose("evidence", at_least=p.least, at_most=2)
    odds = log(judge.doubt / (1 - judge.doubt))
    return Judge(doubt=logistic(odds - evidence), rounds=judge.rounds + 1)


def halve(judge: Judge[I], p: Evidence, nature: Nature) -> Judge[I]:
    """The ratio of the doubt to itself is 1, wherever there is one."""
    left = judge.doubt / 2
    return Judge(doubt=left * (judge.doubt / judge.doubt), rounds=judge.rounds + 1)


def rule_out(judge: Judge[I], p: Evidence, nature: Nature) -> Judge[I]:
    left = maximum(0, judge.doubt - "1/8")
    return Judge(doubt=left * judge.doubt / judge.doubt, rounds=judge.rounds + 1)


def certain(p: Evidence) -> Judge[Sure]:
    return Judge(doubt=Real(0), rounds=Real(2))


def plain(judge: Judge[I], p: Evidence, nature: Nature) -> Judge[I]:
    return Judge(doubt=judge.doubt / 2, rounds=judge.rounds + 1)


@pytest.mark.parametrize(
    ("step", "ends"),
    [
        pytest.param(weigh, {"doubt > 0", "doubt < 1", "rounds > 1"}, id="log-odds"),
        pytest.param(halve, {"doubt > 0", "doubt < 1", "rounds > 1"}, id="quotient"),
        pytest.param(plain, set(), id="nothing-undefined"),
    ],
)
def test_ends_that_are_not_reached(step: Any, ends: set[str]) -> None:
    claim = claim_about(step)
    found = stays_off(pose(claim), QueryBudget(2.0))
    assert {clause.label for clause in found} == ends
    verdict = check(claim)
    if ends:
        assert verdict.certificate is not None
        assert {str(each) for each in verdict.certificate.bounds["agent"]} >= ends


def test_the_evidence_says_which_ends_are_left_out(tmp_path: Path) -> None:
    claim = claim_about(halve)
    document = evidence(check(claim), claim)
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    (held,) = document["proof"]["walk"]
    held["conditions"].remove("(< 0.0 agent.doubt)")
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "no division by zero" in found.why


def test_an_end_that_is_reached_is_not_left_out() -> None:
    """After four rounds there is no doubt, and no ratio of it to itself."""
    claim = claim_about(rule_out)
    assert "doubt > 0" not in {each.label for each in stays_off(pose(claim), QueryBudget(2.0))}
    with pytest.raises(SpecError, match="divides by zero"):
        decide(claim, options=Options(timeout=5.0))


def test_a_seed_at_an_end_is_not_off_it() -> None:
    claim = claim_about(halve, certain)
    assert "doubt > 0" not in {each.label for each in stays_off(pose(claim), QueryBudget(2.0))}
    with pytest.raises(SpecError, match="divides by zero"):
        decide(claim, options=Options(timeout=5.0))


def test_the_threshold_of_a_claim_that_does_not_speak_of_the_ends() -> None:
    """Evidence for the right answer never misleads, any against it does at last."""
    found = threshold(claim_about(weigh), "least", timeout=60.0)
    assert found.exact is not None
    assert found.exact.fraction == 0
    assert found.included is True


@pytest.mark.parametrize("relation", ["<=", ">=", "<", ">"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_bound_says_what_its_sign_says(relation: Relation, number: int) -> None:
    x = z3.Real("x")
    condition = bound_on("x", x, relation, F(1)).condition
    truth = z3.simplify(z3.substitute(condition, (x, z3.RealVal(number))))
    signs = {"<=": number <= 1, ">=": number >= 1, "<": number < 1, ">": number > 1}
    assert z3.is_true(truth) is signs[relation]
