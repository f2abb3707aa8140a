"""Parameters that a log measures themselves, shares beside the scheme, ratios of two counts."""

from fractions import Fraction
from typing import Any

import pytest

from checker.backends.solver import QueryBudget
from checker.conform.binomial import clopper_pearson
from checker.conform.columns import Mapped, with_parameters
from checker.conform.conformance import Asked, conformance
from checker.conform.findings import Conformance, Judgement, Silent
from checker.conform.log import assemble, texts
from checker.conform.measured import Certainty, Sense, Taken
from checker.conform.measurement import measure, measured_parameters
from checker.conform.observed import parameter_senses
from checker.conform.relation import bounding, fields_by_position, senses_of
from checker.system.transition_system import problem_of
from models.iterated_amplification import budgeted_amplification
from models.reliability_amplification import reliability
from spec.errors import SpecError
from spec.scheme import Process

AGENT = {"iteration": 0, "position": "agent", "error.count": 0, "error.of": 4000}
EXPERT = AGENT | {"position": "expert", "error.count": 10}
VOTE = AGENT | {"position": "expert"}
NEXT = AGENT | {"iteration": 1, "error.count": 20}


def judged(
    process: Process,
    rows: list[dict[str, Any]],
    *,
    told: dict[str, Sense] | None = None,
    targets: dict[str, str] | None = None,
    asked: Asked | None = None,
) -> Conformance:
    mapped = Mapped("map.toml", {}, targets or {})
    fields = with_parameters(fields_by_position(process), process, mapped)
    log = assemble(texts(rows), "log", fields, mapped)
    plain = problem_of(process, {})
    senses = senses_of(plain, [], {})
    relation = bounding(plain, senses)
    budget = QueryBudget(2.0)
    beside = parameter_senses(relation, measured_parameters(log), told or {}, budget)
    measured = measure(log, fields, senses, Certainty(), Taken(Fraction(0)), beside)
    return conformance(process, relation, measured, budget, asked)


def counted(name: str, count: int, of: int) -> dict[str, int]:
    return {f"{name}.count": count, f"{name}.of": of}


@pytest.mark.parametrize(
    ("name", "sense"),
    [
        ("slip", Sense.MOST),
        ("density", Sense.MOST),
        ("imitation_error", Sense.MOST),
        ("lost", Sense.MOST),
        ("checked", Sense.LEAST),
        ("detection", Sense.LEAST),
        ("correction", Sense.LEAST),
        ("kept_back", Sense.LEAST),
    ],
)
def test_whether_more_or_less_of_a_parameter_allows_more(name: str, sense: Sense) -> None:
    plain = problem_of(budgeted_amplification, {})
    relation = bounding(plain, senses_of(plain, [], {}))
    assert parameter_senses(relation, {name}, {}, QueryBudget(2.0)) == {name: sense}


@pytest.mark.parametrize("name", ["margin", "tolerance", "gain", "alone_error"])
def test_what_bounds_nothing_that_is_measured_must_be_told(name: str) -> None:
    # a margin says when an expert oversees; a gain is what it is; no part is done alone here
    plain = problem_of(budgeted_amplification, {})
    relation = bounding(plain, senses_of(plain, [], {}))
    with pytest.raises(SpecError, match=f"--at-most {name}"):
        parameter_senses(relation, {name}, {}, QueryBudget(2.0))
    told = {name: Sense.LEAST}
    assert parameter_senses(relation, {name}, told, QueryBudget(2.0)) == told


@pytest.mark.parametrize(("count", "departs"), [(40, False), (80, True)])
def test_a_parameter_measured_beyond_its_value_departs(count: int, departs: bool) -> None:
    # imitation_error is 1/100: 40 of 4000 hide it, 80 of 4000 do not; the fields are explained
    rows = [AGENT, VOTE, NEXT | counted("parameter.imitation_error", count, 4000)]
    found = judged(reliability, rows, asked=Asked())
    assert (found.judgement is Judgement.DEPARTS) == departs
    assert found.departure is None
    (observed,) = found.observed
    low, high = clopper_pearson(count, 4000, Fraction(1, 400))  # four counts share 1/100
    assert (observed.low, observed.high) == (low, high)
    assert (observed.exceeded is not None) == (low > Fraction(1, 100)) == departs
    if observed.exceeded is not None:
        at, m = observed.exceeded
        assert (at, m.row) == ((1, 0), 3)
    estimate = next(e for e in found.estimates if e.name == "imitation_error")
    assert estimate.measured == (low, high)
    assert estimate.low >= low


