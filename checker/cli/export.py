"""The command ``export``: a claim in a format of other tools."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

import attrs

from checker.cli.console import write_whole
from checker.cli.guarded import guarded, rehearse
from checker.cli.targets import claims_of_loop
from checker.cli.values import chosen_values
from checker.cli.workers import Limits
from checker.counterexamples.simulation import Nature, simulate
from checker.export.itf import itf
from checker.export.jani import jani
from checker.export.smtlib import horn, relations
from checker.portfolio.decision import Options, decide
from checker.system.problem import pose
from spec.errors import SpecError, alternatives
from spec.statements.claim import Claim

ROUNDS = 12
"""Iterations of the run that is drawn where the claim has no counterexample."""


class Format(Enum):
    """What a claim is written as."""

    SMTLIB = "smtlib"
    """The steps as relations."""
    CHC = "chc"
    """Horn clauses, satisfiable exactly if the claim is kept."""
    JANI = "jani"
    """A model of finitely many agents, or of a Markov chain."""
    ITF = "itf"
    """The claim's counterexample; a run that is drawn, if it has none."""


@attrs.frozen
class _Exporting:
    """A claim to be written, named so that another process can find it again."""

    target: str
    invariant: str
    params: tuple[str, ...]
    format: Format
    options: Options

    def run(self) -> str:
        """The text."""
        claim = _claim(self.target, self.invariant)
        values = chosen_values(claim, self.params)
        problem = pose(claim, values)
        if self.format is Format.SMTLIB:
            return relations(problem)
        if self.format is Format.CHC:
            return horn(problem)
        if self.format is Format.JANI:
            return json.dumps(jani(problem), indent=1, ensure_ascii=False) + "\n"
        run = decide(claim, values, self.options).run
        if run is None:
            run = simulate({claim.name: problem}, Nature.RANDOM, ROUNDS).run
        return json.dumps(itf(run, claim.name), indent=1) + "\n"


def _claim(target: str, invariant: str) -> Claim:
    """The claim of a scheme about an invariant; the only one, if none is named."""
    claims = {type(claim.invariant).__name__.lower(): claim for claim in claims_of_loop(target)}
    if invariant.lower() in claims:
        return claims[invariant.lower()]
    if not invariant and len(claims) == 1:
        return next(iter(claims.values()))
    known = alternatives(claims, invariant)
    raise SpecError(f'{target} has no claim about "{invariant}"; name one of {known}', "")


def export(
    target: str,
    invariant: str,
    params: Sequence[str],
    output_format: str,
    *,
    file: str,
    timeout: float,
    memory: float,
) -> None:
    """Write a claim to a file, or to standard output."""
    limits = Limits(timeout, memory)
    rehearse([target], limits)
    work = _Exporting(
        target, invariant, tuple(params), Format(output_format), Options(timeout=timeout)
    )
    text = guarded(work, limits, f"exporting {target}")
    if file:
        write_whole(Path(file), text)
    else:
        print(text, end="")
