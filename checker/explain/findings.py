"""What was found of the things that a claim assumes, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

import attrs

from checker.explain.nonvacuity import NonVacuity
from checker.explain.relaxations import End
from checker.system.findings import Fact
from spec.statements.base import Answer


class AssumptionKind(Enum):
    """What sort of thing a claim assumes."""

    BOUND = "bound"
    """A bound on a choice of nature."""
    COUPLING = "coupling"
    """That the student is what distillation makes it only where oversight works."""
    ASSUMPTION = "assumption"
    """An assumption of the scheme on its parameters."""
    EXPERT_LIMIT = "expert limit"
    """A limit on the expert, which is claimed beside the one on the agent."""


class Status(Enum):
    """Whether a claim needs a thing that it assumes."""

    IDLE = "idle"
    """The verdict stays without it."""
    NEEDED = "needed"
    """The verdict changes without it."""
    UNDECIDED = "undecided"


@attrs.frozen
class ChoiceBound:
    """One end of the bounds on a choice, which a step names."""

    step: str
    choice: str
    end: End


class Note(Fact, Enum):
    """Why, or in which way, where the rest of a result does not say."""

    NO_WIDTH = "no width"
    """The two bounds are equal."""
    NO_POINT = "no point"
    """No point was found that violates this assumption alone."""
    CLAIMED_AS_WELL = "claimed as well"
    """The limit on the expert is itself claimed, so that dropping it leaves the proof."""
    NEVER_WORKS = "never works"
    """Oversight never works, so that the student is always arbitrary."""
    ALWAYS_WORKS = "always works"
    """Oversight always works, so that the student is never arbitrary."""


@attrs.frozen
class Meaningless(Fact):
    """The changed problem is no longer one; ``message`` is that of the SpecError."""

    message: str


@attrs.frozen
class AssumptionResult(Fact):
    """What became of the claim without one thing that it assumes.

    Args:
        kind: what sort of thing it is.
        subject: the bound, the name of the assumption, or None where there is only one such thing.
        status: whether the claim needs it. What a bound allows in a refuted claim is dropped by
            making the bound as tight as it goes.
        proved: of a bound, the greatest factor at which the claim was proved.
        refuted: of a bound, the least factor at which it was refuted.
        point: of an assumption, the parameter values at which the claim was decided last.
        broken: the clause that the refuting run breaks.
        note: why, where the above does not say; of the coupling, what stands in its place.
        answer: of the coupling, what the claim is then.
    """

    kind: AssumptionKind
    subject: ChoiceBound | str | None
    status: Status
    proved: Fraction | None = None
    refuted: Fraction | None = None
    point: Mapping[str, Fraction] = attrs.field(factory=dict)
    broken: str | None = None
    note: Fact | None = None
    answer: Answer | None = None


@attrs.frozen
class ClaimOpen(Fact):
    """The claim itself is neither proved nor refuted."""

    answer: Answer


class NotExamined(Fact, Enum):
    """Why the assumptions of a decided claim are not examined."""

    UNINTERPRETED = "uninterpreted"
    """Uninterpreted agents have no bounds to loosen."""


@attrs.frozen
class AssumptionsReport:
    """The results for a decided claim, or the reason there are none.

    ``nonvacuity`` says whether the claim is about anything.
    """

    results: tuple[AssumptionResult, ...] = ()
    reason: Fact | None = None
    nonvacuity: NonVacuity | None = None

    @property
    def breaking(self) -> tuple[AssumptionResult, ...]:
        """The bounds of which one alone, loosened, lets a proved claim be broken."""
        return tuple(
            result
            for result in self.results
            if result.kind is AssumptionKind.BOUND
            and result.refuted is not None
            and result.refuted > 1
        )
