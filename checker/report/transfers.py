"""Words for what two proofs have in common."""

from __future__ import annotations

from checker.report.words import describe
from checker.statements.transfers import (
    Lemma,
    NoStepwiseProof,
    SharedFunctions,
    SharedLemmas,
    TransferFunction,
)


@describe.register
def _(lemma: Lemma) -> str:
    return f"{describe(lemma.obligation)}: {lemma.bound}"


@describe.register
def _(function: TransferFunction) -> str:
    return f"{function.step}: {function.field}"


@describe.register
def _(fact: SharedLemmas) -> str:
    left, right = fact.counts
    head = f"{len(fact.lemmas)} lemmas are in both proofs (of {left} and {right})"
    return f"{head}: {'; '.join(map(describe, fact.lemmas))}" if fact.lemmas else head


@describe.register
def _(fact: SharedFunctions) -> str:
    named = ", ".join(map(describe, fact.functions)) or "none"
    return f"the same transfer function, so that any lemma about it carries over: {named}"


@describe.register
def _(fact: NoStepwiseProof) -> str:
    return f"no proof step by step of {fact.scheme} was found to compare"
