"""Facts: what a decider found, as plain typed data that ``report`` puts into words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

import attrs

from checker.system.obligations import Label


class Fact:
    """Something that was found of a statement: how it was decided, why it was not, what shows it.

    A fact is data: it pickles and compares. ``checker.report.words`` has the words for each class;
    one that it does not know is shown as ``str`` gives it, so that a kind of statement of one's own
    can bring its facts with it.
    """


class Method(Fact, Enum):
    """How a statement was decided."""

    LIMITS = "limits"
    """The claimed limits are inductive as they stand."""
    REGION = "region"
    """An inductive region around what is reached."""
    POST_FIXPOINT = "post-fixpoint"
    """An inductive box, found by monotone comparison."""
    RETURN = "return"
    """The first iterations come back within a box that they have been in."""
    K_INDUCTION = "k-induction"
    POLYHEDRON = "polyhedron"
    ELLIPSOID = "ellipsoid"
    """Quadratic sets that an affine step keeps, by exact elimination."""
    POLYNOMIAL = "polynomial set"
    """The states at which a polynomial is at most 0, by sums of squares."""
    POTENTIAL = "potential"
    """The claim plus what is still to come, which no step raises."""
    CLAUSE_BY_CLAUSE = "clause by clause"
    """Sets for one clause each, all clauses assumed where a step begins, and then side by side."""
    BOX_UNION = "box union"
    BREADTH_FIRST = "breadth first"
    """All states of a finite loop in turn, replayed."""
    SEARCH = "search"
    """Strategies of nature in floats, replayed."""
    LONG_SEARCH = "long search"
    PLANNED = "planned"
    """Adversaries that plan ahead, replayed."""
    HYPOTHESIS = "hypothesis"
    WORST_RUN = "worst run"
    """The one worst run of a monotone loop."""
    VALUE_ITERATION = "value iteration"
    """The most that any run can reach, from the claim back."""
    BOUNDED_MODEL_CHECKING = "bounded model checking"
    ASSUMPTIONS = "assumptions"
    ALL_ENGINES = "all engines"
    QUICK_ENGINES = "quick engines"
    CHOSEN_ENGINES = "chosen engines"
    UNINTERPRETED = "uninterpreted"
    """Induction over uninterpreted agents."""
    FINITE_MODEL = "finite model"
    TREE_INDUCTION = "tree induction"
    TREE_INDUCTION_WITH_BOUNDS = "tree induction with bounds"
    TREE_STATES = "tree states"
    """The exact set of the states that nodes reach, a least fixpoint."""
    SMALLEST_TREE = "smallest tree"
    TREE_SEARCH = "tree search"
    ONE_STEP = "one step"
    SHRINKING_BOXES = "shrinking boxes"
    GROWTH = "growth"
    """The invariant is kept, and every iteration adds at least so much to the rank."""
    NO_GROWTH = "no growth"
    """The rank stays within a bound that is inductive."""
    STAYS_OUT = "stays out"
    """A run that violates the invariant at every iteration."""
    TOLERANCES = "tolerances"
    TWO_PROOFS = "two proofs"
    CONTRACTS = "contracts"
    LIFTING = "lifting"
    """What holds of one question, lifted to worlds of every size."""
    SMALLEST_WORLD = "smallest world"
    WORLDS = "worlds"
    """Lifting and a search for a world, neither of which decided."""


@attrs.frozen
class AssumptionFails(Fact):
    """An assumption of the scheme fails at the parameters; ``text`` is its docstring."""

    name: str
    text: str


@attrs.frozen
class AssumptionsContradict(Fact):
    """No value of the parameters meets all assumptions of the scheme."""

    texts: tuple[str, ...]


@attrs.frozen
class Undecided(Fact):
    """Why the engines left a claim open.

    Args:
        tried: the engines that were tried, in order, by name.
        clear: iterations from the seed that are proved to meet every clause.
        out_of_time: whether the time was up.
        blocked: the last obligation that could not be shown, if any.
    """

    tried: tuple[str, ...]
    clear: int
    out_of_time: bool
    blocked: Blocked | None = None


@attrs.frozen
class Blocked(Fact):
    """An obligation of a candidate proof that failed, or that the solver left undecided.

    ``values`` are those at which it fails.
    """

    obligation: Label
    clause: str
    fails: bool
    values: Mapping[str, Fraction] = attrs.field(factory=dict)


class NotTried(Fact, Enum):
    """Why a statement was left open without much work."""

    QUICK = "only the quick engines were tried"


@attrs.frozen
class Trying(Fact):
    """The engine that is under way, and those tried before it, in order, by name."""

    engine: str
    before: tuple[str, ...] = ()


class Cause(Enum):
    """Why work on a statement ended without an answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    """The process was ended by a signal."""
    EXIT = "exit"
    """The process ended itself."""
    ERROR = "error"
    """The checker raised something that it should not."""

    @property
    def is_limit(self) -> bool:
        """Whether a limit was reached, so that nothing went wrong."""
        return self in (Cause.TIME, Cause.MEMORY)


@attrs.frozen
class Stopped(Fact):
    """Work on a statement that was ended before it had an answer.

    Args:
        cause: why it ended.
        limit: the limit that was reached: seconds, or GiB of memory.
        what: the signal, the exit status or the error.
        at: the user's line that was being run, if one was.
        trying: the engine that was under way.
    """

    cause: Cause
    limit: float = 0.0
    what: str = ""
    at: str = ""
    trying: Trying | None = None
