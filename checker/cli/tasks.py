"""Statements as tasks: found again by other processes, decided there, gathered in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

import attrs

from checker.cli.guarded import rehearse
from checker.cli.loader import held
from checker.cli.recall import Memory, recalled
from checker.cli.shipped import shipped_statements
from checker.cli.targets import resolve
from checker.cli.values import parameters, require_known
from checker.cli.workers import Done, Ended, Given, Here, Limits, Workers, Wrong
from checker.invariants.certificate import Certificate
from checker.parameters.bisection import real_parameter
from checker.parameters.range_along import range_along
from checker.portfolio.decision import Options, decide_with_proof
from checker.statements.registry import judge
from checker.system.announcements import announce
from checker.system.findings import Trying
from checker.system.verdict import EnginesDisagree, Unknown, Verdict, undecided
from spec.errors import SpecError
from spec.parameters import parameter_domains
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.trees import Fold

MANY = 8
"""So many statements are worth it that the sources are read before their processes are forked."""


@attrs.frozen
class Reading:
    """What targets stand for, read before processes are forked that decide it.

    Args:
        targets: what a person typed, or names of statements.
    """

    targets: tuple[str, ...]

    def prepare(self, limits: Limits) -> None:
        """Read it, in a process of its own first."""
        rehearse(self.targets, limits)
        for target in self.targets:
            resolve(target)


@attrs.frozen
class Written:
    """The evidence for one verdict as text, on its way to the file."""

    text: str


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
        evidence: whether evidence for the verdict is announced.
    """

    target: str
    index: int
    overriding: Mapping[str, Fraction]
    over: str
    options: Options
    regions: bool
    evidence: bool = False

    @property
    def statement(self) -> Statement:
        """The statement itself."""
        return resolve(self.target)[self.index]

    def run(self) -> Verdict:
        """Decide the statement, and its range along a parameter if it has one."""
        statement = self.statement
        if isinstance(statement, Claim):
            return self.run_with_proof(statement)[0]
        return self._with_evidence(judge(statement, self.overriding, self.options), statement)

    def _with_evidence(self, verdict: Verdict, statement: Statement) -> Verdict:
        """The verdict, once its evidence was announced if that is wanted."""
        if self.evidence:
            announce(verdict)  # it stands, however long its evidence takes
            from checker.evidence.document import evidence, text_of  # loads a second solver

            announce(Written(text_of(evidence(verdict, statement))))
        return verdict

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
        self._with_evidence(verdict, claim)
        if not over or not self.regions or over not in parameter_domains(claim.scheme.parameters):
            return verdict, certificate
        announce(verdict)
        found = range_along(claim, verdict, over, self.options)
        return attrs.evolve(verdict, bracket=found), certificate


def tasks_for(
    targets: Sequence[str],
    params: Sequence[str],
    over: str,
    regions: bool,
    options: Options,
    evidence: bool = False,
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
    require_known([*overriding, *([over] if over else [])], known)
    tasks = []
    for target, (index, statement) in named:
        own = _parameters(statement)
        if over in own and isinstance(statement, Claim):
            real_parameter(statement, over)  # said before anything is decided
        chosen = {name: value for name, value in overriding.items() if name in own}
        tasks.append(Task(target, index, chosen, over, options, regions, evidence))
    return tasks


def _parameters(statement: Statement) -> set[str]:
    """The parameters of all the schemes that a statement is about."""
    return {n for process in statement.subjects for n in parameter_domains(process.parameters)}


@held()  # a verdict kept under the hash of what was read is of what was read
def decide_all(
    tasks: Sequence[Task],
    jobs: int,
    memory: float,
    done: Callable[[Verdict], None],
    remember: bool = False,
    written: Callable[[int, str], None] | None = None,
    workers: Workers | None = None,
) -> tuple[list[Verdict | None], list[SpecError | EnginesDisagree]]:
    """The verdicts in the order of the tasks, each decided in a process of its own.

    A task that is ended at a limit, or that fails, is unknown for that reason; or what its process
    had decided before it was ended, with what went wrong beside it.

    Args:
        tasks: the statements.
        jobs: how many are decided at once.
        memory: the GiB that each may use; any amount for 0.
        done: is told of each verdict as it comes.
        remember: whether verdicts are looked up in the cache, and kept there.
        written: is given each task's number and evidence as it comes; None where none is wanted.
        workers: who decides them; processes of this machine for None.

    Returns:
        the verdicts, None where the specification is wrong; and what is wrong.
    """
    wrong: dict[int, SpecError | EnginesDisagree] = {}
    given: set[int] = set()
    seconds = max((task.options.timeout for task in tasks), default=0.0)
    limits = Limits(seconds, memory)
    known = recalled(tasks, limits, jobs) if remember else Memory()
    found: dict[int, Verdict] = dict(known.found)
    for verdict in found.values():
        done(verdict)
    open_ = [number for number in range(len(tasks)) if number not in found]
    if open_:  # imported before processes are forked that share it; none are if all is known
        from checker.counterexamples.drawn_runs import read_sources

        if len(open_) >= MANY:
            read_sources()

    def heard(place: int, shown: object) -> None:
        if isinstance(shown, Written) and written is not None:
            given.add(open_[place])
            written(open_[place], shown.text)

    works: Iterator[Given[Verdict]] = ((tasks[number], limits) for number in open_)
    for place, outcome in (workers or Here(jobs)).carry_out(works, heard):
        number = open_[place]
        if isinstance(outcome, Wrong):
            wrong[number] = outcome.error
            continue
        found[number] = verdict_of(tasks[number], outcome)
        known.keep(number, found[number])  # at once, whatever ends this process later
        if written is not None and number not in given:
            from checker.evidence.document import text_of, without_system

            written(number, text_of(without_system(found[number])))
        done(found[number])
    return [found.get(n) for n in range(len(tasks))], [wrong[n] for n in sorted(wrong)]


class Decided(Protocol):
    """A statement that was given to a process, and the values that replace its own."""

    @property
    def statement(self) -> Statement:
        """The statement."""

    @property
    def overriding(self) -> Mapping[str, Fraction]:
        """The values."""


def verdict_of(task: Decided, outcome: Done[Verdict] | Ended) -> Verdict:
    """What became of a task's statement: what was decided, or why it was not."""
    if isinstance(outcome, Done):
        return outcome.value
    stopped = outcome.stopped
    for verdict in outcome.announced:
        if isinstance(verdict, Verdict):  # it stands; what went wrong later is said beside it
            wrong = () if stopped.cause.is_limit else (stopped,)
            return attrs.evolve(verdict, facts=(*verdict.facts, *wrong))
    for engine in outcome.announced:
        if isinstance(engine, Trying):
            stopped = attrs.evolve(stopped, trying=engine)
    blank = undecided(task.statement, task.overriding)
    return attrs.evolve(blank, result=Unknown(reason=stopped), seconds=stopped.limit)
