"""Steps are lifted whatever their shape: parts, copies, depths, horizons."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest

from checker.backends.solver import QueryBudget
from checker.worlds.lifting import Lifted, lift
from checker.worlds.tracing import two_versions
from properties import soundness, soundness_debate, soundness_games
from spec import Sound

_NAMED = {
    statement.name: statement
    for module in (soundness, soundness_debate, soundness_games)
    for group in vars(module).values()
    if isinstance(group, list)
    for statement in group
}
CONSULT, PARTLY, CLONE, AGGREGATE = (
    _NAMED[f"soundness/{name}"] for name in ("consult", "consult-partly", "clone", "aggregate")
)
HEAR, ASK, VOTE, REVIEW = (
    _NAMED[f"soundness/{name}"]
    for name in ("debate/hear", "growth/ask", "growth/vote", "critiques/review")
)
SHAPES: list[tuple[Sound, dict[str, int]]] = [
    *((CONSULT, {"fan_out": n}) for n in (1, 2, 3)),
    *((PARTLY, {"parts": n, "questions": q}) for n, q in ((1, 1), (3, 1), (3, 2), (4, 2))),
    *((CLONE, {"horizon": n}) for n in (1, 10, 50)),
    *((AGGREGATE, {"horizon": n}) for n in (1, 10, 50)),
    *((HEAR, {"depth": d, "tries": n}) for d in (1, 2, 3, 4) for n in (1, 4)),
    *((ASK, {"fan_out": n}) for n in (1, 2, 3, 5)),
    *((VOTE, {"copies": n}) for n in (1, 3, 5)),
    *((REVIEW, {"fan_out": n}) for n in (1, 3, 5)),
]


@pytest.mark.parametrize(
    ("statement", "shape"), SHAPES, ids=[f"{s.name}-{shape}" for s, shape in SHAPES]
)
def test_a_step_is_lifted_in_every_shape_for_all_its_parameters(
    statement: Sound, shape: dict[str, int]
) -> None:
    versions = two_versions(statement, {name: Fraction(n) for name, n in shape.items()})
    found = lift(versions, QueryBudget(30, time.monotonic() + 240), 240)
    assert isinstance(found, Lifted)
    assert found.everywhere
