"""Does one scheme refine another? A witness that was checked, or a run that was replayed.

The statement, the conditions and the proof are in docs/compare.md.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs
import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.invariants.houdini import reachable
from checker.refinement.correspondence import Link
from checker.refinement.distinguishing_run import DistinguishingSearch, Separating
from checker.refinement.simulation import Case, Invariants, RefinementQuestion, valued
from checker.refinement.witness import Cover, SamplePoint, Sampler, case_at
from checker.system.problem import Problem
from checker.system.transition_system import problem_of, transition_system
from spec.errors import SpecError
from spec.nature import Choice
from spec.scheme import Process
from spec.terms import numeral

Ranges = Mapping[str, tuple[Fraction, Fraction]]
Kind = Literal["proved", "refuted", "unknown"]

SAMPLED = 40
MOST_CASES = 5
MOST_ROUNDS = 8
MOST_POINTS = 9
QUANTIFIED = 3.0


@attrs.frozen
class ComparedScheme:
    """A scheme at its parameters; ``tag`` keeps its symbols apart ("left" or "right")."""

    process: Process
    values: Mapping[str, Fraction]
    tag: str

    def at(self, point: Mapping[str, Fraction]) -> ComparedScheme:
        """The scheme with some parameters at other values."""
        return attrs.evolve(self, values={**self.values, **point})


@attrs.frozen
class ChoiceTerm:
    """How a witness chooses one number: in words, and as an SMT-LIB term.

    The term is over the state (``left.FIELD``), the other's choices (``left:NAME``) and the
    parameters (``parameter.NAME``).
    """

    choice: str
    how: str
    term: str


@attrs.frozen
class Refinement:
    """Whether every run of ``first`` is a run of ``second``.

    ``witness`` has one tuple of answers for each case; the first that fits is meant. ``held`` are
    bounds on reachable agents that the proof uses. ``stuck`` is a state, not shown to be
    reachable, in which the second cannot follow.
    """

    first: str
    second: str
    tag: str
    verdict: Kind
    method: str = ""
    witness: tuple[tuple[ChoiceTerm, ...], ...] = ()
    held: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    separating: Separating | None = None
    reason: str = ""
    stuck: Mapping[str, Fraction] = attrs.field(factory=dict)
    warning: str = ""
    queries: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain JSON: exact numbers as strings such as "1/6"."""
        answer: dict[str, Any] = {
            "first": self.first,
            "second": self.second,
            "direction": "left refines right" if self.tag == "left" else "right refines left",
            "verdict": self.verdict,
            "method": self.method,
            "seconds": round(self.seconds, 4),
            "queries": self.queries,
        }
        if self.verdict == "proved":
            answer["witness"] = [[attrs.asdict(a) for a in case] for case in self.witness]
            answer["held"] = {side: list(labels) for side, labels in self.held.items()}
        if self.separating is not None:
            answer["separating"] = self.separating.to_json()
        if self.reason:
            answer["reason"] = self.reason
        if self.stuck:
            answer["stuck"] = {name: str(value) for name, value in self.stuck.items()}
        if self.warning:
            answer["warning"] = self.warning
        return answer


def refines(
    first: ComparedScheme,
    second: ComparedScheme,
    links: Sequence[Link],
    over: Ranges,
    budget: QueryBudget,
) -> Refinement:
    """Whether the first scheme refines the second, for all values of ``over`` in their ranges.

    Args:
        first: the scheme whose runs are to be followed.
        second: the scheme that is to follow.
        links: the compared fields.
        over: shared parameters that are left symbolic, with their ranges.
        budget: limits on the queries.

    Raises:
        SpecError: for a mistake in a specification, or assumptions that no value meets.
    """
    started, before = time.perf_counter(), budget.queries
    question = pose_question(first, second, links, over)
    points = _parameter_points(first, question, over, budget)
    problems = [problem_of(first.process, {**first.values, **point}) for point in points]
    theirs = [problem_of(second.process, {**second.values, **point}) for point in points]
    blank = Refinement(first.process.name, second.process.name, first.tag, "unknown")
    attempt = _prove(question, problems, theirs, over, budget)
    if attempt.proved:
        warning = ""
        if _allows_everything(question, second, theirs, over, budget):
            warning = (
                f"{second.process.name} allows every successor: that "
                f"{first.process.name} refines it says nothing"
            )
        answer = attrs.evolve(
            blank,
            verdict="proved",
            method="witness" if attempt.cases else "quantified query, no witness",
            witness=tuple(
                tuple(ChoiceTerm(c.choice, c.how, z3.simplify(c.term).sexpr()) for c in case)
                for case in attempt.cases
            ),
            held={
                first.tag: tuple(c.label for c in attempt.held.first),
                second.tag: tuple(c.label for c in attempt.held.second),
            },
            warning=warning,
        )
    else:
        answer = _refute(blank, first, second, links, points, attempt, budget)
    return attrs.evolve(
        answer, queries=budget.queries - before, seconds=time.perf_counter() - started
    )


