"""Thresholds by hand: what a proof, a run and a stated value must be to each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from recheck.check import Outcome
from recheck.errors import Malformed
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


def settling(included: bool = False) -> Document:
    """That every run settles at an error of 1/5 at most exactly while the noise is less than 1/10:
    the worst run from n comes as near to 2 noise from above as one likes, and never to it."""
    document = turning("1/10", included=included) | {"claim": {"agent": [], "expert": []}}
    document["statement"]["along"]["settles"] = True
    document["claim"]["agent"] = ["(<= agent.error 0.2)"]
    noise, most, walk = Fraction(999999, 10**7), Fraction(1), list[Document]()
    while not walk or most > Fraction(1, 5):
        walk.append(_up_to(most, into=len(walk) + 1))
        most = most / 2 + noise
    walk.append(_up_to(most, within=len(walk) - 1))
    outside = [held("agent", "(< 0.2 agent.error)", "(<= agent.error 1.0)", into=0)]
    stays = run((1, ["1"]))["run"] | {"start": {"error": "1"}, "walk": outside}
    document["proof"] = {
        "holds": {"low": "0", "high": str(noise), "walk": walk},
        "fails": {"at": "1/10", "stays": stays},
    }
    return document


def _up_to(most: Fraction, **way: int) -> Document:
    ends = f"(<= agent.error (/ {most.numerator}.0 {most.denominator}.0))"
    return held("agent", "(<= 0.0 agent.error)", ends, **way)


def test_a_threshold_of_settling_is_accepted(tmp_path: Path) -> None:
    found = report_on(settling(), tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
    assert "it settles from 0 to 999999/10000000 and does not at 1/10" in found.why


def test_what_is_said_of_the_value_itself_is_rejected_where_a_run_stays_outside(
    tmp_path: Path,
) -> None:
    document = settling(included=True)
    assert "do not place" in report_on(document, tmp_path).why
    document["verdict"] = "refuted"
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


NOT_SETTLING: dict[str, tuple[Callable[[Document], Any], str]] = {
    "the proof is said to go further": (
        lambda d: d["proof"]["holds"].update(high="9999999/100000000"),
        "leads into set",
    ),
    "a start is left out": (
        lambda d: d["proof"]["holds"]["walk"].pop(0),
        "every start is in set 0",
    ),
    "the last box is not within the claim": (
        lambda d: d["claim"].update(agent=["(<= agent.error 0.19)"]),
        "is within the claim",
    ),
    "the run comes in": (
        lambda d: d["proof"]["fails"]["stays"]["plan"][0].__setitem__(1, ["0"]),
        "leads into set 0",
    ),
    "the run begins inside": (
        lambda d: d["proof"]["fails"]["stays"]["start"].update(error="1/5"),
        "the seed is in set 0",
    ),
    "the run begins where none may": (
        lambda d: d["proof"]["fails"]["stays"]["start"].update(error="2"),
        "begins where none may",
    ),
    "the run is not shown to stay outside": (
        lambda d: d["proof"]["fails"]["stays"]["walk"][0]["conditions"].pop(0),
        "leads into set 0|is within the claim",
    ),
    "the run is far away": (
        lambda d: d["proof"]["fails"].update(at="1/9"),
        "too far apart",
    ),
    "the stated value is another": (
        lambda d: d["statement"]["along"].update(value="1/9"),
        "do not place",
    ),
}


@pytest.mark.parametrize("broken", NOT_SETTLING)
def test_what_does_not_show_where_runs_settle_is_rejected(broken: str, tmp_path: Path) -> None:
    change, why = NOT_SETTLING[broken]
    document = settling()
    change(document)
    if broken == "a start is left out":
        for each in document["proof"]["holds"]["walk"]:
            for way in ("into", "within"):
                each[way] = None if each[way] is None else each[way] - 1
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED, found.why
    assert re.search(why, found.why)


def test_settling_is_not_keeping(tmp_path: Path) -> None:
    """Boxes from the whole domain show no claim about the seed, nor a broken run a settled one."""
    document = settling()
    del document["statement"]["along"]["settles"]
    assert report_on(document, tmp_path).outcome is not Outcome.ACCEPTED
    document = settling()
    document["proof"]["fails"] = {"at": "1/10", **run((60, ["1"]))}
    assert report_on(document, tmp_path).outcome is Outcome.UNDECIDED
    document = settling()
    document["statement"]["along"]["away"] = True
    with pytest.raises(Malformed, match="at once"):
        report_on(document, tmp_path)
