"""A scheme as a relation between the true numbers of a run, at one position and at the next.

A number of a scheme is as a rule a bound on the run's: ``Sound`` proves that the mean of what the
new agent does is at most what the step says, if the old agent's numbers are at most what it is
given (docs/theory/worlds.md). So a run that errs less than its scheme says is allowed. Each step is
therefore followed by a further choice for every such field: the run's own number, anywhere between
the end of the domain and what the step says. What the step says exactly, it says exactly here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, constants
from checker.conform.columns import Fields
from checker.conform.measured import At, Sense, Senses
from checker.invariants.monotone import breaking
from checker.system.problem import Problem, Step
from checker.system.region import Box
from checker.system.seeds import require_a_point
from checker.system.transition_system import problem_of
from spec.errors import SpecError, alternatives
from spec.fields import FieldDomain, field_domains
from spec.invariants import Invariant, conjuncts
from spec.nature import Choice, ChoiceRole
from spec.scheme import Process
from spec.terms import numeral
from spec.trace import Position

SENSE_SECONDS = 1.0
"""Seconds of solving for whether more of a field is worse."""


@attrs.frozen(slots=False)
class Relation:
    """What a scheme allows of a run's true numbers.

    Args:
        problem: the scheme, whose steps end in the choice of the run's own numbers, and whose
            clauses are the fields' domains.
        plain: the scheme as it was written.
        senses: how its numbers speak of the run's.
    """

    problem: Problem
    plain: Problem
    senses: Senses

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of an iteration."""
        return self.problem.steps

    @property
    def positions(self) -> tuple[Position, ...]:
        """The positions of the loop, from the agent on."""
        return tuple(step.source for step in self.steps)

    def own(self, place: int) -> tuple[Choice, ...]:
        """The choices that a step itself has, without those of the run's own numbers."""
        return self.plain.steps[place].stage.choices

    def slot(self, at: At) -> int:
        """The number of a position of an iteration, along the run."""
        return at[0] * len(self.steps) + at[1]

    def at(self, slot: int) -> At:
        """The iteration and the position of a slot."""
        return divmod(slot, len(self.steps))

    def sense(self, place: int, field: FieldDomain) -> Sense:
        """How the number of a field at a position speaks of the run's."""
        return self.senses[self.positions[place].name, field.name]


def relation(process: Process, values: Mapping[str, Fraction], senses: Senses) -> Relation:
    """What a scheme allows at exact parameters.

    Raises:
        SpecError: for a mistake in the specification.
    """
    plain = problem_of(process, values)
    require_a_point(plain.traced, "no run is held against a scheme")
    return bounding(plain, senses)


def bounding(plain: Problem, senses: Senses) -> Relation:
    """The relation of a problem whose clauses are the fields' domains."""
    steps = tuple(_bounding(step, senses) for step in plain.steps)
    traced = attrs.evolve(plain.traced, stages=tuple(step.stage for step in steps))
    return Relation(attrs.evolve(plain, traced=traced, steps=steps), plain, senses)


def _bounding(step: Step, senses: Senses) -> Step:
    """The step, followed by the choice of the run's own numbers."""
    choices, outputs = list(step.stage.choices), []
    for field, said in zip(step.target.fields, step.stage.outputs, strict=True):
        sense = senses[step.target.name, field.name]
        if sense is Sense.VALUE:
            outputs.append(said)
            continue
        assert isinstance(said, z3.ArithRef)
        choices.append(_own_number(step.name, field, said, sense))
        outputs.append(choices[-1].symbol)
    stage = attrs.evolve(step.stage, choices=tuple(choices), outputs=tuple(outputs))
    return Step(stage, step.source, step.target)


def _own_number(step: str, field: FieldDomain, said: z3.ArithRef, sense: Sense) -> Choice:
    symbol = z3.Real(f"{step}:the run's own {field.name}")
    low, high = numeral(field.low), numeral(field.high)
    most = sense is Sense.MOST
    return Choice(
        f"the run's own {field.name}",
        symbol,
        low if most else said,
        said if most else high,
        "",
        "",
        ChoiceRole.BOUNDED,
        unbounded=field.unbounded and not most,
    )


def fields_by_position(process: Process) -> Fields:
    """The fields of a scheme's positions, in the order of the loop."""
    return {
        stage.source.name: {field.name: field for field in field_domains(stage.source.cls)}
        for stage in process.stages
    }


def senses_of(
    plain: Problem, invariants: Sequence[Invariant], told: Mapping[str, Sense]
) -> dict[tuple[str, str], Sense]:
    """How a scheme's numbers speak of a run's.

    A field of which an invariant bounds more, or less, is a bound in that direction; one of which
    none says which is worse is taken to be equal.

    Args:
        plain: the scheme.
        invariants: those that are claimed of its agent, beside what its types carry.
        told: what the user says of fields, at every position.

    Raises:
        SpecError: for a field that no position has.
    """
    budget = QueryBudget(SENSE_SECONDS)
    positions = plain.traced.positions
    worse: dict[str, set[int | None]] = {}
    for position in positions:
        given = [position.carrier.carries()]
        given += [i for i in invariants if position is plain.agent]
        conditions = [c.term for each in given for _, c in conjuncts(each, position.record)]
        for field, symbol in zip(position.fields, position.symbols, strict=True):
            reading = [c for c in conditions if str(symbol) in constants(c)]
            found = {breaking(condition, symbol, budget) for condition in reading}
            worse.setdefault(field.name, set()).update(found)
    for name in told:
        if name not in worse:
            raise SpecError(f"no field {name}; there is {alternatives(worse, name)}", "")
    return {
        (position.name, field.name): told.get(field.name) or _sense(field, worse[field.name])
        for position in positions
        for field in position.fields
    }


def _sense(field: FieldDomain, worse: set[int | None]) -> Sense:
    if field.kind != "real" or len(worse) != 1:
        return Sense.VALUE
    return {1: Sense.MOST, -1: Sense.LEAST}.get(next(iter(worse)) or 0, Sense.VALUE)


def ranges(
    relation: Relation, boxes: Sequence[Box]
) -> tuple[tuple[tuple[Fraction, Fraction | None], ...], ...]:
    """Boxes along a run as ranges, whose upper ends are None where there are none."""
    return tuple(
        tuple(
            (low, None if field.open_above(high) else high)
            for field, (low, high) in zip(
                relation.positions[slot % len(relation.steps)].fields, box, strict=True
            )
        )
        for slot, box in enumerate(boxes)
    )
