"""Separating examples: a replayed run of one scheme that no run of another follows.

Runs are screened in floats for a step that the known cases of a witness do not answer. What counts
is the solver's answer, at the exact state or for all states of its enclosure, that no choice of the
other scheme answers the run's last iteration.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import z3

from checker.backends.evaluator import FLOATS, compile_terms
from checker.backends.solver import QueryBudget, satisfy
from checker.counterexamples.random_search import following
from checker.refinement.simulation import Case, Invariants, RefinementQuestion
from checker.system.problem import Problem, numeral_value
from checker.system.replay import Enclosure, Run, replay
from checker.system.transition_system import TransitionSystem
from checker.system.unrolling import units_of
from spec.errors import SpecError
from spec.terms import numeral

CORNERS = 256
MIXED = 192
HORIZON = 48
ATTEMPTS = 60
PER_ITERATION = 6
HALVINGS = 20
WHOLE_RUN = 6
"""Iterations for which all of the other scheme's steps are put to the solver at once."""
TOLERANCE = 1e-7

Rows = Sequence[Sequence[Fraction]]
"""Units by iteration, of a whole iteration's choices; the last are used from then on."""


@attrs.frozen
class Nearest:
    """What the other scheme can reach in one field, with the other named fields as in the run."""

    field: str
    wanted: Enclosure
    below: Enclosure | None
    above: Enclosure | None


@attrs.frozen
class Separating:
    """A run of one scheme whose last iteration the other cannot follow (with no iteration, the
    seeds differ). ``fields`` cannot be matched together; none if it is that the one iteration is
    broken and the other is not."""

    parameters: Mapping[str, Fraction]
    run: Run
    iteration: int
    fields: tuple[str, ...]
    nearest: tuple[Nearest, ...]
    whole: bool
    broken: bool

    def to_json(self) -> dict[str, Any]:
        """The example as plain JSON: exact numbers as strings, enclosures as pairs of decimals."""
        return {
            "parameters": {name: str(value) for name, value in self.parameters.items()},
            "iteration": self.iteration,
            "broken": self.broken,
            "arithmetic": self.run.arithmetic,
            "seed": _json(self.run.seed),
            "steps": [
                {
                    "iteration": m.iteration,
                    "step": m.step,
                    "before": _json(m.before),
                    "choices": _json(m.chosen),
                    "after": _json(m.after),
                }
                for m in self.run.steps
            ],
            "unmatched": list(self.fields),
            "over_whole_run": self.whole,
            "nearest": [
                {
                    "field": near.field,
                    "wanted": _ends(near.wanted),
                    "below": None if near.below is None else _ends(near.below),
                    "above": None if near.above is None else _ends(near.above),
                }
                for near in self.nearest
            ],
        }


def _ends(value: Enclosure) -> str | list[str]:
    if value.low == value.high:
        return str(value.low)
    return [f"{float(value.low):.17g}", f"{float(value.high):.17g}"]


def _json(values: Mapping[str, Enclosure]) -> dict[str, Any]:
    return {name: _ends(value) for name, value in values.items()}


