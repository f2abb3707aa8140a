"""Seeds that are sets: what is shown must be shown of every seed, and a run begins at one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recheck.check import Outcome
from recheck.errors import Malformed
from recheck.evidence import FORM
from tests.recheck.loops import Document, halving, held, report_on, run
from tests.recheck.test_pairs import simulation

CHOSEN = "|the seed:1|"


def anywhere(low: str = "0.0", high: str = "0.2", seed: str = CHOSEN) -> Document:
    """The loop that halves its error and adds up to 1/10, from any error within two ends."""
    document = halving()
    document["system"] |= {
        "seed": [seed],
        "seed_choices": [[CHOSEN, low, high, False]],
        "seed_named": ["error"],
    }
    return document


def induced(high: str) -> Document:
    """The same by a 2-induction."""
    return anywhere(high=high) | {"proof": {"depth": 2}}


def broken_from(*units: str, iterations: int = 0) -> Document:
    """A run from one of the seeds that breaks the claim."""
    plan = [(iterations, ["1"])] if iterations else []
    document = anywhere() | {"verdict": "refuted", "proof": run(*plan)}
    document["proof"]["run"]["seed"] = list(units)
    document["claim"]["agent"] = ["(<= agent.error 0.17)"]
    return document


def test_a_proof_from_every_seed_is_accepted(tmp_path: Path) -> None:
    for document in (anywhere(), induced("0.2"), anywhere(low="0.2")):
        found = report_on(document, tmp_path)
        assert found.outcome is Outcome.ACCEPTED, found.why


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (anywhere(high="0.3"), "the seed is in set 0"),
        (anywhere(low="(- 0.1)"), "the seed is in set 0"),
        (anywhere(low="0.15", high="0.1"), "the seed: nature can choose"),
        (anywhere(high=f"(/ 1.0 (- {0.2} 0.2))"), "the seed: nature can choose"),
        (anywhere(seed=f"(* 0.0 (/ 1.0 {CHOSEN}))"), "the seed: no division by zero"),
        (induced("0.3"), "the seed is within the claim"),
    ],
)
def test_a_proof_that_leaves_a_seed_out_is_rejected(
    document: Document, why: str, tmp_path: Path
) -> None:
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert why in found.why


def test_an_induction_looks_at_the_first_iterations_from_every_seed(tmp_path: Path) -> None:
    """A claim that holds of every seed and is left by the first iteration from the greatest only:
    3/10 / 2 + 1/10 = 1/4."""
    document = anywhere("0.26", "0.3") | {"proof": {"depth": 2}}
    document["claim"]["agent"] = ["(or (<= 0.26 agent.error) (< agent.error 0.25))"]
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "iteration 1 is within the claim" in found.why


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        (broken_from("1"), Outcome.ACCEPTED),
        (broken_from("9/10"), Outcome.ACCEPTED),
        (broken_from("1/2"), Outcome.REJECTED),  # at 1/10
        (broken_from("1/2", iterations=1), Outcome.REJECTED),  # at 3/20
        (broken_from("1/2", iterations=2), Outcome.ACCEPTED),  # at 7/40 = 0.175
    ],
)
def test_a_run_begins_at_the_seed_that_it_names(
    document: Document, outcome: Outcome, tmp_path: Path
) -> None:
    assert report_on(document, tmp_path).outcome is outcome


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
)
@given(st.fractions(0, 1, max_denominator=40), st.integers(0, 3))
def test_a_run_breaks_from_where_it_does(tmp_path: Path, unit: Fraction, iterations: int) -> None:
    error = unit / 5
    for _ in range(iterations):
        error = error / 2 + Fraction(1, 10)
    accepted = report_on(broken_from(str(unit), iterations=iterations), tmp_path).outcome
    assert (accepted is Outcome.ACCEPTED) == (error > Fraction(17, 100))


@pytest.mark.parametrize("units", [(), ("2",), ("-1",), ("1", "1")])
def test_a_run_from_no_seed_is_no_evidence(units: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises((Malformed, *FORM)):
        report_on(broken_from(*units), tmp_path)


def test_a_run_from_a_seed_that_cannot_be_chosen_is_rejected(tmp_path: Path) -> None:
    document = broken_from("1")
    document["system"]["seed_choices"][0][1:3] = ["0.3", "0.2"]
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "nothing to choose" in found.why


def _forgets(document: Document) -> None:
    del document["system"]["seed_choices"]


def _reads_it_later(document: Document) -> None:
    document["system"]["steps"][0]["outputs"] = [f"(* 0.0 {CHOSEN})"]


@pytest.mark.parametrize("change", [_forgets, _reads_it_later])
def test_what_is_chosen_of_the_seed_is_known_to_the_seed_alone(
    change: Callable[[Document], None], tmp_path: Path
) -> None:
    document = anywhere()
    change(document)
    with pytest.raises((Malformed, *FORM), match=r"no symbol|not declared"):
        report_on(document, tmp_path)


def test_a_run_that_stays_outside_begins_where_it_says(tmp_path: Path) -> None:
    """Settling does not look at the seed: at 1/10 the error stays, which is no seed here."""
    document = anywhere(low="0.15")
    document["statement"]["kind"], document["verdict"] = "Settles", "refuted"
    document["claim"]["agent"] = ["(< agent.error 0.2)"]
    walk = [held("agent", "(= agent.error 0.2)", into=0)]
    stays = run((1, ["1"]))["run"] | {"start": {"error": "1/5"}, "walk": walk}
    document["proof"] = {"stays": stays}
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why


def test_schemes_with_sets_of_seeds_are_not_compared(tmp_path: Path) -> None:
    document = simulation()
    document["system"]["seed_choices"] = [[CHOSEN, "0.0", "0.0", False]]
    assert report_on(document, tmp_path).outcome is Outcome.UNDECIDED
