"""Mutants of the code that decides: is each small change of it noticed by the tests of its module?

    python -m benchmarks.mutation [--each N] [--json FILE] [--only PATTERN]

Of each module in ``TARGETS``, so many mutants of Cosmic Ray's operators are drawn with a fixed
seed, among those that change more than annotations and docstrings. Each is put into a copy of the
repository, and the tests beside the module in ``TARGETS`` are run there until one fails. A mutant
is killed if one does, if nothing can be imported, or if it takes many times the processor's time of
the tests without it. With ``--json`` outcomes are written as they come, and a later run goes on
from there, with what is unchanged. The exit status is 1 if a mutant survived that
``tests/mutation/survivors.json`` does not explain.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import importlib
import json
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).resolve().parent.parent
KNOWN = ROOT / "tests" / "mutation" / "survivors.json"
SEED = 12
COPIED = (
    *("alignspec", "spec", "models", "properties", "checker", "recheck", "tests", "benchmarks"),
    *("examples", "docs", "pyproject.toml"),
)
HEAVY = ("pytest", "hypothesis", "z3", "cvc5", "flint", "numpy", "jsonschema", "matplotlib", "rich")
"""What the tests import and is not mutated: loaded once, before the processes of the mutants."""
PATIENCE, GRACE = 5, 10
"""A mutant may take so many times the tests' processor's time without it, and seconds more."""
MEMORY = 6 << 30

TARGETS: Mapping[str, tuple[str, ...]] = {
    "checker/backends/solver.py": ("tests/backends/test_solver.py",),
    "checker/system/obligations.py": (
        "tests/system/test_obligations.py",
        "tests/invariants/test_certificate.py",
    ),
    "checker/system/replay.py": (
        "tests/system/test_replay.py",
        "tests/system/test_undefined_runs.py",
    ),
    "checker/system/unrolling.py": ("tests/system/test_unrolling.py",),
    "checker/counterexamples/first_break.py": ("tests/counterexamples/test_first_break.py",),
    "checker/invariants/certificate.py": ("tests/invariants/test_certificate.py",),
    "checker/invariants/k_induction.py": ("tests/invariants/test_k_induction.py",),
    "checker/invariants/monotone.py": (
        "tests/invariants/test_monotone.py",
        "tests/system/test_seeds.py",
    ),
    "recheck/parts/arithmetic.py": (
        "tests/recheck/test_arithmetic.py",
        "tests/recheck/test_check.py",
    ),
    "recheck/parts/walks.py": ("tests/recheck/test_check.py",),
}
"""The modules where a wrong answer would be a wrong verdict, with the tests that are to notice."""


@attrs.frozen
class Mutant:
    """One change of a module: where it is, the text with it, and the lines that differ.

    ``key`` stands for what the outcome depends on, but for the rest of the repository.
    """

    module: str
    operator: str
    occurrence: int
    text: str = attrs.field(repr=False)
    change: str
    key: str


def _mutant(module: str, operator: str, occurrence: int, text: str) -> Mutant:
    before = (ROOT / module).read_text("utf-8").splitlines()
    lines = list(difflib.unified_diff(before, text.splitlines(), lineterm="", n=0))[2:]
    change = "\n".join(line for line in lines if not line.startswith("@@"))
    read = [(ROOT / file).read_bytes() for file in TARGETS[module]]
    told = b"\0".join([module.encode(), text.encode(), *read])
    key = hashlib.sha256(told).hexdigest()[:16]
    return Mutant(module, operator, occurrence, text, change, key)


def drawn(module: str, each: int) -> list[Mutant]:
    """So many mutants of a module that mean something else, always the same ones of a text."""
    mutating = importlib.import_module("cosmic_ray.mutating")
    plugins = importlib.import_module("cosmic_ray.plugins")
    source = (ROOT / module).read_text("utf-8")
    places = list(_places(source))
    random.Random(f"{SEED} {module}").shuffle(places)
    found: dict[str, Mutant] = {}
    plain = _bare(source)
    for name, occurrence in places:
        if len(found) == each:
            break
        text = mutating.mutate_code(source, plugins.get_operator(name)(), occurrence)
        bare = plain if text is None else _bare(text)
        if bare not in (plain, ""):
            found[bare] = _mutant(module, name.removeprefix("core/"), occurrence, text)
    return list(found.values())


def _places(source: str) -> Iterator[tuple[str, int]]:
    """Each operator that can be used on a text, and how many times over."""
    plugins = importlib.import_module("cosmic_ray.plugins")
    parsing = importlib.import_module("cosmic_ray.ast")
    nodes = list(parsing.ast_nodes(parsing.get_ast(source)))
    for name in sorted(plugins.operator_names()):
        operator = plugins.get_operator(name)
        if not operator.arguments():
            count = sum(len(list(operator().mutation_positions(node))) for node in nodes)
            yield from ((name, occurrence) for occurrence in range(count))


def _bare(text: str) -> str:
    """A module without its annotations and its docstrings; what is no module is none."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    return ast.dump(tree)


