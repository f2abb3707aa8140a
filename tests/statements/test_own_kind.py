"""A kind of statement of one's own: its class, its decider and its facts stand in one file."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support import alignspec

TOY = '''
from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.portfolio.decision import Options
from checker.statements.registry import decides
from checker.system.findings import Fact
from checker.system.verdict import Proof, Refutation, Verdict, undecided
from examples.noisy_memory import memory
from spec import Process, Statement


@attrs.frozen
class Letters(Fact):
    count: int

    def __str__(self) -> str:
        return f"its name has {self.count} letters"


@attrs.frozen(eq=False)
class ShortName(Statement):
    """That a scheme's name has at most so many letters."""

    scheme: Process
    most: int

    @property
    def subjects(self) -> tuple[Process, ...]:
        return (self.scheme,)


@decides(ShortName)
def decide_short(
    statement: ShortName, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    found = Letters(len(statement.scheme.name))
    result = Proof(found) if found.count <= statement.most else Refutation(found)
    return attrs.evolve(undecided(statement), result=result, facts=(found,))


short = ShortName("memory/short", memory, 6)
shorter = ShortName("memory/shorter", memory, 5, expected="refuted")
shortest = ShortName("memory/shortest", memory, 1, expected="refuted")
'''


def test_a_kind_of_ones_own_is_decided_shown_and_written(tmp_path: Path) -> None:
    file = tmp_path / "toy.py"
    file.write_text(TOY, "utf-8")
    done = alignspec("check", str(file), "--json", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    verdicts = {v["claim"]: v for v in json.loads(done.stdout)["verdicts"]}
    assert {name: v["verdict"] for name, v in verdicts.items()} == {
        "memory/short": "proved",
        "memory/shorter": "refuted",
        "memory/shortest": "refuted",
    }
    assert verdicts["memory/short"]["kind"] == "ShortName"
    assert verdicts["memory/short"]["facts"] == ["its name has 6 letters"]
    shown = alignspec("check", str(file))
    assert "its name has 6 letters" in shown.stdout
