"""Runs: a loop replayed in exact arithmetic, or in balls whose precision is doubled on demand."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import flint

from checker.backends.evaluator import BALLS, EXACT, UNDEFINED, Backend, Irrational, compile_terms
from checker.backends.rounding import precision, short_decimal
from checker.system.problem import Clause, Conjunct, Problem, Step
from spec.errors import SpecError
from spec.nature import ChoiceRole

Units = Callable[[int, int], Sequence[Fraction]]
"""For an iteration and the index of a stage: where each of nature's choices lies, in [0, 1]."""

EXACT_BITS = 4_096
"""A state with more bits than this is carried on in balls."""

FAR = 65_536
"""Powers of two beyond which the ends of an enclosure are rounded outward."""

KEPT = 32
"""Iterations at either end of a run whose steps are kept."""

FIRST_BITS, MOST_BITS = 128, 65_536
"""The first working precision, and the precision at which an undecided comparison is given up."""


@attrs.frozen
class Enclosure:
    """A number known to lie in [low, high]; exact when the two agree."""

    low: Fraction
    high: Fraction

    def __str__(self) -> str:
        if self.low == self.high and len(str(self.low)) <= 12:
            return str(self.low)
        return short_decimal((self.low + self.high) / 2)


@attrs.frozen
class TraceStep:
    """One step of a run: the fields before, what nature chose, the fields after.

    ``roles`` says what each choice stands for. ``oversight_holds`` is None where the step does not
    model oversight.
    """

    iteration: int
    step: str
    before: Mapping[str, Enclosure]
    chosen: Mapping[str, Enclosure]
    after: Mapping[str, Enclosure]
    oversight_holds: bool | None
    roles: Mapping[str, ChoiceRole] = attrs.field(factory=dict)

    @property
    def made(self) -> dict[str, Enclosure]:
        """The choices that matter: those that are not 0, and of the fields of a student that nobody
        can oversee only where oversight fails."""
        return {
            name: value
            for name, value in self.chosen.items()
            if value.high != 0
            and not (self.oversight_holds and self.roles.get(name) is ChoiceRole.UNOVERSEEN)
        }

    @property
    def oversight_failed(self) -> bool:
        """Whether nobody oversaw the step, so that nature made the agent as it liked."""
        if self.oversight_holds is not None:
            return not self.oversight_holds
        return any(
            self.roles.get(n) is ChoiceRole.UNOVERSEEN and v.high != 0
            for n, v in self.chosen.items()
        )

    @property
    def left_arbitrary(self) -> bool:
        """Whether the step itself left a field of the agent to nature, which made use of it."""
        return any(self.roles.get(name) is ChoiceRole.ARBITRARY for name in self.made)


class ArithmeticKind(Enum):
    """The numbers in which a run was replayed."""

    EXACT = "exact"
    BALLS = "balls"
    TWO_ENDED = "two-ended balls"
    """The lower and the upper end of a monotone run, each rounded outward."""


@attrs.frozen
class Arithmetic:
    """How a run was replayed; ``bits`` is the working precision of balls."""

    kind: ArithmeticKind
    bits: int = 0


EXACT_ARITHMETIC = Arithmetic(ArithmeticKind.EXACT)


@attrs.frozen
class Run:
    """A replayed run. ``broken`` names the clause that the last state violates, if any does;
    ``left_domain`` says that it is a bound of a field's domain. ``plan`` has nature's strategy, in
    stretches of iterations at which it is the same: how many, and where each choice of an iteration
    lies between its bounds. ``seed_chosen`` has what nature chose of a seed that is a set, and
    ``seed_units`` where each of these lies between its bounds. ``conjuncts`` are those conditions
    of the clause that are false, where it has several."""

    seed: Mapping[str, Enclosure]
    steps: tuple[TraceStep, ...]
    iteration: int
    position: str
    broken: str | None
    arithmetic: Arithmetic
    left_domain: bool = False
    plan: tuple[tuple[int, tuple[Fraction, ...]], ...] = ()
    seed_chosen: Mapping[str, Enclosure] = attrs.field(factory=dict)
    seed_units: tuple[Fraction, ...] = ()
    conjuncts: tuple[Conjunct, ...] = ()


class _TooLarge(Exception):
    """The exact state has outgrown EXACT_BITS."""


class Undecided(Exception):
    """A comparison is undecided at the working precision."""


def replay(problem: Problem, units: Units, most: int, kept: int = KEPT) -> Run | None:
    """Replay the run that ``units`` describes until a clause breaks, for at most ``most``
    iterations, of which so many at the start and at the end are ``kept``.

    Returns:
        the run, or None when a comparison stays undecided at the greatest precision.

    Raises:
        SpecError: when the run divides by zero, or leaves nature nothing to choose from.
    """
    found = _replayed(problem, units, most, kept)
    begun = tuple(each.unit for each in problem.began)
    return None if found is None else attrs.evolve(found, seed_units=begun)


