"""Refinements and agreements for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from rich.text import Text

from checker.refinement.agreement import Agreement
from checker.refinement.refinement import Refinement
from checker.report.verdict import STYLE, number, trace_of


def refinement_story(refinement: Refinement) -> Iterator[Text]:
    """Whether one scheme refines another, with the witness or the run that it cannot follow."""
    sides = ("left", "right") if refinement.tag == "left" else ("right", "left")
    head = Text(f"\n{refinement.first} ({sides[0]}) refines {refinement.second} ({sides[1]}): ")
    head.append(refinement.verdict.upper(), STYLE[refinement.verdict])
    yield head
    if refinement.warning:
        yield Text(f"  warning: {refinement.warning}", "yellow")
    if refinement.verdict == "proved":
        if not refinement.witness:
            yield Text(f"  by {refinement.method}")
        for index, case in enumerate(refinement.witness):
            several = len(refinement.witness) > 1
            yield Text(f"  the witness{f', case {index + 1}' if several else ''}:")
            yield from (Text(f"    {answer.choice}: {answer.how}") for answer in case)
            if not case:
                yield Text("    nature has nothing to choose")
    if refinement.reason:
        yield Text(f"  {refinement.reason}")
    if refinement.stuck:
        values = ", ".join(f"{n} = {number(v)}" for n, v in refinement.stuck.items())
        yield Text(f"  at {values}")
    example = refinement.separating
    if example is not None:
        if example.parameters:
            yield Text(f"  at {_values(example.parameters)}")
        yield from trace_of(example.run)
        if example.broken:
            yield Text(f"  iteration {example.iteration} is broken for one and not for the other")
        else:
            yield Text(
                f"  {refinement.second} cannot make {' and '.join(example.fields)} at "
                f"iteration {example.iteration}"
            )
        for near in example.nearest:
            ends = [str(end) for end in (near.below, near.above) if end is not None]
            yield Text(
                f"    {near.field}: {near.wanted}; nearest {' and '.join(ends) or 'unknown'}"
            )


def agreement_story(agreement: Agreement) -> Iterator[Text]:
    """Whether two schemes keep an invariant at the same values."""
    limits = ", ".join(f"{name} <= {value}" for name, value in agreement.limits.items())
    head = Text(
        f"\nthey agree about {agreement.invariant}" + (f" ({limits}): " if limits else ": ")
    )
    head.append(agreement.verdict.upper(), STYLE[agreement.verdict])
    yield head
    if agreement.method:
        yield Text(f"  by {agreement.method}")
    if agreement.method == "cells":
        yield Text(
            f"  both keep it on {float(agreement.safe):.2%} of the range, both break it on "
            f"{float(agreement.unsafe):.2%}"
        )
    if agreement.reason:
        yield Text(f"  {agreement.reason}")
    if agreement.difference is not None:
        if agreement.difference.parameters:
            yield Text(f"  at {_values(agreement.difference.parameters)}")
        pair_ = agreement.difference
        for side, verdict in (("left", pair_.left), ("right", pair_.right)):
            broken = verdict.trace
            how = verdict.method if broken is None else f"at iteration {broken.run.iteration}"
            yield Text(f"    {verdict.scheme} ({side}): {verdict.verdict.upper()}, {how}")


def _values(values: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} = {number(value)}" for name, value in values.items())
