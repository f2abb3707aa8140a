"""One-step queries to Z3: is this conclusion a consequence, and if not, where does it fail?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from fractions import Fraction
from functools import partial
from typing import Any

import attrs
import z3

from checker.backends.curves import Lemmas, has_curves, without_curves
from checker.backends.cuts import Empty, Search
from checker.backends.intervals import shown_by_intervals
from checker.backends.logarithms import undone
from spec.nodes import (
    children_of,
    id_of,
    kind_of,
    name_of,
    number_in,
    symbols_in,
    topological,
)

SOON_SECONDS, HASTY_SECONDS = 0.1, 0.4
"""For the first tries at a question that may be asked again."""
WORK_PER_SECOND = 10_000_000
"""Units of Z3's work ("rlimit") that it does in a second in nonlinear arithmetic, when alone."""
LONG = WORK_PER_SECOND // 10
"""Units of work at one query after which the solver's tactic is made anew."""
PATIENCE = 3
"""A query is ended after so many times its limit, however little work was done."""
CACHED = 200_000
MOST_ROUNDS = 32
"""Times that a query about curves is asked with more lemmas."""
TERMS_PER_SECOND = 100_000
"""Values of terms that are worked out in a second, when a box is cut."""
CUT_ONCE_MORE = 0.2
"""Seconds for cutting a box where the solver has no answer about polynomials."""
CUT_OR_SOLVED = ((0.005, 0.05), (0.1, HASTY_SECONDS), (1.0, 0.6))
"""Seconds for cutting a box and for the solver, in turns, where curves are read in a box."""
ANSWERED = 20_000
"""Answers that are kept: engines come to the same set by different ways, and ask the same of it."""
SLICED = 16
"""Sets of hypotheses that are kept taken apart; a set is asked about many times in a row."""


_tactics = [z3.Tactic("default")]
"""What z3.Solver() does with a single query, without the second solver that it keeps for more."""


def _default_solver() -> z3.Solver:
    return _tactics[0].solver()


def _renew() -> None:
    """Make the tactic anew: one that worked long at a nonlinear query hands the limits of every
    later one to all that it made for that, which takes ten times as long as a small query."""
    _tactics[0] = z3.Tactic("default")


class Satisfiability(Enum):
    """Whether some values meet a list of conditions."""

    SAT = "sat"
    UNSAT = "unsat"
    UNKNOWN = "unknown"


class Validity(Enum):
    """Whether hypotheses imply a conclusion."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@attrs.frozen
class Satisfaction:
    """The solver's answer to ``satisfy``; if it is "sat", ``values`` meet the conditions.

    Where curves are read it may have values without an answer: they are near to meeting them.
    """

    answer: Satisfiability
    values: Mapping[str, Fraction] = attrs.field(factory=dict)

    @property
    def sat(self) -> bool:
        """Whether there are such values, and here they are."""
        return self.answer is Satisfiability.SAT

    @property
    def unsat(self) -> bool:
        """Whether it is proved that there are none."""
        return self.answer is Satisfiability.UNSAT

    @property
    def may_be_met(self) -> bool:
        """Whether there are values worth trying, be they proved to meet the conditions or not."""
        return self.sat or bool(self.values)

    @property
    def undecided(self) -> bool:
        """Whether the solver did not say, in its time."""
        return self.answer is Satisfiability.UNKNOWN


@attrs.frozen
class Entailment:
    """The solver's answer to ``follows``; the conclusion fails at ``values`` if "invalid"."""

    answer: Validity
    values: Mapping[str, Fraction] = attrs.field(factory=dict)

    @classmethod
    def of(cls, negation: Satisfaction) -> Entailment:
        """The answer that the satisfiability of the negated implication gives."""
        return cls(_VALIDITY[negation.answer], negation.values)

    @property
    def valid(self) -> bool:
        """Whether the conclusion follows."""
        return self.answer is Validity.VALID

    @property
    def invalid(self) -> bool:
        """Whether there are values at which it does not, and here they are."""
        return self.answer is Validity.INVALID


