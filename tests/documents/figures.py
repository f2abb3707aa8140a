"""Retakes the pictures of the report and of the explorer that the documentation shows.

``python -m tests.documents.figures`` writes ``docs/figures/report.png`` and
``docs/figures/explore.png`` anew; it needs Chromium and its driver on the ``PATH``. Look at the
pictures before they are committed.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.support import ROOT, alignspec, chromium

FIGURES = ROOT / "docs" / "figures"
STATE = "#a=Aligned&a.x=imitation_error%3D0..1%2F25&a.y=checked%3D1%2F2..1&a%3Achecked=7%2F10"
"""Of the explorer: the map of two parameters, and one of them moved."""


def take(address: str, file: Path, wide: int, high: int, until: str) -> None:
    """A picture of a page in a window, once a script says that the page is whole."""
    from selenium.webdriver.support.ui import WebDriverWait

    with chromium(wide, high) as browser:
        size = {"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        browser.get(address)

        def whole(_: Any) -> bool:
            return bool(browser.execute_script(f"return {until}"))

        WebDriverWait(browser, 120).until(whole)
        browser.save_screenshot(str(file))
    print(file.relative_to(ROOT))


def report(folder: Path) -> None:
    """The report on a fresh scheme, one of whose parameters is set so that its claims break."""
    alignspec("new", "teaching", cwd=folder)
    arguments = ("teaching.py", "--param", "checked=1/2", "--out", "report.html")
    alignspec("report", *arguments, cwd=folder / "teaching")
    page = (folder / "teaching" / "report.html").as_uri()
    take(page, FIGURES / "report.png", 1100, 900, "true")


def explorer() -> None:
    """The explorer of imitation, with its map."""
    command = "from checker.cli import main; main()"
    arguments = ["explore", "imitation", "--port", "0", "--no-open"]
    server = subprocess.Popen(
        [sys.executable, "-c", command, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    whole = "document.querySelectorAll('[aria-busy=false]').length === 2"
    try:
        take(address + STATE, FIGURES / "explore.png", 1280, 1240, whole)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        report(Path(made))
    explorer()
