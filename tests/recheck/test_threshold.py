"""Thresholds by hand: what a proof, a run and a stated value must be to each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recheck.check import Outcome
from tests.recheck.loops import Document, halving, held, report_on, run


def turning(value: str | None, **changes: Any) -> Document:
    """That the error of ``halving`` stays at most 1/5 exactly while the noise is at most 1/10."""
    document = halving()
    along = {
        "parameter": "parameter.noise",
        "domain": ["0", "1/2"],
        "value": value,
        "polynomial": [],
        "near": None,
        "included": True,
        "away": False,
    }
    document["statement"] = {"name": "halving", "kind": "Threshold", "along": along | changes}
    document["proof"] = {
        "holds": {"low": "0", "high": "1/10", **document["proof"]},
        "fails": {"at": "1000001/10000000", **run((30, ["1"]))},
    }
    return document


def test_a_threshold_is_accepted_on_its_whole_side(tmp_path: Path) -> None:
    found = report_on(turning("1/10"), tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
    assert "holds from 0 to 1/10" in found.why


def test_a_root_is_found_between_the_two(tmp_path: Path) -> None:
    """A root of x^2 - 1/100 + 10^-10, a little above 1/10 - 10^-9 and below the run."""
    document = turning(None, polynomial=[-100000001, 0, 10000000000], near="1/10")
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    document = turning(None, polynomial=[-100000001, 0, 10000000000], near="-1/10")
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


BROKEN: dict[str, tuple[Any, str]] = {
    "the proof holds no longer": (
        lambda d: (
            d["proof"]["holds"].update(high="1000000001/10000000000"),
            d["statement"]["along"].update(value="1000000001/10000000000"),
        ),
        "distill from set 1 leads into set 0",
    ),
    "the run breaks nothing": (
        lambda d: d["proof"]["fails"].update(at="1000001/10000000", run=run((5, ["1"]))["run"]),
        "ends within the claim",
    ),
    "the run is far away": (
        lambda d: d["proof"]["fails"].update(at="1/9"),
        "too far apart",
    ),
    "the run is within the proof": (
        lambda d: d["proof"]["fails"].update(at="1/20"),
        "where the proof is",
    ),
    "the stated value is another": (
        lambda d: d["statement"]["along"].update(value="1/9"),
        "do not place",
    ),
    "the stated value is said not to be safe": (
        lambda d: d["statement"]["along"].update(included=False),
        "do not place",
    ),
    "it is said to be refuted": (
        lambda d: d.update(verdict="refuted"),
        "do not place",
    ),
    "an assumption fails on the way": (
        lambda d: d["system"]["assumptions"].append(["some noise", "(< 0.0 parameter.noise)"]),
        "assumption",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_does_not_show_a_threshold_is_rejected(broken: str, tmp_path: Path) -> None:
    change, why = BROKEN[broken]
    document = turning("1/10")
    change(document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert why in found.why


def test_a_stated_value_on_the_wrong_side_is_refuted(tmp_path: Path) -> None:
    document = turning("1/20") | {"verdict": "refuted"}
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def staying_away(**near: Any) -> Document:
    """That the error stays away from 1/5 exactly while the noise is less than 1/10."""
    document = turning("1/10", included=False, away=True)
    document["claim"]["agent"] = ["(< agent.error (/ 1.0 5.0))"]
    sets = [
        held("agent", "(<= 0.0 agent.error)", "(<= agent.error 0.1999992)", into=1),
        held("expert", "(<= 0.0 expert.error)", "(<= expert.error 0.0999996)", into=0),
    ]
    how = {"units": ["1"], "comparison": 0, "share": "1/2"} | near
    document["proof"] = {
        "holds": {"low": "0", "high": "999996/10000000", "margin": "1/2000000", "walk": sets},
        "fails": {"at": "1/10", "near": how},
    }
    return document


def test_a_threshold_away_from_the_limits_is_accepted(tmp_path: Path) -> None:
    found = report_on(staying_away(), tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why


@pytest.mark.parametrize(
    ("near", "margin", "why"),
    [
        ({"share": "51/100"}, "1/2000000", "comes nearer to the limit"),  # half of it is left
        ({"share": "0"}, "1/2000000", "no share"),
        ({"share": "2"}, "1/2000000", "no share"),
        ({"units": ["0"]}, "1/2000000", "comes nearer to the limit"),  # without noise it comes to 0
        ({}, "1/1000000", "within the claim"),  # a greater one than is kept
        ({}, "0", "a margin of nothing"),
    ],
)
def test_a_margin_that_is_not_kept_or_not_lost_is_rejected(
    near: dict[str, Any], margin: str, why: str, tmp_path: Path
) -> None:
    document = staying_away(**near)
    document["proof"]["holds"]["margin"] = margin
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert why in found.why


def test_at_the_value_itself_the_margin_is_lost(tmp_path: Path) -> None:
    document = staying_away()
    document["statement"]["along"]["included"] = True
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "do not place" in found.why
