"""The invariants of the discussion, over the abstract agent's traits.

They stand beside the abstract agent because a scheme's type names the invariant that it carries.
"""

from __future__ import annotations

from typing import Any

from spec.agents import Traits
from spec.invariants import Invariant, budget
from spec.terms import Bool, Real, maximum

MOST = 10**6
"""The greatest rank, cost or loss that a limit can name."""


class Aligned(Invariant):
    """Its answers are seldom wrong, for whatever reason: error within budget.

    Source: the induction over alignment of Christiano, Shlegeris and Amodei, "Supervising strong
    learners by amplifying weak experts" (2018), with wrongness as a probability.
    """

    wrong: Real = budget(0, 1, "mean probability of a wrong answer", limit="1/5")

    def holds(self, agent: Traits) -> Bool:
        """The error field is within the budget."""
        return agent.error <= self.wrong


class Benign(Invariant):
    """It seldom gives an answer optimised against its overseer: malign within budget.

    Source: Christiano, "Benign AI" (2016): what an agent must not do is optimise against the
    user; mistakes are allowed.
    """

    malign: Real = budget(0, 1, "bound on the probability of a malign answer", limit="1/10")

    def holds(self, agent: Traits) -> Bool:
        """The malign field is within the budget."""
        return agent.malign <= self.malign


class WorstCaseBenign(Invariant):
    """On no input is it likely to be malign: the greatest probability is within budget.

    ``Benign`` bounds a mean, which inputs that are never met in training do not enter. The agent
    has a field ``worst_malign``, the greatest probability over all inputs. Source: Christiano,
    "Techniques for optimizing worst-case performance" (2018).
    """

    worst_malign: Real = budget(
        0, 1, "greatest probability, over all inputs, of a malign answer", limit="1/10"
    )

    def holds(self, agent: Any) -> Bool:
        """The worst_malign field is within the budget."""
        worst_malign: Real = agent.worst_malign
        return worst_malign <= self.worst_malign


class Corrigible(Invariant):
    """It seldom resists correction: resistance within budget.

    Source: Christiano, "Corrigibility" (2017). This is the bound alone: where a scheme stays
    corrigible, corrections and drift balance below it. That corrections contract what resistance
    there is, is ``SelfCorrecting``; how large a seed's resistance may be is its basin.
    """

    resistance: Real = budget(0, 1, "bound on the probability of resisting", limit="1/10")

    def holds(self, agent: Traits) -> Bool:
        """The resistance field is within the budget."""
        return agent.resistance <= self.resistance


class Trusted(Aligned, Benign, Corrigible):
    """Aligned, benign and corrigible at once: what the shipped schemes carry."""


class SelfCorrecting(Corrigible):
    """Corrigible, and a round of corrections brings it nearer to a residue: what its predecessor
    resisted above the residue shrinks by the rate.

    It speaks of two successive agents, so the agent remembers ``resistance_before``. With a rate
    below 1, resistance tends to the residue or below, however the next round goes. Source: the
    basin of attraction of Christiano, "Corrigibility" (2017), as a contraction.
    """

    residue: Real = budget(0, 1, "resistance that drift keeps up", limit="1/20")
    rate: Real = budget(0, 1, "share of the excess that a round leaves", limit="3/4")

    def holds(self, agent: Any) -> Bool:
        """resistance <= residue + rate max(0, resistance before - residue)."""
        resistance: Real = agent.resistance
        excess = maximum(0, agent.resistance_before - self.residue)
        return resistance <= self.residue + self.rate * excess


class Honest(Invariant):
    """It seldom says what it does not believe: deception within budget.

    It may be wrong: what it says must be what it holds to be true. The agent has a field
    ``deception``. Source: Evans et al., "Truthful AI: developing and governing AI that does not
    lie" (2021), section 1; the question how to train for it is Christiano, Cotra and Xu,
    "Eliciting latent knowledge" (2021).
    """

    deception: Real = budget(
        0, 1, "bound on the probability of an answer it does not believe", limit="1/10"
    )

    def holds(self, agent: Any) -> Bool:
        """The deception field is within the budget."""
        deception: Real = agent.deception
        return deception <= self.deception


class Reliable(Invariant):
    """It is seldom wrong, intentions aside: error within budget.

    Source: Christiano, "Reliability amplification" (2016), where an agent is reliable if it fails
    with small probability on every input.
    """

    error: Real = budget(0, 1, "bound on the probability of a wrong answer", limit="1/10")

    def holds(self, agent: Any) -> Bool:
        """The error field is within the budget."""
        error: Real = agent.error
        return error <= self.error


