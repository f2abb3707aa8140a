"""A claim about finitely many agents, or about a Markov chain, as a model in JANI.

The model is a Markov decision process, in which nature's choices are the nondeterminism; its
properties are what is claimed, each of them that what breaks the claim is reached with at most some
probability. Source of the format: Budde, Dehnert, Hahn, Hartmanns, Junges and Turrini, "JANI:
Quantitative Model and Tool Interaction" (TACAS 2017), and the specification at jani-spec.org.
Numbers are exact: a fraction is a quotient of two whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import z3

from checker.export.finite import Finite, finite, named
from checker.export.markov import Chain, Limit, chain_of
from checker.export.unfit import Unfit, require
from checker.system.problem import Problem
from spec.errors import SpecError
from spec.nodes import id_of, topological

Json = Any

AT = "position"
"""The variable that holds the number of the position."""
STATE = "state"
"""The variable that holds the number of a chain's state."""
BROKEN = "broken"
"""The variable that is true once the claim is broken."""
PLACE = "loop"
"""The one location of the one automaton."""
MOST_NODES = 20_000
"""Nodes of one expression: JANI has no names for parts that are shared."""


def jani(problem: Problem) -> dict[str, Json]:
    """The model of a claim.

    Raises:
        SpecError: for a claim that has none, with the reason in one line.
    """
    try:
        return _of_finite(problem, finite(problem))
    except Unfit as unfit:
        first = unfit
    try:
        return _of_chain(problem, chain_of(problem))
    except Unfit as second:
        raise SpecError(
            f'"{problem.traced.process.name}" has no form in JANI: not a finite model, as {first}; '
            f"not a Markov chain, as {second}. Take --format chc",
            problem.traced.process.location,
        ) from None


def _of_chain(problem: Problem, chain: Chain) -> dict[str, Json]:
    """One variable for the position and one for the state; the first edge draws from the seed."""
    places = {name: number for number, name in enumerate(chain.states)}
    start = len(places)
    first = problem.agent.name
    edges = [_edge(_equal(AT, start), _drawn(chain.seed, places[first]))]
    for name, rows in chain.ways.items():
        for state, ways in enumerate(rows):
            guard = _both(_equal(AT, places[name]), _equal(STATE, state))
            target = places[chain.after[name]]
            edges += [_edge(guard, _drawn(way, target)) for way in ways]
    told = "; ".join(
        f"{AT} {number} is the {name}, with {STATE} "
        + ", ".join(f"{i} {state}" for i, state in enumerate(chain.states[name]))
        for name, number in places.items()
    )
    most = max(map(len, chain.states.values())) - 1
    variables = [_whole(AT, 0, start, start), _whole(STATE, 0, most, 0)]
    properties = [
        _at_most(limit.label, _reached(limit, places), limit.bound) for limit in chain.limits
    ]
    return _model(problem, told, variables, edges, properties)


def _drawn(distribution: Sequence[Fraction], place: int) -> list[Json]:
    return [
        _destination({AT: place, STATE: state}, probability)
        for state, probability in enumerate(distribution)
        if probability
    ]


def _reached(limit: Limit, places: Mapping[str, int]) -> Json:
    states = [_equal(STATE, state) for state in limit.states]
    either = states[0]
    for other in states[1:]:
        either = _binary("∨", either, other)
    return _both(_equal(AT, places[limit.position]), either)


