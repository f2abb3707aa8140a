"""What shows a claim about one system: which of the ways of showing a file takes, and whether it is
one that its verdict can have."""

from __future__ import annotations

from collections.abc import Iterator

from recheck.errors import Undecided
from recheck.evidence import Evidence
from recheck.obligations import Obligation, Shown
from recheck.parts.growth import of_growth, without_growth
from recheck.parts.induction import of_induction
from recheck.parts.lemmas import of_lemmas
from recheck.parts.runs import broken
from recheck.parts.staying import outside
from recheck.parts.trees import broken_at_the_root, of_every_node
from recheck.parts.walks import of_walk


def shown(evidence: Evidence) -> Shown:
    """What a file shows of its system: a run that was replayed, or obligations.

    Raises:
        Rejected: where it does not show what it says, whatever the solver answers.
        Undecided: where there is no way to check it.
    """
    system, proof, why = evidence.system, evidence.proof, ""
    assumed = [Obligation("the assumptions of the scheme", (), system.assumptions)]
    found = assumed if system.assumptions else []
    refuted = evidence.verdict == "refuted"
    if refuted and "run" in proof and not system.fold:
        why = broken(evidence)
    elif refuted and "tree" in proof and system.fold:
        why = broken_at_the_root(evidence)
    elif refuted and "stays" in proof and evidence.kind == "Settles":
        found = [*found, *_proving(outside(evidence))]
    elif refuted and "bounded" in proof and evidence.kind == "Grows":
        found = [*found, *_proving(without_growth(evidence))]
    else:
        found = [*found, *_proving(evidence)]
    return Shown(why, found).given(system.scope.given)


def _proving(evidence: Evidence) -> Iterator[Obligation]:
    """What must hold for a certificate to prove a claim."""
    proof, growing = evidence.proof, evidence.kind == "Grows"
    if evidence.verdict != "proved" or growing != ("gain" in proof):
        raise Undecided(f"no way to check that this {evidence.kind} is {evidence.verdict}")
    if evidence.system.fold and "every" in proof and evidence.kind == "Claim":
        yield from of_every_node(evidence)
    elif "walk" in proof and not evidence.system.fold:
        yield from of_lemmas(evidence) if "lemmas" in proof else of_walk(evidence)
    elif "depth" in proof and not evidence.system.fold:
        yield from of_induction(evidence)
    else:
        raise Undecided(f"no way to check this proof of a {evidence.kind}")
    if growing:
        yield from of_growth(evidence)
