"""That the steps of games before an overseer are right about every world."""

from __future__ import annotations

from models.consultancy import consultancy, moderated_debate
from models.critiques import critiques
from models.eliciting import eliciting
from models.prover_estimator import prover_estimator
from models.worlds.consultancy import consulted, debated, learned
from models.worlds.critiques import reviewed_answer, rewritten_answer
from models.worlds.eliciting import EXPOSED, checked_report, reported
from models.worlds.prover_estimator import fitted_estimate, judged_claim
from spec import Sound

advocates = [
    Sound(
        "soundness/consultancy/consult",
        consultancy,
        "amplify",
        consulted,
        says="Whichever questions are hard, persuasive or beyond help, a judge after consultancies "
        "is wrong no more often than the step says.",
    ),
    Sound(
        "soundness/consultancy/learn",
        consultancy,
        "distill",
        learned,
        says="A judge that learns verdicts adds what it departs from them.",
    ),
    Sound(
        "soundness/moderated-debate/moderate",
        moderated_debate,
        "amplify",
        debated,
        says="Whichever flaws are missed, a judge after debates is wrong no more often than the "
        "step says.",
    ),
]

reviews = [
    Sound(
        "soundness/critiques/review",
        critiques,
        "amplify",
        reviewed_answer,
        says="If on each question the shares of a review are within their bounds, reviewed answers "
        "are wrong no more often than the step says, wherever the writer errs.",
    ),
    Sound(
        "soundness/critiques/rewrite",
        critiques,
        "distill",
        rewritten_answer,
        says="A writer that learns reviewed answers adds what it departs from them.",
    ),
]

estimates = [
    Sound(
        "soundness/prover-estimator/debate",
        prover_estimator,
        "amplify",
        judged_claim,
        says="However distances lie among sub-claims, setting the greatest right takes a b-th of "
        "their sum away.",
    ),
    Sound(
        "soundness/prover-estimator/three-parts",
        prover_estimator,
        "amplify",
        judged_claim,
        at={"fan_out": 3, "influence": "1/3"},
        says="The same of claims with three sub-claims.",
    ),
    Sound(
        "soundness/prover-estimator/fit",
        prover_estimator,
        "distill",
        fitted_estimate,
        says="An estimator fitted to verdicts adds its mean distance from them.",
    ),
]

reports = [
    Sound(
        "soundness/eliciting/check",
        eliciting,
        "amplify",
        checked_report,
        assumptions=(EXPOSED,),
        says="A report that is not believed passes no more often than answers to checks go "
        "uncaught.",
    ),
    Sound(
        "soundness/eliciting/train",
        eliciting,
        "distill",
        reported,
        says="The next reporter deceives where the overseer was deceived, mistaken or blind, or "
        "where it departs from what was rewarded.",
    ),
]
