"""The report is valid HTML, needs nothing from outside, escapes every name, and can be walked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from tests.support import NOISY_MEMORY, ROOT, alignspec, chromium

HOSTILE = "</script><img src=x onerror=alert(1)>\"&' {{ 7*7 }}"
WORLD = (ROOT / "checker/cli/templates/world/starter.py").read_text()
NAMED = (
    "\nfrom spec import Claim, Row, Threshold\n"
    f"bad = Claim({HOSTILE!r}, memory, MostlyRight(), at={{'noise': '9/50'}}, says={HOSTILE!r})\n"
    "kept = Claim('kept', memory, MostlyRight())\n"
    "edge = Threshold('edge', memory, MostlyRight(), parameter='noise', value='6/37')\n"
    "stated = Claim('stated', memory, MostlyRight(), at={'noise': 0})\n"
    f"row = Row('row', quote={HOSTILE!r}, formal='f', statements=[stated], source={HOSTILE!r})\n"
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "named.py").write_text(Path(NOISY_MEMORY).read_text() + NAMED)
    (folder / "world.py").write_text(WORLD)
    answer = alignspec("report", "named.py", "world.py", "--out", "r.html", cwd=folder)
    assert answer.returncode == 1, answer.stderr
    assert answer.stdout == "r.html: 7 statements, 1 not as expected\n"
    return folder / "r.html"


@pytest.fixture(scope="module")
def tree(file: Path) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    parsed: Element = parser.parse(file.read_text("utf-8"))
    return parsed


def texts(tree: Element, tag: str) -> list[str]:
    return ["".join(found.itertext()).strip() for found in tree.iter(tag)]


def attributes(tree: Element) -> Iterator[tuple[str, str]]:
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield from element.attrib.items()


def test_every_part_is_there(tree: Element) -> None:
    titles = texts(tree, "h2")
    assert titles == [
        "Not as expected",
        "Schemes and invariants",
        "The ledger: what is said, and what became of it",
        "How far along a parameter",
        "Steps, and every world of questions and answers",
        "Counterexamples, round by round",
        "All statements",
    ]
    assert any(text.startswith("starter/hopeful: REFUTED") for text in texts(tree, "summary"))
    assert any("6/37" in text for text in texts(tree, "td"))


def test_nothing_is_loaded_from_outside(file: Path, tree: Element) -> None:
    for name, value in attributes(tree):
        if name in ("src", "href", "srcset", "data", "action", "poster") or name.endswith("href"):
            assert value.startswith("#"), (name, value)
    text = file.read_text("utf-8")
    assert "@import" not in text
    assert not re.findall(r"url\(", text)
    assert not [tag for tag in ("link", "iframe", "object", "img") if list(tree.iter(tag))]


def test_names_are_text_and_nothing_else(tree: Element) -> None:
    assert len(list(tree.iter("script"))) == 1
    assert not [name for name, _ in attributes(tree) if name.startswith("on")]
    assert any(text.startswith(HOSTILE) for text in texts(tree, "h3"))
    assert HOSTILE in texts(tree, "p")
    assert "49" not in texts(tree, "h3")[0]


def test_it_can_be_walked_without_seeing_it(tree: Element) -> None:
    ids = [value for name, value in attributes(tree) if name == "id"]
    assert len(ids) == len(set(ids))
    for name, value in attributes(tree):
        if name == "href":
            assert value.removeprefix("#") in ids
        if name == "aria-labelledby":
            assert value in ids
    for table in tree.iter("table"):
        assert table.find("caption") is not None
        assert all("scope" in head.attrib for head in table.iter("th"))
    charts = list(tree.iter("{http://www.w3.org/2000/svg}svg"))
    assert charts
    for chart in charts:
        assert chart.get("role") == "img"
        assert re.match(r"\w+: from .+ to .+ over \d+ rounds", chart.get("aria-label", ""))
    root = tree if tree.tag == "html" else next(tree.iter("html"))
    assert root.get("lang") == "en"
    levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch(r"h[1-6]", str(e.tag))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.browser
def test_in_chromium(file: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    with chromium() as browser:
        browser.get(file.as_uri())
        assert not browser.get_log("browser")  # type: ignore[no-untyped-call]
        browser.switch_to.active_element.send_keys(Keys.TAB)
        assert browser.switch_to.active_element.text == "Skip to the verdicts"
        browser.switch_to.active_element.send_keys(Keys.ENTER)
        assert browser.execute_script(
            "return document.activeElement.id") == "main"  # fmt: skip
        wide = "return document.documentElement.scrollWidth <= innerWidth"
        assert browser.execute_script(wide)
        browser.find_element(By.ID, "filter").send_keys("hope")
        entries = browser.find_elements(By.CSS_SELECTOR, ".entry")
        shown = [entry for entry in entries if entry.is_displayed()]
        assert [entry.text for entry in shown] == ["starter/hopeful: REFUTED"]
        assert browser.find_element(By.ID, "shown").text == "1 of 7 statements shown"
        link = browser.find_element(By.CSS_SELECTOR, "#table .answer")
        link.send_keys(Keys.ENTER)
        target = browser.find_element(By.ID, str(link.get_attribute("href")).partition("#")[2])
        assert target.get_attribute("open") is not None
        assert target.is_displayed()
