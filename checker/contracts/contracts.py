"""The contracts that make a factorisation one of iterated amplification, each as a few queries.

A contract is about all agents, or all experts, of the domain, all choices of nature and all values
of the free parameters; only "consults" and parts of the last say that something exists, and are
asked at the parameters' own values. A counterexample, and an example, count
once the values that the solver gave were put into the terms and the result was worked out exactly.
docs/instances.md states the contracts and what each rules out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, follows, satisfy
from checker.contracts.step_terms import LoopTerms, StepTerms, Terms
from checker.report.verdict import number
from checker.system.problem import numeral_value
from spec.errors import SpecError
from spec.statements.instance import Instance
from spec.terms import conjunction, numeral
from spec.trace import topological

Answer = Literal["holds", "fails", "undecided"]

PROGRAM = "amplify is a program over oracle calls to the agent"
CONSULTS = "amplify consults the agent"
RAISES = "amplify raises capability"
COSTS = "amplify costs more than the agent"
SEES = "distill sees the expert only through its channel"
RETURNS = "distill returns cost to base"
LANDS = "distill lands within eps in the stated metric"
CONTRACTS = (PROGRAM, CONSULTS, RAISES, COSTS, SEES, RETURNS, LANDS)

CANDIDATES = 4
"""Pairs of agents that are tried before it is left open whether amplification consults them."""


@attrs.frozen
class Finding:
    """What became of one contract, and what shows it."""

    contract: str
    answer: Answer
    shown: str = ""

    def __str__(self) -> str:
        return f"{self.answer}: {self.contract}" + (f": {self.shown}" if self.shown else "")


@attrs.frozen
class Witness:
    """Exact values of the symbols of a question."""

    pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]

    def put(self, term: z3.ExprRef) -> z3.ExprRef:
        """A term at the point."""
        return z3.simplify(z3.substitute(term, *self.pairs) if self.pairs else term)

    def value(self, term: z3.ExprRef) -> Fraction | None:
        """The number that a term is at the point, if it is defined there."""
        try:
            return numeral_value(self.put(term))
        except SpecError:
            return None

    def told(self, terms: Terms, names: Collection[str] | None = None) -> str:
        """Named terms with their values."""
        found = {n: self.value(t) for n, t in terms.items() if names is None or n in names}
        return ", ".join(f"{n} = {'?' if v is None else number(v)}" for n, v in found.items())

    def differing(self, first: Terms, second: Terms) -> list[str]:
        """The names under which two records have different values."""
        return [n for n in first if self.value(first[n]) != self.value(second[n])]


@attrs.frozen
class Query:
    """That a conclusion follows; ``show`` tells of a point at which it does not."""

    hypotheses: Sequence[z3.BoolRef]
    conclusion: z3.BoolRef
    show: Callable[[Witness], str]


def findings(statement: Instance, posed: LoopTerms, budget: QueryBudget) -> list[Finding]:
    """What became of each contract of a statement, in their order."""
    asker = _Asker(posed, budget)
    capability, cost = statement.capability, statement.cost
    assert statement.channel is not None
    return [
        _program(asker, cost),
        _consults(asker, capability, cost),
        _raises(asker, capability),
        _costs(asker, cost),
        _sees(asker, cost, statement.channel.name),
        _returns(asker, cost),
        _lands(asker, (capability, cost), statement.metric),
    ]


@attrs.frozen
class _Asker:
    """Puts questions about one scheme to the solver."""

    posed: LoopTerms
    budget: QueryBudget

    def all(
        self,
        contract: str,
        questions: Sequence[Query],
        otherwise: str,
        *simple: Sequence[z3.BoolRef],
    ) -> Finding:
        """A contract that holds if every question is proved, and fails by a counterexample.

        Args:
            contract: its name.
            questions: what it takes.
            otherwise: what to say when it holds.
            simple: conditions that a counterexample should meet if it can, the best first.
        """
        open_ = False
        for question in questions:
            given = [*self.posed.given, *question.hypotheses]
            if follows(given, question.conclusion, self.budget).proved:
                continue
            point = self.some([*given, z3.Not(question.conclusion)], *simple)
            if point is not None:
                read = constants(question.conclusion)
                named = {n: s for n, s in self.posed.free.items() if s.decl().name() in read}
                free = point.told(named)
                shown = question.show(point) + (f", at {free}" if free else "")
                return Finding(contract, "fails", shown)
            open_ = True
        if open_:
            return Finding(contract, "undecided", "neither proved nor refuted in the time allowed")
        return Finding(contract, "holds", otherwise)

    def some(
        self, conditions: Sequence[z3.BoolRef], *simple: Sequence[z3.BoolRef]
    ) -> Witness | None:
        """A point that meets the conditions, worked out exactly; a simple one if there is one."""
        for extra in (*simple, ()):
            outcome = satisfy([*conditions, *extra], self.budget)
            if outcome.answer != "fails":
                continue
            pairs = []
            for symbol in _symbols(conditions):
                value = outcome.values.get(symbol.decl().name(), Fraction(0))
                whole = z3.is_int(symbol)
                pairs.append((symbol, z3.IntVal(int(value)) if whole else numeral(value)))
            point = Witness(pairs)
            if all(z3.is_true(point.put(condition)) for condition in conditions):
                return point
        return None

    def never(self, conditions: Sequence[z3.BoolRef]) -> bool:
        """Whether it is proved that no point meets the conditions."""
        return satisfy([*self.own, *conditions], self.budget).proved

    @property
    def at_first(self) -> list[z3.BoolRef]:
        """That the expert is the seed amplified."""
        first, takes = self.posed.first_expert, self.posed.distill.takes
        same = [symbol == first.gives[name] for name, symbol in takes.items()]
        return [first.bounds, *first.sound, *same]

    @property
    def own(self) -> list[z3.BoolRef]:
        """That the free parameters have the values at which something is to exist."""
        return [*self.posed.given, *self.posed.at_own_values]

    @property
    def at_seed(self) -> list[z3.BoolRef]:
        """That the agent is the seed."""
        takes, seed = self.posed.amplify.takes, self.posed.seed
        return [symbol == seed[name] for name, symbol in takes.items()]


# --- amplification --------------------------------------------------------------------------------


def _program(asker: _Asker, cost: str) -> Finding:
    """The expert's cost is ``calls`` times the agent's and an overhead; nothing else reads it.

    What a program computes from the answers to its calls cannot depend on their price.
    """
    amplify, calls = asker.posed.amplify, asker.posed.calls
    if calls < 1:
        return Finding(PROGRAM, "fails", f"it makes {calls} calls")
    again = amplify.other([name for name in amplify.takes if name != cost], choices=True)
    before, after = amplify.takes[cost], again.takes[cost]
    hypotheses = [*amplify.hypotheses, again.start, *again.sound]

    def agents(at: Witness) -> str:
        return f"agents alike but for {at.told({cost: before})} and {at.told({cost: after})}"

    def read(name: str) -> Callable[[Witness], str]:
        wanted = f", not {_calls(calls)} apart" if name == cost else ""
        return lambda at: (
            f"{agents(at)} give experts with {at.told(amplify.gives, [name])} and with "
            f"{at.told(again.gives, [name])}{wanted}"
        )

    questions = [
        Query(
            hypotheses,
            again.bounds,
            lambda at: f"{agents(at)} leave nature different choices",
        ),
        *(
            Query(
                hypotheses,
                term - again.gives[n] == calls * (before - after)
                if n == cost
                else term == again.gives[n],
                read(n),
            )
            for n, term in amplify.gives.items()
        ),
        Query(
            amplify.hypotheses,
            amplify.gives[cost] >= calls * before,
            lambda at: (
                f"an agent with {at.told({cost: before})} gives an expert with "
                f"{at.told(amplify.gives, [cost])}, which does not pay for {_calls(calls)}"
            ),
        ),
    ]
    return asker.all(PROGRAM, questions, f"{_calls(calls)} and an overhead", asker.at_seed)


def _calls(count: int) -> str:
    return f"{count} call{'' if count == 1 else 's'}"


def _consults(asker: _Asker, capability: str, cost: str) -> Finding:
    """Agents of one rank and price that answer differently are amplified differently.

    It holds by two agents, and a choice for the first that shows an expert which no choice for
    the second shows. It fails if the same choices always show the same.
    """
    posed, amplify = asker.posed, asker.posed.amplify
    own = [n for n in amplify.takes if n not in (capability, cost)] or [capability]
    alike = [n for n in amplify.takes if n not in own]
    same, free = (amplify.other(alike, choices=choices) for choices in (True, False))
    one, two, any_two = (posed.shown_of(half.gives) for half in (amplify, same, free))
    start = [*asker.own, *amplify.hypotheses, same.start, *same.sound]
    unmoved = conjunction([same.bounds, _equal(one, two)])
    if follows(start, unmoved, asker.budget).proved:
        return Finding(CONSULTS, "fails", "the expert is the same whatever the agent answers")
    tried: list[z3.BoolRef] = []
    for _ in range(CANDIDATES):
        conditions = [*start, z3.Not(unmoved), *tried]
        point = asker.some(conditions, asker.at_seed)
        if point is None:
            break
        matched = [free.bounds, *free.sound, _equal(one, any_two)]
        if satisfy([point.put(condition) for condition in matched], asker.budget).proved:
            differ = point.differing(amplify.takes, same.takes)
            seen = point.told(one, point.differing(one, two) or list(one))
            return Finding(
                CONSULTS,
                "holds",
                f"an agent with {point.told(amplify.takes, differ)} can give an expert that shows "
                f"{seen}, one with {point.told(same.takes, differ)} cannot"
                + _idle(asker, own, capability),
            )
        tried.append(z3.Not(z3.And(*[symbol == value for symbol, value in point.pairs])))
    return Finding(CONSULTS, "undecided", "no two agents were found that it tells apart")


def _idle(asker: _Asker, own: Sequence[str], capability: str) -> str:
    """Of the agent's answers, those that are proved to make no difference by themselves."""
    posed, amplify = asker.posed, asker.posed.amplify
    shown = posed.shown_of(amplify.gives)
    idle = []
    for name in own:
        again = amplify.other([n for n in amplify.takes if n != name], choices=True)
        start = [*asker.own, *amplify.hypotheses, again.start, *again.sound]
        unmoved = conjunction([again.bounds, _equal(shown, posed.shown_of(again.gives))])
        if name != capability and follows(start, unmoved, asker.budget).proved:
            idle.append(name)
    return (
        f"; its {', '.join(idle)} alone make{'s' * (len(idle) == 1)} no difference" if idle else ""
    )


