"""Statements beside claims: each kind against closed forms, and what it must refuse."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import Options, check, judge
from checker.backends.digest import digest
from checker.cli.targets import shipped_rows, shipped_statements
from checker.counterexamples.fixed_strategy import fix_choices
from checker.system.problem import pose
from models.debate import debate
from models.imitation import imitation, imitation_on_policy
from spec import (
    Agent,
    Agrees,
    Bool,
    Claim,
    Closed,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Refines,
    Row,
    Scheme,
    Settles,
    SpecError,
    Statement,
    Threshold,
    Tolerances,
    Transfers,
    all_of,
    between,
    budget,
    minimum,
    parameter,
    when,
)
from spec.alignment import Aligned

F = Fraction
FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


class Memory(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class Teacher(Expert[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class AtMost(Invariant):
    """The error is at most the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any] | Teacher[Any]) -> Bool:
        return memory.error <= self.error


class Noise(Parameters):
    noise: Real = parameter("1/10", 0, "1/2", "noise of one iteration")


class Halves(Parameters):
    slip: Real = parameter("1/100", 0, 1, "imperfection of amplification")
    blur: Real = parameter("1/100", 0, 1, "imperfection of distillation")


def clean(p: Any) -> Memory[AtMost]:
    return Memory(error=Real(0))


def loop(step: Callable[..., Memory[Any]]) -> Loop[Noise, Memory[AtMost]]:
    return Loop[Noise, Memory[AtMost]]("loop", parameters=Noise, seed=clean, step=step)


def affine(slope: Fraction, push: Fraction) -> Loop[Noise, Memory[AtMost]]:
    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=slope * memory.error + nature.choose("push", at_most=push))

    return loop(step)


@FEW
@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9))
def test_settling_of_an_affine_loop_is_where_its_worst_fixed_point_lies(
    slope: int, push: int, limit: int
) -> None:
    a, b, most = F(slope, 10), F(push, 100), F(limit, 10)
    highest = b / (1 - a)
    if highest > 1:  # it leaves its domain
        return
    verdict = judge(Settles("s", affine(a, b), AtMost(error=Real(most))))
    if highest < most:
        assert verdict.verdict == "proved"
    elif highest > most:
        assert verdict.verdict == "refuted"
    elif a:  # approached from above and never reached
        assert verdict.verdict in ("refuted", "unknown")


def vote(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=3 * memory.error**2 - 2 * memory.error**3)