def pose_question(
    first: ComparedScheme, second: ComparedScheme, links: Sequence[Link], over: Ranges
) -> RefinementQuestion:
    """The question of refinement over ranges of shared parameters.

    Raises:
        SpecError: for a mistake in a specification.
    """
    one = transition_system(first.process, first.tag, first.values, tuple(over))
    two = transition_system(second.process, second.tag, second.values, tuple(over))
    given = [
        part
        for name, (low, high) in over.items()
        for part in (one.free[name] >= numeral(low), one.free[name] <= numeral(high))
    ]
    given += [condition for m in (one, two) for _, _, condition in m.assumptions]
    return RefinementQuestion(one, two, tuple(links), tuple(given))


def _parameter_points(
    first: ComparedScheme, question: RefinementQuestion, over: Ranges, budget: QueryBudget
) -> list[dict[str, Fraction]]:
    """A few exact values of the symbolic parameters that meet the assumptions."""
    found: list[dict[str, Fraction]] = []
    shares = (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(1, 64))
    axes = []
    for name, (low, high) in over.items():
        default = first.values.get(name)
        own = [default] if default is not None and low <= default <= high else []
        axes.append([*own, *(low + share * (high - low) for share in shares)])
    for values in itertools.islice(itertools.product(*axes), MOST_POINTS):
        point = dict(zip(over, values, strict=True))
        pairs = {question.first.free[name]: numeral(value) for name, value in point.items()}
        if point not in found and z3.is_true(valued(z3.And(*question.given), pairs)):
            found.append(point)
    if found:
        return found
    outcome = satisfy(list(question.given), budget)
    if outcome.answer == "fails":
        return [
            {name: outcome.values.get(f"parameter.{name}", low) for name, (low, _) in over.items()}
        ]
    names = [text for m in (question.first, question.second) for _, text, _ in m.assumptions]
    raise SpecError(
        "no value of the parameters meets the assumptions: " + "; ".join(dict.fromkeys(names)), ""
    )


# --- proof ----------------------------------------------------------------------------------------


@attrs.define
class Attempt:
    """How far the search for a proof got."""

    proved: bool = False
    cases: list[Case] = attrs.field(factory=list)
    held: Invariants = attrs.field(factory=Invariants)
    blocked: str = ""
    stuck: SamplePoint | None = None
    met: list[SamplePoint] = attrs.field(factory=list)


def _prove(
    question: RefinementQuestion,
    problems: Sequence[Problem],
    theirs: Sequence[Problem],
    over: Ranges,
    budget: QueryBudget,
) -> Attempt:
    """A witness on the whole domains, or failing that on sets around what is reachable."""
    attempt = simulate(question, Invariants(), problems[0], over, budget)
    if attempt.proved or attempt.blocked.startswith("the seed"):
        return attempt
    held = Invariants(
        reachable(question.first, problems, question.given, budget),
        reachable(question.second, theirs, question.given, budget),
    )
    if not (held.first or held.second) or budget.exhausted:
        return attempt
    again = simulate(question, held, problems[0], over, budget)
    again.cases = again.cases or attempt.cases
    return again


def simulate(
    question: RefinementQuestion,
    held: Invariants,
    problem: Problem,
    over: Ranges,
    budget: QueryBudget,
) -> Attempt:
    """Look for a witness on given sets, and check it.

    Args:
        question: which scheme is to be refined by which.
        held: sets that no sound iteration of either leaves, already checked.
        problem: the first scheme at exact parameters, for sample states.
        over: the ranges of the symbolic parameters.
        budget: limits on the queries.
    """
    attempt = Attempt(held=held, blocked=question.start(held, budget))
    sampler = Sampler(question, held, over)
    points = sampler.points(problem, SAMPLED)
    covers: dict[int, set[int]] = {}
    for _ in range(MOST_ROUNDS):
        status = _cover(question, points, attempt, covers, budget)
        if attempt.blocked or status:
            attempt.blocked = attempt.blocked or status
            break
        cases = _fewest(attempt.cases, covers, len(points))
        failing = question.discharge(cases, held, budget)
        if failing is None:
            attempt.cases, attempt.proved = cases, True
            return attempt
        label, outcome = failing
        point = sampler.at(outcome.values) if outcome.answer == "fails" else None
        if point is None or budget.exhausted:
            attempt.blocked = f"the witness is undecided: {label}"
            break
        points.append(point)
        covers.clear()
    else:
        attempt.blocked = "the witness needs too many cases"
    if attempt.stuck is None and not attempt.blocked.startswith("the seed"):
        seconds = min(QUANTIFIED, budget.limit_seconds)
        if question.answerable(held, budget, seconds):
            return Attempt(proved=True, held=held)
    return attempt