def _raises(asker: _Asker, capability: str) -> Finding:
    """The expert's capability is above the agent's, or at the top if the agent's is."""
    amplify = asker.posed.amplify
    before, after = amplify.takes[capability], amplify.gives[capability]
    raised = z3.And(after >= before, z3.Implies(before < numeral(asker.posed.top), after > before))
    shown = f"strictly, up to the top of {number(asker.posed.top)}"
    return asker.all(RAISES, [_stepping(amplify, raised, capability)], shown, asker.at_seed)


def _costs(asker: _Asker, cost: str) -> Finding:
    """The expert's answer costs more than the agent's, if that costs anything."""
    amplify = asker.posed.amplify
    before, after = amplify.takes[cost], amplify.gives[cost]
    more = z3.Implies(before > 0, after > before)
    return asker.all(COSTS, [_stepping(amplify, more, cost)], "at every agent", asker.at_seed)


def _stepping(amplify: StepTerms, conclusion: z3.BoolRef, field: str) -> Query:
    def show(at: Witness) -> str:
        chosen = f", where nature chooses {at.told(amplify.chosen)}" if amplify.chosen else ""
        return (
            f"an agent with {at.told(amplify.takes)} gives an expert with "
            f"{at.told(amplify.gives, [field])}{chosen}"
        )

    return Query(amplify.hypotheses, conclusion, show)


