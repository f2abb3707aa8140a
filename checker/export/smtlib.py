"""A claim as text in SMT-LIB 2.6: its steps as relations, or as Horn clauses for a CHC solver.

A step relates what stands before it, nature's choices and what stands after it. The Horn clauses
say of one unknown relation for each position of the loop that it holds of the seed, is kept by
every step, and holds of nothing that breaks the claim or leaves a step undefined. They can be
satisfied exactly if no run breaks the claim: the strongest such relations are the reachable agents.
A step for which nature has no choice within its bounds is the end of a run here, while the checker
asks that there be one.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3

from checker.backends.smtlib import smtlib, symbol
from checker.system.problem import Problem, Step
from spec.errors import SpecError
from spec.nodes import name_of
from spec.trace import Position

Named = list[tuple[str, z3.SortRef]]


def relations(problem: Problem) -> str:
    """The seed, each step, and what must hold at each position, as definitions.

    Raises:
        SpecError: for agents without fields.
    """
    _require_fields(problem)
    agent = problem.agent
    lines = ["(set-logic ALL)", *_comments(problem)]
    lines.append(_definition("seed", _named(agent.symbols), _equal(agent.symbols, problem.seed)))
    for step in problem.steps:
        after = _after(step)
        parameters = [*_read(step), *after]
        made = _equal([_const(*each) for each in after], step.stage.outputs)
        lines.append(_definition(f"bounds of {step.name}", _read(step), [step.stage.bounds]))
        lines.append(_definition(f"defined in {step.name}", _read(step), _sides(step)))
        lines.append(_definition(f"step {step.name}", parameters, made))
    for position in problem.traced.positions:
        kept = [clause.condition for clause in problem.clauses[position.name]]
        lines.append(_definition(f"kept at the {position.name}", _named(position.symbols), kept))
    return "\n".join(lines) + "\n"


def horn(problem: Problem) -> str:
    """The constrained Horn clauses: satisfiable exactly if no run breaks the claim.

    Raises:
        SpecError: for agents without fields.
    """
    _require_fields(problem)
    lines = ["(set-logic HORN)", *_comments(problem)]
    for position in problem.traced.positions:
        sorts = " ".join(str(each.sort()) for each in position.symbols)
        lines.append(f"(declare-fun {symbol(position.name)} ({sorts}) Bool)")
    agent = problem.agent
    lines.append(_clause(_named(agent.symbols), _equal(agent.symbols, problem.seed), _at(agent)))
    for step in problem.steps:
        after, here = _after(step), [_at(step.source), smtlib(step.stage.bounds)]
        made = _equal([_const(*each) for each in after], step.stage.outputs)
        reached = _applied(step.target.name, [name for name, _ in after])
        lines.append(_clause([*_read(step), *after], [*here, *made], reached))
        sides = _sides(step)
        if sides:
            lines.append(_clause(_read(step), [*here, f"(not {_all(sides)})"], "false"))
    for position in problem.traced.positions:
        kept = [clause.condition for clause in problem.clauses[position.name]]
        broken = [_at(position), f"(not {_all(kept)})"]
        lines.append(_clause(_named(position.symbols), broken, "false"))
    return "\n".join([*lines, "(check-sat)"]) + "\n"


def _require_fields(problem: Problem) -> None:
    if not problem.agent.fields:
        raise SpecError(
            f'"{problem.traced.process.name}" is about arbitrary sets of agents, which these '
            "formats have no states for; export a scheme whose agents have fields",
            problem.traced.process.location,
        )


def _comments(problem: Problem) -> list[str]:
    """What the text is about; everything in it is at these values."""
    process, values = problem.traced.process, problem.traced.values
    at = ", ".join(f"{name} = {value}" for name, value in values.items())
    claim = type(problem.limit).__name__
    return [f"; {' '.join(f'{process.name}: {claim}'.split())}", f"; {at or 'no parameters'}"]


def _named(symbols: Sequence[z3.ExprRef]) -> Named:
    return [(str(name_of(each)), each.sort()) for each in symbols]


def _read(step: Step) -> Named:
    """What a step reads: what stands before it, and nature's choices."""
    return _named([*step.source.symbols, *(choice.symbol for choice in step.stage.choices)])


def _after(step: Step) -> Named:
    """What stands after a step, under names of its own."""
    return [(f"{name}'", sort) for name, sort in _named(step.target.symbols)]


def _const(name: str, sort: z3.SortRef) -> z3.ExprRef:
    return z3.Const(name, sort)


def _equal(symbols: Sequence[z3.ExprRef], terms: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
    return [one == other for one, other in zip(symbols, terms, strict=True)]


def _sides(step: Step) -> list[z3.BoolRef]:
    """That no denominator of a step is zero where it is used."""
    return [side.condition for side in step.stage.sides]


def _all(conditions: Sequence[z3.ExprRef | str]) -> str:
    texts = [each if isinstance(each, str) else smtlib(each) for each in conditions]
    return texts[0] if len(texts) == 1 else f"(and {' '.join(texts)})" if texts else "true"


def _applied(name: str, arguments: Sequence[str]) -> str:
    return f"({symbol(name)} {' '.join(map(symbol, arguments))})"


def _at(position: Position) -> str:
    return _applied(position.name, [name for name, _ in _named(position.symbols)])


def _variables(named: Named) -> str:
    """The variables with their sorts."""
    return " ".join(f"({symbol(name)} {sort})" for name, sort in named)


def _definition(name: str, named: Named, conditions: Sequence[z3.ExprRef]) -> str:
    return f"(define-fun {symbol(name)} ({_variables(named)}) Bool {_all(conditions)})"


def _clause(named: Named, body: Sequence[z3.ExprRef | str], head: str) -> str:
    return f"(assert (forall ({_variables(named)}) (=> {_all(body)} {head})))"
