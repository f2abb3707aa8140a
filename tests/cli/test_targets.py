"""Files that say less than they seem to, or one thing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_workers import SCHEMES
from tests.support import alignspec

STEP = """
class Tame(Invariant):
    \"\"\"Says nothing.\"\"\"

    def holds(self, memory: Memory[Any]) -> Bool:
        return Bool(True)


says_nothing = Claim("says-nothing", fine, Tame())
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SCHEMES.partition("fine, late")[0], "no scheme in the file"),
        (
            SCHEMES + '\nagain = Loop[Nothing, Memory[Right]]("halves", parameters=Nothing, '
            "seed=blank, step=halves)\n",
            'two schemes are named "halves"',
        ),
        (
            SCHEMES + '\none = Claim("c", fine, Right())\ntwo = Claim("c", fine, Right())\n',
            'two statements are named "c"',
        ),
        (SCHEMES + STEP, "Tame.holds reads no field of the agent"),
    ],
)
def test_a_file_that_says_less_than_it_seems_to_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "less.py"
    file.write_text(text)
    done = alignspec("check", "--timeout", "5", str(file))
    assert done.returncode == 2
    assert said in done.stderr


def test_a_scheme_of_which_only_other_statements_ship_has_runs() -> None:
    """Statements of other kinds ship of alpha-zero; its name stands for what it carries."""
    done = alignspec("simulate", "alpha-zero", "--rounds", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "regret" in done.stdout
