"""What an engine is: a name, what it can show, what it needs, what it costs, and one attempt."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum, IntEnum
from functools import cached_property
from typing import ClassVar

import attrs

from checker.backends.solver import QueryBudget
from checker.counterexamples.starts import likely_starts
from checker.invariants.certificate import Certificate, Wording
from checker.invariants.finite_states import Explored, explore
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.template_polyhedra import MOST_FIELDS, Polyhedra
from checker.system.findings import Blocked, Method
from checker.system.problem import Problem
from checker.system.region import Box, contains
from checker.system.replay import Run
from checker.system.seeds import begun
from checker.system.verdict import Shortest

LONGEST_CHAIN = 32
"""Iterations from the seed whose boxes the engines may look at."""
SHORT_CHAIN = 4


class Shows(Enum):
    """What an engine can show of a claim."""

    PROOF = "proof"
    RUN = "run"


class Need(Enum):
    """What a loop must be like for an engine to have something to do."""

    CHOICES = "choices"
    """Nature has something to choose."""
    ONE_STEP = "one step"
    """Whole iterations are taken as one step."""
    MONOTONE = "monotone"
    """The step is monotone, and nature has a greatest choice."""
    AFFINE = "affine"
    """The steps are piecewise affine."""
    POLYNOMIAL = "polynomial"
    """The steps are piecewise polynomial."""
    FEW_FIELDS = "few fields"
    MODES = "modes"
    """Some fields are flags or small counts, and some are not."""
    FINITE = "finitely many states"


class Cost(IntEnum):
    """How long one attempt usually takes."""

    MILLISECONDS = 1
    SECONDS = 2
    TENS_OF_SECONDS = 3


@attrs.frozen
class FoundRun:
    """A replayed run that breaks a clause.

    ``shortest`` is set where the engine itself knows whether a shorter run exists.
    """

    run: Run
    method: Method
    shortest: Shortest | None = None


@attrs.frozen(slots=False)
class Form:
    """A loop as the proofs take it: step by step, or by whole iterations."""

    problem: Problem
    iterations: int
    budget: QueryBudget

    @cached_property
    def synthesizer(self) -> RegionSynthesizer:
        """Guesses regions for this form."""
        return RegionSynthesizer(self.problem)

    @cached_property
    def chain(self) -> list[Box]:
        """Where the first iterations can go: one box after every step."""
        return self.synthesizer.chain(self.iterations, self.budget)

    @cached_property
    def comes_back(self) -> tuple[int, int] | None:
        """The first iterations (an earlier one, a later one) such that the later box lies within
        the earlier."""
        length = len(self.problem.steps)
        for end in range(length, len(self.chain), length):
            for start in range(0, end, length):
                if contains(self.chain[start], self.chain[end]):
                    return start // length, end // length
        return None


@attrs.define(slots=False)
class Task:
    """One claim on its way through the engines: its problem, the budget, and what was learned.

    Args:
        problem: the claim's problem at exact parameters, or with free ones within bounds.
        budget: limits on the queries of all engines together.
        wording: how much work goes into stating a proof.
        simple: whether a run that is found is made simple.
        quick: whether only the first few iterations are looked at.
        blocked: what blocked each candidate proof, in order.
    """

    problem: Problem
    budget: QueryBudget
    wording: Wording = Wording.FEWEST
    simple: bool = True
    quick: bool = False
    blocked: list[Blocked] = attrs.field(factory=list)

    @cached_property
    def composed(self) -> Problem:
        """The problem by whole iterations."""
        return self.problem.composed()

    @cached_property
    def by_step(self) -> Form:
        """The loop step by step."""
        return Form(self.problem, self._iterations, self.budget)

    @cached_property
    def by_iteration(self) -> Form | None:
        """The loop by whole iterations; None where that is the same."""
        same = self.composed is self.problem
        return None if same else Form(self.composed, self._iterations, self.budget)

    @cached_property
    def templates(self) -> Polyhedra | None:
        """Guesses polyhedra from simulated runs; None for agents of many fields."""
        few = len(self.composed.agent.fields) <= MOST_FIELDS
        return Polyhedra(self.composed) if few else None

    @cached_property
    def explored(self) -> Explored | None:
        """All states that runs of a finite loop reach; None where the loop is not known as one."""
        return explore(self.composed, self.budget)

    @cached_property
    def from_points(self) -> list[Task]:
        """The task from a few single seeds of the set, the likeliest to break first."""
        return [
            attrs.evolve(self, problem=begun(self.problem, point))
            for point in likely_starts(self.problem)
        ]

    @property
    def seems_broken(self) -> bool:
        """Whether a simulated run breaks a clause, so that a long search for a proof is idle."""
        return self.templates is not None and self.templates.broken

    @property
    def _iterations(self) -> int:
        return SHORT_CHAIN if self.quick else LONGEST_CHAIN


class Engine(ABC):
    """One way to decide a claim.

    A subclass sets the class attributes, writes ``attempt``, and is put into the list of
    ``checker.portfolio.schedule``. Its docstring's first sentence is what ``alignspec engines``
    says of it.
    """

    name: ClassVar[str]
    shows: ClassVar[Shows]
    needs: ClassVar[Sequence[Need]] = ()
    cost: ClassVar[Cost] = Cost.MILLISECONDS
    takes_sets: ClassVar[bool] = False
    """Whether the engine takes a seed that is a set as it is. One that does not is left out if it
    proves; if it searches for a run it is given the problem from a few points of the set."""

    @abstractmethod
    def attempt(self, task: Task) -> Certificate | FoundRun | None:
        """A certificate that the solver checked, a run that was replayed, or None."""