@attrs.frozen(slots=False)
class DistinguishingSearch:
    """Two schemes at exact parameters, and the first as a problem that can be replayed."""

    question: RefinementQuestion
    problem: Problem
    parameters: Mapping[str, Fraction]

    def separating(self, cases: Sequence[Case], budget: QueryBudget) -> Separating | None:
        """A separating example, the shortest that was found, with few choices made."""
        start = self._seeds()
        if start is not None:
            return start
        composed = self.problem.composed()
        for rows in itertools.chain(
            self._screened(cases), self._suggested(composed, cases, budget)
        ):
            if budget.exhausted:
                return None
            if self._unmatched(rows, len(rows), budget) is not None:
                return self._told(self._simple(rows, budget), budget)
        return None

    def _seeds(self) -> Separating | None:
        first, second = self.question.first, self.question.second
        seeds = [numeral_value(term) for term in first.seed]
        differing = tuple(
            link.name
            for link in self.question.links
            if not z3.is_true(z3.simplify(link.holds(first.seed, second.seed)))
        )
        if not differing:
            return None
        named = {s.name: Enclosure(v, v) for s, v in zip(first.fields, seeds, strict=True)}
        run = Run(named, (), 0, "agent", None, "exact")
        nearest = []
        for link in self.question.links:
            if link.name in differing:
                value = numeral_value(second.seed[link.second])
                wanted = named[link.names[0]].low
                here = Enclosure(value, value)
                nearest.append(
                    Nearest(
                        link.name,
                        named[link.names[0]],
                        here if value < wanted else None,
                        here if value > wanted else None,
                    )
                )
        return Separating(self.parameters, run, 0, differing, tuple(nearest), False, False)

    # --- candidates ---------------------------------------------------------------------------

    def _screened(self, cases: Sequence[Case]) -> Iterator[Rows]:
        """Runs whose last iteration none of the cases answers, as far as floats can tell."""
        first = self.question.first
        width = len(first.choices)
        program = compile_terms(
            [*first.state, *self._spare()],
            first.choices,
            [*first.outputs, z3.And(*first.sound), *self._misses(cases)],
        ).bind(FLOATS)
        tables = [_corners(width)]
        if width:
            generator = np.random.default_rng(20183)
            shares = [0.0, 0.0, 0.5, 1.0, 1.0, 0.25]
            tables.append(generator.choice(shares, size=(HORIZON, MIXED, width)))
        found: list[tuple[int, float, int, list[list[Fraction]]]] = []
        for table in tables:
            for iteration, row, miss in self._first_misses(program, table, len(cases)):
                rows = [
                    [Fraction(float(u)) for u in table[min(i, len(table) - 1), row]]
                    for i in range(iteration)
                ]
                found.append((iteration, -miss, len(found), rows))
        for _, _, _, rows in sorted(found)[:ATTEMPTS]:
            yield rows

    def _spare(self) -> list[z3.ExprRef]:
        return [self.question.other.state[i] for i in self.question.unlinked]

    def _misses(self, cases: Sequence[Case]) -> list[z3.ExprRef]:
        """Per case, by how much it fails to answer."""
        zero = numeral(Fraction(0))
        found = []
        for case in cases:
            pairs = [(chosen.symbol, chosen.term) for chosen in case]
            other = self.question.other
            amounts: list[z3.ArithRef] = []
            for choice in other.choices:
                amounts += [choice.low - choice.symbol, choice.symbol - choice.high]
            sound = z3.And(*self.question.first.sound)
            same = sound == z3.And(*other.sound)
            amounts.append(z3.If(same, zero, numeral(Fraction(1))))
            for link in self.question.links:
                a = self.question.first.outputs[link.first]
                gap = _real(a) - _real(other.outputs[link.second])
                amounts.append(z3.If(sound, gap, zero))
                if link.relation == "=":
                    amounts.append(z3.If(sound, -gap, zero))
            worst = zero
            for amount in amounts:
                worst = z3.If(amount >= worst, amount, worst)
            found.append(z3.substitute(worst, *pairs) if pairs else worst)
        return found

    def _first_misses(
        self, program: Any, table: np.ndarray[Any, Any], cases: int
    ) -> Iterator[tuple[int, int, float]]:
        """Per iteration, the rows of the table that miss by most."""
        first, second = self.question.first, self.question.second
        rows = table.shape[1]
        seed = [float(numeral_value(term)) for term in first.seed]
        spare = [float(numeral_value(second.seed[i])) for i in self.question.unlinked]
        state = [np.full(rows, value) for value in [*seed, *spare]]
        alive = np.arange(rows)
        with np.errstate(all="ignore"):
            for iteration in range(1, HORIZON + 1):
                units = table[min(iteration - 1, len(table) - 1)].T
                outputs, _, _ = program(state, units[:, alive])
                columns = [np.broadcast_to(np.asarray(v), len(alive)) for v in outputs]
                cut = len(first.fields)
                sound = np.asarray(columns[cut], dtype=bool)
                misses = columns[cut + 1 :]
                miss = np.min(misses, axis=0) if cases else np.ones(len(alive))
                order = np.argsort(-np.nan_to_num(miss, nan=1.0))[:PER_ITERATION]
                for index in order:
                    if not miss[index] <= TOLERANCE:
                        yield iteration, int(alive[index]), float(miss[index])
                alive = alive[sound]
                state = [np.asarray(v, float)[sound] for v in columns[:cut]]
                state += [np.full(len(alive), value) for value in spare]
                if not len(alive):
                    return

    def _suggested(
        self, composed: Problem, cases: Sequence[Case], budget: QueryBudget
    ) -> Iterator[Rows]:
        """At the first states of a few runs, the solver's own choices that no case answers."""
        first = self.question.first
        width = len(first.choices)
        for unit in (Fraction(0), Fraction(1)) if width else (Fraction(0),):
            for length in range(3):
                if budget.exhausted:
                    return
                prefix = [[unit] * width for _ in range(length)]
                try:
                    run = replay(composed, lambda i, _, p=prefix: p[i - 1], length)  # type: ignore[misc]
                except SpecError:
                    continue
                if run is None or run.broken is not None:
                    continue
                state = run.steps[-1].after if run.steps else run.seed
                here = [
                    s == _numeral(s, e.low)
                    for s, e in zip(first.state, state.values(), strict=True)
                ]
                misses = [z3.Not(self.question.fits(case)) for case in cases]
                hypotheses = self.question.hypotheses(Invariants())
                outcome = satisfy([*here, *hypotheses, *misses], budget)
                if outcome.answer != "fails":
                    continue
                values = [outcome.values.get(str(c.symbol), Fraction(0)) for c in first.choices]
                names = [c.name for c in first.choices]
                plan = [_values_of(m.chosen) for m in run.steps]
                plan.append(dict(zip(names, values, strict=True)))
                units = units_of(composed, plan)
                yield [list(units(i, 0)) for i in range(1, length + 2)]

    # --- confirmation -------------------------------------------------------------------------

    def _unmatched(self, rows: Rows, iteration: int, budget: QueryBudget) -> _Unmatched | None:
        """The run, if its iteration is shown to be one that the other scheme cannot follow."""
        run = self._run(rows, iteration)
        if run is None:
            return None
        reached = _Unmatched(
            self, run, iteration, tuple(rows[min(iteration, len(rows)) - 1]), False
        )
        if reached.impossible(self.question.links, budget):
            return reached
        if not self.question.determined and iteration <= WHOLE_RUN:
            reached = attrs.evolve(reached, whole=True)
            if reached.impossible(self.question.links, budget):
                return reached
        return None

    def _run(self, rows: Rows, iteration: int) -> Run | None:
        widths = [len(step.stage.choices) for step in self.problem.steps]
        strategy = [_split(row, widths) for row in rows]
        try:
            run = replay(self.problem, following(strategy), iteration)
        except SpecError:
            return None
        return run if run is not None and run.iteration == iteration else None

    def _simple(self, rows: Rows, budget: QueryBudget) -> tuple[_Unmatched, int]:
        """The same separation with as few choices away from their low ends as can be."""
        length = len(rows)
        best = self._unmatched(rows, length, budget)
        assert best is not None
        plan = [list(row) for row in rows]
        width = len(plan[0]) if plan else 0
        groups = [[(i, k) for i in range(length)] for k in range(width)]
        if length * width <= 48 and length > 1:
            groups += [[(i, k)] for k in range(width) for i in range(length)]
        for group in groups:
            if budget.exhausted or all(plan[i][k] == 0 for i, k in group):
                continue
            tried = [list(row) for row in plan]
            for i, k in group:
                tried[i][k] = Fraction(0)
            again = self._unmatched(tried, length, budget)
            if again is not None:
                best, plan = again, tried
        return best, length

    def _told(self, found: tuple[_Unmatched, int], budget: QueryBudget) -> Separating:
        reached, iteration = found
        links = list(self.question.links)
        for link in list(links):
            fewer = [other for other in links if other is not link]
            if reached.impossible(fewer, budget):
                links = fewer
        nearest = tuple(reached.nearest(link, links, budget) for link in links[:3])
        return Separating(
            self.parameters,
            reached.run,
            iteration,
            tuple(link.name for link in links),
            nearest,
            reached.whole,
            reached.run.broken is not None,
        )