def copied(folder: Path) -> Path:
    """The repository, where it may be changed."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            without = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(ROOT / name, folder / name, ignore=without)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def tested(folder: Path, tests: tuple[str, ...], seconds: int | None) -> tuple[int, float]:
    """The exit status of the tests in a process of their own, and the processor's time they took.

    A process that is ended by a signal has a negative status.
    """
    process = os.fork()
    if process == 0:
        _child(folder, tests, seconds)
    _, status, usage = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def _child(folder: Path, tests: tuple[str, ...], seconds: int | None) -> None:
    """Run the tests, and end."""
    status = 2
    try:
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.chdir(folder)
        out = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(out, stream)
        sys.dont_write_bytecode = True
        sys.path[0] = str(folder)
        for name in [name for name in sys.modules if name.split(".")[0] == "benchmarks"]:
            del sys.modules[name]
        quiet = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:alignspec"]
        status = int(importlib.import_module("pytest").main([*quiet, *tests]))
    finally:
        os._exit(status)


def judged(mutant: Mutant, folder: Path, seconds: float) -> dict[str, Any]:
    """The outcome of one mutant."""
    file, before = folder / mutant.module, (ROOT / mutant.module).read_text("utf-8")
    file.write_text(mutant.text, "utf-8")
    try:
        status, took = tested(folder, TARGETS[mutant.module], int(PATIENCE * seconds + GRACE))
    finally:
        file.write_text(before, "utf-8")
    outcome = "survived" if status == 0 else "killed"
    return {
        "key": mutant.key,
        "module": mutant.module,
        "operator": mutant.operator,
        "occurrence": mutant.occurrence,
        "change": mutant.change,
        "outcome": outcome,
        "seconds": round(took, 1),
    }


def run(modules: list[str], each: int, kept: Path | None) -> list[dict[str, Any]]:
    """The outcomes of the mutants of some modules; those that ``kept`` has are not run again."""
    known = {}
    if kept is not None and kept.exists():
        lines = kept.read_text("utf-8").splitlines()
        known = {line["key"]: line for line in map(json.loads, lines)}
    for name in HEAVY:
        importlib.import_module(name)
    samples = {module: drawn(module, each) for module in modules}
    missing = [m for sample in samples.values() for m in sample if m.key not in known]
    with tempfile.TemporaryDirectory() as place:
        folder = copied(Path(place))
        seconds = {module: _without(module, folder) for module in {m.module for m in missing}}
        for mutant in missing:
            known[mutant.key] = judged(mutant, folder, seconds[mutant.module])
            if kept is not None:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(known[mutant.key]) + "\n")
    return [known[mutant.key] for sample in samples.values() for mutant in sample]


def _without(module: str, folder: Path) -> float:
    """The processor's time of a module's tests without a mutant."""
    status, seconds = tested(folder, TARGETS[module], None)
    if status:
        sys.exit(f"the tests of {module} do not pass as it is: {' '.join(TARGETS[module])}")
    return seconds


def explained() -> dict[tuple[str, str], str]:
    """Why each known survivor may survive, by its module and its change."""
    if not KNOWN.exists():
        return {}
    listed = json.loads(KNOWN.read_text("utf-8"))
    return {(each["module"], each["change"]): each["reason"] for each in listed}


def table(found: list[dict[str, Any]]) -> str:
    """The outcomes by module, as Markdown."""
    reasons = explained()
    lines = ["| module | mutants | killed | survivors explained | survivors not explained |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for module in dict.fromkeys(each["module"] for each in found):
        mine = [each for each in found if each["module"] == module]
        left = [each for each in mine if each["outcome"] == "survived"]
        known = sum((each["module"], each["change"]) in reasons for each in left)
        counts = (len(mine), len(mine) - len(left), known, len(left) - known)
        lines.append(f"| `{module}` | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


def main() -> int:
    """Judge the mutants, and print a table and the survivors that nothing explains."""
    reader = argparse.ArgumentParser(description="Mutants of the code that decides.")
    reader.add_argument("--each", type=int, default=20, help="Mutants of each module.")
    reader.add_argument("--json", type=Path, help="Outcomes, one a line; gone on with.")
    reader.add_argument("--only", default="", help="Modules in which this is found.")
    told = reader.parse_args()
    modules = [module for module in TARGETS if re.search(told.only, module)]
    began = time.monotonic()
    found = run(modules, told.each, told.json)
    print(table(found))
    print(f"\n{len(found)} mutants, {time.monotonic() - began:.0f} s")
    reasons, open_ones = explained(), 0
    for each in found:
        if each["outcome"] == "survived" and (each["module"], each["change"]) not in reasons:
            open_ones += 1
            print(f"\nSURVIVED {each['module']} ({each['operator']})\n{each['change']}")
    return int(open_ones > 0)


if __name__ == "__main__":
    sys.exit(main())