class Secure(Invariant):
    """An input on which it misbehaves is hard to find: one attempt seldom succeeds.

    The agent has a field ``exposure``, the probability that one attempt of an attacker finds such
    an input; its inverse is the expected work of an attack, the hardness, and n attempts succeed
    with probability at most n times it. Source: Christiano, "Security amplification" (2016).
    """

    exposure: Real = budget(
        0, 1, "bound on the probability that one attempt at an attack succeeds", limit="1/100"
    )

    def holds(self, agent: Any) -> Bool:
        """The exposure field is within the budget."""
        exposure: Real = agent.exposure
        return exposure <= self.exposure


class Calibrated(Invariant):
    """The confidence that it states is near the frequency with which it is right.

    The agent has a field ``miscalibration``: the mean over questions of the distance between the
    confidence stated and the probability of being right. Calibration error takes all questions on
    which the same confidence is stated together, and is at most that, as the distance of means is
    at most the mean distance. Source: DeGroot and Fienberg, "The comparison and evaluation of
    forecasters" (1983); Guo et al., "On calibration of modern neural networks" (2017).
    """

    miscalibration: Real = budget(
        0, 1, "mean distance of confidence and frequency of right answers", limit="1/10"
    )

    def holds(self, agent: Any) -> Bool:
        """The miscalibration field is within the budget."""
        miscalibration: Real = agent.miscalibration
        return miscalibration <= self.miscalibration


class Informed(Invariant):
    """The overseer knows what the agent knows, as far as it bears on the agent's answers.

    The agent has a field ``withheld``, the mean probability that it knows something that bears on
    its answer and its overseer does not. Source: Christiano, "The informed oversight problem"
    (2016).
    """

    withheld: Real = budget(
        0, 1, "mean probability of knowing what the overseer does not", limit="1/10"
    )

    def holds(self, agent: Any) -> Bool:
        """The withheld field is within the budget."""
        withheld: Real = agent.withheld
        return withheld <= self.withheld


class NonColluding(Invariant):
    """Copies that are set against each other do not spare each other.

    The agent has a field ``collusion``, the mean probability that a copy that is asked to expose
    another one knows what to expose and keeps silent. Source: Drexler, "Reframing
    superintelligence" (2019); Greenblatt et al., "AI control" (2023), section 3.
    """

    collusion: Real = budget(0, 1, "mean probability that a copy spares another one", limit="1/10")

    def holds(self, agent: Any) -> Bool:
        """The collusion field is within the budget."""
        collusion: Real = agent.collusion
        return collusion <= self.collusion


class SandbaggingFree(Invariant):
    """It shows what it can do: capability shown falls little short of capability had.

    The agent has a field ``held_back``, the mean probability that it answers wrongly what it could
    answer rightly. Source: van der Weij et al., "AI sandbagging: language models can strategically
    underperform on evaluations" (2024); Greenblatt et al., "Stress-testing capability elicitation
    with password-locked models" (2024).
    """

    held_back: Real = budget(
        0, 1, "mean probability of answering wrongly what it could answer rightly", limit="1/10"
    )

    def holds(self, agent: Any) -> Bool:
        """The held_back field is within the budget."""
        held_back: Real = agent.held_back
        return held_back <= self.held_back


class Competitive(Invariant):
    """Its answers stay cheap: cost within budget, in units of the base agent's cost.

    Source: Christiano's requirement that aligned systems be competitive, as in "Iterated
    Distillation and Amplification" (Cotra 2018): distillation makes each round's agent efficient.
    """

    price: Real = budget(0, MOST, "bound on the cost of one answer", limit=1)

    def holds(self, agent: Traits) -> Bool:
        """The cost field is within the budget."""
        return agent.cost <= self.price


class Competent(Invariant):
    """It answers tasks up to a rank: its capability is at least that.

    Stated as minus the rank, since budgets grow with laxity.
    """

    unfit: Real = budget(-MOST, 0, "minus the rank that it reaches", limit=-1)

    def holds(self, agent: Traits) -> Bool:
        """-capability <= unfit."""
        return -agent.capability <= self.unfit


class NearOptimal(Invariant):
    """It loses little against the best that could be done: regret within budget.

    Source: the performance bounds of approximate dynamic programming, Bertsekas and Tsitsiklis,
    "Neuro-Dynamic Programming" (1996).
    """

    loss: Real = budget(0, MOST, "bound on the value lost, in units of reward", limit=1)

    def holds(self, agent: Traits) -> Bool:
        """The regret field is within the budget."""
        return agent.regret <= self.loss
