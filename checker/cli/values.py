"""Parameters on the command line: NAME=VALUE, NAME, or NAME=LOW..HIGH for part of a domain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

from checker.system.parametric import Interval
from spec.errors import SpecError, alternatives
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.claim import Claim
from spec.terms import exact


def split(text: str) -> tuple[str, str]:
    """The name, and the range or nothing."""
    name, _, span = text.partition("=")
    return name.strip(), span.strip()


def span_of(text: str, domain: ParameterDomain) -> Interval:
    """The range asked for; the whole domain when none is given.

    Raises:
        SpecError: for a range that is not LOW..HIGH, is empty, or leaves the domain.
    """
    if not text:
        return domain.low, domain.high
    low_text, dots, high_text = text.partition("..")
    if not dots:
        raise SpecError(
            f"{domain.name}={text} is no range; write {domain.name}=LOW..HIGH, e.g. "
            f"{domain.name}={domain.low}..{domain.high}",
            "",
        )
    try:
        low, high = exact(low_text.strip()), exact(high_text.strip())
    except SpecError as error:
        raise SpecError(f"{domain.name}={text}: {error.message}", "") from None
    if not domain.low <= low < high <= domain.high:
        raise SpecError(
            f"{domain.name}={text} is empty or leaves its domain; choose a range within "
            f"{domain.low}..{domain.high}",
            "",
        )
    return low, high


def parameters(texts: Sequence[str], option: str = "--param") -> dict[str, Fraction]:
    """Exact values from NAME=VALUE texts, which an option gave.

    Raises:
        SpecError: for a value that is no exact number.
    """
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = exact(value)
        except SpecError as error:
            raise SpecError(f"{option} {name}: {error.message}", "") from None
    return found


def chosen_values(
    claim: Claim, texts: Sequence[str], free: tuple[str, ...] = ()
) -> dict[str, Fraction]:
    """The values of parameters that are not ``free``.

    Raises:
        SpecError: for a parameter that the claim's scheme does not have, or that is free.
    """
    chosen = parameters(texts)
    known = parameter_domains(claim.scheme.parameters)
    for name in chosen:
        if name not in known:
            raise SpecError(
                f"no parameter {name}; there is {alternatives(sorted(known), name)}", ""
            )
        if name in free:
            raise SpecError(f"{name} is varied, so it has no one value; leave out --param", "")
    return chosen


def require_known(names: Iterable[str], known: Collection[str]) -> None:
    """Refuse the name of a parameter that nothing has.

    Raises:
        SpecError: naming it, and what there is.
    """
    for name in names:
        if name not in known:
            there = alternatives(sorted(known), name)
            raise SpecError(f"no parameter {name}; there is {there}", "")