# --- distillation ---------------------------------------------------------------------------------


def _sees(asker: _Asker, cost: str, channel: str) -> Finding:
    """Experts that show the same make the same students, under the same choices of nature.

    And what nature may choose under an expert it may choose under a dearer one that shows the
    same: the cost is the price of labels, of which fewer tell less, and does nothing else.
    """
    posed, distill = asker.posed, asker.posed.distill
    dearer = distill.other((), choices=True)
    hypotheses = [
        *distill.hypotheses,
        dearer.start,
        *dearer.sound,
        _equal(posed.shown, posed.shown_of(dearer.takes)),
        distill.takes[cost] <= dearer.takes[cost],
    ]

    def experts(at: Witness) -> str:
        names = at.differing(distill.takes, dearer.takes)
        return (
            f"experts with {at.told(distill.takes, names)} and with "
            f"{at.told(dearer.takes, names)} show the same"
        )

    def read(name: str) -> Callable[[Witness], str]:
        return lambda at: (
            f"{experts(at)}, and make students with {at.told(distill.gives, [name])} and with "
            f"{at.told(dearer.gives, [name])}"
        )

    questions = [
        Query(hypotheses, dearer.bounds, lambda at: f"{experts(at)}, but bound nature apart"),
        *(
            Query(hypotheses, term == dearer.gives[name], read(name))
            for name, term in distill.gives.items()
        ),
    ]
    shown = f"{channel} ({', '.join(posed.shown)}), and the cost as their price"
    same_price = [distill.takes[cost] == dearer.takes[cost]]
    simple = ([*asker.at_first, *same_price], same_price, asker.at_first)
    return asker.all(SEES, questions, shown, *simple)


