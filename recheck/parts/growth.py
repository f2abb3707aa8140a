"""Growth: that every iteration adds to a field at least a number above 0, once a walk has come
back on itself; with a k-induction, wherever the claim holds. And that there is none: a run in which
the field never exceeds a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from cvc5 import Kind, Term

from recheck.errors import Rejected
from recheck.evidence import Evidence
from recheck.obligations import Obligation, course
from recheck.parts.staying import with_choices
from recheck.parts.walks import path_of, walk_of
from recheck.terms import MANAGER, substitute


def of_growth(evidence: Evidence) -> Iterator[Obligation]:
    """That the field grows from every set to which an iteration leads again and again."""
    agent = evidence.system.agent
    if "walk" not in evidence.proof:
        yield _gain(evidence, evidence.kept(agent), "the claim")
        return
    walk = walk_of(evidence.system, evidence.proof["walk"])
    path, cycle = path_of(walk)
    for place in path:
        if place in cycle and walk[place].position == agent:
            yield _gain(evidence, walk[place].conditions, f"set {place}")


def without_growth(evidence: Evidence) -> Evidence:
    """What is to be shown where a field does not grow: that the claim holds forever, and that the
    field is at most a number, with nature's choices made if the proof makes them."""
    system, proof = evidence.system, evidence.proof["bounded"]
    most = MANAGER.mkTerm(Kind.LEQ, _field(evidence, proof["field"]), MANAGER.mkReal(proof["most"]))
    claim = {**evidence.claim, system.agent: [*evidence.claim[system.agent], most]}
    if "units" in proof:
        system = with_choices(system, [Fraction(unit) for unit in proof["units"]])
    new = {"kind": "Claim", "verdict": "proved", "proof": proof, "claim": claim, "system": system}
    return evidence._replace(**new)


def _field(evidence: Evidence, name: str) -> Term:
    system = evidence.system
    names = {each.getSymbol(): each for each in system.fields[system.agent]}
    return names[f"{system.agent}.{name}"]


def _gain(evidence: Evidence, held: Sequence[Term], where: str) -> Obligation:
    system, proof = evidence.system, evidence.proof
    field = _field(evidence, proof["field"])
    if Fraction(proof["gain"]) <= 0:
        raise Rejected("a gain of nothing")
    between: list[Term] = []
    for taken in course(system, system.steps, held):
        if taken.step.target != system.agent:
            between += substitute(evidence.kept(taken.step.target), taken.state)
    gained = MANAGER.mkTerm(Kind.SUB, taken.state[field], field)
    goal = MANAGER.mkTerm(Kind.GEQ, gained, MANAGER.mkReal(proof["gain"]))
    return Obligation(f"an iteration from {where} gains", [*taken.after, *between], [goal])