@attrs.frozen
class _Unmatched:
    """A run, and the queries about what the other scheme can do in its last iteration."""

    arena: DistinguishingSearch
    run: Run
    iteration: int
    units: tuple[Fraction, ...]
    whole: bool

    def impossible(self, links: Sequence[Any], budget: QueryBudget) -> bool:
        """Whether no choice of the other scheme matches these fields and breaks just where the
        run does."""
        return satisfy([*self._here(), *self._answers(links)], budget).proved

    def _answers(self, links: Sequence[Any]) -> list[z3.BoolRef]:
        question = self.arena.question
        first, other = question.first, question.other
        sound, theirs = z3.And(*first.sound), z3.And(*other.sound)
        reaches = [link.holds(first.outputs, other.outputs) for link in links]
        return [other.bounds, sound == theirs, z3.Implies(sound, z3.And(*reaches))]

    def _here(self) -> list[z3.BoolRef]:
        """The state and the choices of the run's last iteration, and how the other got there."""
        question = self.arena.question
        first, other = question.first, question.other
        conditions = _within(first.state, self._agent(self.iteration))
        for choice, unit in zip(first.choices, self.units, strict=True):
            at = choice.low + numeral(unit) * (choice.high - choice.low)
            conditions.append(choice.symbol == at)
        conditions.append(other.domain)
        conditions += [
            link.holds(first.state, other.state) for link in question.links if link.relation != "="
        ]
        return conditions + (self._way() if self.whole else [])

    def _way(self) -> list[z3.BoolRef]:
        """All of the other scheme's iterations before, from its seed, related to the run's."""
        question = self.arena.question
        second, conditions = question.second, []
        state: tuple[z3.ExprRef, ...] = second.seed
        for number in range(1, self.iteration):
            copy = _copied(second, number)
            pairs = list(zip(copy.state, state, strict=True))
            conditions += [a == b for a, b in pairs]
            conditions += [copy.bounds, *copy.sound]
            state = copy.outputs
            after = self._agent(number + 1)
            names = [field.name for field in question.first.fields]
            for link in question.links:
                seen = after[names[link.first]]
                term = state[link.second]
                conditions.append(term >= _numeral(term, seen.low))
                if link.relation == "=":
                    conditions.append(term <= _numeral(term, seen.high))
        here = zip(question.other.state, state, strict=True)
        return conditions + [a == b for a, b in here]

    def _agent(self, iteration: int) -> Mapping[str, Enclosure]:
        """The run's agent at the start of an iteration."""
        if iteration == 1:
            return self.run.seed
        name = self.arena.problem.steps[0].name
        return next(m.before for m in self.run.steps if m.iteration == iteration and m.step == name)

    def nearest(self, link: Any, links: Sequence[Any], budget: QueryBudget) -> Nearest:
        """How near the other scheme gets to a field, the others matched."""
        question = self.arena.question
        rest = [other for other in links if other is not link]
        base = [*self._here(), *self._answers(rest), *question.first.sound]
        got = question.other.outputs[link.second]
        wanted = self._wanted(link)
        ends: list[Enclosure | None] = []
        for below in (True, False):
            if not below and link.relation != "=":
                ends.append(None)
                continue
            ends.append(_extreme(base, got, wanted, below, budget))
        return Nearest(link.name, wanted, ends[0], ends[1])

    def _wanted(self, link: Any) -> Enclosure:
        last = self.run.steps[-1].after
        found = last.get(link.names[0])
        return found if found is not None else Enclosure(Fraction(0), Fraction(0))


