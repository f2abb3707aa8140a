"""What the texts of files tell: closed files, and verdicts that are recalled without a trace."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alignspec.packages import ROOT
from checker.cli import sources
from checker.cli.shipped import shipped_statements
from checker.cli.sources import is_closed
from tests.support import NOISY_MEMORY, alignspec

CLOSED = [
    "from __future__ import annotations\nfrom spec import Loop\nfrom fractions import Fraction",
    "import math\nfrom typing import Any\n\ndef double(x: Any) -> Any:\n    return 2 * x + math.pi",
    "import helper\nfrom models.steps import AfterStep",
    "class Door:\n    open: float = 1\n\n    def __init__(self):\n        super().__init__()",
    "from collections.abc import Mapping\nfrom functools import partial",
]
OPEN = [
    "import os",
    "import elsewhere",
    "from . import beside",
    "from numpy import random",
    "import math\nimport pathlib",
    "def late():\n    import time\n    return time.time()",
    "rate = float(open('rate.txt').read())",
    "rate = eval('1')",
    "read = open",
    "from typing import sys",
    "import fractions\nfractions.sys.argv",
    "from spec.errors import os",
    "import spec.errors\nspec.errors.os.environ",
    "from spec.errors import Path",
    "().__class__.__subclasses__()",
    "'{0.__class__}'.format(1)",
    "from operator import attrgetter",
    "import builtins",
    "x = __file__",
    "getattr(f, name)",
    "import checker.cli.cache",
    "from alignspec.packages import ROOT",
    "not a program",
]
EXTENDED = r"from pkgutil import extend_path\n+__path__ = extend_path\(__path__, __name__\)"
LOADED = frozenset({"helper", "models.steps"})


@pytest.mark.parametrize("text", CLOSED)
def test_a_file_of_pure_pieces_is_closed(text: str) -> None:
    assert is_closed(text.encode(), LOADED)


@pytest.mark.parametrize("text", OPEN)
def test_a_file_that_reaches_further_is_not_closed(text: str) -> None:
    assert not is_closed(text.encode(), LOADED)


def test_all_that_ships_is_closed() -> None:
    """But for a look-up of a field of the language's own by its name, and the packages' paths."""
    assert shipped_statements()
    files = [file for file in sources._files() if file.shipped]
    loaded = frozenset(file.module for file in files)
    allowed = {
        "models": EXTENDED,
        "properties": EXTENDED,
        "models.worlds.process_supervision": r"getattr\(question\.part\(i\), field\)",
    }
    assert len(files) > 100
    for file in files:
        text = re.sub(allowed.get(file.module, "$^"), "None", file.text.decode())
        assert is_closed(text.encode(), loaded), file.module


def test_every_file_of_a_specification_is_among_the_sources() -> None:
    shipped_statements()
    found = {file.path for file in sources._files()}
    for folder in ("models", "properties"):
        assert set((ROOT / folder).rglob("*.py")) <= found


def test_a_file_that_was_saved_since_tells_nothing(tmp_path: Path) -> None:
    late = tmp_path / "late_one.py"
    late.write_text("RATE = 1\n")
    assert not sources._was_executed(late)


def test_a_file_older_than_what_python_compiled_of_it_was_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.py"
    file.write_text("RATE = 1\n")
    subprocess.run([sys.executable, "-c", "import one"], cwd=tmp_path, check=True, env=PLAIN)
    monkeypatch.setattr(sources, "BEGUN", file.stat().st_ctime_ns + 10**12)
    saved = file.stat().st_mtime_ns
    os.utime(file, ns=(saved - 10**9, saved - 10**9))
    assert sources._was_executed(file)
    os.utime(file, ns=(saved + 10**12 - 1, saved + 10**12 - 1))  # saved after it was compiled
    assert not sources._was_executed(file)


PLAIN = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

WORLD = """from properties.soundness import vote, vote_any_dependence
from spec import Sound

mine = Sound("mine", vote_any_dependence, "voted_together", vote)
"""


def checked(file: str, folder: Path) -> tuple[str, bool]:
    """What the command says of a file in a process of its own, and whether it knew it before."""
    done = alignspec("check", file, cwd=folder, python=("-B",))
    assert done.stdout, done.stderr
    return re.findall("PROVED|REFUTED", done.stdout)[0], "known from before" in done.stdout


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with a cache in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_a_statement_without_terms_is_known_by_its_text(kept: Path) -> None:
    (kept / "mine.py").write_text(WORLD + "# saved once\n")
    assert checked("mine.py", kept) == ("PROVED", False)
    assert checked("mine.py", kept) == ("PROVED", True)
    (kept / "mine.py").write_text(WORLD + "# saved anew\n")
    assert checked("mine.py", kept) == ("PROVED", False)


def test_a_file_that_is_not_closed_is_not_known_by_its_text(kept: Path) -> None:
    (kept / "mine.py").write_text("import os\n" + WORLD)
    assert checked("mine.py", kept) == ("PROVED", False)
    assert checked("mine.py", kept) == ("PROVED", False)


def test_another_file_that_is_imported_is_part_of_the_text(kept: Path) -> None:
    text = Path(NOISY_MEMORY).read_text()
    assert "4/25" in text
    imported = "from rates import RATE\nfrom spec"
    mine = text.replace('"4/25"', "RATE").replace("from spec", imported, 1)
    (kept / "mine.py").write_text(mine)
    for rate, answer in (("4/25", "PROVED"), ("9/50", "REFUTED")):
        (kept / "rates.py").write_text(f'RATE = "{rate}"\n')
        assert checked("mine.py", kept) == (answer, False)
        assert checked("mine.py", kept) == (answer, True)
