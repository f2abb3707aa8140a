"""Formulas of noisy gates with two inputs: NAND, which two levels of make a memory.

A wire is to carry a 1 or a 0, and reads 1 with probability ``one`` where it is to carry a 1, with
``zero`` where it is to carry a 0. A gate whose two inputs are to be the same computes NAND, that is
"not", of two independent copies, and flips its output with probability eps:

    P(it reads 1) = f(x) = (1 - eps) - (1 - 2 eps) x^2,   x = P(an input reads 1).

f falls, and its second iterate rises, so wires read at least as far apart as a pair low < high with
f(low) = high and f(high) = low stay so. Subtracting one equation from the other, and adding them,
(1 - 2 eps)(low + high) = 1 and

    (high - low)^2 = (1 - 12 eps + 8 eps^2) / (1 - 2 eps)^2.

There is a pair exactly below the lesser root of 8 eps^2 - 12 eps + 1, (3 - sqrt 7) / 4 = 0.0886.
The ones fall from 1 and the zeros rise from 0, two levels at a time, to a fixed point of the second
iterate: to the pair, or to the fixed point of f, at which all wires read alike.

Sources: Evans and Pippenger, "On the maximum tolerable noise for reliable computation by formulas"
(1998), for formulas of NAND gates; Unger, "Noise threshold for universality of 2-input gates"
(2007), that no other gates with two inputs bear more.
"""

from __future__ import annotations

from typing import Any

from models.noisy_majority import Noise
from models.steps import flipped
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
)


class Wire(Agent[I]):
    """What is read on a wire."""

    one: Real = between(0, 1, "probability that it reads 1 where it is to carry a 1")
    zero: Real = between(0, 1, "probability that it reads 1 where it is to carry a 0")


class ToldApart(Invariant):
    """Ones and zeros are read differently, by at least a gap."""

    confusion: Real = budget(0, 1, "1 less the gap of the two probabilities", limit="1/2")

    def holds(self, wire: Wire[Any]) -> Bool:
        """one - zero >= 1 - confusion."""
        return wire.one - wire.zero >= 1 - self.confusion


def nand_of_copies(reads_one: Real, noise: Real) -> Real:
    """P(a noisy NAND of two independent copies reads 1): (1 - eps) - (1 - 2 eps) x^2."""
    return flipped(1 - reads_one**2, noise)


def clean(p: Noise) -> Wire[ToldApart]:
    """A wire without noise."""
    return Wire(one=Real(1), zero=Real(0))


def one_level(wire: Wire[I], p: Noise, nature: Nature) -> Wire[I]:
    """One level of gates: a 1 is made of two wires that carry a 0, a 0 of two that carry a 1."""
    return Wire(one=nand_of_copies(wire.zero, p.noise), zero=nand_of_copies(wire.one, p.noise))


noisy_nand = Loop[Noise, Wire[ToldApart]](
    "noisy-nand",
    parameters=Noise,
    seed=clean,
    step=one_level,
    about="A bit kept by level upon level of noisy NAND gates, each reading two copies.",
)


class NoParameters(Parameters):
    """None."""


class Pair(Agent[I]):
    """Two probabilities that a level of gates may exchange."""

    noise: Real = between(0, "1/2", "probability that a gate is flipped")
    low: Real = between(0, 1, "the lesser probability")
    high: Real = between(0, 1, "the greater one")


class Paired(Pair[I]):
    """A wire beside a pair."""

    one: Real = between(0, 1, "probability that it reads 1 where it is to carry a 1")
    zero: Real = between(0, 1, "probability that it reads 1 where it is to carry a 0")


class BeyondAPair(Invariant):
    """Ones and zeros are read at least as far apart as a pair that a level exchanges."""

    def holds(self, wire: Paired[Any]) -> Bool:
        """f(low) = high, f(high) = low, low < high, zero <= low, one >= high."""
        return (
            is_pair(wire.low, wire.high, wire.noise)
            & (wire.low < wire.high)
            & (wire.zero <= wire.low)
            & (wire.one >= wire.high)
        )


