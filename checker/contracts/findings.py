"""What was found of a scheme's contracts: which hold, which fail, and the evidence for each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

import attrs

from checker.system.findings import Fact

Values = Mapping[str, Fraction | None]
"""Exact values by name; None where the term of that name is not defined."""


class Contract(Enum):
    """A condition on one of the two steps of a scheme; docs/reference/instances.md states it."""

    PROGRAM = "amplify is a program"
    CONSULTS = "amplify consults"
    RAISES = "amplify raises"
    IMPROVES = "amplify errs less"
    COSTS = "amplify costs"
    SEES = "distill sees"
    RETURNS = "distill returns"
    LANDS = "distill lands"


class Fulfilment(Enum):
    """What became of a contract."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


class Evidence(Fact):
    """What shows that a contract holds or fails, or why that is open."""


class Remark(Evidence, Enum):
    """Evidence without numbers."""

    AT_EVERY_AGENT = "at every agent"
    """It is proved for all agents."""
    AT_EVERY_COST = "at every cost"
    """It is proved whatever the expert costs."""
    AGENT_IGNORED = "agent ignored"
    """The same choices of nature give the same expert, whatever the agent answers."""
    NEVER_OVERSEEN = "never overseen"
    """No student of any expert is overseen."""
    ALL_WITHIN = "all within"
    """Every student of the domain is within eps of the first expert."""
    NOT_SETTLED = "not settled"
    """It is neither proved nor refuted in the time allowed."""
    NOBODY_IMPROVED = "nobody improved"
    """The statement itself says that no agent is improved, though some would."""
    NO_PAIR_FOUND = "no pair found"
    """No two agents were found that amplification tells apart."""
    EXCLUSION_OPEN = "exclusion open"
    """It is open whether eps excludes any student."""


# --- amplification --------------------------------------------------------------------------------


@attrs.frozen
class CountedCalls(Evidence):
    """The expert's cost is ``calls`` times the agent's, and an overhead."""

    calls: int


@attrs.frozen
class TooFewCalls(Evidence):
    """Amplification is said to make less than one call to the agent."""

    calls: int


@attrs.frozen
class CostMovesChoices(Evidence):
    """Two agents that differ in the cost alone leave nature different choices."""

    agents: tuple[Values, Values]


@attrs.frozen
class CostMovesExpert(Evidence):
    """Two agents that differ in the cost alone are amplified to these experts.

    ``calls`` is set where it is the experts' costs that differ otherwise than they may: by so many
    times as the agents' do.
    """

    agents: tuple[Values, Values]
    experts: tuple[Values, Values]
    calls: int | None = None


@attrs.frozen
class UnpaidCalls(Evidence):
    """An expert that costs less than ``calls`` times the agent that it was amplified from."""

    agent: Values
    expert: Values
    calls: int


@attrs.frozen
class ToldApart(Evidence):
    """The first of two agents can give an expert that shows ``seen``, the second cannot.

    ``idle`` are the fields of an agent that are proved to make no difference by themselves.
    """

    agents: tuple[Values, Values]
    seen: Values
    idle: tuple[str, ...]


@attrs.frozen
class Raised(Evidence):
    """The expert's capability is above the agent's wherever that is below ``top``, everywhere if
    there is no top."""

    top: Fraction | None


@attrs.frozen
class Unimproved(Evidence):
    """An agent that should be improved, its expert, and the ``known`` loss that the expert's should
    be below. ``nobody`` says that no agent is improved at these parameters."""

    agent: Values
    expert: Values
    known: Fraction | None
    chosen: Values
    nobody: bool


@attrs.frozen
class Spoiled(Evidence):
    """An agent that amplification makes worse than the ``edge`` within which it was."""

    agent: Values
    expert: Values
    edge: Fraction | None


@attrs.frozen
class Improves(Evidence):
    """Who is improved: agents whose loss is between ``edge`` and ``last``, without ``edge`` and
    with ``last``. Their experts' is below ``known``, or below their own where that is not set.

    ``sharp`` says that some agent at the edge is not improved, ``exact`` that nobody does at values
    of free parameters where the statement says that nobody does, None where none is free.
    """

    loss: str
    edge: Fraction | None
    last: Fraction | None
    known: Fraction | None
    sharp: bool
    exact: bool | None


@attrs.frozen
class Amplified(Evidence):
    """An agent, and the value of one field of an expert that it is amplified to."""

    agent: Values
    expert: Values
    chosen: Values


# --- distillation ---------------------------------------------------------------------------------


@attrs.frozen
class SeenThrough(Evidence):
    """The student depends on what a channel shows of its expert, and on the cost as its price."""

    channel: str
    shows: tuple[str, ...]


@attrs.frozen
class HiddenMovesChoices(Evidence):
    """Two experts that show the same leave nature different choices."""

    experts: tuple[Values, Values]


@attrs.frozen
class HiddenMovesStudent(Evidence):
    """Two experts that show the same make these students, under the same choices of nature."""

    experts: tuple[Values, Values]
    students: tuple[Values, Values]


@attrs.frozen
class DearStudent(Evidence):
    """A student that costs more than the seed."""

    expert: Values
    student: Values
    seed: Values


@attrs.frozen
class FarStudent(Evidence):
    """A student whose distance from its expert is above eps. ``metric`` is what the statement says
    that the distance measures."""

    expert: Values
    student: Values
    measured: Values
    metric: str


class TieKind(Enum):
    """What distance 0 says of a field of the student."""

    SAME = "same"
    """It is the expert's."""
    NO_MORE = "no more"
    """It is at most the expert's."""
    BOUNDED = "bounded"
    """It cannot be at one of the ends of its domain."""


@attrs.frozen
class Tie:
    """What distance 0 from the first expert says of one field of a student; ``end`` is the end of
    the domain at which it cannot be, if that is what it says."""

    field: str
    kind: TieKind
    end: Fraction | None = None


@attrs.frozen
class Landed(Evidence):
    """Every student is within eps of its expert, which excludes some student of the first expert.

    ``first`` is eps at the first expert, ``ties`` what distance 0 from it says.
    """

    metric: str
    first: Values
    ties: tuple[Tie, ...]


@attrs.frozen
class NothingTied(Evidence):
    """Distance 0 from the first expert says nothing of the student beside capability and cost."""

    metric: str


# --- findings -------------------------------------------------------------------------------------


@attrs.frozen
class Finding(Fact):
    """What became of one contract, and what shows it.

    ``at`` are the values of the free parameters at which a counterexample was found, where the
    contract reads them.
    """

    contract: Contract
    fulfilment: Fulfilment
    evidence: Evidence
    at: Values = attrs.field(factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the contract is proved."""
        return self.fulfilment is Fulfilment.HOLDS

    @property
    def fails(self) -> bool:
        """Whether the contract is refuted."""
        return self.fulfilment is Fulfilment.FAILS

    @property
    def undecided(self) -> bool:
        """Whether the contract is neither proved nor refuted."""
        return self.fulfilment is Fulfilment.UNDECIDED
