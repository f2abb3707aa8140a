"""What the contract on errors says of an abstract agent is so in worlds, question by question."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from models.imitation import Imitation
from properties.instances import useful_parts
from tests.models.draws import CHANCES, SIXTY
from tests.support import number, parameters_at

TABLE = 3
WEIGHTS = st.lists(st.integers(1, 5), min_size=TABLE, max_size=TABLE)


def _shares(weights: list[int]) -> list[Fraction]:
    return [Fraction(w, sum(weights)) for w in weights]


@SIXTY
@given(
    WEIGHTS,
    st.lists(CHANCES, min_size=TABLE, max_size=TABLE),
    st.lists(
        st.tuples(st.integers(1, 4), *[st.integers(0, TABLE - 1)] * 2, CHANCES),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
)
def test_who_asks_a_useful_agent_beats_a_guess(
    training: list[int],
    errors: list[Fraction],
    asked: list[tuple[int, int, int, Fraction]],
    exclusive: bool,
) -> None:
    """A person splits each question into two parts of the table and slips on some questions more
    than on others. Parts fail independently, or never together, which is the worst."""
    nu, mu = _shares(training), _shares([weight for weight, *_ in asked])
    slip = sum(m * s / 3 for m, (*_, s) in zip(mu, asked, strict=True))
    as_part = [
        sum(m * parts.count(t) / 2 for m, (_, *parts, _) in zip(mu, asked, strict=True))
        for t in range(TABLE)
    ]
    density = max(Fraction(1), *(a / n for a, n in zip(as_part, nu, strict=True)))
    edge = number(useful_parts(parameters_at(Imitation, slip=slip, density=density)))
    mean = sum(n * e for n, e in zip(nu, errors, strict=True))
    if mean >= edge:
        errors = [e * edge * Fraction(99, 100) / mean for e in errors]
    wrong = Fraction(0)
    for share, (_, first, second, slips) in zip(mu, asked, strict=True):
        ways = [slips / 3, errors[first], errors[second]]
        some = min(Fraction(1), sum(ways)) if exclusive else 1 - prod(1 - w for w in ways)
        wrong += share * some
    assert wrong < Fraction(1, 2)


@SIXTY
@given(st.integers(0, 9).map(lambda n: Fraction(n, 20)), st.integers(1, 4))
def test_an_agent_at_the_edge_need_not(slip: Fraction, rare: int) -> None:
    """All its errors sit on one question of the table, which is a part of all that is asked."""
    p = parameters_at(Imitation, slip=slip, density=rare)
    edge = number(useful_parts(p))
    error_there = edge * rare
    assert error_there <= 1
    wrong = slip + 2 * error_there
    assert wrong == Fraction(1, 2)
