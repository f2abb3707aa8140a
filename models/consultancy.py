"""Consultancy beside debate: what a judge learns from one advocate, and from two.

A question has two answers, one of them right. In consultancy one consultant is assigned an answer
and argues for it before the judge; half the time, say, it is assigned the wrong one. In debate
a liar argues for the wrong answer as well, but against an opponent who may find the flaw and point
at it. Both are compared here on one question, on average over questions, and round after round with
a judge who is trained on its own verdicts while the advocates are trained to persuade.

In a real run (docs/how-to/real-runs.md) persuasion starts at 0.15 and grows by up to 0.24 in a
round, against defaults of 1/50, and stops growing below 0.6; after debates 0.03 of verdicts are
wrong, after consultancies 0.32. A judge that does not see what the advocates showed departs from
verdicts by 0.15 and more, far beyond the default ``imitation_error``.

Sources: Irving, Christiano and Amodei, "AI safety via debate" (2018), for the claim that it is
harder to lie than to refute a lie; Khan et al., "Debating with more persuasive LLMs leads to more
truthful answers" (2024), and Kenton et al., "On scalable oversight with weak LLMs judging strong
LLMs" (2024), for consultancy as the baseline and for advocates optimised to persuade.
"""

from __future__ import annotations

from typing import Any

from models.comparisons import Comparison, NoLoss, nothing_compared
from models.steps import ILLUSTRATIVE, departing
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    minimum,
    parameter,
    structural,
)
from spec.alignment import Reliable

HALF_THE_TIME = "consultants are assigned the wrong answer half the time (Khan et al. 2024)"


# One question.
class Verdicts(Agent[I]):
    """How often the judge is wrong, after a consultancy and after a debate."""

    consulted: Real = between(0, 1, "probability that the judge is wrong after a consultancy")
    debated: Real = between(0, 1, "probability that the judge is wrong after a debate")


class DebateNoWorse(Invariant):
    """The judge is wrong after a debate no more often than after a consultancy."""

    slack: Real = budget(0, 1, "what debate may lose against consultancy", limit=0)

    def holds(self, verdicts: Verdicts[Any]) -> Bool:
        """debated <= consulted + slack."""
        return verdicts.debated <= verdicts.consulted + self.slack


class OneQuestion(Parameters):
    """Parameters of one question before a judge."""

    assigned: Real = parameter(
        "1/2",
        0,
        1,
        "probability that the consultant is assigned the wrong answer",
        source=HALF_THE_TIME,
    )
    found: Real = parameter(
        "1/2",
        0,
        1,
        "least probability that the opponent finds the flaw and points at it",
        source=ILLUSTRATIVE,
    )
    swing: Real = parameter(
        0,
        0,
        1,
        "least amount by which a judge errs more often after a false argument than after a true "
        "one: what persuasion comes to",
        source="0: nothing is assumed of persuasion",
    )
    distraction: Real = parameter(
        0,
        0,
        1,
        "most amount by which a judge who is shown the flaw still errs more often than after a "
        "true argument alone",
        source="0: being shown the flaw helps as much as a true argument",
    )


def nothing_heard(p: Parameters) -> Verdicts[DebateNoWorse]:
    """No question yet."""
    return Verdicts(consulted=Real(0), debated=Real(0))


def hear_both(last: Verdicts[I], p: OneQuestion, nature: Nature) -> Verdicts[I]:
    """Draw any question and judge it after a consultancy and after a debate.

    Let the judge be wrong with probability P after a false argument, H after a true one, and G
    after a false one whose flaw is shown. A consultancy errs with w P + (1 - w) H, a debate with
    (1 - f) P + f G: where the flaw is not found, the liar persuades as it would alone. Both are the
    law of total probability. If G = H + d and P - H = D, debate is no worse iff
    f (D - d) >= (1 - w) D: for d = 0 iff the flaw is found at least as often as a consultant is
    assigned the truth. The right side over D - d falls in D, so the least swing is the worst.
    """
    right_side = nature.choose("wrong after a true argument", at_most=1 - p.swing)
    wrong_side = nature.choose(
        "wrong after a false argument", at_least=right_side + p.swing, at_most=1
    )
    shown = nature.choose(
        "wrong when shown the flaw", at_most=minimum(1, right_side + p.distraction)
    )
    found = nature.choose("flaw found", at_least=p.found, at_most=1)
    return Verdicts(
        consulted=p.assigned * wrong_side + (1 - p.assigned) * right_side,
        debated=(1 - found) * wrong_side + found * shown,
    )


