"""Work on a dask cluster: the outcomes of one machine, whatever becomes of a worker."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import psutil
import pytest

from benchmarks.arena import QUESTIONS
from benchmarks.contestants import applicable
from benchmarks.differential.__main__ import Chunk
from benchmarks.race import Contest
from benchmarks.report import Result
from benchmarks.spread import carried_out
from benchmarks.thresholds import Asked
from checker.cli import options
from checker.cli.cluster import Cluster
from checker.cli.fingerprint import digest_of, versions
from checker.cli.host import Request, require_same
from checker.cli.map_jobs import Job, draw
from checker.cli.options import UsageError, require_scheduler
from checker.cli.shipped import shipped_claims
from checker.cli.workers import Done, Ended, Here, Limits, Outcome, Workers
from checker.report.threshold import headline
from checker.system.announcements import announce
from spec.errors import SpecError
from spec.parameters import parameter_domains
from tests.cli.test_workers import Act
from tests.support import NOISY_MEMORY, ROOT, alignspec

LIMITS = Limits(seconds=30, gib=4)
CLAIMS = ("debate/benign", "imitation/aligned", "noisy-nand")


@contextmanager
def _started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def _worker(address: str) -> Iterator[subprocess.Popen[bytes]]:
    plain = ("--no-nanny", "--nthreads", "1", "--no-dashboard")
    with _started("distributed.cli.dask_worker", address, *plain) as process:
        yield process


@contextmanager
def _scheduler(folder: Path) -> Iterator[str]:
    """The address of a scheduler of this machine, without workers."""
    file = folder / "scheduler.json"
    place = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with _started("distributed.cli.dask_scheduler", *place, "--scheduler-file", str(file)) as run:
        while not file.exists() or not file.read_text():
            assert run.poll() is None
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers."""
    folder = tmp_path_factory.mktemp("cluster")
    with _scheduler(folder) as address, _worker(address), _worker(address):
        yield address


def _outcomes(workers: Workers, works: list[Any], limits: Limits = LIMITS) -> dict[int, Any]:
    given = ((work, limits) for work in works)
    outcomes: Iterator[tuple[int, Outcome[Any]]] = workers.carry_out(given)
    return dict(outcomes)


@attrs.frozen
class EndsItsWorker:
    """Work that, the first time, ends the worker of the cluster on which it is done."""

    notes: str

    def run(self) -> int:
        """End it; the second time, say on how many workers this was tried."""
        host = psutil.Process(os.getppid())
        with Path(self.notes).open("a") as notes:
            notes.write(f"{host.ppid()} {host.pid} {os.getpid()}\n")
        tries = len(Path(self.notes).read_text().splitlines())
        if tries == 1:
            announce("half of it")
            os.kill(host.ppid(), signal.SIGKILL)
            signal.pause()
        return tries


