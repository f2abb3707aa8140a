"""Stochastic doubly-efficient debate: Alice claims, Bob objects, Vera rules.

A computation asks a random oracle for t + 1 bits, each depending on those before it, and its answer
is the last. In each round Alice claims the probability that the next bit is 1. If Bob lets it pass,
the bit is drawn with the probability claimed and the debate goes on; if he objects, Vera rules, and
her ruling is the outcome: for Alice if she upholds the claim, else for Bob. After the last bit its
value is the outcome. All three know the oracle only by sampling it: an honest estimate is as near
to the truth as the number of samples makes it, except with some probability.

A run here follows the induction of such debates on the number of rounds, from the last round back
to the first. The agent is the worst debate of so many rounds that nature has found: the probability
``near`` that the honest side's answer is right when the worst oracle near the true one is asked,
and the probability ``wins`` that the honest side wins the debate. One step puts one more round in
front: nature chooses the oracle, what the two continuations are worth, and the moves of the
dishonest side. That the computation is K-Lipschitz is used once, at the root: what is right with
probability w under the oracle is right with probability w - K r under every oracle within r.

Sources: Brown-Cohen, Irving and Piliouras, "Scalable AI safety via doubly-efficient debate" (2023);
the protocol's parameters are those of its machine-checked correctness proof, in the repository
google-deepmind/debate (2024).
"""

from __future__ import annotations

from typing import Any

from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    budget,
    maximum,
    minimum,
    parameter,
    structural,
    when,
)

PUBLISHED = "the default parameters of the machine-checked protocol"


class Protocol(Parameters):
    """Parameters of the protocol. Distances between probabilities are in units of 1/K."""

    steps: int = structural(1, 0, 50, "steps t; the oracle is asked t + 1 times", source="smallest")
    lipschitz: Real = parameter(
        1, 1, 1000, "Lipschitz constant K of the computation", source="smallest"
    )
    margin: Real = parameter(
        "2/3", "1/2", 1, "probability w with which the computation is right", source=PUBLISHED
    )
    close: Real = parameter(
        "1/100", 0, 1, "c: an honest claim is no further from the truth", source=PUBLISHED
    )
    far: Real = parameter("2/100", 0, 1, "s: Vera rejects claims so far off", source=PUBLISHED)
    vera_error: Real = parameter(
        "1/200", 0, 1, "error of Vera's estimate, by her number of samples", source=PUBLISHED
    )
    unlucky: Real = parameter(
        "1/100",
        0,
        1,
        "q (t + 1): probability that an honest debater's estimate is further off, over all rounds",
        source=PUBLISHED,
    )
    vera_unlucky: Real = parameter(
        "1/100", 0, 1, "v: probability that Vera's estimate is further off", source=PUBLISHED
    )


class BobHonest(Protocol):
    """Parameters of an honest Bob, which no dishonest one need keep."""

    bad: Real = parameter("5/100", 0, 1, "b: Bob objects to claims so far off", source=PUBLISHED)
    bob_error: Real = parameter(
        "3/200", 0, 1, "error of Bob's estimate, by his number of samples", source=PUBLISHED
    )


class Debated(Agent[I]):
    """The worst debate of some number of rounds, for the honest side."""

    near: Real = between(0, 1, "P(the answer is right) under the worst oracle near the true one")
    wins: Real = between(0, 1, "P(the honest side wins)")
    spent: Real = between(0, 1, "bound on P(the honest debater has had an unlucky estimate)")
    decided: Real = between(
        0, 1, "wins, where the rounds and the answer are as the theorem asks; elsewhere 1"
    )
    promised: Real = between(-3, 1, "the published bound on ``decided``; elsewhere 0")


class Kept(Invariant):
    """The debate loses little of what the computation is worth: Vera's luck and the debaters'.

    Source: the shape of the published bounds, here for every computation of any length.
    """

    vera: Real = budget(0, 1, "probability that Vera is unlucky", limit="1/100")

    def holds(self, debate: Debated[Any]) -> Bool:
        """wins >= (1 - v) (1 - spent) near."""
        return debate.wins >= (1 - self.vera) * (1 - debate.spent) * debate.near


class Convincing(Invariant):
    """The honest side wins at least three times in five (completeness, or soundness)."""

    lost: Real = budget(0, 1, "probability that the dishonest side wins", limit="2/5")

    def holds(self, debate: Debated[Any]) -> Bool:
        """decided >= 1 - lost."""
        return debate.decided >= 1 - self.lost


class AsPromised(Kept):
    """The honest side wins at least as often as the published formula says."""

    def holds(self, debate: Debated[Any]) -> Bool:
        """decided >= promised."""
        return debate.decided >= debate.promised


class KeptAndConvincing(Kept, Convincing):
    """Both: what the induction over rounds carries, and what it is for."""


def mean(probability: Real, one: Real, zero: Real) -> Real:
    """The expectation of ``one`` with some probability, else ``zero``."""
    return probability * one + (1 - probability) * zero


def distance(claim: Real, truth: Real, p: Protocol) -> Real:
    """How far a claim is from the truth, in units of 1/K."""
    return p.lipschitz * maximum(claim - truth, truth - claim)


def lowest(truth: Real, radius: Real) -> Real:
    """The least probability within a radius of the true one."""
    return maximum(0, truth - radius)


