"""What one proof can use of another: the lemmas about steps that both consist of."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.digest import digest
from checker.backends.solver import QueryBudget, connected, constants
from checker.invariants.certificate import Certificate
from checker.portfolio.decision import Options
from checker.portfolio.proving import prove
from checker.system.findings import Fact, Method
from checker.system.obligations import Duty, Label, obligations
from checker.system.problem import Bound, Problem, pose
from checker.system.verdict import Proof, Refutation, Unknown, Verdict, undecided
from spec.parameters import parameter_domains
from spec.scheme import Process
from spec.statements.claim import Claim
from spec.statements.comparison import Transfers

Digests = tuple[tuple[str, ...], str]
"""Digests of the hypotheses and of the conclusion of a lemma, the parameters put in."""


@attrs.frozen
class Lemma:
    """What one query of a proof shows: that an obligation keeps one bound on one quantity."""

    obligation: Label
    bound: Bound


@attrs.frozen
class TransferFunction:
    """What a step does to one field."""

    step: str
    field: str


@attrs.frozen
class SharedLemmas(Fact):
    """The lemmas that are in both proofs, and how many each proof has."""

    lemmas: tuple[Lemma, ...]
    counts: tuple[int, int]


@attrs.frozen
class SharedFunctions(Fact):
    """What the steps of both schemes do alike, so that any lemma about it carries over."""

    functions: tuple[TransferFunction, ...]


@attrs.frozen
class NoStepwiseProof(Fact):
    """No proof step by step of a scheme was found, that could be compared."""

    scheme: str


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
    )
    proofs, functions = [], []
    for process in statement.subjects:
        problem = _posed(statement, process, overriding)
        certificate = prove(problem, budget, terse=False)
        if not isinstance(certificate, Certificate) or not certificate.regions:
            unknown = Unknown(Method.TWO_PROOFS, NoStepwiseProof(process.name))
            return attrs.evolve(
                blank, result=unknown, queries=budget.queries, solving=budget.seconds
            )
        proofs.append(lemmas(problem, certificate))
        functions.append(transfer_functions(problem))
    shared = tuple(lemma for digests, lemma in proofs[0].items() if digests in proofs[1])
    same = tuple(name for name, term in functions[0].items() if functions[1].get(name) == term)
    return attrs.evolve(
        blank,
        result=Proof(Method.TWO_PROOFS) if shared else Refutation(Method.TWO_PROOFS),
        facts=(SharedLemmas(shared, (len(proofs[0]), len(proofs[1]))), SharedFunctions(same)),
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


def lemmas(problem: Problem, certificate: Certificate) -> dict[Digests, Lemma]:
    """What the queries of a proof step by step proved of bounds on fields.

    Hypotheses that have no constant in common with the conclusion are not part of a lemma.
    """
    held = {
        p.name: (*problem.domain(p), *certificate.regions[p.name].clauses(p))
        for p in problem.traced.positions
    }
    found: dict[Digests, Lemma] = {}
    for obligation in obligations(problem, held):
        if obligation.label.duty is Duty.SEED:
            continue
        for clause in obligation.conclusions:
            if clause.bound is None:
                continue
            used = connected(obligation.hypotheses, clause.condition)
            texts = tuple(sorted(digest(condition) for condition in used))
            digests = (texts, digest(clause.condition))
            found[digests] = Lemma(obligation.label, clause.bound)
    return found


def transfer_functions(problem: Problem) -> dict[TransferFunction, str]:
    """What each step does to each field, the bounds of nature's choices included, as a digest."""
    found = {}
    for step in problem.steps:
        for field, output in zip(step.target.fields, step.stage.outputs, strict=True):
            terms, read = [output], set(constants(output))
            for choice in reversed(step.stage.choices):
                if str(choice.symbol) in read:
                    terms += [choice.low, choice.high]
                    read |= constants(choice.low) | constants(choice.high)
            function = TransferFunction(step.name, field.name)
            found[function] = " ".join(map(digest, terms))
    return found
