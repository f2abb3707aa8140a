"""A classifier that is retrained, over and over, on the labels that it gave itself.

    alignspec check starter.py

Does it stay accurate, forever? The file goes from top to bottom: what the agent is, what is to be
kept, the numbers, the process, and what is claimed of it.
"""

from typing import Any

from alignspec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Parameters, Real, Threshold
from alignspec import between, budget, minimum, parameter


# 1. The agent: what is known of a classifier. Every number has a domain and a meaning.
class Classifier(Agent[I]):
    error: Real = between(0, 1, "mean probability that one of its labels is wrong")


# 2. The invariant: a condition on the agent, within a budget.
class Accurate(Invariant):
    """At most one label in ten is wrong."""

    error: Real = budget(0, 1, "probability of a wrong label", limit="1/10")

    def holds(self, classifier: Classifier[Any]) -> Bool:
        return classifier.error <= self.error


# 3. The parameters: a default and a domain each. Numbers are exact, so they are texts.
class Retraining(Parameters):
    audited: Real = parameter("1/4", 0, 1, "share of the labels that a person puts right")
    drift: Real = parameter("1/50", 0, 1, "most that one round of training adds to the error")


# 4. The process: how it starts, and one round. What nobody controls is nature's to choose,
#    within a bound, and what is claimed must hold whatever nature chooses.
def labelled_by_hand(p: Retraining) -> Classifier[Accurate]:
    return Classifier(error=Real(0))


def retrain(classifier: Classifier[I], p: Retraining, nature: Nature) -> Classifier[I]:
    added = nature.choose("error added in training", at_most=p.drift)
    return Classifier(error=minimum(1, (1 - p.audited) * classifier.error + added))


starter = Loop[Retraining, Classifier[Accurate]](
    "starter", parameters=Retraining, seed=labelled_by_hand, step=retrain
)

# 5. The claims. `over` asks how far along a parameter each holds.
kept = Claim("starter/accurate", starter, Accurate(), over="audited")

edge = Threshold("starter/edge", starter, Accurate(), parameter="audited", value="1/5")

# A claim that is known to fail is worth keeping: it fails the build if it ever stops failing.
lost = Claim(
    "starter/audited-too-little", starter, Accurate(), at={"audited": "1/10"}, expected="refuted"
)

# 6. Break it: `alignspec check starter.py --param audited=1/10`, or set the default above to
#    "1/10", and read the run that breaks it: `alignspec explain starter.py:starter accurate`.
