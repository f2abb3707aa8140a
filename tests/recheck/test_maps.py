"""Maps by hand: what each box must show, and what is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recheck.check import Outcome
from recheck.errors import Malformed
from recheck.evidence import FORM
from recheck.parts import everywhere
from tests.recheck.loops import Document, halving, report_on

SHARE, NOISE = "parameter.share", "parameter.noise"
Ends = tuple[str, str]


def box(verdict: str, share: Ends, noise: Ends, **shown: Any) -> Document:
    """What is said of a box of both parameters."""
    return {"over": [list(share), list(noise)], "verdict": verdict, **shown}


def plan(*stretches: tuple[int, list[str]]) -> Document:
    """A strategy of nature."""
    return {"plan": [list(each) for each in stretches]}


def drawn(*boxes: Document) -> Document:
    """Where an error of which a share is kept, with noise, stays at most 1/5: it comes as near to
    noise / (1 - share) as nature likes. Noise above 1/2 is assumed away."""
    document = halving()
    document["system"]["parameters"][SHARE] = "1/2"
    document["system"]["steps"][0]["outputs"] = [f"(* {SHARE} agent.error)"]
    plane = {"parameters": [SHARE, NOISE], "ranges": [["0", "1"], ["0", "1"]]}
    document["statement"] = {"name": "map", "kind": "Map", "plane": plane}
    walk = document["proof"]["walk"]
    document["proof"] = {
        "boxes": list(boxes)
        or [
            box("proved", ("0", "1/2"), ("0", "1/10"), walk=walk),
            box("refuted", ("0", "1"), ("1/4", "1/2"), **plan((1, ["1"]))),
            box("refuted", ("1/2", "3/4"), ("1/8", "1/4"), **plan((3, ["1"]))),
            box("vacuous", ("0", "1"), ("3/5", "1")),
        ]
    }
    return document


CHOSEN = "|the seed:1|"


def anywhere(*boxes: Document) -> Document:
    """The same from any error between the noise and the share."""
    document = drawn(*boxes)
    document["system"] |= {
        "seed": [CHOSEN],
        "seed_choices": [[CHOSEN, NOISE, SHARE, False]],
        "seed_named": ["first"],
    }
    return document


def bent(low: str, high: str) -> Document:
    """At the seed a claim that the error is at most 1/5, where it is share - share squared."""
    document = drawn(box("refuted", (low, high), ("0", "1/10"), **plan()))
    document["system"]["seed"] = [f"(- {SHARE} (* {SHARE} {SHARE}))"]
    return document


def test_a_map_is_accepted_and_says_how_much_it_covers(tmp_path: Path) -> None:
    found = report_on(drawn(), tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
    assert "holds on 5.00 % of the area, breaks on 28.12 %" in found.why
    assert "means nothing on 40.00 %; 26.88 % is not covered" in found.why


def _boxes(document: Document) -> Any:
    return document["proof"]["boxes"]


def _wider(number: int, axis: int, end: int, value: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        _boxes(document)[number]["over"][axis][end] = value

    return change


REJECTED: dict[str, tuple[Callable[[Document], Any], str]] = {
    "a proof is said to go further": (_wider(0, 0, 1, "51/100"), "box 1: amplify from set 0"),
    "in the other parameter": (_wider(0, 1, 1, "11/100"), "box 1: distill from set 1"),
    "a run is said to break where it does not": (
        lambda d: (_boxes(d).pop(2), _wider(1, 1, 0, "3/20")(d)),
        "box 2: the run breaks nothing",
    ),
    "in the other parameter too": (_wider(2, 0, 0, "2/5"), "box 3: the run breaks nothing"),
    "a run is too short": (
        lambda d: _boxes(d)[2].update(plan((2, ["1"]))),
        "box 3: the run breaks nothing",
    ),
    "its choices are others": (
        lambda d: _boxes(d)[2].update(plan((3, ["1/2"]))),
        "box 3: the run breaks nothing",
    ),
    "an assumption holds somewhere": (_wider(3, 1, 0, "1/2"), "box 4: the assumptions fail"),
    "a box is said to be safe": (
        lambda d: _boxes(d)[2].update(verdict="proved", walk=_boxes(d)[0]["walk"]),
        "box 3: amplify from set 0",
    ),
    "a box is said to be unsafe": (
        lambda d: _boxes(d)[0].update(verdict="refuted", **plan((9, ["1"]))),
        "box 1: the run breaks nothing",
    ),
    "a box is said to mean nothing": (
        lambda d: _boxes(d)[0].update(verdict="vacuous"),
        "box 1: the assumptions fail",
    ),
    "a box is counted twice": (lambda d: _boxes(d).append(_boxes(d)[0]), "two boxes overlap"),
    "boxes overlap": (
        lambda d: _boxes(d).insert(0, box("refuted", ("1/4", "1/2"), ("1/3", "2/5"))),
        "two boxes overlap",
    ),
    "a box leaves the plane": (
        lambda d: d["statement"]["plane"].update(ranges=[["0", "1"], ["0", "4/5"]]),
        "leaves the plane",
    ),
    "another parameter is another": (
        lambda d: d["system"]["steps"][1]["choices"][0].__setitem__(2, f"(* 0.5 {NOISE})"),
        "box 2: the run breaks nothing",
    ),
    "nature has nothing to choose": (
        lambda d: d["system"]["steps"][1]["choices"][0].__setitem__(1, "0.7"),
        "nothing to choose|nature can choose",
    ),
    "the claim is another": (
        lambda d: d["claim"].update(agent=["(<= agent.error 0.19)"]),
        "box 1: set 0 is within the claim",
    ),
}


@pytest.mark.parametrize("wrong", REJECTED)
def test_a_box_that_is_not_shown_is_rejected(wrong: str, tmp_path: Path) -> None:
    change, why = REJECTED[wrong]
    document = drawn()
    change(document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED, found.why
    assert any(each in found.why for each in why.split("|")), found.why


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["statement"]["plane"].update(parameters=[NOISE, NOISE]),
        lambda d: d["statement"]["plane"].update(parameters=[NOISE, "parameter.other"]),
        _wider(0, 0, 1, "0"),
        lambda d: _boxes(d)[1].update(plan((1, ["2"]))),
        lambda d: _boxes(d)[1].update(plan((1, []))),
    ],
    ids=["one parameter", "no parameter", "no area", "beyond its bounds", "a choice is open"],
)
def test_what_is_no_map_is_no_evidence(change: Callable[[Document], Any], tmp_path: Path) -> None:
    document = drawn()
    change(document)
    with pytest.raises((Malformed, *FORM)):
        report_on(document, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(verdict="refuted"),
        lambda d: d.update(proof={"reason": "none"}),
        lambda d: _boxes(d)[0].pop("walk"),
    ],
    ids=["a map is not refuted", "no boxes", "no proof"],
)
def test_what_shows_nothing_is_not_accepted(
    change: Callable[[Document], Any], tmp_path: Path
) -> None:
    document = drawn()
    change(document)
    assert report_on(document, tmp_path).outcome is Outcome.UNDECIDED


def test_a_box_is_cut_until_the_run_is_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On [3/10, 7/10] the seed is at least 21/100; in one interval it is only above -19/100."""
    assert report_on(bent("3/10", "7/10"), tmp_path).outcome is Outcome.ACCEPTED
    monkeypatch.setattr(everywhere, "MOST_PARTS", 7)
    found = report_on(bent("3/10", "7/10"), tmp_path)
    assert found.outcome is Outcome.UNDECIDED
    assert "is not decided" in found.why


