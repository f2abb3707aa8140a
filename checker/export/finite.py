"""A scheme with finitely many agents, as guarded commands.

Every field is a whole number or a truth value between two ends. What nature chooses is a real
number, and there are only finitely many ways to choose if it is compared with numbers alone
(``checker.system.representatives``). A step is one command for each combination.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import prod

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.export.unfit import Unfit, number_of, require
from checker.system.problem import Problem, Step
from checker.system.representatives import compared_with, representatives
from spec.nature import Choice
from spec.nodes import name_of
from spec.terms import numeral

MOST_COMMANDS = 256
"""Commands of one step."""
SECONDS = 5.0
"""For one query of the solver."""


@attrs.frozen
class Command:
    """At a position, where ``kept`` holds of what is made, the outputs; elsewhere a break."""

    source: str
    target: str
    kept: z3.BoolRef
    outputs: tuple[z3.ExprRef, ...]


@attrs.frozen
class Finite:
    """The commands, the seed, and whether the seed keeps what it must."""

    seed: tuple[int, ...]
    seed_kept: bool
    commands: tuple[Command, ...]


def finite(problem: Problem) -> Finite:
    """The commands of a problem with finitely many agents.

    Raises:
        Unfit: where it has more, or more is done with a choice than to compare it with numbers.
    """
    for position in problem.traced.positions:
        for field in position.fields:
            require(field.kind != "real", f"{field.name} is a real number")
            require(not field.unbounded, f"{field.name} has no greatest value")
    require(not problem.seed_choices, "nature has a say in the seed")
    seed = [number_of(term) for term in problem.seed]
    pairs = list(zip(problem.agent.symbols, problem.seed, strict=True))
    kept = z3.simplify(z3.substitute(problem.safe(problem.agent), *pairs))
    require(z3.is_true(kept) or z3.is_false(kept), "the claim of the seed does not come out")
    commands = tuple(command for step in problem.steps for command in _commands(problem, step))
    return Finite(tuple(int(value) for value in seed), z3.is_true(kept), commands)


def _commands(problem: Problem, step: Step) -> list[Command]:
    """The commands of a step, one for each way to choose that has an effect of its own."""
    stage = step.stage
    require(z3.is_true(z3.simplify(stage.constraint)), f"{step.name} is a relation without a body")
    domain = [clause.condition for clause in problem.domain(step.source)]
    for side in stage.sides:
        divides = QueryBudget(SECONDS)
        require(follows(domain, side.condition, divides).valid, f"{step.name} may be undefined")
    compared = compared_with([choice.symbol for choice in stage.choices], stage.outputs)
    values = [_values(*each) for each in zip(stage.choices, compared, strict=True)]
    count = prod(map(len, values))
    require(count <= MOST_COMMANDS, f"{step.name} has {count} ways to choose")
    made: dict[str, Command] = {}
    after = problem.safe(step.target)
    for chosen in product(*values):
        pairs = [(c.symbol, numeral(v)) for c, v in zip(stage.choices, chosen, strict=True)]
        outputs = tuple(z3.simplify(z3.substitute(term, *pairs)) for term in stage.outputs)
        kept = z3.substitute(after, *zip(step.target.symbols, outputs, strict=True))
        command = Command(step.source.name, step.target.name, z3.simplify(kept), outputs)
        made[" ".join(each.sexpr() for each in outputs)] = command
    return list(made.values())


def _values(choice: Choice, compared: set[Fraction] | None) -> list[Fraction]:
    """Values of a choice that stand for all, if nothing is done but to compare it with numbers."""
    low = number_of(choice.low)
    high = None if choice.unbounded else number_of(choice.high)
    if compared is None:
        raise Unfit(f'the choice "{choice.name}" is not only compared with numbers')
    values = representatives(compared, low, high)
    require(bool(values), f'nothing can be chosen of "{choice.name}"')
    return values


def named(problem: Problem) -> Mapping[str, str]:
    """How each symbol is called in the model: by its position and its field."""
    return {
        name_of(symbol): f"{position.name}.{field.name}"
        for position in problem.traced.positions
        for field, symbol in zip(position.fields, position.symbols, strict=True)
    }
