"""Every query of a folder of evidence, put to z3 and to cvc5: do they agree, as the file expects?

    alignspec check [TARGET ...] --evidence DIR
    python -m benchmarks.two_solvers DIR [--seconds S] [--json FILE]

Without a target, the evidence is that of the whole ledger. With ``--json`` the answers are written
as they come, one a line, and a later run with the same limit goes on from there. A query that
several files have is put once and counted for each. The exit status is 1 if the two solvers
contradict each other, or one of them what the file expects.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import cvc5
import z3


def main() -> None:
    """Put the queries to both, and print how often they agree."""
    reader = argparse.ArgumentParser(description="Queries of evidence, by z3 and by cvc5.")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--seconds", type=float, default=5.0, help="For one query and solver.")
    reader.add_argument("--json", type=Path, help="Answers, one a line; gone on with.")
    told = reader.parse_args()
    known = _kept(told.json, told.seconds)
    tally: Counter[str] = Counter()
    asked: set[str] = set()
    for file, name, text, expected in _queries(told.folder):
        key = hashlib.sha256(text.encode()).hexdigest()
        if key not in known:
            known[key] = (by_z3(text, told.seconds), by_cvc5(text, told.seconds))
            _keep(told.json, key, told.seconds, known[key])
        asked.add(key)
        outcome = _compared(*known[key], expected)
        tally[outcome] += 1
        if outcome == "contradict":
            z3_said, cvc5_said = known[key]
            print(f"{file}: {name}: expected {expected}, z3 {z3_said}, cvc5 {cvc5_said}")
    print(f"{sum(tally.values())} queries:", ", ".join(f"{n} {what}" for what, n in tally.items()))
    print(f"{len(asked)} of them different:", _each([known[key] for key in asked]))
    sys.exit(bool(tally["contradict"]))


def _each(answers: Sequence[tuple[str, str]]) -> str:
    """How many each solver answered."""
    counts = [sum(pair[place] in ("sat", "unsat") for pair in answers) for place in (0, 1)]
    return f"z3 answered {counts[0]}, cvc5 {counts[1]}"


def _kept(file: Path | None, seconds: float) -> dict[str, tuple[str, str]]:
    """The answers of an earlier run with the same limit, by the digest of the query."""
    if file is None or not file.exists():
        return {}
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return {line["query"]: (line["z3"], line["cvc5"]) for line in lines if line["limit"] == seconds}


def _keep(file: Path | None, key: str, seconds: float, answers: tuple[str, str]) -> None:
    if file is not None:
        line = {"query": key, "limit": seconds, "z3": answers[0], "cvc5": answers[1]}
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")


def _queries(folder: Path) -> Iterator[tuple[str, str, str, str]]:
    for file in sorted(folder.glob("*.json")):
        for query in json.loads(file.read_text("utf-8")).get("queries") or ():
            yield file.name, query["name"], query["smtlib"], query["expected"]


def _compared(first: str, second: str, expected: str) -> str:
    answers = {each for each in (first, second) if each in ("sat", "unsat")}
    if len({*answers, expected}) > 1:
        return "contradict"
    if first == second == expected:
        return "agree"
    return "answered by one only" if answers else "answered by neither"


def by_z3(text: str, seconds: float) -> str:
    """What z3 answers: sat, unsat or unknown."""
    solver = z3.Solver()
    solver.set("timeout", int(1000 * seconds))
    solver.from_string(text)
    return str(solver.check())


def by_cvc5(text: str, seconds: float) -> str:
    """What cvc5 answers."""
    terms = cvc5.TermManager()
    solver, symbols = cvc5.Solver(terms), cvc5.SymbolManager(terms)
    solver.setOption("tlimit-per", str(int(1000 * seconds)))
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "query")
    said = ""
    while not (command := parser.nextCommand()).isNull():
        said = str(command.invoke(solver, symbols)).strip() or said
    return said


if __name__ == "__main__":
    main()