def anchored(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    wrong = 3 * memory.error**2 - 2 * memory.error**3
    return Memory(error=minimum(1, p.noise + wrong / 3))


def test_voting_alone_keeps_a_wrong_start_and_an_anchor_does_not() -> None:
    alone = check(Settles("alone", loop(vote), AtMost(), expected="refuted"))
    assert any("error = 1" in line for line in alone.facts)
    check(Settles("anchored", loop(anchored), AtMost()))
    check(Claim("from the seed", loop(vote), AtMost()))


def test_a_run_that_stays_outside_needs_no_fixed_point() -> None:
    def swings(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=1 - memory.error / 4)

    check(Settles("swings", loop(swings), AtMost(), expected="refuted"))


def test_a_run_that_leaves_late_is_not_taken_to_stay_outside() -> None:
    def fades(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=memory.error * F(999, 1000))

    assert judge(Settles("s", loop(fades), AtMost())).verdict != "refuted"


def test_a_run_that_comes_and_goes_does_not_settle() -> None:
    def turns(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=1 - memory.error)

    assert judge(Settles("s", loop(turns), AtMost())).verdict != "proved"


def test_a_trap_that_samples_miss_is_not_taken_to_settle() -> None:
    """Two narrow windows lead into each other; everything else is halved."""

    def trapped(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        e = memory.error
        low = all_of(e > F(304, 1000), e < F(306, 1000))
        high = all_of(e > F(609, 1000), e < F(611, 1000))
        return Memory(error=when(low, "61/100", when(high, "305/1000", e / 2)))

    assert judge(Settles("s", loop(trapped), AtMost(error=Real("1/5")))).verdict != "proved"


def test_a_run_on_which_nature_has_nothing_to_choose_refutes_nothing() -> None:
    """Above 1/2 the choice has no value: with it made all the same, the run would stay outside."""

    def squeezed(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        low = nature.choose("low", at_least=memory.error / 2, at_most="1/4")
        return Memory(error=minimum(1, low + memory.error * F(3, 5)))

    composed = pose(Claim("c", loop(squeezed), AtMost())).composed()
    with_choice = fix_choices(composed, [F(0)])
    strict = fix_choices(composed, [F(0)], strict=True)
    assert not with_choice.steps[0].stage.sides
    (side,) = strict.steps[0].stage.sides
    (error,) = composed.agent.symbols
    assert z3.is_false(z3.simplify(z3.substitute(side.condition, (error, z3.RealVal(1)))))
    with pytest.raises(SpecError, match="nature has no value"):
        judge(Settles("s", loop(squeezed), AtMost()))


def sane(p: Noise) -> Bool:
    """The noise is below a third."""
    return p.noise < F(1, 3)


@pytest.mark.parametrize("kind", [Settles, Closed])
def test_a_statement_outside_its_assumptions_is_vacuous(kind: Any) -> None:
    assumed = Loop[Noise, Memory[AtMost]](
        "assumed", parameters=Noise, seed=clean, step=anchored, assumptions=[sane]
    )
    assert judge(kind("s", assumed, AtMost(), at={"noise": "2/5"})).verdict == "vacuous"
    assert judge(kind("s", assumed, AtMost())).verdict == "proved"


@FEW
@given(st.integers(-10, 10), st.integers(-10, 10), st.integers(0, 10), st.integers(1, 9))
def test_closure_agrees_with_a_grid(a: int, b: int, c: int, limit: int) -> None:
    most, grid = F(limit, 10), [F(n, 40) for n in range(41)]

    def image(error: Fraction) -> Fraction:
        return F(a, 10) * error**2 + F(b, 10) * error + F(c, 10)

    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        e = memory.error
        return Memory(error=F(a, 10) * e**2 + F(b, 10) * e + F(c, 10))

    verdict = judge(Closed("c", loop(step), AtMost(error=Real(most))))
    leaves = [e for e in grid if e <= most and not 0 <= image(e) <= most]
    assert verdict.verdict == "refuted" if leaves else verdict.verdict in ("proved", "refuted")
    if verdict.trace is not None:
        start = verdict.trace.run.seed["error"].low
        assert start <= most
        assert not 0 <= image(start) <= most


def test_what_is_kept_from_the_seed_need_not_be_closed() -> None:
    def grows(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=minimum(1, 2 * memory.error))

    check(Claim("kept", loop(grows), AtMost()))
    check(Closed("open", loop(grows), AtMost(), expected="refuted"))


def squares(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=minimum(1, memory.error**2 + p.noise))


@pytest.mark.parametrize(
    ("value", "included", "expected"),
    [
        ("1/4", True, "proved"),
        ("1/4", False, "refuted"),
        ("1/5", True, "refuted"),
        ((-1, 4), True, "proved"),
        ((-1, 0, 16), True, "proved"),
        ((-1, 5), True, "refuted"),
    ],
)
def test_a_stated_threshold_is_compared_with_the_computed_one(
    value: Any, included: bool, expected: Any
) -> None:
    claim = Threshold(
        "t",
        loop(squares),
        AtMost(),
        parameter="noise",
        value=value,
        included=included,
        expected=expected,
    )
    assert "1/4" in check(claim).facts[0]


def test_a_polynomial_with_several_roots_says_which_is_meant() -> None:
    """(4 x - 1)(2 x - 1) has both roots in the domain of the noise."""

    def stated(near: str | None, expected: Any) -> Threshold:
        return Threshold(
            "t",
            loop(squares),
            AtMost(),
            parameter="noise",
            value=(1, -6, 8),
            near=near,
            expected=expected,
        )

    check(stated("1/5", "proved"))
    check(stated("9/20", "refuted"))
    with pytest.raises(SpecError, match="2 roots"):
        judge(stated(None, "proved"))


def test_a_threshold_that_is_nowhere_is_refuted() -> None:
    everywhere = AtMost(error=Real(1))
    check(
        Threshold(
            "t", loop(squares), everywhere, parameter="noise", value="1/4", expected="refuted"
        )
    )


def test_a_bracket_refutes_what_lies_outside_it() -> None:
    outside = Threshold(
        "t", imitation, Aligned(), parameter="imitation_error", value="1/2", expected="refuted"
    )
    found = judge(outside, options=Options(timeout=6))
    assert found.verdict == "refuted"
    assert "bracket" in found.reason


def halves(amplifier: int, distiller: int) -> Scheme[Halves, Memory[AtMost], Teacher[AtMost]]:
    def amplify(memory: Memory[I], p: Halves, nature: Nature) -> Teacher[I]:
        return Teacher(error=minimum(1, memory.error / 2 + amplifier * p.slip))

    def distill(teacher: Teacher[I], p: Halves, nature: Nature) -> Memory[I]:
        blur = nature.choose("blur", at_most=distiller * p.blur)
        return Memory(error=minimum(1, teacher.error + blur))

    return Scheme[Halves, Memory[AtMost], Teacher[AtMost]](
        "halves", parameters=Halves, seed=clean, amplify=amplify, distill=distill
    )


@pytest.mark.parametrize(("first", "second"), [(1, 3), (5, 1)])
def test_shares_of_a_linear_loop_are_in_proportion_to_its_slopes(first: int, second: int) -> None:
    """The fixed point is 2 (first slip + second blur): each tolerance is 1 / (4 slope)."""
    share = F(max(first, second), first + second)
    near, far = share - F(1, 20), share + F(1, 20)
    # an enclosure around the share itself cannot tell
    for wanted, expected in ((near, "proved"), (share, "unknown"), (far, "refuted")):
        statement = Tolerances(
            "t",
            halves(first, second),
            AtMost(),
            amplify="slip",
            distill="blur",
            perfect_amplify={"slip": 0},
            perfect_distill={"blur": 0},
            share=wanted,
        )
        assert judge(statement).verdict == expected


def test_refinement_and_agreement_as_statements() -> None:
    proved = check(Refines("r", imitation_on_policy, imitation))
    assert any("departure: the same" in line for line in proved.facts)
    check(Refines("r", imitation, imitation_on_policy, expected="refuted"))
    check(Agrees("a", imitation, imitation_on_policy, invariant=Aligned()))


def test_proofs_share_lemmas_where_their_schemes_share_a_step() -> None:
    same = check(Transfers("t", halves(1, 2), halves(1, 2), invariant=AtMost()))
    assert "2 lemmas are in both proofs (of 2 and 2)" in same.facts[0]
    apart = Transfers("t", halves(1, 2), halves(1, 1), invariant=AtMost(), expected="refuted")
    found = check(apart)  # the sets held differ, though amplify does the same
    assert found.facts[1].endswith("carries over: amplify: error")
    other = check(
        Transfers("t", halves(1, 2), halves(2, 2), invariant=AtMost(), expected="refuted")
    )
    assert found.facts[1] != other.facts[1]


def test_a_digest_ignores_the_order_of_operands_and_nothing_else() -> None:
    x, y, z = z3.Reals("x y z")
    assert digest(x * y + z) == digest(z + y * x)
    assert digest(z3.And(x > y, y > z)) == digest(z3.And(y > z, x > y))
    assert len({digest(t) for t in (x - y, y - x, x / y, y / x, x + y, x * y)}) == 6
    assert digest(x > y) != digest(y > x)


@pytest.mark.parametrize(
    ("make", "mend"),
    [
        (lambda: Threshold("t", imitation, Aligned(), parameter="copies", value=1), "no real"),
        (lambda: Threshold("t", imitation, Aligned(), parameter="slip", value="x"), "exact number"),
        (lambda: Settles("s", imitation, Aligned), "write"),  # type: ignore[arg-type]
        (lambda: Settles("s", "imitation", Aligned()), "no scheme"),  # type: ignore[arg-type]
        (lambda: Closed("c", imitation, Aligned(), at={"slop": 1}), "slop"),
        (lambda: Refines("r", imitation, debate, over={"fan_out_": (0, 1)}), "fan_out_"),
        (
            lambda: Tolerances(
                "t",
                imitation,
                Aligned(),
                amplify="slip",
                distill="imitation_error",
                perfect_amplify={},
                perfect_distill={},
                share="1/3",
            ),
            "between 1/2 and 1",
        ),
        (lambda: Row("r", quote="", formal="", statements=[]), "nothing"),
        (lambda: Row("r", quote="", formal="", statements=[3]), "3"),  # type: ignore[list-item]
    ],
)
def test_a_wrong_statement_names_its_line_and_the_mend(
    make: Callable[[], object], mend: str
) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert mend in caught.value.message
    assert "test_statements.py" in caught.value.location


def test_a_kind_that_nothing_decides_is_refused() -> None:
    with pytest.raises(SpecError, match="no kind of statement"):
        judge(Statement("s"))


def test_every_statement_has_one_name_and_stands_in_one_row() -> None:
    names = [statement.name for statement in shipped_statements()]
    assert len(set(names)) == len(names)
    rows = [row.name for row in shipped_rows()]
    assert len(set(rows)) == len(rows)
    placed = [statement for row in shipped_rows() for statement in row.statements]
    assert len({id(statement) for statement in placed}) == len(placed)


@pytest.mark.parametrize("row", shipped_rows(), ids=lambda row: str(row.name))
def test_every_row_says_what_it_means_and_what_it_does_not(row: Row) -> None:
    assert row.quote
    assert row.formal
    assert row.not_covered
    assert all(s.name.startswith(f"{row.name}/") and s.says for s in row.statements)


def test_the_page_of_the_ledger_is_up_to_date() -> None:
    """`alignspec check --page docs/claims.md` writes it; what it must hold is decided elsewhere."""
    page = (Path(__file__).parent.parent / "docs" / "claims.md").read_text("utf-8")
    for row in shipped_rows():
        assert f"### {row.name}\n" in page
        assert row.quote in page
        assert row.formal in page
        for statement in row.statements:
            (line,) = [text for text in page.splitlines() if f"`{statement.name}`" in text]
            assert f" | {statement.expected.upper()} | " in line
    told = [line for line in page.splitlines() if line.startswith("### ")]
    assert len(told) == len(shipped_rows())
