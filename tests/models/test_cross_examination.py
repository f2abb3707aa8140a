"""Cross-examination agrees with every outcome of the game."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from models.cross_examination import CrossExamination, flaw_not_pinned, shifts
from spec import Real
from tests.models.draws import FORTY, SIXTIETHS
from tests.support import number, parameters_at


@given(SIXTIETHS, SIXTIETHS, SIXTIETHS, st.integers(0, 4))
@FORTY
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
    p = parameters_at(
        CrossExamination,
        ambiguity=ambiguity,
        agreement=agreement,
        leak=leak,
        questions=questions,
    )
    assert number(shifts(p)) == through


def test_more_questions_never_help_the_liar() -> None:
    found = [
        number(flaw_not_pinned(Real("1/20"), parameters_at(CrossExamination, questions=n)))
        for n in range(9)
    ]
    assert found == sorted(found, reverse=True)
    assert found[0] >= 1  # the bound says nothing: the liar that can always shift always wins
