"""Signs that are sampled by colours are those of the coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.invariants.interval_analysis import StepTransformer
from checker.system.problem import pose
from spec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Real, between
from tests.plain_schemes import NoParameters


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([0, 0, 0, 1, -1, 2]), min_size=4, max_size=4),
        min_size=4,
        max_size=4,
    )
)
def test_signs_sampled_by_colours_are_those_of_the_coefficients(table: list[list[int]]) -> None:
    class Four(Agent[I]):
        a: Real = between(0, 1)
        b: Real = between(0, 1)
        c: Real = between(0, 1)
        d: Real = between(0, 1)

    class Anything(Invariant):
        def holds(self, agent: Any) -> Bool:
            ok: Bool = agent.a <= 1
            return ok

    def seed(p: NoParameters) -> Four[Anything]:
        return Four(a=Real(0), b=Real(0), c=Real(0), d=Real(0))

    def step(s: Four[I], p: NoParameters, nature: Nature) -> Four[I]:
        fields = [s.a, s.b, s.c, s.d]
        rows = []
        for number, row in enumerate(table):
            total: Real = nature.choose(f"n{number}", at_most=s.a if row[0] else 1)
            for value, field in zip(row, fields, strict=True):
                total = total + value * field
            rows.append(total)
        return Four(a=rows[0], b=rows[1], c=rows[2], d=rows[3])

    loop = Loop[NoParameters, Four[Anything]]("four", parameters=NoParameters, seed=seed, step=step)
    (moved,) = pose(Claim("four", loop, Anything())).steps
    low, high = np.full(8, 0.25), np.full(8, 0.75)
    signs = StepTransformer(moved).signs(low, high)
    for number, row in enumerate(table):
        # the choice's bound rises with the first field, by at most one
        expected = [*np.sign(row), *np.eye(4, dtype=int)[number]]
        if row[0]:
            expected[0] = signs[number, 0]
            assert expected[0] != 0 or row[0] == -1
        assert list(signs[number]) == expected
