"""Search for mutants that are answered the other way, and keep them.

python -m tests.mutation.search            for the statements that have none in the file
python -m tests.mutation.search NAME ...   anew for the statements whose names begin so
python -m tests.mutation.search --bounds [NAME ...]
                                           every number in every bound of the soundness statements
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache

import attrs

from checker.cli.shipped import shipped_statements
from checker.cli.workers import Done, Limits, carry_out
from checker.portfolio.decision import Options
from checker.system.verdict import EnginesDisagree
from spec import Sound
from spec.errors import SpecError
from spec.statements.base import Answer, Statement
from tests.mutation import kept
from tests.mutation.bounds import Dependence, dependences
from tests.mutation.mutants import OPPOSITE, Mutant, mutants_of, of_formulas, of_others
from tests.mutation.steps import moved_outputs

QUICK = Options(timeout=6, query=2, attack=5)
SECONDS = 30.0
"""For all mutants of one statement."""


@cache
def statements() -> dict[str, Statement]:
    """What ships, by name."""
    return {statement.name: statement for statement in shipped_statements()}


def answer(mutant: Mutant, statement: Statement) -> Answer:
    """What is said of the mutant; UNKNOWN where its parameter values are meaningless."""
    try:
        return mutant.answer(statement, QUICK)
    except (SpecError, EnginesDisagree):
        return Answer.UNKNOWN


@attrs.frozen
class Found:
    """The first mutant of a statement that is answered the other way."""

    name: str

    def run(self) -> kept.Kept | None:
        """Look for it."""
        statement = statements()[self.name]
        ended = time.monotonic() + SECONDS
        for mutant in self._tried(statement):
            started = time.monotonic()
            if answer(mutant, statement) is OPPOSITE[statement.expected]:
                return kept.Kept(mutant, round(time.monotonic() - started, 1))
            if time.monotonic() > ended:
                break
        return None

    def _tried(self, statement: Statement) -> Iterator[Mutant]:
        if isinstance(statement, Sound) and statement.expected is Answer.PROVED:
            yield from (m for each in dependences(statement) for m in each.mutants)
            return
        yield from mutants_of(statement)
        yield from moved_outputs(statement)
        yield from of_formulas(statement)
        yield from of_others(statement)


@attrs.frozen
class Refuted:
    """Whether some world breaks a bound in which one number counts for less: the least change that
    does it."""

    name: str
    dependence: Dependence

    def run(self) -> Mutant | None:
        """Try them."""
        statement = statements()[self.name]
        tried = self.dependence.mutants
        return next((m for m in tried if answer(m, statement) is Answer.REFUTED), None)


def search(names: Sequence[str]) -> None:
    """Keep a mutant of each statement, and say which have none."""
    known = kept.read()
    for number, outcome in carry_out([Found(name) for name in names], Limits(SECONDS + 15)):
        found = outcome.value if isinstance(outcome, Done) else None
        print("none " if found is None else "found", names[number], found or outcome, flush=True)
        if found is not None:
            known[names[number]] = found
            kept.write({name: known[name] for name in known if name in statements()})


def search_bounds(names: Sequence[str]) -> None:
    """Say of every number in every bound whether a world breaks the bound without it."""
    proved = [s for s in map(statements().__getitem__, names) if isinstance(s, Sound)]
    proved = [s for s in proved if s.expected is Answer.PROVED]
    works = [Refuted(s.name, each) for s in proved for each in dependences(s)]
    for number, outcome in carry_out(works, Limits(SECONDS)):
        work, found = works[number], outcome.value if isinstance(outcome, Done) else None
        told = "broken" if found is not None else "open  "
        print(
            told, work.name, work.dependence.place, "<-", work.dependence.number, found, flush=True
        )


def main() -> None:
    """Search, as the command line says."""
    given = [word for word in sys.argv[1:] if word != "--bounds"]
    chosen = [n for n in statements() if not given or n.startswith(tuple(given))]
    if "--bounds" in sys.argv:
        search_bounds(chosen)
    else:
        search([n for n in chosen if given or n not in kept.read()])


if __name__ == "__main__":
    main()
