"""The oracle: what a machine does, in plain fractions, and what can be said of its claim.

It is written apart from the language's meaning and from the engines. Three things are known of it:
``first_break`` is an iteration at which some run breaks the claim, so that the claim is false;
``exact`` says that all reachable states were enumerated, so that a claim without a break is true,
and the break is the first of all runs.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from benchmarks.differential.machines import Field, Kept, Machine, Step, evaluate
from benchmarks.question import Interval

MOST_STATES = 3_000
"""States that are enumerated before a machine is taken for an infinite one."""
GRID_STATES, GRID_DEPTH = 24, 4
LONG = 100
"""Iterations of the long runs."""
MOST_BITS = 400
GRAIN = Fraction(1, 2**160)
WIDE = Fraction(1, 2**30)
HALF, ONE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)

State = tuple[Any, ...]
Units = Sequence[Fraction]
"""For each choice of a step where it lies, in [0, 1]."""


@attrs.frozen
class Told:
    """What the oracle knows of a claim."""

    first_break: int | None
    exact: bool


def named(fields: Sequence[Field], state: State) -> dict[str, Any]:
    """A state by the names of its fields."""
    return {field.name: value for field, value in zip(fields, state, strict=True)}


def holds(fields: Sequence[Field], kept: Sequence[Kept], state: State) -> bool | None:
    """Whether a state is in its domain and meets the clauses; None if that is not decided."""
    values, answer = named(fields, state), True
    truths: list[bool | None] = []
    for field, value in zip(fields, state, strict=True):
        if field.kind == "flag":
            continue
        truths += [value >= field.low, value <= field.high]
        if field.cap is not None:
            truths.append(value <= evaluate(field.cap, values))
    for clause in kept:
        quantity = evaluate(clause.quantity, values)
        truths.append(quantity < clause.limit if clause.strict else quantity <= clause.limit)
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else answer


def width_of(machine: Machine, index: int) -> int:
    """The numbers that nature chooses in a step, those of an unoverseen student included."""
    extra = len(machine.agent) if index and machine.oversight is not None else 0
    return len(machine.steps[index].choices) + extra


def chosen_by(step: Step, values: dict[str, Any], units: Units) -> None:
    """Put nature's choices, where the units say, beside the values of a state."""
    for choice, unit in zip(step.choices, units, strict=False):
        if choice.truth:
            values[choice.name] = unit > HALF
            continue
        low, high = evaluate(choice.low, values), evaluate(choice.high, values)
        values[choice.name] = low + (high - low) * unit


def moved(machine: Machine, index: int, state: State, units: Units) -> State | None:
    """What a step makes of a state; None where intervals do not decide it."""
    step = machine.steps[index]
    values = named(machine.position(index), state)
    chosen_by(step, values, units)
    made = tuple(evaluate(output, values) for output in step.outputs)
    if index == 0 or machine.oversight is None:
        return made
    values |= {f"student {field.name}": v for field, v in zip(machine.agent, made, strict=True)}
    overseen = evaluate(machine.oversight, values)
    if overseen is None:
        return None
    return made if overseen else anything(machine.agent, units[len(step.choices) :])


def anything(fields: Sequence[Field], units: Units) -> State:
    """Any agent of the domain."""
    values: dict[str, Any] = {}
    for field, unit in zip(fields, units, strict=True):
        top = field.high if field.cap is None else min(field.high, evaluate(field.cap, values))
        values[field.name] = field.low + (top - field.low) * unit
    return tuple(values.values())


def told(machine: Machine, seed: int = 0, most: int = LONG) -> Told:
    """What the oracle can say of a machine's claim, long runs of ``most`` iterations tried."""
    if machine.spread:
        return of_a_set(machine, seed, most)
    if holds(machine.agent, machine.kept, machine.seed) is False:
        return Told(0, True)
    truths = all(choice.truth for step in machine.steps for choice in step.choices)
    known = closure(machine) if truths and machine.oversight is None else None
    if known is not None:
        return known
    draw = random.Random(seed)
    early = grid(machine, draw)
    # later breaks than one that is known say nothing more
    late = long_runs(machine, draw, most if early is None else min(most, early - 1))
    return Told(early if late is None else late, False)


