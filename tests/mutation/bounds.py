"""Mutants of an abstract step's bounds: every number in one is made to count for less."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs
import z3

from checker.backends.evaluator import PLAIN, compile_terms
from checker.backends.solver import constants
from checker.worlds.tracing import TwoVersions, two_versions
from spec import Sound
from spec.fields import FieldDomain
from spec.parameters import parameter_domains
from tests.mutation.steps import StepWeakened

POINTS = 60
"""Points at which a changed bound is compared with the bound, to see whether it is lower."""
SAME = 1e-9
FAR = 10
"""How far a field without a greatest value is drawn."""

Ends = Mapping[str, tuple[Fraction, Fraction]]
"""The domain of each number that a bound may read, by the solver's constant."""


@attrs.frozen
class Dependence:
    """A number that stands in a bound, and the mutants in which it counts for less there, the
    least change first."""

    place: str
    number: str
    mutants: tuple[StepWeakened, ...]


def dependences(statement: Sound) -> Iterator[Dependence]:
    """The numbers that stand in the bounds which a statement compares, and in those of nature's
    choices. One that nowhere raises its bound is left out: nothing is lost without it."""
    versions = two_versions(statement, {})
    ends = _ends(versions)
    places = [(c.field.name, c.abstract) for c in versions.compared]
    places += [(c.choice.name, c.choice.high) for c in versions.chosen]
    far = {str(s) for f, s in _source(versions) if f.unbounded}
    for place, term in places:
        for name in sorted(constants(term) & set(ends) - far):
            tried = [
                StepWeakened(statement.step, place, name, end, whole)
                for whole in (False, True)
                for end in ends[name]
            ]
            placed = [_where_it_shows(mutant, term, versions, ends) for mutant in tried]
            found = tuple(mutant for mutant in placed if mutant is not None)
            if found:
                yield Dependence(place, name, found)


def _ends(versions: TwoVersions) -> dict[str, tuple[Fraction, Fraction]]:
    domains = parameter_domains(versions.statement.scheme.parameters)
    ends = {str(s): (domains[n].low, domains[n].high) for n, s in versions.parameters.items()}
    for field, symbol in _source(versions):
        ends[str(symbol)] = (field.low, field.low + FAR if field.unbounded else field.high)
    for chosen in versions.chosen:
        ends[str(chosen.choice.symbol)] = (Fraction(0), Fraction(1))
    return ends


def _source(versions: TwoVersions) -> list[tuple[FieldDomain, z3.ExprRef]]:
    source = versions.stage.source
    pairs = zip(source.fields, source.symbols, strict=True)
    return [(field, symbol) for field, symbol in pairs if field.kind == "real"]


def _where_it_shows(
    mutant: StepWeakened, term: z3.ArithRef, versions: TwoVersions, ends: Ends
) -> StepWeakened | None:
    """The mutant at parameter values at which the bound is lower: the statement's own, or with as
    few others as it takes. None where it is lower nowhere, or greater somewhere."""
    own = {str(symbol): versions.values[name] for name, symbol in versions.parameters.items()}
    inner = {name: _inside(*ends[name]) for name in own}
    this = {mutant.number: inner[mutant.number]} if mutant.number in inner else {}
    tried = [{}, this, *({**this, name: inner[name]} for name in own), inner]
    names = sorted(ends)
    symbols = [z3.Real(name) for name in names]
    program = compile_terms(symbols, (), [mutant.put(term), term]).bind(PLAIN)
    for at in tried:
        lower = _lower(program, names, {**own, **at}, ends)
        if lower is None:
            return None
        if lower:
            values = {name.removeprefix("parameter."): value for name, value in at.items()}
            return attrs.evolve(mutant, at=values)
    return None


def _inside(low: Fraction, high: Fraction) -> Fraction:
    """A value off the ends of a domain, and not far from the least."""
    return min((low + high) / 2, low + 1)


def _lower(
    program: object, names: list[str], at: Mapping[str, Fraction], ends: Ends
) -> bool | None:
    """Whether the changed bound is the lower one at some point; None if it is greater at one."""
    assert callable(program)
    draw = random.Random(0)
    found = False
    for _ in range(POINTS):
        drawn = [low + (high - low) * draw.random() / 2 for low, high in (ends[n] for n in names)]
        point = [float(at.get(name, value)) for name, value in zip(names, drawn, strict=True)]
        (changed, bound), _, _ = program(point, [])
        if changed > bound + SAME:
            return None
        found |= changed < bound - SAME
    return found
