"""A file of evidence, read: the traced system, what is claimed of it, and what is to show it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from recheck.errors import Malformed, Rejected, Undecided
from recheck.terms import Term, conjuncts, make, number, read, substitute, symbol

VERSION = 1
LARGEST = 64 * 2**20
"""Bytes of a file."""
FORM = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    ZeroDivisionError,
    RecursionError,
)
"""What goes wrong in reading a document that has another form."""


class Choice(NamedTuple):
    """A choice of nature between two ends; without an upper one where ``endless``."""

    symbol: Term
    low: Term
    high: Term
    endless: bool

    @property
    def within(self) -> list[Term]:
        """That nature keeps to the bounds."""

        least = make("<=", self.low, self.symbol)
        return [least] if self.endless else [least, make("<=", self.symbol, self.high)]


class Step(NamedTuple):
    """One step of the loop, as terms over its source's fields and nature's choices."""

    name: str
    source: str
    target: str
    choices: tuple[Choice, ...]
    outputs: tuple[Term, ...]
    oversight: Term | None

    @property
    def terms(self) -> list[Term]:
        """Everything that the step works out."""
        ends = [end for choice in self.choices for end in (choice.low, choice.high)]
        return [*ends, *self.outputs, *([] if self.oversight is None else [self.oversight])]

    def at(self, by: Mapping[Term, Term]) -> Step:
        """The step with other terms in place of symbols; a choice must get a symbol."""
        terms = iter(substitute(self.terms, by))
        choices = tuple(
            Choice(by.get(c.symbol, c.symbol), next(terms), next(terms), c.endless)
            for c in self.choices
        )
        outputs = tuple(next(terms) for _ in self.outputs)
        return self._replace(choices=choices, outputs=outputs, oversight=next(terms, None))


class System(NamedTuple):
    """A scheme at its parameters' values: per position its fields and their domain, the first
    agent, the steps, and what is assumed of the parameters."""

    fields: Mapping[str, tuple[Term, ...]]
    domain: Mapping[str, Sequence[Term]]
    seed: tuple[Term, ...]
    steps: tuple[Step, ...]
    assumptions: tuple[Term, ...]
    fold: bool

    @property
    def agent(self) -> str:
        """The position at the start of an iteration; of a fold over trees, a node."""
        return self.steps[-1].target

    def symbols(self, position: str) -> dict[str, Term]:
        """The fields of a position by name."""
        return {each.args[0]: each for each in self.fields[position]}


class Evidence(NamedTuple):
    """One file. ``claim`` has what must hold at each position, beside the domains."""

    kind: str
    verdict: str
    system: System
    claim: Mapping[str, Sequence[Term]]
    proof: Mapping[str, Any]
    queries: Sequence[Mapping[str, Any]]
    document: Mapping[str, Any]


def digest(section: Any) -> str:
    """The hash of a part of a document: of its JSON without spaces, the keys in order."""
    text = json.dumps(section, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def hashes(document: Mapping[str, Any]) -> dict[str, str]:
    """What the hashes of a document must be: of the system, of the claim, and of all of it."""
    rest = {key: part for key, part in document.items() if key != "hashes"}
    return {
        "system": digest(document["system"]),
        "claim": digest([document["statement"], document["claim"]]),
        "document": digest(rest),
    }


def asked_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of what a document says was asked."""
    return {part: digest(document[part]) for part in ("statement", "claim", "system")}


