"""Bad inputs by the thousand: does any end in a traceback, past its limit, or without a line?

    python -m benchmarks.fuzz [--number N] [--only KIND] [--seed S]

N inputs of each kind (``tests/cli/fuzzing.py``): command lines, scheme files, logs, evidence,
documents for ``diff``, maps to go on with, and a hundred times as many kept verdicts. Every fault
is printed once. The exit status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.cli import fuzzing


def main() -> None:
    """Try inputs of every kind, and print the faults."""
    reader = argparse.ArgumentParser(description="Bad inputs by the thousand.")
    reader.add_argument("--number", type=int, default=200)
    reader.add_argument("--only", default="")
    reader.add_argument("--seed", type=int, default=0)
    told = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kinds = _kinds(fuzzing.written_well(Path(folder)))
    wrong = 0
    for name, (strategy, trying) in kinds.items():
        if told.only in name:
            number = told.number * (100 if name == "kept verdicts" else 1)
            faults = _tried(strategy, trying, number, told.seed)
            wrong += len(faults)
            print(
                f"{name}: {number} tried, {len(faults)} at fault", *faults, sep="\n  ", flush=True
            )
    sys.exit(bool(wrong))


def _kinds(
    well: dict[str, bytes],
) -> dict[str, tuple[st.SearchStrategy[object], Callable[..., str]]]:
    logs = st.sampled_from(sorted(fuzzing.LOGS)).flatmap(
        lambda name: st.tuples(st.just(name), fuzzing.damaged(fuzzing.LOGS[name]))
    )
    texts = fuzzing.damaged(well["kept"]).map(lambda content: content.decode(errors="replace"))
    return {
        "command lines": (fuzzing.command_lines(), fuzzing.try_command_line),
        "scheme files": (fuzzing.schemes(), fuzzing.try_scheme),
        "logs": (logs, lambda pair: fuzzing.try_log(*pair)),
        "evidence": (fuzzing.damaged(well["evidence"]), fuzzing.try_evidence),
        "documents": (fuzzing.damaged(well["document"]), fuzzing.try_document),
        "maps": (fuzzing.damaged(well["map"]), fuzzing.try_map),
        "kept verdicts": (texts, fuzzing.try_kept),
    }


def _tried(
    strategy: st.SearchStrategy[object], trying: Callable[[object], str], number: int, begin: int
) -> list[str]:
    """The faults of so many inputs, each text once."""
    found: dict[str, None] = {}

    @seed(begin)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def every(given_: object) -> None:
        fault = trying(given_)
        if fault:
            found[fault[-600:]] = None

    every()
    return list(found)


if __name__ == "__main__":
    main()
