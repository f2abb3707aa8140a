"""Oversight: votes against every small sample space, the basin by hand, and what the rows say."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from math import comb, isqrt
from pathlib import Path
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.cli.targets import resolve
from checker.statements.registry import judge
from checker.system.problem import pose
from checker.system.replay import Run, replay
from models.compounding import Linear, cloned_episode, on_policy_episode
from models.corrigibility import (
    Correctable,
    InBasin,
    after_corrections,
    benign_and_corrigible,
    corrigibility,
)
from models.cross_examination import CrossExamination, flaw_pinned, shifts
from models.eliciting import eliciting
from models.reliability_amplification import reliable, voted_in_collusion, voted_in_pairs
from models.security_amplification import Hardened, Hardens
from models.steps import voted, voted_against
from properties import invariants, oversight
from spec import Claim, Closed, Invariant, Overseer, Process, Real, Row, Statement, alignment
from spec.alignment import Benign, Corrigible, Honest, Reliable, Secure, SelfCorrecting
from spec.parameters import Parameters, parameter_domains

ROWS = [row for file in (oversight, invariants) for row in vars(file).values() if type(row) is Row]
STATEMENTS = [statement for row in ROWS for statement in row.statements]
QUICK = settings(max_examples=40, deadline=None)

shares = st.fractions(min_value=0, max_value=1, max_denominator=60)


def value(term: Real) -> Fraction:
    """What a constant term comes to, exactly."""
    found = z3.simplify(term.term)
    assert z3.is_rational_value(found)
    return Fraction(found.as_fraction())


def at(cls: type[Parameters], **chosen: Fraction | int) -> Any:
    """The parameters at numbers: the defaults, but for those chosen."""
    values = {name: domain.default for name, domain in parameter_domains(cls).items()}
    values |= {name: Fraction(v) for name, v in chosen.items()}
    numbers: dict[str, Any] = {
        name: int(values[name]) if domain.structural else Real(values[name])
        for name, domain in parameter_domains(cls).items()
    }
    return cls(**numbers)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_every_statement_comes_out_as_the_row_says(statement: Statement) -> None:
    verdict = judge(statement, {}, Options(timeout=60))
    assert verdict.verdict == statement.expected, verdict.reason


# --- votes against sample spaces ------------------------------------------------------------------

Joint = dict[tuple[int, ...], Fraction]
"""The probability of each pattern of who is wrong (1) and who is right (0)."""


def independent(copies: int, error: Fraction) -> Joint:
    patterns = product((0, 1), repeat=copies)
    return {p: error ** sum(p) * (1 - error) ** (copies - sum(p)) for p in patterns}


def one_draw(copies: int, error: Fraction) -> Joint:
    return {(0,) * copies: 1 - error, (1,) * copies: error}


def mixed(share: Fraction, first: Joint, second: Joint) -> Joint:
    patterns = {**first, **second}
    return {
        p: share * first.get(p, Fraction(0)) + (1 - share) * second.get(p, Fraction(0))
        for p in patterns
    }


def majority_is_wrong(joint: Joint) -> Fraction:
    return sum((w for p, w in joint.items() if 2 * sum(p) > len(p)), Fraction(0))


@given(shares, shares, st.sampled_from([1, 3, 5]))
@QUICK
def test_a_vote_with_a_shared_draw_is_that_of_the_sample_space(
    error: Fraction, correlation: Fraction, copies: int
) -> None:
    joint = mixed(correlation, one_draw(copies, error), independent(copies, error))
    assert value(voted(copies, Real(error), Real(correlation))) == majority_is_wrong(joint)


weights = st.lists(st.integers(0, 6), min_size=8, max_size=8).filter(any)


@given(weights)
@QUICK
def test_bounds_that_assume_less_hold_of_any_sample_space(drawn: Sequence[int]) -> None:
    """Three copies with any joint errors at all, shuffled so that each errs as often."""
    joint: Joint = {}
    for pattern, weight in zip(product((0, 1), repeat=3), drawn, strict=True):
        for turn in range(3):
            turned = pattern[turn:] + pattern[:turn]
            joint[turned] = joint.get(turned, Fraction(0)) + Fraction(weight, 3 * sum(drawn))
    error = sum((w for p, w in joint.items() if p[0]), Fraction(0))
    together = sum((w for p, w in joint.items() if p[0] and p[1]), Fraction(0))
    wrong = majority_is_wrong(joint)
    assert wrong <= value(voted_against(3, Real(error)))
    if 0 < error < 1:
        coefficient = (together - error**2) / (error * (1 - error))
        assert wrong <= value(voted_in_pairs(3, Real(error), Real(coefficient)))


def worst_with_pairs(copies: int, error: Fraction, together: Fraction) -> Fraction | None:
    """The greatest P(majority wrong) of all joint distributions with these chances of one copy and
    of two copies: a linear program over the number wrong, solved at its vertices."""
    best = None
    for support in combinations(range(copies + 1), 3):
        rows = [[Fraction(comb(n, order)) for n in support] for order in range(3)]
        wanted = [Fraction(1), copies * error, comb(copies, 2) * together]
        found = solved(rows, wanted)
        if found is not None and min(found) >= 0:
            both = zip(support, found, strict=True)
            wrong = sum((w for n, w in both if 2 * n > copies), Fraction(0))
            best = wrong if best is None else max(best, wrong)
    return best


def solved(rows: list[list[Fraction]], wanted: list[Fraction]) -> list[Fraction] | None:
    """Three linear equations by Cramer's rule."""

    def determinant(m: list[list[Fraction]]) -> Fraction:
        (a, b, c), (d, e, f), (g, h, i) = m
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    base = determinant(rows)
    if base == 0:
        return None
    replaced = [
        [[wanted[r] if c == column else rows[r][c] for c in range(3)] for r in range(3)]
        for column in range(3)
    ]
    return [determinant(m) / base for m in replaced]


