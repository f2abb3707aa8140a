"""What a race is reported as: summaries, tables and the cactus plot."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.table import Table

from benchmarks import generated, literature, polynomial, problems, public
from benchmarks.contestants import CONTESTANTS, Answer
from benchmarks.question import Label, Question

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""Between these two lines of a file the tables are replaced; a file without them is overwritten."""


@attrs.frozen
class Result:
    """What one contestant said to one question; ``solving`` is alignspec's time in its solvers."""

    question: str
    contestant: str
    label: Label
    answer: Answer
    seconds: float
    note: str
    solving: float | None = None

    @property
    def outcome(self) -> str:
        """Solved, wrong, unknown, or not installed."""
        if self.answer in ("unknown", "not installed"):
            return self.answer
        return "solved" if self.answer == self.label else "wrong"

    @property
    def cell(self) -> str:
        """The answer and the time, for a table."""
        if self.answer == "not installed":
            return self.answer
        mark = " WRONG" if self.outcome == "wrong" else ""
        return f"{self.answer}{mark} {self.seconds:.2f}"

    def to_json(self) -> dict[str, Any]:
        """The result as plain data, with its outcome."""
        return {**attrs.asdict(self), "outcome": self.outcome}

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> Result:
        """The result that ``to_json`` wrote."""
        return cls(**{name: value for name, value in item.items() if name != "outcome"})


@attrs.frozen
class Summary:
    """A contestant's row. PAR-2: mean seconds, an unsolved question counting twice the limit."""

    contestant: str
    posed: int
    solved: int
    safe: int
    unsafe: int
    wrong: int
    unknown: int
    par2: float


def wrong(results: Sequence[Result]) -> list[Result]:
    """The wrong answers."""
    return [result for result in results if result.outcome == "wrong"]


def summarize(results: Sequence[Result], limit: float) -> list[Summary]:
    """One summary for each contestant that took part, over the questions put to it."""
    found = []
    for name in CONTESTANTS:
        own = [r for r in results if r.contestant == name and r.outcome != "not installed"]
        if not own:
            continue
        solved = [r for r in own if r.outcome == "solved"]
        cost = sum(r.seconds for r in solved) + 2 * limit * (len(own) - len(solved))
        found.append(
            Summary(
                name,
                posed=len(own),
                solved=len(solved),
                safe=sum(r.label == "safe" for r in solved),
                unsafe=sum(r.label == "unsafe" for r in solved),
                wrong=len(wrong(own)),
                unknown=sum(r.outcome == "unknown" for r in own),
                par2=cost / len(own),
            )
        )
    return found


def solver_time(results: Sequence[Result]) -> str:
    """alignspec's median time in its solvers over what it solved."""
    own = [r for r in results if r.contestant == "alignspec" and r.outcome == "solved"]
    times = [r.solving for r in own if r.solving is not None]
    if not times:
        return "alignspec solved nothing"
    return (
        f"alignspec: {1000 * statistics.median(times):.1f} ms in Z3 at the median of the "
        f"{len(times)} solved questions, {max(times):.2f} s at most"
    )


LEAST = 0.001
"""Seconds below which a time is not told from none."""

Rows = list[list[str]]

SUMMARY_HEAD = ["contestant", "posed", "solved", "safe", "unsafe", "wrong", "unknown", "PAR-2"]


def summary_rows(summaries: Sequence[Summary]) -> Rows:
    """The table of summaries."""
    return [
        [
            s.contestant,
            *[str(n) for n in (s.posed, s.solved, s.safe, s.unsafe, s.wrong, s.unknown)],
            f"{s.par2:.2f} s",
        ]
        for s in summaries
    ]


BESIDE_HEAD = [
    "contestant",
    "solved",
    "of these left open by alignspec",
    "its seconds",
    "alignspec's seconds",
    "alignspec's over its",
]


def beside(results: Sequence[Result]) -> Rows:
    """Each other contestant beside alignspec over what it solved, and the quickest of them; seconds
    and ratios are medians over what both solved."""
    solved: dict[str, dict[str, float]] = {name: {} for name in CONTESTANTS}
    for result in results:
        if result.outcome == "solved":
            solved[result.contestant][result.question] = result.seconds
    ours = solved.pop("alignspec")
    quickest: dict[str, float] = {}
    for times in solved.values():
        for question, seconds in times.items():
            quickest[question] = min(seconds, quickest.get(question, seconds))
    rows = []
    for name, times in [*solved.items(), ("the quickest of them", quickest)]:
        both = [(ours[question], times[question]) for question in times if question in ours]
        if both:
            ratio = statistics.median(one / max(other, LEAST) for one, other in both)
            medians = [statistics.median(column) for column in zip(*both, strict=True)]
            left = str(len(times) - len(both))
            each = [f"{medians[1]:.2f}", f"{medians[0]:.2f}"]
            rows.append([name, str(len(times)), left, *each, f"{ratio:.2f}"])
    return rows


def counts(groups: Mapping[str, set[str]], results: Sequence[Result]) -> Rows:
    """For each group of questions and each contestant: how many of those posed it solved."""
    rows = []
    for group, names in groups.items():
        row = [group]
        for contestant in CONTESTANTS:
            own = [r for r in results if r.contestant == contestant and r.question in names]
            solved = sum(r.outcome == "solved" for r in own)
            row.append(f"{solved}/{len(own)}" if own else "-")
        rows.append(row)
    return rows


def by_family(questions: Sequence[Question]) -> dict[str, set[str]]:
    """The names of the questions of each family."""
    families = dict.fromkeys(q.family for q in questions)
    return {f: {q.name for q in questions if q.family == f} for f in families}


