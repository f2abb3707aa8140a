"""Obfuscated arguments: a flaw that everybody knows is there and nobody can find.

A dishonest argument is split into steps, and the steps into steps, with one flaw among them. The
honest side must follow the flaw down to a step that the judge can see to be wrong. At every level
it sees in which half the flaw is with some probability; otherwise it guesses.

Source: Barnes and Christiano, "Debate update: obfuscated arguments problem" (2020). What a
stable argument buys is in ``models/prover_estimator.py``.
"""

from __future__ import annotations

from typing import Any

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
    minimum,
    parameter,
    structural,
    when,
)


class Arguments(Parameters):
    """Parameters of arguments that hide a flaw."""

    sight: Real = parameter(
        0,
        0,
        1,
        "probability that the honest side sees in which half of an argument the flaw is, in one "
        "question of a cross-examination",
        source="obfuscated: it does not see it",
    )
    questions: int = structural(
        1, 1, 8, "independent questions of the cross-examination per level", source="smallest"
    )


class Argument(Agent[I]):
    """An argument with one flaw, which the liar has put where it is found least."""

    found: Real = between(0, 1, "probability that the honest side arrives at the flaw")


class FlawFound(Invariant):
    """The honest side arrives at the flaw often enough."""

    missed: Real = budget(0, 1, "probability that the flaw is missed", limit="9/10")

    def holds(self, argument: Argument[Any]) -> Bool:
        """Missing the flaw is within the budget."""
        return 1 - argument.found <= self.missed


def plain_step(p: Arguments, nature: Nature) -> Argument[FlawFound]:
    """One step: the judge sees the flaw when pointed at it."""
    return Argument(found=Real(1))


def split(halves: tuple[Argument[I], ...], p: Arguments, nature: Nature) -> Argument[I]:
    """An argument in two halves, one with the flaw.

    If the flaw is seen, the worse half is where the liar put it: min(a, b). If not, the honest
    side names the first half with odds b : a, so that the liar gains nothing by its choice, and
    finds the flaw with probability ab / (a + b), the best it can guarantee. For one step found
    surely this comes to 1/n for n steps.
    """
    a, b = (half.found for half in halves)
    blind = when(a + b > 0, a * b / when(a + b > 0, a + b, 1), 0)
    seen = 1 - (1 - p.sight) ** p.questions
    return Argument(found=seen * minimum(a, b) + (1 - seen) * blind)


obfuscated = Fold[Arguments, Argument[FlawFound]](
    "obfuscated-arguments",
    parameters=Arguments,
    leaf=plain_step,
    node=split,
    arities=(2,),
    about="Following a flaw down an argument of any size.",
)


class Descent(Parameters):
    """Nothing: the honest side descends at random."""


class Spread(Agent[I]):
    """An argument whose flaws may be anywhere, and a descent that contests either half by lot."""

    grain: Real = between(0, 1, "1 / number of steps: the share that one step makes up")
    flawed: Real = between(0, 1, "share of its steps that are flawed")
    found: Real = between(0, 1, "probability that a random descent ends at a flawed step")


class FoundByShare(Invariant):
    """A random descent finds a flaw as often as there are flaws, up to a factor."""

    factor: Real = budget(1, 1000, "how many times rarer it may be found", limit=1)

    def holds(self, argument: Spread[Any]) -> Bool:
        """flawed <= factor found."""
        return argument.flawed <= self.factor * argument.found


def any_step(p: Descent, nature: Nature) -> Spread[FoundByShare]:
    """One step, flawed or not."""
    flawed = when(nature.whether("the step is flawed"), Real(1), Real(0))
    return Spread(grain=Real(1), flawed=flawed, found=flawed)


def halves_at_random(halves: tuple[Spread[I], ...], p: Descent, nature: Nature) -> Spread[I]:
    """An argument in two parts of m and n steps of which either is contested, at even odds.

    Shares add up by steps, (m s + n t) / (m + n), and chances of being found by parts, (x + y) / 2.
    The two differ: in a caterpillar, whose every second part is one step, the deeper half of the
    n steps is reached with probability about 2^(-n/2). Steps are counted by their inverse g, so
    that arguments of any size lie in the domain: 1 / (m + n) = g h / (g + h). A grain is never 0.
    """
    first, second = halves
    both = first.grain + second.grain
    some = when(both > 0, both, 1)
    return Spread(
        grain=first.grain * second.grain / some,
        flawed=(first.flawed * second.grain + second.flawed * first.grain) / some,
        found=(first.found + second.found) / 2,
    )


spread_flaws = Fold[Descent, Spread[FoundByShare]](
    "spread-flaws",
    parameters=Descent,
    leaf=any_step,
    node=halves_at_random,
    arities=(2,),
    about="Random descents into arguments whose flaws are spread over many steps.",
)
