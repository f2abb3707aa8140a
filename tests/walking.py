"""Walking a page in a browser as somebody does who has no mouse, or sees little of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

CONTROLS = "a[href], button, input, select, summary, [tabindex='0']"
"""Whatever can be used or scrolled."""

SHOWN = """
const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.disabled;
return [...document.querySelectorAll(arguments[0])].filter(shown);
"""

FOCUS = """
const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
return [e, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth];
"""

FAINT = """
const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const parts = text => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const behind = e => { for (; e; e = e.parentElement) {
  const found = parts(getComputedStyle(e).backgroundColor);
  if (found[3] === undefined || found[3] > 0) return found; }
  throw new Error("the page has no background"); };
const faint = [];
for (const e of document.body.querySelectorAll("*")) {
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!own || !e.checkVisibility() || ["SCRIPT", "STYLE", "OPTION"].includes(e.tagName)) continue;
  const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) faint.push(`${e.tagName} ${ratio.toFixed(2)} ${e.textContent.slice(0, 40)}`);
}
return faint;
"""
"""Text whose contrast is below 4.5, the least of WCAG 2.2, success criterion 1.4.3."""


def walk(browser: Any) -> list[Any]:
    """What Tab comes to from the top of the page, in order, until it leaves the page.

    Raises:
        AssertionError: when something that has the focus does not show it or is out of sight, or
            Tab goes round within the page.
    """
    from selenium.webdriver.common.keys import Keys

    browser.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    walked: list[Any] = []
    body = browser.execute_script("return document.body")
    most = 2 * len(controls(browser)) + 5
    while len(walked) < most:
        browser.switch_to.active_element.send_keys(Keys.TAB)
        element, marked, seen = browser.execute_script(FOCUS)
        if element == body or (walked and element == walked[0]):
            return walked
        told = element.get_attribute("outerHTML")[:200]
        assert marked, f"nothing shows that this has the focus: {told}"
        assert seen, f"this has the focus and is out of sight: {told}"
        assert element not in walked, f"Tab comes back to this: {told}"
        walked.append(element)
    raise AssertionError("Tab never leaves the page")


def controls(browser: Any) -> Sequence[Any]:
    """The controls that are shown, in the order of the page."""
    found: Sequence[Any] = browser.execute_script(SHOWN, CONTROLS)
    return found


def is_for_everyone(browser: Any) -> None:
    """Every control is reached by Tab in the order of the page and has a name; headings go down one
    by one; text stands out in the light and in the dark.

    Raises:
        AssertionError: naming what does not.
    """
    expected = list(controls(browser))
    walked = walk(browser)
    left = [e.get_attribute("outerHTML")[:200] for e in expected if e not in walked]
    assert not left, left
    assert [e for e in walked if e in expected] == expected
    nameless = [e.get_attribute("outerHTML")[:200] for e in walked if not e.accessible_name.strip()]
    assert not nameless, nameless
    headings = browser.execute_script(SHOWN, "h1, h2, h3, h4")
    levels = [int(heading.tag_name[1]) for heading in headings]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels)), levels
    drawn = browser.execute_script(SHOWN, "svg, canvas, img")
    assert not [e.tag_name for e in drawn if not e.accessible_name.strip()]
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        assert not browser.execute_script(FAINT), scheme
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def fits(browser: Any, wide: int) -> None:
    """The page is no wider than a window of that width.

    Raises:
        AssertionError: when it is.
    """
    size = {"width": wide, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    found = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert found <= wide, f"{found} pixels in a window of {wide}"
