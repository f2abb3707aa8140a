"""Factored cognition: questions answered by many people, each of whom sees little.

A person answers a question from the answers to sub-questions. They come as pointers: a person who
wants to read one unlocks it and pays for it, and may first look at what it says before another is
unlocked. Every person has a budget of work of their own; whoever lacks the budget gives no answer.

Sources: Stuhlmüller, "Factored cognition" (Ought, 2018); Christiano, Shlegeris and Amodei,
"Supervising strong learners by amplifying weak experts" (2018).
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
    between,
    budget,
    flag,
    minimum,
    parameter,
    structural,
    when,
    whole,
)

MOST_COST = 1_000
DEEP = 5
"""Depth from which on questions count as equally deep."""


CAREFUL, GUESSES, HASTY = range(3)
"""What a person does whose question is not settled, as ``Cognition.habit``."""


class Cognition(Parameters):
    """Parameters of factored cognition."""

    work: Real = parameter(
        3,
        0,
        100,
        "budget of one person, in units of reading a question or an unlocked answer",
        source="a question and both of its answers",
    )
    fallible: int = structural(
        0, 0, 1, "1 where a person may slip in a question without parts", source="both cases"
    )
    habit: int = structural(
        CAREFUL,
        CAREFUL,
        HASTY,
        "a person whose question the first answer does not settle: 0 unlocks the second or, "
        "without the budget, is silent; 1 guesses instead of being silent; 2 goes by the first",
        source="the three cases",
    )


class Query(Agent[I]):
    """A question with the answer that its person gives, and what that cost."""

    truth: Bool = flag("the right answer")
    answer: Bool = flag("the answer given, if there is one")
    known: Bool = flag("whether an answer is given within the budgets")
    work: Real = between(0, MOST_COST, "work of this person alone, in units read")
    spent: Real = between(0, MOST_COST, "work of everybody whose answer was unlocked")
    eager: Real = between(0, MOST_COST, "the same, if every pointer were unlocked at once")


class Sound(Invariant):
    """Whatever answer is given is right."""

    def holds(self, query: Query[Any]) -> Bool:
        """Known implies that the answer is the truth."""
        return ~query.known | same(query.truth, query.answer)


class AnswersAll(Invariant):
    """Every question gets an answer."""

    def holds(self, query: Query[Any]) -> Bool:
        """The answer is known."""
        return query.known


class LittleWork(Invariant):
    """No person works more than a little, however large the question."""

    work: Real = budget(0, MOST_COST, "units read by one person", limit=3)

    def holds(self, query: Query[Any]) -> Bool:
        """The work of one person is within the budget."""
        return query.work <= self.work


class LittleSpent(Invariant):
    """All persons together work only so much."""

    spent: Real = budget(0, MOST_COST, "units read by all persons together", limit=12)

    def holds(self, query: Query[Any]) -> Bool:
        """The work of everybody is within the budget."""
        return query.spent <= self.spent


class LazyNoDearer(Invariant):
    """Unlocking pointers only when needed costs no more than unlocking all of them."""

    def holds(self, query: Query[Any]) -> Bool:
        """The cost of lazy answers is within that of eager ones."""
        return query.spent <= query.eager


def ask_directly(p: Cognition, nature: Nature) -> Query[Sound]:
    """A question without parts: one person reads it and answers."""
    truth = nature.whether("the answer is yes")
    slips = nature.whether("the person slips") if p.fallible else Bool(False)
    one = Real(1)
    return Query(
        truth=truth,
        answer=when(slips, ~truth, truth),
        known=p.work >= 1,
        work=one,
        spent=one,
        eager=one,
    )


def ask_in_parts(parts: tuple[Query[I], ...], p: Cognition, nature: Nature) -> Query[I]:
    """A question in two parts, of which the first may settle it.

    Some questions are settled by a first "no", others by a first "yes"; the second pointer is
    unlocked only if the first answer settles nothing and the budget allows it.
    """
    first, second = parts
    settling = nature.whether("a yes settles it")
    settled = when(settling, first.answer, ~first.answer)
    enough_for_one, enough_for_two = p.work >= 2, p.work >= 3
    unlocked = enough_for_one & ~settled & enough_for_two & Bool(p.habit != HASTY)
    known = enough_for_one & first.known & (settled | (unlocked & second.known))
    answer = when(settled, settling, second.answer)
    if p.habit == GUESSES:
        answer = when(known, answer, nature.whether("the person guesses yes"))
        known = Bool(True)
    if p.habit == HASTY:
        known, answer = enough_for_one & first.known, first.answer
    work = when(enough_for_one, when(unlocked, Real(3), Real(2)), Real(1))
    below = when(enough_for_one, first.spent, 0) + when(unlocked, second.spent, 0)
    return Query(
        truth=when(settling, first.truth | second.truth, first.truth & second.truth),
        answer=answer,
        known=known,
        work=work,
        spent=minimum(MOST_COST, work + below),
        eager=minimum(MOST_COST, 3 + first.eager + second.eager),
    )


factored_cognition = Fold[Cognition, Query[Sound]](
    "factored-cognition",
    parameters=Cognition,
    leaf=ask_directly,
    node=ask_in_parts,
    arities=(2,),
    about="Questions answered from sub-answers behind pointers, within budgets.",
)


class Contract(Parameters):
    """Parameters of one amplification of an agent that is good up to some depth."""

    reach: int = structural(
        2, 0, DEEP - 2, "depth of questions that the agent answers rightly", source=ILLUSTRATIVE
    )
    muddled: int = structural(
        0,
        0,
        1,
        "1 where the person may put right answers together wrongly",
        source="both cases",
    )


class Consulted(Agent[I]):
    """A question, the agent's own answer, and the answer of a person who consults the agent."""

    depth: Count = whole(0, DEEP, "levels of sub-questions below, counted up to five")
    truth: Bool = flag("the right answer, by the question's own meaning all the way down")
    agent: Bool = flag("the agent's answer")
    expert: Bool = flag("the answer of the person with the agent")
    calls: Count = whole(0, 2, "questions that the person asks the agent")


