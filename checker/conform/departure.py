"""Why no allowed run has what was measured: which assumption must be exceeded, and by how much.

One assumption at a time is loosened along the steps since the last measurement, and the solver
asked for the least amount at which some run goes from where the run could be to what was measured.
What is proved is that less is not enough; where a run was found, the amount is enough for these
steps. Of several assumptions that would do, a log does not say which one it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.solver import QueryBudget, constants
from checker.conform.extremes import Extreme, greatest, least
from checker.conform.findings import Blamed, Excess
from checker.conform.measured import Measured, Measurement, Sense
from checker.conform.reach import leading, replaced
from checker.conform.relation import Relation, bounding
from checker.explain.relaxations import End
from checker.system.problem import Step
from checker.system.region import Box, within_box
from spec.nature import Choice, ChoiceRole
from spec.nodes import name_of
from spec.parameters import ParameterDomain, parameter_domains
from spec.scheme import Process
from spec.terms import numeral
from spec.trace import Position, trace

FURTHEST = Fraction(10**6)
"""How far a bound is loosened at most."""


@attrs.frozen
class Window:
    """The steps since the last measurement.

    Args:
        places: the positions that the steps start at, in order; none for the seed.
        boxes: where a run could be at each of them.
        found: what was measured after the last.
    """

    places: tuple[int, ...]
    boxes: tuple[Box, ...]
    found: Mapping[str, Measurement]


def window_before(
    relation: Relation, measured: Measured, boxes: tuple[Box, ...], ended: int
) -> Window:
    """The steps from the last measurement before a slot up to it."""
    found = measured.at.get(relation.at(ended), {})
    if ended == 0:
        return Window((), (), found)
    begun = ended - 1
    while begun > 0 and relation.at(begun) not in measured.at:
        begun -= 1
    slots = range(begun, ended)
    places = tuple(slot % len(relation.steps) for slot in slots)
    return Window(places, tuple(boxes[slot] for slot in slots), found)


def explanations(
    process: Process, relation: Relation, window: Window, budget: QueryBudget
) -> tuple[Excess, ...]:
    """The assumptions that would explain a departure, each by itself: choices, then parameters."""
    found = [] if not window.places else list(_choices(relation, window, budget))
    return (*found, *_parameters(process, relation, window, budget))


def measured_box(position: Position, found: Mapping[str, Measurement]) -> Box:
    """The domain of a position, cut by what was measured."""
    return replaced(position, tuple((field.low, field.high) for field in position.fields), found)


def path(steps: Sequence[Step], window: Window, *, overseen: bool) -> list[z3.BoolRef]:
    """That a run goes along the steps, from where it could be to what was measured.

    The symbols of every step are its own; those of parameters are shared.

    Args:
        steps: the steps.
        window: where the run could be, and what was measured.
        overseen: whether the expert must be able to oversee the student.
    """
    conditions: list[z3.BoolRef] = []
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        there = measured_box(step.target, window.found if last else {})
        own = [*step.source.symbols, *(choice.symbol for choice in step.stage.choices)]
        pairs = [(symbol, _copy(symbol, number)) for symbol in own]
        taken = leading(step, window.boxes[number], there)
        if overseen and step.stage.oversight_holds is not None:
            taken = [*taken, step.stage.oversight_holds]
        conditions += [z3.substitute(condition, *pairs) for condition in taken]
        if not last:
            outputs = [z3.substitute(output, *pairs) for output in step.stage.outputs]
            following = [_copy(symbol, number + 1) for symbol in step.target.symbols]
            conditions += [a == b for a, b in zip(following, outputs, strict=True)]
    return conditions


def _copy(symbol: z3.ExprRef, number: int) -> z3.ExprRef:
    # in front: no symbol of a problem begins with @, but a choice may be named "x @1"
    return z3.Const(f"@{number} {name_of(symbol)}", symbol.sort())


def _choices(relation: Relation, window: Window, budget: QueryBudget) -> Iterator[Excess]:
    """The choices whose bounds, loosened at one end, would explain the steps."""
    for place in dict.fromkeys(window.places):
        for index, choice in enumerate(relation.own(place)):
            if choice.role is not ChoiceRole.BOUNDED or budget.exhausted:
                continue
            for end in End:
                if end is End.LOWER and choice.unbounded:
                    continue
                found = _loosened(relation, window, place, index, end, budget)
                if found is not None:
                    yield found


def _loosened(
    relation: Relation, window: Window, place: int, index: int, end: End, budget: QueryBudget
) -> Excess | None:
    """One end of one choice's bounds, moved as little as explains the steps."""
    excess = z3.Real("excess")
    steps = list(relation.steps)
    step = steps[place]
    choice = step.stage.choices[index]
    moved = (
        attrs.evolve(choice, high=choice.high + excess)
        if end is End.UPPER
        else attrs.evolve(choice, low=choice.low - excess)
    )
    choices = tuple(moved if i == index else c for i, c in enumerate(step.stage.choices))
    steps[place] = Step(attrs.evolve(step.stage, choices=choices), step.source, step.target)
    found, overseen = None, True
    for overseen in (True, False):
        conditions = path([steps[p] for p in window.places], window, overseen=overseen)
        found = least(conditions, excess, Fraction(0), FURTHEST, budget)
        if found is not None:
            break
    if found is None or not found.least:
        return None  # no amount of it explains the steps, or that none is needed was not excluded
    number = max(n for n, p in enumerate(window.places) if p == place)
    bound = choice.high if end is End.UPPER else choice.low
    allowed = _at(bound, step, number, found)
    if allowed is None:
        return None
    return Excess(
        Blamed.CHOICE,
        step.name,
        choice.name,
        end,
        allowed,
        found.least,
        found.found,
        _read(choice, end, place, relation),
        overseen,
    )


