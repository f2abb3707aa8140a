"""Every name that can be mistyped is answered with the one that was meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.cli.compare import compare
from checker.cli.parameters import the_claim
from checker.portfolio.schedule import named
from checker.system.parametric import ParametricProblem
from examples.noisy_memory import Memory, MostlyRight, memory
from spec import Claim, Real, Threshold
from spec.errors import SpecError, alternatives, did_you_mean
from tests.support import NOISY_MEMORY

CASES: list[tuple[Callable[[], object], str]] = [
    (lambda: MostlyRight(eror=Real("1/4")), "error"),  # type: ignore[call-arg]
    (lambda: Memory(eror=Real(0)), "error"),  # type: ignore[call-arg]
    (lambda: Claim("x", memory, MostlyRight(), at={"nois": 0}), "noise"),
    (lambda: Claim("x", memory, MostlyRight(), over="nois"), "noise"),
    (lambda: Threshold("x", memory, MostlyRight(), parameter="nois", value=0), "noise"),
    (lambda: ParametricProblem(Claim("x", memory, MostlyRight()), ("nois",)), "noise"),
    (lambda: the_claim(NOISY_MEMORY, "mostlyrigt"), "MostlyRight"),
    (lambda: named(("serch",)), "search"),
    (lambda: compared("mostlyrigt"), "MostlyRight"),
    (lambda: compared("", over=["nois"]), "noise"),
    (lambda: compared("", relate=["eror=error"]), "error"),
]


def compared(
    invariant: str, over: list[str] | None = None, relate: list[str] | None = None
) -> None:
    compare(
        NOISY_MEMORY,
        NOISY_MEMORY,
        invariant,
        over=over or [],
        relate=relate or [],
        params=[],
        as_json=True,
        timeout=5.0,
        memory=0.0,
    )


@pytest.mark.parametrize(("mistyped", "meant"), CASES)
def test_it_says_what_was_meant(mistyped: Callable[[], object], meant: str) -> None:
    with pytest.raises(SpecError, match=rf"did you mean {meant}\?"):
        mistyped()


letters = st.lists(st.sampled_from("abcdefgh_"), min_size=4, unique=True).map("".join)
"""Names whose letters differ: of others the library may match a letter at the wrong place."""


@given(letters, st.lists(letters, max_size=5), st.integers(0, 100))
def test_a_letter_left_out_is_found_again(name: str, others: list[str], place: int) -> None:
    place %= len(name)
    mistyped = name[:place] + name[place + 1 :]
    known = [*(other for other in others if mistyped not in other), name]
    assert name in did_you_mean(known, mistyped.upper())
    assert alternatives(known, mistyped).startswith(", ".join(dict.fromkeys(known)))


def test_a_name_that_is_far_from_all_is_not_guessed() -> None:
    assert did_you_mean(["noise", "decay"], "xyz") == ""
    assert alternatives(["noise"], "xyz") == "noise"
    assert alternatives([], "xyz") == "none"