def document_in(path: Path) -> Mapping[str, Any]:
    """The document in a file.

    Raises:
        Malformed: where it is none.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Malformed("larger than 64 MiB")
        document = json.loads(path.read_text("utf-8"), parse_float=_no_float)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from None
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}") from None
    if not isinstance(document, dict) or document.get("format") != "alignspec-evidence":
        raise Malformed("not evidence of alignspec")
    return document


def load(path: Path) -> Evidence:
    """The evidence in a file.

    Raises:
        Malformed: where it is none.
        Rejected: where its hashes are not those of its contents.
        Undecided: where it holds nothing that could be checked.
    """
    try:
        return parse(document_in(path))
    except FORM as error:
        raise Malformed(f"not of the form of evidence: {type(error).__name__}: {error}") from None


def parse(document: Mapping[str, Any]) -> Evidence:
    """The evidence that a document holds.

    Raises:
        Rejected: where its hashes are not those of its contents.
    """
    if document["version"] != VERSION:
        raise Malformed(f"not evidence of version {VERSION}")
    for part, value in hashes(document).items():
        if document["hashes"][part] != value:
            raise Rejected(f"changed after it was written: the {part} has another hash")
    if document["system"] is None:
        raise Undecided(f"no evidence is written yet for this {document['statement']['kind']}")
    system, values = _system(document["system"])
    claim = {
        position: conjuncts(_at(values, texts, system.symbols(position)))
        for position, texts in document["claim"].items()
    }
    if set(claim) != set(system.fields):
        raise Malformed("it does not say what is claimed at each position")
    statement = document["statement"]
    return Evidence(
        statement["kind"],
        document["verdict"],
        system,
        claim,
        document["proof"],
        document["queries"],
        document,
    )


def _system(section: Mapping[str, Any]) -> tuple[System, dict[Term, Term]]:
    """The system at its parameters' values."""
    parameters = {name: symbol(name, "Real") for name in section["parameters"]}
    values = {parameters[n]: number(Fraction(v)) for n, v in section["parameters"].items()}
    fields = {
        position["name"]: tuple(symbol(name, sort) for name, sort in position["fields"])
        for position in section["positions"]
    }
    domain, steps = {}, []
    for position in section["positions"]:
        own = {each.args[0]: each for each in fields[position["name"]]}
        domain[position["name"]] = conjuncts(_at(values, position["domain"], {**parameters, **own}))
    for given in section["steps"]:
        own = {**parameters, **{each.args[0]: each for each in fields[given["source"]]}}
        steps.append(_step(given, own, values))
    seed = tuple(_at(values, section["seed"], parameters))
    assumed = tuple(_at(values, [text for _, text in section["assumptions"]], parameters))
    fold = section["fold"] is True
    names = [*parameters.values(), *{each for own in fields.values() for each in own}]
    names += [choice.symbol for step in steps for choice in step.choices]
    if len({each.args[0] for each in names}) < len(names):
        raise Malformed("one name for two things")
    if not fold and any(
        a.target != b.source for a, b in zip(steps, [*steps[1:], steps[0]], strict=True)
    ):
        raise Malformed("the steps are no loop")
    for step in steps:
        if [t.sort for t in step.outputs] != [f.sort for f in fields[step.target]]:
            raise Malformed(f"{step.name} does not make what stands at {step.target}")
    sorts = [] if fold else [field.sort for field in fields[steps[0].source]]
    if [term.sort for term in seed] != sorts:
        raise Malformed("the seed is no agent")
    return System(fields, domain, seed, tuple(steps), assumed, fold), values


def _step(given: Mapping[str, Any], own: dict[str, Term], values: Mapping[Term, Term]) -> Step:
    choices = []
    for name, low, high, endless in given["choices"]:
        least, most = _at(values, [low, high], own)
        choices.append(Choice(symbol(name, "Real"), least, most, endless is True))
        own = {**own, name: choices[-1].symbol}
    oversight = _at(values, given["oversight"], own)
    return Step(
        given["name"],
        given["source"],
        given["target"],
        tuple(choices),
        tuple(_at(values, given["outputs"], own)),
        oversight[0] if oversight else None,
    )


def _at(values: Mapping[Term, Term], texts: Any, symbols: Mapping[str, Term]) -> list[Term]:
    """Terms at the parameters' values."""
    if not isinstance(texts, list):
        raise Malformed("a list of terms is missing")
    return substitute([read(text, symbols) for text in texts], values)


def _no_float(text: str) -> Any:
    raise Malformed(f"the number {text}, which is not exact; write a fraction as text")