def _replayed(problem: Problem, units: Units, most: int, kept: int) -> Run | None:
    """The run, exactly or in balls."""
    try:
        return _replay(problem, units, most, EXACT, EXACT_ARITHMETIC, kept)
    except (_TooLarge, Irrational):
        pass
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        try:
            with precision(bits):
                arithmetic = Arithmetic(ArithmeticKind.BALLS, bits)
                return _replay(problem, units, most, BALLS, arithmetic, kept)
        except Undecided:
            bits *= 2
    return None


def _replay(
    problem: Problem,
    units: Units,
    most: int,
    backend: Backend,
    arithmetic: Arithmetic,
    kept: int,
) -> Run:
    programs = [step.program.bind(backend) for step in problem.steps]
    divisions = [step.divisions.bind(backend) for step in problem.steps]
    guards = {name: program.bind(backend) for name, program in problem.guards.items()}
    state = problem.seed_in(backend)
    seed, chosen_first = _named(problem.agent.fields, state), chosen_of_seed(problem, backend)
    log = _Log(problem, kept)
    broken = _broken_at_seed(problem, backend, guards, state)
    if broken:
        found = _broken_run(seed, (), 0, problem.agent.name, broken, arithmetic)
        return attrs.evolve(found, seed_chosen=chosen_first)
    for iteration in range(1, most + 1):
        log.begin()
        for index, (step, program) in enumerate(zip(problem.steps, programs, strict=True)):
            places = units(iteration, index)
            log.drawn += places
            drawn = [backend.constant(unit) for unit in places]
            _require_defined(step, divisions[index](state, drawn)[0], iteration)
            outputs, chosen, widths = program(state, drawn)
            require_choices(step.stage.choices, widths, iteration)
            if backend is BALLS and not all(width >= 0 for width in widths):
                raise Undecided  # a choice that may not exist shows nothing
            oversight_holds = outputs.pop() if step.stage.oversight_holds is not None else None
            if backend is BALLS and not all(value.is_finite() for value in outputs):
                raise Undecided
            if any(value is UNDEFINED for value in outputs):
                raise _division_by_zero(step, iteration)
            log.add(iteration, index, state, chosen, outputs, oversight_holds)
            state = outputs
            broken = _broken(problem, guards, step.target.name, state)
            if broken:
                found = _broken_run(
                    seed, log.taken(), iteration, step.target.name, broken, arithmetic
                )
                return attrs.evolve(found, plan=log.stretches(), seed_chosen=chosen_first)
        if backend is EXACT and size_in_bits(state) > EXACT_BITS:
            raise _TooLarge
    found = Run(seed, log.taken(), most, problem.agent.name, None, arithmetic)
    return attrs.evolve(found, plan=log.stretches(), seed_chosen=chosen_first)


def chosen_of_seed(problem: Problem, backend: Backend) -> dict[str, Enclosure]:
    """What nature chose of the seed that the problem begins at, by name.

    Raises:
        SpecError: where it surely has nothing to choose, or the seed is surely undefined.
    """
    choices = [each.choice for each in problem.began]
    terms = [*(c.high - c.low for c in choices), *(each.value for each in problem.began)]
    conditions = [side.condition for side in problem.seed_sides]
    values, _, _ = compile_terms((), (), [*conditions, *terms]).bind(backend)((), ())
    truths, numbers = values[: len(conditions)], values[len(conditions) :]
    widths, chosen = numbers[: len(choices)], numbers[len(choices) :]
    for side, truth in zip(problem.seed_sides, truths, strict=True):
        if truth is False:
            raise SpecError(f"the seed is undefined (needed: {side.label})", "")
    require_choices(choices, widths, 0)
    if not all(truths) or not all(width >= 0 for width in widths):
        raise Undecided
    return {c.name: _enclosure(value) for c, value in zip(choices, chosen, strict=True)}


def _require_defined(step: Step, truths: Sequence[bool | None], iteration: int) -> None:
    """That no denominator of a step is zero, also where its quotient cancels out.

    Raises:
        SpecError: where one surely is.
    """
    if any(truth is False for truth in truths):
        raise _division_by_zero(step, iteration)
    if not all(truths):
        raise Undecided


def _division_by_zero(step: Step, iteration: int) -> SpecError:
    sides = "; ".join(dict.fromkeys(side.label for side in step.stage.sides))
    logs = any("logarithm" in side.label for side in step.stage.sides)
    what = "is undefined" if logs else "divides by zero"
    guard = "it" if logs else "the denominator"
    return SpecError(
        f"{step.name} {what} at iteration {iteration} (needed: {sides}); "
        f"guard {guard} with when(...), or bound it by an assumption",
        "",
    )


def _broken_run(
    seed: Mapping[str, Enclosure],
    steps: tuple[TraceStep, ...],
    iteration: int,
    position: str,
    broken: Sequence[Clause],
    arithmetic: Arithmetic,
) -> Run:
    first = broken[0]
    return Run(
        seed,
        steps,
        iteration,
        position,
        first.label,
        arithmetic,
        first.of_domain,
        conjuncts=false_conjuncts(broken),
    )


def false_conjuncts(broken: Sequence[Clause]) -> tuple[Conjunct, ...]:
    """Of clauses that are false, the numbered conditions of the first one's invariant."""
    return tuple(
        clause.conjunct
        for clause in broken
        if clause.conjunct is not None and clause.label == broken[0].label
    )


