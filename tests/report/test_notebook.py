"""What a notebook shows: schemes, statements, verdicts, thresholds and maps, with names escaped."""

from __future__ import annotations

from typing import Any

import attrs
import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import draw_map, judge, threshold
from examples.noisy_memory import Memory, MostlyRight, Noise, blank, memory, rewrite
from models.imitation import imitation
from spec import Claim, Loop, Number, SpecError
from spec.alignment import Aligned
from spec.statements.base import Answer

RANGES: dict[str, tuple[Number, Number] | None] = {
    "imitation_error": (0, "1/25"),
    "checked": None,
}
KEPT = judge(Claim("kept", memory, MostlyRight()))
LETTERS = st.sampled_from("<>&\"'/") | st.characters(exclude_categories=["C", "Z"])


def parsed(html: str) -> Any:
    """The tree of a piece of HTML that has no mistake in it."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)


def text(html: str) -> str:
    return "".join(parsed(html).itertext())


@settings(max_examples=30, deadline=None)
@given(st.text(LETTERS, min_size=1))
def test_names_are_shown_as_they_are(name: str) -> None:
    scheme = Loop[Noise, Memory[MostlyRight]](
        name, parameters=Noise, seed=blank, step=rewrite, about=name
    )
    claim = Claim(name, memory, MostlyRight(), says=name)
    verdict = attrs.evolve(KEPT, scheme=name)
    plain = {tag.tag for tag in parsed(memory._repr_html_()).iter()}
    for shown in (scheme._repr_html_(), claim._repr_html_()):
        assert name in text(shown)
        assert {tag.tag for tag in parsed(shown).iter()} <= plain
    html = verdict._repr_html_()
    assert html is not None
    assert name in text(html).replace("\n", "")
    assert {tag.tag for tag in parsed(html).iter()} <= {"DOCUMENT_FRAGMENT", "pre", "span"}


def test_a_scheme_shows_its_steps_and_parameters() -> None:
    shown = text(memory._repr_html_())
    for word in ("memory", "rewrite", "noise", "4/25", "0 to 1/2", Noise.__doc__ or ""):
        assert word in shown


def test_a_scheme_with_a_mistake_shows_the_mistake() -> None:
    wrong = Loop[Noise, Any]("wrong", parameters=Noise, seed=blank, step=rewrite)
    assert "write a subclass of Agent" in text(wrong._repr_html_())


def test_a_statement_shows_what_is_stated() -> None:
    claim = Claim("lost", memory, MostlyRight(), at={"noise": "9/50"}, expected="refuted")
    shown = text(claim._repr_html_())
    for word in ("lost", "memory", "MostlyRight (error <= 2/5)", "noise = 9/50", "refuted"):
        assert word in shown


def test_a_refutation_shows_its_run_and_its_course() -> None:
    html = judge(Claim("lost", memory, MostlyRight(), at={"noise": "9/50"}))._repr_html_()
    assert html is not None
    assert "15 rewrite: error 0.399294 -> 0.40463" in text(html)
    assert "round 15: MostlyRight breaks" in text(html)


def test_a_threshold_shows_its_end() -> None:
    html = threshold(Claim("kept", memory, MostlyRight()), "noise")._repr_html_()
    assert html is not None
    assert "holds forever exactly for noise <= 6/37" in text(html)


def test_a_map_shows_every_box_where_it_lies() -> None:
    claim = Claim("aligned", imitation, Aligned())
    found = draw_map(claim, RANGES, undecided="1/4")
    html = found._repr_html_()
    assert html is not None
    boxes = [
        [float(box.get(side)) for side in ("x", "y", "width", "height")]
        for box in parsed(html).iter("{http://www.w3.org/2000/svg}rect")
    ]
    assert len(boxes) == len(found.boxes) + len(found.open)
    assert sum(width * height for _, _, width, height in boxes) == pytest.approx(1, abs=1e-4)
    assert all(-1e-6 <= x <= x + w <= 1 + 1e-5 and -1e-6 <= y <= y + h <= 1 + 1e-5
               for x, y, w, h in boxes)  # fmt: skip
    assert found.area(Answer.UNKNOWN) <= 0.25


def test_a_map_of_other_than_two_ranges_is_refused() -> None:
    claim = Claim("kept", memory, MostlyRight())
    with pytest.raises(SpecError, match="a map is of two parameters, not of 1"):
        draw_map(claim, {"noise": None})
