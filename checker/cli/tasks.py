"""Statements as tasks: found again by other processes, decided there, gathered in order."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from fractions import Fraction

import attrs

from checker.cli.shipped import shipped_statements
from checker.cli.targets import resolve
from checker.cli.values import parameters
from checker.invariants.certificate import Certificate
from checker.parameters.bisection import real_parameter
from checker.parameters.range_along import range_along
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
    """One statement, named so that another process can find it again.

    Args:
        target: what a person typed.
        index: the statement's place among those that the target stands for.
        overriding: parameter values that replace the statement's own.
        over: the parameter along which a range is wanted; the claim's own for "".
        options: limits on the work.
        regions: whether ranges are wanted at all.
    """

    target: str
    index: int
    overriding: Mapping[str, Fraction]
    over: str
    options: Options
    regions: bool

    @property
    def statement(self) -> Statement:
        """The statement itself."""
        return resolve(self.target)[self.index]

    def run(self) -> Verdict:
        """Decide the statement, and its range along a parameter if it has one."""
        statement = self.statement
        if isinstance(statement, Claim):
            return self.run_with_proof(statement)[0]
        return judge(statement, self.overriding, self.options)

    def run_with_proof(self, claim: Claim) -> tuple[Verdict, Certificate | None]:
        """The verdict on the task's claim, and the certificate of a proof.

        Raises:
            SpecError: when a range is wanted of a fold, or for a mistake in the specification.
        """
        over = self.over or claim.over
        if isinstance(claim.scheme, Fold) and over:
            raise SpecError(
                f'no range is reported along a parameter of "{claim.scheme.name}", a fold over '
                "trees; leave `over` out, and choose values with --param or at={...}",
                claim.location,
            )
        verdict, certificate = decide_with_proof(claim, self.overriding, self.options)
        if not over or not self.regions or over not in parameter_domains(claim.scheme.parameters):
            return verdict, certificate
        found = range_along(claim, verdict, over, self.options)
        return attrs.evolve(verdict, bracket=found), certificate


def tasks_for(
    targets: Sequence[str], params: Sequence[str], over: str, regions: bool, options: Options
) -> list[Task]:
    """One task for each statement that the targets stand for; every shipped one for none.

    Raises:
        SpecError: for a target or a parameter that nothing has.
    """
    named = [(target, pair) for target in targets for pair in enumerate(resolve(target))]
    if not targets:
        named = [(s.name, (resolve(s.name).index(s), s)) for s in shipped_statements()]
    overriding = parameters(params)
    known = {n for _, (_, statement) in named for n in _parameters(statement)}
    for name in [*overriding, *([over] if over else [])]:
        if name not in known:
            raise SpecError(f"no parameter {name}; there is {', '.join(sorted(known))}", "")
    tasks = []
    for target, (index, statement) in named:
        own = _parameters(statement)
        if over in own and isinstance(statement, Claim):
            real_parameter(statement, over)  # said before anything is decided
        chosen = {name: value for name, value in overriding.items() if name in own}
        tasks.append(Task(target, index, chosen, over, options, regions))
    return tasks


def _parameters(statement: Statement) -> set[str]:
    """The parameters of all the schemes that a statement is about."""
    return {n for process in statement.subjects for n in parameter_domains(process.parameters)}


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
