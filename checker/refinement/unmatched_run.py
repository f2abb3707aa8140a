"""A run, and the queries about what another scheme can do in its last iteration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.refinement.candidate_runs import numeral_like
from checker.refinement.correspondence import Link
from checker.refinement.simulation import RefinementQuestion
from checker.system.replay import Enclosure, Run
from checker.system.transition_system import TransitionSystem
from spec.terms import numeral

BISECTIONS = 20
"""Times that the gap between a value that is reached and one that is not is halved."""


@attrs.frozen
class Nearest:
    """What the other scheme can reach in one field, with the other named fields as in the run."""

    field: str
    wanted: Enclosure
    below: Enclosure | None
    above: Enclosure | None


@attrs.frozen
class UnmatchedRun:
    """A run of the first scheme of a question, and what the second can do in its last iteration.

    Args:
        question: which scheme is to follow which.
        first_step: the name of the step that begins an iteration.
        run: the run.
        units: where the last iteration's choices lie between their bounds.
        whole: whether all of the other's iterations are put to the solver, and not only the last.
    """

    question: RefinementQuestion
    first_step: str
    run: Run
    units: tuple[Fraction, ...]
    whole: bool

    def impossible(self, links: Sequence[Link], budget: QueryBudget) -> bool:
        """Whether no choice of the other scheme matches these fields and breaks just where the
        run does."""
        return satisfy([*self._here(), *self._answers(links)], budget).unsat

    def nearest(self, link: Link, links: Sequence[Link], budget: QueryBudget) -> Nearest:
        """How near the other scheme gets to a field, the others matched."""
        rest = [other for other in links if other is not link]
        base = [*self._here(), *self._answers(rest), *self.question.first.sound]
        reached = self.question.other.outputs[link.second]
        wanted = self._wanted(link)
        below = _end_of_reach(base, reached, wanted, True, budget)
        above = _end_of_reach(base, reached, wanted, False, budget) if link.is_equality else None
        return Nearest(link.name, wanted, below, above)

    def _wanted(self, link: Link) -> Enclosure:
        """The value of a field after the run's last step."""
        found = self.run.steps[-1].after.get(link.names[0])
        return found if found is not None else Enclosure(Fraction(0), Fraction(0))

    def _answers(self, links: Sequence[Link]) -> list[z3.BoolRef]:
        """That the other's iteration matches these fields and breaks just where the run does."""
        first, other = self.question.first, self.question.other
        sound, theirs = z3.And(*first.sound), z3.And(*other.sound)
        reaches = [link.holds(first.outputs, other.outputs) for link in links]
        return [other.bounds, sound == theirs, z3.Implies(sound, z3.And(*reaches))]

    def _here(self) -> list[z3.BoolRef]:
        """The state and the choices of the run's last iteration, and how the other got there."""
        first, other, links = self.question.first, self.question.other, self.question.links
        conditions = _within(first.state, self._agent(self.run.iteration))
        for choice, unit in zip(first.choices, self.units, strict=True):
            at = choice.low + numeral(unit) * (choice.high - choice.low)
            conditions.append(choice.symbol == at)
        conditions.append(other.domain)
        conditions += [
            link.holds(first.state, other.state) for link in links if not link.is_equality
        ]
        return conditions + (self._iterations_before() if self.whole else [])

    def _iterations_before(self) -> list[z3.BoolRef]:
        """All of the other scheme's iterations before, from its seed, related to the run's."""
        second, conditions = self.question.second, []
        state: tuple[z3.ExprRef, ...] = second.seed
        for number in range(1, self.run.iteration):
            copy = _copied(second, number)
            conditions += [a == b for a, b in zip(copy.state, state, strict=True)]
            conditions += [copy.bounds, *copy.sound]
            state = copy.outputs
            conditions += self._related(state, self._agent(number + 1))
        here = zip(self.question.other.state, state, strict=True)
        return conditions + [a == b for a, b in here]

    def _related(
        self, state: Sequence[z3.ExprRef], agent: Mapping[str, Enclosure]
    ) -> list[z3.BoolRef]:
        """That the other's agent is related to the run's."""
        names = [field.name for field in self.question.first.fields]
        conditions: list[z3.BoolRef] = []
        for link in self.question.links:
            seen, term = agent[names[link.first]], state[link.second]
            conditions.append(term >= numeral_like(term, seen.low))
            if link.is_equality:
                conditions.append(term <= numeral_like(term, seen.high))
        return conditions

    def _agent(self, iteration: int) -> Mapping[str, Enclosure]:
        """The run's agent at the start of an iteration."""
        if iteration == 1:
            return self.run.seed
        return next(
            step.before
            for step in self.run.steps
            if step.iteration == iteration and step.step == self.first_step
        )


def _end_of_reach(
    base: Sequence[z3.BoolRef],
    reached: z3.ExprRef,
    wanted: Enclosure,
    below: bool,
    budget: QueryBudget,
) -> Enclosure | None:
    """Where the values that can be reached end, below or above the wanted one: the inner end is
    reached and the outer one is not passed, both by the solver."""
    probe = z3.FreshReal("reached")
    edge = wanted.low if below else wanted.high
    side = probe <= numeral(edge) if below else probe >= numeral(edge)
    start = satisfy([*base, probe == reached, side], budget)
    if not start.sat or str(probe) not in start.values:
        return None
    inner, outer = start.values[str(probe)], edge
    for _ in range(BISECTIONS):
        middle = (inner + outer) / 2
        beyond = probe >= numeral(middle) if below else probe <= numeral(middle)
        answer = satisfy([*base, probe == reached, side, beyond], budget)
        if answer.undecided:
            break
        if answer.unsat:
            outer = middle
        else:
            inner = answer.values.get(str(probe), middle)
    return Enclosure(*sorted((inner, outer)))


def _copied(system: TransitionSystem, number: int) -> TransitionSystem:
    """The system over symbols of its own for one iteration of several."""
    pairs = [(s, z3.Const(f"@{number} {s}", s.sort())) for s in system.state]
    pairs += [(c.symbol, z3.Real(f"@{number} {c.symbol}")) for c in system.choices]
    return system.putting(pairs)


def _within(symbols: Sequence[z3.ExprRef], fields: Mapping[str, Enclosure]) -> list[z3.BoolRef]:
    """That symbols lie in enclosures."""
    conditions: list[z3.BoolRef] = []
    for symbol, value in zip(symbols, fields.values(), strict=True):
        if value.low == value.high:
            conditions.append(symbol == numeral_like(symbol, value.low))
        else:
            conditions += [symbol >= numeral(value.low), symbol <= numeral(value.high)]
    return conditions