one_question = Loop[OneQuestion, Verdicts[DebateNoWorse]](
    "debate-against-consultancy",
    parameters=OneQuestion,
    seed=nothing_heard,
    step=hear_both,
    about="Any question, judged after a consultancy and after a debate.",
)


def compare(last: Comparison[I], p: OneQuestion, nature: Nature) -> Comparison[I]:
    """A question at which finding, swing and distraction are just what the parameters say.

    (1 - w - f) D + f d: how often the judge is wrong after a true argument cancels.
    """
    return Comparison(loss=(1 - p.assigned - p.found) * p.swing + p.found * p.distraction)


compared = Loop[OneQuestion, Comparison[NoLoss]](
    "debate-less-consultancy",
    parameters=OneQuestion,
    seed=nothing_compared,
    step=compare,
    about="What debate loses on a question with a given swing, as the exact difference.",
)


class SeveralQuestions(Parameters):
    """Parameters of several equally frequent questions, of which only a mean is known."""

    assigned: Real = parameter(
        "1/2",
        0,
        1,
        "probability that the consultant is assigned the wrong answer",
        source=HALF_THE_TIME,
    )
    found: Real = parameter(
        "1/2",
        0,
        1,
        "least mean, over the questions, of the probability that the flaw is found",
        source=ILLUSTRATIVE,
    )
    questions: int = structural(2, 1, 6, "questions, equally frequent", source="smallest")


def hear_both_on_average(last: Verdicts[I], p: SeveralQuestions, nature: Nature) -> Verdicts[I]:
    """Draw that many questions and judge all of them after a consultancy and after a debate.

    Of finding flaws only the mean is bounded, so the flaws that nobody finds may be those of the
    questions on which the judge is persuaded. A true argument, and being shown the flaw, are taken
    to set the judge right, which is the best for debate. On n questions the worst case has one
    that persuades surely, with all that is not found put there: debate is no worse iff
    n (1 - f) <= w.
    """
    left = p.questions * (1 - p.found)
    consulted, debated = Real(0), Real(0)
    for i in range(p.questions):
        missed = nature.choose(f"flaw missed on question {i}", at_most=minimum(1, left))
        persuaded = nature.choose(f"persuaded on question {i}", at_most=1)
        left = left - missed
        consulted = consulted + p.assigned * persuaded / p.questions
        debated = debated + missed * persuaded / p.questions
    return Verdicts(consulted=consulted, debated=debated)


several_questions = Loop[SeveralQuestions, Verdicts[DebateNoWorse]](
    "debate-against-consultancy-on-average",
    parameters=SeveralQuestions,
    seed=nothing_heard,
    step=hear_both_on_average,
    about="Several questions, of which it is known how often flaws are found on average.",
)


# Round after round.
class Judge(Agent[I]):
    """A trained judge, and how well the advocates before it persuade."""

    error: Real = between(0, 1, "mean probability of a wrong verdict")
    persuasion: Real = between(
        0, 1, "mean probability that a false argument persuades a judge who would be right alone"
    )


class Advised(Expert[I]):
    """The judge with advocates and, on a share of questions, a person in its place."""

    error: Real = between(0, 1, "mean probability of a wrong verdict")
    persuasion: Real = between(0, 1, "as the judge's")


class Advocacy(Parameters):
    """Parameters of a judge who is trained on verdicts, and of advocates trained to persuade."""

    anchor: Real = parameter(
        "1/4",
        0,
        1,
        "share of questions, drawn at random, that a person judges",
        source=ILLUSTRATIVE,
    )
    untrained: Real = parameter(
        "1/50", 0, 1, "how often untrained advocates persuade of a falsehood", source=ILLUSTRATIVE
    )
    push: Real = parameter(
        "1/50", 0, 1, "most persuasion that a round of training adds", source=ILLUSTRATIVE
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the trained judge departs from a verdict, in total variation",
        source=ILLUSTRATIVE,
    )


