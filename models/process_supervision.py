"""Process beside outcome supervision: is each step of a solution judged, or its final answer?

A solution has several steps. Under outcome supervision its final answer is compared with the known
one: a solution passes though a step of it is wrong, if it comes to the right answer all the same.
Under process supervision a labeller judges every step: a solution passes only if its first wrong
step is missed, but with every step there is one more to be rejected by mistake. What is rejected is
done again, and the next reasoner is trained on what came out. Both are compared on one solution,
and rank after rank, where the steps of a solution are questions of the rank below.

Sources: Uesato et al., "Solving math word problems with process- and outcome-based feedback"
(2022), for the error of the trace beside that of the final answer; Lightman et al., "Let's verify
step by step" (2023), for labels up to the first wrong step.
"""

from __future__ import annotations

from fractions import Fraction

from models.comparisons import Comparison, NoLoss, nothing_compared
from models.steps import ILLUSTRATIVE, checked, decomposed, departing
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
    unbounded,
)
from spec.alignment import Reliable
from spec.fields import Fields

MOST_STEPS = 20


class Redoing(Parameters):
    """What is known of solutions and of doing them again."""

    redone: Real = parameter(
        "1/10",
        0,
        1,
        "of the solutions rejected, the share, on any question, that is wrong when done again",
        source=ILLUSTRATIVE,
    )
    steps: int = structural(3, 1, MOST_STEPS, "steps of a solution", source="few")


class StepLabels(Redoing):
    """What is known of a labeller who judges steps."""

    missed: Real = parameter(
        "1/10",
        0,
        1,
        "probability, on any solution, that a labeller passes its first wrong step",
        source=ILLUSTRATIVE,
    )
    false_alarm: Real = parameter(
        "1/100",
        0,
        Fraction(1, MOST_STEPS),
        "probability, at any step that is right, that a labeller rejects it",
        source=ILLUSTRATIVE,
    )


class AnswerKey(Redoing):
    """What is known of final answers and of the known ones."""

    lucky: Real = parameter(
        "1/4",
        0,
        1,
        "of the solutions with a wrong step, the share, on any question, that comes to the right "
        "answer all the same",
        source=ILLUSTRATIVE,
    )
    miskeyed: Real = parameter(
        "1/200",
        0,
        1,
        "probability, on any question, that the known answer is wrong",
        source=ILLUSTRATIVE,
    )


def some_rejected(p: StepLabels) -> Real:
    """P(a labeller rejects a step of a solution that is right): at most k f, which is at most 1.

    Boole's inequality over the steps; attained where no two of them are rejected together.
    """
    return p.steps * p.false_alarm


def by_process(flawed: Real, p: StepLabels) -> Real:
    """P(a step is wrong after process supervision), of a solution flawed with that probability."""
    return checked(flawed, p.missed, some_rejected(p), p.redone)


def by_outcome(flawed: Real, p: AnswerKey) -> Real:
    """P(a step is wrong after outcome supervision), of a solution flawed with that probability."""
    return checked(flawed, p.lucky, p.miskeyed, p.redone)


# One solution.
class OneSolution(StepLabels, AnswerKey):
    """Parameters of one solution, supervised in both ways."""

    flawed: Real = parameter(
        "1/10", 0, 1, "probability that some step of it is wrong", source=ILLUSTRATIVE
    )


def compare(last: Comparison[I], p: OneSolution, nature: Nature) -> Comparison[I]:
    """A solution on which misses, luck and false alarms are just what the parameters say.

    With x the probability that it is flawed, and F = k f: the loss is r (1 - x)(F - h) - (1 - r) x
    (g - m). So process supervision wins exactly where luck hides more than a labeller
    misses, weighed against false alarms, which grow with the number of steps.
    """
    return Comparison(loss=by_process(p.flawed, p) - by_outcome(p.flawed, p))


compared = Loop[OneSolution, Comparison[NoLoss]](
    "process-less-outcome",
    parameters=OneSolution,
    seed=nothing_compared,
    step=compare,
    about="What process supervision loses on one solution, as the exact difference.",
)


