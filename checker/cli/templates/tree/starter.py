"""Questions answered by trees: each is split in two, down to leaves that a model answers alone.

    alignspec check starter.py

Is the answer at the root right often enough, however deep the tree? The file goes from top to
bottom: what stands at a node, what is to be kept, the numbers, the fold, and what is claimed.
"""

from typing import Any

from alignspec import Agent, Bool, Claim, Fold, I, Invariant, Nature, Parameters, Real
from alignspec import between, budget, minimum, parameter


# 1. What is known of the answer at a node. Every number has a domain and a meaning.
class Answer(Agent[I]):
    error: Real = between(0, 1, "probability that the answer is wrong")


# 2. The invariant: a condition on the answer at every node, within a budget.
class Accurate(Invariant):
    """At most one answer in twenty is wrong."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/20")

    def holds(self, answer: Answer[Any]) -> Bool:
        return answer.error <= self.error


# 3. The parameters: a default and a domain each. Numbers are exact, so they are texts.
class Tree(Parameters):
    mistake: Real = parameter("1/100", 0, 1, "most that a leaf is wrong")
    slip: Real = parameter("1/200", 0, 1, "probability that two parts are put together wrongly")
    checked: Real = parameter("9/10", 0, 1, "share of the wrong parts that are noticed")


# 4. The fold: a leaf, and a node made of the answers below it. What nobody controls is nature's
#    to choose, at every leaf and node anew.
def answer_alone(p: Tree, nature: Nature) -> Answer[Accurate]:
    return Answer(error=nature.choose("error of the leaf", at_most=p.mistake))


def put_together(parts: tuple[Answer[I], ...], p: Tree, nature: Nature) -> Answer[I]:
    """A union bound: the person slips, or a part is wrong and nobody notices."""
    unnoticed = Real(0)
    for part in parts:
        unnoticed += (1 - p.checked) * part.error
    return Answer(error=minimum(1, p.slip + unnoticed))


starter = Fold[Tree, Answer[Accurate]](
    "starter", parameters=Tree, leaf=answer_alone, node=put_together, arities=(2,)
)

# 5. The claims: of every node of every finite tree.
kept = Claim("starter/accurate", starter, Accurate())

# A claim that is known to fail is worth keeping: it fails the build if it ever stops failing.
lost = Claim("starter/unchecked", starter, Accurate(), at={"checked": 0}, expected="refuted")

# 6. Break it: `alignspec check starter.py --param checked=0`, or set the default above to 0, and
#    read the smallest tree that breaks it: `alignspec explain starter.py:starter accurate`.