class Consultancy(Advocacy):
    """Parameters of consultancies."""

    assigned: Real = parameter(
        "1/2",
        0,
        1,
        "probability that the consultant is assigned the wrong answer",
        source=HALF_THE_TIME,
    )
    unhelped: Real = parameter(
        "1/50",
        0,
        1,
        "mean probability that a judge is wrong even after a true argument",
        source=ILLUSTRATIVE,
    )
    alone: Real = parameter(
        "1/5", 0, 1, "mean probability that a person who hears nobody is wrong", source=ILLUSTRATIVE
    )


class Debated(Advocacy):
    """Parameters of debates."""

    missed: Real = parameter(
        "1/100",
        0,
        1,
        "mean probability that the opponent does not find the flaw",
        source=ILLUSTRATIVE,
    )
    slip: Real = parameter(
        "1/200",
        0,
        1,
        "mean probability that a person who is shown the flaw does not see it",
        source=ILLUSTRATIVE,
    )


def seed(p: Advocacy) -> Judge[Reliable]:
    """A judge vetted by hand, before advocates that are not trained yet."""
    return Judge(error=Real(0), persuasion=p.untrained)


def persuaded(error: Real, persuasion: Real) -> Real:
    """P(wrong after a false argument): min(1, e + s), Boole's inequality over the questions.

    Nothing is assumed of how the two go together; e + (1 - e) s would need that those who would be
    wrong alone are not the ones who are hard to persuade.
    """
    return minimum(1, error + persuasion)


def consult(judge: Judge[I], p: Consultancy, nature: Nature) -> Advised[I]:
    """Amplify: the judge, or a person, hears one consultant.

    The assignment is the experimenter's, so it does not depend on the question. After a true
    argument a judge is wrong only where it would be wrong alone and is not helped: min(e, h).
    Worst case over questions: both bounds are attained where errors, and what helps against them,
    sit on the same questions.
    """

    def verdict(error: Real) -> Real:
        lied_to = persuaded(error, judge.persuasion)
        return p.assigned * lied_to + (1 - p.assigned) * minimum(error, p.unhelped)

    return Advised(
        error=p.anchor * verdict(p.alone) + (1 - p.anchor) * verdict(judge.error),
        persuasion=judge.persuasion,
    )


def moderate(judge: Judge[I], p: Debated, nature: Nature) -> Advised[I]:
    """Amplify: the judge, or a person, hears a liar and an opponent.

    Where the flaw is not found the liar is taken to win, however persuasive it is. Where it is, a
    person slips, and the trained judge errs as often as on any question of its table: what it is
    shown is one. A union bound: u + a j + (1 - a) e.
    """
    shown = p.anchor * p.slip + (1 - p.anchor) * judge.error
    return Advised(error=minimum(1, p.missed + shown), persuasion=judge.persuasion)


def learn(expert: Advised[I], p: Advocacy, nature: Nature) -> Judge[I]:
    """Distill: the judge learns the verdicts, and the advocates learn to persuade it."""
    departure = departing(p.imitation_error, nature)
    learned = nature.choose("learned persuasion", at_most=p.push)
    return Judge(
        error=minimum(1, expert.error + departure),
        persuasion=minimum(1, expert.persuasion + learned),
    )


consultancy = Scheme[Consultancy, Judge[Reliable], Advised[Reliable]](
    "consultancy",
    parameters=Consultancy,
    seed=seed,
    amplify=consult,
    distill=learn,
    about="A judge trained on its verdicts after consultancies, as consultants get persuasive.",
)

moderated_debate = Scheme[Debated, Judge[Reliable], Advised[Reliable]](
    "moderated-debate",
    parameters=Debated,
    seed=seed,
    amplify=moderate,
    distill=learn,
    about="The same judge trained on its verdicts after debates.",
)