def by_distance(questions: Sequence[Question]) -> dict[str, set[str]]:
    """The names of the questions in each band of distance to the threshold."""

    def band(distance: Fraction | None) -> str:
        if distance is None:
            return "not known"
        if distance == 0:
            return "0: the last safe value"
        return next(
            text
            for least, text in (
                (Fraction(1, 100), "1e-2 and more"),
                (Fraction(1, 10**4), "1e-4 to 1e-2"),
                (Fraction(1, 10**7), "1e-7 to 1e-4"),
                (Fraction(0), "below 1e-7"),
            )
            if distance >= least
        )

    order = [
        "1e-2 and more",
        "1e-4 to 1e-2",
        "1e-7 to 1e-4",
        "below 1e-7",
        "0: the last safe value",
        "not known",
    ]
    return {text: {q.name for q in questions if band(q.distance) == text} for text in order}


def cells(
    questions: Sequence[Question],
    results: Sequence[Result],
    breaks: Mapping[str, int | None] | None = None,
) -> Rows:
    """The table of answers: question, right answer, and a cell per contestant."""
    found = {(r.question, r.contestant): r.cell for r in results}
    rows = []
    for question in questions:
        at = (breaks or {}).get(question.name)
        label = question.label if at is None else f"{question.label} ({at})"
        if any((question.name, name) in found for name in CONTESTANTS):
            answers = [found.get((question.name, name), "-") for name in CONTESTANTS]
            rows.append([question.name, label, *answers])
    return rows


def _title(settings: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in settings["versions"].items())
    return (
        f"limit {settings['limit']:g} s, {settings['jobs']} at a time on {settings['cores']} "
        f"cores; {versions}"
    )


def _sections(
    questions: Sequence[Question],
    results: Sequence[Result],
    settings: Mapping[str, Any],
    breaks: Mapping[str, int | None] | None = None,
) -> list[tuple[str, list[str], Rows]]:
    asked = {question.name for question in questions}
    sets = {
        title: asked & {question.name for question in module.QUESTIONS}
        for title, module in (
            ("hand-written", problems),
            ("generated", generated),
            ("published models", public),
            ("literature", literature),
            ("polynomial maps", polynomial),
        )
    }
    return [
        (
            "PAR-2 counts an unsolved question twice the limit",
            SUMMARY_HEAD,
            summary_rows(summarize(results, settings["limit"])),
        ),
        (
            "Over what each other contestant solved, seconds and ratios at the median",
            BESIDE_HEAD,
            beside(results),
        ),
        (
            "Solved, by set, by family, and by relative distance to the threshold",
            ["questions", *CONTESTANTS],
            counts({**sets, **by_family(questions), **by_distance(questions)}, results),
        ),
        (
            "Answer and seconds; beside unsafe, the first bad iteration of the run of the theory",
            ["question", "right answer", *CONTESTANTS],
            cells(questions, results, breaks),
        ),
    ]


def print_tables(
    questions: Sequence[Question], results: Sequence[Result], settings: Mapping[str, Any]
) -> None:
    """The tables on the terminal."""
    console = Console() if Console().is_terminal else Console(width=170)
    for title, head, rows in reversed(_sections(questions, results, settings)):
        table = Table(title=title)
        for name in head:
            table.add_column(name)
        for row in rows:
            table.add_row(row[0], *[f"[{_colour(cell)}]{cell}[/]" for cell in row[1:]])
        console.print(table)
    console.print(solver_time(results))
    console.print(_title(settings))


def _colour(cell: str) -> str:
    if "WRONG" in cell:
        return "bold red"
    return {"safe": "green", "unsafe": "green", "unknown": "yellow"}.get(
        cell.split(" ")[0], "default"
    )


def write_markdown(
    file: Path,
    questions: Sequence[Question],
    results: Sequence[Result],
    settings: Mapping[str, Any],
    breaks: Mapping[str, int | None],
) -> None:
    """The tables in Markdown, between BEGIN and END where the file has them."""
    parts = [f"{_title(settings)}.", f"{solver_time(results)}."]
    for title, head, rows in _sections(questions, results, settings, breaks):
        lines = [head, ["---"] * len(head), *rows]
        parts += [f"{title}:", "\n".join(f"| {' | '.join(line)} |" for line in lines)]
    text = "\n\n".join(parts)
    old = file.read_text() if file.exists() else ""
    if BEGIN in old and END in old:
        before, after = old.split(BEGIN, 1)[0], old.split(END, 1)[1]
        text = f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
    file.write_text(text if text.endswith("\n") else text + "\n")


def plot(file: Path, results: Sequence[Result], settings: Mapping[str, Any]) -> None:
    """The cactus plot: how many questions each contestant solves within a time."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7.5, 4.5), layout="constrained")
    styles = ["-", "--", "-.", ":"]
    for number, name in enumerate(CONTESTANTS):
        own = [r for r in results if r.contestant == name and r.outcome != "not installed"]
        times = sorted(r.seconds for r in own if r.outcome == "solved")
        if own:
            label = f"{name} ({len(times)} of {len(own)})"
            numbers, style = range(1, len(times) + 1), styles[number % 4]
            width = 2.5 if name == "alignspec" else 1.3
            axes.plot(numbers, times, style, label=label, linewidth=width, marker=".")
    axes.set_yscale("log")
    axes.axhline(settings["limit"], color="grey", linewidth=0.8)
    axes.set_xlabel("questions solved")
    axes.set_ylabel("seconds for each, the quickest first")
    axes.legend(fontsize=8)
    axes.grid(alpha=0.3)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=130)
    pyplot.close(figure)