@given(
    st.fractions(min_value="1/60", max_value="1/3", max_denominator=60),
    shares,
    st.sampled_from([3, 5, 7]),
)
@QUICK
def test_the_bound_by_pairs_covers_the_worst_distribution(
    error: Fraction, coefficient: Fraction, copies: int
) -> None:
    """At three copies it is the worst one, while two err together at most half as often as one."""
    together = error**2 + coefficient * error * (1 - error)
    worst = worst_with_pairs(copies, error, together)
    assert worst is not None
    bound = value(voted_in_pairs(copies, Real(error), Real(coefficient)))
    assert worst <= bound
    if copies == 3 and together <= error / 2:
        assert worst == bound


@given(shares, shares, st.sampled_from([1, 3, 5]))
@QUICK
def test_collusion_covers_the_worst_that_colluders_do(
    malign: Fraction, collusion: Fraction, copies: int
) -> None:
    """Colluders do best by being malign together in the smallest majority."""
    majority = copies // 2 + 1
    carried = min(Fraction(1), copies * malign / majority)
    alone = majority_is_wrong(independent(copies, malign))
    bound = value(voted_in_collusion(copies, Real(malign), Real(collusion)))
    assert collusion * carried + (1 - collusion) * alone <= bound


def test_asking_once_changes_nothing_and_asking_often_costs() -> None:
    fields = ("capability", "error", "malign", "resistance", "cost", "regret")
    numbers = [
        Fraction(3),
        Fraction(1, 9),
        Fraction(1, 7),
        Fraction(1, 5),
        Fraction(2),
        Fraction(1),
    ]
    expert: Any = Overseer(**{f: Real(n) for f, n in zip(fields, numbers, strict=True)})
    once: Any = reliable(expert, 1, Real("1/3"), Real("1/2"))
    assert [value(getattr(once, field)) for field in fields] == numbers
    often: Any = reliable(expert, 3, Real(0), Real(0))
    assert value(often.cost) == 6
    assert value(often.resistance) == Fraction(3, 5)
    assert value(often.error) == majority_is_wrong(independent(3, Fraction(1, 9)))


# --- the basin ------------------------------------------------------------------------------------


