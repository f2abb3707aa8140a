"""Refinement of one scheme by another agrees with inclusion of intervals."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from checker.refinement.simulation import Origin, OriginKind
from checker.report.words import describe
from spec import Agent, I, Loop, Nature, Real, between
from spec.statements.base import Answer
from tests.parameters.memories import AtMost, Memory, Noise, blank, half
from tests.refinement.pairs import GENTLE, WHOLE, both, contraction, loop


class Pair(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")
    hidden: Real = between(0, 1, "what the other scheme has not")


def test_a_scheme_refines_itself() -> None:
    own = contraction("own", Fraction(1, 2), Fraction(0), Fraction(1, 8))
    for found in both(own, own, {}):
        assert found.answer is Answer.PROVED
        ((term,),) = found.witness
        assert term.origin == Origin(OriginKind.NAMESAKE)
        assert describe(term.origin) == "the same"


def test_other_seeds_are_other_runs() -> None:
    """The same step from 0 and from 1/2: the seeds themselves tell the two apart."""

    def halve(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=memory.error / 2)

    one = Loop[Noise, Memory[AtMost]]("one", parameters=Noise, seed=blank, step=halve)
    two = Loop[Noise, Memory[AtMost]]("two", parameters=Noise, seed=half, step=halve)
    for found in both(one, two, {}):
        assert found.answer is Answer.REFUTED
        assert found.distinguishing_run is not None
        assert found.distinguishing_run.iteration == 0


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
    assert forth.answer is (Answer.PROVED if c <= a and b <= d else Answer.REFUTED)
    assert back.answer is (Answer.PROVED if a <= c and d <= b else Answer.REFUTED)
    for found, bounds in ((forth, (c, d)), (back, (a, b))):
        if found.distinguishing_run is None:
            continue
        (step,) = found.distinguishing_run.run.steps[-1:]
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
        assert found.answer is Answer.PROVED


def test_a_field_that_is_ignored_and_yet_read_is_not_overlooked() -> None:
    """The hidden field adds to the error after the first iteration, where the other adds none."""

    def seed(p: Noise) -> Pair[AtMost]:
        return Pair(error=Real(0), hidden=Real(0))

    def step(agent: Pair[I], p: Noise, nature: Nature) -> Pair[I]:
        return Pair(error=agent.error / 2 + agent.hidden, hidden=Real("1/8"))

    hiding = Loop[Noise, Pair[AtMost]]("hiding", parameters=Noise, seed=seed, step=step)
    plain = loop("plain", lambda e, p, nature: e / 2)
    for found in both(hiding, plain, {}):
        assert found.answer is not Answer.PROVED


def test_a_bound_that_reads_a_parameter_over_its_whole_range() -> None:
    def narrow(e: Real, p: Noise, nature: Nature) -> Real:
        return e / 2 + nature.choose("slip", at_most=p.noise / 4)

    def wide(e: Real, p: Noise, nature: Nature) -> Real:
        return e / 2 + nature.choose("slip", at_most=p.noise / 2)

    forth, back = both(loop("narrow", narrow), loop("wide", wide), {"noise": WHOLE})
    assert forth.answer is Answer.PROVED
    assert back.answer is Answer.REFUTED
    assert back.distinguishing_run is not None
    assert back.distinguishing_run.parameters["noise"] > 0  # at 0 they are the same
