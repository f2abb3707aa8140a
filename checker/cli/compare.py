"""The command ``compare``: does one scheme refine another, and are they safe at the same values?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import typer
from rich.console import RenderableType
from rich.text import Text

from checker.backends.solver import QueryBudget
from checker.cli.console import out, print_json, status
from checker.cli.evidence import EvidenceFolder
from checker.cli.guarded import guarded, rehearse
from checker.cli.targets import claims_of_one
from checker.cli.values import parameters, span_of, split
from checker.cli.workers import Limits
from checker.portfolio.decision import Options
from checker.refinement.agreement import Agreement, agrees
from checker.refinement.compared import ComparedScheme, Ranges, compared_schemes
from checker.refinement.correspondence import Pairing, pair
from checker.refinement.refinement import Refinement, refines
from checker.report.comparison import agreement_story, refinement_story
from checker.report.documents import document, versioned
from checker.report.words import describe, number
from checker.statements.comparison import QUERY
from checker.system.announcements import announce
from spec.errors import SpecError, alternatives
from spec.invariants import Invariant
from spec.parameters import ParameterDomain, parameter_domains
from spec.scheme import Process
from spec.statements.base import Answer
from spec.statements.claim import Claim


@attrs.frozen
class Comparison:
    """What was found of two schemes, as it is printed: the document, the lines, and whether
    something is left open; and the evidence by name, where it is wanted."""

    document: dict[str, Any]
    lines: tuple[RenderableType, ...]
    open: bool
    evidence: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class _Comparing:
    """Two schemes to be compared, named as they were typed."""

    left: str
    right: str
    invariant: str
    over: tuple[str, ...]
    relate: tuple[str, ...]
    params: tuple[str, ...]
    timeout: float
    evidence: bool

    @property
    def claims(self) -> tuple[list[Claim], list[Claim]]:
        """The claims about the two schemes."""
        return claims_of_one(self.left), claims_of_one(self.right)

    @property
    def invariants(self) -> list[Invariant]:
        """The invariants that are asked about."""
        return _invariants(self.claims, self.invariant)

    def run(self) -> Comparison:
        """Compare them both ways, then ask whether they agree."""
        claims = self.claims
        processes = claims[0][0].scheme, claims[1][0].scheme
        pairing = pair(*processes, self.relate)
        ranges = _ranges(processes, self.over)
        both = _compared(processes, self.params, ranges)
        found = []
        for first, second, links in (
            (*both, pairing.links),
            (*both[::-1], pairing.swapped().links),
        ):
            announce(f"does {first.process.name} refine {second.process.name}?")
            budget = QueryBudget(QUERY, time.monotonic() + self.timeout)
            found.append(refines(first, second, links, ranges, budget))
        agreements = []
        for one in self.invariants:
            announce(f"do they agree about {type(one).__name__}?")
            options = Options(timeout=self.timeout, query=QUERY)
            agreements.append(agrees(*both, one, pairing, ranges, found, options))
        whole = versioned(
            compared=[list(link.names) for link in pairing.links],
            ignored=[list(names) for names in pairing.ignored],
            refines=[document(refinement) for refinement in found],
            agrees=[document(agreement) for agreement in agreements],
        )
        answers = [refinement.answer for refinement in found]
        answers += [agreement.answer for agreement in agreements]
        lines = tuple(_lines(pairing, both, found, agreements))
        texts: dict[str, str] = {}
        if self.evidence:
            announce("writing the evidence")
            from checker.evidence.document import compared, text_of  # loads a second solver

            kept = list(zip(self.invariants, agreements, strict=True))
            documents = compared(*both, pairing, ranges, found, kept)
            texts = {name: text_of(each) for name, each in documents.items()}
        return Comparison(whole, lines, Answer.UNKNOWN in answers, texts)


def compare(
    left: str,
    right: str,
    invariant: str,
    *,
    over: Sequence[str],
    relate: Sequence[str],
    params: Sequence[str],
    as_json: bool,
    timeout: float,
    memory: float,
    evidence: str = "",
) -> None:
    """Compare two schemes both ways, and ask whether they keep the invariants at the same values.

    Raises:
        typer.Exit: with status 1 if something is left open.
    """
    limits = Limits(timeout, memory)
    rehearse([left, right], limits)
    work = _Comparing(
        left, right, invariant, tuple(over), tuple(relate), tuple(params), timeout, bool(evidence)
    )
    parts = 2 + len(work.invariants)  # the time limit holds for each
    with status(quiet=as_json) as tell:
        found = guarded(
            work,
            attrs.evolve(limits, seconds=parts * timeout),
            f"comparing {left} with {right}",
            lambda shown: tell(describe(shown)),
        )
    if evidence:
        files = EvidenceFolder(evidence, list(found.evidence))
        for number, text in enumerate(found.evidence.values()):
            files.write(number, text)
    if as_json:
        print_json(found.document)
    else:
        for line in found.lines:
            out.print(line)
    if found.open:
        raise typer.Exit(1)


def _ranges(processes: tuple[Process, Process], texts: Sequence[str]) -> Ranges:
    """The shared parameters that stay free, over the common part of their domains."""
    left, right = (parameter_domains(process.parameters) for process in processes)
    shared = {
        name: domain
        for name, domain in left.items()
        if name in right and not domain.structural and not right[name].structural
    }
    ranges: dict[str, tuple[Fraction, Fraction]] = {}
    for text in texts:
        name, span = split(text)
        if name not in shared:
            raise SpecError(
                f"{name} is no real parameter of both; they share {alternatives(shared, name)}", ""
            )
        low = max(left[name].low, right[name].low)
        high = min(left[name].high, right[name].high)
        if low >= high:
            raise SpecError(f"{name} has no range in common to both; leave out --over {name}", "")
        common = ParameterDomain(name, False, low, low, high, "", "")
        ranges[name] = span_of(span, common)
    return ranges


def _compared(
    processes: tuple[Process, Process], texts: Sequence[str], ranges: Ranges
) -> tuple[ComparedScheme, ComparedScheme]:
    """Both schemes at their parameters: a shared one has the left scheme's default."""
    shared: dict[str, Fraction] = {}
    sides: tuple[dict[str, Fraction], dict[str, Fraction]] = ({}, {})
    for text, value in parameters(texts).items():
        side, _, name = text.partition(".")
        one_sided = side in ("left", "right") and bool(name)
        name = name if one_sided else text
        if name in ranges:
            raise SpecError(f"{name} is free, so it has no one value; leave out --param", "")
        target = sides[side == "right"] if one_sided else shared
        target[name] = value
    return compared_schemes(*processes, shared, sides)


