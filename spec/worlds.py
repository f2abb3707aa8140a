"""Worlds: what the numbers of an abstract agent mean, question by question.

A world is a finite set of questions with a distribution over them as they are asked, and a table
that says of the agent what it does on every question that it is asked in turn, with a distribution
over those as in training. Where it is asked in several ways, each has a table of its own. An
abstract number such as ``error`` is a mean over the table. The
concrete version of a step is an ordinary function of *one* question: it reads what is special to
the question and the agent's table at the question's parts, and returns what the new agent does on
it.
"""

from __future__ import annotations

from collections.abc import Collection

import attrs
import z3

from spec.calls import Names, plain
from spec.errors import SpecError, describe, user_location
from spec.nature import Choice
from spec.terms import Number, Real, real_term


@attrs.frozen
class Assumption:
    """Something that a bound assumes of worlds; without it, some world breaks the bound.

    Args:
        name: a short name.
        says: what is assumed, as a sentence.
    """

    name: str
    says: str


INDEPENDENT = Assumption(
    "independent copies", "given the question, the copies that are asked err independently"
)
SAME_HARDNESS = Assumption(
    "same hardness", "the agent does the same, and so errs equally often, on all of its table"
)
DENSITY = Assumption(
    "density ratio",
    "no question is asked at run time more often than the density ratio times as in training",
)


def within_ratio(name: str) -> Assumption:
    """What is assumed of one of several density ratios, by its name."""
    return Assumption(
        f"density ratio {name}",
        f"no question is asked more often than {name} times as in training, where it bounds that",
    )


class Entry:
    """The table at one question: a number for each mean over the table that is read there, of the
    agent (a field of the step's source) or of somebody else (a parameter of the step)."""

    def __init__(
        self, part: int, columns: Collection[str], ratio: str = "", names: Names = plain
    ) -> None:
        self._part, self._names = part, names
        self._columns = columns
        self.ratio = ratio
        self.read: dict[str, z3.ArithRef] = {}

    def __getattr__(self, name: str) -> Real:
        """What is done at this question, of which the field or the parameter is the mean.

        Raises:
            SpecError: for a name that is no real field of the step's source, and no real parameter.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._columns:
            known = ", ".join(self._columns)
            raise SpecError(f"a table has no {name}; the step has the means {known}")
        if name not in self.read:
            self.read[name] = z3.Real(self._names(f"part {self._part}: {name}"))
        return Real(self.read[name])


class Question:
    """One question of a world, as the concrete version of a step meets it.

    One object records one run of the function on symbols: the numbers drawn, the entries read, and
    how the abstract step's inputs are made of them.
    """

    def __init__(
        self, columns: Collection[str], assumed: Collection[Assumption], names: Names = plain
    ) -> None:
        """For one run; ``names`` says how symbols are called."""
        self._columns = tuple(columns)
        self._names = names
        self._assumed = frozenset(assumed)
        self.draws: list[Choice] = []
        self.parts: dict[int, Entry] = {}
        self.means: dict[str, z3.ArithRef] = {}
        self.choices: dict[str, z3.ArithRef] = {}
        self.asked: set[Assumption] = set()

    def draw(self, name: str, *, at_least: Number = 0, at_most: Number = 1) -> Real:
        """A number that is special to the question: any between the bounds, both included.

        Raises:
            SpecError: for a second draw of the same name.
        """
        if any(draw.name == name for draw in self.draws):
            raise SpecError(f'a question draws "{name}" twice; give each draw its own name')
        symbol = z3.Real(self._names(f"drawn: {name}"))
        low, high = real_term(at_least), real_term(at_most)
        self.draws.append(Choice(name, symbol, low, high, "", user_location()))
        return Real(symbol)

    def part(self, number: int = 0, ratio: str = "") -> Entry:
        """The agent's table at one of the questions that it is asked in turn, by number.

        Different parts may be the same question of the table, and different questions may share
        parts. A student that answers the question itself has that question as its one part.

        Args:
            number: which part, counted from 0.
            ratio: the density ratio under which it is asked, where the statement names several;
                the first of them unless told.

        Raises:
            SpecError: for what is no number of a part, or a second density ratio of one.
        """
        if not isinstance(number, int) or number < 0:
            raise SpecError(f"part({describe(number)}) is no part; count from 0")
        entry = self.parts.setdefault(number, Entry(number, self._columns, ratio, self._names))
        if ratio not in ("", entry.ratio):
            raise SpecError(
                f"part {number} is asked under {describe(entry.ratio)} and under {describe(ratio)};"
                " give each part one density ratio"
            )
        return entry

    def mean(self, name: str, amount: Number) -> None:
        """Say that the mean of the amount, over the questions asked, is at most ``name``: a
        parameter of the abstract step, or a field of its source.

        Raises:
            SpecError: when it was said of the same name before.
        """
        self._put(self.means, name, amount)

    def chooses(self, name: str, amount: Number) -> None:
        """Say that nature's choice ``name`` of the abstract step is the mean of the amount.

        Raises:
            SpecError: when it was said of the same choice before.
        """
        self._put(self.choices, name, amount)

    def assumes(self, assumption: Assumption) -> bool:
        """Whether the assumption is made; the concrete step must work without it too."""
        self.asked.add(assumption)
        return assumption in self._assumed

    def _put(self, where: dict[str, z3.ArithRef], name: str, amount: Number) -> None:
        if name in where:
            raise SpecError(f'"{name}" is a mean twice, again at {user_location()}; say it once')
        where[name] = real_term(amount)
