"""Every JSON document that a command prints is what the published schema says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support import NOISY_MEMORY, ROOT, alignspec

SCHEMA = json.loads((ROOT / "checker/report/documents/schema.json").read_text("utf-8"))
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check", "imitation/grows", "debate-not-prima-facie", "premises", "noisy-majority"),
    "explain": ("explain", NOISY_MEMORY),
    "threshold": ("threshold", NOISY_MEMORY, "mostlyright", "noise"),
    "compare": ("compare", "imitation", "imitation-on-policy"),
    "simulate": ("simulate", "imitation", "--nature", "worst", "--runs", "2"),
    "list": ("list",),
    "engines": ("engines",),
}


def validator(name: str) -> Any:
    """The part of the schema for one command's document."""
    return jsonschema.Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{name}"}]})


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_document_is_what_the_schema_says(name: str) -> None:
    done = alignspec(*COMMANDS[name], "--json")
    found = json.loads(done.stdout)
    validator(name).validate(found)


@pytest.mark.parametrize(
    "command",
    [("check", "--param", "a=3/2"), ("simulate", "--nature", "greatest", "--rounds", "2")],
    ids=["check", "simulate"],
)
def test_what_nature_chose_of_the_seed_is_in_the_document(command: tuple[str, ...]) -> None:
    name, *options = command
    done = alignspec(name, str(ROOT / "examples/trapping.py"), *options, "--json")
    found = json.loads(done.stdout)
    validator(name).validate(found)
    run = found["verdicts"][0]["trace"] if name == "check" else found["simulations"][0]
    assert set(run["seed_chosen"]) == {"x", "y"}


def test_a_map_is_what_the_schema_says(tmp_path: Path) -> None:
    axes = ("imitation_error=0..1/50", "detection")
    done = alignspec(
        *("map", "imitation", "aligned", *axes, "--undecided", "1/2", "--json"),
        *("--out", str(tmp_path / "map")),
    )
    found = json.loads(done.stdout)
    validator("map").validate(found)
    assert json.loads((tmp_path / "map.json").read_text("utf-8")) == found


def test_what_is_not_a_document_is_refused() -> None:
    done = alignspec("check", NOISY_MEMORY, "--json")
    good = json.loads(done.stdout)
    validator("check").validate(good)
    spoilers: tuple[Callable[[Any], object], ...] = (
        lambda d: d["verdicts"][0].pop("verdict"),
        lambda d: d["verdicts"][0].update(verdict="true"),
        lambda d: d["verdicts"][0]["parameters"].update(noise=0.16),
        lambda d: d.update(schema=1),
        lambda d: d["verdicts"][0].update(surprise=1),
    )
    for spoil in spoilers:
        bad = json.loads(done.stdout)
        spoil(bad)
        with pytest.raises(jsonschema.ValidationError):
            validator("check").validate(bad)
