"""A file of evidence, read: the traced system, what is claimed of it, and what is to show it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
from cvc5 import Kind, Term

from recheck.errors import Malformed, Rejected, Undecided
from recheck.terms import MANAGER, Reader, conjuncts, substitute

VERSION = 3
ASKED = ("statement", "claim", "system", "other", "step")
"""The parts of a document that say what was asked."""
LARGEST = 64 * 2**20
"""Bytes of a file."""
FORM = (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError, RuntimeError)
"""What goes wrong in reading a document whose shape is right and whose contents are not."""
START = {"Claim": "seed", "Grows": "seed", "Closed": "claim", "Settles": "anywhere"}
"""Where the runs begin about which each kind of statement speaks."""
SCHEMA = jsonschema.Draft202012Validator(
    json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
)


class Choice(NamedTuple):
    """A choice of nature between two ends; without an upper one where ``endless``."""

    symbol: Term
    low: Term
    high: Term
    endless: bool

    @property
    def within(self) -> list[Term]:
        """That nature keeps to the bounds."""
        least = MANAGER.mkTerm(Kind.LEQ, self.low, self.symbol)
        most = MANAGER.mkTerm(Kind.LEQ, self.symbol, self.high)
        return [least] if self.endless else [least, most]


class Step(NamedTuple):
    """One step of the loop, as terms over its source's fields and nature's choices; or what makes
    the seed, of no source."""

    name: str
    source: str
    target: str
    choices: tuple[Choice, ...]
    outputs: tuple[Term, ...]

    @property
    def terms(self) -> list[Term]:
        """Everything that the step works out."""
        ends = [end for choice in self.choices for end in (choice.low, choice.high)]
        return [*ends, *self.outputs]

    def at(self, by: Mapping[Term, Term]) -> Step:
        """The step with other terms in place of symbols; a choice must get a symbol."""
        terms = iter(substitute(self.terms, by))
        choices = [
            Choice(by.get(c.symbol, c.symbol), next(terms), next(terms), c.endless)
            for c in self.choices
        ]
        return self._replace(choices=tuple(choices), outputs=tuple(terms))


class Scope(NamedTuple):
    """The symbols of a file: parameters, which have values or stay free within ``given``."""

    reader: Reader
    named: Mapping[str, Term]
    values: Mapping[Term, Term]
    given: Sequence[Term]

    def read(self, texts: Iterable[str], symbols: Iterable[Term]) -> list[Term]:
        """Terms over some symbols and the parameters, at the values of these."""
        known = {*symbols, *self.named.values()}
        return substitute([self.reader.read(text, known) for text in texts], self.values)


class System(NamedTuple):
    """A scheme: per position its fields and their domain, what makes the first agent, the steps,
    and what is assumed."""

    scope: Scope
    fields: Mapping[str, tuple[Term, ...]]
    domain: Mapping[str, Sequence[Term]]
    start: Step
    steps: tuple[Step, ...]
    assumptions: Sequence[Term]
    fold: bool

    @property
    def agent(self) -> str:
        """The position at the start of an iteration; of a fold over trees, a node."""
        return self.steps[-1].target

    def conditions(self, position: str, texts: Iterable[str]) -> list[Term]:
        """Conditions on the agents at a position."""
        return conjuncts(self.scope.read(texts, self.fields[position]))


class Evidence(NamedTuple):
    """One file. ``claim`` has what must hold at each position, beside the domains."""

    kind: str
    verdict: str
    system: System
    claim: Mapping[str, Sequence[Term]]
    proof: Mapping[str, Any]
    document: Mapping[str, Any]

    def kept(self, position: str) -> list[Term]:
        """All that must hold at a position."""
        return [*self.system.domain[position], *self.claim[position]]


def digest(section: Any) -> str:
    """The hash of a part of a document: of its JSON without spaces, the keys in order."""
    text = json.dumps(section, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def hashes(document: Mapping[str, Any]) -> dict[str, str]:
    """What the hashes of a document must be: of the system, of the claim, and of all of it."""
    return {
        "system": digest([document.get(part) for part in ("system", "other", "step")]),
        "claim": digest([document["statement"], document["claim"]]),
        "document": digest({key: part for key, part in document.items() if key != "hashes"}),
    }


def asked_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of what a document says was asked."""
    return {part: digest(document.get(part)) for part in ASKED}


