"""The explorer answers its own page only, decides as ``check`` does, and ends its work."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.cli.explore import explore
from checker.cli.explore_requests import Subject, read
from checker.cli.exploring import explored
from checker.cli.workers import Limits, carry_out_async
from checker.report.explorer import slider
from checker.system.announcements import announce
from spec.errors import SpecError
from spec.parameters import ParameterDomain
from tests.support import NOISY_MEMORY, chromium
from tests.walking import fits, is_for_everyone

TWO = """
from typing import Any
from spec import *

class Memory(Agent[I]):
    error: Real = between(0, 1, "wrong </script><b>")

class Right(Invariant):
    error: Real = budget(0, 1, "", limit="2/5")
    def holds(self, m: Memory[Any]) -> Bool:
        return m.error <= self.error

class Noise(Parameters):
    noise: Real = parameter("4/25", 0, "1/2", "</script><img src=x onerror=alert(1)>")
    decay: Real = parameter("1/2", "1/3", 1, "share that stays")
    copies: int = structural(3, 1, 5)

def blank(p: Noise) -> Memory[Right]:
    return Memory(error=Real(0))

def rewrite(m: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=p.decay * m.error + p.noise)

fading = Loop[Noise, Memory[Right]]("fading", parameters=Noise, seed=blank, step=rewrite)
"""


@attrs.frozen
class Server:
    """A running explorer, and its page."""

    port: int
    page: str
    process: subprocess.Popen[str]

    @property
    def token(self) -> str:
        found = re.search(r'"token":"([^"]+)"', self.page)
        assert found is not None
        return found[1]

    def answer(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response, response.read().decode()

    def told(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        """What is told of a question, the last word on each thing."""
        response, text = self.answer(
            "POST", path, json.dumps(question), X_Alignspec_Token=self.token
        )
        assert response.status == 200, text
        found: dict[str, Any] = {}
        for line in text.splitlines():
            found |= json.loads(line)
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("explore")
    (folder / "two.py").write_text(TWO)
    command = "from checker.cli import main; main()"
    arguments = ["explore", "two.py", "--beside", NOISY_MEMORY, "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", command, *arguments, "--param", "noise=9/50"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline()
    port = int(address.strip().rstrip("/").rpartition(":")[2])
    try:
        fresh = Server(port, "", process)
        yield attrs.evolve(fresh, page=fresh.answer("GET", "/")[1])
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def question(panel: int, **values: str) -> dict[str, Any]:
    return {"panel": panel, "claim": 0, "values": values}


def test_the_page_is_whole_and_names_are_text(server: Server) -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(server.page)
    assert not list(tree.iter("img"))
    assert len(list(tree.iter("script"))) == 2
    for tag in ("link", "iframe", "object", "form"):
        assert not list(tree.iter(tag))
    assert not re.findall(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", server.page)
    (data,) = [s for s in tree.iter("script") if s.get("type") == "application/json"]
    first = json.loads(data.text or "")["panels"][0]
    assert first["scheme"] == "fading"
    assert first["parameters"][0]["about"] == "</script><img src=x onerror=alert(1)>"
    assert first["parameters"][0]["value"] == "9/50"
    assert sorted(axis["name"] for axis in first["axes"]) == ["decay", "noise"]


def test_verdicts_are_those_of_check(server: Server) -> None:
    kept = server.told("/verdict", question(1, noise="4/25"))
    assert kept["verdict"]["verdict"] == "proved"
    assert kept["run"]["kind"] == "simulated"
    assert kept["budget"]["lines"]
    # just beyond 6/37, where a float of six digits sees no difference
    broken = server.told("/verdict", question(1, noise="162162163/1000000000"))
    assert broken["verdict"]["verdict"] == "refuted"
    assert broken["verdict"]["parameters"]["noise"] == "162162163/1000000000"
    assert broken["run"]["rounds"] == broken["verdict"]["trace"]["iteration"]


def test_a_map_comes_in_parts_and_a_page_that_moves_on_ends_its_process(server: Server) -> None:
    # error -> decay * error + noise from 0 stays within 2/5 iff noise <= 2/5 (1 - decay)
    body = json.dumps(question(0) | {"x": "noise=0..1/4", "y": "decay"})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", "/map", body, {"X-Alignspec-Token": server.token})
    response = connection.getresponse()
    seen: set[str] = set()
    undecided = 1.0
    while seen != {"proved", "refuted"}:
        told = json.loads(response.readline())
        assert told["undecided"] <= undecided
        undecided = told["undecided"]
        for left, right, low, high, answer, *_ in told["cells"]:
            if answer == "proved":
                assert right <= 0.4 * (1 - high) + 1e-9
            if answer == "refuted":
                assert left >= 0.4 * (1 - low) - 1e-9
            seen.add(answer)
    children = _children(server.process.pid)
    assert children
    response.close()
    connection.close()
    kept = server.told("/verdict", question(1, noise="0"))  # a whole answer later
    assert kept["verdict"]["verdict"] == "proved"
    assert not children & _children(server.process.pid)


def test_other_sites_cannot_drive_it(server: Server) -> None:
    body = json.dumps(question(1))
    for headers in ({}, {"X_Alignspec_Token": "guess"}):
        response, text = server.answer("POST", "/verdict", body, **headers)
        assert response.status == 403
        assert "token" in json.loads(text)["error"]
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80"):
        response, text = server.answer("GET", "/", Host=host)
        assert response.status == 403
        assert server.token not in text
    response, _ = server.answer("GET", "/", Host=f"localhost:{server.port}")
    assert response.status == 200
    policy = response.getheader("Content-Security-Policy", "")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    with pytest.raises(OSError, match=r"refused|reach"):
        socket.create_connection((_other_address(), server.port), 2).close()


def _other_address() -> str:
    """Another loopback address of this machine, at which a server on all addresses would answer."""
    return "127.0.0.2"


def test_what_is_not_there(server: Server) -> None:
    for method, path in (("GET", "/../../etc/passwd"), ("GET", "/verdict"), ("POST", "/")):
        response, text = server.answer(method, path)
        assert response.status in (403, 404, 405)
        assert "\n" not in text
        assert "Traceback" not in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("{", "this is no JSON"),
        ("[" * 5000, "this is no JSON"),
        ("[]", "a request is a JSON object"),
        ('{"panel": true, "claim": 0}', '"panel" is a whole number from 0 to 1'),
        ('{"panel": 0, "claim": 7}', '"claim" is a whole number from 0 to 0'),
        ('{"panel": 0, "claim": 0, "values": {"noise": 0.1}}', '"values" has a text'),
        ('{"panel": 0, "claim": 0, "values": {"nois": "1/6"}}', "did you mean noise"),
        ('{"panel": 0, "claim": 0, "values": {"noise": "7"}}', "noise = 7 is outside its domain"),
        ('{"panel": 0, "claim": 0, "values": {"noise": "1/0"}}', "noise: "),
        ('{"panel": 0, "claim": 0, "values": {"noise": "1e999999999"}}', "noise: "),
        ('{"panel": 0, "claim": 0, "values": {"noise": "__import__(1)"}}', "noise: "),
        ('{"panel": 0, "claim": 0, "values": {"copies": "3/2"}}', "copies is a whole number"),
        ('{"panel": 0, "claim": 0, "x": "noise", "y": "copies"}', "no axis copies"),
        ('{"panel": 0, "claim": 0, "x": "noise", "y": "noise"}', "noise is given twice"),
        ('{"panel": 0, "claim": 0, "x": "noise=2..1", "y": "decay"}', "is empty or leaves"),
        ('{"panel": 0, "claim": 0}', "a map needs two parameters"),
    ],
)
def test_a_bad_request_is_one_clear_line(server: Server, asked: str, said: str) -> None:
    response, text = server.answer("POST", "/map", asked, X_Alignspec_Token=server.token)
    assert response.status == 400
    error = json.loads(text)["error"]
    assert said in error
    assert "\n" not in error


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["panel", "claim", "values", "x", "y", "z"]),
                                      inner, max_size=5)))  # fmt: skip
@settings(deadline=None)
def test_no_request_does_anything_but_be_read_or_refused(data: Any) -> None:
    try:
        asked = read(json.dumps(data).encode(), [Subject(NOISY_MEMORY, explored(NOISY_MEMORY))])
    except SpecError:
        return
    assert asked.number == 0


ends = st.fractions(-1000, 1000, max_denominator=97)


@given(ends, ends, st.booleans())
@settings(deadline=None)
def test_every_position_of_a_slider_is_an_exact_value_of_the_domain(
    one: Fraction, other: Fraction, whole: bool
) -> None:
    low, high = sorted((one, other))
    if whole:
        low, high = Fraction(low.__floor__()), Fraction(high.__floor__())
    shown = slider(ParameterDomain("p", whole, low, low, high, "", ""))
    unit, count = Fraction(10) ** -shown["places"], shown["count"]
    first = unit * int(shown["first"])
    last = first + unit * (count - 1)
    assert count == 0 or low < first <= last < high
    gaps = [first - low, high - last] if count else [high - low]
    assert all(gap <= unit for gap in gaps)
    assert whole or low == high or 400 < count < 6000


@attrs.frozen
class Endless:
    """Work that says who does it, and never ends."""

    def run(self) -> None:
        """Say it, and go on."""
        announce(os.getpid())
        while True:
            pass


def test_work_that_is_taken_back_is_ended() -> None:
    async def taken_back() -> int:
        begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        work = carry_out_async(Endless(), Limits(60.0), lambda pid: begun.set_result(int(str(pid))))
        task = asyncio.ensure_future(work)
        pid = await begun
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(taken_back()), 0)


def _children(pid: int) -> set[int]:
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


@pytest.mark.browser
def test_in_chromium(server: Server) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    def part(selector: str, number: int = 0) -> Any:
        return browser.find_elements(By.CSS_SELECTOR, selector)[number]

    def until(selector: str, number: int, said: str) -> None:
        WebDriverWait(browser, 60).until(lambda _: said in part(selector, number).text)

    address = f"http://127.0.0.1:{server.port}/"
    with chromium(1300, 1000) as browser:
        browser.get(address)
        until(".answer", 0, "PROVED")  # 9/50 + error / 2 settles at 9/25
        until(".answer", 1, "REFUTED at iteration 15")
        assert part("#both").text == "They differ: proved and refuted."
        browser.switch_to.active_element.send_keys(Keys.TAB)
        assert browser.switch_to.active_element.text == "Skip to the sliders"
        browser.switch_to.active_element.send_keys(Keys.ENTER)
        assert browser.execute_script("return document.activeElement.id") == "main"
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        slide = part("#b-p-noise")
        assert slide.get_attribute("aria-valuetext") == "9/50"
        for _ in range(20):
            slide.send_keys(Keys.ARROW_LEFT)
        assert slide.get_attribute("aria-valuetext") == "0.16"
        assert part("#a-p-noise").get_attribute("aria-valuetext") == "0.16"  # moved together
        until(".answer", 1, "PROVED")
        until("#both", 0, "Both: proved.")
        exact = part("input[aria-label='noise, exactly']", 1)
        exact.clear()
        exact.send_keys("6/37", Keys.ENTER)
        until(".answer", 1, "PROVED")
        link = browser.current_url
        assert "noise=6%2F37" in link.replace("%3A", ":")
        exact.clear()
        exact.send_keys("a lot", Keys.ENTER)
        until(".trouble", 1, "noise: ")
        assert "PROVED" not in part(".answer", 1).text
        browser.get("about:blank")
        browser.get(link)
        until(".answer", 1, "PROVED")
        assert part("#b-p-noise").get_attribute("aria-valuetext") == "6/37"
        until("section[aria-label='Region map'] > p", 0, "The cross is where")
        for entry in browser.get_log("browser"):
            assert "400 (Bad Request)" in entry["message"], entry  # the value that was refused


@pytest.mark.browser
def test_without_a_mouse_and_on_a_narrow_screen(server: Server) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    with chromium(1300, 1000) as browser:
        browser.get(f"http://127.0.0.1:{server.port}/")
        shares = browser.find_element(By.CSS_SELECTOR, "[aria-live=polite]")
        assert shares.get_attribute("aria-busy") == "true"  # a map under way is not read out
        WebDriverWait(browser, 90).until(
            lambda _: not browser.find_elements(By.CSS_SELECTOR, "[aria-busy=true]")
        )
        assert browser.find_elements(By.CSS_SELECTOR, "[role=status][aria-busy=false]")
        is_for_everyone(browser)
        for wide in (320, 390, 800):
            fits(browser, wide)


@pytest.mark.browser
def test_a_link_opened_afresh_shows_the_same(server: Server) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    def state(browser: Any) -> list[Any]:
        """The sliders, the chosen fields, the verdicts and where the crosses are."""
        wait = WebDriverWait(browser, 90)
        wait.until(lambda _: browser.find_element(By.ID, "both").text)
        wait.until(lambda _: not browser.find_elements(By.CSS_SELECTOR, "[aria-busy=true]"))
        fields = browser.find_elements(By.CSS_SELECTOR, "input, select")
        told = browser.find_elements(By.CSS_SELECTOR, ".answer, #both, [aria-live]")
        values = [(f.get_attribute("value"), f.is_selected()) for f in fields]
        slid = [f.get_attribute("aria-valuetext") for f in fields]
        # the share that a map leaves open depends on how far it came
        return [values, slid, [t.text.partition("%")[2].rpartition(" The cross")[2] or t.text
                               for t in told]]  # fmt: skip

    with chromium(1300, 1000) as browser:
        browser.get(f"http://127.0.0.1:{server.port}/")
        begun = state(browser)
        browser.find_element(By.ID, "together").click()
        exact = browser.find_elements(By.CSS_SELECTOR, "input[aria-label='noise, exactly']")
        for field, value in zip(exact, ("1/8", "1/37"), strict=True):
            field.clear()
            field.send_keys(value, Keys.ENTER)
        part = browser.find_element(By.CSS_SELECTOR, "input[aria-label$='is across']")
        part.send_keys("0..1/4", Keys.ENTER)
        shown = state(browser)
        assert shown != begun
        link = browser.current_url
    with chromium(1300, 1000) as browser:
        browser.get(link)
        assert state(browser) == shown
        sliders = [browser.find_element(By.ID, f"{letter}-p-noise") for letter in "ab"]
        assert [s.get_attribute("aria-valuetext") for s in sliders] == ["1/8", "1/37"]
        assert not browser.find_element(By.ID, "together").is_selected()


def test_a_port_in_use_and_a_mistyped_parameter() -> None:
    def started(port: int, *params: str) -> None:
        explore([NOISY_MEMORY], params, port=port, show=False, timeout=5.0, memory=0.0)

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SpecError, match="give another --port"):
            started(taken.getsockname()[1])
    with pytest.raises(SpecError, match=r"did you mean noise\?"):
        started(0, "nois=1/6")
    with pytest.raises(SpecError, match="outside its domain"):
        started(0, "noise=7")