def of_each_round(p: Protocol) -> Real:
    """q: the probability that an honest debater's estimate is further off in one round."""
    return p.unlucky / (p.steps + 1)


def vera_bar(p: Protocol) -> Real:
    """Vera upholds a claim iff her estimate is nearer to it than (c + s) / 2."""
    return (p.close + p.far) / 2


def bob_bar(p: BobHonest) -> Real:
    """Bob lets a claim pass iff his estimate is nearer to it than (s + b) / 2."""
    return (p.far + p.bad) / 2


def share(debate: Debated[Any]) -> Real:
    """What a debate keeps of what its computation is worth: wins / near, and no more than 1."""
    return when(debate.wins < debate.near, debate.wins / debate.near, 1)


def next_bit(nature: Nature) -> tuple[Real, Real, Real]:
    """P(the next bit is 1), and what the continuations after 1 and after 0 are worth.

    The bit that is better for the honest side is called 1. Nature chooses without any restriction.
    """
    truth = nature.choose("the oracle's probability", at_most=1, metric="probability")
    zero = nature.choose("worth after 0", at_most=1, metric="probability that the answer is right")
    one = nature.choose(
        "worth after 1", at_least=zero, at_most=1, metric="probability that the answer is right"
    )
    return truth, one, zero


def after_the_last_bit(p: Protocol) -> Debated[Kept]:
    """No round is left: the outcome is the last bit, and the honest side wins if it is right."""
    return Debated(near=Real(1), wins=Real(1), spent=Real(0), decided=Real(1), promised=Real(0))


def one_round_more(
    debate: Debated[I], p: Protocol, near: Real, wins: Real, radius: Real, promised: Real
) -> Debated[I]:
    """The debate with one more round in front.

    The theorem speaks of at most t + 1 rounds and, since the computation is K-Lipschitz and right
    with probability w, of those that are worth at least w - K r.
    """
    spent = minimum(1, debate.spent + of_each_round(p))
    asked = all_of(spent <= p.unlucky, near >= p.margin - radius)
    return Debated(
        near=near,
        wins=wins,
        spent=spent,
        decided=when(asked, wins, 1),
        promised=when(asked, promised, 0),
    )


def honest_alice(debate: Debated[I], p: Protocol, nature: Nature) -> Debated[I]:
    """A round in which the answer is 1, Alice is honest, and Bob is anyone.

    Alice's claim is off by at most c, unless she is unlucky; then all is taken for lost. Where Bob
    objects, Vera surely upholds what is as close as her bar less her error, unless she is unlucky.
    """
    truth, one, zero = next_bit(nature)
    radius = p.close / p.lipschitz
    claim = nature.choose(
        "Alice's honest claim",
        at_least=lowest(truth, radius),
        at_most=minimum(1, truth + radius),
        metric="probability; Hoeffding's bound on her samples",
    )
    objection = nature.choose("Bob objects", at_most=1, metric="probability")
    passed = share(debate) * mean(claim, one, zero)
    surely = distance(claim, truth, p) <= vera_bar(p) - p.vera_error
    upheld = when(surely, 1 - p.vera_unlucky, 0)
    spent = minimum(1, debate.spent + of_each_round(p))
    return one_round_more(
        debate,
        p,
        near=mean(lowest(truth, radius), one, zero),
        wins=(1 - of_each_round(p)) * mean(objection, upheld, passed),
        radius=p.close,
        promised=(1 - p.vera_unlucky) * (p.margin - p.close - spent),
    )


def honest_bob(debate: Debated[I], p: BobHonest, nature: Nature) -> Debated[I]:
    """A round in which the answer is 0, Bob is honest, and Alice claims what she likes.

    Where the claim is too near Bob's bar for his error, or he is unlucky, he does what is worse for
    him. Where he objects, Vera surely rejects what is as far as her bar and her error, unless she
    is unlucky.
    """
    truth, one, zero = next_bit(nature)
    claim = nature.choose("Alice's claim", at_most=1, metric="probability")
    off = distance(claim, truth, p)
    passed = share(debate) * mean(claim, one, zero)
    caught = when(off >= vera_bar(p) + p.vera_error, 1 - p.vera_unlucky, 0)
    worse = minimum(passed, caught)
    missed = of_each_round(p)
    spent = minimum(1, debate.spent + missed)
    return one_round_more(
        debate,
        p,
        near=mean(lowest(truth, p.bad / p.lipschitz), one, zero),
        wins=when(
            off <= bob_bar(p) - p.bob_error,
            mean(missed, worse, passed),
            when(off >= bob_bar(p) + p.bob_error, mean(missed, worse, caught), worse),
        ),
        radius=p.bad,
        promised=(1 - p.vera_unlucky) * (1 - spent) * (p.margin - p.bad),
    )


debate_completeness = Loop[Protocol, Debated[Kept]](
    "debate-completeness",
    parameters=Protocol,
    seed=after_the_last_bit,
    step=honest_alice,
    about="Stochastic debate between an honest Alice and any Bob.",
)

debate_soundness = Loop[BobHonest, Debated[Kept]](
    "debate-soundness",
    parameters=BobHonest,
    seed=after_the_last_bit,
    step=honest_bob,
    about="Stochastic debate between any Alice and an honest Bob.",
)
