"""The pytest plugin makes one test of each claim, and a changed verdict fails with its trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import NOISY_MEMORY

pytest_plugins = ["pytester"]


def test_claims_are_collected_and_a_changed_verdict_fails(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nalignspec_claims = claims/*.py\n")
    text = Path(NOISY_MEMORY).read_text() + (
        "\nfrom spec import Claim\n"
        "kept = Claim('kept', memory, MostlyRight())\n"
        "lost = Claim('lost', memory, MostlyRight(), at={'noise': '9/50'}, expected='refuted')\n"
        "wrong = Claim('wrong', memory, MostlyRight(), at={'noise': '9/50'})\n"
    )
    folder = pytester.mkdir("claims")
    (folder / "memory.py").write_text(text)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "claims/memory.py")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*wrong: expected proved, got refuted*", "*15 rewrite*"])


def test_other_files_are_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nalignspec_claims = claims/*.py\n")
    pytester.makepyfile(test_plain="def test_plain():\n    assert True\n")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
