"""Cells of parameters decided whole, against exact runs at points; maps that lose nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
import flint
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.backends.affine import Fork, Linear, constant, over
from checker.cli.map_jobs import Job, draw
from checker.cli.targets import shipped_claims
from checker.counterexamples.cell_run import breaks_all_over
from checker.counterexamples.random_search import following
from checker.parameters.cell_checker import CellChecker
from checker.parameters.monotonicity import best, worst
from checker.parameters.partition import Partition, begin, explore, fingerprint
from checker.portfolio.decision import Options, decide
from checker.system.parametric import Cell, ParametricProblem, bisect_cell, centre, share, within
from checker.system.replay import replay
from spec import Claim, SpecError
from spec.terms import when
from tests.test_thresholds import Memory, SumWithin, claim, majority, power, split

EXAMPLE = str(Path(__file__).parent.parent / "examples" / "noisy_memory.py")
GENTLE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
unit = st.sampled_from([Fraction(0), Fraction(1)]) | st.fractions(0, 1, max_denominator=64)


# --- linear forms ---------------------------------------------------------------------------------


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> Any:
    """A formula over two parameters, as nested tuples."""
    if depth == 0 or draw(st.booleans()):
        leaf = st.sampled_from(["x", "y"]) | st.fractions(-2, 2, max_denominator=8)
        return draw(leaf)
    kind = draw(st.sampled_from(["+", "-", "*", "/", "min", "if"]))
    return (kind, *(draw(formulas(depth=depth - 1)) for _ in range(2)))


def exactly(formula: Any, x: Fraction, y: Fraction) -> Fraction | None:
    if isinstance(formula, Fraction):
        return formula
    if isinstance(formula, str):
        return x if formula == "x" else y
    kind, *rest = formula
    a, b = (exactly(part, x, y) for part in rest)
    if a is None or b is None or (kind == "/" and b == 0):
        return None
    return {
        "+": a + b,
        "-": a - b,
        "*": a * b,
        "/": a / b if b else Fraction(0),
        "min": min(a, b),
        "if": a if a <= b * b else b,
    }[kind]


def formed(formula: Any, x: Linear, y: Linear, helpers: Any) -> Linear:
    if isinstance(formula, Fraction):
        return constant(formula)
    if isinstance(formula, str):
        return x if formula == "x" else y
    kind, *rest = formula
    joined: Linear
    a, b = (formed(part, x, y, helpers) for part in rest)
    if kind == "min":
        joined = helpers["ite"](helpers["le"](a, b), a, b)
        return joined
    if kind == "if":
        joined = helpers["ite"](helpers["le"](a, b * b), a, b)
        return joined
    joined = {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[kind](b)
    return joined


def ball(value: Fraction) -> Any:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


@settings(max_examples=300, deadline=None)
@given(formulas(), st.tuples(unit, unit, unit, unit), unit, unit)
def test_linear_forms_cover_every_point(
    formula: Any, ends: tuple[Fraction, ...], s: Fraction, t: Fraction
) -> None:
    (a, b), (c, d) = sorted(ends[:2]), sorted(ends[2:])
    x, y = a + s * (b - a), c + t * (d - c)
    value = exactly(formula, x, y)
    form = formed(formula, over(a, b, 0, 2), over(c, d, 1, 2), Fork(follows=False).backend.helpers)
    if value is None or not form.is_finite():
        return
    low, high = form.ends()
    assert not ball(value) < low
    assert not ball(value) > high


@settings(max_examples=200, deadline=None)
@given(formulas(), st.tuples(unit, unit, unit, unit), unit, unit)
def test_some_branch_covers_every_point(
    formula: Any, ends: tuple[Fraction, ...], s: Fraction, t: Fraction
) -> None:
    """Where branches are followed one by one, the point lies in the form of one of them."""
    (a, b), (c, d) = sorted(ends[:2]), sorted(ends[2:])
    value = exactly(formula, a + s * (b - a), c + t * (d - c))
    fork = Fork()

    def program(inputs: Sequence[Linear], units: Sequence[Any]) -> Linear:
        return formed(formula, inputs[0], inputs[1], fork.backend.helpers)

    forms = list(fork.all(program, [over(a, b, 0, 2), over(c, d, 1, 2)], ()))
    if value is None or not all(form.is_finite() for form in forms):
        return
    assert any(
        not ball(value) < form.ends()[0] and not ball(value) > form.ends()[1] for form in forms
    )


def test_a_form_remembers_what_it_depends_on() -> None:
    x = over(Fraction(0), Fraction(1), 0, 1)
    assert (x - x).extent == 0
    assert (x * constant(Fraction(2)) - x - x).extent == 0


# --- cells ----------------------------------------------------------------------------------------


def families() -> list[ParametricProblem]:
    the_split = Claim("split", split, SumWithin())
    named = {c.name: c for c in shipped_claims()}
    return [
        ParametricProblem(claim(majority(3), "2/5"), ("noise", "other")),
        ParametricProblem(the_split, ("noise", "other")),
        ParametricProblem(named["debate/benign"], ("flaw_finding", "judge_error")),
        ParametricProblem(named["debate-bare/aligned"], ("judge_rank", "gain")),
    ]


@pytest.mark.parametrize("number", range(4))
def test_every_point_of_a_decided_box_agrees(number: int) -> None:
    """Points of boxes against the deciding engines at those points, which share no cell logic."""
    parametric = families()[number]
    boxes, _ = explore(CellChecker(parametric), parametric.domain, parametric.domain, 4.0)
    assert {box.decided.kind for box in boxes} <= {"proved", "refuted"}
    for box in sorted(boxes, key=lambda b: -share(b.cell, parametric.domain))[:12]:
        for part in (Fraction(1, 7), Fraction(6, 7)):
            point = {
                n: a + part * (b - a) for n, (a, b) in zip(parametric.free, box.cell, strict=True)
            }
            found = decide(parametric.claim, point, Options(attack=20, timeout=20))
            assert found.verdict in (box.decided.kind, "unknown"), (box, point)
            if found.trace is not None and box.decided.iteration is not None:
                assert found.trace.run.iteration <= box.decided.iteration


@GENTLE
@given(st.tuples(unit, unit), st.tuples(unit, unit))
def test_a_broken_cell_is_broken_at_its_points(
    spans: tuple[Fraction, Fraction], where: tuple[Fraction, Fraction]
) -> None:
    parametric = ParametricProblem(Claim("split", split, SumWithin()), ("noise", "other"))
    low, high = sorted(spans)
    cell: Cell = ((low / 2, high / 2), (Fraction(0), Fraction(1)))
    treacherous = [[[Fraction(1), Fraction(1)]]]
    swept = breaks_all_over(parametric, cell, treacherous, 60)
    point = tuple(a + t * (b - a) for t, (a, b) in zip(where, cell, strict=True))
    run = replay(parametric.at(point), following(treacherous), 60)
    assert run is not None
    if swept is not None:
        assert run.broken is not None
        assert run.iteration <= swept.iteration
    elif low == high:
        assert run.broken is None  # at a point nothing may be lost


def test_corners_settle_a_cell() -> None:
    cell: Cell = ((Fraction(0), Fraction(1)), (Fraction(2), Fraction(3)))
    assert worst(cell, (1, -1)) == ((Fraction(1), Fraction(1)), (Fraction(2), Fraction(2)))
    assert best(cell, (1, 0)) == ((Fraction(0), Fraction(0)), (Fraction(2), Fraction(3)))


def test_a_seed_that_depends_on_the_parameter() -> None:
    """The seed is the noise itself: safe to 1/4, and broken at once beyond."""

    def halve(error: Any, p: Any, nature: Any) -> Any:
        return error / 2

    found = claim(halve, "1/4", seed=lambda p: Memory(error=p.noise))
    cell_checker = CellChecker(ParametricProblem(found, ("noise", "other")))
    rest = (Fraction(0), Fraction(1))
    kinds = [
        cell_checker.decide(((Fraction(low), Fraction(high)), rest)).kind
        for low, high in (("0", "1/2"), ("0", "1/8"), ("1/8", "1/4"), ("3/8", "1/2"))
    ]
    assert kinds == ["undecided", "proved", "proved", "refuted"]


def test_an_empty_choice_is_no_counterexample() -> None:
    """Where nature may have nothing to choose from, the cell is not called unsafe."""

    def rewrite(error: Any, p: Any, nature: Any) -> Any:
        return error + nature.choose("slip", at_least="1/4", at_most=p.noise)

    parametric = ParametricProblem(claim(rewrite, "1/2"), ("noise", "other"))
    whole = ((Fraction(0), Fraction(1, 2)), (Fraction(0), Fraction(1)))
    always = [[[Fraction(0)]]]  # the least slip, 1/4, would break it soon
    assert breaks_all_over(parametric, whole, always, 20) is None
    there = ((Fraction(3, 8), Fraction(1, 2)), (Fraction(0), Fraction(1)))
    assert breaks_all_over(parametric, there, always, 20) is not None


def test_a_switch_inside_a_cell_is_followed_both_ways() -> None:
    """The switch lies apart for parts of the cell, and the run breaks along either."""

    def rewrite(error: Any, p: Any, nature: Any) -> Any:
        return when(error + p.noise >= "1/4", 1, error + "1/10")

    parametric = ParametricProblem(claim(rewrite, "1/2"), ("noise", "other"))
    swept = breaks_all_over(parametric, parametric.domain, [[[]]], 20)
    assert swept is not None
    slowest = replay(parametric.at((Fraction(0), Fraction(0))), lambda i, s: (), 20)
    assert slowest is not None
    assert slowest.iteration <= swept.iteration


def test_parameters_are_checked() -> None:
    with pytest.raises(SpecError, match="noise, other"):
        ParametricProblem(claim(power(2), "1/2"), ("noize", "other"))
    with pytest.raises(SpecError, match="twice"):
        ParametricProblem(claim(power(2), "1/2"), ("noise", "noise"))
    imitation = next(c for c in shipped_claims() if c.name == "imitation/benign")
    with pytest.raises(SpecError, match="--param copies=3"):
        ParametricProblem(imitation, ("copies", "slip"))


# --- maps -----------------------------------------------------------------------------------------


def small() -> tuple[ParametricProblem, Cell]:
    parametric = ParametricProblem(Claim("split", split, SumWithin()), ("noise", "other"))
    return parametric, parametric.domain


def test_a_map_is_a_partition() -> None:
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, 1.0)
    partition.boxes += boxes
    areas = [partition.area("proved"), partition.area("refuted"), partition.area("undecided")]
    assert sum(areas) == 1
    cells = [box.cell for box in partition.boxes] + partition.open
    inside = [centre(cell) for cell in cells]
    for number, point in enumerate(inside):
        assert [n for n, cell in enumerate(cells) if within(point, cell)] == [number]


def test_a_map_survives_its_file() -> None:
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, 0.5)
    partition.boxes += boxes
    again = Partition.from_json(json.loads(json.dumps(partition.to_json())), "here")
    assert attrs.asdict(again) == attrs.asdict(partition)


def spoiled(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**data, "kind": "other"}
    yield {**data, "boxes": data["boxes"][1:]}
    yield {**data, "evidence": []}
    yield {**data, "open": [[["0", "x"], ["0", "1"]]]}
    yield {name: value for name, value in data.items() if name != "domain"}


def test_a_spoiled_file_is_told_in_one_line() -> None:
    parametric, domain = small()
    partition = begin(parametric, domain)
    boxes, partition.open = explore(CellChecker(parametric), domain, domain, 0.5)
    partition.boxes += boxes
    assert boxes
    for data in spoiled(partition.to_json()):
        with pytest.raises(SpecError, match=r"map\.json.*delete it"):
            Partition.from_json(data, "map.json")


def test_fingerprints_tell_schemes_apart() -> None:
    one = ParametricProblem(claim(power(2), "1/2"), ("noise", "other"))
    same = ParametricProblem(claim(power(2), "1/2"), ("noise", "other"))
    steps = ParametricProblem(claim(power(3), "1/2"), ("noise", "other"))
    limits = ParametricProblem(claim(power(2), "1/3"), ("noise", "other"))
    assert fingerprint(one) == fingerprint(same)
    assert len({fingerprint(f) for f in (one, steps, limits)}) == 3


def test_cells_are_cut_in_halves() -> None:
    cell: Cell = ((Fraction(0), Fraction(1)), (Fraction(2), Fraction(3)))
    left, right = bisect_cell(cell, 1)
    assert left[1][1] == right[1][0] == Fraction(5, 2)
    assert share(left, cell) == share(right, cell) == Fraction(1, 2)


SHIPPED = Job(
    "debate/benign",
    0,
    (),
    ("flaw_finding", "judge_error"),
    ((Fraction(0), Fraction(1)), (Fraction(0), Fraction(1))),
)


class Stop(Exception):
    """The user's interruption, as a test."""


