"""Folds over trees: an induction over all finite trees, and one tree whose root breaks the claim.

*Theorem.* What holds at a node whenever it holds at all of its children, for each number of them
that the fold has (none among them), holds at every node of every finite tree. *Proof.* By induction
over the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cvc5 import Term

from recheck.errors import Malformed, Rejected
from recheck.evidence import Evidence, Step, System
from recheck.obligations import Obligation, course, well_defined, whole
from recheck.parts.arithmetic import Program, rational
from recheck.terms import substitute


def of_every_node(evidence: Evidence) -> Iterator[Obligation]:
    """What makes conditions hold at every node, and imply the claim."""
    system = evidence.system
    fields = system.fields[system.agent]
    held = system.conditions(system.agent, evidence.proof["every"])
    goals = whole(evidence.kept(system.agent))
    yield Obligation("what is kept is within the claim", held, goals)
    for step in system.steps:
        known: list[Term] = []
        for child in children(system, step):
            known += substitute(held, dict(zip(fields, child, strict=True)))
        yield from well_defined(step, known, step.name)
        (taken,) = course(system, [step], known)
        yield Obligation(f"{step.name} keeps it", taken.after, substitute(held, taken.state))


def children(system: System, step: Step) -> list[tuple[Term, ...]]:
    """The fields of each child of a node at which a step is taken."""
    own, size = system.fields[step.source], len(system.fields[system.agent])
    if len(own) % size or step.target != system.agent:
        raise Malformed(f"{step.name} does not lead from children to their node")
    found = [own[start : start + size] for start in range(0, len(own), size)]
    sorts = [field.getSort() for field in system.fields[system.agent]]
    if any([field.getSort() for field in child] != sorts for child in found):
        raise Malformed(f"the children of {step.name} are no nodes")
    return found


def broken_at_the_root(evidence: Evidence) -> str:
    """Why a tree breaks the claim: its nodes are listed each before its children, with how many
    these are and what nature chooses there.

    Raises:
        Rejected: where the claim holds, a choice is out of its bounds, or a step divides by zero.
        Malformed: where the nodes are no tree of the fold.
    """
    system, nodes = evidence.system, evidence.proof["tree"]
    arities = {len(children(system, step)): step for step in system.steps}
    above: list[list[Any]] = []
    for arity, chosen in reversed(nodes):
        if len(above) < arity:
            raise Malformed("the nodes are no tree")
        below = [value for _ in range(arity) for value in above.pop()]
        above.append(_node(system, arities[arity], below, [Fraction(each) for each in chosen]))
    if len(above) != 1:
        raise Malformed("the nodes are no tree")
    broken = Program(system.fields[system.agent], evidence.kept(system.agent))
    if False not in broken.run(above[0], rational):
        raise Rejected("the root of the tree is within the claim")
    return f"the claim breaks at the root of a tree of {len(nodes)} nodes"


def _node(system: System, step: Step, below: list[Any], chosen: list[Fraction]) -> list[Any]:
    """The state at a node over those of its children."""
    if len(chosen) != len(step.choices):
        raise Malformed("the nodes are no tree")
    names = [choice.symbol for choice in step.choices]
    within = [part for choice in step.choices for part in choice.within]
    program = Program([*system.fields[step.source], *names], [*step.outputs, *within])
    found = program.run([*below, *map(rational, chosen)], rational)
    if any(each is None for each in found) or not all(found[len(step.outputs) :]):
        raise Rejected(f"no node: {step.name} divides by zero or oversteps nature's bounds")
    return found[: len(step.outputs)]