def document_in(path: Path) -> Mapping[str, Any]:
    """The document in a file.

    Raises:
        Malformed: where it is none, or not of the shape that the schema says.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Malformed("larger than 64 MiB")
        document = json.loads(path.read_text("utf-8"), parse_float=_no_float)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from None
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}") from None
    for wrong in SCHEMA.iter_errors(document):
        raise Malformed(f"not evidence: {wrong.json_path}: {' '.join(wrong.message.split())[:200]}")
    return dict(document)


def require_unchanged(document: Mapping[str, Any]) -> None:
    """Compare the hashes of a document with its contents.

    Raises:
        Rejected: where they are others.
    """
    for part, value in hashes(document).items():
        if document["hashes"][part] != value:
            raise Rejected(f"changed after it was written: the {part} has another hash")


def parse(document: Mapping[str, Any]) -> Evidence:
    """The evidence that a document holds about one claim.

    Raises:
        Malformed: where its terms are none.
        Undecided: where it holds nothing that could be checked.
    """
    kind = document["statement"]["kind"]
    if document["system"] is None:
        raise Undecided(f"no evidence is written yet for this {kind}")
    return posed(document, kind, document["proof"], {})


def posed(
    document: Mapping[str, Any],
    kind: str,
    proof: Mapping[str, Any],
    ends: Mapping[str, tuple[str, str]],
) -> Evidence:
    """What a document says, as evidence of a kind, with some parameters between other ends."""
    system = system_of(document["system"], scope_of(document["system"], ends))
    if set(document["claim"]) != set(system.fields):
        raise Malformed("it does not say what is claimed at each position")
    claim = {place: system.conditions(place, document["claim"][place]) for place in system.fields}
    return Evidence(kind, document["verdict"], system, claim, proof, document)


def scope_of(
    section: Mapping[str, Any], ends: Mapping[str, tuple[str, str]], beside: Scope | None = None
) -> Scope:
    """The parameters of a system at their values, but for those between ``ends``, which it shares
    with a system ``beside`` it."""
    reader, shared = (Reader(), {}) if beside is None else (beside.reader, beside.named)
    named, values, given = dict[str, Term](), dict[Term, Term](), list[Term]()
    for name, value in section["parameters"].items():
        both = name in ends and name in shared
        named[name] = shared[name] if both else reader.declare(name, "Real")
        low, high = map(MANAGER.mkReal, ends.get(name, (value, value)))
        if low == high:
            values[named[name]] = low
        else:
            given += Choice(named[name], low, high, False).within
    return Scope(reader, named, values, given)


def system_of(section: Mapping[str, Any], scope: Scope) -> System:
    """The system that a section says."""
    places = section["positions"]
    listed = {p["name"]: [(*field,) for field in p["fields"]] for p in places}
    every = dict.fromkeys(field for own in listed.values() for field in own)
    named = {field: scope.reader.declare(*field) for field in every}  # children share them
    fields = {place: tuple(named[field] for field in own) for place, own in listed.items()}
    seed = {"name": "the seed", "source": "", "target": section["steps"][-1]["target"]}
    seed |= {"choices": section.get("seed_choices", ()), "outputs": section["seed"]}
    system = System(
        scope,
        fields,
        domain={p["name"]: conjuncts(scope.read(p["domain"], fields[p["name"]])) for p in places},
        start=_step(scope, {"": ()}, seed),
        steps=tuple(_step(scope, fields, given) for given in section["steps"]),
        assumptions=scope.read([text for _, text in section["assumptions"]], ()),
        fold=section["fold"],
    )
    _check(system)
    return system


def _step(scope: Scope, fields: Mapping[str, Sequence[Term]], given: Mapping[str, Any]) -> Step:
    symbols, choices = list(fields[given["source"]]), []
    for name, low, high, endless in given["choices"]:
        low_end, high_end = scope.read([low, high], symbols)
        choices.append(Choice(scope.reader.declare(name, "Real"), low_end, high_end, endless))
        symbols.append(choices[-1].symbol)
    outputs = tuple(scope.read(given["outputs"], symbols))
    return Step(given["name"], given["source"], given["target"], tuple(choices), outputs)


def _check(system: System) -> None:
    """Whether the steps are a loop, or those of a fold, and make what stands at their targets.

    Raises:
        Malformed: if not.
    """
    steps = system.steps
    sources, targets = [step.source for step in steps], [step.target for step in steps]
    if not system.fold and (
        targets != [*sources[1:], sources[0]] or len({*sources}) < len(sources)
    ):
        raise Malformed("the steps are no loop")
    if any(len({*own}) < len(own) for own in system.fields.values()):
        raise Malformed("one name for two fields")
    for step in steps if system.fold else (*steps, system.start):
        if [t.getSort() for t in step.outputs] != [f.getSort() for f in system.fields[step.target]]:
            raise Malformed(f"{step.name} does not make what stands at {step.target}")


def _no_float(text: str) -> Any:
    raise Malformed(f"the number {text}, which is not exact; write a fraction as text")
