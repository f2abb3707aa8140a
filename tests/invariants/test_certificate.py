"""A certificate may need a prefix, and its region must cover where the prefix ends."""

from __future__ import annotations

from fractions import Fraction

from checker.backends.solver import QueryBudget
from checker.invariants.certificate import Certificate, covers
from checker.portfolio.proving import prove
from checker.system.problem import pose
from checker.system.region import Region
from spec import Claim
from tests.plain_schemes import FewErrors, SumWithin, learning, splitting


def test_the_learner_needs_its_prefix() -> None:
    proof = prove(pose(Claim("learner", learning, FewErrors())), QueryBudget(5.0))
    assert isinstance(proof, Certificate)
    assert proof.prefix >= 4  # capability reaches 1, and the error 5/16, after four iterations


def test_a_region_must_cover_where_the_prefix_ends() -> None:
    """A cap that the entered box exceeds is not entered, though every interval contains it."""
    agent = pose(Claim("split", splitting, SumWithin())).agent
    x, y = agent.symbols
    half = Fraction(1, 2)
    entered = Region(((Fraction(0), half), (Fraction(0), half))).clauses(agent)
    loose, tight = Region(((Fraction(0), half),) * 2, ((x + y, Fraction(1)),)), half
    assert covers(loose.clauses(agent), entered, QueryBudget(5.0))
    cut = Region(((Fraction(0), half),) * 2, ((x + y, tight),))
    assert not covers(cut.clauses(agent), entered, QueryBudget(5.0))
