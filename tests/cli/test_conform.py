"""The command ``conform``: its status, its document, its pictures, and a log that grows."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import attrs
import pytest

from checker.cli.conform import options_of, senses_told
from checker.cli.conform_picture import draw_conformance
from checker.conform.conformance import Asked
from checker.conform.measured import Sense
from examples.noisy_memory import memory
from spec.errors import SpecError
from tests.conform.judging import judged
from tests.report.test_documents import validator
from tests.support import NOISY_MEMORY, alignspec

HEAD = "iteration,position,error.count,error.of\n"
ALLOWED = HEAD + "0,agent,0,500\n1,agent,75,500\n2,agent,90,500\n"
DEPARTING = ALLOWED + "3,agent,225,500\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "run.csv"
    file.write_text(ALLOWED)
    return file


def test_a_run_that_conforms_and_one_that_departs(log: Path) -> None:
    done = alignspec("conform", NOISY_MEMORY, str(log))
    assert done.returncode == 0
    assert "CONFORMS" in done.stdout
    log.write_text(DEPARTING)
    done = alignspec("conform", NOISY_MEMORY, str(log))
    assert done.returncode == 1
    assert "the agent of iteration 3 (row 4)" in done.stdout
    assert "noise: at least" in done.stdout


def test_the_document_is_what_the_schema_says(log: Path) -> None:
    log.write_text(DEPARTING)
    done = alignspec("conform", NOISY_MEMORY, str(log), "--json", "--fit-until", "1")
    found = json.loads(done.stdout)
    validator("conform").validate(found)
    found = found["conformance"]
    assert (found["verdict"], found["counts"]) == ("departs", 4)
    assert found["departure"]["iteration"] == 3
    assert found["forecast"]["failed"] >= 1


def test_pictures_are_written_and_names_are_escaped(tmp_path: Path) -> None:
    rows = [
        {"iteration": 0, "position": "agent", "error.count": 0, "error.of": 500},
        {"iteration": 1, "position": "agent", "error.count": 300, "error.of": 500},
    ]
    found = judged(memory, rows, asked=Asked(estimates=False, fit_until=0))
    odd = attrs.evolve(found, measured=attrs.evolve(found.measured, file="<b>$x$ & run.csv"))
    png, page = tmp_path / "run.png", tmp_path / "run.html"
    draw_conformance(odd, png)
    assert png.read_bytes().startswith(b"\x89PNG")
    draw_conformance(odd, page)
    text = page.read_text("utf-8")
    assert "<svg" in text
    assert "<b>" not in text
    assert "&lt;b&gt;$x$ &amp; run.csv" in text
    assert not list(tmp_path.glob("*.part"))
    for remote in ("<script src", "<link", "<img", "url(http"):
        assert remote not in text  # it needs no other file


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"within": "x"}, "--within"),
        ({"within": "-1"}, "below 0"),
        ({"confidence": "1"}, "--confidence"),
        ({"confidence": "99%"}, "--confidence"),
    ],
)
def test_options_that_mean_nothing(given: dict[str, str], why: str) -> None:
    plain: dict[str, Any] = {"mapping": "", "confidence": "0.99", "exactly": False, "within": ""}
    plain |= {"told": {}, "gaps": False, "growing": False, "fit_until": None, "fit": ()}
    with pytest.raises(SpecError, match=why):
        options_of(**{**plain, **given}, seconds=1.0)


def test_a_field_is_told_one_way() -> None:
    assert senses_told(["a"], ["b"], None) == {"a": Sense.MOST, "b": Sense.LEAST}
    with pytest.raises(SpecError, match="two ways"):
        senses_told(["a"], None, ["a"])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--picture", "run.gif"], ".png, .html"),
        (["--fit-until", "9"], "nothing to fit"),
        (["--equal", "eror"], "no field eror"),
    ],
)
def test_mistakes_are_one_line_and_status_2(log: Path, arguments: list[str], why: str) -> None:
    done = alignspec("conform", NOISY_MEMORY, str(log), *arguments)
    assert done.returncode == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_what_is_no_log_or_no_loop(log: Path, tmp_path: Path) -> None:
    for target, file, why in (
        (NOISY_MEMORY, "none.csv", "no such file"),
        ("premises", str(log), "uninterpreted"),
    ):
        done = alignspec("conform", target, file)
        assert done.returncode == 2
        assert why in done.stderr


def test_a_log_that_grows_is_judged_again_and_ends_quietly(log: Path) -> None:
    log.write_text(ALLOWED + "3,agent,22")  # the last line is still being written
    command = [sys.executable, "-c", "from checker.cli import main; main()", "conform"]
    command += [NOISY_MEMORY, str(log), "--follow"]
    following = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert following.stdout is not None
    stop = threading.Timer(120, following.kill)  # only if it never says anything
    stop.start()
    try:
        assert any("CONFORMS" in line for line in following.stdout)
        with log.open("a") as file:
            file.write("5,500\n")
        assert any("DEPARTS" in line for line in following.stdout)
        following.send_signal(signal.SIGINT)
        _, complaint = following.communicate()
    finally:
        stop.cancel()
        following.kill()
    assert following.returncode == 0
    assert complaint == ""
