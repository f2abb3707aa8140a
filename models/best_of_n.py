"""Best of n: of n answers drawn from a model the one that a reward model likes best is given.

*How much oftener is an answer given?* Put the possible answers in the order of their reward, the
worst first, and let F be the probability of all up to some answer and p that of the next one. The
best of n is that one with probability (F + p)^n - F^n, whatever n, and this is at most n p.

*How far is that from the model?* If no answer has much probability by itself, by the divergence
KL = log n - (n - 1)/n; where some have, by less.

*How long does it help?* The true reward, as a function of d = sqrt(KL), was found to follow
d (alpha - beta d): it rises up to d = alpha / (2 beta), where it is alpha^2 / (4 beta), and beyond
that the reward model is over-optimised.

Sources: Stiennon and others, "Learning to summarize from human feedback" (2020) for the divergence;
Beirami and others, "Theoretical guarantees on the best-of-n alignment policy" (2024), that it is
a bound, which finite answers do not attain; Gao, Schulman and Hilton, "Scaling laws for reward
model overoptimization" (2022).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint

from models.enclosures import Enclosure, ball, enclose
from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    parameter,
    structural,
)


class Draws(Parameters):
    """How many answers are drawn."""

    draws: int = structural(4, 1, 64, "answers n that one is chosen from", source=ILLUSTRATIVE)


# --- how much oftener an answer is given ----------------------------------------------------------


class Chosen(Agent[I]):
    """An answer among those in the order of their reward."""

    below: Real = between(0, 1, "probability, in the model, of this answer or a worse one")
    drawn: Real = between(0, 1, "probability of the answer in the model")
    given: Real = between(0, 1, "probability that it is the best of n")


class NoOftenerThan(Invariant):
    """No answer is given more often than so many times as often as the model gives it."""

    ratio: Real = budget(0, 64, "density ratio", limit=4)

    def holds(self, answer: Chosen[Any]) -> Bool:
        """given <= ratio drawn."""
        return answer.given <= self.ratio * answer.drawn


def worse_than_all(p: Draws) -> Chosen[NoOftenerThan]:
    """Below the worst answer."""
    return Chosen(below=Real(0), drawn=Real(0), given=Real(0))


def next_better(answer: Chosen[I], p: Draws, nature: Nature) -> Chosen[I]:
    """The next answer in the order, of any probability that is left: (F + p)^n - F^n."""
    drawn = nature.choose("probability of the next answer", at_most=1 - answer.below)
    below = answer.below + drawn
    return Chosen(below=below, drawn=drawn, given=below**p.draws - answer.below**p.draws)


best_of_n = Loop[Draws, Chosen[NoOftenerThan]](
    "best-of-n",
    parameters=Draws,
    seed=worse_than_all,
    step=next_better,
    about="The answers of any model in the order of their reward, and the best of n of them.",
)


# --- how far that is from the model ---------------------------------------------------------------


class Kinds(Draws):
    """A model with so many answers, all alike in probability."""

    kinds: int = structural(100, 1, 4000, "answers that the model gives", source=ILLUSTRATIVE)


class Diverged(Agent[I]):
    """How far the best of n is from the model."""

    divergence: Real = between(0, 10, "KL of the best of n from the model, in nats")
    promised: Real = between(0, 10, "log n - (n - 1)/n")


class AsPromised(Invariant):
    """The divergence is at most the formula's, or less by at least a margin."""

    less: Real = budget(-10, 0, "minus the margin, in nats", limit=0)

    def holds(self, best: Diverged[Any]) -> Bool:
        """divergence <= promised - margin."""
        return best.divergence <= best.promised + self.less


def divergence(draws: int, kinds: int) -> Enclosure:
    """KL of the best of n from m equally likely answers: the sum of c_i log(m c_i), with c_i =
    (i/m)^n - ((i-1)/m)^n."""

    def summed() -> flint.arb:
        total = flint.arb(0)
        for i in range(1, kinds + 1):
            given = Fraction(i**draws - (i - 1) ** draws, kinds**draws)
            total += ball(given) * ball(kinds * given).log()
        return total

    return enclose(summed)


def promised(draws: int) -> Enclosure:
    """log n - (n - 1)/n."""
    return enclose(lambda: ball(draws).log() - ball(Fraction(draws - 1, draws)))


def nothing_chosen(p: Kinds) -> Diverged[AsPromised]:
    """Nothing is chosen yet, and the most that the field can hold is promised."""
    return Diverged(divergence=Real(0), promised=Real(10))


def choose_best(best: Diverged[I], p: Kinds, nature: Nature) -> Diverged[I]:
    """The best of n, both numbers as far as they are enclosed."""
    found, said = divergence(p.draws, p.kinds), promised(p.draws)
    return Diverged(
        divergence=found.chosen_by(nature, "divergence", "nats"),
        promised=said.chosen_by(nature, "the formula", "nats"),
    )


best_of_n_divergence = Loop[Kinds, Diverged[AsPromised]](
    "best-of-n-divergence",
    parameters=Kinds,
    seed=nothing_chosen,
    step=choose_best,
    about="How far the best of n of equally likely answers is from one of them.",
)


