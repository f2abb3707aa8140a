"""A verdict's evidence as a document that ``recheck`` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import starmap
from typing import Any

from checker.backends.smtlib import number, symbol
from checker.evidence.asked import asked
from checker.evidence.certificates import (
    certificate_section,
    held_section,
    outside_section,
    run_section,
    settled_section,
)
from checker.evidence.contracts import contracts_section
from checker.evidence.margins import margins_of
from checker.evidence.pairs import (
    Two,
    agreement_section,
    proof_of_two,
    refinement_section,
    two_schemes,
)
from checker.evidence.relations import model_section
from checker.evidence.thresholds import QUICK, sides_of
from checker.evidence.tolerances import halves_of
from checker.evidence.worlds import lifting_section, world_section
from checker.invariants.uninterpreted import FiniteModel
from checker.refinement.agreement import Agreement
from checker.refinement.compared import ComparedScheme, Ranges
from checker.refinement.correspondence import Pairing
from checker.refinement.refinement import Refinement
from checker.report.certificate import method_of
from checker.report.words import describe
from checker.statements.grows import GainsEachRound, HeldDown, NeverBeyond
from checker.statements.settles import RunStaysOut, Settled
from checker.system.findings import Method
from checker.system.verdict import Proof, Refutation, Stated, Verdict
from checker.system.walk import HeldSet
from checker.trees.findings import Node, StatesReached, TreeBreak
from checker.worlds.lifting import Lifted
from checker.worlds.world import BoundInWorld
from recheck.check import derived, queries
from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import VERSION, hashes
from recheck.settling import settle
from spec.invariants import Invariant, limits_of
from spec.statements.base import Statement
from spec.statements.comparison import Agrees, Refines, Transfers
from spec.statements.dynamics import Closed
from spec.statements.instance import Instance
from spec.statements.sound import Sound
from spec.statements.threshold import Threshold, Tolerances

HEAD = {"format": "alignspec-evidence", "version": VERSION}
"""How every file begins."""
UNFINISHED = "there was no time or memory left to make it; raise --timeout or --memory"
"""Why there is no evidence for what was decided before the work was ended."""
TREE_INDUCTIONS = (Method.TREE_INDUCTION, Method.TREE_INDUCTION_WITH_BOUNDS)


def evidence(verdict: Verdict, statement: Statement) -> dict[str, Any]:
    """The evidence for a verdict, its queries and hashes included."""
    document = _document(verdict, asked(statement, verdict.parameters))
    document["proof"] = _proof(verdict, document)
    if isinstance(statement, Threshold):
        document["proof"] = _turning(verdict, statement, document)
    elif document["system"] is not None or "step" in document:
        document["proof"] = _of_several(verdict, statement, document) or document["proof"]
    document["queries"] = listed_queries(document)
    return sealed(document)


def without_system(verdict: Verdict) -> dict[str, Any]:
    """What there is to write of a statement that was ended: its name, and why it is open; or, if it
    was decided before, that there was no more time or memory for its evidence."""
    named = {"name": verdict.claim, "kind": verdict.kind.__name__}
    blank = {"statement": named, "system": None, "claim": {}}
    document = _document(verdict, blank)
    document["proof"] = {"reason": UNFINISHED} if verdict.reason is None else _open(verdict)
    return sealed(document)


def compared(
    left: ComparedScheme,
    right: ComparedScheme,
    pairing: Pairing,
    over: Ranges,
    found: Sequence[Refinement],
    agreements: Sequence[tuple[Invariant, Agreement]],
) -> dict[str, dict[str, Any]]:
    """The evidence of a comparison, by name: of each refinement, and of each agreement."""
    two, documents = two_schemes((left, right), pairing.links, over), dict[str, dict[str, Any]]()
    if two is None:
        return documents
    for each, pair in zip(found, (two, two.turned()), strict=True):
        proof, name = refinement_section(pair, each), f"{each.first} refines {each.second}"
        documents[name] = _of_two(name, "Refines", pair, None, each, proof)
    for invariant, agreed in agreements:
        proof = agreement_section(two, agreed, invariant)
        kept = type(invariant).__name__
        name = f"{left.process.name} and {right.process.name} agree about {kept}"
        documents[name] = _of_two(name, "Agrees", two, invariant, agreed, proof)
    return documents


def _of_two(
    name: str,
    kind: str,
    two: Two,
    invariant: Invariant | None,
    found: Refinement | Agreement,
    proof: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The evidence of one answer of a comparison."""
    limits = {} if invariant is None else limits_of(invariant)
    kept = {} if invariant is None else {"invariant": type(invariant).__name__}
    said = {"limits": {n: str(value) for n, value in limits.items()}} if kept else {}
    document = {
        **HEAD,
        "statement": {"name": name, "kind": kind, **kept, **said, **two.stated()},
        **two.sections(invariant),
        "verdict": found.answer.value,
        "method": "" if found.method is None else describe(found.method),
        "proof": proof or {"reason": "" if found.reason is None else describe(found.reason)},
        "queries": [],
    }
    document["queries"] = listed_queries(document)
    return sealed(document)


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the hashes of its contents."""
    return {**document, "hashes": hashes(document)}


def text_of(document: Mapping[str, Any]) -> str:
    """The document as it is written: the same bytes for the same contents."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def _document(verdict: Verdict, sections: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **HEAD,
        **sections,
        "verdict": verdict.answer.value,
        "method": method_of(verdict.result),
        "queries": [],
    }