def _cover(
    question: RefinementQuestion,
    points: Sequence[SamplePoint],
    attempt: Attempt,
    covers: dict[int, set[int]],
    budget: QueryBudget,
) -> str:
    """Add cases until every point is answered; why not, if that fails."""
    if not points:
        return "no sample point meets the hypotheses"
    cover = Cover(question, points)
    for index, earlier in enumerate(attempt.cases):
        covers.setdefault(index, cover.of(earlier))
    status = ""
    skipped: set[int] = set()
    while len(attempt.cases) < MOST_CASES:
        left = set(range(len(points))) - set().union(skipped, *covers.values())
        if not left or budget.exhausted:
            break
        index = min(left)
        case = case_at(question, points[index], budget)
        if isinstance(case, str):
            skipped.add(index)
            if case == "unmatched":
                attempt.stuck = attempt.stuck or points[index]
                status = "the second cannot follow everywhere"
            status = status or "no term answers a sample point"
            continue
        found = cover.of(case)
        if index not in found:
            skipped.add(index)
            status = status or "no term answers a sample point"
            continue
        covers[len(attempt.cases)] = found
        attempt.cases.append(case)
    answered = set().union(*covers.values()) if covers else set()
    if not status and len(answered) < len(points):
        status = "the witness needs too many cases"
    return status


def _fewest(cases: Sequence[Case], covers: Mapping[int, set[int]], count: int) -> list[Case]:
    """Few of the cases that still answer every point, those that answer most first."""
    left, chosen = set(range(count)), []
    while left:
        index = max(covers, key=lambda i: len(covers[i] & left))
        if not covers[index] & left:
            break
        chosen.append(cases[index])
        left -= covers[index]
    return chosen or list(cases[:1])


def _allows_everything(
    question: RefinementQuestion,
    second: ComparedScheme,
    theirs: Sequence[Problem],
    over: Ranges,
    budget: QueryBudget,
) -> bool:
    """Whether the second scheme's iteration can make every agent of its domain."""
    copy = transition_system(second.process, "any", second.values, tuple(over))
    if any(field.kind != "real" for field in copy.fields):
        return False
    choices = tuple(
        Choice(
            field.name,
            z3.Real(f"any:{field.name}"),
            numeral(field.low),
            numeral(field.high),
            "",
            "",
        )
        for field in copy.fields
    )
    outputs = tuple(choice.symbol for choice in choices)
    anything = attrs.evolve(copy, choices=choices, outputs=outputs, sides=())
    compared = [link.second for link in question.links]
    links = tuple(
        Link(i, i, (copy.fields[i].name, copy.fields[i].name), "=")
        for i in range(len(copy.fields))
        if i in compared
    )
    given = (*question.given, anything.in_domain(outputs))
    havoc = RefinementQuestion(anything, question.second, links, given)
    return simulate(havoc, Invariants(), theirs[0], over, budget).proved


# --- refutation -----------------------------------------------------------------------------------


def _refute(
    blank: Refinement,
    first: ComparedScheme,
    second: ComparedScheme,
    links: Sequence[Link],
    points: Sequence[Mapping[str, Fraction]],
    attempt: Attempt,
    budget: QueryBudget,
) -> Refinement:
    for point in points:
        if budget.exhausted:
            break
        question = pose_question(first.at(point), second.at(point), links, {})
        put = [(z3.Real(f"parameter.{n}"), numeral(v)) for n, v in point.items()]
        cases = [
            tuple(attrs.evolve(c, term=z3.substitute(c.term, *put)) for c in case) if put else case
            for case in attempt.cases
        ]
        problem = problem_of(first.process, {**first.values, **point})
        found = DistinguishingSearch(question, problem, dict(point)).separating(cases, budget)
        if found is not None:
            return attrs.evolve(
                blank, verdict="refuted", method="separating example", separating=found
            )
    reason = attempt.blocked or "no witness was found"
    if budget.exhausted:
        reason += "; the time was up (raise --timeout)"
    stuck = {} if attempt.stuck is None else _numbers(attempt.stuck)
    if stuck:
        reason += ": there is a state in which it cannot, but no run was found that reaches it"
    return attrs.evolve(blank, reason=reason, stuck=stuck)


def _numbers(point: SamplePoint) -> dict[str, Fraction]:
    found = {}
    for symbol, value in point.items():
        number = value.as_long() if z3.is_int_value(value) else value.as_fraction()
        found[symbol.decl().name()] = Fraction(number)
    return found