def test_a_worker_that_is_killed_loses_nothing(cluster: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    works = [Act("fine"), Act("fine"), EndsItsWorker(str(notes)), Act("fine"), Act("fine")]
    with _worker(cluster):
        outcomes = _outcomes(Cluster(cluster, path=(str(ROOT),)), works)
    assert outcomes == {**dict.fromkeys(range(5), Done("fine")), 2: Done(2)}
    first, second = (line.split() for line in notes.read_text().splitlines())
    assert first[0] != second[0]
    for gone in first:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(int(gone)).wait(60)


def test_limits_and_mistakes_are_those_of_one_machine(cluster: str) -> None:
    hows = ["hangs", "fine", "killed", "exits", "greedy", "specification", "error", "no data"]
    limits, works = Limits(seconds=1, gib=3), [Act(how) for how in hows]
    elsewhere = _outcomes(Cluster(cluster, path=(str(ROOT),)), works, limits)
    here = _outcomes(Here(2), works, limits)
    assert list(map(str, map(elsewhere.get, range(len(hows))))) == list(
        map(str, map(here.get, range(len(hows))))
    )
    assert isinstance(elsewhere[0], Ended)


def _plain(text: str) -> str:
    """A document of ``check``, without what things took: seconds, and queries, of which a process
    that has been asked before needs fewer."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                k: without(v) for k, v in value.items() if "seconds" not in k and k != "queries"
            }
        return [without(item) for item in value] if isinstance(value, list) else value

    return json.dumps(without(json.loads(text)))


def test_verdicts_and_evidence_are_those_of_one_process(cluster: str, tmp_path: Path) -> None:
    found, written = [], []
    for name, where in (("here", ["--jobs", "1"]), ("there", ["--scheduler", cluster])):
        folder = tmp_path / name
        options = ["--no-cache", "--json", "--evidence", str(folder), *where]
        done = alignspec("check", *CLAIMS, NOISY_MEMORY, *options)
        assert done.stderr == ""
        found.append(_plain(done.stdout))
        written.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert len(json.loads(found[0])["verdicts"]) > len(CLAIMS)
    assert found[0] == found[1]
    assert written[0] == written[1]


def test_a_cluster_of_this_machine_needs_no_port_of_its_own() -> None:
    """The port that dask takes by itself is another program's."""
    with socket.socket() as taken:
        with suppress(OSError):  # another program's it may be
            taken.bind(("", 8787))
            taken.listen()
        done = alignspec("check", NOISY_MEMORY, "--no-cache", "--scheduler", "local", "--jobs", "1")
    assert done.returncode == 0
    assert done.stderr == ""


def test_a_map_is_that_of_one_process(cluster: str, tmp_path: Path) -> None:
    job = Job(
        "imitation",
        0,
        (),
        ("imitation_error", "checked"),
        ((Fraction(0), Fraction(1, 25)), (Fraction(0), Fraction(1))),
    )
    texts: list[bytes] = []
    for workers in (Here(1), Here(3), Cluster(cluster, preparation=job)):
        file = tmp_path / f"{len(texts)}.json"
        draw(
            job,
            file,
            undecided=Fraction(1, 8),
            timeout=300,
            workers=workers,
            tell=lambda partition: None,
        )
        texts.append(file.read_bytes())
    assert texts[0] == texts[1] == texts[2]
    assert len(json.loads(texts[0])["boxes"]) > 16  # more than one portion


def test_sweeps_answer_as_on_one_machine(cluster: str) -> None:
    claim = min(shipped_claims(), key=lambda claim: claim.scheme.name != "noisy-nand")
    (parameter, *_) = parameter_domains(claim.scheme.parameters)
    question = next(q for q in QUESTIONS if applicable("alignspec", q))
    works: list[Any] = [
        Chunk((0, 1, 2), 5.0),
        Asked(claim.name, parameter, 10.0),
        Contest(question.name, "alignspec", 10.0),
    ]
    elsewhere = dict(carried_out(works, Limits(60), cluster))
    here = dict(carried_out(works, Limits(60), ""))
    assert list(map(_timeless, map(elsewhere.get, range(3)))) == list(
        map(_timeless, map(here.get, range(3)))
    )


def _timeless(outcome: Any) -> str:
    """What an outcome says but for the seconds that it took."""
    assert isinstance(outcome, Done)
    if isinstance(outcome.value, list):
        return str([attrs.evolve(each, seconds=0.0, processor=0.0) for each in outcome.value])
    if isinstance(outcome.value, Result):
        return str(attrs.evolve(outcome.value, seconds=0.0, solving=0.0))
    return headline(outcome.value)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:9", "no scheduler answers at tcp://127.0.0.1:9"),
        ("here", "no scheduler answers at here"),
    ],
)
def test_an_address_where_nobody_answers_is_one_line(address: str, said: str) -> None:
    done = alignspec("check", NOISY_MEMORY, "--no-cache", "--scheduler", address)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert said in line
    assert "dask scheduler" in line


def test_a_scheduler_without_workers_is_one_line(tmp_path: Path) -> None:
    with _scheduler(tmp_path) as address:
        done = alignspec("check", NOISY_MEMORY, "--no-cache", "--scheduler", address)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert f"has no workers; start some with `dask worker {address}`" in line


def test_what_is_missing_is_said_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    require_scheduler("", 3)
    require_scheduler("local", 3)
    with pytest.raises(UsageError, match="leave out --jobs"):
        require_scheduler("tcp://127.0.0.1:8786", 3)
    monkeypatch.setattr(options, "find_spec", lambda name: None)
    require_scheduler("", 3)
    with pytest.raises(UsageError, match=r"pip install 'alignspec\[cluster\]'"):
        require_scheduler("local", 0)


def test_another_program_or_file_on_a_worker_is_no_verdict(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text("one")
    mine = Request(Act("fine"), LIMITS, None, ((str(file), digest_of(str(file))),), versions())
    require_same(mine)
    with pytest.raises(SpecError, match=r"another program .* \(\S+ in place of 3\.0\)"):
        require_same(attrs.evolve(mine, versions=("3.0", *versions()[1:])))
    file.write_text("two")
    with pytest.raises(SpecError, match="another file of this name"):
        require_same(mine)
    file.unlink()
    with pytest.raises(SpecError, match="no such file"):
        require_same(mine)