def of_a_set(machine: Machine, seed: int, most: int) -> Told:
    """The same of a machine whose seed is a set, from its corners, its middle and a few others."""
    draw = random.Random(seed)
    width = len(machine.spread)
    shares = [*itertools.product((ZERO, ONE), repeat=width), (HALF,) * width]
    shares += [tuple(Fraction(draw.randint(0, 16), 16) for _ in range(width)) for _ in range(3)]
    first: int | None = None
    for at in shares:
        point = attrs.evolve(machine, seed=begin(machine, at), spread=())
        found = told(point, seed, most if first is None else min(most, first - 1)).first_break
        first = found if first is None or (found is not None and found < first) else first
        if first == 0:
            break
    return Told(first, first == 0)


def begin(machine: Machine, shares: Units) -> State:
    """The seed at a point of its set."""
    paired = zip(machine.seed, machine.spread, shares, strict=True)
    return tuple(low + width * share for low, width, share in paired)


def successors(machine: Machine, states: Iterator[State] | set[State]) -> set[State] | None:
    """All states after one iteration, every truth value taken; None where a run breaks."""
    for index in range(len(machine.steps)):
        axes = itertools.product((ZERO, ONE), repeat=width_of(machine, index))
        corners = list(axes)
        after = {moved(machine, index, state, units) for state in states for units in corners}
        states = {state for state in after if state is not None}
        target, kept = target_of(machine, index)
        if any(holds(target, kept, state) is False for state in states):
            return None
    return set(states)


def target_of(machine: Machine, index: int) -> tuple[tuple[Field, ...], tuple[Kept, ...]]:
    """The fields of what a step makes, and the clauses that it must meet."""
    last = index == len(machine.steps) - 1
    return (machine.agent, machine.kept) if last else (machine.expert, ())


def closure(machine: Machine) -> Told | None:
    """All reachable states of a machine in which nature chooses truth values only; None if there
    are too many, or if their numbers grow."""
    seen, edge = {machine.seed}, {machine.seed}
    for iteration in itertools.count(1):
        after = successors(machine, edge)
        if after is None:
            return Told(iteration, True)
        edge = after - seen
        seen |= edge
        if not edge:
            return Told(None, True)
        if len(seen) > MOST_STATES or any(bits(state) > MOST_BITS for state in edge):
            return None
    return None


def bits(state: State) -> int:
    """The bits of a state's longest number."""
    return max(
        (
            v.numerator.bit_length() + v.denominator.bit_length()
            for v in state
            if isinstance(v, Fraction)
        ),
        default=0,
    )


def worse(machine: Machine, state: State) -> float:
    """How near a state is to breaking a clause, the greater the nearer."""
    if not machine.kept:
        return 0.0
    values = named(machine.agent, state)
    return max(float(middle(evaluate(c.quantity, values)) - c.limit) for c in machine.kept)


def middle(value: Any) -> Any:
    """A number inside an interval."""
    return (value.low + value.high) / 2 if isinstance(value, Interval) else value


def grid(machine: Machine, draw: random.Random) -> int | None:
    """The first iteration at which a run with choices on a coarse grid breaks, in exact fractions,
    the worst states of each iteration followed."""
    states: set[State] = {machine.seed}
    for iteration in range(1, GRID_DEPTH + 1):
        for index in range(len(machine.steps)):
            states = {
                after
                for state in states
                for units in drawn_units(width_of(machine, index), draw)
                if (after := moved(machine, index, state, units)) is not None
            }
            target, kept = target_of(machine, index)
            if any(holds(target, kept, state) is False for state in states):
                return iteration
        few = [state for state in states if bits(state) <= MOST_BITS]
        few.sort(key=lambda state: worse(machine, state), reverse=True)
        half = GRID_STATES // 2
        rest = few[half:]
        states = set(few[:half]) | set(draw.sample(rest, min(half, len(rest))))
    return None


def drawn_units(width: int, draw: random.Random) -> list[Units]:
    """Corners and middles of all choices, a sample of them where they are many."""
    if 3**width <= 9:
        return list(itertools.product((ZERO, HALF, ONE), repeat=width))
    corners = list(itertools.product((ZERO, ONE), repeat=width)) if width <= 6 else []
    few = draw.sample(corners, min(6, len(corners)))
    return [*few, *([draw.choice((ZERO, HALF, ONE)) for _ in range(width)] for _ in range(3))]


