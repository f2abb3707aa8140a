"""What ``explain`` says as one HTML page: the story of a counterexample with its charts and rounds,
the step at fault marked, or where the budgets of a proof go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from checker.explain.budget_flow import BudgetFlow, QuantityFlow
from checker.explain.other_runs import OtherRuns
from checker.report.budget_flow import budget_flow_story
from checker.report.charts import HEIGHT, WIDTH, Chart, charts
from checker.report.counterexample import narrate
from checker.report.html import render
from checker.report.other_runs import missing, titled
from checker.report.runs import SHOWN
from checker.report.verdict import plain, plain_text
from checker.report.words import amount, move, number
from checker.system.obligations import Duty
from checker.system.replay import Enclosure, Run, TraceStep
from checker.system.verdict import Refutation, Verdict
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed


@attrs.frozen
class Told:
    """What the page tells of one statement."""

    statement: Statement
    verdict: Verdict
    flow: BudgetFlow | None = None
    others: OtherRuns | None = None


@attrs.frozen
class StepRow:
    """A step of a run in the table: the fields after it, and what is wrong with it, if anything."""

    round: int
    step: str
    fields: tuple[tuple[str, bool], ...]
    nature: str
    fault: str


@attrs.frozen
class Table:
    """The rounds of a run; ``left_out`` says after which row how many are not shown."""

    fields: tuple[str, ...]
    seed: tuple[str, ...]
    rows: tuple[StepRow, ...]
    left_out: dict[int, int]


@attrs.frozen
class Bar:
    """A proved bound as a bar: where, in words, and its share of the longest."""

    where: str
    words: str
    share: float


@attrs.frozen
class Entry:
    """One statement of the page. ``charts`` and ``rounds`` are named as the report names them; a
    line of the ``story`` begins with how far it stands in."""

    name: str
    answer: str
    says: str
    head: str
    story: tuple[tuple[int, str], ...]
    charts: tuple[Chart, ...]
    rounds: int
    table: Table | None
    budgets: tuple[tuple[str, tuple[Bar, ...]], ...]
    budget_text: str
    others: tuple[Entry, ...] = ()
    no_more: str = ""


def story_page(told: Sequence[Told]) -> str:
    """The whole page."""
    return render(
        "story.html.j2", entries=[_entry(one) for one in told], width=WIDTH, height=HEIGHT
    )


def _entry(told: Told) -> Entry:
    """A statement, with its other counterexamples."""
    first = _one(told, told.verdict.claim)
    if told.others is None:
        return first
    others = titled(told.verdict, told.others)
    return attrs.evolve(
        first,
        others=tuple(_one(Told(told.statement, other), title) for title, other in others),
        no_more=missing(told.others),
    )


def _one(told: Told, name: str) -> Entry:
    verdict, statement = told.verdict, told.statement
    run, lines = verdict.run, list[tuple[int, str]]()
    if isinstance(statement, Claim | Closed):
        narrated = narrate(statement.scheme, statement.invariant, verdict)
        lines = [_line(line.plain) for line in narrated][1:]  # without its heading
    flow = told.flow
    return Entry(
        name=name,
        answer=verdict.answer.value,
        says=verdict.says,
        head=plain(verdict, steps=not lines).strip(),
        story=tuple(lines),
        charts=charts(run),
        rounds=0 if run is None else run.iteration,
        table=None if run is None or not run.steps else _table(run, verdict),
        budgets=() if flow is None else tuple((q.quantity, _bars(q)) for q in flow.lines),
        budget_text="" if flow is None else plain_text(budget_flow_story(flow)).strip(),
    )


def _line(text: str) -> tuple[int, str]:
    """How far a line of the story stands in, and what it says."""
    return (len(text) - len(text.lstrip())) // 2, text.strip()


def _table(run: Run, verdict: Verdict) -> Table:
    names = tuple(run.seed)
    shown = [s for s in run.steps if not SHOWN < s.iteration <= run.iteration - SHOWN]
    rows, left_out, last = list[StepRow](), dict[int, int](), 0
    for step in shown:
        if step.iteration > last + 1:
            left_out[len(rows)] = step.iteration - last - 1
        last = step.iteration
        rows.append(_row(step, names, _fault(step, run, verdict)))
    return Table(names, tuple(map(amount, run.seed.values())), tuple(rows), left_out)


def _row(step: TraceStep, names: Sequence[str], fault: str) -> StepRow:
    after = step.after
    made = ", ".join(f"{name} = {amount(value)}" for name, value in step.made.items())
    cells = tuple(
        (amount(after[name]) if name in after else "", _moved(step.before, after, name))
        for name in names
    )
    return StepRow(step.iteration, step.step, cells, made, fault)


def _moved(before: Mapping[str, Enclosure], after: Mapping[str, Enclosure], name: str) -> bool:
    if name not in before or name not in after:
        return name in after
    return move(before[name], after[name]) is not None


def _fault(step: TraceStep, run: Run, verdict: Verdict) -> str:
    """What is wrong with a step, in words."""
    words = []
    if step.oversight_failed:
        words.append("nobody can oversee the student")
    result = verdict.result
    blame = result.blame if isinstance(result, Refutation) else None
    if blame is not None and blame.iteration == step.iteration:
        label = blame.obligation
        if label.duty is not Duty.OVERSIGHT and label.step == step.step:
            words.append("at fault")
    if step is run.steps[-1] and run.broken is not None:
        words.append(f"{run.broken} breaks")
    return "; ".join(words)


def _bars(flow: QuantityFlow) -> tuple[Bar, ...]:
    first, *_ = flow.entries
    bounds = [("at the agent", first.before)]
    bounds += [(f"after {entry.step}", entry.after) for entry in flow.entries]
    most = max((bound for _, bound in bounds if bound is not None), default=Fraction(1))
    return tuple(_bar(where, bound, most) for where, bound in bounds)


def _bar(where: str, bound: Fraction | None, most: Fraction) -> Bar:
    if bound is None:
        return Bar(where, "not bounded", 0.0)
    share = float(bound / most) if most > 0 else 0.0
    return Bar(where, f"<= {number(bound)}", max(0.0, round(share, 4)))
