"""Small systems written by hand, so that the rechecker is tested without what it must not trust."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from recheck.check import Report, derived, queries, recheck
from recheck.errors import Rejected, Undecided
from recheck.evidence import hashes

Document = dict[str, Any]


def halving() -> Document:
    """An error that distillation halves and to which it adds up to 1/10: at most 1/5 forever."""
    return {
        "format": "alignspec-evidence",
        "version": 3,
        "statement": {"name": "halving", "kind": "Claim"},
        "verdict": "proved",
        "method": "by hand",
        "system": {
            "scheme": "halving",
            "parameters": {"parameter.noise": "1/10"},
            "structure": {},
            "assumptions": [["noise is small", "(<= parameter.noise 0.5)"]],
            "positions": [
                {
                    "name": "agent",
                    "fields": [["agent.error", "Real"]],
                    "domain": ["(and (<= 0.0 agent.error) (<= agent.error 1.0))"],
                },
                {
                    "name": "expert",
                    "fields": [["expert.error", "Real"]],
                    "domain": ["(and (<= 0.0 expert.error) (<= expert.error 1.0))"],
                },
            ],
            "fold": False,
            "seed": ["0.0"],
            "steps": [
                {
                    "name": "amplify",
                    "source": "agent",
                    "target": "expert",
                    "choices": [],
                    "named": [],
                    "outputs": ["(/ agent.error 2.0)"],
                },
                {
                    "name": "distill",
                    "source": "expert",
                    "target": "agent",
                    "choices": [["|distill:1|", "0.0", "parameter.noise", False]],
                    "named": ["noise"],
                    "outputs": ["(+ expert.error |distill:1|)"],
                },
            ],
        },
        "claim": {"agent": ["(<= agent.error (/ 1.0 5.0))"], "expert": []},
        "proof": {
            "walk": [
                held("agent", "(<= 0.0 agent.error)", "(<= agent.error 0.2)", into=1),
                held("expert", "(<= 0.0 expert.error)", "(<= expert.error 0.1)", into=0),
            ]
        },
        "queries": [],
        "hashes": {},
    }


def held(
    position: str, *conditions: str, into: int | None = None, within: int | None = None
) -> Document:
    """One set of a walk."""
    return {
        "position": position,
        "conditions": list(conditions),
        "into": into,
        "within": within,
    }


def run(*plan: tuple[int, list[str]], position: str = "agent") -> Document:
    """A run from the seed."""
    return {"run": {"position": position, "start": {}, "plan": [list(each) for each in plan]}}


def of_step(name: str, verdict: str, step: Document, proof: Document) -> Document:
    """A file about a step's two versions."""
    return {
        "format": "alignspec-evidence",
        "version": 3,
        "statement": {"name": name, "kind": "Sound"},
        "verdict": verdict,
        "method": "by hand",
        "system": None,
        "claim": {},
        "step": step,
        "proof": proof,
        "queries": [],
        "hashes": {},
    }


def report_on(document: Document, folder: Path) -> Report:
    """What becomes of a document once its queries and hashes are made for it."""
    sealed = copy.deepcopy(document)
    sealed["hashes"] = hashes(sealed)
    with suppress(Rejected, Undecided):
        sealed["queries"] = queries(derived(sealed))
    sealed["hashes"] = hashes(sealed)
    file = folder / "evidence.json"
    file.write_text(json.dumps(sealed), "utf-8")
    return recheck(file, 5.0)
