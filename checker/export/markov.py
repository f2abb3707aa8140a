"""A scheme whose agent is the distribution of a Markov chain, as that chain.

The fields w of a position are taken as the probabilities of its states, and what they leave of 1 as
the probability of one state more, the rest. A step F is one of a chain where, for all w >= 0 with
a sum of at most 1 and all choices x of nature within their bounds,

    F(w, x) = sum_j w_j F(e_j, x) + (1 - sum_j w_j) F(0, x),        which the solver proves,

with F(e_j, x) and F(0, x) themselves such w. They are the rows of the chain. What nature chooses
must be affine in each choice, between two numbers; then so is each row, and it is a mean of the
rows at the ends of the choices. A row at the ends is one way that nature can go from that state.

A strategy of the chain chooses by state, a run of the scheme once for all states. Where no choice
is in two rows, the choices that a memoryless strategy makes in all states are one choice of the
scheme, made at every iteration. So both have the same greatest probability of ever reaching a set
of states, since memoryless strategies that choose among finitely many ways reach it (Puterman,
Markov Decision Processes, 1994, section 7.1). Within a set that is never left the probability only
rises from iteration to iteration, and "at most b at every iteration" is "at most b of ever".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import attrs
import z3

from checker.backends.comparison import comparison_in
from checker.backends.solver import QueryBudget, constants, follows
from checker.export.unfit import Unfit, number_of, require
from checker.system.problem import Clause, Problem, Step
from spec.nature import Choice
from spec.nodes import name_of
from spec.terms import numeral
from spec.trace import Position

MOST_CHOICES = 6
"""Choices in one row; it has a way for each combination of their ends."""
SECONDS = 5.0
"""For one query of the solver."""

Distribution = tuple[Fraction, ...]
"""The probability of each state of a position, the rest last."""


@attrs.frozen
class Limit:
    """That the states of a position are ever reached with a probability of at most ``bound``."""

    label: str
    position: str
    states: tuple[int, ...]
    bound: Fraction


@attrs.frozen
class Chain:
    """The chain: by position, for each state the ways that nature can go from there.

    ``after`` is the position to which a step from a position leads.
    """

    states: Mapping[str, tuple[str, ...]]
    after: Mapping[str, str]
    seed: Distribution
    ways: Mapping[str, tuple[tuple[Distribution, ...], ...]]
    limits: tuple[Limit, ...]


def chain_of(problem: Problem) -> Chain:
    """The Markov chain that a problem is about.

    Raises:
        Unfit: where it is about none, or its claim is not about what is ever reached.
    """
    states = {
        position.name: (*(field.name for field in position.fields), "the rest")
        for position in problem.traced.positions
    }
    for position in problem.traced.positions:
        whole = next((field.name for field in position.fields if field.kind != "real"), None)
        require(whole is None, f"{whole} is no probability but a whole number or a flag")
    after = {step.source.name: step.target.name for step in problem.steps}
    seed = _seed(problem)
    ways = {step.source.name: _ways(step) for step in problem.steps}
    limits = [
        limit
        for position in problem.traced.positions
        for clause in problem.clauses[position.name]
        for limit in _limits(clause, position)
    ]
    made = Chain(states, after, seed, ways, tuple(limits))
    for limit in limits:
        require(
            _kept(made, limit),
            f"{limit.label} limits at every iteration what has left the states again, and "
            "reachability counts it for ever",
        )
    return made


def _seed(problem: Problem) -> Distribution:
    require(not problem.seed_choices, "nature has a say in the seed")
    start = [number_of(term) for term in problem.seed]
    made = (*start, 1 - sum(start, Fraction(0)))
    require(min(made) >= 0, "the seed is no distribution")
    return made


def _simplex(position: Position) -> list[z3.BoolRef]:
    """That the fields are probabilities of states that exclude each other."""
    parts = [symbol >= 0 for symbol in position.symbols]
    return [*parts, z3.Sum(*position.symbols) <= 1]


def _corners(position: Position) -> list[list[tuple[z3.ExprRef, z3.ExprRef]]]:
    """Each state for sure, as a substitution; the rest last."""
    count = len(position.symbols)
    return [
        [(symbol, z3.RealVal(int(i == j))) for i, symbol in enumerate(position.symbols)]
        for j in range(count + 1)
    ]


def _ways(step: Step) -> tuple[tuple[Distribution, ...], ...]:
    """The rows of a step."""
    ends = {name_of(choice.symbol): _ends(choice) for choice in step.stage.choices}
    given = [*_simplex(step.source), *[p for c in step.stage.choices for p in c.within]]
    require(
        z3.is_true(z3.simplify(step.stage.constraint)), f"{step.name} is a relation without a body"
    )
    for side in step.stage.sides:
        require(_valid(given, side.condition), f"{step.name} may be undefined")
    rows: list[tuple[Distribution, ...]] = []
    terms: list[list[Any]] = []
    taken: set[str] = set()
    for corner in _corners(step.source):
        outputs = [z3.simplify(z3.substitute(term, *corner)) for term in step.stage.outputs]
        read = sorted(set[str]().union(*map(constants, outputs)))
        require(
            taken.isdisjoint(read),
            f"a choice of nature in {step.name} acts on several states at once, and in a Markov "
            "decision process nature chooses by state",
        )
        require(len(read) <= MOST_CHOICES, f"{step.name} has too many choices in one state")
        taken |= set(read)
        named = [(name, *ends[name]) for name in read]
        rows.append(_row(step, outputs, named))
        terms.append([_between(term, named) for term in outputs])
    weights = [*step.source.symbols, 1 - z3.Sum(*step.source.symbols)]
    for place, output in enumerate(step.stage.outputs):
        mean = z3.Sum(*[w * made[place] for w, made in zip(weights, terms, strict=True)])
        require(_valid(given, output == mean), f"{step.name} is no mean over states")
    return tuple(rows)


Ended = tuple[str, Fraction, Fraction]
"""A choice and its two ends."""


def _ends(choice: Choice) -> tuple[Fraction, Fraction]:
    require(not choice.unbounded, f'the choice "{choice.name}" has no greatest value')
    low, high = number_of(choice.low), number_of(choice.high)
    require(low <= high, f'nothing can be chosen of "{choice.name}"')
    return low, high


def _row(step: Step, outputs: Sequence[Any], read: Sequence[Ended]) -> tuple[Distribution, ...]:
    """The distributions after one state, at all ends of the choices that it reads."""
    found: dict[Distribution, None] = {}
    for chosen in product(*[(low, high) for _, low, high in read]):
        pairs = [(z3.Real(name), numeral(v)) for (name, *_), v in zip(read, chosen, strict=True)]
        made = [number_of(z3.substitute(term, *pairs)) for term in outputs]
        whole = (*made, 1 - sum(made, Fraction(0)))
        require(min(whole) >= 0, f"{step.name} does not keep probabilities")
        found[whole] = None
    return tuple(found)


def _between(term: Any, read: Sequence[Ended]) -> Any:
    """The term that is affine in each choice and agrees with this one at all their ends."""
    if not read:
        return term
    (name, low, high), *others = read
    symbol = z3.Real(name)
    least, most = (
        _between(z3.simplify(z3.substitute(term, (symbol, numeral(end)))), others)
        for end in (low, high)
    )
    if low == high:
        return least
    return least + (symbol - numeral(low)) * numeral(1 / (high - low)) * (most - least)


def _limits(clause: Clause, position: Position) -> list[Limit]:
    """What a clause limits; nothing where it holds of all distributions."""
    given = _simplex(position)
    if _valid(given, clause.condition):
        return []
    label = f'"{clause.label}"'
    condition = z3.simplify(clause.condition, arith_lhs=True)
    said = comparison_in(condition)
    if said is None or said.strict:
        raise Unfit(f"{label} is no bound that includes its end, on one sum of probabilities")
    excess = said.low - said.high
    corners = [number_of(z3.substitute(excess, *corner)) for corner in _corners(position)]
    weights = [*position.symbols, 1 - z3.Sum(*position.symbols)]
    mean = z3.Sum(*[w * numeral(value) for w, value in zip(weights, corners, strict=True)])
    require(_valid(given, excess == mean), f"{label} is not linear")
    low, high = min(corners), max(corners)
    if low > 0:  # it holds of no distribution
        return [Limit(clause.label, position.name, tuple(range(len(corners))), Fraction(0))]
    require(set(corners) == {low, high}, f"{label} weighs states differently")
    states = tuple(number for number, value in enumerate(corners) if value == high)
    return [Limit(clause.label, position.name, states, -low / (high - low))]


def _kept(chain: Chain, limit: Limit) -> bool:
    """Whether the states of a limit are not left in an iteration, whatever nature chooses."""
    here, place = set(limit.states), limit.position
    for _ in chain.after:
        rows = [way for state in here for way in chain.ways[place][state]]
        here = {state for way in rows for state, p in enumerate(way) if p}
        place = chain.after[place]
    return here <= set(limit.states)


def _valid(given: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> bool:
    return follows(given, conclusion, QueryBudget(SECONDS)).valid
