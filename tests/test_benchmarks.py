"""The benchmark's labels, its frozen half, and the race; not how anyone does in it."""

from __future__ import annotations

import hashlib
import random
from fractions import Fraction
from functools import partial
from json import loads
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import arena, generated, problems, race
from benchmarks.arena import QUESTIONS
from benchmarks.contestants import CONTESTANTS, applicable, storm
from benchmarks.plain_loop import breaks, in_floats
from benchmarks.question import Interval, Label, Question, System, maximum, minimum, ranges, when
from benchmarks.race import kept, run
from benchmarks.report import BEGIN, END, Result, summarize, write_markdown
from benchmarks.theory import (
    climbs,
    first_break,
    keeps_box,
    keeps_interval,
    nonnegative,
    polynomial_of,
    positive,
    value_at,
)
from checker import Options, decide
from checker.backends.evaluator import EXACT
from checker.system.problem import numeral_value, pose

FROZEN = "1878df2027233a897fc16ab832ec6ad377eb7967ee09245a7eb7b6d756c2ec17"
README = Path(generated.__file__).with_name("README.md")
HALF, ONE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)
SYSTEMS = [question for question in QUESTIONS if question.system is not None]


def named(questions: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("question", questions, ids=lambda q: q.name)


# --- the questions ------------------------------------------------------------------------------


@named(QUESTIONS)
def test_the_theory_behind_every_label_holds(question: Question) -> None:
    first = question.theory()
    assert question.label == "unsafe" or first is None


def test_the_set_is_what_it_is_said_to_be() -> None:
    assert len(QUESTIONS) >= 60
    assert len(problems.QUESTIONS) == len(generated.QUESTIONS) >= 32
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    for half in (problems.QUESTIONS, generated.QUESTIONS):
        labels = [question.label for question in half]
        assert abs(labels.count("safe") - labels.count("unsafe")) <= 4
    assert {q.distance for q in generated.QUESTIONS} == set(generated.DISTANCES)
    assert {q.agents for q in QUESTIONS} >= {1, 2, 4, 8, 16, 32, 64}
    assert sum(question.chain is not None for question in QUESTIONS) == 8


def test_the_generated_half_is_frozen() -> None:
    source = Path(generated.__file__).read_bytes()
    assert hashlib.sha256(source).hexdigest() == FROZEN
    assert FROZEN in README.read_text()
    again = generated.generate(generated.SEED)
    assert [q.name for q in again] == [q.name for q in generated.QUESTIONS]
    assert [q.why for q in again] == [q.why for q in generated.QUESTIONS]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(generated.FAMILIES), st.sampled_from([0, 1]))
def test_the_labels_of_every_family_hold_for_other_draws(
    seed: int, family: Any, distance: int
) -> None:
    labels: tuple[Label, ...] = ("safe", "unsafe")
    for label in labels:
        drawn = random.Random(seed)
        made = family(drawn, generated.DISTANCES[distance], label)
        made.theory()


# The reasons of the others read more than the loop: an agent alone, the limit that was drawn.
READS_THE_LOOP = [
    q
    for q in generated.QUESTIONS
    if (q.family, q.label) not in {("ring", "safe"), ("chain", "unsafe")}
]


