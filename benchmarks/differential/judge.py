"""A verdict held against what the oracle knows, and its run replayed by the oracle."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs

from benchmarks.differential import kinds, oracle, trees
from benchmarks.differential.language import claim_of
from benchmarks.differential.machines import Folded, Machine, evaluate
from benchmarks.differential.oracle import Told
from benchmarks.question import Interval
from checker import Options, decide
from checker.system.replay import Run, TraceStep
from checker.system.verdict import Refutation, Shortest, Verdict
from checker.trees.findings import Node, TreeBreak
from spec.statements.base import Answer

SHORTEST = (Shortest.NONE_SHORTER, Shortest.CLEAR_BEFORE, Shortest.WORST_RUN_CLEAR)
"""What a verdict may say of its run that is a claim about all shorter ones."""
FED, AGAIN = 0.75, 2
"""The share of the time below which the machine was busy elsewhere, and how often that is made up
for."""


@attrs.frozen
class Outcome:
    """What became of one scheme.

    ``problem`` is a disagreement or a crash. ``oracle`` says what the oracle knows: the claim is
    "true", "false", or "open" to it.
    """

    number: int
    kind: str
    answer: str
    oracle: Literal["true", "false", "open"]
    seconds: float
    problem: str = ""
    reason: str = ""
    longer: bool = False
    """A run is longer than the oracle's, and is not said to be the shortest."""
    late: bool = False
    """The time limit was overrun by more than a fifth and more than a second."""
    processor: float = 0.0
    """Seconds of the processor, of those that passed."""

    @property
    def starved(self) -> bool:
        """Whether the machine was busy with other things while the time ran out."""
        return (self.late or self.answer == "unknown") and self.processor < FED * self.seconds


def judge(number: int, timeout: float, most: int = oracle.LONG) -> Outcome:
    """Decide the scheme of a number, and compare; the oracle's long runs have ``most``
    iterations."""
    machine = kinds.drawn(number)
    known = (
        trees.told(machine) if isinstance(machine, Folded) else oracle.told(machine, number, most)
    )
    truth: Any = "false" if known.first_break is not None else ("true" if known.exact else "open")
    started, before = time.perf_counter(), time.process_time()
    try:
        verdict = decide(
            claim_of(f"random {number}", machine),
            options=Options(timeout=timeout, query=min(2.0, timeout)),
        )
    except Exception:
        took = time.perf_counter() - started
        return Outcome(number, machine.kind, "crash", truth, took, traceback.format_exc())
    took, worked = time.perf_counter() - started, time.process_time() - before
    problem = disagreement(machine, verdict, known)
    run, first = verdict.run, known.first_break
    longer = run is not None and first is not None and run.iteration > first
    reason = "" if verdict.answer is not Answer.UNKNOWN else str(verdict.reason)
    answer = verdict.answer.value
    late = took > max(1.2 * timeout, timeout + 1)
    return Outcome(number, machine.kind, answer, truth, took, problem, reason, longer, late, worked)


def judged(numbers: Sequence[int], timeout: float) -> list[Outcome]:
    """The outcomes of schemes; what ran out of time on a busy machine is asked again."""
    found = []
    for number in numbers:
        outcome = judge(number, timeout)
        for _ in range(AGAIN):
            if outcome.starved:
                outcome = judge(number, timeout)
        found.append(outcome)
    return found


def disagreement(machine: Machine | Folded, verdict: Verdict, known: Told) -> str:
    """How a verdict and the oracle contradict each other; nothing if they do not."""
    if verdict.answer is Answer.PROVED:
        if known.first_break is not None:
            return f"proved, yet a run breaks it at {known.first_break}"
        return ""
    if verdict.answer is Answer.REFUTED:
        if known.exact and known.first_break is None:
            return "refuted, yet no reachable state breaks it"
        if isinstance(machine, Folded):
            return tree_refuted(machine, verdict, known)
        return refuted(machine, verdict, known)
    return "" if verdict.answer is Answer.UNKNOWN else f"answered {verdict.answer.value}"


def refuted(machine: Machine, verdict: Verdict, known: Told) -> str:
    """What is wrong with the run of a refutation."""
    result, first = verdict.result, known.first_break
    if not isinstance(result, Refutation) or result.run is None:
        return "refuted without a run"
    run = result.run
    if first is not None and run.iteration > first and result.shortest in SHORTEST:
        return f"no run is shorter than {run.iteration}, it says, but one breaks at {first}"
    if known.exact and first is not None and run.iteration < first:
        return f"breaks at {run.iteration}, where nothing breaks before {first}"
    return replayed(machine, run)


def replayed(machine: Machine, run: Run) -> str:
    """What is wrong with a run that is said to break a machine's claim."""
    if not begins_well(machine, run.seed):
        return "the run starts elsewhere"
    before: Any = run.seed
    for number, step in enumerate(run.steps):
        follows = not number or step.iteration <= run.steps[number - 1].iteration + 1
        if follows and step.before != before:
            return f"iteration {step.iteration} does not start where the one before ended"
        wrong = step_wrong(machine, step, index_of(machine, run.steps, number))
        if wrong:
            return f"iteration {step.iteration}: {wrong}"
        before = step.after
    at_expert = bool(machine.expert) and run.position == "expert"
    fields = machine.expert if at_expert else machine.agent
    kept = () if at_expert else machine.kept
    last = oracle.as_values(fields, before)
    return "" if oracle.holds(fields, kept, last) is False else "the last state breaks nothing"


