"""Potentials are found where errors rise only as far as what is left of something lets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import decide
from checker.backends.solver import QueryBudget
from checker.invariants.clause_by_clause import followed
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.potentials import potentials, sampled_steps
from checker.system.findings import Method
from checker.system.problem import Clause, Problem, pose
from checker.system.region import seed_box
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
    minimum,
    parameter,
)
from spec.statements.base import Answer


class Learner(Agent[I]):
    rate: Real = between(0, 1, "learning rate")
    error: Real = between(0, 1)


class Low(Invariant):
    """The error is low."""

    error: Real = budget(0, 1, "error", limit="1/4")

    def holds(self, learner: Learner[Any]) -> Bool:
        return learner.error <= self.error


class Annealing(Parameters):
    drift: Real = parameter("1/5", 0, 1, "errors learned in a step, as a share of its rate")
    kept: Real = parameter("1/2", 0, 1, "of the learning rate, from step to step")
    first: Real = parameter("1/2", 0, 1, "learning rate")
    undone: Real = parameter(0, 0, 1, "errors unlearned in a step, as a share of its rate")


def _new(p: Annealing) -> Learner[Low]:
    return Learner(rate=p.first, error=Real("1/20"))


def _anneal(learner: Learner[I], p: Annealing, nature: Nature) -> Learner[I]:
    drift = nature.choose("drift", at_most=p.drift)
    left = learner.error * (1 - p.undone * learner.rate)
    learned = drift * learner.rate * (1 - learner.error)
    return Learner(rate=p.kept * learner.rate, error=minimum(1, left + learned))


annealing = Loop[Annealing, Learner[Low]](
    "annealing", parameters=Annealing, seed=_new, step=_anneal
)


def candidates(problem: Problem) -> Iterator[tuple[Clause, ...]]:
    """Potentials from the seed on."""
    steps = sampled_steps(RegionSynthesizer(problem))
    return potentials(problem, seed_box(problem), steps, QueryBudget(1.0))


@attrs.frozen
class Case:
    """Values of the parameters."""

    drift: Fraction
    kept: Fraction
    first: Fraction
    undone: Fraction = Fraction(0)

    def shown(self, limit: Fraction) -> bool:
        """Whether a potential is accepted by the solver."""
        problem = pose(Claim("low", annealing, Low(error=Real(limit))), attrs.asdict(self))
        safe = problem.clauses[problem.agent.name]
        return any(
            followed(problem, [(*safe, *clauses)], (), QueryBudget(1.0))
            for clauses in candidates(problem)
        )

    @property
    def most(self) -> Fraction:
        """An error that the worst run comes to."""
        rate, error = self.first, Fraction(1, 20)
        for _ in range(40):
            error = error * (1 - self.undone * rate) + self.drift * rate * (1 - error)
            rate, error = self.kept * rate, Fraction(int(error * 10**12), 10**12)
        return error


shares = st.sampled_from([Fraction(n, 8) for n in range(1, 7)])
cases = st.builds(Case, shares, shares, shares)


@settings(max_examples=8, deadline=None)
@given(cases)
def test_what_is_left_of_the_rate_bounds_what_is_still_learned(case: Case) -> None:
    """error + drift rate / (1 - kept) never rises: so it suffices that it is low at first."""
    enough = Fraction(1, 20) + case.drift * case.first / (1 - case.kept)
    if enough < Fraction(9, 10):
        assert case.shown(enough * Fraction(101, 100))
    assert not case.shown(case.most * Fraction(9, 10))


@pytest.mark.parametrize(
    ("drift", "answer"),
    [("1/5", Answer.PROVED), ("28/100", Answer.PROVED), ("31/100", Answer.REFUTED)],
)
def test_products_of_fields_may_be_needed(drift: str, answer: Answer) -> None:
    """Where a share of the errors is unlearned as fast, the error comes to 1/4 at 0.3027 only."""
    chosen = {"drift": Fraction(drift), "undone": Fraction(1, 2)}
    verdict = decide(Claim("low", annealing, Low()), chosen)
    assert verdict.answer is answer
    if answer is Answer.PROVED:
        assert verdict.method is Method.POTENTIAL


def test_only_what_is_no_higher_than_the_seed_need_be_kept() -> None:
    """Far from the seed a step may raise what it does not raise where runs come, so that products
    of two fields do where it would take products of three."""
    case = Case(Fraction(1, 10), Fraction(4, 5), Fraction(1, 2), Fraction(3, 10))
    limit = Fraction(2152, 10000)
    assert case.shown(limit)
    problem = pose(Claim("low", annealing, Low(error=Real(limit))), attrs.asdict(case))
    ((first,), *_) = candidates(problem)
    products = re.split(r" [-+] ", first.label.partition("<=")[0])
    factors = (re.findall(r"(rate|error)(?:\^(\d))?", product) for product in products)
    assert max(sum(int(power or 1) for _, power in each) for each in factors) == 2


def test_after_a_few_iterations_less_is_left() -> None:
    """At first there may be more to come than there is room for, whatever is then unlearned; after
    sixteen iterations there is hardly any."""
    case = Case(Fraction(1, 2), Fraction(4, 5), Fraction(2, 5), Fraction(2, 5))
    limit = Fraction(498, 1000)
    assert not case.shown(limit)
    verdict = decide(Claim("low", annealing, Low(error=Real(limit))), attrs.asdict(case))
    assert (verdict.answer, verdict.method) == (Answer.PROVED, Method.POTENTIAL)
