"""Every fact that an enum lists has words; an unknown one is shown as ``str`` gives it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

import pytest

import checker.report  # registers the words
from checker.report.words import METHODS, describe, detail, roman, short_bound
from checker.system.findings import Fact, Method
from checker.system.problem import Bound

assert checker.report


def enum_facts(cls: type[Fact] = Fact) -> Iterator[Enum]:
    """The members of every enum among the facts."""
    for sub in cls.__subclasses__():
        if issubclass(sub, Enum):
            yield from sub
        yield from enum_facts(sub)


def test_every_member_of_an_enum_of_facts_has_words() -> None:
    members = list(enum_facts())
    assert len(members) > len(Method)
    for member in members:
        assert not describe(member).startswith(type(member).__name__), member


def test_every_method_has_words_of_its_own_length() -> None:
    assert set(METHODS) == set(Method)


class Strange(Fact):
    """A fact that report does not know."""

    def __str__(self) -> str:
        return "as it says itself"


def test_an_unknown_fact_is_shown_as_it_says_itself() -> None:
    assert describe(Strange()) == "as it says itself"
    assert list(detail(Strange())) == ["as it says itself"]


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "i"), (2, "ii"), (3, "iii"), (4, "iv"), (5, "v"), (9, "ix")]
)
def test_obligations_are_numbered_in_roman_numerals(number: int, letters: str) -> None:
    assert roman(number) == letters


def test_roman_numerals_tell_obligations_apart() -> None:
    assert all(roman(a) != roman(b) for a, b in pairwise(range(1, 30)))
    assert len({roman(n) for n in range(1, 40)}) == 39


def test_a_long_bound_is_marked_as_cut_off() -> None:
    from fractions import Fraction

    assert short_bound(Bound("error", "<=", Fraction(1, 3))) == "error <= 1/3"
    assert short_bound(Bound("error", "<=", Fraction(500113, 125000))) == "error <= 4.00090..."
