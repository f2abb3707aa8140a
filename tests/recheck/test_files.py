"""Files that are no evidence, files that were changed, and how much there is to read."""

from __future__ import annotations

import ast
import io
import json
import random
import tokenize
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import recheck
from benchmarks.tampering import outcome_of, tampered
from recheck.check import recheck as recheck_file
from recheck.errors import Malformed
from recheck.evidence import FORM, hashes
from tests.recheck.loops import Document, halving, report_on, run
from tests.recheck.test_growth import bounded
from tests.recheck.test_instances import PUPIL, school
from tests.recheck.test_lifting import covering
from tests.recheck.test_maps import drawn
from tests.recheck.test_pairs import differing, simulation
from tests.recheck.test_relations import broken as model_of
from tests.recheck.test_relations import every_scheme
from tests.recheck.test_seed_sets import anywhere, broken_from
from tests.recheck.test_threshold import settling, staying_away, turning
from tests.recheck.test_worlds import broken as broken_world

IN_ONE_SITTING = 600
"""Lines of code that a proof by a walk passes through, and any other evidence but for its own part:
blank lines, comments and docstrings aside."""
LARGEST_PART = 130
CHANGED = 200


def _lines(file: Path) -> int:
    text = file.read_text("utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    idle = (tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT)
    found = tokenize.generate_tokens(io.StringIO(text).readline)
    code = {t.start[0] for t in found if t.type not in (*idle, tokenize.ENDMARKER)}
    return len(code - told)


def test_the_core_can_be_read_in_one_sitting_and_so_can_each_part() -> None:
    folder = Path(str(recheck.__file__)).parent
    core = sum(map(_lines, folder.glob("*.py")))
    parts = {file.stem: _lines(file) for file in (folder / "parts").glob("*.py")}
    assert core + parts["walks"] < IN_ONE_SITTING
    assert max(parts.values()) <= LARGEST_PART


def test_the_core_needs_no_part_that_the_evidence_does_not_name() -> None:
    """Parts are imported by the lists of ways alone, and by one another."""
    folder = Path(str(recheck.__file__)).parent
    lists = {"check.py", "claims.py", "settling.py"}
    reading = {f.name for f in folder.glob("*.py") if "recheck.parts" in f.read_text("utf-8")}
    assert reading == lists


def _evidence(tmp_path: Path) -> list[Document]:
    broken = halving() | {"verdict": "refuted", "proof": run((3, ["1"]))}
    broken["claim"]["agent"] = ["(<= agent.error 0.17)"]
    found = []
    for document in (halving(), broken, turning("1/10")):
        report_on(document, tmp_path)
        found.append(json.loads((tmp_path / "evidence.json").read_text("utf-8")))
    dear = {"broken": [{"contract": "costs", "point": PUPIL}]}
    cheap = school() | {"verdict": "refuted", "proof": dear}
    cheap["system"]["steps"][0]["outputs"][2] = "agent.price"
    worlds = (covering(), broken_world())
    others = (
        staying_away(),
        bounded("1/5"),
        every_scheme(),
        model_of("step", "distill"),
        school(),
        cheap,
        anywhere(),
        broken_from("1/2", iterations=2),
        settling(),
        drawn(),
    )
    for document in (simulation(), differing([(1, ["1"])]), *worlds, *others):
        report_on(document, tmp_path)
        found.append(json.loads((tmp_path / "evidence.json").read_text("utf-8")))
    return found


def test_no_change_of_meaning_is_accepted(tmp_path: Path) -> None:
    outcomes = [
        outcome_of(before, after)
        for _, _, before, after in tampered(_evidence(tmp_path), CHANGED, random.Random(3))
    ]
    assert len(outcomes) == CHANGED
    assert "ACCEPTED" not in outcomes
    assert outcomes.count("still a proof") < CHANGED / 5


def test_changes_go_on_where_they_ended(tmp_path: Path) -> None:
    evidence = _evidence(tmp_path)
    whole = list(tampered(evidence, 30, random.Random(5)))
    assert list(tampered(evidence, 30, random.Random(5), done=12)) == whole[12:]


def test_no_change_that_leaves_the_hashes_is_accepted(tmp_path: Path) -> None:
    for _, forged, before, after in tampered(_evidence(tmp_path), 60, random.Random(4)):
        if not forged:
            assert outcome_of(before, after) == "rejected"


def _replaced(document: Any, path: list[int], value: Any) -> Any:
    """The document with another value at a place that the numbers lead to."""
    if not path or not isinstance(document, dict | list) or not document:
        return value
    keys = sorted(document) if isinstance(document, dict) else range(len(document))
    key = keys[path[0] % len(document)]
    changed = dict(document) if isinstance(document, dict) else list(document)
    changed[key] = _replaced(document[key], path[1:], value)
    return changed


def _said(file: Path) -> str:
    try:
        return recheck_file(file, 0.2).why
    except Malformed as error:
        return str(error) if str(file) in str(error) else ""


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(st.lists(st.integers(0, 30), max_size=6), JSON)
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150
)
def test_any_file_is_judged_or_refused(tmp_path: Path, path: list[int], value: Any) -> None:
    """Whatever stands in a file, there is an answer or one line that says what is wrong."""
    document = _replaced(halving(), path, value)
    with suppress(*FORM, AttributeError):
        document["hashes"] = hashes(document)
    file = tmp_path / "any.json"
    file.write_text(json.dumps(document), "utf-8")
    assert _said(file)


@given(st.binary(max_size=60))
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50
)
def test_any_bytes_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "any.json"
    file.write_bytes(content)
    with pytest.raises(Malformed, match=r"any\.json"):
        recheck_file(file, 0.2)
