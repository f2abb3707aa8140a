"""Evidence about two schemes: what was asked of both, and what shows that one refines the other,
that they agree, or that their proofs share a lemma."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.smtlib import symbol
from checker.evidence.certificates import certificate_section, proved_section, run_section
from checker.evidence.sections import (
    can_be_said,
    claim_section,
    has_fields,
    names_of,
    said_of,
    system_section,
    unsaid,
)
from checker.portfolio.decision import Options, decide
from checker.refinement.agreement import Agreement
from checker.refinement.compared import ComparedScheme, Ranges, Side, compared_schemes
from checker.refinement.correspondence import Link, pair
from checker.refinement.refinement import Refinement, Simulation
from checker.system.parametric import ParametricProblem
from checker.system.problem import pose
from checker.system.transition_system import transition_system
from checker.system.verdict import Proof, Verdict
from recheck.parts.agreement import SECOND
from spec.invariants import Invariant
from spec.nodes import name_of
from spec.parameters import parameter_domains, settle
from spec.scheme import Process
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.statements.comparison import Agrees, Refines, Transfers
from spec.trace import Traced, trace

OfTwo = Refines | Agrees | Transfers
PREFIX = {Side.LEFT: "", Side.RIGHT: SECOND}
SHARES = tuple(map(Fraction, ("0", "1", "1/2", "1/3", "1/64")))
"""Where in their ranges free parameters are tried, for a point at which the assumptions hold."""


@attrs.frozen(slots=False)
class Two:
    """Two schemes as they stand in a file.

    Args:
        both: the schemes at their parameters.
        traced: either, traced.
        links: the compared fields.
        over: the parameters that stay free.
    """

    both: tuple[ComparedScheme, ComparedScheme]
    traced: tuple[Traced, Traced]
    links: tuple[Link, ...]
    over: Ranges

    @property
    def processes(self) -> tuple[Process, Process]:
        """The two schemes themselves."""
        return self.both[0].process, self.both[1].process

    def turned(self) -> Two:
        """The two the other way round, where it is the right scheme that is to be followed."""
        links = tuple(
            Link(link.second, link.first, link.names[::-1], link.relation) for link in self.links
        )
        return attrs.evolve(self, both=self.both[::-1], traced=self.traced[::-1], links=links)

    def sections(self, invariant: Invariant | None = None) -> dict[str, Any]:
        """The systems, and what is claimed of either."""
        first, second = (
            system_section(traced, PREFIX[one.side], self.over)
            for one, traced in zip(self.both, self.traced, strict=True)
        )
        claim: dict[str, list[str]] = {}
        for one, traced in zip(self.both, self.traced, strict=True):
            if invariant is not None:
                prefix, agent = PREFIX[one.side], traced.stages[0].source.name
                names = names_of(traced, prefix, self.over)
                claim |= claim_section(traced.positions, {agent: invariant}, prefix, names)
        return {"system": first, "other": second, "claim": claim}

    def stated(self) -> dict[str, Any]:
        """Which fields are compared, and which parameters stay free."""
        named = [
            [f"{PREFIX[one.side]}{name_of(s)}" for s in traced.stages[0].source.symbols]
            for one, traced in zip(self.both, self.traced, strict=True)
        ]
        links = [[named[0][k.first], named[1][k.second], k.relation] for k in self.links]
        over = {self._symbol(n): [str(low), str(high)] for n, (low, high) in self.over.items()}
        return {"related": links, "over": over}

    def _symbol(self, parameter: str) -> str:
        return symbol(name_of(self.traced[0].parameters[parameter]))

    def point(self, values: Mapping[str, Fraction]) -> dict[str, str]:
        """Values of the free parameters."""
        return {self._symbol(name): str(value) for name, value in values.items()}

    def somewhere(self) -> dict[str, str] | None:
        """Values of the free parameters at which all assumptions hold, if one is met with."""
        ends = self.over.values()
        for shares in itertools.product(SHARES, repeat=len(self.over)):
            values = [low + s * (high - low) for s, (low, high) in zip(shares, ends, strict=True)]
            point = dict(zip(self.over, values, strict=True))
            held = [
                z3.is_true(condition)
                for one, process in zip(self.both, self.processes, strict=True)
                for _, _, condition in trace(process, {**one.values, **point})
                .at_values()
                .assumptions
            ]
            if all(held):
                return self.point(point)
        return None

    def simulation(self, found: Simulation) -> dict[str, Any]:
        """A witness, and where it was shown, over the symbols of the file."""
        names: dict[str, str] = {}
        for one, traced in zip(self.both, self.traced, strict=True):
            own = names_of(traced, PREFIX[one.side], self.over)
            system = transition_system(one.process, one.side, one.values, tuple(self.over))
            fields = traced.stages[0].source.symbols
            choices = [choice.symbol for stage in traced.stages for choice in stage.choices]
            used = [*system.state, *(choice.symbol for choice in system.choices)]
            for there, here in zip(used, [*fields, *choices], strict=True):
                names[symbol(name_of(there))] = symbol(own[name_of(here)])
        return {
            "held": [_renamed(text, names) for text in found.held],
            "cases": [[_renamed(text, names) for text in case] for case in found.cases],
        }


TOKEN = re.compile(r"\|[^|]*\||[^\s()|]+")


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A term in SMT-LIB with other names for its symbols."""
    return TOKEN.sub(lambda found: names.get(found[0], found[0]), text)


