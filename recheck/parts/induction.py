"""k-induction: the first iterations meet the claim, and k in a row that do are followed by another.

Every agent in the claim has a successor: the steps are defined, and what lies between them is in
the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cvc5 import Term

from recheck.errors import Malformed
from recheck.evidence import START, Evidence, Step, System
from recheck.obligations import Obligation, course, well_defined, whole
from recheck.parts.walks import of_seed
from recheck.terms import MANAGER, substitute


def of_induction(evidence: Evidence) -> Iterator[Obligation]:
    """What makes a k-induction a proof.

    Raises:
        Malformed: for a depth, or a kind of statement, that none has.
    """
    system, depth = evidence.system, evidence.proof["depth"]
    if START[evidence.kind] != "seed" or not 1 <= depth <= 16:
        raise Malformed("no such induction")
    here = evidence.kept(system.agent)
    yield from of_seed(system, "within the claim", whole(here))
    (seed,) = course(system, [system.start], ())
    for count in range(1, depth):
        known, after = unrolled(system, seed.state, count)
        goals = substitute(whole(here), after)
        name = f"iteration {count} is within the claim"
        yield Obligation(name, [*seed.after, *known], goals)
    for taken in course(system, system.steps, here):
        yield from well_defined(taken.step, taken.before, taken.step.name)
        if taken.step.target != system.agent:
            goals = substitute(whole(evidence.kept(taken.step.target)), taken.state)
            yield Obligation(f"{taken.step.name} is within the claim", taken.after, goals)
    known, after = unrolled(system, {}, depth, here)
    name = f"after {depth} iterations comes another"
    yield Obligation(name, [*here, *known], substitute(whole(here), after))


def unrolled(
    system: System, state: Mapping[Term, Term], count: int, kept: Sequence[Term] = ()
) -> tuple[list[Term], Mapping[Term, Term]]:
    """So many iterations from a state: nature's bounds, that all but the last meet ``kept``, and
    the last state."""
    known: list[Term] = []
    for iteration in range(1, count + 1):
        taken = list(course(system, unrolled_choices(system, iteration), known, state))[-1]
        state, known = taken.state, list(taken.after)
        if iteration < count:
            known += substitute(kept, state)
    return known, state


def unrolled_choices(system: System, iteration: int) -> list[Step]:
    """The steps of an iteration, with choices of its own."""
    names = {
        c.symbol: MANAGER.mkConst(c.symbol.getSort(), f"{c.symbol.getSymbol()}@{iteration}")
        for step in system.steps
        for c in step.choices
    }
    return [step.at(names) for step in system.steps]