def begins_well(machine: Machine, seed: Any) -> bool:
    """Whether a run begins at the machine's seed, or within the set of its seeds."""
    begun = oracle.as_values(machine.agent, seed)
    spread = machine.spread or (Fraction(0),) * len(begun)
    paired = zip(machine.seed, spread, begun, strict=True)
    return all(
        at is low if isinstance(at, bool) else low <= at.high and at.low <= low + width
        for low, width, at in paired
    )


def index_of(machine: Machine, steps: tuple[TraceStep, ...], number: int) -> int:
    """Which step of an iteration a step of a run is."""
    same = [n for n, step in enumerate(steps) if step.iteration == steps[number].iteration]
    return same.index(number) if len(machine.steps) > 1 else 0


def step_wrong(machine: Machine, step: TraceStep, index: int) -> str:
    """How one step of a run is none of the machine's."""
    values = dict(
        zip(
            (field.name for field in machine.position(index)),
            oracle.as_values(machine.position(index), step.before),
            strict=True,
        )
    )
    given = machine.steps[index]
    for choice in given.choices:
        told = step.chosen[choice.name]
        if choice.truth:
            values[choice.name] = told.low > oracle.HALF
            continue
        taken = Interval(told.low, told.high)
        low, high = evaluate(choice.low, values), evaluate(choice.high, values)
        if (low <= taken) is False or (taken <= high) is False:
            return f"{choice.name} is out of its bounds"
        values[choice.name] = taken
    made = tuple(evaluate(output, values) for output in given.outputs)
    fields = oracle.target_of(machine, index)[0]
    after = oracle.as_values(fields, step.after)
    if index and machine.oversight is not None:
        values |= {f"student {f.name}": v for f, v in zip(fields, made, strict=True)}
        if not evaluate(machine.oversight, values):
            return ""  # whatever it has become, its domain is what the last state is held against
    wrong = [f.name for f, a, b in zip(fields, made, after, strict=True) if apart(a, b)]
    return f"{', '.join(wrong)} comes out otherwise" if wrong else ""


def apart(one: Any, two: Any) -> bool:
    """Whether two enclosures, or truth values, have nothing in common."""
    if isinstance(one, bool) or isinstance(two, bool):
        return one is not two
    return ((one <= two) is False and (two <= one) is False) or not overlap(one, two)


def overlap(one: Any, two: Any) -> bool:
    """Whether two enclosures meet."""
    a = one if isinstance(one, Interval) else Interval(one, one)
    return bool(a.low <= two.high and two.low <= a.high)


def tree_refuted(folded: Folded, verdict: Verdict, known: Told) -> str:
    """What is wrong with the tree of a refutation."""
    tree = next((fact for fact in verdict.facts if isinstance(fact, TreeBreak)), None)
    reason = verdict.reason
    tree = reason if isinstance(reason, TreeBreak) else tree
    if tree is None:
        return "refuted without a tree"
    if known.first_break is not None:
        if tree.smallest and tree.size > known.first_break:
            return f"smallest at {tree.size} nodes, it says, but {known.first_break} are enough"
        if known.exact and tree.size < known.first_break:
            return f"{tree.size} nodes, where none below {known.first_break} breaks"
    nodes = list(tree.nodes)
    state, wrong = rebuilt(folded, nodes)
    if wrong or nodes:
        return wrong or "the tree has nodes to spare"
    broken = oracle.holds(folded.agent, folded.kept, state) is False
    return "" if broken else "the root breaks nothing"


def rebuilt(folded: Folded, nodes: list[Node]) -> tuple[Any, str]:
    """The root's state worked out from the leaves; takes its nodes off the list."""
    node = nodes.pop(0)
    children, wrong = [], ""
    for _ in range(node.children):
        state, amiss = rebuilt(folded, nodes)
        children.append(state)
        wrong = wrong or amiss
    step = folded.nodes[node.children] if node.children else folded.leaf
    values = trees.child_values(folded, children)
    told = {each.name: each.value for each in node.chosen}
    for choice in step.choices:
        value = told[choice.name]
        assert value is not None
        if choice.truth:
            values[choice.name] = value > oracle.HALF
            continue
        low, high = evaluate(choice.low, values), evaluate(choice.high, values)
        if not low <= value <= high:
            wrong = wrong or f"{choice.name} is out of its bounds"
        values[choice.name] = value
    made = tuple(evaluate(output, values) for output in step.outputs)
    for field, value, stated in zip(folded.agent, made, node.state, strict=True):
        shown = stated.value
        assert shown is not None
        same = (shown > oracle.HALF) is value if field.kind == "flag" else shown == value
        if not same:
            wrong = wrong or f"{field.name} comes out otherwise"
    return made, wrong