def listed_queries(document: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """The obligations of a proof as the rechecker derives them; none where it knows no way."""
    try:
        return queries(derived(sealed(document)))
    except (Malformed, Rejected, Undecided):
        return []


def _proof(verdict: Verdict, sections: Mapping[str, Any]) -> dict[str, Any]:
    """What shows the verdict; why nothing does, where it is open or its kind has no evidence."""
    if isinstance(verdict.result, Refutation):
        return _refuting(verdict, verdict.result) or _open(verdict)
    if isinstance(verdict.result, Proof):
        return _proving(verdict, verdict.result, sections) or _open(verdict)
    return _open(verdict)


def _refuting(verdict: Verdict, result: Refutation) -> dict[str, Any] | None:
    if result.run is not None:
        return {"run": run_section(result.run)}
    if isinstance(result.reason, FiniteModel):
        return {"model": model_section(result.reason)}
    for fact in verdict.facts:
        outside = outside_section(fact) if isinstance(fact, RunStaysOut) else None
        if outside is not None:
            return {"stays": outside}
        if isinstance(fact, TreeBreak):
            return {"tree": [_node(node) for node in fact.nodes]}
        if isinstance(fact, NeverBeyond | HeldDown):
            return {"bounded": _bounded(fact)}
    return None


def _proving(verdict: Verdict, result: Proof, sections: Mapping[str, Any]) -> dict[str, Any] | None:
    found, stated = {type(fact): fact for fact in verdict.facts}, result.certificate
    settled, reached, grown = map(found.get, (Settled, StatesReached, GainsEachRound))
    if isinstance(settled, Settled):
        return settled_section(settled)
    if verdict.kind is Closed:
        return {"walk": [_everything(sections)]}
    if result.method in TREE_INDUCTIONS:
        return {"every": _every(sections, stated)}
    if isinstance(reached, StatesReached):
        return {"every": [_among(sections, reached)]}
    if stated is None or not (stated.walk or stated.depth):
        return None
    shown = certificate_section(stated)
    if isinstance(grown, GainsEachRound):
        shown |= {"field": grown.field, "gain": str(grown.gain)}
    return shown


def _bounded(fact: NeverBeyond | HeldDown) -> dict[str, Any]:
    """What keeps a field from growing."""
    chosen = {} if isinstance(fact, NeverBeyond) else {"units": list(map(str, fact.units))}
    return {
        "field": fact.field,
        "most": str(fact.rank),
        **chosen,
        **certificate_section(fact.proof),
    }


def _of_several(
    verdict: Verdict, statement: Statement, document: Mapping[str, Any]
) -> dict[str, Any] | None:
    """What shows a verdict on two schemes, on the two halves of one, or on worlds."""
    if isinstance(statement, Refines | Agrees | Transfers):
        return proof_of_two(verdict, statement)
    if isinstance(statement, Tolerances):
        return halves_of(verdict, statement)
    if isinstance(statement, Instance) and "contracts" in document["statement"]:
        return contracts_section(verdict, statement)
    return _of_worlds(verdict, statement) if isinstance(statement, Sound) else None


def _of_worlds(verdict: Verdict, statement: Sound) -> dict[str, Any] | None:
    """A world that breaks a bound, or what lifts them all to every world."""
    values = verdict.parameters
    for fact in verdict.facts:
        if isinstance(fact, BoundInWorld):
            return {"world": world_section(statement, values, fact.world)}
        if isinstance(fact, Lifted):
            return {"lifting": lifting_section(statement, values, everywhere=fact.everywhere)}
    return None


def _turning(verdict: Verdict, statement: Threshold, document: Mapping[str, Any]) -> dict[str, Any]:
    """A proof and a run near a threshold: the proof for the whole side where it is one there."""
    if document["system"] is None:
        return _open(verdict)
    if statement.away:
        found = margins_of(verdict, statement)
        return _open(verdict) if found is None else _widest(document, *found)
    sides = sides_of(verdict, statement)
    if sides is None:
        return _open(verdict)
    at, fails = str(sides.holds_at), {"at": str(sides.fails_at), **sides.fails}
    proofs = [{"holds": {"low": at, "high": at, **h}, "fails": fails} for h in sides.holds]
    if _rejected({**document, "proof": proofs[-1]}):
        return _open(verdict)  # as where the run must be at the value itself, and none was found
    tried = ((proof, _widest(document, sides.safe_end, proof)) for proof in proofs)
    return next((wide for proof, wide in tried if wide is not proof), proofs[-1])


def _widest(
    document: Mapping[str, Any], safe_end: Fraction, proof: dict[str, Any]
) -> dict[str, Any]:
    """The proof at one value, for all values from the safe end of the domain where it is one."""
    low, high = sorted((safe_end, Fraction(proof["holds"]["high"])))
    wide = {**proof, "holds": {**proof["holds"], "low": str(low), "high": str(high)}}
    return proof if wide == proof or not holds_at_once({**document, "proof": wide}) else wide


def holds_at_once(document: Mapping[str, Any]) -> bool:
    """Whether all obligations of a proof are settled at once."""
    try:
        for each in derived(sealed(document)).obligations:
            settle(each, QUICK.query)
    except (Rejected, Undecided):
        return False
    return True


def _rejected(document: Mapping[str, Any]) -> bool:
    """Whether a proof does not show what it must, whatever the solver answers."""
    try:
        derived(sealed(document))
    except (Rejected, Undecided) as error:
        return isinstance(error, Rejected)
    return False


def _everything(sections: Mapping[str, Any]) -> dict[str, Any]:
    """The set of all agents that meet the claim, into which a step must lead back."""
    agent = sections["system"]["positions"][0]
    conditions = [*agent["domain"], *sections["claim"][agent["name"]]]
    return held_section(HeldSet(agent["name"], tuple(conditions), into=0))


def _every(sections: Mapping[str, Any], stated: Stated | None) -> list[str]:
    """What the induction over trees keeps at every node: the domain, the claim, and bounds."""
    node = sections["system"]["positions"][0]
    bounds = [] if stated is None else stated.bounds["node"]
    added = [
        "({} {} {})".format(
            bound.relation, symbol(f"{node['name']}.{bound.quantity}"), number(bound.value)
        )
        for bound in bounds
    ]
    return [*node["domain"], *sections["claim"][node["name"]], *added]


def _among(sections: Mapping[str, Any], reached: StatesReached) -> str:
    """That a node is in one of the states that are reached; domain and claim follow."""
    fields = sections["system"]["positions"][0]["fields"]
    states = [
        "(and true {})".format(" ".join(starmap(_equal, zip(fields, state, strict=True))))
        for state in reached.states
    ]
    return f"(or false {' '.join(states)})"


def _equal(field: Sequence[str], value: Fraction) -> str:
    """That a field, of which name and sort are given, has a value."""
    name, sort = field
    told = number(value)
    return f"(= {name} {told.replace('.0', '') if sort == 'Int' else told})"


def _node(node: Node) -> list[Any]:
    """A node of a tree: how many children it has, and what nature chose there."""
    return [node.children, [str(chosen.value) for chosen in node.chosen]]


def _open(verdict: Verdict) -> dict[str, Any]:
    return {"reason": "" if verdict.reason is None else describe(verdict.reason)}
