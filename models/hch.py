"""Humans consulting HCH: the limit of factored cognition and of amplification.

HCH is a person who answers a question with the help of HCH on the sub-questions, without end. Cut
off at a level, whoever stands there answers alone. An agent that is amplified n times and
distilled perfectly in between answers as HCH cut off at level n does.

Sources: Christiano, "Humans consulting HCH" (2016); Christiano, Shlegeris and Amodei, "Supervising
strong learners by amplifying weak experts" (2018).
"""

from __future__ import annotations

from typing import Any

from models.questions import one_level_up, reasoning, same
from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
    Count,
    Fold,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    budget,
    flag,
    minimum,
    parameter,
    when,
    whole,
)

DEEP = 4


class Humans(Parameters):
    """Nothing: whatever the person does with sub-answers, as long as it is always the same."""


class Iterated(Agent[I]):
    """A question, HCH's answer, and those of an agent amplified 0, 1, 2 and 3 times."""

    depth: Count = whole(0, DEEP, "levels of sub-questions below, counted up to four")
    hch: Bool = flag("the answer of HCH")
    unaided: Bool = flag("the answer of a person alone")
    once: Bool = flag("the answer after one amplification")
    twice: Bool = flag("the answer after two")
    thrice: Bool = flag("the answer after three")


class AgreesWithinDepth(Invariant):
    """After n amplifications the agent answers as HCH does, on questions of depth up to n."""

    def holds(self, question: Iterated[Any]) -> Bool:
        """For each n, depth <= n implies the answer of HCH."""
        levels = (question.unaided, question.once, question.twice, question.thrice)
        return all_of(
            *((question.depth > n) | same(answer, question.hch) for n, answer in enumerate(levels))
        )


class AgreesAlways(Invariant):
    """After three amplifications the agent answers every question as HCH does."""

    def holds(self, question: Iterated[Any]) -> Bool:
        """The answer after three amplifications is that of HCH."""
        return same(question.thrice, question.hch)


def settle_directly(p: Humans, nature: Nature) -> Iterated[AgreesWithinDepth]:
    """A question on which the person asks nobody: all answers are theirs."""
    answer = nature.whether("the person says yes")
    return Iterated(
        depth=Count(0), hch=answer, unaided=answer, once=answer, twice=answer, thrice=answer
    )


def settle_with_help(parts: tuple[Iterated[I], ...], p: Humans, nature: Nature) -> Iterated[I]:
    """A question on which the person asks: each answer from the sub-answers of one level less."""
    depth = one_level_up([part.depth for part in parts], DEEP)
    person = reasoning(nature, len(parts))
    return Iterated(
        depth=depth,
        hch=person([part.hch for part in parts]),
        unaided=nature.whether("the person alone says yes"),
        once=person([part.unaided for part in parts]),
        twice=person([part.once for part in parts]),
        thrice=person([part.twice for part in parts]),
    )


hch_by_levels = Fold[Humans, Iterated[AgreesWithinDepth]](
    "hch-by-levels",
    parameters=Humans,
    leaf=settle_directly,
    node=settle_with_help,
    arities=(1, 2),
    about="Amplification with perfect distillation beside HCH.",
)


class Cut(Agent[I]):
    """A question in HCH, and in HCH cut off at some level."""

    hch: Bool = flag("the answer of HCH")
    answer: Bool = flag("the answer of HCH cut off at the level")
    whole: Bool = flag("whether nothing below is cut off")


class LimitReached(Invariant):
    """Where the level reaches down to every leaf, the answer is HCH's."""

    def holds(self, question: Cut[Any]) -> Bool:
        """Nothing cut off implies the answer of HCH."""
        return ~question.whole | same(question.answer, question.hch)


class AnswersAsHCH(Invariant):
    """The answer is HCH's, cut off or not."""

    def holds(self, question: Cut[Any]) -> Bool:
        """The answer is that of HCH."""
        return same(question.answer, question.hch)


def leaf_of_hch(p: Humans, nature: Nature) -> Cut[LimitReached]:
    """A question on which the person asks nobody."""
    answer = nature.whether("the person says yes")
    return Cut(hch=answer, answer=answer, whole=Bool(True))


def node_of_hch(parts: tuple[Cut[I], ...], p: Humans, nature: Nature) -> Cut[I]:
    """A question on which the person asks, unless the level ends here."""
    person = reasoning(nature, len(parts))
    ends = nature.whether("the level ends here")
    alone = nature.whether("the person alone says yes")
    return Cut(
        hch=person([part.hch for part in parts]),
        answer=when(ends, alone, person([part.answer for part in parts])),
        whole=~ends & all_of(*(part.whole for part in parts)),
    )


hch_cut_off = Fold[Humans, Cut[LimitReached]](
    "hch-cut-off",
    parameters=Humans,
    leaf=leaf_of_hch,
    node=node_of_hch,
    arities=(1, 2),
    about="HCH cut off at any level, on questions of any depth.",
)


class Drift(Parameters):
    """Parameters of imperfect distillation."""

    departure: Real = parameter(
        "1/100",
        0,
        1,
        "probability that one answer of a distilled agent departs from the person's",
        source=ILLUSTRATIVE,
    )


class Departed(Agent[I]):
    """How far the answer to a question is from HCH's."""

    departed: Real = between(0, 1, "bound on the probability that the answer is not HCH's")


class NearHCH(Invariant):
    """The answer is seldom another than HCH's."""

    departed: Real = budget(0, 1, "probability of another answer", limit="1/10")

    def holds(self, question: Departed[Any]) -> Bool:
        """The bound is within the budget."""
        return question.departed <= self.departed


def drift_at_leaf(p: Drift, nature: Nature) -> Departed[NearHCH]:
    """One answer, which may depart from the person's."""
    return Departed(departed=nature.choose("departure", at_most=p.departure, metric="probability"))


def drift_at_node(parts: tuple[Departed[I], ...], p: Drift, nature: Nature) -> Departed[I]:
    """Any answer below, or this one, may depart: a union bound, which dependence can attain."""
    total = nature.choose("departure", at_most=p.departure, metric="probability")
    for part in parts:
        total = total + part.departed
    return Departed(departed=minimum(1, total))


hch_imitated = Fold[Drift, Departed[NearHCH]](
    "hch-imitated",
    parameters=Drift,
    leaf=drift_at_leaf,
    node=drift_at_node,
    arities=(1, 2),
    about="Amplification with imperfect distillation beside HCH.",
)
