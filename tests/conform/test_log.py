"""What a log may look like, and what is refused: a row, a column, one line."""

import json
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import checker.conform.log as log_module
from checker.conform.binomial import clopper_pearson
from checker.conform.columns import Mapped, read_mapping
from checker.conform.log import Log, read_log
from checker.conform.measured import Certainty, Measured, Measurement, Sense, Taken
from checker.conform.measurement import measure, share_of
from checker.conform.relation import fields_by_position
from models.imitation import imitation
from spec.errors import SpecError

FIELDS = fields_by_position(imitation)
SENSES = {
    (position, name): Sense.MOST if name in ("error", "malign") else Sense.VALUE
    for position, known in FIELDS.items()
    for name in known
}
JSON = '{"iteration": 0, "position": "agent", "error": '
HEAD = "iteration,position,error.count,error.of\n"


def log_of(tmp_path: Path, text: str, mapped: Mapped | None = None, *, gaps: bool = False) -> Log:
    file = tmp_path / "run.csv"
    file.write_text(text, encoding="utf-8")
    return read_log(str(file), FIELDS, mapped, gaps=gaps)


def measured(log: Log, within: Fraction | None = None, *, growing: bool = False) -> Measured:
    return measure(log, FIELDS, SENSES, Certainty(growing=growing), Taken(within))


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("", "run.csv", "empty"),
        (HEAD, "run.csv", "no row"),
        (HEAD + "0,agent,,\n", "run.csv", "every cell is empty"),
        (HEAD + "0,agent,1,10\n1,agent,x,10\n", "row 2, column error.count", "no whole number"),
        (HEAD + "0,agent,1.5,10\n", "row 1, column error.count", "no whole number"),
        (HEAD + "0,agent,1,1" + "0" * 30 + "\n", "row 1, column error.of", "outside 0.."),
        (HEAD + "0,agent,1,10\n1,agent\n", "row 2", "has 2 cells, but the header has 4"),
        (HEAD + '0,"agent",1,10\n1,agent,1\n', "row 2", "has 3 cells, but the header has 4"),
        (HEAD + '0,agent,1,10\n1,"agent,1,10\n', "row 2", "quote left open"),
        (HEAD.replace(",", ";") + "0;agent;1;10\n", "run.csv", "semicolons"),
        (HEAD.replace(",", "\t") + "0\tagent\t1\t10\n", "run.csv", "tabs"),
        (HEAD.replace("\n", "\r") + "0,agent,1,10\r", "run.csv", "bare carriage returns"),
        ("," + HEAD + "0,0,agent,1,10\n", "column 1", "has no name"),
        ("iteration,position,error\n0,agent,4.5%\n", "row 1, column error", "as a share"),
        (HEAD + "0,agent,-1,10\n", "row 1, column error.count", "outside 0.."),
        (HEAD + "0,agent,11,10\n", "row 1, column error.count", "above error.of"),
        (HEAD + "0,agent,0,0\n", "row 1, column error.of", "nothing was drawn"),
        (HEAD + "0,agent,1,\n", "row 1, column error.of", "is empty"),
        (HEAD + "0,agent,,10\n", "row 1, column error.count", "is empty"),
        (HEAD + "0,judge,1,10\n", "row 1, column position", "agent or expert"),
        (HEAD + "0,,1,10\n", "row 1, column position", "agent or expert"),
        (HEAD + ",agent,1,10\n", "row 1, column iteration", "no whole number"),
        (HEAD + "0,agent,1,10\n0,agent,1,10\n", "row 2, column iteration", "as row 1"),
        (HEAD + "0,agent,1,10\n2,agent,1,10\n", "row 2, column iteration", "iteration 1"),
        (HEAD + "1,agent,1,10\n", "row 1, column iteration", "iteration 0"),
        (HEAD + "0,agent,1,10\n1,agent,1,10\n0,expert,1,10\n", "row 3", "sort the log"),
        (HEAD + "0,agent,1,10\n1,agent,1,10,3\n", "row 2", "5 cells"),
        ("iteration,position,eror.count,error.of\n0,agent,1,9\n", "eror.count", "error.count?"),
        ("iteration,position,loss\n0,agent,1\n", "column loss", "ignore"),
        ("iteration,position,error.count\n0,agent,1\n", "error.count", "no error.of"),
        ("step,position,error\n0,agent,1\n", "run.csv", "no column iteration"),
        ("iteration,error\n0,1\n", "column error", "agent.error"),
        ("iteration,error,error\n0,1,1\n", "column error", "twice"),
        ("iteration,position,agent.error\n0,agent,1\n", "agent.error", "leave one"),
        ("iteration,position\n0,agent\n", "run.csv", "measures no field"),
        (
            '{"iteration": 0, "position": "agent", "error": NaN}\n',
            "row 1, column error",
            "no number",
        ),
        (
            '{"iteration": 0, "position": "agent", "error": [1]}\n',
            "row 1, column error",
            "no number",
        ),
        ('{"iteration": 0\n', "row 1", "no JSON"),
        ('{"iteration": 0, "iteration": 1}\n', "row 1, column iteration", "twice"),
    ],
)
def test_what_cannot_be_right_is_refused_by_row_and_column(
    tmp_path: Path, text: str, place: str, why: str
) -> None:
    with pytest.raises(SpecError) as refused:
        log_of(tmp_path, text)
    said = str(refused.value)
    assert place in said
    assert why in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("cell", "within", "why"),
    [
        ("0.1", None, "no sampling error"),
        ("1.5", Fraction(0), "percentage"),
        ("-0.1", Fraction(0), "outside its domain"),
        ("nan", Fraction(0), "no number"),
        ("inf", Fraction(0), "no number"),
        ("one", Fraction(0), "no number"),
    ],
)
def test_values_are_refused_outside_their_meaning(
    tmp_path: Path, cell: str, within: Fraction | None, why: str
) -> None:
    text = f"iteration,position,error\n0,agent,{cell}\n"
    with pytest.raises(SpecError, match=why) as refused:
        measured(log_of(tmp_path, text), within)
    assert "row 1, column error" in str(refused.value)


