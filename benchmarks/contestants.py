"""The contestants: one function each that answers a question, and says how.

All but CrossHair and Storm get the same traced terms; CrossHair gets the plain Python loop, Storm
the Markov chain. What is no base package of alignspec is imported only when it is asked.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import attrs
import z3

from benchmarks import plain_loop
from benchmarks.question import Question, System
from checker import Options, decide
from checker.counterexamples.drawn_runs import draw, read_sources
from checker.report.certificate import method_of
from checker.report.verdict import headline
from checker.system.problem import Problem, pose
from checker.system.verdict import Proof

Answer = Literal["safe", "unsafe", "unknown", "not installed"]


@attrs.frozen
class Reply:
    """An answer, a word on how, and alignspec's own count of seconds in its solvers."""

    answer: Answer
    note: str = ""
    solving: float | None = None


def alignspec(question: Question, limit: float) -> Reply:
    """``decide`` with its defaults and the limit as its timeout."""
    verdict = decide(question.claim, options=Options(timeout=limit))
    if isinstance(verdict.result, Proof):
        return Reply("safe", method_of(verdict.result), verdict.solving)
    if verdict.run is not None:
        note = f"{method_of(verdict.result)}, iteration {verdict.run.iteration}"
        return Reply("unsafe", note, verdict.solving)
    return Reply("unknown", headline(verdict), verdict.solving)


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
        tuple(z3.Const(f"{symbol} @{number}", symbol.sort()) for symbol in location.symbols)
        for number, location in enumerate(places)
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
        z3.substitute(problem.safe(location), *zip(location.symbols, state, strict=True))
        for location, state in zip(places, states, strict=True)
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
            return Reply("safe", f"{depth}-induction")
        found = ask([*seed, *run.moves, broken])
        if found == "sat":
            return Reply("unsafe", f"iteration {depth}")
        clear = clear and found == "unsat"
        depth += 1


def unrolled_z3(question: Question, limit: float) -> Reply:
    """Z3 on the unrolled loop, a quarter of the limit for each query."""

    def ask(conditions: Sequence[Any]) -> str:
        solver = z3.Solver()
        solver.set("timeout", int(250 * limit))  # a quarter of the limit, in milliseconds
        solver.add(*conditions)
        return str(solver.check())

    return unrolled(pose(question.claim), ask)


def unrolled_cvc5(question: Question, limit: float) -> Reply:
    """cvc5 on the same queries as text: QF_LRA where linear, QF_NRA otherwise."""
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
    places = {location.name: location for location in problem.traced.positions}
    reached = {
        name: z3.Function(name, *[s.sort() for s in location.symbols], z3.BoolSort())
        for name, location in places.items()
    }
    broken = z3.Bool("broken")
    engine.register_relation(*reached.values(), broken.decl())
    for location in places.values():
        engine.declare_var(*location.symbols)
    for step in problem.steps:
        if step.stage.choices:
            engine.declare_var(*[choice.symbol for choice in step.stage.choices])
    engine.fact(reached[problem.agent.name](*problem.seed))
    for step in problem.steps:
        here = reached[step.source.name](*step.source.symbols)
        engine.rule(reached[step.target.name](*step.stage.outputs), [here, step.stage.bounds])
    for name, location in places.items():
        engine.rule(broken, [reached[name](*location.symbols), z3.Not(problem.safe(location))])
    try:
        found = engine.query(broken)
    except z3.Z3Exception as error:
        reason = error.value
        return Reply("unknown", reason.decode() if isinstance(reason, bytes) else str(reason))
    if found == z3.unsat:
        return Reply("safe", "invariant")
    return Reply("unsafe", "derived") if found == z3.sat else Reply("unknown", "answered unknown")


def spacer(question: Question, limit: float) -> Reply:
    """Spacer with the newer arithmetic solver, which its maintainers name for nonlinear terms."""
    return _horn(question, {"spacer.arith.solver": 6})


def spacer_default(question: Question, limit: float) -> Reply:
    """Spacer as it is."""
    return _horn(question, {})


def hypothesis_alone(question: Question, limit: float) -> Reply:
    """Random runs, ever longer and ever more of them. It can only refute."""
    problem = pose(question.claim)
    horizon, examples = 8, 1000
    while horizon <= 4096:
        found = draw(problem, horizon, examples)
        if found is not None:
            return Reply("unsafe", f"iteration {found[0].iteration}")
        horizon, examples = 4 * horizon, 2 * examples
    return Reply("unknown", "no violation drawn")