Strategy = Callable[[int, int, State], Units]


def strategies(machine: Machine, draw: random.Random) -> Iterator[Strategy]:
    """Adversaries: every choice at one end for ever, ends that alternate, greedy, and at random."""
    widths = [width_of(machine, index) for index in range(len(machine.steps))]
    total = sum(widths)
    corners = list(itertools.product((ZERO, ONE), repeat=total)) if total <= 6 else []
    for corner in draw.sample(corners, min(8, len(corners))):
        yield at_corner(corner, widths)
    for period in (2, 3, 4) if total else ():
        yield in_turns(period, widths)
    if total:
        yield lambda n, index, state: greedy(machine, index, state, draw)
        yield lambda n, index, state: [draw.choice((ZERO, ONE)) for _ in range(widths[index])]


def at_corner(corner: Sequence[Fraction], widths: Sequence[int]) -> Strategy:
    """Every choice at the same end in every iteration."""
    return lambda n, index, state: corner[sum(widths[:index]) :][: widths[index]]


def in_turns(period: int, widths: Sequence[int]) -> Strategy:
    """All choices at one end, then all at the other."""
    return lambda n, index, state: [ONE if n % period < period / 2 else ZERO] * widths[index]


def greedy(machine: Machine, index: int, state: State, draw: random.Random) -> Units:
    """The choices whose next agent is the worst."""
    options = drawn_units(width_of(machine, index), draw)
    if index < len(machine.steps) - 1:
        return draw.choice(options)
    made = [(moved(machine, index, state, units), units) for units in options]
    known = [(worse(machine, after), n) for n, (after, _) in enumerate(made) if after is not None]
    return made[max(known)[1]][1] if known else options[0]


def long_runs(machine: Machine, draw: random.Random, most: int) -> int | None:
    """The first iteration at which one of the long runs surely breaks."""
    first: int | None = None
    for strategy in strategies(machine, draw):
        # a run that has come as far as the earliest break says nothing more
        found = long_run(machine, strategy, most if first is None else first - 1)
        first = first if found is None else found
    return first


def long_run(machine: Machine, strategy: Strategy, most: int) -> int | None:
    """The iteration at which a run in intervals, rounded outward, surely breaks."""
    state: State | None = machine.seed
    for iteration in range(1, most + 1):
        for index in range(len(machine.steps)):
            assert state is not None
            state = moved(machine, index, state, strategy(iteration, index, state))
            if state is None:
                return None
            state = tuple(rounded(value) for value in state)
            answer = holds(*target_of(machine, index), state)
            if answer is False:
                return iteration
            if answer is None and any(wide(value) for value in state):
                return None
    return None


def wide(value: Any) -> bool:
    """Whether an interval has lost its digits."""
    return isinstance(value, Interval) and value.high - value.low > WIDE


def rounded(value: Any) -> Any:
    """A number as it is while it is short, as an interval from then on."""
    if isinstance(value, Interval):
        return value.outward(GRAIN) if value.low != value.high else rounded(value.low)
    if isinstance(value, Fraction) and bits((value,)) > MOST_BITS:
        return Interval(value, value).outward(GRAIN)
    return value


def extreme(machine: Machine, clause: Kept, draw: random.Random) -> Fraction:
    """The greatest value of a clause's quantity along some runs, whatever is claimed."""
    found = [evaluate(clause.quantity, named(machine.agent, machine.seed))]
    for strategy in itertools.islice(strategies(machine, draw), 6):
        state: State | None = machine.seed
        for iteration in range(1, 13):
            for index in range(len(machine.steps)):
                assert state is not None
                state = moved(machine, index, state, strategy(iteration, index, state))
                if state is None or holds(target_of(machine, index)[0], (), state) is False:
                    break
                state = tuple(rounded(value) for value in state)
            else:
                assert state is not None
                found.append(middle(evaluate(clause.quantity, named(machine.agent, state))))
                continue
            break
    return max(Fraction(value) for value in found)


def as_values(fields: Sequence[Field], told_of: Mapping[str, Any]) -> State:
    """A state of a verdict's run as the oracle reads it: intervals, and truth values."""
    found: list[Any] = []
    for field in fields:
        low, high = told_of[field.name].low, told_of[field.name].high
        found.append(low > HALF if field.kind == "flag" else Interval(low, high))
    return tuple(found)
