"""Claims about every scheme at once: uninterpreted agents, steps and invariants.

The obligations that any scheme must discharge become the premises; what is asked is whether they
imply that the invariant holds at every iteration. The seed is the base and one iteration the step
of the induction, which is the stated meta-rule. A premise that is dropped leaves a finite
counter-model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.system.findings import Fact, Method
from checker.system.obligations import Held, Obligation, at, obligations
from checker.system.problem import Clause, Problem
from checker.system.verdict import Proof, Refutation, Result, Unknown, Vacuous
from spec.errors import SpecError
from spec.invariants import conjuncts
from spec.nodes import topological

LONGEST = 3
"""Iterations within which a counter-model is looked for."""


@attrs.frozen
class Member:
    """One of the agents or experts of a finite model: the ``number``-th of its class, from 1."""

    cls: str
    number: int


@attrs.frozen
class Relation:
    """Whether a predicate holds of a member, or a relation between it and ``other``."""

    name: str
    holds: bool
    other: Member | None = None


@attrs.frozen
class FiniteModel(Fact):
    """A run of finitely many members that meets the premises and ends outside the invariant.

    Args:
        run: the members in the order in which the run comes upon them.
        relations: what holds of each member, and what does not.
        iterations: how many iterations the run goes on.
    """

    run: tuple[Member, ...]
    relations: Mapping[Member, tuple[Relation, ...]]
    iterations: int


@attrs.frozen
class PremisesContradict(Fact):
    """No model meets the premises, so that they would imply anything."""


@attrs.frozen
class ConsistencyUndecided(Fact):
    """The solver does not say whether any model meets the premises."""


@attrs.frozen
class NoCounterModel(Fact):
    """The induction is not proved, and no run of up to ``iterations`` iterations refutes it."""

    iterations: int


def premises(problem: Problem) -> list[Obligation]:
    """The obligations of an uninterpreted scheme, at the invariants that its types carry."""
    return obligations(problem, _held(problem))


def _held(problem: Problem) -> Held:
    held = {}
    for position in problem.traced.positions:
        invariant = position.carrier.carries()
        found = conjuncts(invariant, position.record)
        held[position.name] = tuple(Clause(name, c.term) for name, c in found)
    return held


def decide_premises(problem: Problem, dropping: str, budget: QueryBudget) -> Result:
    """Whether the premises, all but the dropped one, imply the invariant forever.

    Raises:
        SpecError: when there is no premise of that name.
    """
    axioms = _axioms(problem, dropping)
    consistent = satisfy(axioms, budget)
    if consistent.unsat:
        return Vacuous(PremisesContradict(), Method.FINITE_MODEL)
    if consistent.undecided:
        return Unknown(Method.FINITE_MODEL, ConsistencyUndecided())
    answers = [satisfy([*axioms, z3.Not(goal)], budget) for goal in _induction(problem)]
    if all(answer.unsat for answer in answers):
        return Proof(Method.UNINTERPRETED)
    for iterations in range(LONGEST + 1):
        model = _counter_model(problem, axioms, iterations, budget)
        if model is not None:
            return Refutation(Method.FINITE_MODEL, reason=model)
    return Unknown(Method.FINITE_MODEL, NoCounterModel(LONGEST))


def _axioms(problem: Problem, dropping: str) -> list[z3.BoolRef]:
    """The premises but the dropped one, each for all agents."""
    known = premises(problem)
    names = list(dict.fromkeys(premise.premise for premise in known))
    if dropping and dropping not in names:
        raise SpecError(f'no premise "{dropping}"; drop one of: {"; ".join(names)}')
    return [
        axiom
        for obligation in known
        if obligation.premise != dropping
        for axiom in _closed(obligation, problem.seed)
    ]


def _closed(obligation: Obligation, seed: Sequence[z3.ExprRef]) -> Iterator[z3.BoolRef]:
    """The obligation for all agents."""
    for clause in obligation.conclusions:
        body = z3.Implies(z3.And(*obligation.hypotheses), clause.condition)
        members = [
            node
            for node in topological([body])
            if node.num_args() == 0 and node.sort_kind() == z3.Z3_UNINTERPRETED_SORT
        ]
        free = [m for m in members if not any(m.eq(term) for term in seed)]
        yield z3.ForAll(free, body) if free else body


def _induction(problem: Problem) -> tuple[z3.BoolRef, z3.BoolRef]:
    """The base and the step: the seed satisfies the invariant, and one iteration preserves it."""
    base = z3.And(*_invariant(problem, problem.seed))
    start = problem.agent.symbols
    moves, end = _iteration(problem, start, 0)
    step = z3.Implies(
        z3.And(*_invariant(problem, start), *moves), z3.And(*_invariant(problem, end))
    )
    return base, step


def _invariant(problem: Problem, agent: Sequence[z3.ExprRef]) -> list[z3.BoolRef]:
    """The invariant that the agent's type carries, for these terms."""
    clauses = _held(problem)[problem.agent.name]
    return [clause.condition for clause in at(problem.agent.symbols, agent, clauses)]


