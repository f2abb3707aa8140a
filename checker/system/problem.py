"""A decision problem: a traced scheme at exact parameters, and the set it must stay in."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import attrs
import z3

from checker.backends.evaluator import UNDEFINED, Backend, Program, compile_terms
from checker.backends.solver import QueryBudget, constants, follows, parts
from spec.errors import SpecError, location_of
from spec.invariants import Invariant, conjuncts
from spec.nature import Choice
from spec.nodes import number_in, topological
from spec.source import conditions_in
from spec.statements.claim import Claim
from spec.terms import conjunction, numeral
from spec.trace import Position, SideCondition, Traced, TracedStage, side_conditions, trace

MOST_CHARACTERS = 4_000
"""Characters of a constant, beyond which Python refuses to print or read it."""

SIGN_SECONDS = 1.0
"""Seconds of solving spent on the sign of one denominator."""


class ClauseKind(Enum):
    """Where a clause comes from."""

    DOMAIN = "domain"
    """The domain of a position's fields."""
    INVARIANT = "invariant"
    """The invariant that is claimed."""
    BOUND = "bound"
    """A bound that a proof adds."""
    DEFINED = "defined"
    """A denominator is not zero."""
    CHOICE = "choice"
    """Nature has a value to choose."""
    OVERSIGHT = "oversight"
    """The expert can oversee the student."""


