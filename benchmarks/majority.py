"""Does the invariant hold forever? alignspec beside the general tools, one time limit for all.

    python -m benchmarks.majority [--limit SECONDS] [--json FILE] [--markdown]

Each question is put to each contestant in a process of its own that is killed at the limit. The
right answers come from the theory written beside each question, and every run of the benchmark
checks that theory again in exact arithmetic, without alignspec.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import attrs
import z3
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from checker import Options, decide
from checker.falsify import draw
from checker.problem import Problem, pose
from models.imitation import Imitation, imitation
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    parameter,
)
from spec.alignment import Benign
from spec.parameters import settle

Label = Literal["safe", "unsafe"]
Answer = Literal["safe", "unsafe", "unknown", "not installed"]

MEMORY = 8 * 2**30
"""Bytes of address space that one contestant may use."""

# ---------------------------------------------------------------------------------------------
# The three small processes, in the language.


class Memory(Agent[I]):
    error: Real = between(0, 1, "probability that the stored answer is wrong")


class ErrorWithin(Invariant):
    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error


class Noise(Parameters):
    noise: Real = parameter(0, 0, "1/2", "probability that a written answer is flipped")


class Nothing(Parameters):
    """No parameters."""


def blank(p: Parameters) -> Memory[ErrorWithin]:
    return Memory(error=Real(0))


def rewrite(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    wrong = 3 * memory.error**2 - 2 * memory.error**3  # two or three of three copies are wrong
    return Memory(error=p.noise * (1 - wrong) + (1 - p.noise) * wrong)


def confirm(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error**2 + p.noise)  # wrong when two independent copies are


def halve(memory: Memory[I], p: Nothing, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error / 2 + nature.choose("new error", at_most="1/4"))


majority = Loop[Noise, Memory[ErrorWithin]]("majority", parameters=Noise, seed=blank, step=rewrite)
confirmed = Loop[Noise, Memory[ErrorWithin]](
    "confirmed", parameters=Noise, seed=blank, step=confirm
)
halving = Loop[Nothing, Memory[ErrorWithin]]("halving", parameters=Nothing, seed=blank, step=halve)

# ---------------------------------------------------------------------------------------------
# The right answers. Nothing here uses the checker; only Fractions and the formulas.

GRAIN = Fraction(1, 10**40)


def majority_map(noise: Fraction) -> Callable[[Fraction], Fraction]:
    """F(e) = noise (1 - M) + (1 - noise) M with M = 3 e^2 - 2 e^3.

    F'(e) = (1 - 2 noise) 6 e (1 - e) >= 0 on [0, 1] for noise <= 1/2, so F increases there.
    """

    def move(e: Fraction) -> Fraction:
        wrong = 3 * e**2 - 2 * e**3
        return noise * (1 - wrong) + (1 - noise) * wrong

    return move


def confirmed_map(noise: Fraction) -> Callable[[Fraction], Fraction]:
    """F(e) = e^2 + noise, increasing on [0, 1]."""
    return lambda e: e**2 + noise


def halving_map(e: Fraction) -> Fraction:
    """The worst case of e/2 + x, which increases in e and in x: x = 1/4 every time."""
    return e / 2 + Fraction(1, 4)


def stays(move: Callable[[Fraction], Fraction], top: Fraction, limit: Fraction) -> None:
    """Check that an increasing map leads from [0, top] into [0, top], and that this is enough.

    Then every run from 0 stays in [0, top], by induction, and within the limit.
    """
    if not (move(Fraction(0)) >= 0 and move(top) <= top <= limit):
        raise AssertionError("the theory behind a label does not hold")


def first_break(move: Callable[[Fraction], Fraction], limit: Fraction) -> int:
    """The iteration at which the run of an increasing map from 0 first exceeds the limit.

    The run is kept between two bounds, rounded down and up to multiples of GRAIN (exact fractions
    would triple their digits at every step of a cubic map). Rounding down keeps a lower bound of
    the run because the map increases.
    """
    low = high = Fraction(0)
    for iteration in range(1, 10_000):
        if high > limit:
            raise AssertionError("the bounds of the run are too wide to tell")
        low = (move(low) // GRAIN) * GRAIN
        high = -((-move(high)) // GRAIN) * GRAIN
        if low > limit:
            return iteration
    raise AssertionError("the theory behind a label does not hold")


def imitation_stays() -> None:
    """Check by hand that imitation keeps malign <= 1/10 at its default parameters.

    The set: error <= E, malign <= M, resistance <= Q, regret <= R, cost = 1, capability anything
    in its domain [0, 100]. All effects below increase in each of these bounds, so the worst agent
    of the set is the one at the bounds. The numbers are evaluated in exact fractions.
    """
    p = settle(Imitation, {})
    error, malign = Fraction(3, 100), Fraction(21, 1000)
    resistance, regret = Fraction(1, 25), Fraction(46, 1000)
    b, k, horizon = p["fan_out"], p["copies"], p["horizon"]
    # Amplify. A wrong answer: slip + b error by Boole, then a vote of three, partly correlated.
    part = p["slip"] + b * error
    vote = 3 * part**2 - 2 * part**3
    expert_error = p["correlation"] * part + (1 - p["correlation"]) * vote
    # A malign answer passes undetected with probability 1 - d (1 - q); then 2 k m / (k + 1).
    heard = malign * (1 - p["detection"] * (1 - resistance))
    expert_malign = 2 * k * b * heard / (k + 1)
    expert_resistance = b * resistance * (1 - p["correction"])
    expert_cost = 1 + b * k
    # Distill. One budget of departures, T times the error of a step, for error and malign alike.
    step = p["imitation_error"] + p["label_noise"] * expert_cost
    departure = horizon * step
    # Oversight: capability_E (1 - error - malign - regret / T) >= student's capability + margin,
    # where the student's is at most power * capability_E, and capability_E >= gain. It is linear
    # in capability_E with positive slope, so the least capability_E decides.
    slope = 1 - expert_error - expert_malign - regret / horizon - p["optimiser_power"]
    kept = [
        k == 3,
        part <= 1,
        expert_error + departure <= error,
        expert_malign + departure <= malign,
        expert_resistance + p["resistance_drift"] <= resistance,
        horizon**2 * step <= regret,
        slope > 0,
        slope * p["gain"] >= p["margin"],
        p["slip"] <= error,  # the seed's error; its other bounds are 0
        malign <= Fraction(1, 10),
    ]
    if not all(kept):
        raise AssertionError("the theory behind the label of imitation does not hold")


@attrs.frozen
class Question:
    """A claim, the right answer, and why it is right.

    ``theory`` checks the reason in exact arithmetic; for an unsafe claim it returns the iteration
    of the first violation.
    """

    name: str
    claim: Claim
    label: Label
    why: str
    theory: Callable[[], int | None]


def _question(
    name: str,
    scheme: Loop[Any, Any],
    limit: str,
    label: Label,
    why: str,
    theory: Callable[[], int | None],
    **at: str,
) -> Question:
    expected: Literal["proved", "refuted"] = "proved" if label == "safe" else "refuted"
    claim = Claim(name, scheme, ErrorWithin(error=Real(limit)), expected=expected, at=at)
    return Question(name, claim, label, why, theory)


HALF, TWO_FIFTHS, THREE_QUARTERS = Fraction(1, 2), Fraction(2, 5), Fraction(3, 4)

QUESTIONS: tuple[Question, ...] = (
    # F(2/5) = 44/125 + eps 37/125, so F(2/5) <= 2/5 = 50/125 exactly when eps <= 6/37. F increases
    # and F(0) = eps >= 0, so [0, 2/5] is then mapped into itself.
    _question(
        "majority, noise 4/25",
        majority,
        "2/5",
        "safe",
        "F increases, F(2/5) = 44/125 + (37/125) eps <= 2/5 iff eps <= 6/37",
        lambda: stays(majority_map(Fraction(4, 25)), TWO_FIFTHS, TWO_FIFTHS),
        noise="4/25",
    ),
    # The same with equality: F(2/5) = 44/125 + 6/125 = 2/5, the endpoint, approached from below by
    # the run and never passed.
    _question(
        "majority, noise 6/37",
        majority,
        "2/5",
        "safe",
        "the endpoint: F(2/5) = 2/5 exactly",
        lambda: stays(majority_map(Fraction(6, 37)), TWO_FIFTHS, TWO_FIFTHS),
        noise="6/37",
    ),
    # 163/1000 is between 6/37 = 0.16216... and 1/6. F(e) - e = -2q (e - 1/2) (e - a) (e - 1 + a)
    # with q = 1 - 2 eps and a = (1 - sqrt((3q - 2)/q))/2; here a = 0.4206... > 2/5 is the least
    # fixed point, and the run climbs to it. The violation is found by the bounded run.
    _question(
        "majority, noise 163/1000",
        majority,
        "2/5",
        "unsafe",
        "eps > 6/37: the least fixed point is above 2/5 and the run climbs to it",
        lambda: first_break(majority_map(Fraction(163, 1000)), TWO_FIFTHS),
        noise="163/1000",
    ),
    # 9/50 > 1/6: the only fixed point is 1/2, and the run climbs to it.
    _question(
        "majority, noise 9/50",
        majority,
        "2/5",
        "unsafe",
        "eps > 1/6: the only fixed point is 1/2 and the run climbs to it",
        lambda: first_break(majority_map(Fraction(9, 50)), TWO_FIFTHS),
        noise="9/50",
    ),
    # e <= 1/2 and x <= 1/4 give e/2 + x <= 1/2.
    _question(
        "halving, error <= 1/2",
        halving,
        "1/2",
        "safe",
        "1/2 times 1/2 plus 1/4 is 1/2",
        lambda: stays(halving_map, HALF, HALF),
    ),
    # With x = 1/4 always, e_n = (1 - 2^-n)/2, which exceeds 499/1000 once 2^n > 500: n = 9.
    _question(
        "halving, error <= 499/1000",
        halving,
        "499/1000",
        "unsafe",
        "e_n = (1 - 2^-n)/2 with x = 1/4 exceeds it once 2^n > 500",
        lambda: first_break(halving_map, Fraction(499, 1000)),
    ),
    # e^2 + 1/4 - e = (e - 1/2)^2: the double fixed point 1/2 is approached and never passed. The
    # invariant itself is not inductive: (3/4)^2 + 1/4 = 13/16.
    _question(
        "confirmed, noise 1/4",
        confirmed,
        "3/4",
        "safe",
        "the endpoint: e^2 + 1/4 - e = (e - 1/2)^2, so [0, 1/2] is mapped into itself",
        lambda: stays(confirmed_map(Fraction(1, 4)), HALF, THREE_QUARTERS),
        noise="1/4",
    ),
    # e^2 + eps - e = (e - 1/2)^2 + 1/10000 > 0 everywhere: every step climbs by at least 1/10000,
    # so 3/4 is passed. Squeezing past 1/2 takes about pi / sqrt(1/10000) = 314 steps.
    _question(
        "confirmed, noise 1/4 + 1/10000",
        confirmed,
        "3/4",
        "unsafe",
        "e^2 + eps - e >= 1/10000 everywhere, so every step climbs",
        lambda: first_break(confirmed_map(Fraction(2501, 10_000)), THREE_QUARTERS),
        noise="2501/10000",
    ),
    # A shipped scheme: six fields, two steps, eleven choices of nature, conditionals. By hand, see
    # imitation_stays: malign' <= 0.264 malign + 0.01521 while resistance <= 1/25, and the expert
    # stays smart enough because error <= 3/100.
    Question(
        "imitation keeps Benign",
        Claim("imitation keeps Benign", imitation, Benign()),
        "safe",
        "a set found by hand is kept: error <= 3/100, malign <= 21/1000, resistance <= 1/25, "
        "regret <= 46/1000",
        imitation_stays,
    ),
)

# ---------------------------------------------------------------------------------------------
# The contestants. Each answers one question, with a word on how.

Reply = tuple[Answer, str]


def alignspec(question: Question, limit: float) -> Reply:
    verdict = decide(question.claim, options=Options(timeout=limit))
    if verdict.verdict == "proved":
        return "safe", verdict.method
    if verdict.verdict == "refuted" and verdict.trace is not None:
        return "unsafe", f"{verdict.method}, iteration {verdict.trace.run.iteration}"
    return "unknown", verdict.reason


@attrs.frozen
class Unrolling:
    """A run of ``rounds`` whole iterations as constraints: the states, and how they follow."""

    states: tuple[tuple[Any, ...], ...]
    moves: tuple[Any, ...]
    safe: tuple[Any, ...]


def unroll(problem: Problem, rounds: int) -> Unrolling:
    """One copy of every field and choice for every step; each step of an iteration by itself."""
    steps = [step for _ in range(rounds) for step in problem.steps]
    places = [*[step.source for step in steps], problem.agent]
    states = [
        tuple(z3.Const(f"{symbol} @{number}", symbol.sort()) for symbol in place.symbols)
        for number, place in enumerate(places)
    ]
    moves: list[Any] = []
    for number, step in enumerate(steps):
        stage = step.stage
        pairs = list(zip(step.source.symbols, states[number], strict=True))
        pairs += [(c.symbol, z3.Real(f"{c.symbol} @{number}")) for c in stage.choices]
        moves.append(z3.simplify(z3.substitute(stage.bounds, *pairs)))  # SMT-LIB has no empty (and)
        moves += [
            after == z3.substitute(output, *pairs)
            for output, after in zip(stage.outputs, states[number + 1], strict=True)
        ]
    safe = [
        z3.substitute(problem.safe(place), *zip(place.symbols, state, strict=True))
        for place, state in zip(places, states, strict=True)
    ]
    return Unrolling(tuple(states), tuple(moves), tuple(safe))


def unrolled(problem: Problem, ask: Callable[[Sequence[Any]], str]) -> Reply:
    """Bounded model checking at growing depth, and k-induction at each depth.

    Depth 0 asks about the seed. ``ask`` says "sat", "unsat" or "unknown". An induction step
    counts only while every smaller depth is known to be clear.
    """
    width, clear, depth = len(problem.steps), True, 0
    while True:
        run = unroll(problem, depth)
        seed = [s == t for s, t in zip(run.states[0], problem.seed, strict=True)]
        last = run.safe[-width:] if depth else run.safe
        broken = z3.Not(z3.And(*last))
        if depth and clear and ask([*run.moves, *run.safe[:-width], broken]) == "unsat":
            return "safe", f"{depth}-induction"
        found = ask([*seed, *run.moves, broken])
        if found == "sat":
            return "unsafe", f"iteration {depth}"
        clear = clear and found == "unsat"
        depth += 1


def unrolled_z3(question: Question, limit: float) -> Reply:
    def ask(conditions: Sequence[Any]) -> str:
        solver = z3.Solver()
        solver.set("timeout", int(250 * limit))  # a quarter of the limit, in milliseconds
        solver.add(*conditions)
        return str(solver.check())

    return unrolled(pose(question.claim), ask)


def unrolled_cvc5(question: Question, limit: float) -> Reply:
    cvc5 = importlib.import_module("cvc5")
    linear = z3.Probe("is-qflra")

    def ask(conditions: Sequence[Any]) -> str:
        goal, printer = z3.Goal(), z3.Solver()
        goal.add(*conditions)
        printer.add(*conditions)
        solver = cvc5.Solver()
        solver.setOption("tlimit-per", str(int(250 * limit)))
        parser = cvc5.InputParser(solver)
        logic = "QF_LRA" if linear(goal) else "QF_NRA"
        text = f"(set-logic {logic})\n{printer.to_smt2()}"
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, question.name)
        said = ""
        while not (command := parser.nextCommand()).isNull():
            said += command.invoke(solver, parser.getSymbolManager())
        answer = said.split(maxsplit=1)[0] if said.strip() else ""  # "unknown (TIMEOUT)" too
        if answer not in ("sat", "unsat", "unknown"):
            raise RuntimeError(f"cvc5 said {said.strip()}")
        return answer

    return unrolled(pose(question.claim), ask)


def _horn(question: Question, options: dict[str, Any]) -> Reply:
    """The loop as Horn rules over the reals: one relation per place, one rule per step.

    The query is whether the nullary relation ``broken`` can be derived: sat is a violation, unsat
    means that Spacer holds an inductive invariant. Spacer raises where it gives up.
    """
    problem = pose(question.claim)
    engine = z3.Fixedpoint()
    engine.set(engine="spacer", **options)
    places = {place.name: place for place in problem.traced.positions}
    reached = {
        name: z3.Function(name, *[s.sort() for s in place.symbols], z3.BoolSort())
        for name, place in places.items()
    }
    broken = z3.Bool("broken")
    engine.register_relation(*reached.values(), broken.decl())
    for place in places.values():
        engine.declare_var(*place.symbols)
    for step in problem.steps:
        if step.stage.choices:
            engine.declare_var(*[choice.symbol for choice in step.stage.choices])
    engine.fact(reached[problem.agent.name](*problem.seed))
    for step in problem.steps:
        here = reached[step.source.name](*step.source.symbols)
        engine.rule(reached[step.target.name](*step.stage.outputs), [here, step.stage.bounds])
    for name, place in places.items():
        engine.rule(broken, [reached[name](*place.symbols), z3.Not(problem.safe(place))])
    try:
        found = engine.query(broken)
    except z3.Z3Exception as error:
        reason = error.value
        return "unknown", reason.decode() if isinstance(reason, bytes) else str(reason)
    answers: dict[str, Reply] = {"sat": ("unsafe", "derived"), "unsat": ("safe", "invariant")}
    return answers.get(str(found), ("unknown", "answered unknown"))


def spacer(question: Question, limit: float) -> Reply:
    # Spacer's own default is the old arithmetic solver. With the newer one (6) it does far better
    # on these questions; it is the mend that its maintainers name for nonlinear terms.
    return _horn(question, {"spacer.arith.solver": 6})


def spacer_default(question: Question, limit: float) -> Reply:
    return _horn(question, {})


def hypothesis_alone(question: Question, limit: float) -> Reply:
    """Random runs, ever longer and ever more of them. It can only refute."""
    problem = pose(question.claim)
    horizon, examples = 8, 1000
    while horizon <= 4096:
        found = draw(problem, horizon, examples)
        if found is not None:
            return "unsafe", f"iteration {found[0].iteration}"
        horizon, examples = 4 * horizon, 2 * examples
    return "unknown", "no violation drawn"


CONTESTANTS: dict[str, Callable[[Question, float], Reply]] = {
    "alignspec": alignspec,
    "unrolled Z3": unrolled_z3,
    "Spacer": spacer,
    "Spacer, defaults": spacer_default,
    "unrolled cvc5": unrolled_cvc5,
    "Hypothesis": hypothesis_alone,
}

# ---------------------------------------------------------------------------------------------
# The race.


@attrs.frozen
class Result:
    """What one contestant said to one question."""

    question: str
    contestant: str
    label: Label
    answer: Answer
    seconds: float
    note: str

    @property
    def outcome(self) -> str:
        """Solved, wrong, unknown, or not installed."""
        if self.answer in ("unknown", "not installed"):
            return self.answer
        return "solved" if self.answer == self.label else "wrong"

    @property
    def cell(self) -> str:
        """The verdict and the time, for a table."""
        if self.answer == "not installed":
            return self.answer
        mark = " WRONG" if self.outcome == "wrong" else ""
        return f"{self.answer}{mark} {self.seconds:.2f}"


def _child(contestant: str, number: int, limit: float, pipe: Any) -> None:
    """In a process of its own: import, report for the start, answer."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if contestant == "unrolled cvc5":
        try:
            importlib.import_module("cvc5")
        except ImportError:
            pipe.send("not installed")
            return
    pipe.send("ready")
    pipe.recv()
    try:
        reply = CONTESTANTS[contestant](QUESTIONS[number], limit)
    except Exception as error:
        reply = "unknown", f"{type(error).__name__}: {error}"
    pipe.send(reply)


