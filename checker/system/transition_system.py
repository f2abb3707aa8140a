"""Machines: a scheme as one step from agent to agent, over symbols of its own.

Two systems with different tags share no symbol but those of shared parameters, so that they can
stand in one query.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.solver import parts
from checker.system.problem import Clause, ClauseKind, Problem, Step, pose
from checker.system.seeds import require_a_point
from spec.fields import FieldDomain
from spec.invariants import Unvetted
from spec.nature import Choice
from spec.nodes import id_of
from spec.scheme import Process
from spec.statements.claim import Claim
from spec.trace import Traced, trace


@attrs.frozen(slots=False)
class TransitionSystem:
    """A scheme by whole iterations: ``outputs`` over ``state`` and nature's ``choices``.

    ``free`` are the parameters that are still symbols. ``domain`` says that ``state`` is an agent
    of the domain; ``sides`` that the iteration is defined and its expert is in its domain.
    """

    process: Process
    tag: str
    values: Mapping[str, Fraction]
    free: Mapping[str, z3.ArithRef]
    fields: tuple[FieldDomain, ...]
    state: tuple[z3.ExprRef, ...]
    seed: tuple[z3.ExprRef, ...]
    choices: tuple[Choice, ...]
    outputs: tuple[z3.ExprRef, ...]
    domain: z3.BoolRef
    sides: tuple[z3.BoolRef, ...]
    assumptions: tuple[tuple[str, str, z3.BoolRef], ...]

    @property
    def name(self) -> str:
        """The scheme's name."""
        return self.process.name

    @property
    def bounds(self) -> z3.BoolRef:
        """That nature keeps to its bounds."""
        return z3.And(*[part for choice in self.choices for part in choice.within])

    @cached_property
    def sound(self) -> tuple[z3.BoolRef, ...]:
        """That an iteration is defined and leaves no domain, in parts."""
        return (*self.sides, *parts(self.in_domain(self.outputs)))

    def in_domain(self, terms: tuple[z3.ExprRef, ...]) -> z3.BoolRef:
        """That an agent with these fields is in the domain."""
        return z3.substitute(self.domain, *zip(self.state, terms, strict=True))

    def putting(self, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> TransitionSystem:
        """The same system with other terms in place of symbols. A choice must get a symbol."""
        new = {id_of(old): fresh for old, fresh in pairs}

        def put(term: z3.ExprRef) -> z3.ExprRef:
            return z3.substitute(term, *pairs) if pairs else term

        return attrs.evolve(
            self,
            state=tuple(new.get(id_of(s), s) for s in self.state),
            seed=tuple(put(term) for term in self.seed),
            choices=tuple(
                attrs.evolve(
                    c, symbol=new.get(id_of(c.symbol), c.symbol), low=put(c.low), high=put(c.high)
                )
                for c in self.choices
            ),
            outputs=tuple(put(term) for term in self.outputs),
            domain=put(self.domain),
            sides=tuple(put(term) for term in self.sides),
            assumptions=tuple((name, text, put(c)) for name, text, c in self.assumptions),
        )


def transition_system(
    process: Process, tag: str, values: Mapping[str, Fraction], free: Collection[str] = ()
) -> TransitionSystem:
    """The system of a scheme.

    Args:
        process: the scheme; its agent must have fields.
        tag: the prefix of its symbols.
        values: parameter values other than the defaults.
        free: the parameters left symbolic, by the names of their traces (``parameter.NAME``).

    Raises:
        SpecError: for a mistake in the specification, or an unknown parameter.
    """
    traced = trace(process, values)
    require_a_point(traced, "schemes are not compared")
    fixed = {name: symbol for name, symbol in traced.parameters.items() if name not in free}
    closed = attrs.evolve(traced, parameters=fixed).at_values()
    (step,) = _by_domains(closed).composed().steps
    stage = step.stage
    raw = TransitionSystem(
        process,
        tag,
        traced.values,
        {name: traced.parameters[name] for name in free},
        stage.source.fields,
        stage.source.symbols,
        closed.seed,
        stage.choices,
        stage.outputs,
        stage.source.domain,
        tuple(side.condition for side in stage.sides),
        closed.assumptions,
    )
    named: list[tuple[z3.ExprRef, z3.ExprRef]] = [
        (symbol, z3.Const(f"{tag}.{field.name}", symbol.sort()))
        for field, symbol in zip(raw.fields, raw.state, strict=True)
    ]
    named += [(c.symbol, z3.Real(f"{tag}:{c.name}")) for c in raw.choices]
    return raw.putting(named)


def _by_domains(traced: Traced) -> Problem:
    """The problem of staying in the domains, at whatever parameters are still symbols."""
    clauses = {
        position.name: tuple(
            Clause(f"domain of the {position.name}", part, ClauseKind.DOMAIN)
            for part in parts(position.domain)
        )
        for position in traced.positions
    }
    steps = tuple(Step(stage, stage.source, stage.target) for stage in traced.stages)
    return Problem(traced, Unvetted(), steps, clauses)


def problem_of(process: Process, values: Mapping[str, Fraction]) -> Problem:
    """The problem of staying in the domains, stage by stage, at exact parameters.

    Raises:
        SpecError: for a mistake in the specification, a seed outside its domain among them.
    """
    return pose(Claim(process.name, process, Unvetted()), values)