def test_an_interrupted_map_goes_on(tmp_path: Path) -> None:
    file, seen = tmp_path / "map.json", []

    def stop(partition: Partition) -> None:
        seen.append(len(partition.boxes))
        if len(partition.boxes) >= 2:
            raise Stop

    with pytest.raises(Stop):
        draw(SHIPPED, file, undecided=Fraction(1, 50), timeout=60, jobs=1, tell=stop)
    before = Partition.from_json(json.loads(file.read_text()), str(file))
    assert len(before.boxes) == seen[-1] >= 2
    after = draw(
        SHIPPED, file, undecided=Fraction(1, 50), timeout=60, jobs=2, tell=lambda partition: None
    )
    assert after.area("undecided") <= Fraction(1, 50)
    assert after.boxes[: len(before.boxes)] == before.boxes
    assert Partition.from_json(json.loads(file.read_text()), str(file)).boxes == after.boxes
    other = attrs.evolve(SHIPPED, overriding=(("self_play_gap", Fraction(0)),))
    with pytest.raises(SpecError, match="another question"):
        draw(other, file, undecided=Fraction(1), timeout=1, jobs=1, tell=lambda partition: None)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from checker.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=None,
    )


def test_the_map_command(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        *("map", "debate", "benign", "flaw_finding", "judge_error=0..1/2"),
        *("--undecided", "0.05", "--out", "m", "--jobs", "1"),
    )
    assert done.returncode == 0, done.stderr
    assert {file.name for file in tmp_path.iterdir()} == {"m.json", "m.png", "m.html"}
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "m.html").read_text()
    assert "http" not in page.replace("http-equiv", "")  # it needs no other file
    data = json.loads(page.split("const data = ")[1].split(";\n")[0])
    boxes = json.loads((tmp_path / "m.json").read_text())["boxes"]
    assert len(data["boxes"]) >= len(boxes) > 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("map", "debate", "benign", "flaw_finding", "depth"), "--param depth=2"),
        (("map", "debate", "benign", "flaw_finding", "flaw_finding"), "twice"),
        (("map", "debate", "benign", "flaw_finding=1..0", "judge_error"), "empty"),
        (("map", "debate", "benign", "flaw_finding=1", "judge_error"), "LOW..HIGH"),
        (("map", "debate", "kind", "flaw_finding", "judge_error"), "Aligned, Benign"),
        (("map", "debate", "benign", "slip", "judge_error", "--out", "no/m"), "no such folder"),
        (("threshold", "debate", "benign", "depth"), "--param depth=2"),
        (("threshold", "debate", "benign", "slip", "--width", "0"), "not above 0"),
        (("threshold", "debate", "benign", "slip", "--param", "slip=1/9"), "varied"),
        (("threshold", EXAMPLE, "mostlyright", "noize"), "noise"),
    ],
)
def test_wrong_calls(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_threshold_command(tmp_path: Path) -> None:
    done = run(tmp_path, "threshold", EXAMPLE, "mostlyright", "noise", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["threshold"]
    assert found["exact"]["rational"] == "6/37"
    assert found["included"] is True
    assert found["counterexample"]["iteration"] > 100
    told = run(tmp_path, "threshold", EXAMPLE, "mostlyright", "noise")
    assert "noise <= 6/37" in told.stdout
