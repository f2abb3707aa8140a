"""The kept mutants: for every shipped statement one that is answered the other way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs

from tests.mutation import mutants, steps
from tests.mutation.mutants import Mutant

FILE = Path(__file__).parent / "kept.json"


@attrs.frozen
class Kept:
    """A mutant of one statement, and how many seconds it took to decide when it was found."""

    mutant: Mutant
    seconds: float


def read() -> dict[str, Kept]:
    """The kept mutants by the names of statements."""
    document = json.loads(FILE.read_text()) if FILE.exists() else {}
    return {name: Kept(_mutant(one), one["seconds"]) for name, one in document.items()}


def write(kept: dict[str, Kept]) -> None:
    """Write the file anew, a statement on a line."""
    lines = [f" {json.dumps(name)}: {json.dumps(_document(kept[name]))}" for name in sorted(kept)]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _document(one: Kept) -> dict[str, Any]:
    mutant: Any = one.mutant
    written = attrs.asdict(mutant, value_serializer=lambda _, __, value: _plain(value))
    return {"kind": type(mutant).__name__, **written, "seconds": one.seconds}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: str(each) for name, each in value.items()}
    return value if isinstance(value, bool | int | str) else str(value)


def _mutant(document: dict[str, Any]) -> Mutant:
    name = document["kind"]
    kind = getattr(mutants, name, None) or getattr(steps, name)
    made = kind(**{n: v for n, v in document.items() if n not in ("kind", "seconds")})
    assert isinstance(made, Mutant)
    return made