def _invariants(claims: tuple[list[Claim], list[Claim]], wanted: str) -> list[Invariant]:
    """The invariants asked about: the one named, else those claimed of both."""
    found: list[dict[str, Invariant]] = [{}, {}]
    for side, of in zip(found, claims, strict=True):
        for claim in of:
            side.setdefault(type(claim.invariant).__name__, claim.invariant)
    shared = [name for name in found[0] if name in found[1]]
    if not wanted:
        return [found[0][name] for name in shared]
    named = [name for name in shared if name.lower() == wanted.lower()]
    if not named:
        raise SpecError(
            f'nothing is claimed of both about "{wanted}"; try {alternatives(shared, wanted)}', ""
        )
    return [found[0][name] for name in named]


def _lines(
    pairing: Pairing,
    both: tuple[ComparedScheme, ComparedScheme],
    found: list[Refinement],
    agreements: list[Agreement],
) -> Iterator[RenderableType]:
    ignored = [name for names in pairing.ignored for name in names]
    yield Text(
        f"compared: {', '.join(link.name for link in pairing.links)}"
        + (f"; ignored: {', '.join(ignored)}" if ignored else ""),
        "dim",
    )
    left, right = (compared.values for compared in both)
    apart = [name for name in left if name in right and left[name] != right[name]]
    if apart:
        each = (f"{n} ({number(left[n])} left, {number(right[n])} right)" for n in apart)
        yield Text(f"parameters that differ: {', '.join(each)}", "dim")
    for refinement in found:
        yield from refinement_story(refinement)
    for agreement in agreements:
        yield from agreement_story(agreement)
