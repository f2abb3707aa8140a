"""The command ``explain``: one statement in full, the flow of its budgets, and what it assumes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import typer
from rich.console import RenderableType

from checker.backends.solver import QueryBudget
from checker.cli.console import err, out, print_json, progress, write_whole
from checker.cli.guarded import rehearse
from checker.cli.targets import resolve, rows_of
from checker.cli.tasks import Task, tasks_for, verdict_of
from checker.cli.workers import Limits, Wrong, carry_out_one
from checker.explain.assumptions import examine_assumptions
from checker.explain.budget_flow import BudgetFlow, budget_flow
from checker.explain.findings import AssumptionsReport
from checker.explain.other_runs import OtherRuns, other_runs
from checker.portfolio.decision import Options
from checker.report.assumptions import assumptions_story, subject
from checker.report.budget_flow import budget_flow_story
from checker.report.counterexample import narrate
from checker.report.course import course_lines
from checker.report.documents import document, versioned
from checker.report.ledger import row_head, row_tail
from checker.report.other_runs import other_runs_story
from checker.report.positions import placed
from checker.report.story_page import Told, story_page
from checker.report.verdict import story
from checker.system.announcements import announce
from checker.system.problem import pose
from checker.system.verdict import Verdict
from spec.errors import SpecError, alternatives
from spec.statements.base import Answer, Statement
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed
from spec.trees import Fold

QUERY = 5.0
"""Seconds for one query about budgets or assumptions."""


@attrs.frozen
class Explained:
    """Everything that ``explain`` shows of one statement."""

    statement: Statement
    verdict: Verdict
    flow: BudgetFlow | None = None
    assumptions: AssumptionsReport | None = None
    others: OtherRuns | None = None


def explain(
    target: str,
    invariant: str,
    params: Sequence[str],
    options: Options,
    *,
    as_json: bool,
    assumptions: bool,
    memory: float,
    html: str = "",
    runs: int = 1,
) -> None:
    """Explain the statements that a target and an invariant stand for; in the file ``html`` too.

    Raises:
        typer.Exit: with status 1 unless every verdict is the expected one.
    """
    limits = Limits(options.timeout, memory)
    rehearse([target], limits)
    tasks = tasks_for([target], params, "", True, options)
    chosen = [task for task in tasks if _is_meant(task.statement, target, invariant)]
    if not chosen:
        claims = (s for s in resolve(target) if isinstance(s, Claim))
        known = alternatives(
            sorted({type(claim.invariant).__name__ for claim in claims}), invariant
        )
        raise SpecError(f'nothing is claimed of {target} about "{invariant}"; try {known}', "")
    with progress(None, "deciding", quiet=as_json) as tell:
        works = [_Explaining(task, assumptions, runs) for task in chosen]
        explained = [_explained(work, limits, tell) for work in works]
    if as_json:
        print_json(versioned(verdicts=[_document(found) for found in explained]))
    else:
        _show(explained, target)
    if html:
        told = [
            Told(found.statement, found.verdict, found.flow, found.others) for found in explained
        ]
        write_whole(Path(html), story_page(told))
        err.print(f"written: {html}", highlight=False)
    if not all(found.verdict.as_expected for found in explained):
        raise typer.Exit(1)


def _is_meant(statement: Statement, target: str, invariant: str) -> bool:
    """Whether `explain TARGET INVARIANT` asks for a statement: of a scheme, its main claims."""
    of_scheme = any(target == process.name for process in statement.subjects)
    if not isinstance(statement, Claim):
        return not invariant and not of_scheme
    named = invariant.lower() in ("", type(statement.invariant).__name__.lower())
    return named and not (of_scheme and statement.at)


PARTS = 4
"""The verdict, its budgets, other runs and its assumptions: the time limit holds for each."""


@attrs.frozen
class _Explaining:
    """A statement to be decided, and what stands behind its verdict to be announced."""

    task: Task
    assumptions: bool
    runs: int = 1

    def run(self) -> Verdict:
        """Decide it, then say where its budgets go and, if wanted, which assumptions matter."""
        task, claim, timeout = self.task, self.task.statement, self.task.options.timeout
        if not isinstance(claim, Claim) or isinstance(claim.scheme, Fold):
            return task.run()
        verdict, certificate = task.run_with_proof(claim)
        announce(verdict)
        announce(f"decided {verdict.claim}")
        if verdict.answer is Answer.PROVED:
            budget = QueryBudget(QUERY, time.monotonic() + timeout)
            announce(budget_flow(pose(claim, task.overriding), certificate, budget))
            announce(f"budget flow of {verdict.claim}")
        if verdict.run is not None and self.runs > 1:
            problem = pose(claim, task.overriding)
            announce(other_runs(problem, verdict.run, self.runs, timeout))
            announce("other counterexamples")
        if self.assumptions:
            budget = QueryBudget(QUERY, time.monotonic() + timeout)
            announce(
                examine_assumptions(
                    claim,
                    verdict.answer,
                    task.overriding,
                    budget,
                    lambda result: announce(subject(result)),
                )
            )
        return verdict


def _explained(work: _Explaining, limits: Limits, tell: Callable[[str], None]) -> Explained:
    """What was found of a statement, by the end or until it was ended."""
    flow: BudgetFlow | None = None
    report: AssumptionsReport | None = None
    others: OtherRuns | None = None

    def heard(shown: object) -> None:
        nonlocal flow, report, others
        if isinstance(shown, str):
            tell(shown)
        elif isinstance(shown, BudgetFlow):
            flow = shown
        elif isinstance(shown, AssumptionsReport):
            report = shown
        elif isinstance(shown, OtherRuns):
            others = shown

    whole = attrs.evolve(limits, seconds=PARTS * limits.seconds)
    outcome = carry_out_one(work, whole, heard)
    if isinstance(outcome, Wrong):
        raise outcome.error
    task = work.task
    return Explained(task.statement, verdict_of(task, outcome), flow, report, others)


def _document(found: Explained) -> dict[str, Any]:
    """The verdict's document with the budget flow and the assumptions in it."""
    whole = placed(found.statement, found.verdict)
    if found.flow is not None:
        whole["budget_flow"] = document(found.flow)
    if found.assumptions is not None:
        whole["assumptions"] = document(found.assumptions)
    if found.others is not None:
        whole["other_runs"] = [document(refuted) for refuted in found.others.found]
    return whole


def _show(explained: Sequence[Explained], target: str) -> None:
    row = next((row for row in rows_of([target]) if row.name == target.lower()), None)
    if row is not None:
        out.print(row_head(row))
    for found in explained:
        statement, verdict = found.statement, found.verdict
        narrated = isinstance(statement, Claim | Closed) and verdict.run is not None
        out.print(story(verdict, whole=True, steps=not narrated))
        if isinstance(statement, Claim | Closed):
            for line in narrate(statement.scheme, statement.invariant, verdict):
                out.print(line)
        if verdict.run is not None:
            for line in course_lines(verdict.run):
                out.print(line, no_wrap=True, crop=False, overflow="ignore")
        for part in _behind(found):
            out.print(part)
        out.print()
    if row is not None:
        out.print(row_tail(row))


def _behind(found: Explained) -> Iterator[RenderableType]:
    """What stands behind a verdict, as far as it was found."""
    if found.others is not None:
        yield other_runs_story(found.verdict, found.others)
    if found.flow is not None:
        yield budget_flow_story(found.flow)
    if found.assumptions is not None:
        yield assumptions_story(found.assumptions)
