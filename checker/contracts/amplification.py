"""The contracts on amplification: it is a program that consults the agent, and outranks it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3

from checker.contracts.findings import (
    Amplified,
    Contract,
    CostMovesChoices,
    CostMovesExpert,
    CountedCalls,
    Evidence,
    Finding,
    Fulfilment,
    Raised,
    Remark,
    ToldApart,
    TooFewCalls,
    UnpaidCalls,
    Values,
)
from checker.contracts.inquiry import ExactPoint, Inquiry, Query, equal_values
from checker.contracts.step_terms import StepTerms
from spec.terms import conjunction, numeral

CANDIDATES = 4
"""Pairs of agents that are tried before it is left open whether amplification consults them."""


def program(inquiry: Inquiry, cost: str) -> Finding:
    """The expert's cost is ``calls`` times the agent's and an overhead; nothing else reads it.

    What a program computes from the answers to its calls cannot depend on their price.
    """
    calls = inquiry.posed.calls
    if calls < 1:
        return Finding(Contract.PROGRAM, Fulfilment.FAILS, TooFewCalls(calls))
    unmet = inquiry.unmet(Contract.PROGRAM, _priced(inquiry, cost), inquiry.at_seed)
    return unmet or Finding(Contract.PROGRAM, Fulfilment.HOLDS, CountedCalls(calls))


def _priced(inquiry: Inquiry, cost: str) -> list[Query]:
    """What it takes that the agent's cost is the price of its calls and nothing else."""
    amplify, calls = inquiry.posed.amplify, inquiry.posed.calls
    again = amplify.other([name for name in amplify.takes if name != cost], choices=True)
    before, after = amplify.takes[cost], again.takes[cost]
    hypotheses = [*amplify.hypotheses, again.start, *again.sound]

    def agents(at: ExactPoint) -> tuple[Values, Values]:
        return at.values({cost: before}), at.values({cost: after})

    def moved(name: str) -> Callable[[ExactPoint], Evidence]:
        return lambda at: CostMovesExpert(
            agents(at),
            (at.values(amplify.gives, [name]), at.values(again.gives, [name])),
            calls if name == cost else None,
        )

    return [
        Query(hypotheses, again.bounds, lambda at: CostMovesChoices(agents(at))),
        *(
            Query(
                hypotheses,
                term - again.gives[name] == calls * (before - after)
                if name == cost
                else term == again.gives[name],
                moved(name),
            )
            for name, term in amplify.gives.items()
        ),
        Query(
            amplify.hypotheses,
            amplify.gives[cost] >= calls * before,
            lambda at: UnpaidCalls(
                at.values({cost: before}), at.values(amplify.gives, [cost]), calls
            ),
        ),
    ]


def consults(inquiry: Inquiry, capability: str, cost: str) -> Finding:
    """Agents of one rank and price that answer differently are amplified differently.

    It holds by two agents, and a choice for the first that shows an expert which no choice for
    the second shows. It fails if the same choices always show the same.
    """
    posed, amplify = inquiry.posed, inquiry.posed.amplify
    answers = [n for n in amplify.takes if n not in (capability, cost)] or [capability]
    alike = [n for n in amplify.takes if n not in answers]
    same, free = (amplify.other(alike, choices=choices) for choices in (True, False))
    one, two, any_two = (posed.shown_of(step.gives) for step in (amplify, same, free))
    start = [*inquiry.own, *amplify.hypotheses, same.start, *same.sound]
    unmoved = conjunction([same.bounds, equal_values(one, two)])
    if inquiry.proves(start, unmoved):
        return Finding(Contract.CONSULTS, Fulfilment.FAILS, Remark.AGENT_IGNORED)
    tried: list[z3.BoolRef] = []
    for _ in range(CANDIDATES):
        point = inquiry.some([*start, z3.Not(unmoved), *tried], inquiry.at_seed)
        if point is None:
            break
        matched = [free.bounds, *free.sound, equal_values(one, any_two)]
        if inquiry.excludes([point.put(condition) for condition in matched]):
            differ = point.differing(amplify.takes, same.takes)
            told_apart = ToldApart(
                (point.values(amplify.takes, differ), point.values(same.takes, differ)),
                point.values(one, point.differing(one, two) or list(one)),
                _idle(inquiry, answers, capability),
            )
            return Finding(Contract.CONSULTS, Fulfilment.HOLDS, told_apart)
        tried.append(z3.Not(z3.And(*[symbol == value for symbol, value in point.pairs])))
    return Finding(Contract.CONSULTS, Fulfilment.UNDECIDED, Remark.NO_PAIR_FOUND)


def _idle(inquiry: Inquiry, answers: Sequence[str], capability: str) -> tuple[str, ...]:
    """Of the agent's answers, those that are proved to make no difference by themselves."""
    posed, amplify = inquiry.posed, inquiry.posed.amplify
    shown = posed.shown_of(amplify.gives)
    idle = []
    for name in answers:
        again = amplify.other([n for n in amplify.takes if n != name], choices=True)
        start = [*inquiry.own, *amplify.hypotheses, again.start, *again.sound]
        unmoved = conjunction([again.bounds, equal_values(shown, posed.shown_of(again.gives))])
        if name != capability and inquiry.proves(start, unmoved):
            idle.append(name)
    return tuple(idle)


def raises(inquiry: Inquiry, capability: str) -> Finding:
    """The expert's capability is above the agent's, or at the top if the agent's is."""
    query = _of_one_step(inquiry.posed.amplify, raised(inquiry, capability), capability)
    unmet = inquiry.unmet(Contract.RAISES, [query], inquiry.at_seed)
    return unmet or Finding(Contract.RAISES, Fulfilment.HOLDS, Raised(inquiry.posed.top))


def raised(inquiry: Inquiry, capability: str) -> z3.BoolRef:
    """That the expert's capability is above the agent's, or at the top if the agent's is."""
    amplify, top = inquiry.posed.amplify, inquiry.posed.top
    before, after = amplify.takes[capability], amplify.gives[capability]
    if top is None:
        return after > before
    return z3.And(after >= before, z3.Implies(before < numeral(top), after > before))


def costs(inquiry: Inquiry, cost: str) -> Finding:
    """The expert's answer costs more than the agent's, if that costs anything."""
    amplify = inquiry.posed.amplify
    before, after = amplify.takes[cost], amplify.gives[cost]
    more = z3.Implies(before > 0, after > before)
    unmet = inquiry.unmet(Contract.COSTS, [_of_one_step(amplify, more, cost)], inquiry.at_seed)
    return unmet or Finding(Contract.COSTS, Fulfilment.HOLDS, Remark.AT_EVERY_AGENT)


def _of_one_step(amplify: StepTerms, conclusion: z3.BoolRef, field: str) -> Query:
    """A query about one use of the step; the evidence names one field of the expert."""
    return Query(
        amplify.hypotheses,
        conclusion,
        lambda at: Amplified(
            at.values(amplify.takes), at.values(amplify.gives, [field]), at.values(amplify.chosen)
        ),
    )