Relation = Literal["<=", ">=", "<", ">"]
_COMPARED: Mapping[Relation, Callable[[Any, Any], z3.BoolRef]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@attrs.frozen
class Bound:
    """A bound on a quantity: a field, or an expression over several fields."""

    quantity: str
    relation: Relation
    value: Fraction

    def __str__(self) -> str:
        return f"{self.quantity} {self.relation} {self.value}"


@attrs.frozen
class Conjunct:
    """One of several conditions that a ``holds`` asks for together: its number from 1, and how it
    is written."""

    number: int
    text: str


@attrs.frozen
class Clause:
    """One condition that must hold at a position, and its name.

    ``bound`` is set where the condition is a bound on one quantity, ``conjunct`` where it is one of
    several that an invariant asks for together.
    """

    label: str
    condition: z3.BoolRef
    kind: ClauseKind = ClauseKind.INVARIANT
    bound: Bound | None = None
    conjunct: Conjunct | None = None

    @property
    def of_domain(self) -> bool:
        """Whether the clause is part of the domain, which holds whatever is claimed."""
        return self.kind is ClauseKind.DOMAIN


def bound_on(quantity: str, term: z3.ExprRef, relation: Relation, value: Fraction) -> Clause:
    """The clause that a term is at most, or at least, a value, or off it on one side."""
    bound = Bound(quantity, relation, value)
    condition = _COMPARED[relation](term, numeral(value))
    return Clause(str(bound), condition, ClauseKind.BOUND, bound)


@attrs.frozen(slots=False)
class Step:
    """A stage ready for the engines: its terms, and its compiled program."""

    stage: TracedStage
    source: Position
    target: Position

    @property
    def name(self) -> str:
        """The stage's name."""
        return self.stage.name

    @cached_property
    def program(self) -> Program:
        """The compiled outputs; one more output says whether oversight works, if it is modelled."""
        oversight_holds = [] if self.stage.oversight_holds is None else [self.stage.oversight_holds]
        return compile_terms(
            self.source.symbols, self.stage.choices, [*self.stage.outputs, *oversight_holds]
        )

    @cached_property
    def divisions(self) -> Program:
        """The compiled conditions that no denominator is zero."""
        conditions = [side.condition for side in self.stage.sides if side.division]
        return compile_terms(self.source.symbols, self.stage.choices, conditions)


@attrs.frozen
class SeedChoice:
    """One choice of a seed that is a set, made: where it lies between its bounds, in [0, 1], and
    the value that it then has."""

    choice: Choice
    unit: Fraction
    value: z3.ExprRef


@attrs.frozen(slots=False)
class Problem:
    """Whether the loop, started at ``seed``, keeps every clause at every position, forever.

    ``free_parameters`` are the parameters that are still symbols, with their bounds. ``began`` is
    what nature chose of the seed, where the problem is that of one seed of a set.
    """

    traced: Traced
    limit: Invariant
    steps: tuple[Step, ...]
    clauses: Mapping[str, tuple[Clause, ...]]
    free_parameters: tuple[Choice, ...] = ()
    began: tuple[SeedChoice, ...] = ()

    @property
    def agent(self) -> Position:
        """The position at the start of an iteration."""
        return self.steps[0].source

    @property
    def seed(self) -> tuple[z3.ExprRef, ...]:
        """The seed's terms, numerals at exact parameters but for what nature chooses."""
        return self.traced.seed

    @property
    def seed_choices(self) -> tuple[Choice, ...]:
        """Nature's choices in the seed; with any, the seed is a set."""
        return self.traced.seed_choices

    @property
    def seed_given(self) -> list[z3.BoolRef]:
        """What is known of the parameters and of nature's choices in the seed."""
        return [*self.given, *(part for choice in self.seed_choices for part in choice.within)]

    def seed_in(self, backend: Backend) -> list[Any]:
        """The one seed at exact parameters, in the numbers of a back end.

        Raises:
            SpecError: when it is no number, as after a division by zero.
        """
        outputs, _, _ = compile_terms((), (), self.seed).bind(backend)((), ())
        for term, value in zip(self.seed, outputs, strict=True):
            if value is UNDEFINED:
                numeral_value(term)
        return list(outputs)

    @property
    def seed_sides(self) -> tuple[Clause, ...]:
        """What the seed needs to be defined."""
        sides = self.traced.seed_sides
        return tuple(Clause(side.label, side.condition, ClauseKind.DEFINED) for side in sides)

    @property
    def given(self) -> list[z3.BoolRef]:
        """What is known of the parameters that are still symbols."""
        return [
            z3.And(domain.low <= domain.symbol, domain.symbol <= domain.high)
            for domain in self.free_parameters
        ]

    def domain(self, position: Position) -> tuple[Clause, ...]:
        """The clauses that bound the fields of a position."""
        return tuple(clause for clause in self.clauses[position.name] if clause.of_domain)

    def claimed(self, position: Position) -> tuple[Clause, ...]:
        """The clauses that the claimed invariant adds to the domain."""
        return tuple(clause for clause in self.clauses[position.name] if not clause.of_domain)

    def adding(self, clauses: Sequence[Clause]) -> Problem:
        """The same problem with more clauses at the start of an iteration."""
        agent = self.agent.name
        return attrs.evolve(self, clauses={**self.clauses, agent: (*self.clauses[agent], *clauses)})

    def safe(self, position: Position) -> z3.BoolRef:
        """Everything that must hold at a position."""
        return conjunction([clause.condition for clause in self.clauses[position.name]])

    @cached_property
    def guards(self) -> Mapping[str, Program]:
        """Per position, the compiled truth of each clause."""
        return {
            position.name: compile_terms(
                position.symbols, (), [c.condition for c in self.clauses[position.name]]
            )
            for position in self.traced.positions
        }

    def over(self, free_parameters: Sequence[Choice]) -> Problem:
        """The same problem with its free parameters within bounds, chosen anew at every step.

        What it proves holds for every constant choice too, that is for each value of the
        parameters.
        """

        def put(step: Step) -> Step:
            stage = step.stage
            read = set().union(*map(constants, stage.terms))
            mine = tuple(domain for domain in free_parameters if str(domain.symbol) in read)
            return Step(attrs.evolve(stage, choices=mine + stage.choices), step.source, step.target)

        return attrs.evolve(
            self,
            free_parameters=tuple(free_parameters),
            steps=tuple(put(step) for step in self.steps),
        )

    @property
    def by_iterations(self) -> bool:
        """Whether steps of the scheme are taken together, whole iterations at once."""
        return len(self.steps) < len(self.traced.process.stages)

    def composed(self) -> Problem:
        """The same loop as one step from agent to agent; the clauses in between become side
        conditions of it."""
        if len(self.steps) == 1:
            return self
        whole = self.steps[0].stage
        for step in self.steps[1:]:
            whole = _after(whole, step.stage, self.clauses[step.source.name])
        agent = self.agent
        return attrs.evolve(
            self,
            traced=attrs.evolve(self.traced, positions=(agent,), stages=(whole,)),
            steps=(Step(whole, agent, agent),),
            clauses={agent.name: self.clauses[agent.name]},
        )


def pose(
    claim: Claim,
    overriding: Mapping[str, Fraction] | None = None,
    free: Collection[str] = (),
) -> Problem:
    """The decision problem of a claim, at its parameters and any that override them.

    The parameters in ``free`` stay symbols.

    Raises:
        SpecError: for a mistake in the specification.
    """
    chosen = {**claim.chosen, **(overriding or {})}
    traced = trace(claim.scheme, chosen).at_values(free)
    _require_sensible_numbers(traced)
    if not free and not traced.seed_choices:  # of a set, seeds outside it break the claim
        _require_seed_in_domain(claim, traced)
    clauses = {}
    for position in traced.positions:
        at_agent = position.name == traced.stages[0].source.name
        limit = claim.invariant if at_agent else claim.expert_limit
        clauses[position.name] = clauses_at(position, limit)
    steps = tuple(Step(stage, stage.source, stage.target) for stage in traced.stages)
    return Problem(traced, claim.invariant, steps, clauses)


def clauses_at(position: Position, limit: Invariant | None) -> tuple[Clause, ...]:
    """What must hold at a position: its domain, and the invariant where there is one.

    Raises:
        SpecError: when the invariant reads what the position does not have.
    """
    conditions = [] if limit is None else conjuncts(limit, position.record)
    if position.fields and conditions:
        _require_something([condition.term for _, condition in conditions], limit)
    for name, condition in conditions:
        _require_own(name, condition.term, position, limit)
    return (
        *_clauses(f"domain of the {position.name}", position.domain, position, ClauseKind.DOMAIN),
        *(
            clause
            for name, condition in conditions
            for clause in _numbered(_clauses(name, condition.term, position), name, limit)
        ),
    )


def _require_something(conditions: Sequence[z3.BoolRef], limit: Invariant | None) -> None:
    """Refuse an invariant that reads nothing of the agent, whatever it inherits."""
    if any(constants(condition) for condition in conditions):
        return
    always = "true" if z3.is_true(z3.simplify(conjunction(conditions))) else "false"
    cls = type(limit)
    owner = next(c for c in cls.__mro__ if "holds" in vars(c))
    raise SpecError(
        f"{cls.__name__}.holds reads no field of the agent, so that it is always {always} and says "
        "nothing; compare a field, as in agent.error <= self.error",
        location_of(vars(owner)["holds"]),
    )


def _require_own(
    name: str, condition: z3.BoolRef, position: Position, limit: Invariant | None
) -> None:
    """Refuse an invariant that reads a number kept from elsewhere: it says nothing here."""
    strange = constants(condition).difference(*map(constants, position.symbols))
    if strange and position.fields:
        owner = next((c for c in type(limit).__mro__ if c.__name__ == name), type(limit))
        raise SpecError(
            f"{name}.holds reads {', '.join(sorted(strange))}, which no {position.name} has; use "
            "only the agent and the budgets that it is given",
            location_of(vars(owner).get("holds")),
        )


def _numbered(clauses: list[Clause], name: str, limit: Invariant | None) -> list[Clause]:
    """The clauses of one ``holds``, each with its number and how it is written, if it is one of
    several; as a term where the source does not say it."""
    said = [clause for clause in clauses if clause.label == name]
    if len(said) < 2:
        return clauses
    owner = next(cls for cls in type(limit).__mro__ if cls.__name__ == name)
    written = [each.text for each in conditions_in(vars(owner)["holds"])]
    if len(written) != len(said):
        written = [" ".join(str(clause.condition).split()) for clause in said]
    numbered = [
        attrs.evolve(clause, conjunct=Conjunct(number, text))
        for number, (clause, text) in enumerate(zip(said, written, strict=True), 1)
    ]
    return [clause for clause in clauses if clause.label != name] + numbered


def _clauses(
    label: str,
    condition: z3.BoolRef,
    position: Position,
    kind: ClauseKind = ClauseKind.INVARIANT,
) -> list[Clause]:
    """A condition as clauses, after those that say that its denominators are not zero.

    A condition that divides by zero has no truth value, so where it is asked that is a break.
    """
    defined = [
        Clause(f"{label}: {side.label}", _one_sided(side.condition, position), kind)
        for side in side_conditions([condition])
    ]
    return defined + [Clause(label, part, kind) for part in parts(condition)]


def _one_sided(condition: z3.BoolRef, position: Position) -> z3.BoolRef:
    """``d != 0`` as ``d > 0`` or ``d < 0`` where the domain leaves ``d`` one sign.

    The same set within the domain, and one that monotone comparison can read.
    """
    if not z3.is_distinct(condition):
        return condition
    denominator, zero = condition.children()
    for within, strict in (
        (denominator >= zero, denominator > zero),
        (denominator <= zero, denominator < zero),
    ):
        if follows([position.domain], within, QueryBudget(SIGN_SECONDS)).valid:
            return strict
    return condition


def _require_sensible_numbers(traced: Traced) -> None:
    """Refuse constants that have grown out of all proportion, by a power or a product."""
    written = [(traced.process.seed, "the seed", traced.seed)]
    for stage, given in zip(traced.stages, traced.process.stages, strict=True):
        bounds = [term for choice in stage.choices for term in (choice.low, choice.high)]
        written.append((given.function, stage.name, (*stage.outputs, *bounds)))
    for function, name, terms in written:
        for node in topological(terms):
            if z3.is_rational_value(node) and len(node.as_string()) > MOST_CHARACTERS:
                raise SpecError(
                    f"a constant in {name} has thousands of digits once it is worked out; keep "
                    "exponents small, or write a rounder number",
                    location_of(function),
                )


def _require_seed_in_domain(claim: Claim, traced: Traced) -> None:
    agent = traced.stages[0].source
    pairs = list(zip(agent.symbols, traced.seed, strict=True))
    if not z3.is_false(z3.simplify(z3.substitute(agent.domain, *pairs))):
        return
    location = location_of(claim.scheme.seed)
    for field, term in zip(agent.fields, traced.seed, strict=True):
        value = numeral_value(term)
        if not field.holds(value):
            raise SpecError(
                f"the seed's {field.name} is {value}, outside its domain {field.span}",
                location,
            )
    raise SpecError("the seed breaks a coupled bound of its fields", location)


def with_choices(
    pairs: Iterable[tuple[z3.ExprRef, z3.ExprRef]],
    choices: Sequence[Choice],
    uppers: Iterable[bool],
) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
    """A substitution, and with it each of nature's choices at its upper or its lower end.

    The bounds of one choice may read those before it.
    """
    found = list(pairs)
    for choice, upper in zip(choices, uppers, strict=True):
        end = choice.high if upper else choice.low
        found.append((choice.symbol, z3.substitute(end, *found)))
    return found


def numeral_value(term: z3.ExprRef) -> Fraction:
    """The exact value of a numeral term.

    Raises:
        SpecError: when it is no number, as after a division by zero.
    """
    number = number_in(term)
    if number is None:
        value = z3.simplify(term)
        number = number_in(value)
        if number is None:
            raise SpecError(
                f"the seed's {value} is no number at these parameters; check its divisions"
            )
    return number


def _after(first: TracedStage, second: TracedStage, between: Sequence[Clause]) -> TracedStage:
    """``second`` applied to what ``first`` returns, where the clauses must hold, as one stage."""
    renamed = [(c.symbol, z3.Real(f"{second.name}/{c.symbol}")) for c in second.choices]
    inputs = list(zip(second.source.symbols, first.outputs, strict=True))

    def put(term: z3.ExprRef) -> z3.ExprRef:
        return z3.substitute(term, *inputs, *renamed)

    taken = {choice.name for choice in first.choices}
    choices = tuple(
        attrs.evolve(
            choice,
            name=_fresh(f"{second.name}: {choice.name}", taken),
            symbol=symbol,
            low=put(choice.low),
            high=put(choice.high),
        )
        for choice, (_, symbol) in zip(second.choices, renamed, strict=True)
    )
    sides = tuple(SideCondition(put(c.condition), c.label, division=False) for c in between)
    sides += tuple(attrs.evolve(n, condition=put(n.condition)) for n in second.sides)
    return TracedStage(
        "iteration",
        first.source,
        second.target,
        first.choices + choices,
        first.unknowns + second.unknowns,
        conjunction([first.constraint, put(second.constraint)]),
        tuple(put(term) for term in second.outputs),
        None,
        first.sides + sides,
    )


def _fresh(name: str, taken: Collection[str]) -> str:
    """The name, or one like it that no choice of an earlier step has: names tell choices apart."""
    while name in taken:
        name += "'"
    return name
