"""How often `conform` is wrong about made-up runs, and how long a log of a million rows takes.

python -m benchmarks.conform            # 100 clean runs of each scheme, 25 of each corruption
python -m benchmarks.conform --runs 10
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import attrs

from benchmarks.measured_runs import Corruption, counted, true_run
from checker.backends.solver import QueryBudget
from checker.conform.columns import Fields
from checker.conform.conformance import conformance
from checker.conform.findings import Conformance, Judgement
from checker.conform.log import assemble, read_log, texts
from checker.conform.measured import Certainty, Senses, Taken
from checker.conform.measurement import measure
from checker.conform.relation import bounding, fields_by_position, senses_of
from checker.system.transition_system import problem_of
from models.expert_iteration import expert_iteration
from models.imitation import imitation, imitation_on_policy
from models.reward_modeling import recursive_reward_modeling
from spec.scheme import Process

ITERATIONS, HALF, DRAWS = 8, 4, 2000
CHECKED = {"checked": Fraction(9, 10)}


@attrs.frozen
class Case:
    """A scheme at parameters at which its errors do not run away, and what is measured."""

    process: Process
    values: Mapping[str, Fraction]
    fields: tuple[str, ...] = ("error", "malign")


CASES = (
    Case(imitation, CHECKED),
    Case(imitation_on_policy, CHECKED),
    Case(recursive_reward_modeling, CHECKED),
    Case(expert_iteration, {}, ("error",)),
)
CORRUPTIONS = (
    (CASES[0], "imitation_error", Fraction(1, 20), "distill"),
    (CASES[0], "slip", Fraction(1, 10), "amplify"),
    (CASES[2], "reward_error", Fraction(1, 10), "distill"),
    (CASES[2], "optimisation", Fraction(10), "distill"),
)


def judged(
    case: Case, seed: int, *, greatest: bool = False, corruption: Corruption | None = None
) -> Conformance:
    """The verdict on one made-up run, at which nature chooses at random or the greatest."""
    draw = None if greatest else seed
    states = true_run(case.process, case.values, ITERATIONS, draw, corruption)
    rows = list(counted(case.process, states, case.fields, DRAWS, seed))
    fields = fields_by_position(case.process)
    log = assemble(texts(rows), "log", fields)
    plain = problem_of(case.process, case.values)
    senses = senses_of(plain, [], {})
    measured = measure(log, fields, senses, Certainty(), Taken())
    return conformance(case.process, bounding(plain, senses), measured, QueryBudget(2.0))


def clean(runs: int) -> Iterator[str]:
    """Clean runs: at random, and at the greatest choices, where the truth is on its bounds."""
    for case, greatest in itertools.product(CASES, (False, True)):
        verdicts = dict.fromkeys(Judgement, 0)
        started = time.process_time()
        for draw in range(runs):
            verdicts[judged(case, draw, greatest=greatest).judgement] += 1
        seconds = (time.process_time() - started) / runs
        counts = ", ".join(f"{n} {j.value}" for j, n in verdicts.items())
        kind = "greatest" if greatest else "random"
        yield f"clean {case.process.name}, {kind} choices: {counts}; {seconds:.2f} s of CPU each"


def corrupted(runs: int) -> Iterator[str]:
    """Runs corrupted half-way: departed at all, at the right step, with the right name."""
    for case, name, value, step in CORRUPTIONS:
        departed = placed = named = early = 0
        for draw in range(runs):
            found = judged(case, draw, corruption=Corruption(HALF, {name: value}))
            departure = found.departure
            if departure is None:
                continue
            departed += 1
            early += departure.at[0] < HALF
            placed += departure.steps == (step,)
            named += any(name in (e.name, *e.reads) for e in departure.explanations)
        yield (
            f"{name} of {case.process.name} to {value} from iteration {HALF} on: {departed} of "
            f"{runs} depart, {early} before it, {placed} by {step}, {named} name {name}"
        )


def million(rows: int) -> Iterator[str]:
    """A log of many rows: by rank, and by iteration."""
    process = imitation
    fields = fields_by_position(process)
    plain = problem_of(process, CHECKED)
    senses = senses_of(plain, [], {})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        generator = random.Random(0)
        for name, iterations in (("20 iterations, by rank", 20), ("an iteration each", rows)):
            _write(file, rows, iterations, generator)
            yield f"{rows} rows, {name}: " + _read(file, fields, senses)


def _write(file: Path, rows: int, iterations: int, generator: random.Random) -> None:
    ranks = rows // iterations
    with file.open("w", encoding="utf-8") as out:
        out.write("iteration,position,rank,error.count,error.of\n")
        for iteration in range(iterations):
            for rank in range(ranks):
                out.write(f"{iteration},agent,{rank},{generator.randint(0, 20)},200\n")


def _read(file: Path, fields: Fields, senses: Senses) -> str:
    started = time.process_time()
    log = read_log(str(file), fields)
    read = time.process_time()
    measured = measure(log, fields, senses, Certainty(), Taken())
    done = time.process_time()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = file.stat().st_size / 2**20
    return (
        f"{read - started:.1f} s to read {size:.0f} MiB, {done - read:.1f} s for the intervals of "
        f"{len(measured.at)} positions, {most:.0f} MiB at most"
    )


def main() -> None:
    """Print what was found, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    for lines in (million(given.rows), clean(given.runs), corrupted(max(1, given.runs // 4))):
        for line in lines:
            print(line, flush=True)


if __name__ == "__main__":
    main()
