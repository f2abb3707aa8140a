"""A scheme with finitely many agents, as guarded commands.

Every field is a whole number or a truth value between two ends. What nature chooses is a real
number, and there are only finitely many ways to choose if it is compared with numbers alone: two
values that lie the same way to each of these numbers have the same effect. So one value stands for
each number and for each gap between two of them, and a step is one command for each combination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, follows, name_of
from checker.export.unfit import number_of, require
from checker.system.problem import Problem, Step
from spec.nature import Choice
from spec.terms import numeral
from spec.trace import topological

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
    values = [_values(choice, stage.outputs) for choice in stage.choices]
    count = 1
    for each in values:
        count *= len(each)
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


def _values(choice: Choice, outputs: Sequence[z3.ExprRef]) -> list[Fraction]:
    """A value of a choice for each number that it is compared with, and each gap, in its bounds."""
    low = number_of(choice.low)
    high = None if choice.unbounded else number_of(choice.high)
    cuts = {low} if high is None else {low, high}
    cuts |= _compared(choice, outputs)
    ordered = sorted(cuts)
    gaps = [(one + two) / 2 for one, two in pairwise(ordered)]
    tried = sorted({*ordered, *gaps, ordered[-1] + 1})
    within = [v for v in tried if low <= v and (high is None or v <= high)]
    require(bool(within), f'nothing can be chosen of "{choice.name}"')
    return within


def _compared(choice: Choice, outputs: Sequence[z3.ExprRef]) -> set[Fraction]:
    """The numbers that a choice is compared with, if nothing else is done with it."""
    cuts = set()
    for node in topological(list(outputs)):
        children = node.children()
        if any(child.eq(choice.symbol) for child in children):
            others = [child for child in children if not child.eq(choice.symbol)]
            alone = z3.is_bool(node) and len(others) == 1 and not constants(others[0])
            require(alone, f'the choice "{choice.name}" is not only compared with numbers')
            cuts.add(number_of(others[0]))
    return cuts


def named(problem: Problem) -> Mapping[str, str]:
    """How each symbol is called in the model: by its position and its field."""
    return {
        name_of(symbol): f"{position.name}.{field.name}"
        for position in problem.traced.positions
        for field, symbol in zip(position.fields, position.symbols, strict=True)
    }
