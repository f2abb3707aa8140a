"""The overview of what ships fits a screen, and no name that may be typed is cut."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from checker.report.overview import System, details, overview
from tests.support import alignspec

names = st.from_regex(r"[a-z]{1,20}(-[a-z]{1,20})?", fullmatch=True)
texts = st.text("abc def", min_size=0, max_size=200)


def shown(what: object, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(what)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
@given(st.dictionaries(names, texts, min_size=1, max_size=6))
def test_each_system_has_one_line_with_its_name_and_number(
    width: int, named: dict[str, str]
) -> None:
    systems = [System(name, text, ("a",) * (n + 1)) for n, (name, text) in enumerate(named.items())]
    lines = shown(overview(systems, ["g", "g", "h"], "so many"), width)
    for number, name in enumerate(named, 1):
        (line,) = [line for line in lines if line.split()[:2] == [name, str(number)]]
        assert len(line) <= width
    assert "g (2), h (1)" in lines
    hints = [line for line in lines if line.startswith("alignspec ")]
    assert [hint.split()[-1] for hint in hints] == ["kind", "word", "full"]  # none is folded


@given(st.dictionaries(names, texts, min_size=1, max_size=6))
def test_details_leave_nothing_out(named: dict[str, str]) -> None:
    lines = shown(details({"claims": named, "rows": {}}), 80)
    assert lines[0].strip() == f"Claims ({len(named)})"
    printed = " ".join(" ".join(lines[1:]).split())
    for name, text in named.items():
        assert name in printed
        words = [word for word in text.split() if len(word) <= 20]
        assert all(word in printed for word in words)


def test_the_list_is_an_overview_and_the_rest_on_request() -> None:
    assert len(alignspec("list").stdout.splitlines()) < 80
    assert "debate-prima-facie" in alignspec("list", "debate").stdout
    missing = alignspec("list", "imitaton")
    assert missing.returncode == 2
    assert "did you mean imitation" in missing.stderr
