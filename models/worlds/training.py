"""A student at one question of its expert's: what is behind ``models/distillation.py``.

    expert's table at the question ── the student departs from it, or does not ── the student
                                   └─ departures are mistakes, or treachery

The one part of a question is the question itself. A student that learns by rewards is at the
question of its expert's verdict instead: where the verdict is wrong, the reward is, and an
optimised student goes where rewards are wrong as far as its density allows.
"""

from __future__ import annotations

from models.debate import Debate
from models.distillation import Cloning, Filtering, OnPolicy, PartlyLabelled, RewardLearning
from models.growth import Ranks
from models.steps import Training
from spec import Bool, Entry, Question, Real, minimum

LONGEST = 50
"""More than an episode has steps."""
DEAREST = 10**6
"""More than an answer costs, in units of the base agent's cost."""


def loses_an_episode_at_most(entry: Entry) -> Bool:
    """A malign answer is a wrong one, and nothing loses more than an episode's reward."""
    return (entry.malign <= entry.error) & (entry.regret <= LONGEST)


def _few_labels_leave(question: Question, p: Training) -> Real:
    """Error of a step at a question whose labels are as few as its answer is dear."""
    cost = question.draw("cost of the expert's answer", at_most=DEAREST)
    question.mean("cost", cost)
    return question.draw("error that few labels leave", at_most=minimum(1, p.label_noise * cost))


def _learned_resistance(question: Question) -> Real:
    drift = question.draw("resistance that training adds")
    question.mean("resistance_drift", drift)
    question.chooses("learned resistance", drift)
    return minimum(1, question.part().resistance + drift)


def _imitated(question: Question, departs: Real, lost: Real) -> dict[str, Real]:
    question.chooses("regret against the expert", lost)
    return _departing(question, departs, lost)


def _departing(question: Question, departs: Real, lost: Real) -> dict[str, Real]:
    expert = question.part()
    treachery = question.draw("treacherous where it departs", at_most=departs)
    question.chooses("departure", departs)
    question.chooses("malign share of the departure", treachery)
    return {
        "error": minimum(1, expert.error + departs),
        "malign": minimum(1, expert.malign + treachery),
        "resistance": _learned_resistance(question),
        "regret": expert.regret + lost,
    }


def cloned(question: Question, p: Cloning) -> dict[str, Real]:
    """It departs in an episode with T times the error of a step, averaged over the steps, and may
    lose all of the episode where it does."""
    of_training = question.draw("error of a step, averaged over the episode")
    question.mean("imitation_error", of_training)
    step = of_training + _few_labels_leave(question, p)
    departs = minimum(1, p.horizon * step)
    lost = question.draw("lost where it departs", at_most=p.horizon * departs)
    return _imitated(question, departs, lost)


def partly_labelled(question: Question, p: PartlyLabelled) -> dict[str, Real]:
    """It departs with up to twice what it departs with on labels, and what so many labels leave.

    That the mean is no more, whichever student was learned, is the theorem on samples that
    ``labels_leave`` derives; what is proved of worlds is what follows from it.
    """
    trained = question.draw("departs where it is labelled")
    question.mean("imitation_error", trained)
    seen = trained + _few_labels_leave(question, p)
    unseen = question.draw("departs as no label shows")
    question.mean("complexity", unseen * p.labelled * p.episodes)
    step = question.draw(
        "error of a step, averaged over the episode", at_most=minimum(1, 2 * (seen + unseen))
    )
    departs = minimum(1, p.horizon * step)
    lost = question.draw("lost where it departs", at_most=p.horizon * departs)
    return _imitated(question, departs, lost)


def sifted(question: Question, p: Filtering) -> dict[str, Real]:
    """A student's answer before a filter: what is rejected is wrong, and may lose the episode.

    How often it is rejected though it is not malign is known in the mean only, and how that goes
    together with its mistakes is not.
    """
    student = question.part()
    stopped = question.draw("a malign answer is caught", at_least=p.caught)
    alarm = question.draw("rejected though not malign", at_most=1 - student.malign)
    question.mean("false_alarm", alarm)
    rejected = student.malign * stopped + alarm
    lost = question.draw("lost to a rejection", at_most=p.horizon * rejected)
    return {
        "error": minimum(1, student.error + alarm),
        "malign": (1 - stopped) * student.malign,
        "resistance": student.resistance,
        "regret": student.regret + lost,
    }


def corrected_on_its_way(question: Question, p: OnPolicy) -> dict[str, Real]:
    """Each departure loses what recovering from it costs; a step errs with what the best student
    in hindsight errs with, and with what learning on its own states adds."""
    best = question.draw("error of a step, averaged over the episode")
    question.mean("imitation_error", best)
    added = question.draw("what learning on its own states adds to it")
    question.mean("residual", added)
    step = best + added + _few_labels_leave(question, p)
    departs = minimum(1, p.horizon * step)
    most = minimum(p.horizon, p.recoverability * p.horizon * step)
    return _imitated(question, departs, question.draw("lost where it departs", at_most=most))


def verdict_departed_from(question: Question, p: Debate) -> dict[str, Real]:
    """A judge that gives the verdict of a debate without the debate, and loses no more than an
    episode's reward where it departs from it."""
    departs = question.draw("departs from the verdict")
    question.mean("imitation_error", departs)
    lost = question.draw("lost where it departs", at_most=p.horizon * departs)
    return _departing(question, departs, lost)


def verdict_learned(question: Question, p: RewardLearning) -> dict[str, Real]:
    """A student that takes what the reward prefers.

    At a step the reward of what it takes is too high by what the verdict on it is wrong and by the
    model's own error, and that of the best is too low by as much: it loses up to the sum, and the
    optimiser's gap. It is wrong where it loses at least the margin.
    """
    taken = question.part(0).error
    best = question.part(1).error
    off = 2 * (p.reward_error + _few_labels_leave(question, p)) + taken + best
    loss = question.draw(
        "reward lost", at_most=minimum(p.horizon, off * p.horizon + p.optimiser_gap)
    )
    question.chooses("regret", loss)
    wrong = minimum(1, loss / p.reward_margin)
    exploits = question.draw("wrong on purpose", at_most=wrong)
    question.chooses("exploited share of wrong answers", exploits)
    return {"error": wrong, "malign": exploits, "regret": loss}


def learned_along_the_ranks(question: Question, p: Ranks) -> dict[str, Real]:
    """A student of ``growth``: errors anew at every question, and errors of all copies alike."""
    expert = question.part()
    noise = question.draw("errs anew", at_most=p.noise)
    alike = question.draw("all copies err alike")
    question.mean("systematic", alike)
    question.chooses("errors alike", alike)
    question.chooses("noise", noise)
    return {
        "fresh": minimum(1, expert.fresh + noise),
        "excess": minimum(1, expert.excess + alike),
    }