def corrected_once(q: Fraction) -> Fraction:
    """A round at the default correction 3/4, with drift at its most, 1/50."""
    return q - Fraction(3, 4) * q * (1 - q) + Fraction(1, 50)


@given(shares, shares, shares)
@QUICK
def test_corrections_reach_an_agent_as_often_as_it_does_not_evade_them(
    resistance: Fraction, correction: Fraction, evasion: Fraction
) -> None:
    reached = 1 - evasion * resistance
    expected = reached * resistance * (1 - correction) + (1 - reached) * resistance
    found = after_corrections(Real(resistance), Real(correction), Real(evasion))
    assert value(found) == expected


def edges(digits: int = 12) -> tuple[Fraction, Fraction]:
    """Rationals just below the fixed points: 1/2 -+ sqrt(67/300), by the formula for quadratics."""
    scale = 10**digits
    root = Fraction(isqrt(67 * scale**2 * 300), 300 * scale)
    return Fraction(1, 2) - root, Fraction(1, 2) + root


def test_the_fixed_points_are_those_of_the_round() -> None:
    for edge in edges():
        assert abs(corrected_once(edge) - edge) < Fraction(1, 10**10)


@pytest.mark.parametrize(("offset", "stays"), [("-1e-6", True), ("1e-6", False)])
def test_the_basin_ends_at_the_greater_root(offset: str, stays: bool) -> None:
    """On either side of the edge, by hand: the round is monotone and has no other fixed point
    between 1/2 and 1, so where its first step goes the run goes."""
    start = edges()[1] + Fraction(offset)
    assert (corrected_once(start) < start) == stays
    inside = InBasin().holds(correctable(start, start))
    assert z3.is_true(z3.simplify(inside.term)) == stays
    limit = Corrigible(resistance=Real("99/100"))
    verdict = decide(Claim("edge", corrigibility, limit), {"seed_resistance": start})
    assert verdict.verdict == ("proved" if stays else "refuted")


def correctable(resistance: Fraction, before: Fraction) -> Correctable[Any]:
    return Correctable(resistance=Real(resistance), resistance_before=Real(before), malign=Real(0))


@given(st.fractions(min_value=0, max_value="1/2", max_denominator=200))
@QUICK
def test_a_round_brings_resistance_nearer_to_the_residue(q: Fraction) -> None:
    nearer = SelfCorrecting(resistance=Real(1), residue=Real("1/20"), rate=Real("2/3"))
    agent = correctable(corrected_once(q), q)
    assert z3.is_true(z3.simplify(nearer.holds(agent).term))


def test_benign_breaks_through_resistance_and_only_so() -> None:
    verdict = judge(Closed("benign", benign_and_corrigible, Benign()))
    assert verdict.trace is not None
    start = verdict.trace.run.seed
    assert start["malign"].high <= Fraction(1, 10) < start["resistance"].low


# --- cross-examination ----------------------------------------------------------------------------


@given(shares, shares, shares, st.integers(0, 4))
@QUICK
def test_a_shift_gets_through_as_in_the_game(
    ambiguity: Fraction, agreement: Fraction, leak: Fraction, questions: int
) -> None:
    """Every outcome of: is the claim ambiguous, do the copies know, what does each copy fix."""
    through = Fraction(0)
    for ambiguous, know, *fixed in product((0, 1), repeat=2 + questions):
        weight = ambiguity if ambiguous else 1 - ambiguity
        weight *= leak if know else 1 - leak
        for copy in fixed:
            weight *= agreement if copy else 1 - agreement
        through += weight if ambiguous and (know or all(fixed)) else 0
    p = at(
        CrossExamination,
        ambiguity=ambiguity,
        agreement=agreement,
        leak=leak,
        questions=questions,
    )
    assert value(shifts(p)) == through


def test_more_questions_never_help_the_liar() -> None:
    found = [value(flaw_pinned(Real("1/20"), at(CrossExamination, questions=n))) for n in range(9)]
    assert found == sorted(found)
    assert found[0] == 0


# --- episodes -------------------------------------------------------------------------------------