# --- how long that helps --------------------------------------------------------------------------


class Optimised(Agent[I]):
    """A model optimised against a reward model, and the same optimised further."""

    slope: Real = between(0, 10, "alpha: true reward that the first unit of optimisation brings")
    bend: Real = between(0, 10, "beta: what each unit takes back of that")
    distance: Real = between(0, 100, "d: the root of its KL from the model that it was made of")
    further: Real = between(0, 100, "the same, if it is optimised further")


def true_reward(distance: Real, slope: Real, bend: Real) -> Real:
    """d (alpha - beta d)."""
    return distance * (slope - bend * distance)


class NoMoreThanTheOptimum(Invariant):
    """The true reward is at most alpha^2 / (4 beta), however far it is optimised."""

    share: Real = budget(0, 1, "share of that reward", limit=1)

    def holds(self, model: Optimised[Any]) -> Bool:
        """4 beta reward <= share alpha^2."""
        reward = true_reward(model.distance, model.slope, model.bend)
        return 4 * model.bend * reward <= self.share * model.slope**2


class RisesUpToTheOptimum(Invariant):
    """Up to d = alpha / (2 beta) more optimisation does not lower the true reward."""

    reach: Real = budget(0, 10, "in units of alpha / (2 beta)", limit=1)

    def holds(self, model: Optimised[Any]) -> Bool:
        """2 beta further <= reach alpha implies no less reward further on."""
        before = true_reward(model.distance, model.slope, model.bend)
        after = true_reward(model.further, model.slope, model.bend)
        return (2 * model.bend * model.further > self.reach * model.slope) | (before <= after)


class FallsBeyondTheOptimum(Invariant):
    """From d = alpha / (2 beta) on more optimisation lowers the true reward."""

    def holds(self, model: Optimised[Any]) -> Bool:
        """2 beta distance >= alpha, beta > 0 and distance < further imply less reward further."""
        before = true_reward(model.distance, model.slope, model.bend)
        after = true_reward(model.further, model.slope, model.bend)
        within = 2 * model.bend * model.distance < model.slope
        return within | (model.bend <= 0) | (model.distance >= model.further) | (before > after)


class NoParameters(Parameters):
    """None."""


def unoptimised(p: NoParameters) -> Optimised[NoMoreThanTheOptimum]:
    """The first model."""
    return Optimised(slope=Real(1), bend=Real(1), distance=Real(0), further=Real(0))


def optimise(model: Optimised[I], p: NoParameters, nature: Nature) -> Optimised[I]:
    """Any scaling, any optimisation, and any more."""
    distance = nature.choose("distance", at_most=100)
    return Optimised(
        slope=nature.choose("alpha", at_most=10),
        bend=nature.choose("beta", at_most=10),
        distance=distance,
        further=nature.choose("further", at_least=distance, at_most=100),
    )


overoptimisation = Loop[NoParameters, Optimised[NoMoreThanTheOptimum]](
    "overoptimisation",
    parameters=NoParameters,
    seed=unoptimised,
    step=optimise,
    about="True reward d (alpha - beta d) as a reward model is optimised further and further.",
)


class OneMore(Parameters):
    """The best of n under a law of over-optimisation."""

    draws: int = structural(
        2, 2, 10**6, "answers n that one is chosen from", source="one more than the model's own"
    )
    slope: Real = parameter(1, 0, 10, "alpha, as above", source=ILLUSTRATIVE)
    bend: Real = parameter("1/4", 0, 10, "beta, as above", source=ILLUSTRATIVE)


class Changed(Agent[I]):
    """What one answer more to choose from does to the true reward."""

    lost: Real = between(-100, 100, "true reward lost by it")


class NothingLost(Invariant):
    """One answer more has not lowered the true reward."""

    lost: Real = budget(-100, 100, "true reward lost", limit=0)

    def holds(self, change: Changed[Any]) -> Bool:
        """The loss is within the budget."""
        return change.lost <= self.lost


def distance_of(draws: int) -> Enclosure:
    """d of the best of n, sqrt(log n - (n - 1)/n)."""
    return enclose(lambda: (ball(draws).log() - ball(Fraction(draws - 1, draws))).sqrt())


def nothing_drawn(p: OneMore) -> Changed[NothingLost]:
    """No answer more yet."""
    return Changed(lost=Real(0))


def draw_one_more(change: Changed[I], p: OneMore, nature: Nature) -> Changed[I]:
    """The best of n instead of the best of n - 1."""
    fewer, more = distance_of(p.draws - 1), distance_of(p.draws)
    before = true_reward(fewer.chosen_by(nature, "d of one less"), p.slope, p.bend)
    after = true_reward(more.chosen_by(nature, "d"), p.slope, p.bend)
    return Changed(lost=before - after)


best_of_one_more = Loop[OneMore, Changed[NothingLost]](
    "best-of-one-more",
    parameters=OneMore,
    seed=nothing_drawn,
    step=draw_one_more,
    about="The best of n answers instead of n - 1, under a law of over-optimisation.",
)