@named(READS_THE_LOOP)
def test_a_wrong_label_fails_its_check(question: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same draw on the other side of the threshold: its reason does not hold of this loop."""
    other: Label = "unsafe" if question.label == "safe" else "safe"
    family = getattr(generated, question.family)
    assert question.distance is not None
    right = family(random.Random(5), question.distance, question.label)
    wrong = family(random.Random(5), question.distance, other)
    # The reason of the wrong label, asked of the loop with the right one.
    for name in ("step", "limit", "fields", "choices", "seed"):
        object.__setattr__(wrong.system, name, getattr(right.system, name))
    monkeypatch.setattr(generated, "first_break", partial(first_break, most=100))
    with pytest.raises(AssertionError):
        wrong.theory()


@named([q for q in SYSTEMS if q.agents <= 16])
def test_the_claim_is_the_plain_loop(question: Question) -> None:
    """What the solvers get, evaluated in exact numbers, is the step as plain Python."""
    system = question.system
    assert system is not None
    problem = pose(question.claim)
    assert tuple(numeral_value(term) for term in problem.seed) == system.seed
    (step,) = problem.steps
    program, guard = step.program.bind(EXACT), problem.guards["agent"].bind(EXACT)
    drawn = random.Random(question.name)
    for _ in range(4):
        state = [r.low + (r.high - r.low) * Fraction(drawn.randint(0, 7), 7) for r in system.fields]
        units = [Fraction(drawn.randint(0, 5), 5) for _ in system.choices]
        chosen = [c.low + (c.high - c.low) * u for c, u in zip(system.choices, units, strict=True)]
        outputs, _, _ = program(
            [EXACT.constant(v) for v in state], [EXACT.constant(u) for u in units]
        )
        after = [Fraction(int(v.p), int(v.q)) for v in outputs[: len(state)]]
        assert after == list(system.step(state, chosen))
        truths, _, _ = guard([EXACT.constant(v) for v in state], ())
        assert all(truths) == system.safe(state)


@named([q for q in QUESTIONS if q.name.startswith(("halving", "chaos", "affine", "logistic"))])
def test_alignspec_agrees_with_easy_labels(question: Question) -> None:
    verdict = decide(question.claim, options=Options(timeout=20.0))
    assert verdict.verdict == {"safe": "proved", "unsafe": "refuted"}[question.label]


@named([q for q in QUESTIONS if q.chain is not None])
def test_storm_agrees_with_the_labels_of_chains(question: Question) -> None:
    pytest.importorskip("stormpy")
    assert storm(question, 20.0).answer == question.label


# --- the checks themselves ----------------------------------------------------------------------

small = st.fractions(-3, 3, max_denominator=8)
intervals = st.tuples(small, small).map(lambda ends: Interval(min(ends), max(ends)))
shares = st.fractions(0, 1, max_denominator=4)


@given(intervals, intervals, shares, shares)
def test_intervals_cover_the_arithmetic(a: Interval, b: Interval, s: Any, t: Any) -> None:
    x, y = a.low + s * (a.high - a.low), b.low + t * (b.high - b.low)

    def covers(found: Interval, value: Fraction) -> bool:
        return found.low <= value <= found.high

    assert covers(a + b, x + y)
    assert covers(a - b, x - y)
    assert covers(2 - a, 2 - x)
    assert covers(a * b, x * y)
    assert covers(a**2, x**2)
    assert covers(a**3, x**3)
    assert covers(minimum(a, b), min(x, y))
    assert covers(maximum(a, b), max(x, y))
    assert covers(when(a <= b, a, b), x if x <= y else y)
    assert covers(a.outward(Fraction(1, 7)), x)
    if b.low > 0 or b.high < 0:
        assert covers(a / b, x / y)


@given(st.lists(small, min_size=1, max_size=4), intervals, shares)
def test_shown_polynomials_are_nonnegative(p: Any, over: Interval, share: Fraction) -> None:
    value = value_at(p, over.low + share * (over.high - over.low))
    if nonnegative(p, over.low, over.high, depth=6):
        assert value >= 0
    if positive(p, over.low, over.high, depth=6):
        assert value > 0


def polynomial(*coefficients: Fraction, limit: Fraction = ONE) -> System:
    return System(
        ranges(["e"], 0, 1), (), (ZERO,), lambda s, x: (value_at(coefficients, s[0]),), limit
    )


@given(st.lists(small, min_size=3, max_size=3))
def test_interpolation_finds_the_polynomial(p: list[Fraction]) -> None:
    assert list(polynomial_of(polynomial(*p), (), 2)) == p
    if p[2]:
        with pytest.raises(AssertionError):
            polynomial_of(polynomial(*p), (), 1)


def test_reasons_that_do_not_hold_are_refused() -> None:
    touching = polynomial(Fraction(1, 4), ZERO, ONE)  # e^2 + 1/4 touches e at 1/2
    keeps_interval(touching, ZERO, HALF, 2)
    for refused in (
        lambda: climbs(touching, 2),
        lambda: keeps_interval(touching, ZERO, Fraction(3, 4), 2),
        lambda: keeps_interval(polynomial(Fraction(251, 1000), ZERO, ONE), ZERO, HALF, 2),
        lambda: keeps_box(touching, [(ZERO, Fraction(49, 100))]),
        lambda: keeps_box(attrs.evolve(touching, limit=Fraction(1, 4)), [(ZERO, HALF)]),
        lambda: keeps_box(attrs.evolve(touching, seed=(Fraction(3, 5),)), [(ZERO, HALF)]),
        lambda: first_break(attrs.evolve(touching, limit=HALF), most=50),
    ):
        with pytest.raises(AssertionError):
            refused()
    assert first_break(attrs.evolve(touching, limit=Fraction(2, 5))) == 6


def test_a_counterexample_of_rounding_does_not_count() -> None:
    """In floats 0.1 + 0.2 exceeds 0.3."""
    tenth, three = Fraction(1, 10), Fraction(3, 10)
    sums = System(
        ranges(["e"], 0, 1),
        ranges(["x"], 0, "1/5"),
        (tenth,),
        lambda s, x: (tenth + x[0],),
        three,
    )
    keeps_box(sums, [(ZERO, three)])
    rounded = in_floats(sums)
    assert not rounded.safe(tuple(rounded.step(rounded.seed, (0.2,))))
    assert not breaks(sums, [(0.2,)])
    assert breaks(attrs.evolve(sums, limit=Fraction(29, 100)), [(0.2,)])


# --- the race -----------------------------------------------------------------------------------


def test_a_race_is_resumed_from_its_file(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    def contest(question: Question, contestant: str, limit: float) -> Result:
        asked.append((question.name, contestant))
        if len(asked) == 5:
            raise KeyboardInterrupt
        return Result(question.name, contestant, question.label, "safe", 0.5, "")

    file, some = tmp_path / "race.json", QUESTIONS[:2]
    with pytest.raises(KeyboardInterrupt):
        run(some, 3.0, file=file, contest=contest)
    written = [
        (item["question"], item["contestant"]) for item in loads(file.read_text())["results"]
    ]
    assert asked[:4] == written
    wanted = [(q.name, c) for q in some for c in CONTESTANTS if applicable(c, q)]
    asked[:] = [("", "")] * 5
    results, used = run(some, 3.0, file=file, contest=contest)
    assert asked[5:] == [pair for pair in wanted if pair not in written]
    assert [(r.question, r.contestant) for r in results] == wanted
    asked.clear()
    assert run(some, 3.0, file=file, contest=contest) == (results, used)
    assert asked == []
    assert kept(file, {**used, "limit": 4.0}) == []


def test_only_what_is_asked_for_is_run() -> None:
    def contest(question: Question, contestant: str, limit: float) -> Result:
        return Result(question.name, contestant, question.label, "unknown", 0.5, "")

    results, _ = run(QUESTIONS, 3.0, only="^Storm: chain: repair", contest=contest)
    assert [(r.contestant, r.question[:6]) for r in results] == [("Storm", "repair")] * 2


def test_one_answer_in_its_own_process_and_one_killed() -> None:
    halving = next(q for q in QUESTIONS if q.name == "halving, error <= 499/1000")
    assert arena.put(halving, "unrolled Z3", 60.0).outcome == "solved"
    killed = arena.put(halving, "Hypothesis", 0.0)
    assert (killed.outcome, killed.note) == ("unknown", "killed at the limit")


def test_a_wrong_answer_or_an_exception_is_loud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"safe": ("safe", ""), "unsafe": ("unknown", "killed at the limit")}

    def contest(question: Question, contestant: str, limit: float) -> Result:
        answer, note = answers[question.label]
        return Result(question.name, contestant, question.label, answer, 0.5, note)  # type: ignore[arg-type]

    monkeypatch.setattr(race, "put", contest)
    asked = ["--only", "^alignspec: affine: halving"]
    assert race.main(asked) == 0
    answers["unsafe"] = ("safe", "")
    assert race.main(asked) == 1
    assert "WRONG: alignspec on halving, error <= 499/1000" in capsys.readouterr().out
    answers["unsafe"] = ("unknown", f"{arena.FAILED}EnginesDisagree: ...")
    assert race.main(asked) == 1
    assert "FAILED: alignspec on halving, error <= 499/1000" in capsys.readouterr().out


def result(contestant: str, label: Label, answer: Any, seconds: float) -> Result:
    return Result(f"{label} {seconds}", contestant, label, answer, seconds, "", 0.25)


def test_scores() -> None:
    results = [
        result("alignspec", "safe", "safe", 1.0),
        result("alignspec", "unsafe", "safe", 2.0),
        result("alignspec", "unsafe", "unknown", 3.0),
        result("Storm", "unsafe", "not installed", 0.0),
    ]
    (only,) = summarize(results, limit=4.0)
    assert (only.contestant, only.posed, only.solved, only.wrong, only.unknown) == (
        *("alignspec", 3),
        *(1, 1, 1),
    )
    assert only.par2 == pytest.approx((1 + 8 + 8) / 3)
    assert results[1].cell == "safe WRONG 2.00"


def test_the_tables_replace_what_is_between_the_marks(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"above\n{BEGIN}\nstale text\n{END}\nbelow\n")
    results = [Result(QUESTIONS[0].name, "alignspec", "safe", "safe", 1.0, "", 0.25)]
    used = {"limit": 2.0, "jobs": 1, "cores": 2, "versions": {"python": "3"}}
    for _ in range(2):
        write_markdown(file, QUESTIONS, results, used, {})
    text = file.read_text()
    assert text.startswith("above\n")
    assert text.endswith("\nbelow\n")
    assert text.count("| alignspec | 1 | 1 | 1 | 0 | 0 | 0 | 1.00 s |") == 1
    assert "stale text" not in text
