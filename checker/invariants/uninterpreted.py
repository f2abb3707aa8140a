"""Claims about every scheme at once: uninterpreted agents, steps and invariants.

The obligations that any scheme must discharge become the premises; what is asked is whether they
imply that the invariant holds at every iteration. The seed is the base and one iteration the step
of the induction, which is the stated meta-rule. A premise that is dropped leaves a finite
counter-model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import z3

from checker.backends.solver import QueryBudget
from checker.system.obligations import Held, Obligation, at, obligations
from checker.system.problem import Clause, Problem
from checker.system.verdict import Kind
from spec.errors import SpecError
from spec.invariants import conjuncts
from spec.trace import topological

LONGEST = 3
"""Iterations within which a counter-model is looked for."""


def premises(problem: Problem) -> list[Obligation]:
    """The obligations of an uninterpreted scheme, at the invariants that its types carry."""
    return obligations(problem.steps, problem.seed, _held(problem))


def _held(problem: Problem) -> Held:
    held = {}
    for position in problem.traced.positions:
        invariant = position.carrier.carries()
        found = conjuncts(invariant, position.record)
        held[position.name] = tuple(Clause(name, c.term) for name, c in found)
    return held


def decide_premises(
    problem: Problem, dropping: str, budget: QueryBudget
) -> tuple[Kind, tuple[str, ...], str]:
    """Whether the premises, all but the dropped one, imply the invariant forever.

    Returns:
        the verdict, the counter-model's lines, and the reason for an unknown.

    Raises:
        SpecError: when there is no premise of that name.
    """
    known = list(dict.fromkeys(premise.premise for premise in premises(problem)))
    if dropping and dropping not in known:
        raise SpecError(f'no premise "{dropping}"; drop one of: {"; ".join(known)}')
    axioms = [
        axiom
        for obligation in premises(problem)
        if obligation.premise != dropping
        for axiom in _closed(obligation, problem.seed)
    ]
    consistent = _check(axioms, budget)
    if consistent == z3.unsat:
        return "vacuous", (), "the premises contradict each other"
    if consistent == z3.unknown:
        return "unknown", (), "whether the premises are consistent is undecided"
    agent = problem.agent
    good = _held(problem)[agent.name]
    first = problem.seed
    start = z3.And(*[c.condition for c in at(agent.symbols, first, good)])
    here, moves, there = _iteration(problem, agent.symbols, 0)
    preserved = z3.Implies(
        z3.And(*[c.condition for c in at(agent.symbols, here, good)], *moves),
        z3.And(*[c.condition for c in at(agent.symbols, there, good)]),
    )
    answers = [_check([*axioms, z3.Not(goal)], budget) for goal in (start, preserved)]
    if all(answer == z3.unsat for answer in answers):
        return "proved", (), ""
    for length in range(LONGEST + 1):
        lines = _counter_model(problem, axioms, good, length, budget)
        if lines:
            return "refuted", lines, ""
    return "unknown", (), f"no counter-model within {LONGEST} iterations"


def _closed(obligation: Obligation, seed: Sequence[z3.ExprRef]) -> Iterator[z3.BoolRef]:
    """The obligation said of all agents."""
    for clause in obligation.conclusions:
        body = z3.Implies(z3.And(*obligation.hypotheses), clause.condition)
        members = [
            node
            for node in topological([body])
            if node.num_args() == 0 and node.sort_kind() == z3.Z3_UNINTERPRETED_SORT
        ]
        free = [m for m in members if not any(m.eq(term) for term in seed)]
        yield z3.ForAll(free, body) if free else body


def _iteration(
    problem: Problem, start: Sequence[z3.ExprRef], number: int
) -> tuple[Sequence[z3.ExprRef], list[z3.BoolRef], Sequence[z3.ExprRef]]:
    """One iteration from ``start``: the conditions on its steps, and the agent it ends with."""
    state, moves = list(start), []
    for step in problem.steps:
        renamed = [(u, z3.Const(f"{u} @{number}", u.sort())) for u in step.stage.unknowns]
        pairs = [*zip(step.source.symbols, state, strict=True), *renamed]
        moves.append(z3.substitute(step.stage.bounds, *pairs))
        state = [z3.substitute(output, *pairs) for output in step.stage.outputs]
    return start, moves, state


def _counter_model(
    problem: Problem,
    axioms: Sequence[z3.BoolRef],
    good: Sequence[Clause],
    length: int,
    budget: QueryBudget,
) -> tuple[str, ...]:
    """A smallest run of the given length that ends outside the invariant, for people."""
    symbols = problem.agent.symbols
    state: Sequence[z3.ExprRef] = problem.seed
    run: list[z3.ExprRef] = list(state)
    moves: list[z3.BoolRef] = []
    for number in range(length):
        _, more, state = _iteration(problem, state, number)
        for step in problem.steps:
            run += [z3.Const(f"{u} @{number}", u.sort()) for u in step.stage.unknowns]
        moves += more
    broken = z3.Not(z3.And(*[c.condition for c in at(symbols, state, good)]))
    solver = z3.Solver()
    solver.set("timeout", budget.milliseconds)
    solver.add(*axioms, *moves, broken)
    with budget.running():
        if solver.check() != z3.sat:
            return ()
    return tuple(_told(solver.model(), run, length))


def _told(model: z3.ModelRef, run: Sequence[z3.ExprRef], length: int) -> Iterator[str]:
    names: dict[str, str] = {}
    members: dict[str, list[z3.ExprRef]] = {}
    for term in run:
        value = model.eval(term, model_completion=True)
        sort = str(value.sort())
        if str(value) not in names:
            members.setdefault(sort, []).append(value)
            names[str(value)] = f"{sort} {len(members[sort])}"
    yield " -> ".join(names[str(model.eval(term, model_completion=True))] for term in run)
    for sort, values in members.items():
        for value in values:
            yield f"{names[str(value)]}: " + ", ".join(_facts(model, value, sort, members, names))
    yield f"the invariant fails after {length} iteration{'s' if length != 1 else ''}"


def _facts(
    model: z3.ModelRef,
    value: z3.ExprRef,
    sort: str,
    members: dict[str, list[z3.ExprRef]],
    names: dict[str, str],
) -> Iterator[str]:
    for declaration in model.decls():
        if declaration.arity() == 0 or str(declaration.domain(0)) != sort:
            continue
        if declaration.arity() == 1:
            truth = z3.is_true(model.eval(declaration(value), model_completion=True))
            yield f"{'' if truth else 'not '}{declaration.name()}"
        else:
            for other in members.get(str(declaration.domain(1)), []):
                truth = z3.is_true(model.eval(declaration(value, other), model_completion=True))
                yield f"{'' if truth else 'not '}{declaration.name()} {names[str(other)]}"


def _check(conditions: Sequence[z3.BoolRef], budget: QueryBudget) -> z3.CheckSatResult:
    solver = z3.Solver()
    solver.set("timeout", budget.milliseconds)
    solver.add(*conditions)
    with budget.running():
        return solver.check()
