"""Statements about two schemes."""

from __future__ import annotations

import attrs

from spec.invariants import Invariant
from spec.statements.subjects import OfTwo


@attrs.frozen(eq=False)
class Refines(OfTwo):
    """That every run of the first scheme is a run of the second, in the fields compared."""


@attrs.frozen(eq=False)
class Agrees(OfTwo):
    """That the first scheme keeps the invariant exactly where the second does."""

    invariant: Invariant = attrs.field(kw_only=True)


@attrs.frozen(eq=False)
class Transfers(OfTwo):
    """That the proofs that two schemes keep an invariant share lemmas about their steps.

    A lemma is what one query proves: that a step, from the set held before it, keeps one bound on
    one field. Two are the same when they are word for word, with the parameters put in. Each
    scheme is at its own defaults, but for ``at``.
    """

    invariant: Invariant = attrs.field(kw_only=True)