def test_counts_measure_probabilities_only(tmp_path: Path) -> None:
    log = log_of(tmp_path, "iteration,position,regret.count,regret.of\n0,agent,1,2\n")
    with pytest.raises(SpecError, match=r"regret\.low"):
        measured(log)


def test_values_are_exact_and_as_wide_as_one_says(tmp_path: Path) -> None:
    log = log_of(tmp_path, "iteration,position,error\n0,agent,0.1\n0,expert,\n1,agent,0.99\n")
    at = measured(log, Fraction(1, 20)).at
    assert set(at) == {(0, 0), (1, 0)}  # an empty cell is not measured
    assert at[0, 0]["error"] == Measurement(Fraction(1, 20), Fraction(3, 20), 1)
    assert at[1, 0]["error"].high == 1  # no further than the domain


def test_wide_and_long_and_json_say_the_same(tmp_path: Path) -> None:
    long = log_of(tmp_path, HEAD + "0,agent,1,10\n0,expert,2,10\n1,agent,3,10\n")
    wide = log_of(
        tmp_path,
        "iteration,agent.error.count,agent.error.of,expert.error.count,expert.error.of\n"
        "0,1,10,2,10\n1,3,10,,\n",
    )
    rows = [("agent", 0, 1), ("expert", 0, 2), ("agent", 1, 3)]
    lines = [
        json.dumps({"iteration": i, "position": p, "error.count": k, "error.of": 10})
        for p, i, k in rows
    ]
    said = log_of(tmp_path, "\n".join(lines) + "\n")
    ends = [
        {at: (m.low, m.high, m.counted) for at, _, m in measured(each)}
        for each in (long, wide, said)
    ]
    assert ends[0] == ends[1] == ends[2]
    assert len(ends[0]) == 3


def test_columns_beside_the_scheme_are_not_read(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        "iteration,position,extra.loss,error.count,error.of,extra.error\n0,agent,nan,1,10,x\n",
    )
    ((at, field, found),) = list(measured(log))
    assert (at, field, found.counted) == ((0, 0), "error", (1, 10))


def test_a_mapping_names_columns_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    file.write_text(
        'iteration = "step"\nignore = ["lr"]\n[columns]\nwrong = "agent.error.count"\n'
        'n = "agent.error.of"\n'
    )
    log = log_of(tmp_path, "step,wrong,n,lr\n0,1,10,x\n", read_mapping(str(file)))
    ((at, field, found),) = list(measured(log))
    assert (at, field, found.counted) == ((0, 0), "error", (1, 10))
    for text, why in (
        ('iteratio = "x"', "did you mean iteration"),
        ("iteration = 3", "no text"),
        ("iteration =", "no TOML"),
        ('iteration = "stepp"', "no column"),
    ):
        file.write_text(text)
        with pytest.raises(SpecError, match=why):
            log_of(tmp_path, "step,error\n0,1\n", read_mapping(str(file)))