def race(contestant: str, number: int, limit: float) -> Result:
    """Put one question to one contestant. The clock starts when its imports are done."""
    question = QUESTIONS[number]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(contestant, number, limit, theirs))
    process.start()
    theirs.close()
    reply: Reply
    started = time.perf_counter()
    try:
        if not ours.poll(120):
            reply = "unknown", "did not start"
        elif ours.recv() != "ready":
            reply = "not installed", ""
        else:
            started = time.perf_counter()
            ours.send("go")
            reply = ours.recv() if ours.poll(limit) else ("unknown", "killed at the limit")
    except EOFError:
        reply = "unknown", "its process died"
    seconds = min(limit, time.perf_counter() - started)
    process.kill()
    process.join()
    note = " ".join(reply[1].split())[:200]
    return Result(question.name, contestant, question.label, reply[0], seconds, note)


@attrs.frozen
class Summary:
    """A contestant's row. PAR-2: mean seconds, an unsolved question counting twice the limit."""

    contestant: str
    solved: int
    wrong: int
    unknown: int
    par2: float
    ratio: float


def summarize(results: Sequence[Result], limit: float) -> list[Summary]:
    """One summary for each contestant that took part."""
    par2: dict[str, float] = {}
    tally: dict[str, list[str]] = {}
    for name in CONTESTANTS:
        own = [r for r in results if r.contestant == name and r.outcome != "not installed"]
        if own:
            cost = [r.seconds if r.outcome == "solved" else 2 * limit for r in own]
            par2[name], tally[name] = sum(cost) / len(cost), [r.outcome for r in own]
    return [
        Summary(
            name,
            solved=tally[name].count("solved"),
            wrong=tally[name].count("wrong"),
            unknown=tally[name].count("unknown"),
            par2=cost,
            ratio=cost / par2["alignspec"],
        )
        for name, cost in par2.items()
    ]