SAFE, UNSAFE = (("1/10", "1/5"), ("0", "1/20")), (("1/4", "1"), ("0", "1/5"))


def test_a_map_of_a_set_of_seeds_is_about_each(tmp_path: Path) -> None:
    walk = drawn()["proof"]["boxes"][0]["walk"]
    greatest = plan() | {"seed": ["1"]}
    document = anywhere(box("proved", *SAFE, walk=walk), box("refuted", *UNSAFE, **greatest))
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
    assert "holds on 0.50 % of the area, breaks on 15.00 %" in found.why


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (box("refuted", *UNSAFE, **plan(), seed=["0"]), "breaks nothing"),
        (box("refuted", *UNSAFE, **plan(), seed=["1/2"]), "breaks nothing"),
        (box("refuted", ("1/4", "1"), ("1/2", "1"), **plan(), seed=["1"]), "nothing to choose"),
        (box("proved", ("1/10", "1/4"), ("0", "1/20")), "set 0"),
        (box("proved", ("1/20", "1/5"), ("0", "1/10")), "set 0|nature"),
    ],
)
def test_what_is_not_so_of_a_set_of_seeds_is_rejected(
    wrong: Document, why: str, tmp_path: Path
) -> None:
    walk = {} if "plan" in wrong else {"walk": drawn()["proof"]["boxes"][0]["walk"]}
    found = report_on(anywhere(wrong | walk), tmp_path)
    assert found.outcome is Outcome.REJECTED, found.why
    assert any(each in found.why for each in why.split("|")), found.why