_VALIDITY = {
    Satisfiability.UNSAT: Validity.VALID,
    Satisfiability.SAT: Validity.INVALID,
    Satisfiability.UNKNOWN: Validity.UNKNOWN,
}


_worked = 0
"""Units of work that were done in the main context when last looked."""


def _work_of(solver: z3.Solver | z3.Optimize) -> int:
    """Units of work that a query took; Z3 adds them up for each context."""
    global _worked
    statistics = solver.statistics()
    if "rlimit count" not in statistics.keys():  # noqa: SIM118 (not a mapping)
        return 0
    total = int(statistics.get_key_value("rlimit count"))
    if solver.ctx is not z3.main_ctx():
        return total
    done, _worked = max(0, total - _worked), total
    return done


@attrs.define
class QueryBudget:
    """Counts the queries of one check, holds their limits, and adds up what they took.

    Args:
        limit_seconds: for one query, on a machine that does nothing else.
        deadline: when all is over, by ``time.monotonic``.
        work: units of Z3's work for all queries together.
        processor: when all is over, by ``time.process_time``.
        queries: how many there were.
        seconds: what they took.
        worked: units of Z3's work that they took.
    """

    limit_seconds: float
    deadline: float = float("inf")
    work: float = float("inf")
    processor: float = float("inf")
    queries: int = 0
    seconds: float = 0.0
    worked: int = 0

    @contextmanager
    def running(self, solver: z3.Solver | z3.Optimize) -> Iterator[None]:
        """Measure one query."""
        self.queries += 1
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - started
            self.worked += _work_of(solver)

    def bind(self, solver: z3.Solver | z3.Optimize, seconds: float | None = None) -> None:
        """Set the limits of one query: in units of the solver's work, then in time.

        Work does not depend on what else the machine is doing, so nor do the answers, unless it is
        more than ``PATIENCE`` times slower than it is at its best.

        Args:
            solver: the solver that is to answer.
            seconds: what the query may take on a machine that does nothing else; the budget's
                limit if that is less, or for None.
        """
        nominal = min(_nominal(self, seconds), (self.work - self.worked) / WORK_PER_SECOND)
        left = min(PATIENCE * nominal, self.deadline - time.monotonic())
        units = nominal * WORK_PER_SECOND
        solver.set("rlimit", max(1, int(units)))
        solver.set("timeout", max(1, int(left * 1000)))

    def within(self, seconds: float) -> QueryBudget:
        """A budget for a part of the work, which may take so long and no longer than the whole.

        The seconds are units of the solver's work, and for what is done between the queries twice
        as many of the processor's time: like the limits of a query, they do not depend on what else
        the machine is doing. Queries are counted by themselves, until ``count`` adds them.
        """
        return QueryBudget(
            self.limit_seconds,
            self.deadline,
            min(self.work - self.worked, seconds * WORK_PER_SECOND),
            min(self.processor, time.process_time() + 2 * seconds),
        )

    def hasty(self, seconds: float) -> QueryBudget:
        """The same budget with so many seconds for a query, if it has more."""
        return attrs.evolve(self, limit_seconds=min(seconds, self.limit_seconds))

    def share(self, part: float) -> QueryBudget:
        """A budget for a part of the work that may take such a share of the time that is left.

        For work without which an answer still stands. Queries are counted as those of ``within``.
        """
        now = time.monotonic()
        return QueryBudget(
            self.limit_seconds,
            now + (self.deadline - now) * part,
            self.work - self.worked,
            self.processor,
        )

    def count(self, part: QueryBudget) -> None:
        """Add what a part of the work took."""
        self.queries += part.queries
        self.seconds += part.seconds
        self.worked += part.worked

    @property
    def exhausted(self) -> bool:
        """Whether what the whole check may take is used up."""
        return (
            self.worked >= self.work
            or time.monotonic() >= self.deadline
            or (self.processor < float("inf") and time.process_time() >= self.processor)
        )