def _iteration(
    problem: Problem, start: Sequence[z3.ExprRef], number: int
) -> tuple[list[z3.BoolRef], Sequence[z3.ExprRef]]:
    """One iteration from ``start``: the conditions on its steps, and the agent it ends with."""
    state, moves = list(start), []
    for step in problem.steps:
        renamed = [(u, _unknown_at(u, number)) for u in step.stage.unknowns]
        pairs = [*zip(step.source.symbols, state, strict=True), *renamed]
        moves.append(z3.substitute(step.stage.bounds, *pairs))
        state = [z3.substitute(output, *pairs) for output in step.stage.outputs]
    return moves, state


def _unknown_at(unknown: z3.ExprRef, number: int) -> z3.ExprRef:
    """What a step leaves open, at one iteration."""
    return z3.Const(f"@{number} {unknown}", unknown.sort())


def _counter_model(
    problem: Problem, axioms: Sequence[z3.BoolRef], iterations: int, budget: QueryBudget
) -> FiniteModel | None:
    """A run of so many iterations that ends outside the invariant, if there is one."""
    state: Sequence[z3.ExprRef] = problem.seed
    run: list[z3.ExprRef] = list(state)
    moves: list[z3.BoolRef] = []
    for number in range(iterations):
        more, state = _iteration(problem, state, number)
        run += [_unknown_at(u, number) for step in problem.steps for u in step.stage.unknowns]
        moves += more
    broken = z3.Not(z3.And(*_invariant(problem, state)))
    solver = z3.Solver()
    budget.bind(solver)
    solver.add(*axioms, *moves, broken)
    with budget.running(solver):
        if solver.check() != z3.sat:
            return None
    return _as_data(solver.model(), run, iterations)


def _as_data(model: z3.ModelRef, run: Sequence[z3.ExprRef], iterations: int) -> FiniteModel:
    """The solver's model as plain data: the members that the run comes upon, and no others."""
    values = [model.eval(term, model_completion=True) for term in run]
    by_class: dict[str, dict[str, z3.ExprRef]] = {}
    for value in values:
        by_class.setdefault(str(value.sort()), {}).setdefault(str(value), value)
    members = {
        name: Member(cls, number)
        for cls, own in by_class.items()
        for number, name in enumerate(own, start=1)
    }
    relations = {
        members[name]: tuple(_relations(model, value, by_class, members))
        for own in by_class.values()
        for name, value in own.items()
    }
    return FiniteModel(tuple(members[str(value)] for value in values), relations, iterations)


def _relations(
    model: z3.ModelRef,
    value: z3.ExprRef,
    by_class: Mapping[str, Mapping[str, z3.ExprRef]],
    members: Mapping[str, Member],
) -> Iterator[Relation]:
    # by name: the solver's own order depends on what it was asked before
    for declaration in sorted(model.decls(), key=lambda declaration: str(declaration.name())):
        if declaration.arity() == 0 or declaration.domain(0) != value.sort():
            continue
        if declaration.arity() == 1:
            yield Relation(declaration.name(), _holds(model, declaration(value)))
            continue
        for name, other in by_class.get(str(declaration.domain(1)), {}).items():
            yield Relation(
                declaration.name(), _holds(model, declaration(value, other)), members[name]
            )


def _holds(model: z3.ModelRef, condition: z3.ExprRef) -> bool:
    return bool(z3.is_true(model.eval(condition, model_completion=True)))
