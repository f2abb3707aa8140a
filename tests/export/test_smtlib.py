"""What is exported is read by two solvers, and says what the checker says."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.two_solvers import by_cvc5, by_z3
from checker import decide
from checker.backends.evaluator import EXACT
from checker.backends.smtlib import number, smtlib, symbol
from checker.cli.targets import claims_of_loop
from checker.counterexamples.simulation import Nature, simulate
from checker.export.itf import itf
from checker.export.smtlib import horn, relations
from checker.system.problem import Problem, pose
from spec import Claim, when
from spec.nodes import name_of
from spec.statements.base import Answer
from tests.support import NOISY_MEMORY
from tests.turning_schemes import Two, claim_of, linear_claims

LONG = 60.0
"""Seconds for a query that takes a few thousandths."""


def spacer(claim: Claim, seconds: int = 1) -> str:
    """What z3's solver of Horn clauses answers of a claim that is exported."""
    solver = z3.SolverFor("HORN")
    solver.set("timeout", 1000 * seconds)
    solver.from_string(horn(pose(claim)))
    return str(solver.check())


def both(text: str) -> tuple[str, str]:
    """What z3 and cvc5 answer of a script in SMT-LIB."""
    return by_z3(text, LONG), by_cvc5(text, LONG)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(linear_claims())
def test_spacer_and_the_checker_never_disagree(claim: Claim) -> None:
    expected = {Answer.PROVED: "sat", Answer.REFUTED: "unsat"}.get(decide(claim).answer)
    assert spacer(claim) in ({expected, "unknown"} if expected else {"sat", "unsat", "unknown"})


@pytest.mark.parametrize(("limit", "answer"), [("3/8", "unsat"), ("1/2", "sat")])
def test_spacer_settles_a_loop_that_the_checker_settles(limit: str, answer: str) -> None:
    """What is reached is at most 1/4 + 1/4."""

    def step(s: Any, nature: Any) -> list[Any]:
        return [when(s.x <= "1/4", s.x + nature.choose("n", at_most="1/4"), 0), 0]

    claim = claim_of(Two, ["0", "0"], step, lambda agent: agent.x <= limit)
    expected = {"sat": Answer.PROVED, "unsat": Answer.REFUTED}[answer]
    assert (spacer(claim, 60), decide(claim).answer) == (answer, expected)


def test_a_step_that_divides_by_zero_is_exported_as_undefined_there() -> None:
    def step(s: Any, nature: Any) -> list[Any]:
        return [1 / (s.y - "1/4") / 100, s.y]

    problem = pose(claim_of(Two, ["0", "1/4"], step, lambda agent: agent.x <= 1))
    for y, answer in (("0.25", "unsat"), ("0.5", "sat")):
        text = f"{relations(problem)}(assert (|defined in move| 0.0 {y}))(check-sat)"
        assert both(text) == (answer, answer)
    assert "(not (distinct" in horn(problem)


def _stated(problem: Problem, units: list[Fraction], off: Fraction) -> str:
    """That the exported first step leads from the seed where the compiled one does, or off that."""
    step = problem.steps[0]
    seed = [Fraction(z3.simplify(term).as_fraction()) for term in problem.seed]
    program = step.program.bind(EXACT)
    outputs, chosen, _ = program(
        [EXACT.constant(v) for v in seed], [EXACT.constant(u) for u in units]
    )
    read = [*seed, *(Fraction(int(v.p), int(v.q)) for v in chosen)]
    made = [Fraction(int(v.p), int(v.q)) for v in outputs[: len(step.target.symbols)]]
    made[0] += off
    arguments = " ".join(number(v) for v in (*read, *made))
    before = " ".join(number(v) for v in read)
    called = symbol(f"step {step.name}")
    bounds, defined = symbol(f"bounds of {step.name}"), symbol(f"defined in {step.name}")
    return (
        f"{relations(problem)}(assert ({called} {arguments}))"
        f"(assert ({bounds} {before}))(assert ({defined} {before}))(check-sat)"
    )


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.data())
@pytest.mark.parametrize("target", [NOISY_MEMORY, "debate"])
def test_the_exported_step_is_the_compiled_one(target: str, data: st.DataObject) -> None:
    """The compiled step, which replays runs, against z3 and cvc5 on the exported relation."""
    problem = pose(claims_of_loop(target)[0])
    count = len(problem.steps[0].stage.choices)
    unit = st.fractions(0, 1, max_denominator=8)
    units = data.draw(st.lists(unit, min_size=count, max_size=count))
    text = _stated(problem, units, Fraction(0))
    assert both(text) == ("sat", "sat")
    wrong = _stated(problem, units, Fraction(1, 1000))
    assert both(wrong) == ("unsat", "unsat")


def test_two_choices_are_two_variables_however_they_are_named() -> None:
    def step(s: Any, nature: Any) -> list[Any]:
        return [nature.choose("a|b", at_most=1), nature.choose("a/b", at_most="1/2")]

    problem = pose(claim_of(Two, ["0", "0"], step, lambda agent: 2 * agent.y <= 1))
    chosen = problem.steps[0].stage.choices
    declared = {f"({symbol(name_of(choice.symbol))} Real)" for choice in chosen}
    assert len(declared) == 2
    assert all(each in horn(problem) for each in declared)


def test_a_run_in_the_trace_format_has_every_state() -> None:
    claim = claims_of_loop(NOISY_MEMORY)[0]
    run = simulate({"claim": pose(claim)}, Nature.GREATEST, 3).run
    written = itf(run, "memory")
    assert written["vars"] == ["iteration", "step", "choices", "error"]
    assert [state["#meta"]["index"] for state in written["states"]] == [0, 1, 2, 3]
    for state, step in zip(written["states"][1:], run.steps, strict=True):
        error = step.after["error"]
        told = state["error"]
        assert (
            error.low
            == error.high
            == Fraction(int(told["numerator"]["#bigint"]), int(told["denominator"]["#bigint"]))
        )


def test_a_term_that_is_printed_is_the_term() -> None:
    x = z3.Real("x y|")
    (read,) = z3.parse_smt2_string(f"(declare-const |x y/b| Real)(assert (< {smtlib(x)} 1.0))")
    assert read.eq(z3.Real("x y/b") < 1)
