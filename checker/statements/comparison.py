"""Deciding statements about two schemes: refinement and agreement."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs
from rich.text import Text

from checker.backends.solver import QueryBudget
from checker.portfolio.decision import Options
from checker.refinement.agreement import agrees
from checker.refinement.correspondence import pair
from checker.refinement.refinement import ComparedScheme, Ranges, refines
from checker.report.comparison import agreement_story, refinement_story
from checker.system.verdict import Verdict, undecided
from spec.errors import SpecError
from spec.invariants import limits_of
from spec.parameters import parameter_domains, settle
from spec.scheme import Process
from spec.statements.comparison import Agrees, Refines

QUERY = 2.0
"""Seconds for one query about two schemes at once."""


def compared_schemes(
    left: Process,
    right: Process,
    shared: Mapping[str, Fraction],
    sides: tuple[Mapping[str, Fraction], Mapping[str, Fraction]] = ({}, {}),
) -> tuple[ComparedScheme, ComparedScheme]:
    """Both schemes at their parameters: a shared one has the left scheme's default.

    Args:
        left: the first scheme.
        right: the second.
        shared: values for whichever scheme has the parameter.
        sides: values for one scheme only.

    Raises:
        SpecError: for a parameter that nothing has, or a value outside its domain.
    """
    free_parameters = [parameter_domains(process.parameters) for process in (left, right)]
    chosen: list[dict[str, Fraction]] = [{}, {}]
    for name, domain in free_parameters[0].items():
        other = free_parameters[1].get(name)
        if other is not None and other.low <= domain.default <= other.high:
            chosen[1][name] = domain.default
    for values, indices in ((shared, (0, 1)), (sides[0], (0,)), (sides[1], (1,))):
        for name, value in values.items():
            known = [index for index in indices if name in free_parameters[index]]
            if not known:
                names = sorted(set().union(*(free_parameters[index] for index in indices)))
                raise SpecError(f"no parameter {name}; there is {', '.join(names)}", "")
            for index in known:
                chosen[index][name] = value
    one, two = (settle(p.parameters, c) for p, c in zip((left, right), chosen, strict=True))
    return ComparedScheme(left, one, "left"), ComparedScheme(right, two, "right")


def decide_refines(
    statement: Refines, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether every run of the left scheme is a run of the right one.

    Raises:
        SpecError: for fields that cannot be compared, or a mistake in a specification.
    """
    pairing = pair(statement.left, statement.right, statement.relate)
    ranges, shared = _values(statement, overriding)
    first, second = compared_schemes(statement.left, statement.right, shared)
    budget = QueryBudget(QUERY, time.monotonic() + options.timeout)
    found = refines(first, second, pairing.links, ranges, budget)
    return attrs.evolve(
        undecided(statement, shared),
        verdict=found.verdict,
        method=found.method,
        reason=found.reason,
        facts=_lines(refinement_story(found)),
        queries=found.queries,
        solving=budget.seconds,
    )


def decide_agrees(
    statement: Agrees, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether both schemes keep the invariant at the same values.

    Raises:
        SpecError: for fields that cannot be compared, or a mistake in a specification.
    """
    pairing = pair(statement.left, statement.right, statement.relate)
    ranges, shared = _values(statement, overriding)
    both = compared_schemes(statement.left, statement.right, shared)
    same = True
    for one, two, links in (
        (*both, pairing.links),
        (*both[::-1], pairing.swapped().links),
    ):
        budget = QueryBudget(QUERY, time.monotonic() + options.timeout / 4)
        same = same and refines(one, two, links, ranges, budget).verdict == "proved"
    limited = Options(timeout=options.timeout / 2, query=QUERY)
    found = agrees(*both, statement.invariant, pairing, ranges, same, limited)
    return attrs.evolve(
        undecided(statement, shared),
        invariant=found.invariant,
        limits=dict(limits_of(statement.invariant)),
        verdict=found.verdict,
        method=found.method,
        reason=found.reason,
        facts=_lines(agreement_story(found)),
    )


def _values(
    statement: Refines | Agrees, overriding: Mapping[str, Fraction]
) -> tuple[Ranges, dict[str, Fraction]]:
    """What stays free, and what does not."""
    shared = {**statement.chosen, **overriding}
    return {n: r for n, r in statement.ranges.items() if n not in overriding}, shared


def _lines(story: Iterator[Text]) -> tuple[str, ...]:
    """The lines after the headline, which repeats the verdict."""
    return tuple(text.plain for text in story)[1:]
