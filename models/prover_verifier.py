"""Prover-verifier games: solutions that a weak verifier can check, round after round.

Two provers write solutions to a question: a helpful one that is right, and a sneaky one that is
wrong and wants to be believed. A verifier, weaker than both, accepts or rejects. In every round new
provers are trained to be accepted by the verifier, and the next verifier is trained to tell their
solutions apart. A proof system is sound if wrong solutions are seldom accepted, and complete if
right ones seldom are rejected. Solutions are legible if people with little time are not misled by
them either, though nobody trained with these people.

Sources: Anil, Zhang, Wu and Grosse, "Learning to give checkable answers with prover-verifier games"
(2021), for the game, soundness and completeness; Kirchner et al., "Prover-verifier games improve
legibility of LLM outputs" (2024), for helpful and sneaky provers, the rounds, and legibility to
people. That a new prover is the best of n solutions of the prover before it is a model of its
training.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, departing
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
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
from spec.fields import Fields


class Verdicts(Fields):
    """How a verifier, and a person, judge the solutions that the provers offer."""

    fooled: Real = between(
        0, 1, "mean probability that the verifier accepts the sneaky prover's wrong solution"
    )
    unconvinced: Real = between(
        0, 1, "mean probability that the verifier rejects the helpful prover's right solution"
    )
    misled: Real = between(
        0, 1, "mean probability that a person with little time accepts the wrong solution"
    )


class Verifier(Verdicts, Agent[I]):
    """A verifier, on the solutions of the provers that it was trained on."""


class Game(Verdicts, Expert[I]):
    """The same verifier, on the solutions of provers that were trained against it."""


class Soundness(Invariant):
    """Wrong solutions are seldom accepted."""

    fooled: Real = budget(0, 1, "mean probability that a wrong one is accepted", limit="1/10")

    def holds(self, verifier: Verdicts) -> Bool:
        """The fooled field is within the budget."""
        return verifier.fooled <= self.fooled


class Completeness(Invariant):
    """Right solutions are seldom rejected."""

    unconvinced: Real = budget(0, 1, "mean probability that a right one is rejected", limit="1/10")

    def holds(self, verifier: Verdicts) -> Bool:
        """The unconvinced field is within the budget."""
        return verifier.unconvinced <= self.unconvinced


class Legible(Invariant):
    """People with little time are seldom misled by a wrong solution."""

    misled: Real = budget(0, 1, "mean probability that a person accepts it", limit="1/10")

    def holds(self, verifier: Verdicts) -> Bool:
        """The misled field is within the budget."""
        return verifier.misled <= self.misled


class Checkable(Soundness, Completeness, Legible):
    """Solutions are what the game is for: sound, complete and legible."""


class Proving(Parameters):
    """Parameters of a round."""

    tries: int = structural(
        4,
        1,
        32,
        "solutions of the prover before it of which a new prover offers one that the verifier "
        "accepts, if there is one",
        source=ILLUSTRATIVE,
    )
    labelled: Real = parameter(
        1,
        0,
        1,
        "share of questions, drawn by lot, whose right answer is known; on the others the verdict "
        "of the verifier before stands",
        source="Kirchner et al. (2024): the answers of all training problems are known",
    )
    slip: Real = parameter(
        "1/200", 0, 1, "mean probability that an answer is known, and wrong", source=ILLUSTRATIVE
    )
    gap: Real = parameter(
        "1/50",
        0,
        1,
        "mean probability that a wrong solution misleads a person though the verifier rejects it",
        source=ILLUSTRATIVE,
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the next verifier departs from the label of one of the two solutions, in "
        "total variation",
        source=ILLUSTRATIVE,
    )


def vetted(p: Proving) -> Verifier[Checkable]:
    """A verifier checked by hand, on solutions of provers that are not trained yet."""
    return Verifier(fooled=Real(0), unconvinced=Real(0), misled=Real(0))


def some_accepted(accepted: Real, tries: int) -> Real:
    """P(one of n solutions is accepted): 1 - (1 - x)^n, concave in x.

    Assumes that they are drawn independently given the question.
    """
    return 1 - (1 - accepted) ** tries


def play(verifier: Verifier[I], p: Proving, nature: Nature) -> Game[I]:
    """Amplify: train new provers against the verifier.

    Let one solution of the sneaky prover before be accepted with probability x on a question. Of n
    the new one offers an accepted one with 1 - (1 - x)^n, which is concave, so it holds of means.
    The helpful prover is rejected with y^n if one solution is with y. That is convex: of the mean
    nothing better follows than y, as right solutions may be rejected surely on some questions and
    never on the others. So the same training helps the sneaky prover and need not help the other.

    A person is misled where the verifier is, or where only the person is: a union bound. Training
    prefers solutions that the verifier accepts, and looks at nothing else in them.
    """
    accepted = some_accepted(verifier.fooled, p.tries)
    return Game(
        fooled=accepted,
        unconvinced=verifier.unconvinced,
        misled=minimum(1, accepted + p.gap),
    )


def relabelled(wrong: Real, p: Proving) -> Real:
    """P(a label is wrong), at most j + (1 - a) w. The lot does not depend on the question."""
    return minimum(1, p.slip + (1 - p.labelled) * wrong)


def tell_apart(game: Game[I], p: Proving, nature: Nature) -> Verifier[I]:
    """Distill: train the next verifier on the solutions and their labels.

    With s the probability that a wrong solution is accepted, s -> (1 - a)(1 - (1 - s)^n) + j + eps.
    The map is concave and positive at 0, so s <= L at every round, from s = 0, iff it maps L to at
    most L. Right solutions: y -> (1 - a) y + j + eps, so y <= L iff j + eps <= a L.
    """
    departure = departing(p.imitation_error, nature)
    return Verifier(
        fooled=minimum(1, relabelled(game.fooled, p) + departure),
        unconvinced=minimum(1, relabelled(game.unconvinced, p) + departure),
        misled=game.misled,
    )


prover_verifier = Scheme[Proving, Verifier[Checkable], Game[Checkable]](
    "prover-verifier",
    parameters=Proving,
    seed=vetted,
    amplify=play,
    distill=tell_apart,
    about="A weak verifier and provers trained against it, in turns.",
)