def _returns(asker: _Asker, cost: str) -> Finding:
    """The student costs no more than the seed, whatever the expert."""
    distill, base = asker.posed.distill, {cost: asker.posed.seed[cost]}
    question = Query(
        distill.hypotheses,
        distill.gives[cost] <= base[cost],
        lambda at: (
            f"an expert with {at.told(distill.takes, [cost])} makes a student with "
            f"{at.told(distill.gives, [cost])}, and the seed had {at.told(base)}"
        ),
    )
    return asker.all(RETURNS, [question], "whatever the expert costs", asker.at_first)


def _lands(asker: _Asker, beside: Collection[str], metric: str) -> Finding:
    """No student is further from its expert than eps, and that says something.

    It does if some student is overseen at all; if some student is further than eps from the
    first expert, the seed amplified; and if distance 0 from it ties or bounds an answer.
    """
    posed, distill = asker.posed, asker.posed.distill
    if asker.never(distill.hypotheses):
        return Finding(LANDS, "fails", "oversight never works, whatever the student")
    made = (distill.takes, distill.gives)
    gap, eps = posed.gap_of(*made), posed.eps_of(distill.takes)
    question = Query(
        [*distill.hypotheses, *posed.measured(*made)],
        gap <= eps,
        lambda at: (
            f"an expert with {at.told(distill.takes)} makes a student with "
            f"{at.told(distill.gives)}: {at.told({'distance': gap, 'eps': eps})} ({metric})"
        ),
    )
    landed = asker.all(LANDS, [question], metric, asker.at_first)
    if landed.answer != "holds":
        return landed
    overseen = asker.some([*asker.own, *distill.hypotheses])
    first = posed.first_expert
    start = [*asker.own, first.bounds, *first.sound, posed.domain_of(posed.student)]
    start += posed.measured(first.gives, posed.student)
    gap, eps = posed.gap_of(first.gives, posed.student), posed.eps_of(first.gives)
    outside = asker.some([*start, gap > eps])
    if outside is None and asker.never([*start, gap > eps]):
        return Finding(LANDS, "fails", "no student at all is further from the first expert")
    if outside is None or overseen is None:
        return Finding(LANDS, "undecided", "whether it excludes any student is open")
    tied = list(_tied(asker, [*start, gap <= 0], first.gives, beside))
    if not tied:
        return Finding(LANDS, "fails", f"distance 0 says nothing of the student ({metric})")
    return attrs.evolve(
        landed,
        shown=f"{metric}; {outside.told({'eps': eps})} at the first expert; distance 0 from it "
        f"means {', '.join(tied)}",
    )


def _tied(
    asker: _Asker, start: Sequence[z3.BoolRef], expert: Terms, beside: Collection[str]
) -> Iterator[str]:
    """What the distance says of each field of a student, where it is 0."""
    student = asker.posed.student
    for name, term in student.items():
        if name in beside:
            continue
        if name in expert and follows(start, term == expert[name], asker.budget).proved:
            yield f"the same {name}"
        elif name in expert and follows(start, term <= expert[name], asker.budget).proved:
            yield f"no more {name}"
        else:
            field = asker.posed.fields[name]
            ends = [numeral(field.low), numeral(field.high)]
            if any(follows(start, term != end, asker.budget).proved for end in ends):
                yield f"bounded {name}"


def _equal(first: Terms, second: Mapping[str, z3.ExprRef]) -> z3.BoolRef:
    return conjunction([term == second[name] for name, term in first.items()])


def _symbols(terms: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
    return [
        node
        for node in topological(terms)
        if z3.is_const(node) and node.decl().kind() == z3.Z3_OP_UNINTERPRETED
    ]
