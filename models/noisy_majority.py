"""A memory kept by the majority of noisy copies: the oldest exact result on reliability.

An answer is stored in k copies. At every rewriting, each copy takes the majority of k independent
copies and flips it with probability ``noise``. The questions have exact answers, and they differ:
up to which noise does the error keep within a bound, up to which is it kept away from one half at
all, and up to which does it ever reach one half?

Sources: von Neumann, "Probabilistic logics and the synthesis of reliable organisms from unreliable
components" (1956); Hajek and Weller, "On the maximum tolerable noise for reliable computation by
formulas" (1991), for three inputs; Evans and Schulman, "On the maximum tolerable noise of k-input
gates for reliable computation by formulas" (2003), for any odd number.
"""

from __future__ import annotations

from typing import Any

from models.steps import ILLUSTRATIVE, Polling, flipped, majority_wrong, odd_copies
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
    minimum,
    parameter,
)


class Memory(Agent[I]):
    """What is known of a stored answer."""

    error: Real = between(0, 1, "probability that a copy of the stored answer is wrong")


class ErrorWithin(Invariant):
    """A stored answer is wrong no more often than the limit.

    Source: the definition of reliability in von Neumann (1956).
    """

    error: Real = budget(0, 1, "probability of a wrong answer", limit="2/5")

    def holds(self, memory: Memory[Any]) -> Bool:
        """The error is within the budget."""
        return memory.error <= self.error


class BetterThanChance(Invariant):
    """A stored answer is right more often than not, by however little."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        """The error is below the budget."""
        return memory.error < self.error


class Noise(Parameters):
    """Parameters of a memory that is rewritten over and over."""

    noise: Real = parameter(
        "1/10", 0, "1/2", "probability that a written copy is flipped", source=ILLUSTRATIVE
    )


class Copies(Polling, Noise):
    """Parameters of a memory of several copies."""


def rewritten(error: Real, p: Copies) -> Real:
    """P(a rewritten copy is wrong): the majority's error, then the flip.

    Assumes that the copies err independently, as they do in a formula, where no copy is read twice.
    """
    return flipped(majority_wrong(p.copies, error), p.noise)


def blank(p: Noise) -> Memory[ErrorWithin]:
    """The answer is stored without error."""
    return Memory(error=Real(0))


def rewrite(memory: Memory[I], p: Copies, nature: Nature) -> Memory[I]:
    """Every copy is replaced by a noisy majority of k copies."""
    return Memory(error=rewritten(memory.error, p))


noisy_majority = Loop[Copies, Memory[ErrorWithin]](
    "noisy-majority",
    parameters=Copies,
    seed=blank,
    step=rewrite,
    assumptions=[odd_copies],
    about="An answer kept by majorities of noisy copies.",
)


def confirm(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    """An answer is wrong if two independent copies are, or if the writing spoils it.

    The union bound e^2 + noise; it is exact where the two cases exclude each other.
    """
    return Memory(error=minimum(1, memory.error**2 + p.noise))


confirmed_twice = Loop[Noise, Memory[ErrorWithin]](
    "confirmed-twice",
    parameters=Noise,
    seed=blank,
    step=confirm,
    about="An answer kept if either of two copies is right: e' = e^2 + noise.",
)
