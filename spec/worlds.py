"""Worlds: what the numbers of an abstract agent mean, question by question.

A world is a finite set of questions with a distribution over them as they are asked, and a table
that says of the agent what it does on every question that it is asked in turn, with a distribution
over those as in training. An abstract number such as ``error`` is a mean over the table. The
concrete version of a step is an ordinary function of *one* question: it reads what is special to
the question and the agent's table at the question's parts, and returns what the new agent does on
it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs
import z3

from spec.errors import SpecError, describe, user_location
from spec.fields import FieldDomain
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


class Entry:
    """The agent's table at one question: a number for each field that is a mean over the table."""

    def __init__(self, part: int, fields: Sequence[FieldDomain]) -> None:
        self._part = part
        self._domains = {field.name: field for field in fields}
        self.read: dict[str, z3.ArithRef] = {}

    def __getattr__(self, name: str) -> Real:
        """What the agent does at this question, of which the field is the mean.

        Raises:
            SpecError: for a name that is no real field of the step's source.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        field = self._domains.get(name)
        if field is None or field.kind != "real":
            known = ", ".join(n for n, domain in self._domains.items() if domain.kind == "real")
            raise SpecError(f"a table has no {name}; the step's source has {known}")
        if name not in self.read:
            self.read[name] = z3.Real(f"part {self._part}: {name}")
        return Real(self.read[name])


class Question:
    """One question of a world, as the concrete version of a step meets it.

    One object records one run of the function on symbols: the numbers drawn, the entries read, and
    how the abstract step's inputs are made of them.
    """

    def __init__(self, fields: Sequence[FieldDomain], assumed: Collection[Assumption]) -> None:
        self._fields = tuple(fields)
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
        symbol = z3.Real(f"drawn: {name}")
        low, high = real_term(at_least), real_term(at_most)
        self.draws.append(Choice(name, symbol, low, high, "", user_location()))
        return Real(symbol)

    def part(self, number: int = 0) -> Entry:
        """The agent's table at one of the questions that it is asked in turn, by number.

        Different parts may be the same question of the table, and different questions may share
        parts. A student that answers the question itself has that question as its one part.
        """
        if not isinstance(number, int) or number < 0:
            raise SpecError(f"part({describe(number)}) is no part; count from 0")
        return self.parts.setdefault(number, Entry(number, self._fields))

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
