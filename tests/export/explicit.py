"""A model in JANI, worked out state by state in fractions: another reading of what is exported."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

State = tuple[tuple[str, Any], ...]

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "∧": lambda a, b: a and b,
    "∨": lambda a, b: a or b,
    "⇒": lambda a, b: b or not a,
    "=": operator.eq,
    "≤": operator.le,
    "<": operator.lt,
    "≥": operator.ge,
    ">": operator.gt,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: Fraction(a) / b,
}


def value(expression: Any, state: Mapping[str, Any]) -> Any:
    """An expression in a state."""
    if isinstance(expression, str):
        return state[expression]
    if not isinstance(expression, dict):
        return expression
    op = expression["op"]
    if op == "ite":
        return value(expression["then" if value(expression["if"], state) else "else"], state)
    if op == "¬":
        return not value(expression["exp"], state)
    return BINARY[op](value(expression["left"], state), value(expression["right"], state))


def initial(model: Any) -> State:
    return tuple((v["name"], value(v["initial-value"], {})) for v in model["variables"])


def ways(model: Any, state: State) -> Iterator[dict[State, Fraction]]:
    """What each edge that is open in a state leads to; no variable leaves its range."""
    here = dict(state)
    ranges = {
        v["name"]: (v["type"]["lower-bound"], v["type"]["upper-bound"])
        for v in model["variables"]
        if v["type"] != "bool"
    }
    (automaton,) = model["automata"]
    for edge in automaton["edges"]:
        if not value(edge["guard"]["exp"], here):
            continue
        made: dict[State, Fraction] = {}
        for destination in edge["destinations"]:
            new = {a["ref"]: value(a["value"], here) for a in destination["assignments"]}
            after = {**here, **new}
            assert all(low <= after[name] <= high for name, (low, high) in ranges.items())
            reached = tuple(after.items())
            p = Fraction(value(destination["probability"]["exp"], here))
            made[reached] = made.get(reached, Fraction(0)) + p
        assert sum(made.values()) == 1
        yield made


def reachable(model: Any) -> list[State]:
    """All states; each has an edge that is open."""
    found, todo = {initial(model): None}, [initial(model)]
    while todo:
        nexts = list(ways(model, todo.pop()))
        assert nexts
        for state in (state for way in nexts for state in way):
            if state not in found:
                found[state] = None
                todo.append(state)
    return list(found)


def goal_and_bound(given: Any) -> tuple[Any, Fraction]:
    """Of a property: what is reached, and with at most which probability."""
    asked = given["expression"]["values"]
    assert (asked["op"], asked["left"]["op"]) == ("≤", "Pmax")
    return asked["left"]["exp"]["exp"], Fraction(value(asked["right"], {}))


def greatest(model: Any, given: Any, rounds: int) -> Fraction:
    """The greatest probability of the goal within so many steps: value iteration."""
    goal, _ = goal_and_bound(given)
    states = reachable(model)
    steps = {state: list(ways(model, state)) for state in states}
    found = {state: Fraction(bool(value(goal, dict(state)))) for state in states}
    for _ in range(rounds):
        found = {
            state: max(sum((p * found[s] for s, p in way.items()), Fraction(0)) for way in nexts)
            if not value(goal, dict(state))
            else Fraction(1)
            for state, nexts in steps.items()
        }
    return found[initial(model)]