def crosshair(question: Question, limit: float) -> Reply:
    """CrossHair on the plain Python loop, over every list of nature's choices, however long."""
    library = importlib.import_module("crosshair.core_and_libs")
    options = importlib.import_module("crosshair.options")
    states = importlib.import_module("crosshair.statespace").MessageType
    system = question.system
    assert system is not None
    loop: Callable[..., bool] = plain_loop.chosen_loop
    if system.choices:
        plain_loop.SYSTEM = plain_loop.in_floats(system)
        width = (float,) * len(system.choices)
        loop.__annotations__["iterations"] = list[tuple[width]]  # type: ignore[valid-type]
    else:
        plain_loop.SYSTEM, loop = system, plain_loop.counted_loop
    settings = options.AnalysisOptionSet(
        analysis_kind=[options.AnalysisKind.PEP316],
        per_condition_timeout=limit,
        max_uninteresting_iterations=sys.maxsize,
        report_all=True,
    )
    messages = list(library.run_checkables(library.analyze_function(loop, settings)))
    for message in messages:
        if message.state == states.POST_FAIL:
            return _confirmed(system, message.message)
    if messages and all(message.state == states.CONFIRMED for message in messages):
        return Reply("safe", "confirmed over all paths")
    return Reply("unknown", "; ".join(f"{m.state.name}: {m.message}" for m in messages))


def _confirmed(system: System, message: str) -> Reply:
    """CrossHair's counterexample counts unless it is one of rounding only."""
    found = re.search(r"chosen_loop\((.*)\) \(which", message)
    if found and not plain_loop.breaks(system, ast.literal_eval(found.group(1))):
        return Reply("unknown", f"a counterexample of rounding: {message}")
    return Reply("unsafe", message)


def storm(question: Question, limit: float) -> Reply:
    """Storm's region check, in exact arithmetic, of P(ever failed) <= limit."""
    stormpy = importlib.import_module("stormpy")
    pars = importlib.import_module("stormpy.pars")
    chain = question.chain
    assert chain is not None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "chain.pm"
        file.write_text(chain.prism)
        program = stormpy.parse_prism_program(str(file))
    formulas = stormpy.parse_properties(f'P<={chain.limit} [F "failed"]', program)
    model = stormpy.build_model[stormpy.RationalFunction](program, formulas)
    region = pars.parse_region(chain.region, model.collect_probability_parameters())
    engine = pars.RegionCheckEngine.EXACT_PARAMETER_LIFTING
    holds = pars.verify(model, formulas[0], region=region, region_engine=engine)
    return Reply("safe" if holds else "unsafe", "exact parameter lifting")


Contestant = Callable[[Question, float], Reply]

CONTESTANTS: dict[str, Contestant] = {
    "alignspec": alignspec,
    "unrolled Z3": unrolled_z3,
    "Spacer": spacer,
    "Spacer, defaults": spacer_default,
    "unrolled cvc5": unrolled_cvc5,
    "Hypothesis": hypothesis_alone,
    "CrossHair": crosshair,
    "Storm": storm,
}

LIBRARIES: dict[str, tuple[str, ...]] = {
    "unrolled cvc5": ("cvc5",),
    "CrossHair": ("crosshair.core_and_libs", "crosshair.options", "crosshair.statespace"),
    "Storm": ("stormpy", "stormpy.pars"),
}
"""What a contestant needs beyond alignspec's own packages."""

DRAWING = ("alignspec", "Hypothesis")
"""Who draws by Hypothesis, which reads the sources of all modules when a process first draws; the
command line lets it do so once, before it forks processes for the statements."""


def applicable(contestant: str, question: Question) -> bool:
    """Whether the question can be put to the contestant."""
    if contestant == "Storm":
        return question.chain is not None
    return contestant != "CrossHair" or question.system is not None


def load(contestant: str) -> bool:
    """Import what a contestant needs; False if it is not installed."""
    try:
        for library in LIBRARIES.get(contestant, ()):
            importlib.import_module(library)
    except ImportError:
        return False
    if contestant in DRAWING:
        read_sources()
    return True