def _of_finite(problem: Problem, model: Finite) -> dict[str, Json]:
    """A variable for each field of each position; what is left behind is put back to its least."""
    places = {position.name: number for number, position in enumerate(problem.traced.positions)}
    names = named(problem)
    variables = [_whole(AT, 0, max(len(places) - 1, 1), 0)]
    variables.append({"name": BROKEN, "type": "bool", "initial-value": not model.seed_kept})
    least: dict[str, dict[str, Json]] = {}
    fields: dict[str, list[str]] = {}
    for position in problem.traced.positions:
        start: Sequence[int | None] = [None] * len(position.fields)
        if position.name == problem.agent.name:
            start = model.seed
        fields[position.name] = []
        for field, value in zip(position.fields, start, strict=True):
            low, high = int(-(-field.low // 1)), int(field.high // 1)
            name = f"{position.name}.{field.name}"
            within = low if value is None or not low <= value <= high else value
            variables.append(_whole(name, low, high, within))
            fields[position.name].append(name)
            least.setdefault(position.name, {})[name] = low
    edges = [_edge(BROKEN, [_destination({})])]
    for command in model.commands:
        kept = expression(command.kept, names)
        here = _both(_equal(AT, places[command.source]), _not(BROKEN))
        made = {} if command.source == command.target else dict(least[command.source])
        made[AT] = places[command.target]
        terms = [expression(term, names) for term in command.outputs]
        made |= zip(fields[command.target], terms, strict=True)
        if not z3.is_false(command.kept):
            edges.append(_edge(_both(here, kept), [_destination(made)]))
        if not z3.is_true(command.kept):
            edges.append(_edge(_both(here, _not(kept)), [_destination({BROKEN: True})]))
    told = "; ".join(f"{AT} {number} is the {name}" for name, number in places.items())
    return _model(problem, told, variables, edges, [_at_most("kept", BROKEN, Fraction(0))])


def _model(
    problem: Problem,
    told: str,
    variables: Sequence[Json],
    edges: Sequence[Json],
    properties: Sequence[Json],
) -> dict[str, Json]:
    process, values = problem.traced.process, problem.traced.values
    at = ", ".join(f"{name} = {value}" for name, value in values.items()) or "no parameters"
    claim = type(problem.limit).__name__
    return {
        "jani-version": 1,
        "name": f"{process.name}: {claim}",
        "metadata": {"description": f"{at}; {told}"},
        "type": "mdp",
        "features": ["derived-operators"],
        "variables": list(variables),
        "properties": list(properties),
        "automata": [
            {
                "name": "scheme",
                "locations": [{"name": PLACE}],
                "initial-locations": [PLACE],
                "edges": list(edges),
            }
        ],
        "system": {"elements": [{"automaton": "scheme"}]},
    }


def _whole(name: str, low: int, high: int, initial: int) -> Json:
    bounded = {"kind": "bounded", "base": "int", "lower-bound": low, "upper-bound": high}
    return {"name": name, "type": bounded, "initial-value": initial}


def _edge(guard: Json, destinations: Sequence[Json]) -> Json:
    return {"location": PLACE, "guard": {"exp": guard}, "destinations": list(destinations)}


def _destination(assigned: Mapping[str, Json], probability: Fraction = Fraction(1)) -> Json:
    values = [{"ref": name, "value": value} for name, value in assigned.items()]
    return {
        "location": PLACE,
        "probability": {"exp": _number(probability)},
        "assignments": values,
    }


def _at_most(name: str, goal: Json, bound: Fraction) -> Json:
    """That nature reaches a goal with at most this probability, whatever it does."""
    reached = {"op": "Pmax", "exp": {"op": "F", "exp": goal}}
    asked = {
        "op": "filter",
        "fun": "∀",
        "values": _binary("≤", reached, _number(bound)),
        "states": {"op": "initial"},
    }
    return {"name": name, "expression": asked}


def _binary(op: str, left: Json, right: Json) -> Json:
    return {"op": op, "left": left, "right": right}


def _equal(name: str, number: int) -> Json:
    return _binary("=", name, number)


def _both(left: Json, right: Json) -> Json:
    return _binary("∧", left, right)


def _not(condition: Json) -> Json:
    return {"op": "¬", "exp": condition}


def _number(value: Fraction) -> Json:
    whole = value.numerator
    return whole if value.denominator == 1 else _binary("/", whole, value.denominator)


_OPERATORS = {
    z3.Z3_OP_AND: "∧",
    z3.Z3_OP_OR: "∨",
    z3.Z3_OP_EQ: "=",
    z3.Z3_OP_LE: "≤",
    z3.Z3_OP_LT: "<",
    z3.Z3_OP_GE: "≥",
    z3.Z3_OP_GT: ">",
    z3.Z3_OP_ADD: "+",
    z3.Z3_OP_SUB: "-",
    z3.Z3_OP_MUL: "*",
    z3.Z3_OP_DIV: "/",
    z3.Z3_OP_IMPLIES: "⇒",
}


def expression(term: z3.ExprRef, names: Mapping[str, str]) -> Json:
    """A term as an expression of JANI, its constants by their names.

    Raises:
        Unfit: for what JANI does not have, and for an expression that grows out of proportion.
    """
    made: dict[int, Json] = {}
    size: dict[int, int] = {}
    for node in topological([term]):
        number = id_of(node)
        size[number] = 1 + sum(size[id_of(child)] for child in node.children())
        require(size[number] <= MOST_NODES, "an expression of it grows out of proportion")
        made[number] = _operation(node, [made[id_of(child)] for child in node.children()], names)
    return made[id_of(term)]


def _operation(node: z3.ExprRef, parts: Sequence[Json], names: Mapping[str, str]) -> Json:
    kind = node.decl().kind()
    if z3.is_int_value(node) or z3.is_rational_value(node):
        return _number(Fraction(str(node.as_fraction() if z3.is_real(node) else node.as_long())))
    if z3.is_true(node) or z3.is_false(node):
        return z3.is_true(node)
    if kind == z3.Z3_OP_UNINTERPRETED and not parts:
        return names[str(node.decl().name())]
    if kind == z3.Z3_OP_ITE:
        return {"op": "ite", "if": parts[0], "then": parts[1], "else": parts[2]}
    if kind == z3.Z3_OP_NOT:
        return _not(parts[0])
    if kind == z3.Z3_OP_UMINUS:
        return _binary("-", 0, parts[0])
    if kind == z3.Z3_OP_TO_REAL:
        return parts[0]
    require(kind in _OPERATORS, f"JANI has no {node.decl().name()}")
    folded = parts[0]
    for other in parts[1:]:
        folded = _binary(_OPERATORS[kind], folded, other)
    return folded