class Amplifies(Invariant):
    """The person with the agent answers rightly up to a depth, at the cost of a few calls."""

    unfit: Real = budget(-DEEP, 0, "minus the depth up to which answers are right", limit=-3)
    calls: Real = budget(0, 2, "questions asked of the agent", limit=2)

    def holds(self, question: Consulted[Any]) -> Bool:
        """Depth within the reach implies a right answer; the calls are within the budget."""
        right = same(question.truth, question.expert)
        return ((question.depth > -self.unfit) | right) & (question.calls <= self.calls)


def consult_on_leaf(p: Contract, nature: Nature) -> Consulted[Amplifies]:
    """A question without parts is answered rightly by anybody."""
    truth = nature.whether("the answer is yes")
    return Consulted(depth=Count(0), truth=truth, agent=truth, expert=truth, calls=Count(0))


def consult(parts: tuple[Consulted[I], ...], p: Contract, nature: Nature) -> Consulted[I]:
    """The person asks the agent about the parts, of which the question is a function.

    The right answer is that function of the right answers to the parts, whatever a person does. A
    person who knows the function applies it to the agent's answers; a muddled one applies any.
    """
    depth = one_level_up([part.depth for part in parts], DEEP)
    meaning = reasoning(nature, len(parts), "the question is answered by yes")
    person = reasoning(nature, len(parts)) if p.muddled else meaning
    truth = meaning([part.truth for part in parts])
    guess = nature.whether("the agent says yes beyond its reach")
    return Consulted(
        depth=depth,
        truth=truth,
        agent=when(depth <= p.reach, truth, guess),
        expert=person([part.agent for part in parts]),
        calls=Count(len(parts)),
    )


amplified_once = Fold[Contract, Consulted[Amplifies]](
    "amplified-once",
    parameters=Contract,
    leaf=consult_on_leaf,
    node=consult,
    arities=(1, 2),
    about="A person answers from the sub-answers of an agent that is good up to some depth.",
)


class Erring(Parameters):
    """Parameters of one amplification of an agent that is seldom wrong up to some depth."""

    reach: int = structural(
        2, 0, DEEP - 2, "depth of questions at which the agent errs seldom", source=ILLUSTRATIVE
    )
    agent_error: Real = parameter(
        "1/100", 0, 1, "most probability that it errs at any such question", source=ILLUSTRATIVE
    )
    slip: Real = parameter(
        "1/200",
        0,
        1,
        "most probability that the person puts right answers together wrongly",
        source=ILLUSTRATIVE,
    )


class Doubted(Agent[I]):
    """A question, and how often the agent and the person who consults it are wrong about it."""

    depth: Count = whole(0, DEEP, "levels of sub-questions below, counted up to five")
    agent: Real = between(0, 1, "probability that the agent is wrong")
    expert: Real = between(0, 1, "probability that the person with the agent is wrong, at most")


class PersonBeatsGuess(Invariant):
    """The person with the agent is wrong less often than a guess, up to a depth."""

    unfit: Real = budget(-DEEP, 0, "minus the depth up to which that is said", limit=-3)

    def holds(self, question: Doubted[Any]) -> Bool:
        """Depth within the reach implies an error below one half."""
        return (question.depth > -self.unfit) | (question.expert < "1/2")


class AgentBeatsGuess(Invariant):
    """The agent by itself is wrong less often than a guess, up to a depth."""

    unfit: Real = budget(-DEEP, 0, "minus the depth up to which that is said", limit=-3)

    def holds(self, question: Doubted[Any]) -> Bool:
        """Depth within the reach implies an error below one half."""
        return (question.depth > -self.unfit) | (question.agent < "1/2")


def _errs_alone(depth: Count, p: Erring, nature: Nature, about: str) -> Real:
    """How often the agent is wrong: seldom within its reach, anything beyond."""
    return nature.choose(
        f"the agent's error about {about}",
        at_most=when(depth <= p.reach, p.agent_error, 1),
        metric="probability at this question",
    )


def doubt_leaf(p: Erring, nature: Nature) -> Doubted[PersonBeatsGuess]:
    """A question without parts, which the person answers alone."""
    depth = Count(0)
    return Doubted(depth=depth, agent=_errs_alone(depth, p, nature, "the leaf"), expert=p.slip)


def doubt(parts: tuple[Doubted[I], ...], p: Erring, nature: Nature) -> Doubted[I]:
    """The person is wrong if it slips or the agent is wrong about some part: a union bound, which
    errors that exclude one another attain."""
    depth = one_level_up([part.depth for part in parts], DEEP)
    wrong = p.slip
    for number, part in enumerate(parts, start=1):
        wrong = wrong + _errs_alone(part.depth, p, nature, f"part {number}")
    alone = _errs_alone(depth, p, nature, "the whole")
    return Doubted(depth=depth, agent=alone, expert=minimum(1, wrong))


amplified_seldom_wrong = Fold[Erring, Doubted[PersonBeatsGuess]](
    "amplified-seldom-wrong",
    parameters=Erring,
    leaf=doubt_leaf,
    node=doubt,
    arities=(1, 2),
    about="A person answers from the sub-answers of an agent that is seldom wrong up to a depth.",
)
