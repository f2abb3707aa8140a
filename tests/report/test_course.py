"""The bars of a run are in the order of its values, and the mark stands under the last round."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from checker.report.course import BARS, MOST, course_lines
from checker.system.replay import EXACT_ARITHMETIC, Enclosure, Run, TraceStep

values = st.lists(st.fractions(0, 1, max_denominator=50), min_size=2, max_size=3 * MOST)


def run_of(numbers: list[Fraction], fails: int | None = None) -> Run:
    states = [{"error": Enclosure(n, n), "still": Enclosure(Fraction(1), Fraction(1))}
              for n in numbers]  # fmt: skip
    steps = tuple(
        TraceStep(n, "step", states[n - 1], {}, states[n], None if fails is None else n != fails)
        for n in range(1, len(states))
    )
    return Run(states[0], steps, len(steps), "agent", "Accurate", EXACT_ARITHMETIC)


@example([Fraction(n, 100) for n in range(2 * MOST)])
@given(values)
def test_bars_rise_and_fall_with_the_values(numbers: list[Fraction]) -> None:
    lines = [line.plain for line in course_lines(run_of(numbers))]
    if len(set(numbers)) == 1:
        assert not lines
        return
    assert not any("still" in line for line in lines)
    (row,) = [line for line in lines if line.strip().startswith("error")]
    bars = [c for c in row if c in BARS]
    shown = numbers if len(numbers) <= MOST else [*numbers[: MOST // 2], *numbers[-MOST // 2 :]]
    assert len(bars) == len(shown)
    levels = [BARS.index(bar) for bar in bars]
    for a, x in zip(levels, shown, strict=True):
        for b, y in zip(levels, shown, strict=True):
            assert x > y or a <= b
    assert ("…" in row) == (len(numbers) > MOST)
    mark = lines[-1].index("^")
    assert row[mark] in BARS
    assert row[mark + 1] == " "
    assert f"round {len(numbers) - 1}: Accurate breaks" in lines[-1]


@given(st.integers(1, 9))
def test_the_first_round_without_oversight_is_marked(fails: int) -> None:
    numbers = [Fraction(n, 10) for n in range(10)]
    lines = [line.plain for line in course_lines(run_of(numbers, fails))]
    (said,) = [line for line in lines if "nobody can oversee" in line]
    assert f"round {fails}:" in said
    (row,) = [line for line in lines if line.strip().startswith("error")]
    assert said.index("^") - row.index(BARS[0]) == fails
