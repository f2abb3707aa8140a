"""Verdicts: what was decided of a statement, and what shows it. Plain data: it pickles."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

import attrs

from checker.backends.algebraic import Algebraic
from checker.system.findings import Fact, Method, Stopped
from checker.system.lemmas import Lemma
from checker.system.obligations import Label
from checker.system.problem import Bound
from checker.system.replay import Run
from checker.system.shown import Shown
from checker.system.walk import Walk
from spec.invariants import limits_of
from spec.statements.base import Answer, Statement
from spec.statements.claim import Claim
from spec.statements.subjects import OfScheme


class EnginesDisagree(Exception):
    """A proof and a counterexample of the same claim: an error of the checker, never hidden."""


@attrs.frozen
class Stated:
    """A checked certificate as plain data: the set that one iteration cannot leave.

    Args:
        whole_iterations: whether the induction goes by whole iterations, not step by step.
        prefix: iterations from the seed that are checked before the set is entered.
        budgets: per position, the invariants' budgets.
        bounds: per position, field bounds that strengthen them.
        boxes: per position, the boxes of a union.
        discharged: the parts of the proof that the solver settled.
        depth: the depth of a k-induction.
        returns: of a loop that comes back, the iteration whose box it comes back to.
        walk: the sets that the proof leads every run through, for others to check.
        lemmas: sums of squares by which they are shown, where no solver is asked.
    """

    whole_iterations: bool = False
    prefix: int = 0
    budgets: Mapping[str, Mapping[str, Fraction]] = attrs.field(factory=dict)
    bounds: Mapping[str, tuple[Bound, ...]] = attrs.field(factory=dict)
    boxes: Mapping[str, tuple[tuple[Bound, ...], ...]] = attrs.field(factory=dict)
    discharged: tuple[Label, ...] = ()
    depth: int = 0
    returns: int | None = None
    walk: Walk = ()
    lemmas: tuple[Lemma, ...] = ()


class Shortest(Enum):
    """Whether a shorter run than the one in hand was ruled out."""

    NOT_ASKED = "not asked"
    SHORTEST_FOUND = "shortest found"
    """No shorter run was found, and none was ruled out."""
    NONE_SHORTER = "none shorter"
    """Proved: the claim breaks at the seed, or in the first iteration and not at the seed."""
    CLEAR_BEFORE = "clear before"
    """Proved: all runs are clear for all earlier iterations."""
    WORST_RUN_CLEAR = "worst run clear"
    """Proved: the worst of all runs is clear until then."""
    WORST_RUN = "worst run"
    """It is the worst of all runs at its parameters."""
    FROM_INSIDE = "from inside"
    """It is one iteration, from an agent that satisfies the invariant."""


@attrs.frozen
class Blame:
    """The first obligation that a run breaks, and at which iteration (None at the seed)."""

    obligation: Label
    iteration: int | None = None


@attrs.frozen
class Proof:
    """The statement holds. ``certificate`` is what one iteration was shown to keep, if there is
    such a set."""

    method: Fact
    certificate: Stated | None = None


@attrs.frozen
class Refutation:
    """The statement is false. ``run`` is a replayed run that shows it, where a run does."""

    method: Fact
    run: Run | None = None
    shortest: Shortest = Shortest.NOT_ASKED
    blame: Blame | None = None
    reason: Fact | None = None


@attrs.frozen
class Unknown:
    """Neither was shown. ``reason`` says what was tried and what stands in the way."""

    method: Fact | None = None
    reason: Fact | None = None


@attrs.frozen
class Vacuous:
    """The statement speaks of nothing, since its assumptions fail."""

    reason: Fact
    method: Fact = Method.ASSUMPTIONS


Result = Proof | Refutation | Unknown | Vacuous

_ANSWERS: dict[type, Answer] = {
    Proof: Answer.PROVED,
    Refutation: Answer.REFUTED,
    Unknown: Answer.UNKNOWN,
    Vacuous: Answer.VACUOUS,
}


@attrs.frozen
class Bracket:
    """Where along one parameter the invariant holds and where it breaks.

    ``proved_to`` and ``refuted_from`` are the ends found from both sides. ``monotone`` says that
    each end settles everything beyond it, since greater values are worse (``rising``) or better;
    otherwise only the points themselves are decided. ``number`` is the exact end in between, if it
    was named and proved, and ``included`` says whether the invariant holds there.
    """

    parameter: str
    low: Fraction
    high: Fraction
    proved_to: Fraction | None
    refuted_from: Fraction | None
    monotone: bool
    rising: bool = True
    number: Algebraic | None = None
    included: bool | None = None

    def holds_at(self, value: Fraction) -> bool | None:
        """Whether the invariant holds at a value; None where that is not decided."""
        if self.number is not None and self.number.fraction == value:
            return self.included
        for end, holds in ((self.proved_to, True), (self.refuted_from, False)):
            if end is None:
                continue
            beyond = value <= end if self.rising is holds else value >= end
            if value == end or (self.monotone and beyond):
                return holds
        return None


@attrs.frozen
class Verdict(Shown):
    """What became of one statement.

    ``kind`` is the class of the statement, ``claim`` its name. ``facts`` are exact findings beside
    the result: a condition found, shares, a witness.
    """

    claim: str
    kind: type[Statement]
    scheme: str
    invariant: str
    limits: Mapping[str, Fraction]
    expected: Answer
    parameters: Mapping[str, Fraction]
    result: Result
    chosen: Mapping[str, Fraction] = attrs.field(factory=dict)
    facts: tuple[Fact, ...] = ()
    bracket: Bracket | None = None
    queries: int = 0
    solving: float = 0.0
    seconds: float = 0.0
    says: str = ""
    recalled: bool = attrs.field(default=False, eq=False)
    """Whether it was decided by an earlier run, and kept."""

    @property
    def answer(self) -> Answer:
        """Proved, refuted, unknown or vacuous."""
        return _ANSWERS[type(self.result)]

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one. Where something went wrong, none is."""
        return self.answer is self.expected and not self.failed

    @property
    def failed(self) -> bool:
        """Whether something went wrong while it was decided, or after."""
        said = (self.reason, *self.facts)
        return any(isinstance(s, Stopped) and not s.cause.is_limit for s in said)

    @property
    def method(self) -> Fact | None:
        """How it was decided."""
        return self.result.method

    @property
    def reason(self) -> Fact | None:
        """Why it is not proved, where that needs saying."""
        return None if isinstance(self.result, Proof) else self.result.reason

    @property
    def run(self) -> Run | None:
        """The replayed run of a refutation that has one."""
        return self.result.run if isinstance(self.result, Refutation) else None

    @property
    def certificate(self) -> Stated | None:
        """The certificate of a proof that has one."""
        return self.result.certificate if isinstance(self.result, Proof) else None


def undecided(statement: Statement, chosen: Mapping[str, Fraction] | None = None) -> Verdict:
    """The verdict on a statement before anything is known of it."""
    invariant = statement.invariant if isinstance(statement, Claim | OfScheme) else None
    return Verdict(
        claim=statement.name,
        kind=type(statement),
        scheme=", ".join(process.name for process in statement.subjects),
        invariant="" if invariant is None else type(invariant).__name__,
        limits={} if invariant is None else dict(limits_of(invariant)),
        expected=statement.expected,
        parameters=dict(chosen or {}),
        result=Unknown(),
        chosen=dict(chosen or {}),
        says=statement.says,
    )