def test_the_worst_rank_counts(tmp_path: Path) -> None:
    text = "iteration,position,rank,error\n0,agent,1,0.1\n0,agent,2,0.3\n0,agent,3,0.2\n"
    ((_, _, found),) = list(measured(log_of(tmp_path, text), Fraction(0)))
    assert (found.low, found.high, found.row) == (Fraction(3, 10), Fraction(3, 10), 2)
    with pytest.raises(SpecError, match="several ranks"):
        measured(log_of(tmp_path, text.replace("error", "cost").replace("0.", "1.")), Fraction(0))


COUNTS = st.lists(
    st.integers(1, 30).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    min_size=1,
    max_size=9,
)


@given(
    COUNTS, st.booleans(), st.sampled_from([Sense.MOST, Sense.LEAST]), st.sampled_from([40, 10**6])
)
@settings(max_examples=60, deadline=None)
def test_ranks_left_out_are_never_the_worst(
    counts: list[tuple[int, int]], growing: bool, sense: Sense, block: int
) -> None:
    text = "iteration,position,rank,error.count,error.of\n" + "".join(
        f"{iteration},agent,{rank},{count},{of}\n"
        for iteration in range(2)
        for rank, (count, of) in enumerate(counts)
    )
    senses = dict.fromkeys(SENSES, sense)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_module, "BLOCK", block)
        log = log_of(Path(folder), text)
        found = measure(log, FIELDS, senses, Certainty(growing=growing), Taken())
    certainty, cells = Certainty(growing=growing), 2 * len(counts)
    choose = max if sense is Sense.MOST else min
    for iteration in range(2):
        ends = [
            clopper_pearson(
                count,
                of,
                share_of(certainty, (iteration * len(counts) + rank).bit_length() - 1, cells),
            )
            for rank, (count, of) in enumerate(counts, 1)
        ]
        worst = found.at[iteration, 0]["error"]
        assert worst.low == choose(low for low, _ in ends)
        assert worst.high == choose(high for _, high in ends)


def test_ends_the_wrong_way_round_are_refused_at_any_rank(tmp_path: Path) -> None:
    rows = ["0,agent,1,0.1,0.9", "0,agent,2,0.4,0.3", "0,agent,3,0.2,0.8"]
    text = "iteration,position,rank,error.low,error.high\n" + "\n".join(rows) + "\n"
    with pytest.raises(SpecError, match=r'row 2, column error.high: "0.3" is below the lower end'):
        log_of(tmp_path, text)


def test_of_many_ranks_few_are_kept(tmp_path: Path) -> None:
    rows = "".join(f"0,agent,{rank},{rank % 7},{9 + rank % 3}\n" for rank in range(500))
    log = log_of(tmp_path, "iteration,position,rank,error.count,error.of\n" + rows)
    assert (log.rows, log.counts) == (500, 500)
    assert len(log.cells) <= 2 * 9  # two of each of the blocks 2^b .. 2^(b+1) - 1


@pytest.mark.parametrize("block", [1, 7, 64])
def test_rows_may_end_anywhere_in_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    text = '\n"iteration",position,error,extra.note\n0,agent,0.1,"a\nb, ""c"""\n\n1,agent,0.2,\n\n'
    monkeypatch.setattr(log_module, "BLOCK", block)
    at = measured(log_of(tmp_path, text), Fraction(0)).at
    assert [found["error"].low for found in at.values()] == [Fraction(1, 10), Fraction(1, 5)]


def test_gaps_may_be_allowed(tmp_path: Path) -> None:
    log = log_of(tmp_path, HEAD + "0,agent,1,10\n5,agent,1,10\n", gaps=True)
    assert list(measured(log).at) == [(0, 0), (5, 0)]


@pytest.mark.parametrize("cells", [1, 5, 100])
def test_the_shares_of_a_growing_log_stay_below_what_may_be_missed(cells: int) -> None:
    growing, fixed = Certainty(growing=True), Certainty()
    assert (
        sum(share_of(growing, n.bit_length() - 1, cells) for n in range(1, cells + 1))
        <= growing.missed
    )
    assert (
        sum(share_of(fixed, n.bit_length() - 1, cells) for n in range(1, cells + 1)) == fixed.missed
    )


def test_a_growing_log_keeps_the_intervals_that_it_had(tmp_path: Path) -> None:
    rows = [f"{i},agent,{i},10\n{i},expert,{i},10\n" for i in range(4)]
    before = measured(log_of(tmp_path, HEAD + "".join(rows[:2])), growing=True)
    after = measured(log_of(tmp_path, HEAD + "".join(rows)), growing=True)
    assert {at: after.at[at] for at in before.at} == dict(before.at)
