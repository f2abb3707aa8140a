"""A few of the bad inputs that ``benchmarks.fuzz`` makes by the thousand."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli import fuzzing

FEW = settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return fuzzing.written_well(tmp_path_factory.mktemp("well"))


@FEW
@given(fuzzing.command_lines())
def test_any_command_line_ends_well(arguments: tuple[str, ...]) -> None:
    assert not fuzzing.try_command_line(arguments)


@FEW
@given(fuzzing.schemes())
def test_any_scheme_file_ends_well(content: bytes) -> None:
    assert not fuzzing.try_scheme(content)


@FEW
@given(st.data())
def test_any_log_ends_well(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(fuzzing.LOGS)))
    assert not fuzzing.try_log(name, data.draw(fuzzing.damaged(fuzzing.LOGS[name])))


@pytest.mark.parametrize("kind", ["evidence", "document", "map"])
def test_any_file_that_is_read_again_ends_well(kind: str, well: dict[str, bytes]) -> None:
    trying = {
        "evidence": fuzzing.try_evidence,
        "document": fuzzing.try_document,
        "map": fuzzing.try_map,
    }[kind]

    @settings(FEW, max_examples=3)
    @given(fuzzing.damaged(well[kind]))
    def holds(content: bytes) -> None:
        assert not trying(content)

    holds()


def test_any_kept_text_is_a_verdict_or_none(well: dict[str, bytes]) -> None:
    @settings(FEW, max_examples=300)
    @given(fuzzing.damaged(well["kept"]))
    def holds(content: bytes) -> None:
        assert not fuzzing.try_kept(content.decode(errors="replace"))

    holds()


def test_a_fault_is_seen() -> None:
    """The judge of these tests can say no."""
    ended = fuzzing.Ended((), 2, "Traceback (most recent call last):\nKeyError: 1", 0.1, "")
    assert ended.fault().startswith("a traceback")
    assert fuzzing.Ended((), 2, "", 0.1, "").fault()
    assert fuzzing.Ended((), 3, "", 0.1, "").fault() == "status 3"
    assert not fuzzing.Ended((), 2, "alignspec: so it is; mend it", 0.1, "").fault()
