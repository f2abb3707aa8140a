"""A step of a scheme, changed: some world breaks what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from checker.report.verdict import plain
from checker.statements.registry import judge
from checker.worlds.world import BoundInWorld
from spec import Number, Scheme, Sound
from spec.statements.base import Answer
from spec.worlds import Assumption
from tests.mutation.steps import with_step


def broken_world(
    scheme: Scheme[Any, Any, Any],
    name: str,
    step: Callable[..., Any],
    concrete: Callable[..., Any],
    *,
    at: dict[str, Number] | None = None,
    assumptions: Sequence[Assumption] = (),
    density: str = "",
    table: Callable[..., Any] | None = None,
) -> str:
    """The field, or the choice of nature, whose bound a smallest world breaks."""
    statement = Sound(
        "mutant",
        with_step(scheme, name, step),
        name,
        concrete,
        at=at or {},
        assumptions=assumptions,
        density=density,
        table=table,
    )
    verdict = judge(statement)
    assert verdict.answer is Answer.REFUTED, plain(verdict)
    return next(fact.of for fact in verdict.facts if isinstance(fact, BoundInWorld))
