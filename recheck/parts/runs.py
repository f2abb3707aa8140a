"""Runs, replayed: exactly as long as the numbers stay short, then in balls.

A strategy says where between its bounds each choice lies, so that a run which follows one cannot
leave them. A run that reaches its end shows what it says if a condition is false there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint
from cvc5 import Kind, Term

from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import START, Evidence, Step, System
from recheck.parts.arithmetic import Program, ball, rational
from recheck.terms import MANAGER, substitute

LONGEST, MOST_BITS = 4096, 1 << 15
"""Bits of an exact number beyond which a run goes on in balls; the greatest precision of these."""
MOST_ITERATIONS = 2_000_000
MOST_WORK = 1 << 30
"""Iterations of a run times the bits of its balls, beyond which it is not decided."""

Plan = Sequence[tuple[int, Sequence[Fraction]]]
"""How many iterations in a row nature's choices lie at the same places between their bounds."""


class TooLong(Exception):
    """The numbers are too long to be exact, or the balls too wide."""


def broken(evidence: Evidence) -> str:
    """Why a run breaks the claim.

    Raises:
        Rejected: where it does not.
    """
    run, system = evidence.proof["run"], evidence.system
    plan, position = plan_of(run), run["position"]
    if START[evidence.kind] == "anywhere":
        raise Undecided(f"no run alone refutes a {evidence.kind}")
    from_seed = START[evidence.kind] == "seed"
    start = seed_of(system, run.get("seed", ())) if from_seed else start_of(evidence, run)
    if False not in replay(system, start, plan, position, evidence.kept(position)):
        raise Rejected("the run ends within the claim")
    return f"the run breaks the claim at iteration {sum(count for count, _ in plan)}"


def plan_of(given: Mapping[str, Any]) -> Plan:
    """The plan of a run."""
    return [(int(count), [Fraction(unit) for unit in units]) for count, units in given["plan"]]


def seed_of(system: System, units: Sequence[str] = ()) -> list[Any]:
    """The fields of the seed, exactly, each choice of it where it is said to lie."""
    program = program_of(system.start, [Fraction(unit) for unit in units], ())
    try:
        return after(system.start, program, [], rational)
    except TooLong:
        raise Undecided("the numbers of the seed are too long") from None


def start_of(evidence: Evidence, given: Mapping[str, Any]) -> list[Any]:
    """Where a run begins that may begin anywhere, or anywhere in the claim.

    Raises:
        Rejected: if it does not begin there.
    """
    system = evidence.system
    fields = system.fields[system.agent]
    names = [field.getSymbol().rpartition(".")[2] for field in fields]
    start = [rational(Fraction(given["start"][name])) for name in names]
    claimed = START[evidence.kind] == "claim"
    known = evidence.kept(system.agent) if claimed else system.domain[system.agent]
    if not all(Program(fields, known).run(start, rational)):
        raise Rejected("the run begins where none may")
    return start


def replay(
    system: System, start: Sequence[Any], plan: Plan, position: str, conditions: Sequence[Term]
) -> list[bool | None]:
    """The truth of some conditions at the end of a run; None where it is undecided.

    Raises:
        Rejected: where the run divides by zero, leaves nature nothing, or ends elsewhere.
    """
    try:
        return _replay(system, start, plan, position, conditions, rational)
    except TooLong:
        bits = 128
    length = sum(count for count, _ in plan)
    while bits <= MOST_BITS and bits * length <= MOST_WORK:
        with flint.ctx.workprec(bits):
            try:
                truths = _replay(system, start, plan, position, conditions, ball)
            except TooLong:
                truths = []
        if False in truths:
            return truths
        bits *= 2
    raise Undecided(f"the run is not decided at a precision of {bits // 2} bits")


def _replay(
    system: System,
    start: Sequence[Any],
    plan: Plan,
    position: str,
    conditions: Sequence[Term],
    convert: Callable[[Any], Any],
) -> list[bool | None]:
    state, where = [v if isinstance(v, bool) else convert(v) for v in start], system.agent
    if sum(count for count, _ in plan) > MOST_ITERATIONS:
        raise Malformed(f"a run of more than {MOST_ITERATIONS} iterations")
    for stretch, (count, units) in enumerate(plan, start=1):
        programs = programs_of(system, units)
        for iteration in range(1, count + 1):
            last = stretch == len(plan) and iteration == count
            for step, program in zip(system.steps, programs, strict=False):
                state, where = after(step, program, state, convert), step.target
                if last and where == position and step is not system.steps[-1]:
                    break
            if len(programs) < len(system.steps) and not last:
                raise Malformed("an iteration leaves a choice open")
    if where != position:
        raise Rejected(f"the run does not end at {position}")
    return Program(system.fields[position], conditions).run(state, convert)


def programs_of(
    system: System, units: Sequence[Fraction], beside: Sequence[Term] = ()
) -> list[Program]:
    """An iteration's steps with every choice made, over the fields and other symbols beside them;
    of a last one that is cut short, the first."""
    programs, left = [], list(units)
    for step in system.steps:
        if len(left) < len(step.choices):
            break
        own, left = left[: len(step.choices)], left[len(step.choices) :]
        programs.append(program_of(step, own, [*system.fields[step.source], *beside]))
    if left or not programs:
        raise Malformed("an iteration makes more choices than there are, or none")
    return programs


def program_of(step: Step, units: Sequence[Fraction], fields: Sequence[Term]) -> Program:
    """A step with every choice made, and whether there was something to choose."""
    made = fixed(step, units)
    widths = [MANAGER.mkTerm(Kind.LEQ, choice.low, choice.high) for choice in made.choices]
    return Program(fields, [*made.outputs, *widths])


def fixed(step: Step, units: Sequence[Fraction]) -> Step:
    """The step with every choice made; the choices' ends are left to be compared."""
    if len(units) != len(step.choices) or not all(0 <= unit <= 1 for unit in units):
        raise Malformed(f"{step.name}: a choice beyond its bounds, one too many, or none")
    by: dict[Term, Term] = {}
    choices = []
    for choice, unit in zip(step.choices, units, strict=True):
        low, high = substitute([choice.low, choice.high], by)
        choices.append(choice._replace(low=low, high=high))
        width = MANAGER.mkTerm(Kind.SUB, high, low)
        part = MANAGER.mkTerm(Kind.MULT, MANAGER.mkReal(str(unit)), width)
        between = MANAGER.mkTerm(Kind.ADD, low, part)
        by[choice.symbol] = low if unit == 0 else (high if unit == 1 else between)
    return step._replace(choices=tuple(choices), outputs=tuple(substitute(step.outputs, by)))


def after(
    step: Step, program: Program, state: list[Any], convert: Callable[[Any], Any]
) -> list[Any]:
    """The state after a step."""
    found = program.run(state, convert)
    outputs, widths = found[: len(step.outputs)], found[len(step.outputs) :]
    if False in widths:
        raise Rejected(f"{step.name} leaves nature nothing to choose")
    if any(each is None for each in found):
        if convert is rational:
            raise Rejected(f"{step.name} divides by zero")
        raise TooLong
    if convert is rational and any(_bits(value) > LONGEST for value in outputs):
        raise TooLong
    return outputs


def _bits(value: Any) -> int:
    return int(value.p).bit_length() + int(value.q).bit_length()
