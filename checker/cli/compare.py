"""The command ``compare``: does one scheme refine another, and are they safe at the same values?"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import nullcontext
from fractions import Fraction
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from checker.backends.solver import QueryBudget
from checker.cli.options import AsJson, Params, Timeout, err, out, parameters
from checker.cli.ranges import span_of, split
from checker.cli.targets import claims_of
from checker.portfolio.decision import Options
from checker.refinement.agreement import Agreement, agrees
from checker.refinement.correspondence import Pairing, pair
from checker.refinement.refinement import ComparedScheme, Ranges, Refinement, refines
from checker.report.comparison import agreement_story, refinement_story
from checker.report.verdict import number
from checker.statements.comparison import QUERY, compared_schemes
from spec.errors import SpecError
from spec.invariants import Invariant
from spec.parameters import ParameterDomain, parameter_domains
from spec.scheme import Process
from spec.statements.claim import Claim


def compare(
    left: Annotated[str, typer.Argument(help="A shipped scheme or file.py:name.")],
    right: Annotated[str, typer.Argument(help="Another, to compare it with.")],
    invariant: Annotated[str, typer.Argument(help="Do they keep it at the same values?")] = "",
    over: Annotated[
        list[str] | None,
        typer.Option("--over", help="A shared parameter left free: NAME or NAME=LOW..HIGH."),
    ] = None,
    relate: Annotated[
        list[str] | None,
        typer.Option("--relate", help="Fields compared otherwise: LEFT=RIGHT or LEFT<=RIGHT."),
    ] = None,
    param: Params = None,
    as_json: AsJson = False,
    timeout: Timeout = 60.0,
) -> None:
    """Does one scheme refine the other, with a witness or a run that it cannot follow?

    --param left.NAME=VALUE and right.NAME=VALUE set a parameter on one side only.
    """
    claims = _one_scheme(left), _one_scheme(right)
    processes = claims[0][0].scheme, claims[1][0].scheme
    pairing = pair(*processes, relate or [])
    ranges = _ranges(processes, over or [])
    both = _parties(processes, param or [], ranges)
    invariants = _invariants(claims, invariant)
    with err.status("") if err.is_terminal and not as_json else nullcontext() as status:

        def tell(text: str) -> None:
            if status is not None:
                status.update(text)

        found = []
        for first, second, links in (
            (*both, pairing.links),
            (*both[::-1], pairing.swapped().links),
        ):
            tell(f"does {first.process.name} refine {second.process.name}?")
            budget = QueryBudget(QUERY, time.monotonic() + timeout)
            found.append(refines(first, second, links, ranges, budget))
        same = all(refinement.verdict == "proved" for refinement in found)
        agreements = []
        for one in invariants:
            tell(f"do they agree about {type(one).__name__}?")
            options = Options(timeout=timeout, query=QUERY)
            agreements.append(agrees(*both, one, pairing, ranges, same, options))
    if as_json:
        document = {
            "schema": 1,
            "compared": [list(link.names) for link in pairing.links],
            "ignored": [list(names) for names in pairing.ignored],
            "refines": [refinement.to_json() for refinement in found],
            "agrees": [agreement.to_json() for agreement in agreements],
        }
        print(json.dumps(document, indent=2))
    else:
        for line in _told(pairing, both, found, agreements):
            out.print(line)
    kinds = [refinement.verdict for refinement in found]
    if "unknown" in [*kinds, *(agreement.verdict for agreement in agreements)]:
        raise typer.Exit(1)


def _one_scheme(target: str) -> list[Claim]:
    """The claims about the one scheme that a target names.

    Raises:
        SpecError: when it names several.
    """
    claims = claims_of(target)
    schemes = list(dict.fromkeys(claim.scheme.name for claim in claims))
    if len(schemes) > 1:
        raise SpecError(
            f"{target} names {len(schemes)} schemes ({', '.join(schemes)}); name one, as "
            "file.py:name",
            "",
        )
    return claims


def _ranges(processes: tuple[Process, Process], texts: list[str]) -> Ranges:
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
                f"{name} is no real parameter of both; they share {', '.join(shared) or 'none'}", ""
            )
        low = max(left[name].low, right[name].low)
        high = min(left[name].high, right[name].high)
        if low >= high:
            raise SpecError(f"{name} has no range in common to both; leave out --over {name}", "")
        common = ParameterDomain(name, False, low, low, high, "", "")
        ranges[name] = span_of(span, common)
    return ranges


def _parties(
    processes: tuple[Process, Process], texts: list[str], ranges: Ranges
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
            f'nothing is claimed of both about "{wanted}"; try {", ".join(shared) or "no name"}', ""
        )
    return [found[0][name] for name in named]


def _told(
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