def _extreme(
    base: Sequence[z3.BoolRef], got: z3.ExprRef, wanted: Enclosure, below: bool, budget: QueryBudget
) -> Enclosure | None:
    """Where the values that can be reached end, on one side of the wanted one: the inner end is
    reached and the outer one is not passed, both by the solver."""
    probe = z3.FreshReal("reached")
    edge = wanted.low if below else wanted.high
    side = probe <= numeral(edge) if below else probe >= numeral(edge)
    reached = satisfy([*base, probe == got, side], budget)
    if reached.answer != "fails" or str(probe) not in reached.values:
        return None
    inner, outer = reached.values[str(probe)], edge
    for _ in range(HALVINGS):
        middle = (inner + outer) / 2
        beyond = probe >= numeral(middle) if below else probe <= numeral(middle)
        answer = satisfy([*base, probe == got, side, beyond], budget)
        if answer.answer == "undecided":
            break
        if answer.proved:
            outer = middle
        else:
            inner = answer.values.get(str(probe), middle)
    return Enclosure(*sorted((inner, outer)))


def _copied(transition_system: TransitionSystem, number: int) -> TransitionSystem:
    pairs = [(s, z3.Const(f"{s} @{number}", s.sort())) for s in transition_system.state]
    pairs += [(c.symbol, z3.Real(f"{c.symbol} @{number}")) for c in transition_system.choices]
    return transition_system.putting(pairs)


def _within(symbols: Sequence[z3.ExprRef], fields: Mapping[str, Enclosure]) -> list[z3.BoolRef]:
    conditions: list[z3.BoolRef] = []
    for symbol, value in zip(symbols, fields.values(), strict=True):
        if value.low == value.high:
            conditions.append(symbol == _numeral(symbol, value.low))
        else:
            conditions += [symbol >= numeral(value.low), symbol <= numeral(value.high)]
    return conditions


def _numeral(like: z3.ExprRef, value: Fraction) -> z3.ArithRef:
    return z3.IntVal(int(value)) if z3.is_int(like) and value.denominator == 1 else numeral(value)


def _real(term: z3.ExprRef) -> z3.ArithRef:
    assert isinstance(term, z3.ArithRef)
    return z3.ToReal(term) if term.is_int() else term


def _values_of(chosen: Mapping[str, Enclosure]) -> dict[str, Fraction]:
    return {name: value.low for name, value in chosen.items()}


def _split(row: Sequence[Fraction], widths: Sequence[int]) -> list[list[Fraction]]:
    parts, start = [], 0
    for width in widths:
        parts.append(list(row[start : start + width]))
        start += width
    return parts


def _corners(width: int) -> np.ndarray[Any, Any]:
    """Constant strategies: corners, each choice alone at either end, and the middle."""
    if 2**width <= CORNERS:
        rows = np.array(list(itertools.product((0.0, 1.0), repeat=width)))
    else:
        rows = np.random.default_rng(20184).integers(0, 2, size=(CORNERS, width)).astype(float)
        rows = np.concatenate([np.zeros((1, width)), np.ones((1, width)), rows])
    rows = rows.reshape(len(rows), width)
    alone = np.concatenate([np.eye(width), 1 - np.eye(width), np.full((1, width), 0.5)])
    return np.concatenate([rows, alone])[None, :, :]
