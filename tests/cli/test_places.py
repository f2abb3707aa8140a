"""An error on the command line names the line in the user's file, or no line at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import NOISY_MEMORY, alignspec


@pytest.mark.parametrize(
    ("last_line", "said"),
    [
        ('claim = Claim("c", memory, MostlyRight(error=Real(2)))', "is outside [0, 1]"),
        ('claim = Claim("c", memory, MostlyRight(), at={"nose": 1})', "no parameter nose"),
        ("memory.seed = lambda p: Memory(error=p.nose)", "Noise has no nose; it has noise"),
        ("raise SystemExit", "the file exits while it is read"),
    ],
)
def test_the_command_names_the_line_in_the_file(last_line: str, said: str, tmp_path: Path) -> None:
    text = Path(NOISY_MEMORY).read_text()
    lines = [*text.replace("import between", "import Claim, between").splitlines(), last_line]
    (tmp_path / "mine.py").write_text("\n".join(lines) + "\n")
    done = alignspec("check", "mine.py", cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith(f"alignspec: mine.py:{len(lines)}: ")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_error_of_the_call_itself_has_no_place() -> None:
    """Neither the installed command nor its caller is the user's specification."""
    done = alignspec("check", NOISY_MEMORY, "--param", "noise=2")
    assert done.stderr.startswith("alignspec: noise = 2 is outside its domain")


def test_the_caller_of_the_command_is_no_place(tmp_path: Path) -> None:
    """An error of the engines, with no line of the user's on the way, names no line at all."""
    (tmp_path / "mine.py").write_text(
        "from models.amplification import Preserved, iterated_amplification\n"
        "from spec import Claim\n"
        'claim = Claim("c", iterated_amplification, Preserved(), dropping="luck")\n'
    )
    done = alignspec("check", "mine.py", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith('alignspec: no premise "luck"; drop one of: an aligned start;')
