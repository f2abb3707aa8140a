"""Certificates and runs as parts of a file of evidence."""

from __future__ import annotations

import time
from typing import Any

import attrs

from checker.backends.solver import QueryBudget
from checker.invariants.certificate import Certificate
from checker.portfolio.decision import Options
from checker.portfolio.proving import prove
from checker.statements.settles import RunStaysOut, Settled
from checker.system.lemmas import Lemma
from checker.system.problem import Problem
from checker.system.replay import Run
from checker.system.verdict import Stated
from checker.system.walk import HeldSet


def proved_section(problem: Problem, options: Options) -> dict[str, Any] | None:
    """A proof that is looked for anew; None where none is found within the options' times."""
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    certificate = prove(problem, budget, terse=False)
    if not isinstance(certificate, Certificate):
        return None
    return certificate_section(certificate.stated(problem))


def certificate_section(stated: Stated) -> dict[str, Any]:
    """What a proof rests on: a walk, with its lemmas, or the depth of a k-induction."""
    if stated.depth:
        return {"depth": stated.depth}
    lemmas = {"lemmas": [lemma_section(lemma) for lemma in stated.lemmas]} if stated.lemmas else {}
    return {"walk": [held_section(held) for held in stated.walk], **lemmas}


def lemma_section(lemma: Lemma) -> dict[str, Any]:
    """A polynomial that is not negative where others are not, as weighted sums of squares."""
    return {
        "seed": lemma.seed,
        "scales": [[str(centre), str(scale)] for centre, scale in lemma.scales],
        "parts": [
            {
                "given": [[[list(n), str(value)] for n, value in terms] for terms in part.given],
                "basis": [list(monomial) for monomial in part.basis],
                "gram": [list(map(str, row)) for row in part.gram],
            }
            for part in lemma.parts
        ],
    }


def settled_section(settled: Settled) -> dict[str, Any]:
    """The boxes that lead from the whole domain into the claim."""
    return {"walk": [held_section(held) for held in settled.walk]}


def outside_section(found: RunStaysOut) -> dict[str, Any] | None:
    """A run that stays outside the claim, and what shows it."""
    proof = found.proof.certificate
    return None if proof is None else {**run_section(found.run), **certificate_section(proof)}


def held_section(held: HeldSet) -> dict[str, Any]:
    """One set of a walk."""
    return {**attrs.asdict(held), "conditions": list(held.conditions)}


def run_section(run: Run) -> dict[str, Any]:
    """Where a run ends, and nature's strategy until then; of a seed that is a set, what it chooses
    there."""
    chosen = {"seed": [str(unit) for unit in run.seed_units]} if run.seed_units else {}
    return {
        **chosen,
        "position": run.position,
        "start": {name: str(value.low) for name, value in run.seed.items()},
        "plan": [[count, [str(unit) for unit in units]] for count, units in run.plan],
    }
