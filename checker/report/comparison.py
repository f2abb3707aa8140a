"""Words for two schemes that are compared: refinements and agreements."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction

from rich.text import Text

from checker.refinement.agreement import (
    Agreement,
    AgreementMethod,
    CellsDiffer,
    Difference,
    NotBothDecided,
    RangeLeft,
)
from checker.refinement.distinguishing_run import DistinguishingRun
from checker.refinement.refinement import (
    ChoiceTerm,
    NotFollowed,
    Refinement,
    RefinementMethod,
)
from checker.refinement.simulation import Condition, ConditionKind, Origin, OriginKind
from checker.refinement.witness_search import NoWitness, SeedsFail, WitnessUndecided
from checker.report.certificate import method_of
from checker.report.runs import run_lines
from checker.report.verdict import mark
from checker.report.words import amount, describe, detail, number
from checker.system.verdict import Verdict

REFINEMENT_METHODS = {
    RefinementMethod.WITNESS: "witness",
    RefinementMethod.QUANTIFIED: "quantified query, no witness",
    RefinementMethod.DISTINGUISHING_RUN: "separating example",
}

OBSTACLES = {
    NoWitness.NO_SAMPLE: "no sample point meets the hypotheses",
    NoWitness.STUCK: "the second cannot follow everywhere",
    NoWitness.NO_TERM: "no term answers a sample point",
    NoWitness.TOO_MANY_CASES: "the witness needs too many cases",
}

AGREEMENT_METHODS = {
    AgreementMethod.SAME_RUNS: "the same runs",
    AgreementMethod.BOTH_DECIDED: "both decided",
    AgreementMethod.BOTH_KEEP: "both keep it at this one point",
    AgreementMethod.BOTH_BREAK: "both break it at this one point",
    AgreementMethod.DECIDED_AT_POINT: "both decided at one point",
    AgreementMethod.CELLS: "cells",
}


def _named(values: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} = {number(value)}" for name, value in values.items())


# --- refinement -----------------------------------------------------------------------------------


@describe.register
def _(condition: Condition) -> str:
    words = {
        ConditionKind.SEEDS_RELATED: f"the seeds are related in {condition.subject}",
        ConditionKind.SEED_INSIDE: f"the seed of {condition.subject} is in its domain and set",
        ConditionKind.AT_LEAST: f'"{condition.subject}" is at least its lower bound',
        ConditionKind.AT_MOST: f'"{condition.subject}" is at most its upper bound',
        ConditionKind.SOUND: "is sound where the first is",
        ConditionKind.BROKEN: "is broken where the first is",
        ConditionKind.SAME_FIELD: f"gives the same {condition.subject}",
        ConditionKind.ONE_CASE_FITS: "one of the cases fits",
    }
    return words[condition.kind]


@describe.register
def _(origin: Origin) -> str:
    words = {
        OriginKind.NAMESAKE: "the same",
        OriginKind.SOLUTION: f"what gives the same {origin.field}",
        OriginKind.LEAST: "its least value",
        OriginKind.GREATEST: "its greatest value",
        OriginKind.SAME_SHARE: "the same share of its bounds",
    }
    return words[origin.kind]


@describe.register
def _(method: RefinementMethod) -> str:
    return REFINEMENT_METHODS[method]


@describe.register
def _(obstacle: NoWitness) -> str:
    return OBSTACLES[obstacle]


@describe.register
def _(obstacle: SeedsFail) -> str:
    return describe(obstacle.condition)


@describe.register
def _(obstacle: WitnessUndecided) -> str:
    return f"the witness is undecided: {describe(obstacle.condition)}"


@describe.register
def _(reason: NotFollowed) -> str:
    text = "no witness was found" if reason.obstacle is None else describe(reason.obstacle)
    if reason.out_of_time:
        text += "; the time was up (raise --timeout)"
    if reason.stuck:
        text += ": there is a state in which it cannot, but no run was found that reaches it"
    return text


@describe.register
def _(refinement: Refinement) -> str:
    return _why(refinement)


@detail.register
def _(refinement: Refinement) -> Iterator[str]:
    yield from _plain(refinement_story(refinement))


def warning(refinement: Refinement) -> str:
    """What a proved refinement does not say, if it says nothing."""
    if not refinement.allows_everything:
        return ""
    return (
        f"{refinement.second} allows every successor: that {refinement.first} refines it says "
        "nothing"
    )


def refinement_story(refinement: Refinement) -> Iterator[Text]:
    """Whether one scheme refines another, with the witness or the run that it cannot follow.

    The first line is the verdict.
    """
    first = f"{refinement.first} ({refinement.side})"
    second = f"{refinement.second} ({refinement.side.other})"
    yield Text(f"\n{first} refines {second}: ").append(mark(refinement.answer))
    if refinement.allows_everything:
        yield Text(f"  warning: {warning(refinement)}", "yellow")
    if refinement.proved:
        yield from _witness_lines(refinement)
    if refinement.reason is not None:
        yield Text(f"  {describe(refinement.reason)}")
        if refinement.reason.stuck:
            yield Text(f"  at {_named(refinement.reason.stuck)}")
    if refinement.distinguishing_run is not None:
        yield from _run_lines(refinement.distinguishing_run, refinement.second)


def _witness_lines(refinement: Refinement) -> Iterator[Text]:
    if not refinement.witness and refinement.method is not None:
        yield Text(f"  by {describe(refinement.method)}")
    several = len(refinement.witness) > 1
    for number_, case in enumerate(refinement.witness, 1):
        yield Text(f"  the witness{f', case {number_}' if several else ''}:")
        yield from _case_lines(case)


def _case_lines(case: tuple[ChoiceTerm, ...]) -> Iterator[Text]:
    yield from (Text(f"    {term.choice}: {describe(term.origin)}") for term in case)
    if not case:
        yield Text("    nature has nothing to choose")


def _run_lines(found: DistinguishingRun, second: str) -> Iterator[Text]:
    """A run that the second scheme cannot follow, and how near it gets."""
    if found.parameters:
        yield Text(f"  at {_named(found.parameters)}")
    yield from run_lines(found.run)
    if found.broken:
        yield Text(f"  iteration {found.iteration} is broken for one and not for the other")
    else:
        fields = " and ".join(found.fields)
        yield Text(f"  {second} cannot make {fields} at iteration {found.iteration}")
    for near in found.nearest:
        ends = [amount(end) for end in (near.below, near.above) if end is not None]
        nearest = " and ".join(ends) or "unknown"
        yield Text(f"    {near.field}: {amount(near.wanted)}; nearest {nearest}")


# --- agreement ------------------------------------------------------------------------------------


@describe.register
def _(method: AgreementMethod) -> str:
    return AGREEMENT_METHODS[method]


@describe.register
def _(reason: NotBothDecided) -> str:
    return "; ".join(map(_decided, (reason.left, reason.right)))


def _decided(verdict: Verdict) -> str:
    why = "" if verdict.reason is None else describe(verdict.reason)
    return f"{verdict.scheme}: {verdict.answer.upper()} {why}".strip()


@describe.register
def _(reason: CellsDiffer) -> str:
    middle = ", ".join(f"{name} = {float(value):.6g}" for name, value in reason.middle.items())
    return (
        f"one is proved and the other refuted on the cell around {middle}, but not both by a "
        "verdict of their own there"
    )


@describe.register
def _(reason: RangeLeft) -> str:
    return (
        f"they agree on all but {float(reason.share):.2%} of the range, around where they turn "
        "unsafe; cells there cannot be settled, however small"
    )


@describe.register
def _(agreement: Agreement) -> str:
    return _why(agreement)


@detail.register
def _(agreement: Agreement) -> Iterator[str]:
    yield from _plain(agreement_story(agreement))


def agreement_story(agreement: Agreement) -> Iterator[Text]:
    """Whether two schemes keep an invariant at the same values. The first line is the verdict."""
    limits = ", ".join(f"{name} <= {value}" for name, value in agreement.limits.items())
    about = agreement.invariant + (f" ({limits})" if limits else "")
    yield Text(f"\nthey agree about {about}: ").append(mark(agreement.answer))
    if agreement.method is not None:
        yield Text(f"  by {describe(agreement.method)}")
    if agreement.method is AgreementMethod.CELLS:
        yield Text(
            f"  both keep it on {float(agreement.safe):.2%} of the range, both break it on "
            f"{float(agreement.unsafe):.2%}"
        )
    if agreement.reason is not None:
        yield Text(f"  {describe(agreement.reason)}")
    if agreement.difference is not None:
        yield from _difference_lines(agreement.difference)


def _difference_lines(difference: Difference) -> Iterator[Text]:
    if difference.parameters:
        yield Text(f"  at {_named(difference.parameters)}")
    for side, verdict in (("left", difference.left), ("right", difference.right)):
        run = verdict.run
        how = method_of(verdict.result) if run is None else f"at iteration {run.iteration}"
        yield Text(f"    {verdict.scheme} ({side}): {verdict.answer.upper()}, {how}")


# --- both -----------------------------------------------------------------------------------------


def _why(found: Refinement | Agreement) -> str:
    """Why it was not decided, or how it was."""
    if found.reason is not None:
        return describe(found.reason)
    return "" if found.method is None else describe(found.method)


def _plain(story: Iterator[Text]) -> Iterator[str]:
    """The lines of a story after the first, which repeats the verdict."""
    return (text.plain for text in itertools.islice(story, 1, None))
