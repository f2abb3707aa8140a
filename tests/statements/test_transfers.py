"""Two proofs share lemmas where their schemes share a step."""

from __future__ import annotations

from checker import Verdict, check
from checker.report.words import describe
from checker.statements.transfers import SharedFunctions, SharedLemmas, TransferFunction
from spec import Transfers
from tests.statements.memories import AtMost, halves


def shared(verdict: Verdict) -> tuple[SharedLemmas, SharedFunctions]:
    """What a verdict says that two proofs, and the steps of their schemes, have in common."""
    in_proofs, of_steps = verdict.facts
    assert isinstance(in_proofs, SharedLemmas)
    assert isinstance(of_steps, SharedFunctions)
    return in_proofs, of_steps


def test_proofs_share_lemmas_where_their_schemes_share_a_step() -> None:
    same, _ = shared(check(Transfers("t", halves(1, 2), halves(1, 2), invariant=AtMost())))
    assert (len(same.lemmas), same.counts) == (2, (2, 2))
    assert "2 lemmas are in both proofs (of 2 and 2)" in describe(same)
    apart = Transfers("t", halves(1, 2), halves(1, 1), invariant=AtMost(), expected="refuted")
    none, found = shared(check(apart))  # the sets held differ, though amplify does the same
    assert none.lemmas == ()
    assert found.functions == (TransferFunction("amplify", "error"),)
    assert describe(found).endswith("carries over: amplify: error")
    _, other = shared(
        check(Transfers("t", halves(1, 2), halves(2, 2), invariant=AtMost(), expected="refuted"))
    )
    assert found != other
    assert describe(found) != describe(other)
