"""A step's two versions, read: the concrete one, a function of one question that is asked, and the
abstract one, a function of numbers that stand for means over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cvc5 import Kind, Term

from recheck.errors import Malformed
from recheck.evidence import Choice
from recheck.parts.orders import at_most
from recheck.terms import MANAGER, Reader, substitute


class Mean(NamedTuple):
    """A mean over the questions asked: its symbol, what stands for it in the abstract step and
    whether that may be more, what a question contributes, and a symbol for what a second question
    does, which is the first one if all contribute the same."""

    symbol: Term
    given: Term
    rises: bool
    amount: Term
    second: Term


class Told(NamedTuple):
    """A choice of nature, what a question contributes to it, and whether it is the greatest of
    these and not their mean."""

    choice: Choice
    amount: Term
    greatest: bool


class Compared(NamedTuple):
    """A field of the new agent: what it is on a question, what the abstract step says of the mean,
    or of every question where ``everywhere`` says so."""

    name: str
    concrete: Term
    abstract: Term
    everywhere: bool


def declared(step: Mapping[str, Any], reader: Reader) -> dict[str, Term]:
    """The symbols of a step's two versions."""
    names = [*step["inputs"], *dict.fromkeys(entry[2] for entry in step["entries"])]
    names += [each[0] for part in ("draws", "choices", "unread") for each in step[part]]
    return {name: reader.declare(name, "Real") for name in names}


class Versions:
    """The two versions as terms, at the values of the parameters or for all that may be given."""

    def __init__(self, step: Mapping[str, Any], *, free: bool) -> None:
        self.step, self.reader = step, Reader()
        self.named = declared(step, self.reader)
        own = {self.named[n]: MANAGER.mkReal(value) for n, value in step["values"].items()}
        self.own, self.values = own, {} if free else own
        inputs = [self.named[name] for name in step["inputs"]]
        drawn = [self.named[each[0]] for each in step["draws"]]
        at_parts = [self.named[name] for _, _, name in step["entries"]]
        self.question, self.before_draws = [*inputs, *at_parts, *drawn], [*inputs, *at_parts]
        chosen = (each[0] for part in ("choices", "unread") for each in step[part])
        self.abstract = [*inputs, *(self.named[name] for name in chosen)]
        self.entry = {(part, column): self.named[name] for part, column, name in step["entries"]}
        self.given = self.read(step["given"], self.abstract)
        self.told = [self._told(row) for row in step["choices"]]
        self.compared = [self._compared(row) for row in step["compared"]]
        self.student = self.read(step["student"], self.question)
        self.draws, self.table = list(self._draws()), self.read(step["table"], self.before_draws)
        self.means = list(self._means())

    def read(self, texts: Sequence[str], symbols: Sequence[Term]) -> list[Term]:
        """Terms over some symbols, at the values of the parameters."""
        return substitute([self.reader.read(text, symbols) for text in texts], self.values)

    @property
    def terms(self) -> list[Term]:
        """Everything that is worked out on a question."""
        ends = [end for draw in self.draws for end in (draw.low, draw.high)]
        amounts = [told.amount for told in self.told] + [mean.amount for mean in self.means]
        return [*ends, *amounts, *(each.concrete for each in self.compared)]

    @property
    def ceilings(self) -> list[Term]:
        """That nothing in the table is above what bounds it at every question."""
        return [
            at_most(entry, bound)
            for use in self.step["uses"]
            for column, bound, everywhere in self._columns(use)
            if everywhere
            for entry in self._entries(use, column)
        ]

    def averages(self) -> Iterator[tuple[Term, list[Term]]]:
        """Of each mean over a table whose questions may differ: the density ratio, and the entries
        at a question's parts."""
        for use in self.step["uses"]:
            for column, _, everywhere in self._columns(use):
                if use["tied"] and not everywhere and not self.step["same"]:
                    yield self._ratio(use), self._entries(use, column)

    def _columns(self, use: Mapping[str, Any]) -> Iterator[tuple[str, Term, bool]]:
        for column, name, everywhere in use["columns"]:
            yield column, self._put(name), everywhere

    def _entries(self, use: Mapping[str, Any], column: str) -> list[Term]:
        at = ((part, column) for part in use["parts"])
        return [self.entry[place] for place in at if place in self.entry]

    def _put(self, name: str) -> Term:
        return self.values.get(self.named[name], self.named[name])

    def _ratio(self, use: Mapping[str, Any]) -> Term:
        return self._put(use["ratio"]) if use["ratio"] else MANAGER.mkReal(1)

    def _draws(self) -> Iterator[Choice]:
        scope = list(self.before_draws)
        for name, *ends, endless in self.step["draws"]:
            low, high = self.read(ends, scope)
            yield Choice(self.named[name], low, high, endless)
            scope.append(self.named[name])

    def _told(self, row: Sequence[Any]) -> Told:
        name, *ends, amount, greatest = row
        low, high = self.read(ends, self.abstract)
        (told,) = self.read([amount], self.question)
        return Told(Choice(self.named[name], low, high, False), told, greatest)

    def _compared(self, row: Sequence[Any]) -> Compared:
        name, happens, says, everywhere = row
        (concrete,) = self.read([happens], self.question)
        (abstract,) = self.read([says], self.abstract)
        return Compared(name, concrete, abstract, everywhere)

    def _means(self) -> Iterator[Mean]:
        """What is a mean over the questions asked, numbered in order."""
        for name, text in self.step["means"]:
            yield self._mean(self._put(name), *self.read([text], self.question))
        same = self.step["same"]
        for use in self.step["uses"]:
            for column, bound, everywhere in self._columns(use):
                if use["tied"] and not everywhere:
                    yield self._mean(bound, self._at_parts(use, column), differs=not same)
        for each in self.told:
            if not each.greatest:
                yield self._mean(each.choice.symbol, each.amount, rises=False)

    def _mean(self, given: Term, amount: Term, *, rises: bool = True, differs: bool = True) -> Mean:
        number = 1 + sum(name.startswith("mean:") for name in self.reader.names)
        symbol = self.reader.declare(f"|mean:{number}|", "Real")
        second = self.reader.declare(f"|other:{number}|", "Real") if differs else symbol
        return Mean(symbol, given, rises, amount, second)

    def _at_parts(self, use: Mapping[str, Any], column: str) -> Term:
        """What a question contributes to a mean over the table: the mean over its parts, divided by
        the density ratio; where the table is the same at every question, that.

        A part at which it is not read counts with 0, the least that it can be.
        """
        read = self._entries(use, column)
        if not read:
            raise Malformed(f"{column} is read at no part")
        if self.step["same"]:
            return read[0]
        share = MANAGER.mkTerm(Kind.MULT, MANAGER.mkReal(len(use["parts"])), self._ratio(use))
        return MANAGER.mkTerm(
            Kind.DIVISION, MANAGER.mkTerm(Kind.ADD, MANAGER.mkReal(0), *read), share
        )
