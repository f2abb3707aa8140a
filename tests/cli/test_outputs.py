"""Positions point at the step at fault, and each format says the same of a fault and a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support import NOISY_MEMORY, alignspec

TEACHING = Path(__file__).parents[2] / "checker/cli/templates/amplify/starter.py"


def line_of(text: str, start: str) -> int:
    (found,) = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start)]
    return found


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """A file whose second claim fails, by the step `rewrite`."""
    text = Path(NOISY_MEMORY).read_text() + (
        "\nfrom spec import Claim\n"
        "kept = Claim('kept', memory, MostlyRight())\n"
        "wrong = Claim('a, b: 100%', memory, MostlyRight(), at={'noise': '9/50'})\n"
    )
    (tmp_path / "two.py").write_text(text)
    return text


def test_all_formats_point_at_the_step_at_fault(broken: str, tmp_path: Path) -> None:
    step, clause = line_of(broken, "def rewrite"), line_of(broken, "    def holds")
    answer = alignspec("check", "two.py", "--output-format", "github", "--sarif", "o.sarif",
                       "--junit", "o.xml", cwd=tmp_path)  # fmt: skip
    assert answer.returncode == 1
    (error,) = [line for line in answer.stdout.splitlines() if line.startswith("::error")]
    head = f"::error file=two.py,line={step},title=a%2C b%3A 100%25%3A expected proved%2C got"
    assert error.startswith(head)
    assert "%0A   15 rewrite" in error
    whole = (
        "(proved: all runs are clear for 14 iterations; replayed in balls of 128 bits). At fault: "
    )
    assert f"{whole}rewrite, at iteration 15.%0A" in error  # whoever shows it folds it
    (run,) = json.loads((tmp_path / "o.sarif").read_text())["runs"]
    (result,) = run["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "two.py"}
    assert place["physicalLocation"]["region"] == {"startLine": step}
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == "not-as-expected"
    related = {
        r["message"]["text"]: r["physicalLocation"]["region"]["startLine"]
        for r in result["relatedLocations"]
    }
    assert related == {"the statement": len(broken.splitlines()), "what is broken": clause}
    cases = ElementTree.parse(tmp_path / "o.xml").getroot().findall("./testsuite/testcase")
    assert [(case.get("name"), len(case)) for case in cases] == [("kept", 0), ("a, b: 100%", 1)]
    document = json.loads(alignspec("check", "two.py", "--json", cwd=tmp_path).stdout)
    places = [verdict.get("at") for verdict in document["verdicts"]]
    assert places == [None, {"file": "two.py", "line": step}]


def test_oversight_that_fails_points_at_its_condition(tmp_path: Path) -> None:
    text = TEACHING.read_text().replace('expected="refuted"', "")
    text = text.replace('at={"checked": "1/2"}', 'at={"checked": "1/2", "tolerated": 0}')
    (tmp_path / "teaching.py").write_text(text)
    document = json.loads(alignspec("check", "teaching.py:lost", "--json", cwd=tmp_path).stdout)
    (verdict,) = document["verdicts"]
    assert verdict["at"] == {"file": "teaching.py", "line": line_of(text, "def can_oversee")}


def test_a_mistake_in_the_file_is_annotated_too(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("x = 1\ny = )\n")
    answer = alignspec("check", "bad.py", "--output-format", "github", "--sarif", "o", "--junit",
                       "j", cwd=tmp_path)  # fmt: skip
    assert answer.returncode == 2
    assert answer.stdout.startswith("::error file=bad.py,line=2,title=")
    (result,) = json.loads((tmp_path / "o").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "wrong-specification"
    (suite,) = ElementTree.parse(tmp_path / "j").getroot()
    assert suite.get("errors") == "1"


def test_formats_that_there_are_not_are_named(tmp_path: Path) -> None:
    answer = alignspec("check", NOISY_MEMORY, "--output-format", "xml")
    assert answer.returncode == 2
    assert "--output-format is one of text, json, github" in answer.stderr
