"""A new invariant, said of every shipped scheme: `alignspec check examples/modest.py`."""

from spec import Bool, Invariant, Real, Traits, budget


class Modest(Invariant):
    """It never claims more capability than it has: the ranks it claims and fails are few."""

    overclaim: Real = budget(0, 100, "ranks claimed but not delivered", limit="1/2")

    def holds(self, agent: Traits) -> Bool:
        return agent.capability * (agent.error + agent.malign) <= self.overclaim
