"""The obligations of a loop: what must hold of one step for an invariant to hold forever.

Given, for each position of the loop, the set that is said to be held there:

    (i)   the seed is in the agent's set;
    (ii)  amplification leads from the agent's set into the expert's set, and the expert is smart
          enough to oversee every student that distillation may then train;
    (iii) distillation leads from the expert's set, where oversight works, back into the
          agent's set.

Induction over the iterations is the stated meta-rule. The same generator serves agents with
fields and uninterpreted ones, for which the sets and the steps are arbitrary relations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

import attrs
import z3

from checker.backends.solver import constants
from checker.system.problem import Clause, ClauseKind, Problem, Step
from spec.nature import Choice
from spec.nodes import name_of

Held = Mapping[str, Sequence[Clause]]
"""Per position, the clauses over its symbols that define the set held there."""


class Duty(Enum):
    """What is shown of a loop by one part of a proof."""

    SEED = "seed"
    """(i): the seed is in the agent's set."""
    PRESERVATION = "preservation"
    """A step leads from the set at its source into the set at its target."""
    WELL_DEFINED = "well defined"
    """A step divides by no zero, and leaves nature something to choose."""
    OVERSIGHT = "oversight"
    """(ii): the amplified agent can oversee every student that may then be trained."""
    LIMITS = "limits"
    """(iv): the sets lie within the claimed limits."""
    PREFIX = "prefix"
    """The first iterations from the seed meet the clauses, one step after the other."""
    INDUCTION = "induction"
    """Several safe states in a row are followed by another."""


@attrs.frozen
class Label:
    """Which part of a proof is meant.

    ``number`` is the obligation's place in the list above, the iterations of a prefix, or the depth
    of an induction; ``step`` names the step that an obligation is about.
    """

    duty: Duty
    step: str = ""
    number: int = 0


SEED = Label(Duty.SEED, number=1)
OVERSIGHT = Label(Duty.OVERSIGHT, number=2)
LIMITS = Label(Duty.LIMITS, number=4)


@attrs.frozen
class Obligation:
    """That the hypotheses imply each of the conclusions, for all values of all constants.

    ``premise`` is the name by which a claim about uninterpreted agents can leave it out.
    """

    label: Label
    premise: str
    hypotheses: tuple[z3.BoolRef, ...]
    conclusions: tuple[Clause, ...]


ALIGNED_START = "an aligned start"
SMART_ENOUGH = "amplification yields smart-enough experts"
PREMISES = {
    "amplify": "amplification preserves it",
    "distill": "distillation preserves it, given a smart-enough expert",
}


def obligations(problem: Problem, held: Held, *, oversight: bool = True) -> list[Obligation]:
    """The obligations of a loop.

    Args:
        problem: the loop.
        held: the set held at each position.
        oversight: whether smart-enough experts are shown by (ii) and may be assumed by (iii).
            Without it, distillation must preserve the invariant whatever the expert.
    """
    steps = problem.steps
    found = entry(problem, held[problem.agent.name])
    for index, step in enumerate(steps):
        oversight_holds = oversight and step.stage.oversight_holds is not None
        if oversight_holds:
            found.append(_smart_enough(steps[index - 1], step, held))
        found += preservation(
            step,
            held[step.source.name],
            held[step.target.name],
            label=Label(Duty.PRESERVATION, step.name, index + 2),
            assume_oversight=oversight_holds,
        )
    return found


def entry(problem: Problem, clauses: Sequence[Clause]) -> list[Obligation]:
    """That the seed is defined and in a set of agents, whatever nature chooses of it, and that
    nature has something to choose."""
    given = tuple(problem.given)
    entered = (*problem.seed_sides, *at(problem.agent.symbols, problem.seed, clauses))
    return [
        *_choosable(problem.seed_choices, SEED, ALIGNED_START, given),
        Obligation(SEED, ALIGNED_START, tuple(problem.seed_given), entered),
    ]


def preservation(
    step: Step,
    here: Sequence[Clause],
    there: Sequence[Clause],
    *,
    label: Label | None = None,
    assume_oversight: bool = False,
) -> list[Obligation]:
    """That one step leads from the set ``here`` into the set ``there``, and is well defined."""
    label = label or Label(Duty.PRESERVATION, step.name)
    stage = step.stage
    start = tuple(clause.condition for clause in here)
    oversight_holds = (
        (stage.oversight_holds,) if assume_oversight and stage.oversight_holds is not None else ()
    )
    premise = PREMISES.get(stage.name, f"{stage.name} preserves it")
    landing = at(step.target.symbols, stage.outputs, there)
    found = [Obligation(label, premise, (*start, stage.bounds, *oversight_holds), landing)]
    defined = attrs.evolve(label, duty=Duty.WELL_DEFINED)
    if stage.sides:
        clauses = tuple(
            Clause(side.label, side.condition, ClauseKind.DEFINED) for side in stage.sides
        )
        found.append(Obligation(defined, premise, (*start, stage.bounds), clauses))
    return [*found, *_choosable(stage.choices, defined, premise, start)]


def _choosable(
    choices: Sequence[Choice], label: Label, premise: str, start: Sequence[z3.BoolRef]
) -> list[Obligation]:
    """That nature has a value for each choice, whatever it chose before."""
    found, earlier = [], list(start)
    for choice in choices:
        name = f'nature has a value for "{choice.name}"'
        clause = Clause(name, choice.low <= choice.high, ClauseKind.CHOICE)
        found.append(Obligation(label, premise, tuple(earlier), (clause,)))
        earlier += choice.within
    return found


def _smart_enough(amplify: Step, distill: Step, held: Held) -> Obligation:
    pairs = list(zip(distill.source.symbols, amplify.stage.outputs, strict=True))
    oversight_holds = distill.stage.oversight_holds
    assert oversight_holds is not None
    return Obligation(
        OVERSIGHT,
        SMART_ENOUGH,
        (
            *(clause.condition for clause in held[amplify.source.name]),
            amplify.stage.bounds,
            z3.substitute(distill.stage.bounds, *pairs),
        ),
        (
            Clause(
                "the expert can oversee the student",
                z3.substitute(oversight_holds, *pairs),
                ClauseKind.OVERSIGHT,
            ),
        ),
    )


def at(
    symbols: Sequence[z3.ExprRef], terms: Sequence[z3.ExprRef], clauses: Sequence[Clause]
) -> tuple[Clause, ...]:
    """The clauses with the terms in place of the symbols."""
    by_name = {name_of(symbol): (symbol, t) for symbol, t in zip(symbols, terms, strict=True)}
    found = []
    for clause in clauses:
        pairs = [by_name[name] for name in constants(clause.condition) if name in by_name]
        condition = z3.substitute(clause.condition, *pairs) if pairs else clause.condition
        found.append(attrs.evolve(clause, condition=condition))
    return tuple(found)