def versions() -> dict[str, str]:
    """The versions of what was measured."""
    found = {"python": platform.python_version()}
    for package in ("z3-solver", "cvc5", "hypothesis", "python-flint", "numpy"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


def rows(results: Sequence[Result], breaks: dict[str, int | None]) -> Iterator[list[str]]:
    """The table of answers: question, right answer, and a cell per contestant."""
    cells = {(r.question, r.contestant): r.cell for r in results}
    for question in QUESTIONS:
        at = breaks[question.name]
        label = question.label if at is None else f"{question.label} (iteration {at})"
        yield [question.name, label, *(cells[question.name, name] for name in CONTESTANTS)]


SUMMARY_HEAD = ["contestant", "solved", "wrong", "unknown", "PAR-2", "ratio to alignspec"]


def summary_rows(summaries: Sequence[Summary]) -> Iterator[list[str]]:
    """The table of summaries."""
    for s in summaries:
        counts = [str(s.solved), str(s.wrong), str(s.unknown)]
        yield [s.contestant, *counts, f"{s.par2:.2f} s", f"{s.ratio:.1f}"]


def markdown(head: Sequence[str], body: Iterator[list[str]]) -> str:
    """A table in markdown."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _print(title: str, head: Sequence[str], body: Iterator[list[str]], console: Console) -> None:
    table = Table(title=title)
    for name in head:
        table.add_column(name)
    for line in body:
        style = {"safe": "green", "unsaf": "green", "unkno": "yellow"}
        table.add_row(
            *line[:1],
            *[
                f"[{'red' if 'WRONG' in cell else style.get(cell[:5].strip(), 'default')}]{cell}[/]"
                for cell in line[1:]
            ],
        )
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark. Status 1: alignspec gave a wrong answer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.majority", description=__doc__)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for each question")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results here")
    parser.add_argument("--markdown", action="store_true", help="print markdown tables")
    options = parser.parse_args(arguments)
    breaks = {question.name: question.theory() for question in QUESTIONS}
    results: list[Result] = []
    shown = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with shown:
        task = shown.add_task("")
        for number, question in enumerate(QUESTIONS):
            for contestant in CONTESTANTS:
                shown.update(task, description=f"{question.name}: {contestant}")
                results.append(race(contestant, number, options.limit))
    summaries = summarize(results, options.limit)
    head = ["question", "right answer", *CONTESTANTS]
    title = f"Does the invariant hold forever? Answer and seconds, limit {options.limit:g} s"
    if options.markdown:
        print(markdown(head, rows(results, breaks)), end="\n\n")
        print(markdown(SUMMARY_HEAD, summary_rows(summaries)))
    else:
        console = Console() if sys.stdout.isatty() else Console(width=160)
        _print(title, head, rows(results, breaks), console)
        _print(
            "PAR-2 counts an unsolved question twice the limit",
            SUMMARY_HEAD,
            summary_rows(summaries),
            console,
        )
    if options.json is not None:
        document = {
            "limit": options.limit,
            "cores": os.cpu_count(),
            "versions": versions(),
            "questions": [
                {"name": q.name, "label": q.label, "why": q.why, "first_break": breaks[q.name]}
                for q in QUESTIONS
            ],
            "results": [{**attrs.asdict(result), "outcome": result.outcome} for result in results],
            "summary": [attrs.asdict(summary) for summary in summaries],
        }
        options.json.write_text(json.dumps(document, indent=2) + "\n")
    return int(any(s.contestant == "alignspec" and s.wrong for s in summaries))


if __name__ == "__main__":
    sys.exit(main())
