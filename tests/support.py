"""What the tests of several packages share: the command line, exact values and parameters."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import z3
from hypothesis import strategies as st

from spec import Parameters, Real
from spec.parameters import parameter_domains
from spec.terms import real_term

ROOT = Path(__file__).resolve().parent.parent
NOISY_MEMORY = str(ROOT / "examples" / "noisy_memory.py")

unit = st.sampled_from([Fraction(0), Fraction(1)]) | st.fractions(0, 1, max_denominator=64)


def alignspec(
    *arguments: str, cwd: Path = ROOT, python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as it is typed in a folder; with options of Python's."""
    return subprocess.run(
        [sys.executable, *python, "-c", "from checker.cli import main; main()", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@contextmanager
def chromium(wide: int = 1000, high: int = 900) -> Iterator[Any]:
    """A headless Chromium, which keeps what its console says."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", f"--window-size={wide},{high}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options) as browser:
        yield browser


def value_of(term: z3.ExprRef) -> Fraction:
    """The exact number that a constant term comes to."""
    value = z3.simplify(term)
    assert z3.is_rational_value(value), value
    return Fraction(value.as_fraction())


def number(value: Real) -> Fraction:
    """The exact number that a constant Real denotes."""
    return value_of(real_term(value))


def parameters_at(cls: type[Parameters], **chosen: Fraction | int) -> Any:
    """The parameters at numbers: the defaults, but for those chosen."""
    values = {name: domain.default for name, domain in parameter_domains(cls).items()}
    values |= {name: Fraction(value) for name, value in chosen.items()}
    numbers: dict[str, Any] = {
        name: int(values[name]) if domain.structural else Real(values[name])
        for name, domain in parameter_domains(cls).items()
    }
    return cls(**numbers)
