"""What is still guaranteed, and what a prefix forecasts, against a map that is followed exactly."""

from fractions import Fraction

import pytest

import checker.conform.estimates as estimates_module
from checker.conform.conformance import Asked
from checker.conform.findings import Kept, Outlook
from examples.noisy_memory import MostlyRight, memory
from spec.statements.claim import Claim
from tests.conform.judging import judged

CLAIM = Claim("mostly right", memory, MostlyRight())


def rewritten(error: Fraction, noise: Fraction) -> Fraction:
    wrong = 3 * error**2 - 2 * error**3
    return noise * (1 - wrong) + (1 - noise) * wrong


def errors(noise: Fraction, count: int) -> list[Fraction]:
    """Rounded down, so that each is at most what the step says of the one before."""
    found = [Fraction(0)]
    for _ in range(count):
        found.append(round(rewritten(found[-1], noise) * 10**6 - Fraction(1, 2)) / Fraction(10**6))
    return found


def rows_of(values: list[Fraction]) -> list[dict[str, object]]:
    return [
        {"iteration": i, "position": "agent", "error": f"{float(value):.6f}"}
        for i, value in enumerate(values)
    ]


def ahead(error: str, noise: Fraction) -> Outlook:
    rows = [
        {"iteration": 0, "position": "agent", "error.low": "0", "error.high": "0"},
        {"iteration": 1, "position": "agent", "error.low": "0", "error.high": error},
    ]
    asked = Asked((CLAIM,), estimates=False)
    (found,) = judged(memory, rows, {"noise": noise}, asked=asked).outlook
    return found


def test_an_invariant_holds_forever_where_the_map_stays_below() -> None:
    assert ahead("0.2", Fraction(4, 25)).kept is Kept.FOREVER


def test_for_how_long_it_holds_is_what_the_map_says() -> None:
    noise = Fraction(9, 50)
    found = ahead("0.17", noise)
    value, count = Fraction(17, 100), 0
    while value <= Fraction(2, 5):
        value, count = round(rewritten(value, noise), 12), count + 1  # exact digits would triple
    assert (found.kept, found.clear, found.breaks) == (Kept.SOME_TIME, count - 1, count)


def test_what_is_broken_already() -> None:
    rows = [{"iteration": 0, "position": "agent", "error.low": "0.5", "error.high": "0.6"}]
    asked = Asked((CLAIM,), estimates=False)
    (found,) = judged(memory, rows, asked=asked).outlook
    assert found.kept is Kept.BROKEN


def test_the_measured_agents_that_break_an_invariant_are_named() -> None:
    # at most 2/5: broken where all of the interval is above it, and not where only part of it is
    ends = {0: ("0", "0.1"), 1: ("0.41", "0.5"), 2: ("0.39", "0.6"), 3: ("0.2", "0.3")}
    ends |= {4: ("0.45", "0.5"), 5: ("0.4", "0.5")}
    rows = [
        {"iteration": number, "position": "agent", "error.low": low, "error.high": high}
        for number, (low, high) in ends.items()
    ]
    asked = Asked((CLAIM,), estimates=False)
    (found,) = judged(memory, rows, asked=asked).outlook
    assert found.broken == (1, 4)


def test_of_a_long_log_so_many_positions_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    values = errors(Fraction(3, 25), 5)
    values[5] = rewritten(values[4], Fraction(1, 5))
    (whole,) = judged(memory, rows_of(values), asked=Asked(), within=Fraction(0)).estimates
    monkeypatch.setattr(estimates_module, "MOST_MEASURED", 4)
    (part,) = judged(memory, rows_of(values), asked=Asked(), within=Fraction(0)).estimates
    assert (whole.until, part.until) == (None, 3)
    assert part.low < Fraction(3, 25) + Fraction(1, 10**4) < whole.low  # of the last is not known


@pytest.mark.parametrize("changed", [False, True])
def test_a_forecast_fails_from_where_the_noise_is_raised(changed: bool) -> None:
    values = errors(Fraction(3, 25), 5)
    if changed:
        for number in (4, 5):
            values[number] = rewritten(values[number - 1], Fraction(1, 5))
    asked = Asked(estimates=False, fit_until=3, fit=("noise",))
    found = judged(memory, rows_of(values), asked=asked, within=Fraction(0)).forecast
    assert found is not None
    assert abs(found.fitted["noise"] - Fraction(3, 25)) < Fraction(1, 10**4)
    assert [row.at[0] for row in found.rows] == [4, 5]
    assert [row.at[0] for row in found.failed] == ([4, 5] if changed else [])


def test_a_parameter_is_estimated_from_below() -> None:
    values = errors(Fraction(3, 25), 4)
    (found,) = judged(memory, rows_of(values), asked=Asked(), within=Fraction(0)).estimates
    assert abs(found.low - Fraction(3, 25)) < Fraction(1, 10**4)
    assert found.high == Fraction(1, 2)  # the domain's end: more noise only bounds it less
    assert not found.empty
    assert found.enough is not None
    assert found.low <= found.enough < Fraction(3, 25) + Fraction(1, 10**4)


def test_what_a_run_needs_has_two_sides_where_counts_leave_room() -> None:
    low, high = Fraction(11, 100), Fraction(13, 100)
    rows = [
        {"iteration": 0, "position": "agent", "error.low": "0", "error.high": "0"},
        {"iteration": 1, "position": "agent", "error.low": "0.11", "error.high": "0.13"},
        {"iteration": 2, "position": "agent", "error.low": "0.1", "error.high": "0.2"},
    ]
    (found,) = judged(memory, rows, asked=Asked()).estimates
    # the first step needs its own error; the second, from error low, the noise n that gives 1/5:
    # n (1 - w) + (1 - n) w = 1/5 with w what three copies get wrong together
    wrong = 3 * low**2 - 2 * low**3
    most = max(high, (Fraction(1, 5) - wrong) / (1 - 2 * wrong))
    assert abs(found.low - low) < Fraction(1, 10**4)
    assert found.enough is not None
    assert most <= found.enough < most + Fraction(1, 10**4)


def test_what_no_value_is_enough_for_is_not_said() -> None:
    # whatever the noise, the error is at most 1/2 after a step from 0, and it may be 3/5
    rows = [
        {"iteration": 0, "position": "agent", "error.low": "0", "error.high": "0"},
        {"iteration": 1, "position": "agent", "error.low": "0.6", "error.high": "0.7"},
    ]
    (found,) = judged(memory, rows, asked=Asked()).estimates
    assert found.empty
    assert found.enough is None
