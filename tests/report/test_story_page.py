"""The page of one statement: valid, whole, every text escaped, and the fault where it is."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import html5lib

from checker.explain.other_runs import OtherRuns
from checker.portfolio.decision import Options, decide
from checker.report.story_page import Told, story_page
from checker.system.verdict import Refutation
from examples.noisy_memory import MostlyRight, memory
from models.imitation import imitation
from spec import Claim
from spec.alignment import Aligned
from tests.support import NOISY_MEMORY, alignspec

HOSTILE = "</pre><img src=x onerror=alert(1)> {{ 7*7 }}"


def parsed(page: str) -> Any:
    assert not re.findall(r"url\(|@import|https?://", page)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    for tag in ("script", "link", "img", "iframe"):
        assert not list(tree.iter(tag))
    return tree


def told(name: str, **chosen: Fraction) -> Told:
    claim = Claim(name, memory, MostlyRight(), at=chosen)
    return Told(claim, decide(claim, {}, Options(attack=0)))


def test_a_long_run_shows_its_ends_and_marks_the_break() -> None:
    one = told(HOSTILE, noise=Fraction(9, 50))
    tree = parsed(story_page([one]))
    assert any(HOSTILE in "".join(head.itertext()) for head in tree.iter("h1"))
    run = one.verdict.run
    assert run is not None
    (table,) = tree.iter("table")
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")][1:]
    assert rows[4] == [f"{run.iteration - 6} rounds go on in the same way"]
    assert [row[0] for row in rows if len(row) > 1][-3:] == [
        str(run.iteration - back) for back in (2, 1, 0)
    ]
    marked = [row for row in table.iter("tr") if row.get("class") == "fault"]
    assert ["".join(row[-1].itertext()) for row in marked] == ["at fault; MostlyRight breaks"]
    (chart,) = tree.iter("{http://www.w3.org/2000/svg}svg")
    assert chart.get("aria-label") == f"error: from 0 to 0.40463 over {run.iteration} rounds"


def test_the_blamed_step_of_several_is_the_one_that_is_marked() -> None:
    claim = Claim("two", imitation, Aligned(), at={"imitation_error": "1/50"})
    verdict = decide(claim, {}, Options(attack=0))
    tree = parsed(story_page([Told(claim, verdict)]))
    (table,) = tree.iter("table")
    marked = [row for row in table.iter("tr") if row.get("class") == "fault"]
    told_in = {e.text: e.get("style") for e in tree.iter("p")}
    assert told_in["Round 1."] == "margin-left: 0.0rem"
    nature = next(text for text in told_in if text and text.startswith("Within its bounds"))
    assert told_in[nature] == "margin-left: 3.0rem"  # below its step
    steps = [("".join(row[0].itertext()), "".join(row[1].itertext())) for row in marked]
    assert steps == [("2", "distill")]


def test_a_bad_place_for_the_page_is_told_first(tmp_path: Path) -> None:
    answer = alignspec("explain", NOISY_MEMORY, "--html", str(tmp_path / "no" / "x.html"))
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "no such folder; make it, or give another --html" in answer.stderr


def test_a_proof_shows_its_budget_as_bars(tmp_path: Path) -> None:
    arguments = ("explain", NOISY_MEMORY, "--no-ablate", "--html", "p.html")
    answer = alignspec(*arguments, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    tree = parsed((tmp_path / "p.html").read_text("utf-8"))
    widths = [e.get("style") for e in tree.iter("div") if e.get("style")]
    assert len(widths) == 2  # the agent, and after the one step


def test_other_counterexamples_stand_below_the_first(tmp_path: Path) -> None:
    claim = Claim("two", imitation, Aligned(), at={"imitation_error": "1/50"})
    verdict = decide(claim, {}, Options(attack=0))
    first = verdict.result
    assert isinstance(first, Refutation)
    others = OtherRuns(4, (first, first))
    tree = parsed(story_page([Told(claim, verdict, others=others)]))
    heads = ["".join(head.itertext()) for head in tree.iter("h2")]
    assert heads[-2:] == ["Counterexample 2 of 3", "Counterexample 3 of 3"]
    assert len(list(tree.iter("table"))) == 3
    labels = [e.get("aria-label") for e in tree.iter() if e.get("role") == "region"]
    assert len(set(labels)) == len(labels)  # whoever cannot see the page tells them apart
    assert "Found no more that differ" in "".join(tree.itertext())
    enough = parsed(story_page([Told(claim, verdict, others=OtherRuns(3, (first, first)))]))
    assert "Found no more" not in "".join(enough.itertext())


def test_the_command_puts_other_counterexamples_on_the_page(tmp_path: Path) -> None:
    at = ("--param", "imitation_error=1/50", "--no-ablate", "--runs", "2", "--html", "p.html")
    answer = alignspec("explain", "imitation", "aligned", *at, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "Counterexample 2 of 2" in answer.stdout
    tree = parsed((tmp_path / "p.html").read_text("utf-8"))
    assert "Counterexample 2 of 2" in ["".join(head.itertext()) for head in tree.iter("h2")]
