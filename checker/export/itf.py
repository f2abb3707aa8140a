"""A replayed run as JSON in the Informal Trace Format of Apalache, which trace viewers read.

Source of the format: Apalache's ADR 015. It has whole numbers but no fractions, so an exact number
is a record of a numerator and a denominator; one that is known between two ends is a record of
both.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checker.system.replay import Enclosure, Run


def itf(run: Run, name: str) -> dict[str, Any]:
    """The states of a run: the seed, and what each step that was kept made, with its choices."""
    fields = sorted({*run.seed, *(field for step in run.steps for field in step.after)})
    states = [_state(0, "seed", run.seed, {}, fields)]
    states += [
        _state(step.iteration, step.step, step.after, step.chosen, fields) for step in run.steps
    ]
    for number, state in enumerate(states):
        state["#meta"] = {"index": number}
    return {
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "description": f"{name}: {run.broken or 'no break'}",
        },
        "vars": ["iteration", "step", "choices", *fields],
        "states": states,
    }


def _state(
    iteration: int, step: str, values: Any, chosen: Any, fields: list[str]
) -> dict[str, Any]:
    told = {field: _value(values.get(field)) for field in fields}
    choices = {"#map": [[name, _value(value)] for name, value in chosen.items()]}
    return {"iteration": _whole(iteration), "step": step, "choices": choices, **told}


def _value(value: Enclosure | None) -> Any:
    """An enclosed number; of a field that is not there, an empty record."""
    if value is None:
        return {}
    if value.low == value.high:
        return _fraction(value.low)
    return {"low": _fraction(value.low), "high": _fraction(value.high)}


def _fraction(value: Fraction) -> dict[str, Any]:
    return {"numerator": _whole(value.numerator), "denominator": _whole(value.denominator)}


def _whole(value: int) -> dict[str, str]:
    return {"#bigint": str(value)}
