"""The invariants of the discussion, over the abstract agent's traits.

They stand beside the abstract agent because a scheme's type names the invariant that it carries.
"""

from __future__ import annotations

from spec.agents import TOP_COST, TOP_RANK, Traits
from spec.invariants import Invariant, budget
from spec.terms import Bool, Real


class Aligned(Invariant):
    """Its answers are seldom wrong, for whatever reason: error + malign within budget.

    Source: the induction over alignment of Christiano, Shlegeris and Amodei, "Supervising strong
    learners by amplifying weak experts" (2018), with wrongness as a probability.
    """

    wrong: Real = budget(0, 2, "bound on the probability of a wrong answer", limit="1/5")

    def holds(self, agent: Traits) -> Bool:
        """error + malign <= wrong."""
        return agent.error + agent.malign <= self.wrong


class Benign(Invariant):
    """It seldom gives an answer optimised against its overseer: malign within budget.

    Source: Christiano, "Benign AI" (2016): what an agent must not do is optimise against the
    user; mistakes are allowed.
    """

    malign: Real = budget(0, 1, "bound on the probability of a malign answer", limit="1/10")

    def holds(self, agent: Traits) -> Bool:
        """The malign field is within the budget."""
        return agent.malign <= self.malign


class Corrigible(Invariant):
    """It seldom resists correction: resistance within budget.

    Source: Christiano, "Corrigibility" (2017). That corrections contract resistance is part of
    the steps (the ``correction`` parameter); this is the bound that must survive them.
    """

    resistance: Real = budget(0, 1, "bound on the probability of resisting", limit="1/10")

    def holds(self, agent: Traits) -> Bool:
        """The resistance field is within the budget."""
        return agent.resistance <= self.resistance


class Trusted(Aligned, Benign, Corrigible):
    """Aligned, benign and corrigible at once: what the shipped schemes carry."""


class Competitive(Invariant):
    """Its answers stay cheap: cost within budget, in units of the base agent's cost.

    Source: Christiano's requirement that aligned systems be competitive, as in "Iterated
    Distillation and Amplification" (Cotra 2018): distillation makes each round's agent efficient.
    """

    price: Real = budget(0, TOP_COST, "bound on the cost of one answer", limit=1)

    def holds(self, agent: Traits) -> Bool:
        """The cost field is within the budget."""
        return agent.cost <= self.price


class Competent(Invariant):
    """It answers tasks of a high rank: what it lacks to the top rank is within budget.

    Stated as a shortfall, since budgets grow with laxity.
    """

    shortfall: Real = budget(0, TOP_RANK, "ranks below the top rank", limit=TOP_RANK - 1)

    def holds(self, agent: Traits) -> Bool:
        """top - capability <= shortfall."""
        return TOP_RANK - agent.capability <= self.shortfall


class NearOptimal(Invariant):
    """It loses little against the best that could be done: regret within budget.

    Source: the performance bounds of approximate dynamic programming, Bertsekas and Tsitsiklis,
    "Neuro-Dynamic Programming" (1996).
    """

    loss: Real = budget(0, TOP_RANK, "bound on the value lost, in units of reward", limit=1)

    def holds(self, agent: Traits) -> Bool:
        """The regret field is within the budget."""
        return agent.regret <= self.loss
