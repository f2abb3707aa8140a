"""What one proof can use of another: the lemmas about steps that both consist of."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.digest import digest
from checker.backends.solver import QueryBudget, connected, constants
from checker.invariants.certificate import Certificate, prove
from checker.portfolio.decision import Options
from checker.system.obligations import obligations
from checker.system.problem import Problem, pose
from checker.system.verdict import Verdict, undecided
from spec.invariants import limits_of
from spec.parameters import parameter_domains
from spec.scheme import Process
from spec.statements.claim import Claim
from spec.statements.comparison import Transfers

Lemma = tuple[tuple[str, ...], str]
"""Digests of the hypotheses and of the conclusion, the parameters put in."""


def decide_transfers(
    statement: Transfers, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether the two proofs share a lemma: the certificates are found, and compared.

    Raises:
        SpecError: for a mistake in a specification.
    """
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}),
        invariant=type(statement.invariant).__name__,
        limits=dict(limits_of(statement.invariant)),
        method="comparison of two proofs",
    )
    proofs, functions = [], []
    for process in statement.subjects:
        problem = _posed(statement, process, overriding)
        certificate = prove(problem, budget, terse=False)
        if not isinstance(certificate, Certificate) or not certificate.regions:
            reason = f"{process.name} has no proof step by step to compare"
            return attrs.evolve(
                blank, queries=budget.queries, solving=budget.seconds, reason=reason
            )
        proofs.append(lemmas(problem, certificate))
        functions.append(transfer_functions(problem))
    shared = [told for lemma, told in proofs[0].items() if lemma in proofs[1]]
    same = [name for name, term in functions[0].items() if functions[1].get(name) == term]
    counted = f"{len(shared)} lemmas are in both proofs (of {len(proofs[0])} and {len(proofs[1])})"
    facts = (
        counted + (": " + "; ".join(shared) if shared else ""),
        "the same transfer function, so that any lemma about it carries over: "
        + (", ".join(same) or "none"),
    )
    return attrs.evolve(
        blank,
        verdict="proved" if shared else "refuted",
        facts=facts,
        queries=budget.queries,
        solving=budget.seconds,
    )


def _posed(statement: Transfers, process: Process, overriding: Mapping[str, Fraction]) -> Problem:
    """Each scheme at its own defaults, but for what the statement sets."""
    chosen = {**statement.chosen, **overriding}
    own = {name: v for name, v in chosen.items() if name in parameter_domains(process.parameters)}
    return pose(
        Claim(statement.name, process, statement.invariant, at=own, location=statement.location)
    )


def lemmas(problem: Problem, certificate: Certificate) -> dict[Lemma, str]:
    """What the queries of a proof step by step proved of bounds on fields, with words for each.

    Hypotheses that have no constant in common with the conclusion are not part of a lemma.
    """
    held = {
        p.name: (*problem.domain(p), *certificate.regions[p.name].clauses(p))
        for p in problem.traced.positions
    }
    found: dict[Lemma, str] = {}
    for obligation in obligations(problem.steps, problem.seed, held):
        for clause in obligation.conclusions:
            bounds = {c.label for clauses in held.values() for c in clauses if not c.of_domain}
            if obligation.name == "(i) seed" or clause.label not in bounds:
                continue
            used = connected(obligation.hypotheses, clause.condition)
            texts = tuple(sorted(digest(condition) for condition in used))
            lemma = (texts, digest(clause.condition))
            found[lemma] = f"{obligation.name}: {clause.label}"
    return found


def transfer_functions(problem: Problem) -> dict[str, str]:
    """What each step does to each field, the bounds of nature's choices included, as a digest."""
    found = {}
    for step in problem.steps:
        for field, output in zip(step.target.fields, step.stage.outputs, strict=True):
            terms, read = [output], set(constants(output))
            for choice in reversed(step.stage.choices):
                if str(choice.symbol) in read:
                    terms += [choice.low, choice.high]
                    read |= constants(choice.low) | constants(choice.high)
            found[f"{step.name}: {field.name}"] = " ".join(map(digest, terms))
    return found