def test_the_worst_of_ranks_and_iterations_is_what_counts() -> None:
    counts = {1: 30, 2: 90, 3: 60}
    rows: list[dict[str, Any]] = [AGENT, VOTE, NEXT]
    rows += [
        {"iteration": 1, "position": "agent", "rank": rank}
        | counted("parameter.imitation_error", count, 4000)
        for rank, count in counts.items()
    ]
    found = judged(reliability, rows)
    (observed,) = found.observed
    assert (observed.low, observed.high) == clopper_pearson(90, 4000, Fraction(1, 600))
    assert observed.exceeded is not None
    assert observed.exceeded[1].rank == "2"


def test_an_explanation_that_was_measured_to_be_too_small_is_ruled_out() -> None:
    # the expert errs in 30 % after an agent that errs never: only slips, or a false alarm, explain
    rows: list[dict[str, Any]] = [
        AGENT,
        EXPERT | {"error.count": 1200} | counted("parameter.slip", 20, 4000),
    ]
    found = judged(budgeted_amplification, rows)
    assert found.departure is not None
    (slip,) = [e for e in found.departure.explanations if e.name == "slip"]
    assert slip.ruled_out
    assert slip.measured == clopper_pearson(20, 4000, Fraction(1, 300))
    others = [e for e in found.departure.explanations if e.name != "slip"]
    assert not any(e.ruled_out for e in others)
    enough = EXPERT | {"error.count": 1200} | counted("parameter.slip", 1300, 4000)
    found = judged(budgeted_amplification, [AGENT, enough])
    assert found.departure is not None
    (slip,) = [e for e in found.departure.explanations if e.name == "slip"]
    assert not slip.ruled_out


def test_a_density_is_at_least_the_ratio_of_any_event() -> None:
    density = counted("parameter.density", 200, 4000) | counted("parameter.density.base", 50, 4000)
    found = judged(budgeted_amplification, [AGENT, EXPERT | density])
    (observed,) = found.observed
    missed = Fraction(1, 400)  # two counts of errors and two of the ratio
    low = clopper_pearson(200, 4000, missed)[0] / clopper_pearson(50, 4000, missed)[1]
    assert 1 < low < 4
    assert (observed.low, observed.high) == (low, Fraction(1000))  # nothing bounds it from above
    assert found.measured.cells == 4
    assert found.judgement is Judgement.DEPARTS


def test_of_a_ratio_below_one_nothing_is_learned() -> None:
    density = counted("parameter.density", 5, 4000) | counted("parameter.density.base", 50, 4000)
    found = judged(budgeted_amplification, [AGENT, EXPERT | density])
    assert (found.observed[0].low, found.observed[0].high) == (Fraction(1), Fraction(1000))
    assert found.judgement is Judgement.CONFORMS


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (counted("parameter.density", 5, 10), "density.base.count"),
        (counted("parameter.density.base", 5, 10), "log both"),
        (counted("error.base", 5, 10), "no field"),
        (counted("parameter.densty", 5, 10), "did you mean parameter.density"),
        (
            counted("parameter.density", 5, 10)
            | {"parameter.density.base.count": 11, "parameter.density.base.of": 10},
            "is above",
        ),
        (
            counted("parameter.density", 5, 10)
            | {"parameter.density.base.count": "", "parameter.density.base.of": ""},
            "one is empty",
        ),
        ({"parameter.slip": "4.5"}, "is it a percentage"),
    ],
)
def test_what_is_wrong_with_a_measured_parameter(cells: dict[str, Any], why: str) -> None:
    with pytest.raises(SpecError, match=why):
        judged(budgeted_amplification, [AGENT, EXPERT | cells])


def test_shares_beside_the_scheme_have_intervals_and_no_say() -> None:
    rows = [AGENT | {"hard.count": 37, "hard.of": 597}, VOTE, NEXT]
    targets = {"hard.count": "beside.hard.count", "hard.of": "beside.hard.of"}
    found = judged(reliability, rows, targets=targets)
    share = found.measured.beside[0, 0]["hard"]
    assert (share.low, share.high) == clopper_pearson(37, 597, Fraction(1, 400))
    assert found.judgement is Judgement.CONFORMS


def test_why_a_log_does_not_identify_a_parameter() -> None:
    found = judged(budgeted_amplification, [AGENT, EXPERT, NEXT], asked=Asked())
    why = {e.name: e.silent for e in found.estimates if not e.identified}
    assert why["alone_error"] is Silent.UNREAD  # no part is done alone
    assert why["resistance_drift"] is Silent.UNMEASURED
    through = {e.name: e.through for e in found.estimates}
    assert through["resistance_drift"] == ("agent's resistance",)
    assert why["density"] is Silent.HIDDEN  # an error of 0 may be asked for as often as you like