def run_of(process: Process, iterations: int, **chosen: Fraction) -> Run:
    """The run in which nature does its most."""
    problem = pose(Claim("run", process, Linear(recoverability=Real(200)), at=chosen))
    units = [[Fraction(1)] * len(step.stage.choices) for step in problem.steps]
    run = replay(problem, lambda iteration, stage: units[stage], iterations)
    assert run is not None
    return run


@given(st.integers(1, 12), st.fractions(min_value="1/100", max_value="1/2", max_denominator=100))
@settings(max_examples=10, deadline=None)
def test_an_episode_loses_what_a_walk_off_the_path_loses(steps: int, eps: Fraction) -> None:
    """The cliff: leave with probability eps at each step, lose 1 at each step ever after."""
    expected = sum((1 - (1 - eps) ** t for t in range(1, steps + 1)), Fraction(0))
    cloned = run_of(cloned_episode, steps, imitation_error=eps)
    assert cloned.steps[-1].after["regret"].low == expected <= steps**2 * eps
    on_policy = run_of(on_policy_episode, steps, imitation_error=eps)
    assert on_policy.steps[-1].after["regret"].low == steps * eps


# --- honesty, and the statements' own conditions --------------------------------------------------


@pytest.mark.parametrize("unchecked", ["3/100", "301/10000"])
def test_the_questions_out_of_reach_that_honesty_bears(unchecked: str) -> None:
    """d = 2 (1 - 4/5) d + unchecked + (1/200 + 2/100) + 1/200 at the limit 1/10."""
    fixed = (Fraction(unchecked) + Fraction(3, 100)) / (1 - Fraction(2, 5))
    verdict = decide(Claim("honest", eliciting, Honest(), at={"unchecked": unchecked}))
    assert (verdict.verdict == "proved") == (fixed <= Fraction(1, 10))


def test_hardness_up_to_a_floor() -> None:
    def held(now: str, before: str, **limits: str) -> bool:
        target = Hardened[Any](exposure=Real(now), exposure_before=Real(before))
        invariant = Hardens(**{name: Real(limit) for name, limit in limits.items()})
        return bool(z3.is_true(z3.simplify(invariant.holds(target).term)))

    assert held("1/1000", "1/100")
    assert not held("2/1000", "1/100")
    assert held("2/1000", "1/100", floor="1/500")


@pytest.mark.parametrize(
    ("invariant", "field"),
    [(Honest(), "deception"), (Reliable(), "error"), (Secure(), "exposure")],
    ids=["honest", "reliable", "secure"],
)
def test_an_invariant_bounds_its_field_and_nothing_else(invariant: Invariant, field: str) -> None:
    class Only:
        def __init__(self, number: Fraction) -> None:
            setattr(self, field, Real(number))

    limit = {"deception": Fraction(1, 10), "error": Fraction(1, 10), "exposure": Fraction(1, 100)}
    for number, holds in ((limit[field], True), (limit[field] + Fraction(1, 10**9), False)):
        assert z3.is_true(z3.simplify(invariant.holds(Only(number)).term)) == holds


@pytest.mark.parametrize("example", ["reliable_judge", "candid"])
def test_examples_come_out_as_they_say(example: str) -> None:
    for statement in resolve(f"examples/{example}.py"):
        assert judge(statement, {}, Options(timeout=60)).as_expected, statement.name


def test_the_page_shows_the_example_as_it_is() -> None:
    page = Path("docs/invariants.md").read_text("utf-8")
    shown = page.split("```python\n")[-1].split("```")[0]
    code = Path("examples/candid.py").read_text("utf-8").split('"""\n', 1)[1]
    assert code.strip().startswith(shown.strip())


def test_the_page_lists_every_shared_invariant() -> None:
    page = Path("docs/invariants.md").read_text("utf-8")
    shared = [
        thing
        for thing in vars(alignment).values()
        if isinstance(thing, type) and issubclass(thing, Invariant) and thing is not Invariant
    ]
    assert len(shared) > 5
    assert not [one.__name__ for one in shared if f"`{one.__name__}`" not in page]