def is_pair(low: Real, high: Real, noise: Real) -> Bool:
    """Whether a level of gates exchanges the two."""
    return (nand_of_copies(low, noise) == high) & (nand_of_copies(high, noise) == low)


def clean_pair(p: NoParameters) -> Paired[BeyondAPair]:
    """Without noise, wires read what they carry, and so does a pair."""
    return Paired(one=Real(1), zero=Real(0), noise=Real(0), low=Real(0), high=Real(1))


def one_level_of_any_noise(wire: Paired[I], p: NoParameters, nature: Nature) -> Paired[I]:
    """One level of gates, whatever the noise, which stays what it is."""
    return Paired(
        one=nand_of_copies(wire.zero, wire.noise),
        zero=nand_of_copies(wire.one, wire.noise),
        noise=wire.noise,
        low=wire.low,
        high=wire.high,
    )


noisy_nand_of_any_noise = Loop[NoParameters, Paired[BeyondAPair]](
    "noisy-nand-of-any-noise",
    parameters=NoParameters,
    seed=clean_pair,
    step=one_level_of_any_noise,
    about="Level upon level of NAND gates, beside a pair that a level exchanges.",
)


class PairOnlyWhere(Invariant):
    """Two different probabilities that a level exchanges are as far apart as the formula says."""

    def holds(self, pair: Pair[Any]) -> Bool:
        """f(low) = high and f(high) = low imply low = high, or (1 - 2 eps)^2 (high - low)^2 =
        1 - 12 eps + 8 eps^2."""
        apart = (1 - 2 * pair.noise) ** 2 * (pair.high - pair.low) ** 2
        none = ~is_pair(pair.low, pair.high, pair.noise)
        return none | (pair.low == pair.high) | (apart == discriminant(pair.noise))


class NoPair(Invariant):
    """No two different probabilities are exchanged by a level."""

    def holds(self, pair: Pair[Any]) -> Bool:
        """f(low) = high and f(high) = low imply low = high."""
        return ~is_pair(pair.low, pair.high, pair.noise) | (pair.low == pair.high)


class PairWhere(Invariant):
    """Two probabilities with the sum and as far apart as the formulas say are a pair."""

    def holds(self, pair: Pair[Any]) -> Bool:
        """(1 - 2 eps)(low + high) = 1, (1 - 2 eps)^2 (high - low)^2 = 1 - 12 eps + 8 eps^2 imply
        f(low) = high and f(high) = low."""
        share = 1 - 2 * pair.noise
        said = share * (pair.low + pair.high) == 1
        said &= share**2 * (pair.high - pair.low) ** 2 == discriminant(pair.noise)
        return ~said | is_pair(pair.low, pair.high, pair.noise)


def discriminant(noise: Real) -> Real:
    """1 - 12 eps + 8 eps^2, which is 0 at (3 - sqrt 7) / 4."""
    return 1 - 12 * noise + 8 * noise**2


class SomeNoise(Parameters):
    """Noise within bounds."""

    least: Real = parameter(0, 0, "1/2", "least noise that is looked at", source="none")


def none_looked_at(p: SomeNoise) -> Pair[PairOnlyWhere]:
    """Two probabilities that are no pair."""
    half = Real("1/2")
    return Pair(noise=Real(0), low=half, high=half)


def any_pair(pair: Pair[I], p: SomeNoise, nature: Nature) -> Pair[I]:
    """Any noise from the least on, and any two probabilities."""
    return Pair(
        noise=nature.choose("noise", at_least=p.least, at_most="1/2"),
        low=nature.choose("low", at_most=1),
        high=nature.choose("high", at_most=1),
    )


noisy_nand_pairs = Loop[SomeNoise, Pair[PairOnlyWhere]](
    "noisy-nand-pairs",
    parameters=SomeNoise,
    seed=none_looked_at,
    step=any_pair,
    about="Any two probabilities, as what a level of noisy NAND gates might exchange.",
)
