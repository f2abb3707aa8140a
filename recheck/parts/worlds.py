"""A world that breaks a bound: finitely many questions, worked out from the definition.

Each question that is asked has a weight, draws, and parts, which are questions of a table; the
table says what the agent does on each, and has weights of its own, as in training. The abstract
step is given numbers that are at least the means which they stand for. It is wrong in the world if
more happens, in the mean over the questions asked, than it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from cvc5 import Term

from recheck.errors import Malformed, Rejected, Undecided
from recheck.obligations import Shown
from recheck.parts.arithmetic import Program, rational
from recheck.parts.versions import declared
from recheck.terms import Reader

Values = Mapping[Term, Any]
"""What symbols are, exactly."""


def of_world(document: Mapping[str, Any]) -> Shown:
    """Why a bound does not hold in a world.

    Raises:
        Rejected: where the world is none, or the bounds hold in it.
        Undecided: where there is no world.
    """
    if "world" not in document["proof"]:
        raise Undecided(f"no evidence is written yet for this {document['statement']['kind']}")
    if document["verdict"] != "refuted":
        raise Rejected("a world proves nothing")
    return Shown(_World(document["step"], document["proof"]["world"]).broken(), ())


def _number(text: str) -> Any:
    return rational(Fraction(text))


class _World:
    """A step's two versions, and a world in which to work them out."""

    def __init__(self, step: Mapping[str, Any], world: Mapping[str, Any]) -> None:
        self.step, self.world, self.reader = step, world, Reader()
        self.named = declared(step, self.reader)
        inputs = world["inputs"]
        if set(inputs) != set(step["inputs"]):
            raise Malformed("not a value for each input")
        self.inputs = {name: _number(text) for name, text in inputs.items()}
        self.weights = _distribution([each["weight"] for each in world["asked"]])

    def broken(self) -> str:
        """Which bound is broken, and by how much."""
        self._require_inputs()
        self._require_table()
        step = self.step
        asked = [self._on(question) for question in self.world["asked"]]
        chosen = dict[str, Any]()
        for name, _, _, amount, everywhere in step["choices"]:
            chosen[name] = self._taken([self._value(amount, at) for at in asked], everywhere)
        for name, amount in step["means"]:
            mean = self._taken([self._value(amount, at) for at in asked], everywhere=False)
            if not mean <= self.inputs[name]:
                raise Rejected(f"the mean of {name} is more than the step is given")
        given = {**self.inputs, **chosen, **{name: rational(0) for (name,) in step["unread"]}}
        self._require(step["given"], given, "what the step is given")
        for name, concrete, abstract, everywhere in step["compared"]:
            happens = self._taken([self._value(concrete, at) for at in asked], everywhere)
            says = self._value(abstract, given)
            if happens > says:
                return f"{name}: {happens} happens in the world, and the step says {says}"
        for name, low, high, _, _ in step["choices"]:
            least, most = self._value(low, given), self._value(high, given)
            if not least <= chosen[name] <= most:
                return f"{name}: the world takes {chosen[name]} of {least} to {most}"
        raise Rejected("all bounds hold in the world")

    def _on(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """What holds of a question that is asked: inputs, entries of the table, and draws."""
        found = dict(self.inputs)
        for part, column, name in self.step["entries"]:
            does = self.world["table"][question["parts"][part]]["does"]
            if found.setdefault(name, _number(does[column])) != _number(does[column]):
                raise Rejected(f"{column} is the same on all of the table, and differs")
        for name, low, high, endless in self.step["draws"]:
            least, most = self._value(low, found), self._value(high, found)
            found[name] = _number(question["draws"][name])
            if found[name] < least or (found[name] > most and not endless):
                raise Rejected(f"{name} is drawn from outside its bounds")
        self._require(self.step["table"], found, "a question")
        return found

    def _require_inputs(self) -> None:
        for name, value in self.step["values"].items():
            if self.inputs[name] != _number(value):
                raise Rejected(f"{name} has another value in the world")

    def _require_table(self) -> None:
        """Each way of asking has its own questions of the table, which tie it to training."""
        shares = self._shares()
        for number, use in enumerate(self.step["uses"]):
            place = [n for n, q in enumerate(self.world["table"]) if q["use"] == number]
            table = [self.world["table"][n] for n in place]
            training = _distribution([question["weight"] for question in table])
            for question in table:
                self._require_entries(use, question["does"])
            for column, name, everywhere in use["columns"]:
                does = [_number(question["does"][column]) for question in table]
                mean = sum((w * v for w, v in zip(training, does, strict=True)), rational(0))
                if (max(does) if everywhere else mean) > self.inputs[name]:
                    raise Rejected(f"the mean of {column} is more than the step is given")
                if self.step["same"] and len(set(does)) > 1:
                    raise Rejected(f"{column} is the same on all of the table, and differs")
            if any(share and n not in place for n, share in enumerate(shares[number])):
                raise Rejected("a part is asked in another way than its question of the table")
            if use["tied"] and not self.step["same"]:
                ratio = self.inputs[use["ratio"]] if use["ratio"] else rational(1)
                for n, weight in zip(place, training, strict=True):
                    if shares[number][n] > ratio * weight:
                        raise Rejected("a question is asked more often than the ratio allows")

    def _require_entries(self, use: Mapping[str, Any], does: Mapping[str, str]) -> None:
        """What holds of entries holds of what the agent does, at every part asked so."""
        for part in use["parts"]:
            own = {s: _number(does[c]) for p, c, s in self.step["entries"] if p == part}
            known = {**self.inputs, **own}
            told = [text for text, symbols in self.step["entry"] if {*symbols} <= known.keys()]
            self._require(told, known, "the table")

    def _shares(self) -> list[list[Any]]:
        """By way of asking, how often each question of the table is a part of those asked."""
        uses = self.step["uses"]
        found = [[rational(0)] * len(self.world["table"]) for _ in uses]
        for weight, question in zip(self.weights, self.world["asked"], strict=True):
            for number, use in enumerate(uses):
                for part in use["parts"]:
                    found[number][question["parts"][part]] += weight / len(use["parts"])
        return found

    def _taken(self, values: Sequence[Any], everywhere: bool) -> Any:
        """The mean over the questions asked, or the greatest of what is bounded everywhere."""
        if everywhere:
            return max(values)
        return sum((w * v for w, v in zip(self.weights, values, strict=True)), rational(0))

    def _value(self, text: str, at: Mapping[str, Any]) -> Any:
        (found,) = self._values([text], at)
        if found is None:
            raise Rejected("something divides by zero in the world")
        return found

    def _values(self, texts: Sequence[str], at: Mapping[str, Any]) -> list[Any]:
        symbols = [self.named[name] for name in at]
        terms = [self.reader.read(text, symbols) for text in texts]
        return Program(symbols, terms).run([*at.values()], rational)

    def _require(self, texts: Sequence[str], at: Mapping[str, Any], what: str) -> None:
        if not all(self._values(texts, at)):
            raise Rejected(f"a condition on {what} is false in the world")


def _distribution(weights: Sequence[str]) -> list[Any]:
    found = [_number(weight) for weight in weights]
    if not found or min(found) < 0 or sum(found, rational(0)) != 1:
        raise Rejected("the weights are no distribution")
    return found
