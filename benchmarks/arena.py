"""One answer in a process of its own that is killed at the limit."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import time
from typing import Any

from benchmarks import generated, imported, literature, polynomial, problems, public
from benchmarks.contestants import CONTESTANTS, Reply, load
from benchmarks.question import Question
from benchmarks.report import Result

QUESTIONS: tuple[Question, ...] = (
    *problems.QUESTIONS,
    *generated.QUESTIONS,
    *public.QUESTIONS,
    *imported.QUESTIONS,
    *literature.QUESTIONS,
    *polynomial.QUESTIONS,
)
BY_NAME = {question.name: question for question in QUESTIONS}

MEMORY = 8 * 2**30
"""Bytes of address space that one contestant may use."""

START = 120.0
"""Seconds that a contestant may take to import its libraries."""

FAILED = "failed with "
"""How the note of an answer begins that was an exception."""

# Processes are forked from a server that has imported this module already. The solver terms of a
# question are only made in the process that answers it.
PROCESSES: Any = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)
if hasattr(PROCESSES, "set_forkserver_preload"):
    PROCESSES.set_forkserver_preload([__name__, "rich.progress"])


def _child(contestant: str, name: str, limit: float, pipe: Any) -> None:
    """In a process of its own: import, report for the start, answer."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    with contextlib.suppress(ImportError, ValueError, OSError):
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if not load(contestant):
        pipe.send("not installed")
        return
    pipe.send("ready")
    pipe.recv()
    try:
        reply = CONTESTANTS[contestant](BY_NAME[name], limit)
    except Exception as error:
        reply = Reply("unknown", f"{FAILED}{type(error).__name__}: {error}")
    pipe.send(reply)


def put(question: Question, contestant: str, limit: float) -> Result:
    """Put one question to one contestant. The clock starts when its imports are done."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_child, args=(contestant, question.name, limit, theirs))
    process.start()
    theirs.close()
    started = time.perf_counter()
    try:
        if not ours.poll(START):
            reply = Reply("unknown", "did not start")
        elif ours.recv() != "ready":
            reply = Reply("not installed")
        else:
            started = time.perf_counter()
            ours.send("go")
            reply = ours.recv() if ours.poll(limit) else Reply("unknown", "killed at the limit")
    except (EOFError, ConnectionError):
        reply = Reply("unknown", "its process died")
    seconds = min(limit, time.perf_counter() - started)
    process.kill()
    process.join()
    ours.close()
    note = " ".join(reply.note.split())[:300]
    return Result(
        question.name, contestant, question.label, reply.answer, seconds, note, reply.solving
    )
