"""Checking many claims, on several processes when there is more than one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from fractions import Fraction

import attrs

from checker.cli.targets import resolve
from checker.invariants.certificate import Certificate
from checker.parameters.bisection import bracket
from checker.portfolio.decision import Options, decide_with_proof
from checker.statements.registry import judge
from checker.system.verdict import Verdict
from spec.errors import SpecError
from spec.parameters import parameter_domains
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.trees import Fold


@attrs.frozen
class Task:
    """One statement, named so that another process can find it again."""

    target: str
    index: int
    overriding: Mapping[str, Fraction]
    over: str
    options: Options
    regions: bool

    def run(self) -> Verdict:
        """Decide the statement, and its region if it has one."""
        return carry_out(resolve(self.target)[self.index], self)


def carry_out(statement: Statement, task: Task) -> Verdict:
    """The verdict on a statement as the task wants it."""
    if isinstance(statement, Claim):
        return carry_out_with_proof(statement, task)[0]
    return judge(statement, task.overriding, task.options)


def carry_out_with_proof(claim: Claim, task: Task) -> tuple[Verdict, Certificate | None]:
    """The verdict on a claim, and the certificate of a proof.

    Raises:
        SpecError: when a range is wanted of a fold, or for a mistake in the specification.
    """
    if isinstance(claim.scheme, Fold) and (task.over or claim.over):
        raise SpecError(
            f'no range is reported along a parameter of "{claim.scheme.name}", a fold over trees; '
            "leave `over` out, and choose values with --param or at={...}",
            claim.location,
        )
    verdict, certificate = decide_with_proof(claim, task.overriding, task.options)
    over = task.over or claim.over
    if not over or not task.regions or over not in parameter_domains(claim.scheme.parameters):
        return verdict, certificate
    region = bracket(claim, verdict, over, task.options)
    return attrs.evolve(verdict, bracket=region), certificate


def carry_out_all(
    tasks: Sequence[Task], jobs: int, done: Callable[[Verdict], None]
) -> list[Verdict]:
    """The verdicts in the order of the tasks; ``done`` is told of each as it comes."""
    if jobs <= 1 or len(tasks) <= 2:
        verdicts = []
        for task in tasks:
            verdicts.append(task.run())
            done(verdicts[-1])
        return verdicts
    context = multiprocessing.get_context("spawn")
    found: dict[int, Verdict] = {}
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=context) as pool:
        futures = {pool.submit(task.run): number for number, task in enumerate(tasks)}
        try:
            for future in as_completed(futures):
                found[futures[future]] = future.result()
                done(found[futures[future]])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [found[number] for number in range(len(tasks))]
