"""Deciding a claim: look for a counterexample, look for a proof, and say which was found."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import attrs
import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.counterexamples.adversary import LONG, SHORT, planned_counterexample
from checker.counterexamples.random_search import draw, falsify
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.certificate import Blocked, Certificate, clear_steps, prove, prove_harder
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.monotone import is_monotone, order_of
from checker.invariants.uninterpreted import decide_premises
from checker.system.problem import Problem, pose
from checker.system.replay import Run, replay
from checker.system.unrolling import break_at, by_stage, units_of
from checker.system.verdict import EnginesDisagree as EnginesDisagree
from checker.system.verdict import Proof, Trace, Verdict, undecided
from checker.trees.structural_induction import decide_fold
from spec.invariants import limits_of
from spec.parameters import parameter_domains
from spec.statements.claim import Claim
from spec.terms import numeral
from spec.trace import Traced, trace
from spec.trees import Fold

SCREENED = 200
SCREENED_DEEP = 20_000
DRAWN_LENGTH = 6
CLEAR = 32
MARCHED = 2_000_000
UNROLLED = 4


@attrs.frozen
class Options:
    """How much a check may do.

    Args:
        timeout: seconds for one claim.
        query: seconds for one solver query.
        attack: examples that Hypothesis draws against a claim that was proved.
        state: whether a proof is stated by as few field bounds as it needs.
        thorough: whether everything is tried before a claim is given up as unknown.
    """

    timeout: float = 60.0
    query: float = 5.0
    attack: int = 25
    state: bool = False
    thorough: bool = True


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
    answer, certificate = _answer(claim, overriding or {}, problem, budget, options)
    timed = attrs.evolve(
        answer,
        queries=budget.queries,
        solving=budget.seconds,
        seconds=time.perf_counter() - started,
    )
    return timed, certificate


def decide_problem(
    problem: Problem, budget: QueryBudget
) -> tuple[Literal["proved", "refuted", "unknown"], Run | Certificate | None]:
    """A quick verdict on a problem, with what shows it: a replayed run, or a certificate.

    The assumptions on the parameters are not looked at.
    """
    found = falsify(problem, SCREENED, simple=False)
    if found is not None:
        return "refuted", found[0]
    composed = problem.composed()
    for form in [problem] if composed is problem else [problem, composed]:
        proof = prove(form, budget, terse=False, thorough=False)
        if isinstance(proof, Certificate):
            return "proved", proof
    return "unknown", None


def _answer(
    claim: Claim,
    overriding: Mapping[str, Fraction],
    problem: Problem,
    budget: QueryBudget,
    options: Options,
) -> tuple[Verdict, Certificate | None]:
    blank = attrs.evolve(
        undecided(claim, {**claim.chosen, **overriding}),
        invariant=type(claim.invariant).__name__,
        limits=limits_of(claim.invariant),
        parameters=problem.traced.values,
    )
    if not problem.agent.fields:
        kind, model, reason = decide_premises(problem, claim.dropping, budget)
        method = "induction over uninterpreted agents" if kind == "proved" else "finite model"
        return attrs.evolve(blank, verdict=kind, method=method, model=model, reason=reason), None
    empty = vacuity(problem, claim, budget)
    if empty:
        return attrs.evolve(blank, verdict="vacuous", method="assumptions", reason=empty), None
    found = falsify(problem, SCREENED, simple=options.thorough)
    if found is not None and not options.thorough:
        return attrs.evolve(blank, verdict="refuted", trace=Trace(found[0], "found", "")), None
    if found is not None:
        shortest = _shortest(problem, found[0], budget)
        return _refuted(blank, found[0], "search over nature's choices", shortest), None
    proof = prove(problem, budget, terse=options.state, thorough=options.thorough)
    if isinstance(proof, Certificate):
        return _proved(blank, problem, proof, options), proof
    if not options.thorough:
        return attrs.evolve(blank, method="quick engines", reason="not tried thoroughly"), None
    late = _search_deeper(problem, budget)
    if late is not None:
        return _refuted(blank, *late), None
    harder = prove_harder(problem, budget, terse=options.state)
    if harder is not None:
        return _proved(blank, problem, harder, options), harder
    planned = planned_counterexample(problem, budget, longest=LONG)
    if planned is not None:
        shortest = _shortest(problem, planned[0], budget)
        return _refuted(blank, planned[0], "planned choices of nature", shortest), None
    reason = _why_unknown(problem, proof, budget)
    return attrs.evolve(blank, method="all engines", reason=reason), None


def _proved(blank: Verdict, problem: Problem, proof: Certificate, options: Options) -> Verdict:
    """The verdict of a proof that Hypothesis then attacks in vain."""
    attack = draw(problem, DRAWN_LENGTH, options.attack) if options.attack else None
    if attack is not None:
        raise EnginesDisagree(
            f"{blank.claim}: proved by {proof.method}, yet a replayed run breaks "
            f"{attack[0].broken} at iteration {attack[0].iteration}; please report this"
        )
    return attrs.evolve(
        blank,
        verdict="proved",
        method=proof.method,
        proof=Proof(proof.prefix, proof.budgets, proof.bounds, proof.discharged),
    )


def vacuity(problem: Problem, claim: Claim, budget: QueryBudget) -> str:
    """Why the assumptions hold nowhere, or not at these parameters ("" if they hold)."""
    failing = [
        (name, text)
        for name, text, condition in problem.traced.assumptions
        if z3.is_false(z3.simplify(condition))
    ]
    if not failing:
        return ""
    general = trace(claim.scheme)
    if satisfy(_assumed(general), budget).proved:
        return "the assumptions contradict each other: " + "; ".join(
            text for _, text, _ in general.assumptions
        )
    name, text = failing[0]
    return f"the assumption {name} fails at these parameters: {text}"


def _assumed(traced: Traced) -> list[z3.BoolRef]:
    free_parameters = parameter_domains(traced.process.parameters)
    within = [
        z3.And(
            numeral(free_parameters[name].low) <= symbol,
            symbol <= numeral(free_parameters[name].high),
        )
        for name, symbol in traced.parameters.items()
    ]
    return [*within, *(condition for _, _, condition in traced.assumptions)]


def _search_deeper(problem: Problem, budget: QueryBudget) -> tuple[Run, str, str] | None:
    composed = problem.composed()
    order = order_of(composed, budget)
    if order is not None and is_monotone(composed, order, budget):
        run = follow_worst_run(composed, order, MARCHED, budget)
        if run is not None:
            return run, "monotone comparison", "proved: the worst run is clear until then"
    found = falsify(problem, SCREENED_DEEP, tries=2)
    if found is not None:
        return found[0], "long search over nature's choices", _shortest(problem, found[0], budget)
    found = planned_counterexample(problem, budget, longest=SHORT)
    if found is not None:
        return found[0], "planned choices of nature", _shortest(problem, found[0], budget)
    found = draw(problem, DRAWN_LENGTH, 200)
    if found is not None:
        return found[0], "Hypothesis", _shortest(problem, found[0], budget)
    for length in range(1, UNROLLED + 1):
        if budget.exhausted:
            return None
        values = break_at(composed, length, budget)
        if not isinstance(values, str):
            run = replay(problem, by_stage(problem, units_of(composed, values)), length)
            if run is not None and run.broken is not None:
                return run, "bounded model checking", _shortest(problem, run, budget)
    return None


def _refuted(blank: Verdict, run: Run, method: str, shortest: str) -> Verdict:
    trace_ = Trace(run, shortest, _blame(run))
    return attrs.evolve(blank, verdict="refuted", method=method, trace=trace_)


def _shortest(problem: Problem, run: Run, budget: QueryBudget) -> str:
    """Whether a shorter run is ruled out, and by what."""
    before = run.iteration - 1
    if before < 1:
        return "proved: no run is shorter"
    if before <= CLEAR:
        chain = RegionSynthesizer(problem).chain(before)
        whole = before * len(problem.steps) + 1
        if len(chain) >= whole and clear_steps(problem, chain[:whole], budget) == whole:
            return f"proved: all runs are clear for {before} iterations"
    composed = problem.composed()
    for length in range(1, before + 1) if before <= CLEAR else ():
        if budget.exhausted or break_at(composed, length, budget, seconds=1.0) != "none":
            break
        if length == before:
            return f"proved: all runs are clear for {before} iterations"
    return "the shortest found"


def _blame(run: Run) -> str:
    """The first obligation that the run breaks."""
    if run.iteration == 0:
        return "(i) seed"
    unseen = next((step for step in run.steps if step.oversight_holds is False), None)
    if unseen is not None:
        return f"(ii) smart enough, at iteration {unseen.iteration}"
    if not run.steps:
        return ""
    steps = list(dict.fromkeys(step.step for step in run.steps))
    last = run.steps[-1]
    return f"({'i' * (steps.index(last.step) + 2)}) {last.step}, at iteration {last.iteration}"


def _why_unknown(problem: Problem, blocked: Sequence[Blocked], budget: QueryBudget) -> str:
    chain = RegionSynthesizer(problem).chain(CLEAR)
    clear = max(0, (clear_steps(problem, chain, budget) - 1) // len(problem.steps))
    text = (
        f"tried: search to {SCREENED_DEEP} iterations, planned choices, Hypothesis, inductive "
        "regions, monotone comparison, k-induction, polyhedra, unions of boxes; clear to "
        f"iteration {clear}"
    )
    if budget.exhausted:
        text += "; the time was up (raise --timeout)"
    if blocked:
        last = blocked[-1]
        values = ", ".join(f"{k} = {v}" for k, v in sorted(last.outcome.values.items()))
        how = "fails" if last.outcome.answer == "fails" else "is undecided"
        text += f"; the induction is blocked: {last.obligation}, {last.clause} {how}"
        text += f" at {values}" if values else ""
    return text