# Rank after rank.
class Solutions(Fields):
    """Of which rank solutions are, and how they are wrong, as means over questions as in
    training."""

    capability: Real = unbounded("rank of the questions that they answer")
    error: Real = between(0, 1, "mean probability that some step is wrong: the trace error")
    wrong: Real = between(0, 1, "mean probability that the final answer is wrong")


class Reasoner(Solutions, Agent[I]):
    """An agent that writes solutions to the questions of its rank."""


class Supervised(Solutions, Expert[I]):
    """Solutions one rank higher, after supervision."""


class RightAnswers(Invariant):
    """Final answers are seldom wrong, however they were come by."""

    wrong: Real = budget(0, 1, "mean probability of a wrong final answer", limit="1/10")

    def holds(self, reasoner: Solutions) -> Bool:
        """The wrong field is within the budget."""
        return reasoner.wrong <= self.wrong


class SoundAndRight(Reliable, RightAnswers):
    """Steps and final answers are seldom wrong."""


class Ranks(Redoing):
    """Parameters of solutions and of training, rank after rank."""

    slip: Real = parameter(
        "1/200", 0, 1, "mean probability of an error in putting steps together", source=ILLUSTRATIVE
    )
    density: Real = parameter(
        1,
        1,
        100,
        "how many times as often a question may come up as a step as in training",
        source="1: steps are distributed as in training",
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the next reasoner departs from a supervised solution, in total variation",
        source=ILLUSTRATIVE,
    )


class ProcessSupervision(StepLabels, Ranks):
    """Parameters of process supervision."""


class OutcomeSupervision(AnswerKey, Ranks):
    """Parameters of outcome supervision."""


def able(p: Ranks) -> Reasoner[SoundAndRight]:
    """A reasoner whose solutions people checked at the first rank."""
    return Reasoner(capability=Real(1), error=Real(0), wrong=Real(0))


def drafted(mean: Real, p: Ranks) -> Real:
    """P(a solution is flawed, or its answer wrong) if its steps are with that mean: a union
    bound."""
    return decomposed(p.density * mean, p.steps, p.slip)


def judge_steps(reasoner: Reasoner[I], p: ProcessSupervision, nature: Nature) -> Supervised[I]:
    """Amplify: solve a question of the next rank step by step, and have every step judged.

    An answer is wrong at most where a step is.
    """
    error = by_process(drafted(reasoner.error, p), p)
    return Supervised(capability=reasoner.capability + 1, error=error, wrong=error)


def judge_answers(reasoner: Reasoner[I], p: OutcomeSupervision, nature: Nature) -> Supervised[I]:
    """Amplify: solve a question of the next rank step by step, and compare the final answer.

    The draft's answer is wrong at most where the answer of a step is. What comes out is wrong where
    the known answer is, or where the draft was rejected and is wrong again.
    """
    again = p.redone * drafted(reasoner.wrong, p)
    return Supervised(
        capability=reasoner.capability + 1,
        error=by_outcome(drafted(reasoner.error, p), p),
        wrong=minimum(1, p.miskeyed + again),
    )


def learn(expert: Supervised[I], p: Ranks, nature: Nature) -> Reasoner[I]:
    """Distill: train the next reasoner on supervised solutions.

    With m and h what a check misses and rejects by mistake, the trace error stays within L at every
    rank iff (m + r (1 - m - h)) (s + k rho L) + r h + eps <= L. In particular a check has to miss
    fewer than one in k, whether by luck or by a labeller.
    """
    departure = departing(p.imitation_error, nature)
    return Reasoner(
        capability=expert.capability,
        error=minimum(1, expert.error + departure),
        wrong=minimum(1, expert.wrong + departure),
    )


process_supervision = Scheme[
    ProcessSupervision, Reasoner[SoundAndRight], Supervised[SoundAndRight]
](
    "process-supervision",
    parameters=ProcessSupervision,
    seed=able,
    amplify=judge_steps,
    distill=learn,
    about="A reasoner trained on solutions every step of which was judged.",
)

outcome_supervision = Scheme[
    OutcomeSupervision, Reasoner[SoundAndRight], Supervised[SoundAndRight]
](
    "outcome-supervision",
    parameters=OutcomeSupervision,
    seed=able,
    amplify=judge_answers,
    distill=learn,
    about="A reasoner trained on solutions that came to the known answer.",
)