def _at(term: z3.ExprRef, step: Step, number: int, found: Extreme) -> Fraction | None:
    """A bound at the values that the solver found."""
    own = [*step.source.symbols, *(choice.symbol for choice in step.stage.choices)]
    pairs: list[tuple[Any, Any]] = [
        (symbol, numeral(found.values.get(name_of(_copy(symbol, number)), Fraction(0))))
        for symbol in own
        if symbol.is_real()
    ]
    value = z3.simplify(z3.substitute(term, *pairs))
    return Fraction(value.as_fraction()) if z3.is_rational_value(value) else None


def _read(choice: Choice, end: End, place: int, relation: Relation) -> tuple[str, ...]:
    """The parameters that a choice's bound reads, as the scheme was written."""
    traced = trace(relation.problem.traced.process, relation.problem.traced.values)
    (same,) = [c for c in traced.stages[place].choices if c.name == choice.name]
    names = constants(same.high if end is End.UPPER else same.low)
    return tuple(name for name, symbol in traced.parameters.items() if name_of(symbol) in names)


def freed(process: Process, relation: Relation, name: str) -> tuple[Relation, z3.ArithRef]:
    """The relation with one parameter as a symbol."""
    values = relation.problem.traced.values
    traced = trace(process, values).at_values({name})
    steps = tuple(Step(stage, stage.source, stage.target) for stage in traced.stages)
    free = attrs.evolve(relation.plain, traced=traced, steps=steps)
    return bounding(free, relation.senses), traced.parameters[name]


def _parameters(
    process: Process, relation: Relation, window: Window, budget: QueryBudget
) -> Iterator[Excess]:
    """The parameters, another value of which would explain the steps."""
    for name, domain in parameter_domains(process.parameters).items():
        if domain.structural or budget.exhausted:
            continue
        free, symbol = freed(process, relation, name)
        value = relation.problem.traced.values[name]
        for end in End:
            for overseen in (True, False):
                conditions = _with_parameter(free, window, symbol, overseen)
                if conditions is None:
                    break
                found = _moved(conditions, symbol, domain, value, end, budget)
                if found is not None:
                    yield attrs.evolve(found, name=name, overseen=overseen)
                    break


def _moved(
    conditions: Sequence[z3.BoolRef],
    symbol: z3.ArithRef,
    domain: ParameterDomain,
    value: Fraction,
    end: End,
    budget: QueryBudget,
) -> Excess | None:
    """How far above, or below, its value a parameter must be for the conditions to hold."""
    if end is End.UPPER:
        found = least(conditions, symbol, value, domain.high, budget)
    else:
        found = greatest(conditions, symbol, domain.low, value, budget)
    if found is None or found.least == value:
        return None
    enough = None if found.found is None else abs(found.found - value)
    return Excess(Blamed.PARAMETER, "", "", end, value, abs(found.least - value), enough)


def _with_parameter(
    free: Relation, window: Window, symbol: z3.ArithRef, overseen: bool
) -> list[z3.BoolRef] | None:
    """The steps, or the seed, with a parameter as a symbol; None where it is not read."""
    if window.places:
        steps = [free.steps[place] for place in window.places]
        conditions = path(steps, window, overseen=overseen)
    else:
        conditions = seed_conditions(free, window.found)
    name = name_of(symbol)
    if not any(name in constants(condition) for condition in conditions):
        return None
    return [*conditions, *(condition for _, _, condition in free.problem.traced.assumptions)]


def seed_conditions(relation: Relation, found: Mapping[str, Measurement]) -> list[z3.BoolRef]:
    """That the scheme allows a seed with what was measured."""
    agent: Position = relation.positions[0]
    conditions = [
        *within_box(agent.fields, agent.symbols, measured_box(agent, found)),
        agent.domain,
        *(side.condition for side in relation.problem.seed_sides),
    ]
    for field, symbol, said in zip(agent.fields, agent.symbols, relation.problem.seed, strict=True):
        sense = relation.sense(0, field)
        conditions.append(
            {Sense.MOST: symbol <= said, Sense.LEAST: symbol >= said}.get(sense, symbol == said)
        )
    return conditions