def follows(
    hypotheses: Sequence[z3.BoolRef],
    conclusion: z3.BoolRef,
    budget: QueryBudget,
    seconds: float | None = None,
) -> Entailment:
    """Whether the hypotheses imply the conclusion, for all values of all constants.

    Hypotheses that share no constant with the conclusion, however indirectly, are left out. That
    weakens the question, so a proof stays one, and keeps it small when many agents are coupled.
    """
    if evident(hypotheses, conclusion):
        return Entailment(Validity.VALID)
    negation = [*connected(hypotheses, conclusion), z3.Not(conclusion)]
    return Entailment.of(satisfy(negation, budget, seconds))


def evident(hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> bool:
    """Whether the conclusion is a hypothesis, true in interval arithmetic, or true whatever its
    constants are."""
    number = id_of(conclusion)
    if any(id_of(hypothesis) == number for hypothesis in hypotheses):
        return True
    if shown_by_intervals(hypotheses, conclusion):
        return True
    return bool(z3.is_true(z3.simplify(conclusion)))


def follows_anew(
    hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef, budget: QueryBudget
) -> bool:
    """Whether the hypotheses are found to imply the conclusion; asked several times if need be.

    How long the solver takes depends on what it was asked before in the same process, by a factor
    of ten or more either way. So it is asked here and in a context where nothing was, each shortly
    first.
    """
    curves = has_curves([*hypotheses, conclusion])
    for here, apart in ((SOON_SECONDS, SOON_SECONDS), (HASTY_SECONDS, None)):
        found = follows(hypotheses, conclusion, budget, here)
        if found.answer is Validity.UNKNOWN and not curves:
            found = _follows_apart(hypotheses, conclusion, budget, apart)
        if found.answer is not Validity.UNKNOWN:
            return found.valid
    return curves and follows(hypotheses, conclusion, budget).valid


def _follows_apart(
    hypotheses: Sequence[z3.BoolRef],
    conclusion: z3.BoolRef,
    budget: QueryBudget,
    seconds: float | None,
) -> Entailment:
    """Whether the hypotheses imply the conclusion, asked in a context where nothing was."""
    fresh = z3.Context()
    solver = z3.Solver(ctx=fresh)
    budget.bind(solver, seconds)
    negation = [*connected(hypotheses, conclusion), z3.Not(conclusion)]
    solver.add(*[condition.translate(fresh) for condition in negation])
    with budget.running(solver):
        answer = solver.check()
    return Entailment(_VALIDITY[Satisfiability(str(answer))])


def parts(condition: z3.BoolRef) -> list[z3.BoolRef]:
    """The conjuncts of a condition, each a smaller question for the solver."""
    if kind_of(condition) != z3.Z3_OP_AND:
        return [condition]
    return [part for child in children_of(condition) for part in parts(child)]


@attrs.frozen
class _Sliced:
    """Hypotheses taken apart, and which parts mention a constant."""

    kept: tuple[z3.BoolRef, ...]  # keeps ids from being reused
    parts: list[z3.BoolRef]
    names: list[frozenset[str]]
    mentions: Mapping[str, list[int]]


_sliced: dict[tuple[int, ...], _Sliced] = {}


def _slice(hypotheses: Sequence[z3.BoolRef]) -> _Sliced:
    key = tuple(id_of(hypothesis) for hypothesis in hypotheses)
    found = _sliced.get(key)
    if found is None:
        split = [part for hypothesis in hypotheses for part in parts(hypothesis)]
        names = [constants(part) for part in split]
        mentions: dict[str, list[int]] = {}
        for number, read in enumerate(names):
            for name in read:
                mentions.setdefault(name, []).append(number)
        if len(_sliced) >= SLICED:
            _sliced.clear()
        found = _sliced[key] = _Sliced(tuple(hypotheses), split, names, mentions)
    return found


def connected(hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> list[z3.BoolRef]:
    """The hypotheses that share a constant with the conclusion, however indirectly."""
    todo = list(constants(conclusion))
    if not todo:
        return []
    sliced = _slice(hypotheses)
    seen, kept = set(todo), [i for i, names in enumerate(sliced.names) if not names]
    near = set(kept)
    while todo:
        for number in sliced.mentions.get(todo.pop(), ()):
            if number not in near:
                near.add(number)
                fresh = sliced.names[number] - seen
                seen |= fresh
                todo += fresh
    return [sliced.parts[number] for number in sorted(near)]


_constants: dict[int, tuple[z3.ExprRef, frozenset[str]]] = {}


def constants(term: z3.ExprRef) -> frozenset[str]:
    """The names of the free constants in a term."""
    found = _constants.get(id_of(term))
    if found is None:
        names = frozenset(map(name_of, symbols_in([term])))
        found = _constants[id_of(term)] = (term, names)
        if len(_constants) > CACHED:
            _constants.clear()
    return found[1]


def satisfy(
    conditions: Sequence[z3.BoolRef], budget: QueryBudget, seconds: float | None = None
) -> Satisfaction:
    """Look for values that meet all conditions."""
    key = frozenset(id_of(condition) for condition in conditions)
    known = _answers.get(key)
    if known is not None:
        return known[1]
    found = _asked(conditions, budget, seconds)
    if not found.undecided:
        if len(_answers) >= ANSWERED:
            _answers.clear()
        _answers[key] = (tuple(conditions), found)
    return found


_answers: dict[frozenset[int], tuple[tuple[z3.BoolRef, ...], Satisfaction]] = {}
"""What the solver answered; the conditions are kept, so that no other term takes their ids."""


def _asked(
    conditions: Sequence[z3.BoolRef], budget: QueryBudget, seconds: float | None
) -> Satisfaction:
    """Put the question to the solver."""
    if has_curves(conditions):
        return _asked_of_curves(conditions, budget, seconds)
    answer, model = _put(conditions, budget, seconds)
    if answer is Satisfiability.UNKNOWN:
        nominal = _nominal(budget, seconds)
        return _cut(Search.of(conditions), budget, min(CUT_ONCE_MORE, nominal))
    return Satisfaction(answer, {} if model is None else _values(model))


def _nominal(budget: QueryBudget, seconds: float | None) -> float:
    """What a query may take on a machine that does nothing else."""
    return budget.limit_seconds if seconds is None else min(budget.limit_seconds, seconds)


def refuted_soon(conditions: Sequence[z3.BoolRef], budget: QueryBudget, seconds: float) -> bool:
    """Whether it is soon shown that no values meet all conditions.

    By the tactic of nonlinear arithmetic alone: when its work is used up it is done, where the
    default one begins and ends a dozen more, which takes a tenth of a second for nothing. It reads
    whole numbers as real ones now and then, and so may find values, but refutes no more.
    """
    return _put(conditions, budget, seconds, z3.Tactic("qfnra-nlsat").solver)[0] is (
        Satisfiability.UNSAT
    )


def _put(
    conditions: Sequence[z3.BoolRef],
    budget: QueryBudget,
    seconds: float | None,
    made: Callable[[], z3.Solver] | None = None,
) -> tuple[Satisfiability, z3.ModelRef | None]:
    """One query, with the solution if there is one; none is begun when the time is up, since the
    solver may take long before it looks at its limits."""
    if budget.exhausted:
        return Satisfiability.UNKNOWN, None
    solver, before = (made or _default_solver)(), budget.worked
    budget.bind(solver, seconds)
    solver.add(*conditions)
    with budget.running(solver):
        answer = solver.check()
    if answer == z3.unknown or budget.worked - before > LONG:
        _renew()
    if answer == z3.sat:
        return Satisfiability.SAT, solver.model()
    return (Satisfiability.UNSAT if answer == z3.unsat else Satisfiability.UNKNOWN), None


def _asked_of_curves(
    conditions: Sequence[z3.BoolRef], budget: QueryBudget, seconds: float | None
) -> Satisfaction:
    """Cut the box in which the question is asked, and put it to the solver, in turns."""
    if any(z3.is_quantifier(node) for node in topological(list(conditions))):
        return Satisfaction(Satisfiability.UNKNOWN)  # a lemma would need the bound variables
    nominal = _nominal(budget, seconds)
    found, search = Satisfaction(Satisfiability.UNKNOWN), Search.of(conditions)
    boxed = search.whole is not None
    for cutting, solving in CUT_OR_SOLVED:
        cut = _cut(search, budget, min(cutting, nominal))
        if not cut.undecided:
            return cut
        part = budget.within(min(solving, nominal) if boxed else nominal)
        found = _linearized(conditions, search, part)
        budget.count(part)
        if not found.undecided or not boxed or nominal <= solving:
            break
    return found


def _cut(search: Search, budget: QueryBudget, seconds: float) -> Satisfaction:
    """What is found by cutting the box, so many seconds of it in all."""
    started, before = time.perf_counter(), search.worked
    search.go_on(int(seconds * TERMS_PER_SECOND), lambda: budget.exhausted)
    budget.seconds += time.perf_counter() - started
    budget.worked += (search.worked - before) * (WORK_PER_SECOND // TERMS_PER_SECOND)
    if search.answer is None:
        return Satisfaction(Satisfiability.UNKNOWN)
    if isinstance(search.answer, Empty):
        return Satisfaction(Satisfiability.UNSAT)
    return Satisfaction(Satisfiability.SAT, search.answer)


def _linearized(
    conditions: Sequence[z3.BoolRef], search: Search, budget: QueryBudget
) -> Satisfaction:
    """Put the question with lemmas about the curves in it, and add lemmas where its solution is
    none of the curves. Without an answer the last solution is what may meet the conditions."""
    plain, values = without_curves(conditions)
    also = undone(values)
    lemmas = Lemmas([*values, *also.values])
    told = [*plain, *also.equations, *lemmas.first()]
    asked = frozenset[str]().union(*map(constants, conditions))
    for _ in range(MOST_ROUNDS):
        answer, model = _put(told, budget, None)
        if model is None:
            return Satisfaction(answer)
        near = {name: v for name, v in _values(model).items() if name in asked}
        if search.met_at(near):
            return Satisfaction(Satisfiability.SAT, near)
        wrong = lemmas.wrong(partial(_valued, model))
        more = [lemma for curve, point in wrong for lemma in lemmas.at(curve, point)]
        if not more or budget.exhausted:
            return Satisfaction(Satisfiability.UNKNOWN, near)
        told += more
    return Satisfaction(Satisfiability.UNKNOWN)


def optimum(
    conditions: Sequence[z3.BoolRef], goals: Sequence[z3.ArithRef], budget: QueryBudget
) -> Mapping[str, Fraction] | None:
    """Values that meet all conditions at which the goals are as great as can be, the first one
    first; None if the solver finds none.

    They meet the conditions whatever the solver believes of the goals.
    """
    if has_curves(conditions):
        return None
    solver = z3.Optimize()
    budget.bind(solver)
    solver.set("priority", "lex")
    solver.add(*conditions)
    for goal in goals:
        solver.maximize(goal)
    with budget.running(solver):
        answer = solver.check()
    return _values(solver.model()) if answer == z3.sat else None


def _values(model: z3.ModelRef) -> dict[str, Fraction]:
    values = {}
    for declaration in model.decls():
        if declaration.arity() == 0:
            number = _number(model[declaration])
            if number is not None:
                values[declaration.name()] = number
    return values


def _valued(model: z3.ModelRef, term: z3.ExprRef) -> Fraction | None:
    return _number(model.eval(term, True))


def _number(value: Any) -> Fraction | None:
    """The number that a model gives, to thirty digits where it is irrational."""
    number = number_in(value)
    if number is not None:
        return number
    return Fraction(value.approx(30).as_fraction()) if z3.is_algebraic_value(value) else None
