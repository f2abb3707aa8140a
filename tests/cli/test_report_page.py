"""The report is valid HTML, needs nothing from outside, escapes every name, and can be walked."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import html5lib
import pytest

from checker.cli.map_jobs import save
from checker.parameters.evidence import BreaksAtSeed, CellAnswer
from checker.parameters.partition import DecidedCell, MapQuestion, Partition
from spec.statements.base import Answer
from tests.support import NOISY_MEMORY, ROOT, alignspec, chromium
from tests.walking import fits, is_for_everyone

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


QUARTER, ONE, TWO = Fraction(1, 4), Fraction(1), Fraction(2)
BROKEN = BreaksAtSeed("Kept")
DRAWN = Partition(
    MapQuestion(HOSTILE, "Kept", {}, "across", "up", (HOSTILE, ""), {}, "0"),
    ((Fraction(0), ONE), (Fraction(0), TWO)),
    [DecidedCell(((QUARTER, 3 * QUARTER), (ONE, TWO)), CellAnswer(Answer.REFUTED, 0, BROKEN))],
    [
        ((Fraction(0), ONE), (Fraction(0), ONE)),
        ((Fraction(0), QUARTER), (ONE, TWO)),
        ((3 * QUARTER, ONE), (ONE, TWO)),
    ],
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "named.py").write_text(Path(NOISY_MEMORY).read_text() + NAMED)
    (folder / "world.py").write_text(WORLD)
    save(DRAWN, folder / "m.json")
    answer = alignspec("report", "named.py", "world.py", "--out", "r.html", "--map", "m.json",
                       "--evidence", "ev", cwd=folder)  # fmt: skip
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
        "Region maps",
        "Steps, and every world of questions and answers",
        "Counterexamples, round by round",
        "All statements",
    ]
    assert any(text.startswith("starter/hopeful: REFUTED") for text in texts(tree, "summary"))
    assert any("6/37" in text for text in texts(tree, "td"))


def test_nothing_is_loaded_from_outside(file: Path, tree: Element) -> None:
    for name, value in attributes(tree):
        if name in ("src", "href", "srcset", "data", "action", "poster") or name.endswith("href"):
            linked = value.startswith("ev/") and (file.parent / value).is_file()
            assert value.startswith("#") or linked, (name, value)
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
        if name == "href" and not value.startswith("ev/"):
            assert value.removeprefix("#") in ids
        if name == "aria-labelledby":
            assert value in ids
    for table in tree.iter("table"):
        assert table.find("caption") is not None
        assert all("scope" in head.attrib for head in table.iter("th"))
    drawings = list(tree.iter("{http://www.w3.org/2000/svg}svg"))
    charts = [drawing for drawing in drawings if drawing.get("class") != "map"]
    assert charts
    for chart in charts:
        assert chart.get("role") == "img"
        assert re.match(r"\w+: from .+ to .+ over \d+ rounds", chart.get("aria-label", ""))
    root = tree if tree.tag == "html" else next(tree.iter("html"))
    assert root.get("lang") == "en"
    levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch(r"h[1-6]", str(e.tag))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_each_statement_links_to_its_own_evidence(file: Path, tree: Element) -> None:
    links = [a for a in tree.iter("a") if a.get("class") == "evidence"]
    assert len(links) == 7
    for link in links:
        found = json.loads((file.parent / unquote(link.get("href", ""))).read_text("utf-8"))
        assert "".join(link.itertext()) == f"Evidence of {found['statement']['name']}"


def test_a_map_is_drawn_to_scale(tree: Element) -> None:
    svg = "{http://www.w3.org/2000/svg}"
    (drawn,) = [each for each in tree.iter(f"{svg}svg") if each.get("class") == "map"]
    assert drawn.get("aria-label", "").startswith("Region map: across, 0 to 1: " + HOSTILE)
    (cell,) = drawn.iter(f"{svg}rect")
    assert cell.get("class") == "refuted-area"
    ends = [float(cell.get(name, "")) / 400 for name in ("x", "y", "width", "height")]
    assert ends == [0.25, 0.0, 0.5, 0.5]  # the upper half, since y goes down in a drawing


@pytest.mark.parametrize("name", ["none.json", "named.py"])
def test_a_file_that_is_no_map_is_told(file: Path, name: str) -> None:
    answer = alignspec("report", "named.py", "--map", name, cwd=file.parent)
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"alignspec: {name}: no ")
    assert answer.stderr.endswith("give the JSON file that `alignspec map` writes\n")


@pytest.mark.browser
def test_in_chromium(file: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    with chromium() as browser:
        browser.get(file.as_uri())
        assert not browser.get_log("browser")
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


@pytest.mark.browser
def test_without_a_mouse_and_on_a_narrow_screen(file: Path) -> None:
    with chromium() as browser:
        browser.get(file.as_uri())
        is_for_everyone(browser)
        browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        is_for_everyone(browser)
        for wide in (320, 390, 800):
            fits(browser, wide)
