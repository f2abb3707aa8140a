"""The tests of models draw these chances and signs."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

CHANCES = st.fractions(0, 1, max_denominator=20)
SIGNS = st.sampled_from((-1, 0, 1))

FORTY = settings(max_examples=40, deadline=None)

SIXTIETHS = st.fractions(min_value=0, max_value=1, max_denominator=60)
SIXTY = settings(max_examples=60, deadline=None)
