"""Mutants of steps: what one number adds is left out, or what comes out is moved."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs
import z3

from spec import Loop, Process, Real, Scheme, Sound
from spec.calls import anew
from spec.fields import FieldDomain, field_domains
from spec.nature import Nature
from spec.statements.base import Statement
from spec.terms import numeral
from spec.trees import Fold
from tests.mutation.mutants import Mutant

Function = Callable[..., Any]


def _values(given: Mapping[str, Any]) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in given.items()}


@attrs.frozen
class StepWeakened(Mutant):
    """One number counts for less in one bound that a step states.

    Args:
        step: the step's name.
        place: the field of the target whose term is changed, or the choice of nature whose upper
            bound is.
        number: the solver's constant that is replaced there.
        end: the end of its domain that it is moved to.
        whole: whether it is moved all the way, or half of it.
        at: parameter values at which that makes a difference.
    """

    step: str
    place: str
    number: str
    end: Fraction = attrs.field(converter=Fraction)
    whole: bool = False
    at: Mapping[str, Fraction] = attrs.field(factory=dict, converter=_values)

    @property
    def overriding(self) -> dict[str, Fraction]:
        """The values at which the change shows."""
        return dict(self.at)

    def changed(self, statement: Any) -> Statement:
        """The statement about the weakened step."""
        assert isinstance(statement, Sound)
        scheme = statement.scheme
        function = next(s.function for s in scheme.stages if s.name == self.step)
        return attrs.evolve(statement, scheme=with_step(scheme, self.step, self._weak(function)))

    def _weak(self, function: Function) -> Function:
        @functools.wraps(function)
        def step(source: Any, p: Any, nature: Nature) -> Any:
            made = function(source, p, nature)
            for at, choice in enumerate(nature.choices):
                if choice.name == self.place:
                    nature.choices[at] = attrs.evolve(choice, high=self.put(choice.high))
            if self.place not in {domain.name for domain in field_domains(type(made))}:
                return made
            changed = Real(self.put(getattr(made, self.place).term))
            return attrs.evolve(made, **{self.place: changed})

        return step

    def put(self, term: z3.ArithRef) -> z3.ArithRef:
        """A term with the change in it."""
        end = numeral(self.end)
        place, dot, field = self.number.rpartition(".")
        called = (self.number, anew(self.number), f"{anew(place)}{dot}{field}")  # in either run
        moved = [(each, end if self.whole else (each + end) / 2) for each in map(z3.Real, called)]
        return z3.substitute(term, *moved)


@attrs.frozen
class OutputMoved(Mutant):
    """One field of what a step makes is half as far from the least or from the most it can be.

    Args:
        scheme: which of the statement's schemes, counted from 0.
        step: the step's name; of a fold ``leaf`` or ``node``.
        field: the field of the target.
        up: whether it is moved to the most; one without a most has the agent's own added.
    """

    scheme: int
    step: str
    field: str
    up: bool

    def changed(self, statement: Any) -> Statement:
        """The statement about the scheme with the changed step."""
        scheme = statement.subjects[self.scheme]
        role = "scheme" if len(statement.subjects) == 1 else ("left", "right")[self.scheme]
        function = dict(steps_of(scheme))[self.step]
        moved = with_step(scheme, self.step, self._moved(function))
        changed = attrs.evolve(statement, **{role: moved})
        assert isinstance(changed, Statement)
        return changed

    def _moved(self, function: Function) -> Function:
        @functools.wraps(function)
        def step(*arguments: Any) -> Any:
            made = function(*arguments)
            domain = next(d for d in field_domains(type(made)) if d.name == self.field)
            before = getattr(arguments[0], self.field, 0)
            other = self._other(getattr(made, self.field), domain, before)
            return attrs.evolve(made, **{self.field: other})

        return step

    def _other(self, value: Any, domain: FieldDomain, before: Any) -> Any:
        if domain.kind == "flag":
            return ~value
        if domain.kind == "count":
            return domain.high if self.up else domain.low
        if self.up and domain.unbounded:
            return value + before + 1
        return (value + (domain.high if self.up else domain.low)) / 2


def steps_of(scheme: Process) -> Iterator[tuple[str, Function]]:
    """The functions that a process is made of, by name, but for the seed of a loop."""
    if isinstance(scheme, Fold):
        yield from (("leaf", scheme.leaf), ("node", scheme.node))
    else:
        yield from ((stage.name, stage.function) for stage in scheme.stages)


def with_step(scheme: Process, name: str, function: Function) -> Process:
    """The scheme with another function as one of its steps."""
    changed: Any = copy.copy(scheme)
    changed.traced = {}
    if isinstance(scheme, Loop):
        changed.step = function
    elif isinstance(scheme, Fold | Scheme):
        setattr(changed, name, function)
        if name == "leaf":
            changed.seed = function
    assert isinstance(changed, Process)
    return changed


def moved_outputs(statement: Statement) -> Iterator[OutputMoved]:
    """Every field that a step of a statement's schemes makes, moved either way."""
    for number, scheme in enumerate(statement.subjects):
        targets = (
            {name: scheme.agent for name, _ in steps_of(scheme)}
            if isinstance(scheme, Fold)
            else {stage.name: stage.target for stage in scheme.stages}
        )
        for step, target in targets.items():
            for domain in field_domains(target.cls):
                yield from (OutputMoved(number, step, domain.name, up) for up in (False, True))