def two_of(statement: OfTwo, overriding: Mapping[str, Fraction]) -> Two | None:
    """The two schemes of a statement; None where they cannot be written down."""
    if not all(has_fields(process) for process in statement.subjects):
        return None
    if isinstance(statement, Transfers):
        sides = ((Side.LEFT, statement.left), (Side.RIGHT, statement.right))
        one, two = (_at_own(process, side, overriding) for side, process in sides)
        return two_schemes((one, two), (), {})
    ranges = {n: r for n, r in statement.ranges.items() if n not in overriding}
    both = compared_schemes(statement.left, statement.right, overriding)
    return two_schemes(both, pair(statement.left, statement.right, statement.relate).links, ranges)


def _at_own(process: Process, side: Side, chosen: Mapping[str, Fraction]) -> ComparedScheme:
    """A scheme at its own defaults, but for what is chosen."""
    known = parameter_domains(process.parameters)
    own = {name: value for name, value in chosen.items() if name in known}
    return ComparedScheme(process, settle(process.parameters, own), side)


def two_schemes(
    both: tuple[ComparedScheme, ComparedScheme], links: Sequence[Link], over: Ranges
) -> Two | None:
    """Two compared schemes; None where they cannot be written down."""
    first, second = (trace(one.process, one.values) for one in both)
    if not (can_be_said(first) and can_be_said(second)):
        return None
    return Two(both, (first, second), tuple(links), over)


def asked_of_two(statement: OfTwo, overriding: Mapping[str, Fraction]) -> dict[str, Any]:
    """The sections that say what was asked of two schemes."""
    two = two_of(statement, overriding)
    if two is None:
        return unsaid(statement)
    invariant = None if isinstance(statement, Refines) else statement.invariant
    return {
        "statement": said_of(statement, invariant) | two.stated(),
        **two.sections(invariant),
    }


def proof_of_two(verdict: Verdict, statement: OfTwo) -> dict[str, Any] | None:
    """What shows a verdict on two schemes; None where nothing that could be checked does."""
    two = two_of(statement, verdict.parameters)
    found = {type(fact): fact for fact in verdict.facts}
    if two is None:
        return None
    if isinstance(statement, Transfers):
        return _transfer(two, statement) if isinstance(verdict.result, Proof) else None
    refinement, agreement = found.get(Refinement), found.get(Agreement)
    if isinstance(refinement, Refinement):
        return refinement_section(two, refinement)
    if isinstance(agreement, Agreement) and isinstance(statement, Agrees):
        return agreement_section(two, agreement, statement.invariant)
    return None


def refinement_section(two: Two, found: Refinement) -> dict[str, Any] | None:
    """A simulation relation, or a run that cannot be followed."""
    point, run = two.somewhere(), found.distinguishing_run
    if found.simulation is not None and point is not None:
        return {**two.simulation(found.simulation), "point": point}
    if run is not None:
        section = {**run_section(run.run), "position": "agent"}
        return {"run": section, "point": two.point(run.parameters), "whole": run.whole}
    return None


def agreement_section(two: Two, found: Agreement, invariant: Invariant) -> dict[str, Any] | None:
    """The same runs both ways; or what each scheme is at one point."""
    point = two.somewhere()
    if len(found.simulations) == 2 and point is not None:
        there, back = two, two.turned()
        there_, back_ = found.simulations
        return {"there": there.simulation(there_), "back": back.simulation(back_), "point": point}
    at = {} if found.difference is None else dict(found.difference.parameters)
    if found.answer is Answer.UNKNOWN:
        return None
    if found.answer is Answer.PROVED and two.over:
        whole = [_over_all(one, invariant, two.over) for one in two.both]
        return None if None in whole else {"sides": whole, "point": {}}
    sides = []
    for one in two.both:
        claim = Claim(one.process.name, one.process, invariant)
        verdict = decide(claim, {**one.values, **at}, Options())
        certificate = verdict.result.certificate if isinstance(verdict.result, Proof) else None
        if verdict.run is not None:
            sides.append({"verdict": "refuted", "run": run_section(verdict.run)})
        elif certificate is not None and (certificate.walk or certificate.depth):
            sides.append(_proved(one, certificate_section(certificate)))
        else:
            return None
    return {"sides": sides, "point": two.point(at)}


def _over_all(one: ComparedScheme, invariant: Invariant, over: Ranges) -> dict[str, Any] | None:
    """A proof about one of two schemes for all values of the free parameters at once."""
    others = {name: value for name, value in one.values.items() if name not in over}
    claim = Claim(one.process.name, one.process, invariant)
    problem = ParametricProblem(claim, tuple(over), others).over(tuple(over.values()))
    section = proved_section(problem, Options())
    return None if section is None else _proved(one, section, over)


def _proved(
    one: ComparedScheme, section: Mapping[str, Any], shared: Collection[str] = ()
) -> dict[str, Any]:
    """A proof about one of two schemes, over the names that the file has."""
    traced, prefix = trace(one.process, one.values), PREFIX[one.side]
    names = {symbol(n): symbol(new) for n, new in names_of(traced, prefix, shared).items()}
    walk = [
        {
            **held,
            "position": prefix + held["position"],
            "conditions": [_renamed(text, names) for text in held["conditions"]],
        }
        for held in section.get("walk", ())
    ]
    return {"verdict": "proved", **section, **({"walk": walk} if walk else {})}


def _transfer(two: Two, statement: Transfers) -> dict[str, Any] | None:
    """The two proofs step by step, found again."""
    sides = []
    for one in two.both:
        problem = pose(Claim(statement.name, one.process, statement.invariant), one.values)
        section = proved_section(problem, Options())
        if section is None:
            return None
        sides.append(_proved(one, section))
    return {"sides": sides}
