"""Deciding a claim: the engines in their order, and the verdict that their answer gives."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.counterexamples.attack import attack
from checker.counterexamples.starts import falsify_from_any
from checker.invariants.certificate import Certificate, Wording, clear_steps
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.uninterpreted import decide_premises
from checker.portfolio.engine import Engine, FoundRun, Task
from checker.portfolio.minimality import blame_for, shortest
from checker.portfolio.proving import prove
from checker.portfolio.schedule import QUICK, named, run
from checker.portfolio.searches import SHORT_SEARCH
from checker.system.findings import (
    AssumptionFails,
    AssumptionsContradict,
    Fact,
    Method,
    NotTried,
    Undecided,
)
from checker.system.problem import Problem, pose
from checker.system.replay import Run
from checker.system.verdict import (
    EnginesDisagree,
    Proof,
    Refutation,
    Result,
    Shortest,
    Unknown,
    Vacuous,
    Verdict,
    undecided,
)
from checker.trees.structural_induction import decide_fold
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.trace import trace
from spec.trees import Fold

ATTACK_LENGTH = 6
"""Iterations of the runs that are drawn against a claim that was proved."""
ATTACK_SHARE = 0.25
CLEAR = 32
"""Iterations up to which it is said how far an undecided claim is clear."""


@attrs.frozen
class Options:
    """How much a check may do.

    Args:
        timeout: seconds for one claim.
        query: seconds for one solver query.
        attack: runs, or worlds, that are drawn against a claim that was proved.
        state: whether a proof is stated by as few field bounds as it needs.
        thorough: whether everything is tried before a claim is given up as unknown.
        engines: the names of the only engines to try; all of them for none.
    """

    timeout: float = 60.0
    query: float = 5.0
    attack: int = 25
    state: bool = False
    thorough: bool = True
    engines: tuple[str, ...] = ()


def decide(
    claim: Claim,
    overriding: Mapping[str, Fraction] | None = None,
    options: Options | None = None,
) -> Verdict:
    """The verdict on a claim.

    Args:
        claim: what is claimed.
        overriding: parameter values that replace the claim's own.
        options: limits on the work.

    Raises:
        SpecError: for a mistake in the specification or an unknown parameter.
        EnginesDisagree: when two engines contradict each other.
    """
    return decide_with_proof(claim, overriding, options)[0]


def decide_with_proof(
    claim: Claim,
    overriding: Mapping[str, Fraction] | None = None,
    options: Options | None = None,
) -> tuple[Verdict, Certificate | None]:
    """The verdict as ``decide`` gives it, and the certificate behind it where there is one."""
    options = options or Options()
    if isinstance(claim.scheme, Fold):
        return decide_fold(claim, overriding or {}, options.query, options.timeout), None
    started = time.perf_counter()
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    problem = pose(claim, overriding)
    result, certificate = _result(claim, problem, budget, options)
    verdict = attrs.evolve(
        undecided(claim, {**claim.chosen, **(overriding or {})}),
        parameters=problem.traced.values,
        result=result,
        queries=budget.queries,
        solving=budget.seconds,
        seconds=time.perf_counter() - started,
    )
    return verdict, certificate


def decide_problem(
    problem: Problem, budget: QueryBudget
) -> tuple[Answer, Run | Certificate | None]:
    """A quick answer on a problem, with what shows it: a replayed run, or a certificate.

    The assumptions on the parameters are not looked at.
    """
    found = falsify_from_any(problem, SHORT_SEARCH)
    if found is not None:
        return Answer.REFUTED, found[0]
    composed = problem.composed()
    for form in [problem] if composed is problem else [problem, composed]:
        proof = prove(form, budget, thorough=False)
        if isinstance(proof, Certificate):
            return Answer.PROVED, proof
    return Answer.UNKNOWN, None


def _result(
    claim: Claim, problem: Problem, budget: QueryBudget, options: Options
) -> tuple[Result, Certificate | None]:
    if not problem.agent.fields:
        return decide_premises(problem, claim.dropping, budget), None
    empty = vacuity(problem, claim, budget)
    if empty is not None:
        return Vacuous(empty), None
    task = _task(problem, budget, options)
    found, tried = run(named(options.engines) if options.thorough else QUICK, task)
    if isinstance(found, Certificate):
        if options.attack:
            _attack(claim, problem, found, options.attack, budget.share(ATTACK_SHARE))
        return Proof(found.method, found.stated(problem)), found
    if found is not None:
        return _refutation(problem, found, budget, options), None
    return _unknown(task, tried, options), None


def _task(problem: Problem, budget: QueryBudget, options: Options) -> Task:
    wording = Wording.FEWEST if options.state else Wording.BUDGETS
    return Task(
        problem,
        budget,
        wording if options.thorough else Wording.REGIONS,
        simple=options.thorough,
        quick=not options.thorough,
    )


def _attack(
    claim: Claim, problem: Problem, proof: Certificate, runs: int, budget: QueryBudget
) -> None:
    """Attack a claim that was proved, for a share of the time that is left.

    Raises:
        EnginesDisagree: if a drawn run breaks the claim.
    """
    found = attack(problem, ATTACK_LENGTH, runs, budget)
    if found is not None:
        raise EnginesDisagree(
            f"{claim.name}: proved by {proof.method.value}, yet a replayed run breaks "
            f"{found.broken} at iteration {found.iteration}; please report this"
        )


def _refutation(
    problem: Problem, found: FoundRun, budget: QueryBudget, options: Options
) -> Refutation:
    if not options.thorough:
        return Refutation(found.method, found.run)
    if found.shortest is None:
        found = shortest(problem, found, budget)
    ruled_out = found.shortest or Shortest.SHORTEST_FOUND
    return Refutation(found.method, found.run, ruled_out, blame_for(found.run))


def _unknown(task: Task, tried: Sequence[Engine], options: Options) -> Unknown:
    if not options.thorough:
        return Unknown(Method.QUICK_ENGINES, NotTried.QUICK)
    problem, budget = task.problem, task.budget
    chain = RegionSynthesizer(problem).chain(CLEAR)
    reason = Undecided(
        tried=tuple(dict.fromkeys(engine.name for engine in tried)),
        clear=max(0, (clear_steps(problem, chain, budget) - 1) // len(problem.steps)),
        out_of_time=budget.exhausted,
        blocked=task.blocked[-1] if task.blocked else None,
    )
    return Unknown(Method.CHOSEN_ENGINES if options.engines else Method.ALL_ENGINES, reason)


def vacuity(problem: Problem, claim: Claim, budget: QueryBudget) -> Fact | None:
    """Why the assumptions hold nowhere, or not at these parameters; None if they hold."""
    failing = [
        (name, text)
        for name, text, condition in problem.traced.assumptions
        if z3.is_false(z3.simplify(condition))
    ]
    if not failing:
        return None
    general = trace(claim.scheme)
    if satisfy(general.assumed, budget).unsat:
        return AssumptionsContradict(tuple(text for _, text, _ in general.assumptions))
    return AssumptionFails(*failing[0])
