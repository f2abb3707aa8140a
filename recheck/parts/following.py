"""Whether one scheme refines another: a simulation, or a run that the other cannot follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from cvc5 import Term

from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import System
from recheck.obligations import Obligation, Shown
from recheck.parts.arithmetic import Program, rational
from recheck.parts.pairs import iteration, pair_of, point_of, simulated
from recheck.parts.runs import TooLong, after, fixed, plan_of, programs_of, seed_of
from recheck.terms import FALSE, MANAGER, every


def of_refinement(document: Mapping[str, Any]) -> Shown:
    """A simulation, or a run that cannot be followed."""
    refuting = document["verdict"] == "refuted" and "run" in document["proof"]
    return _not_followed(document) if refuting else simulated(document)


def _not_followed(document: Mapping[str, Any]) -> Shown:
    """That no run of the second scheme follows a run of the first to its end: to the agent at the
    start of the last iteration either all of its own iterations lead, or it may be any related one.
    """
    pair, proof = pair_of(document, point_of(document)), document["proof"]
    first, second = pair.first, pair.second
    rows = [units for count, units in plan_of(proof["run"]) for _ in range(count)]
    own = first.fields[first.agent]
    states = [seed_of(first)]
    for units in rows[:-1]:
        states.append(_iterated(first, states[-1], units))
    agents = [_terms(own, state) for state in states]
    assumed = Obligation("the assumptions of both schemes", (), pair.known())
    seed = dict(zip(second.fields[second.agent], second.start.outputs, strict=True))
    if not rows:
        differing = Obligation("the seeds differ", pair.related(agents[0], seed), [FALSE])
        return Shown("", [assumed, differing])
    known = list[Term]()
    if proof["whole"]:
        state: Mapping[Term, Term] = seed
        for number, agent in enumerate(agents[1:], start=1):
            taken = iteration(second, state, number)
            state = taken.after
            known += [*taken.bounds, *taken.sound, *pair.related(agent, state)]
    else:
        state = {}
        known += [*second.domain[second.agent], *pair.related(agents[-1])]
    last, theirs = _last(first, states[-1], rows[-1]), iteration(second, state)
    follows = [every(theirs.sound).notTerm()]
    if last is not None:
        follows = [*theirs.sound, *pair.related(_terms(own, last), theirs.after)]
    what = f"the second scheme cannot follow iteration {len(rows)}"
    return Shown("", [assumed, Obligation(what, [*known, *theirs.bounds, *follows], [FALSE])])


def _last(system: System, state: Sequence[Any], units: Sequence[Fraction]) -> list[Any] | None:
    """The agent that an iteration makes; None if the iteration is not sound.

    Where it is broken before all choices are made, the others are at their least.
    """
    steps, left = [], list(units)
    for step in system.steps:
        own, left = left[: len(step.choices)], left[len(step.choices) :]
        steps.append(fixed(step, [*own, *[Fraction(0)] * (len(step.choices) - len(own))]))
    made = iteration(system._replace(steps=tuple(steps)), {})
    fields = system.fields[system.agent]
    program = Program(fields, [*made.sound, *(made.after[field] for field in fields)])
    found = program.run(state, rational)
    sound, agent = found[: len(made.sound)], found[len(made.sound) :]
    if False in sound:
        return None
    if None in found or left:
        raise Rejected("the run is not defined to its end")
    return agent


def _terms(fields: Sequence[Term], state: Sequence[Any]) -> dict[Term, Term]:
    """An exact state as terms."""
    found = {}
    for field, value in zip(fields, state, strict=True):
        if isinstance(value, bool):
            found[field] = MANAGER.mkBoolean(value)
        elif field.getSort().isInteger():
            found[field] = MANAGER.mkInteger(int(value.p))
        else:
            found[field] = MANAGER.mkReal(f"{int(value.p)}/{int(value.q)}")
    return found


def _iterated(system: System, state: list[Any], units: Sequence[Fraction]) -> list[Any]:
    """The agent after an iteration, exactly.

    Raises:
        Undecided: where its numbers are too long for that.
        Rejected: where the iteration is broken.
    """
    programs = programs_of(system, units)
    if len(programs) < len(system.steps):
        raise Malformed("an iteration leaves a choice open")
    for step, program in zip(system.steps, programs, strict=True):
        try:
            state = after(step, program, state, rational)
        except TooLong:
            raise Undecided("the numbers of the run are too long") from None
        domain = Program(system.fields[step.target], system.domain[step.target])
        if not all(domain.run(state, rational)):
            raise Rejected(f"the run leaves the domain at the {step.target} before its end")
    return state