class _Log:
    """The first and the last steps of a run; a long run's middle is not kept."""

    def __init__(self, problem: Problem, kept: int) -> None:
        self.steps, self.kept = problem.steps, kept
        self.head: list[tuple[Any, ...]] = []
        self.tail: deque[tuple[Any, ...]] = deque(maxlen=kept * len(self.steps))
        self.plan: list[tuple[int, list[Fraction]]] = []
        self.drawn: list[Fraction] = []

    def begin(self) -> None:
        """Count the next iteration in, of which nothing has been drawn yet."""
        if len(self.plan) > 1 and self.plan[-1][1] == self.plan[-2][1]:
            (count, places), _ = self.plan[-2:]
            self.plan[-2:] = [(count + 1, places)]
        self.drawn = []
        self.plan.append((1, self.drawn))

    def stretches(self) -> tuple[tuple[int, tuple[Fraction, ...]], ...]:
        """How many iterations in a row each strategy was followed."""
        self.begin()
        return tuple((count, tuple(map(Fraction, places))) for count, places in self.plan[:-1])

    def add(self, iteration: int, *rest: Any) -> None:
        (self.head if iteration <= self.kept else self.tail).append((iteration, *rest))

    def taken(self) -> tuple[TraceStep, ...]:
        return tuple(self._trace_step(*entry) for entry in [*self.head, *self.tail])

    def _trace_step(
        self,
        iteration: int,
        index: int,
        before: Sequence[Any],
        chosen: Sequence[Any],
        after: Sequence[Any],
        oversight_holds: bool | None,
    ) -> TraceStep:
        step = self.steps[index]
        names = [choice.name for choice in step.stage.choices]
        return TraceStep(
            iteration,
            step.name,
            _named(step.source.fields, before),
            dict(zip(names, map(_enclosure, chosen), strict=True)),
            _named(step.target.fields, after),
            oversight_holds,
            {choice.name: choice.role for choice in step.stage.choices},
        )


def _broken_at_seed(
    problem: Problem,
    backend: Backend,
    guards: Mapping[str, Callable[..., Any]],
    seed: Sequence[Any],
) -> list[Clause]:
    """The clauses that are false at the seed: of fractions, where they can be had, since balls
    do not tell a number from a limit that it just meets."""
    position = problem.agent.name
    if backend is BALLS:
        with suppress(Irrational):
            exact = {position: problem.guards[position].bind(EXACT)}
            return _broken(problem, exact, position, problem.seed_in(EXACT))
    return _broken(problem, guards, position, seed)


def _broken(
    problem: Problem, guards: Mapping[str, Callable[..., Any]], position: str, state: Sequence[Any]
) -> list[Clause]:
    """The clauses that are false at a state, the first of which nothing before leaves open."""
    truths, _, _ = guards[position](state, ())
    broken: list[Clause] = []
    for clause, truth in zip(problem.clauses[position], truths, strict=True):
        if truth is None and not broken:
            raise Undecided
        if truth is not None and not truth:
            broken.append(clause)
    return broken


def require_choices(choices: Sequence[Any], widths: Sequence[Any], iteration: int) -> None:
    """That no choice's bounds are surely the wrong way round.

    Raises:
        SpecError: naming the choice, where they are.
    """
    for choice, width in zip(choices, widths, strict=True):
        if width is not UNDEFINED and width < 0:
            raise SpecError(
                f'nature has no value for "{choice.name}" at iteration {iteration}: at_most is '
                "below at_least; order the two bounds in every state, or guard them with maximum",
                choice.location,
            )


def size_in_bits(state: Sequence[Any]) -> int:
    """The bits of the longest number of an exact state."""
    return max((int(v.p).bit_length() + int(v.q).bit_length() for v in state), default=0)


def _named(fields: Sequence[Any], state: Sequence[Any]) -> dict[str, Enclosure]:
    return {field.name: _enclosure(v) for field, v in zip(fields, state, strict=True)}


def _enclosure(value: Any) -> Enclosure:
    if isinstance(value, flint.arb):
        return Enclosure(low_end(value), high_end(value))
    exact = as_fraction(value)
    return Enclosure(exact, exact)


def as_fraction(value: Any) -> Fraction:
    """A Fraction from a FLINT rational or a plain number."""
    if isinstance(value, int | Fraction | float):
        return Fraction(value)
    return Fraction(int(value.p), int(value.q))


def low_end(ball: Any) -> Fraction:
    """A number at or below the ball: its lower end, unless that is a number of too many bits."""
    return -high_end(-ball)


def high_end(ball: Any) -> Fraction:
    """A number at or above the ball: its upper end, unless that is a number of too many bits."""
    end = ball.upper()
    mantissa, exponent = (int(part) for part in end.man_exp())
    top = mantissa.bit_length() + exponent
    if mantissa and top < -FAR:
        return Fraction(1, 2**FAR) if mantissa > 0 else Fraction(0)
    if mantissa < 0 and top > FAR:
        return Fraction(-(2 ** (FAR - 1)))
    return Fraction(mantissa) * Fraction(2) ** exponent
