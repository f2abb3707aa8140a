"""A prover-estimator debate on one claim: estimates of sub-claims, one contest, one verdict.

the claim ── sub-claims, each with an estimate ── the prover contests the worst, or another
         └─ what is put together from them ── the verdict, off by what no contest took away
"""

from __future__ import annotations

from models.prover_estimator import Estimating
from models.worlds.departure import departing
from spec import Real, maximum, minimum
from spec.worlds import Question


def judged_claim(question: Question, p: Estimating) -> dict[str, Real]:
    """What the verdict is off by, where a contest takes away the greatest distance."""
    slip = question.draw("the judge's error in putting sub-claims together")
    question.mean("slip", slip)
    settled = question.draw("the worst estimate is contested and set right", at_least=p.settled)
    distances = [question.part(i).off for i in range(p.fan_out)]
    total = sum(distances, Real(0))
    worst = maximum(*distances) if p.fan_out > 1 else distances[0]
    moved = p.influence * (total - settled * worst)
    return {"off": minimum(1, slip + moved)}


def fitted_estimate(question: Question, p: Estimating) -> dict[str, Real]:
    """The next estimator says what the verdict was, or departs from it."""
    departs = departing(question)
    return {"off": minimum(1, question.part(0).off + departs)}
