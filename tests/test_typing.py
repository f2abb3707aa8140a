"""mypy accepts, mypy rejects, or mypy accepts and the checker refutes, as each file says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from checker import decide
from checker.report.words import describe
from checker.system.verdict import Refutation
from spec import Process
from spec.statements.base import Answer
from spec.trace import trace
from tests.support import ROOT

FILES = {
    kind: sorted((Path(__file__).parent / "typing" / kind).glob("*.py"))
    for kind in ("accepted", "rejected", "refuted")
}
ERROR = re.compile(r"^(?P<file>.+?):(?P<line>\d+): error: (?P<message>.*)$")

# Each mistake has its file; a file that goes missing must not go unnoticed.
NAMES = {
    "accepted": {"generic_steps", "loop", "own_agent", "own_invariant", "seed_set"},
    "rejected": {
        "call_does_not_meet",
        "call_without_amplify",
        "claims_more_than_carried",
        "distillation_lacks_parameters",
        "exp_of_a_condition",
        "expert_as_agent",
        "expert_deployed",
        "float_in_step",
        "forgotten_field",
        "scheme_distills_agents",
        "scheme_without_amplify",
        "seed_asks_for_more",
        "steps_do_not_meet",
        "unvetted_seed_set",
        "unvetted_start",
    },
    "refuted": {
        "amplified_over_its_limit",
        "laundering",
        "not_smart_enough",
        "seed_by_word_only",
        "weaker_override",
    },
}


@cache
def mypy(kind: str) -> tuple[int, dict[Path, dict[int, list[str]]], str]:
    """One strict run over all files of a kind: exit status, messages by file and line, output."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml"),
            *("--no-pretty", "--no-color-output", "--hide-error-context"),
            *map(str, FILES[kind]),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[Path, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in done.stdout.splitlines():
        match = ERROR.match(line)
        if match:
            found[(ROOT / match["file"]).resolve()][int(match["line"])].append(match["message"])
    return done.returncode, found, done.stdout + done.stderr


@cache
def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"typing_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_name(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", FILES[kind], ids=lambda path: path.stem)


@pytest.mark.parametrize("kind", NAMES)
def test_every_file_is_there_and_says_what_it_is(kind: str) -> None:
    assert {path.stem for path in FILES[kind]} == NAMES[kind]
    assert all('"""' in path.read_text() for path in FILES[kind])


@pytest.mark.parametrize("kind", ["accepted", "refuted"])
def test_mypy_accepts(kind: str) -> None:
    status, found, output = mypy(kind)
    assert status == 0, output
    assert not found
    assert f"no issues found in {len(NAMES[kind])} source files" in output  # none was skipped


@by_name("accepted")
def test_accepted_schemes_trace(path: Path) -> None:
    schemes = [value for value in vars(load(path)).values() if isinstance(value, Process)]
    assert schemes
    for scheme in schemes:
        traced = trace(scheme)
        assert [stage.name for stage in traced.stages] == [stage.name for stage in scheme.stages]
        assert len(traced.seed) == len(traced.stages[0].source.fields) > 0
        for stage in traced.stages:
            assert len(stage.outputs) == len(stage.target.fields) > 0


@by_name("rejected")
def test_mypy_rejects_that_line_and_no_other(path: Path) -> None:
    status, found, output = mypy("rejected")
    assert status == 1, output
    lines = path.read_text().splitlines()
    wanted = [line.split("# expect:", 1)[1].strip() for line in lines if "# expect:" in line]
    marked = [number for number, line in enumerate(lines, 1) if line.endswith("  # error")]
    assert wanted
    assert len(marked) == 1
    errors = found[path.resolve()]
    assert sorted(errors) == marked, output
    for substring in wanted:
        assert any(substring in message for message in errors[marked[0]]), (substring, errors)


@by_name("refuted")
def test_the_checker_refutes_what_mypy_accepts(path: Path) -> None:
    module = load(path)
    assert module.CLAIMS
    for claim in module.CLAIMS:
        verdict = decide(claim)
        assert verdict.answer is Answer.REFUTED, verdict.reason
        assert verdict.run is not None
        assert isinstance(verdict.result, Refutation)
        assert describe(verdict.result.blame).startswith(module.BLAME)
        assert verdict.run.broken is not None


@by_name("refuted")
def test_the_mend_is_proved(path: Path) -> None:
    """So the mistake that the file names is what was refuted."""
    verdict = decide(load(path).MENDED)
    assert verdict.answer is Answer.PROVED, verdict.reason
