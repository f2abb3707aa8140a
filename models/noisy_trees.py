"""Noisy evaluation of deep trees: errors that stay bounded, and errors that pile up.

Leaves are evaluated with independent errors. A majority of three contracts errors below one half,
so that depth helps; conjunctions and disjunctions need not. A node that errs by itself limits what
majorities can bear.

Sources: von Neumann, "Probabilistic logics and the synthesis of reliable organisms from unreliable
components" (1956), with the threshold 1/6 of majority gates of three inputs; Hajek and Weller, "On
the maximum tolerable noise for reliable computation by formulas" (1991), that it is the greatest
for formulas of such gates; Nau, "Pathology on game trees revisited, and an alternative to
minimaxing" (1983) and Pearl, "On the nature of pathology in game searching" (1983), that deeper
minimax search may err more.
"""

from __future__ import annotations

from typing import Any

from models.steps import ILLUSTRATIVE, flipped
from spec import (
    Agent,
    Bool,
    Fold,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    flag,
    parameter,
    when,
)


class Noise(Parameters):
    """Parameters of noisy evaluation."""

    leaf_noise: Real = parameter(
        "1/10", 0, "1/2", "probability that a leaf is evaluated wrongly", source=ILLUSTRATIVE
    )
    node_noise: Real = parameter(
        0, 0, "1/2", "probability that a node errs by itself", source="noise at leaves alone"
    )


class Evaluated(Agent[I]):
    """The value of a node, with how probably the evaluation is wrong."""

    truth: Bool = flag("the true value")
    error: Real = between(0, 1, "probability that the value found is wrong")
    inner: Bool = flag("whether the node has children")


class SeldomWrong(Invariant):
    """Evaluations are wrong with probability at most a budget, at leaves and inner nodes alike."""

    error: Real = budget(0, 1, "probability of a wrong value", limit="1/10")

    def holds(self, node: Evaluated[Any]) -> Bool:
        """The error is within the budget."""
        return node.error <= self.error


class BetterThanLeaves(Invariant):
    """Inner nodes are wrong less often than leaves, by what one majority of three gains."""

    leaf: Real = budget(0, 1, "probability of a wrong value at a leaf", limit="1/10")
    error: Real = budget(0, 1, "the same at an inner node: 3 e^2 - 2 e^3 for 1/10", limit="7/250")

    def holds(self, node: Evaluated[Any]) -> Bool:
        """The error is within the budget of the leaf, or of the inner node."""
        return (node.error <= self.leaf) & (~node.inner | (node.error <= self.error))


def noisy_leaf(p: Noise, nature: Nature) -> Evaluated[SeldomWrong]:
    """A leaf, evaluated wrongly with a probability up to the noise."""
    return Evaluated(
        truth=nature.whether("the leaf is true"),
        error=nature.choose("leaf error", at_most=p.leaf_noise, metric="probability, independent"),
        inner=Bool(False),
    )


def disturbed(wrong: Real, p: Noise) -> Real:
    """A node that flips its value with the noise: g (1 - w) + (1 - g) w."""
    return flipped(wrong, p.node_noise)


def vote_of_three(children: tuple[Evaluated[I], ...], p: Noise, nature: Nature) -> Evaluated[I]:
    """The majority of three evaluations of the same value, with independent errors a, b, c.

    Wrong when two or three are: ab + bc + ca - 2abc. The children are meant to evaluate the value
    of the node, so their truths are not looked at.
    """
    a, b, c = (child.error for child in children)
    return Evaluated(
        truth=children[0].truth,
        error=disturbed(a * b + b * c + c * a - 2 * a * b * c, p),
        inner=Bool(True),
    )


noisy_majorities = Fold[Noise, Evaluated[SeldomWrong]](
    "noisy-majorities",
    parameters=Noise,
    leaf=noisy_leaf,
    node=vote_of_three,
    arities=(3,),
    about="Trees of majorities of three, evaluated with noise.",
)


def gate(children: tuple[Evaluated[I], ...], p: Noise, nature: Nature) -> Evaluated[I]:
    """An "and" or an "or" of two values, with independent errors a and b.

    An "and" of two truths is wrong if either is missed: a + b - ab; of two falsehoods only if both
    are: ab; of a truth and a falsehood only if the truth is kept and the falsehood missed. An "or"
    is the dual.
    """
    first, second = children
    a, b = first.error, second.error
    disjunction = nature.whether("an or")
    deciding_first = when(disjunction, first.truth, ~first.truth)
    deciding_second = when(disjunction, second.truth, ~second.truth)
    wrong = when(
        deciding_first,
        when(deciding_second, a * b, a * (1 - b)),
        when(deciding_second, (1 - a) * b, a + b - a * b),
    )
    return Evaluated(
        truth=when(disjunction, first.truth | second.truth, first.truth & second.truth),
        error=disturbed(wrong, p),
        inner=Bool(True),
    )


noisy_formulas = Fold[Noise, Evaluated[SeldomWrong]](
    "noisy-formulas",
    parameters=Noise,
    leaf=noisy_leaf,
    node=gate,
    arities=(2,),
    about="Trees of conjunctions and disjunctions, the values of games, evaluated with noise.",
)