@pytest.mark.parametrize("seed", [[], ["1", "1"], ["3/2"]])
def test_a_run_says_where_each_choice_of_the_seed_lies(seed: list[str], tmp_path: Path) -> None:
    document = anywhere(box("refuted", *UNSAFE, **plan(), seed=seed))
    with pytest.raises((Malformed, *FORM)):
        report_on(document, tmp_path)


def test_a_box_whose_edge_breaks_nothing_is_rejected(tmp_path: Path) -> None:
    assert report_on(bent("1/5", "7/10"), tmp_path).outcome is Outcome.REJECTED


def test_a_run_may_break_between_the_steps_and_at_other_iterations(tmp_path: Path) -> None:
    """The expert's error is at most 1/20: broken there in the second iteration where the share is
    great, and by the agent's in the first where the noise is."""
    document = drawn(box("refuted", ("1/2", "1"), ("1/8", "1/2"), **plan((2, ["1"]))))
    document["claim"]["expert"] = ["(<= expert.error 0.05)"]
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    document["proof"]["boxes"][0]["plan"] = [[1, ["1"]]]
    assert report_on(document, tmp_path).outcome is not Outcome.ACCEPTED


def test_a_step_that_may_divide_by_zero_breaks_nothing(tmp_path: Path) -> None:
    document = drawn(box("refuted", ("0", "1"), ("1/4", "1/2"), **plan((1, ["1"]))))
    document["system"]["steps"][0]["outputs"] = [f"(* 0.0 (/ 1.0 {SHARE}))"]
    assert report_on(document, tmp_path).outcome is not Outcome.ACCEPTED
    document["proof"]["boxes"][0]["over"][0][0] = "1/100"
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_a_choice_that_is_none_somewhere_breaks_nothing(tmp_path: Path) -> None:
    """Nature can choose at the corners: where half is kept there is nothing between 1/4 and 1/5."""
    document = drawn(box("refuted", ("0", "1"), ("1/4", "1/2"), **plan((1, ["1"]))))
    choice = document["system"]["steps"][1]["choices"][0]
    choice[1:3] = [f"(* {SHARE} (- 1.0 {SHARE}))", "0.2"]
    document["system"]["steps"][1]["outputs"] = ["(+ |distill:1| 1.0)"]
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "nothing to choose" in found.why


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40
)
@given(
    st.tuples(st.integers(0, 8), st.integers(1, 4)),
    st.tuples(st.integers(0, 16), st.integers(1, 4)),
    st.integers(1, 6),
)
def test_a_box_is_unsafe_exactly_where_its_best_corner_is(
    tmp_path: Path, share: tuple[int, int], noise: tuple[int, int], count: int
) -> None:
    """The run rises with both parameters, so that it breaks all over a box if it does so at the
    lowest of both: by the formula noise (1 + share + share^2 + ...)."""
    a, b = Fraction(share[0], 12), Fraction(noise[0], 40)
    ends = (str(a), str(a + Fraction(share[1], 12))), (str(b), str(b + Fraction(noise[1], 40)))
    document = drawn(box("refuted", *ends, **plan((count, ["1"]))))
    breaks = b * sum(a**power for power in range(count)) > Fraction(1, 5)
    assert (report_on(document, tmp_path).outcome is Outcome.ACCEPTED) == breaks


def test_the_boxes_are_those_of_the_statement_at_any_values(tmp_path: Path) -> None:
    """The values of the two parameters themselves play no part."""
    document = drawn()
    document["system"]["parameters"] |= {SHARE: "7/8", NOISE: "9/10"}
    assert report_on(copy.deepcopy(document), tmp_path).outcome is Outcome.ACCEPTED
