"""Turns: how fields that only themselves move come round again.

Counts of rounds since the last audit, flags of whose turn it is: nothing else moves them, so that
from one seed they have the same values at the same iteration of every run. They come round, since
they have finitely many values. Between two values of theirs what remains is a step of the other
fields alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import constants
from checker.system.problem import MOST_CHARACTERS, Problem
from spec.nodes import children_of, id_of, is_numeral, name_of, number_in, topological

LONGEST = 64
"""Iterations until the fields come round again, at most."""


@attrs.frozen
class Turn:
    """The fields that states have in common.

    Args:
        fields: their indices.
        values: theirs at the seed, and after each iteration until they come round.
        lead: how many iterations after the seed the first turn begins.
    """

    fields: tuple[int, ...] = ()
    values: tuple[tuple[z3.ExprRef, ...], ...] = ((),)
    lead: int = 0

    @property
    def length(self) -> int:
        """How many iterations a turn takes."""
        return len(self.values) - self.lead

    @property
    def numbers(self) -> list[dict[int, Fraction]]:
        """The values that the fields have together, by index."""
        return [
            {
                index: number_in(value) or Fraction(0)
                for index, value in zip(self.fields, values, strict=True)
            }
            for values in self.values
        ]

    def begun(self, state: Sequence[z3.ExprRef]) -> tuple[z3.ExprRef, ...]:
        """A state, as it is where a turn begins."""
        first = dict(zip(self.fields, self.values[self.lead], strict=True))
        return tuple(first.get(index, term) for index, term in enumerate(state))

    def told(self, state: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
        """A state after a step, without the conditionals that only these fields decide."""
        return list(map(told, state)) if self.fields else list(state)


NONE_TURNS = Turn()
"""That of no fields: each iteration is like the one before."""


def clocks(problem: Problem) -> list[tuple[int, ...]]:
    """The counts and flags of a problem composed to one step that nothing but they themselves move,
    neither other fields nor nature, as one way to compare states; none where there are none.

    At the same iteration all runs from one seed have the same values of these.
    """
    (step,), agent = problem.steps, problem.agent
    read = [constants(z3.simplify(output)) for output in step.stage.outputs]
    names = [name_of(symbol) for symbol in agent.symbols]
    strange = {name_of(choice.symbol) for choice in step.stage.choices}
    alone = {i for i, f in enumerate(agent.fields) if f.kind != "real" and not f.unbounded}
    while True:
        others = strange | {name for i, name in enumerate(names) if i not in alone}
        less = {i for i in alone if not read[i] & others}
        if less == alone:
            return [tuple(sorted(alone))] if alone else []
        alone = less


def short_number(term: z3.ExprRef) -> Fraction | None:
    """What a term comes to; None where that is no number, or one of thousands of digits."""
    value = z3.simplify(term)
    is_short = is_numeral(value) and len(str(value.as_string())) <= MOST_CHARACTERS
    return number_in(value) if is_short else None


def turn_of(problem: Problem, same: Sequence[int]) -> Turn | None:
    """How some fields of a loop of one step come round, from its seed; None where they begin at no
    number, or do not come round soon."""
    (step,), symbols = problem.steps, problem.agent.symbols
    outputs = [step.stage.outputs[index] for index in same]
    now = tuple(z3.simplify(problem.seed[index]) for index in same)
    passed: dict[tuple[object, ...], int] = {}
    values: list[tuple[z3.ExprRef, ...]] = []
    while (key := tuple(map(short_number, now))) not in passed:
        if None in key or len(passed) > LONGEST:
            return None
        passed[key] = len(values)
        values.append(now)
        here = list(zip((symbols[index] for index in same), now, strict=True))
        now = tuple(z3.simplify(z3.substitute(output, *here)) for output in outputs)
    return Turn(tuple(same), tuple(values), passed[key])


def told(term: z3.ExprRef) -> z3.ExprRef:
    """A term without the conditionals that are settled, as their condition reads no constant."""
    made: dict[int, z3.ExprRef] = {}
    for node in topological([term]):
        children = children_of(node)
        new = [made[id_of(child)] for child in children]
        if z3.is_app_of(node, z3.Z3_OP_ITE) and not constants(new[0]):
            truth = z3.simplify(new[0])
            if z3.is_true(truth) or z3.is_false(truth):
                made[id_of(node)] = new[1] if z3.is_true(truth) else new[2]
                continue
        same = all(one.eq(other) for one, other in zip(children, new, strict=True))
        made[id_of(node)] = node if same else node.decl()(*new)
    found = made[id_of(term)]
    return found if constants(found) else z3.simplify(found)
