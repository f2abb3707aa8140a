"""A trace holds what its steps say, and its terms are well formed."""

from __future__ import annotations

from typing import Any

import z3

from checker import decide
from checker.system.problem import pose
from spec import (
    Bool,
    Claim,
    Invariant,
    Loop,
    Nature,
    Scheme,
    Unvetted,
    all_of,
    any_of,
    some,
    uninterpreted,
    when,
)
from spec.fields import domain_of, symbolic
from spec.nodes import topological
from spec.statements.base import Answer
from spec.trace import trace
from tests.spec.knobs import AnyAgent, Knobs, Small, SmallExpert, keep, loop, perfect, traced


def test_the_same_without_a_trap_is_accepted() -> None:
    """The harness itself springs nothing."""
    process = traced(keep)
    assert not process.stages[0].choices
    assert [str(output) for output in process.stages[0].outputs] == ["agent.error", "agent.malign"]
    problem = pose(Claim("kept", loop(), Unvetted()))
    assert [str(term) for term in problem.seed] == ["0", "0"]


def test_when_chooses_between_agents_without_fields() -> None:
    """A step that keeps a good agent and else trains anything: it preserves goodness only if
    whatever it may train is good."""

    class Good(Invariant):
        def holds(self, agent: Any) -> Bool:
            return uninterpreted("good", agent)

    def seed(p: Knobs) -> AnyAgent[Good]:
        return some(AnyAgent, "seed")

    def careful(agent: Any, p: Knobs, nature: Nature) -> Any:
        return when(uninterpreted("good", agent), agent, nature.related("trains", agent, AnyAgent))

    process = Loop[Knobs, AnyAgent[Good]]("careful", parameters=Knobs, seed=seed, step=careful)
    good, other = z3.Consts("good other", z3.DeclareSort("AnyAgent"))
    (output,) = trace(process).stages[0].outputs
    assert z3.is_app_of(output, z3.Z3_OP_ITE)
    predicate = z3.Function("good", good.sort(), z3.BoolSort())
    source, trained = output.arg(1), output.arg(2)
    solver = z3.Solver()
    solver.add(predicate(source), output != source)
    assert solver.check() == z3.unsat
    solver = z3.Solver()
    solver.add(z3.Not(predicate(source)), output != trained)
    assert solver.check() == z3.unsat
    assert decide(Claim("careful", process, Good())).answer is Answer.PROVED
    assert not source.eq(other)


def test_no_term_of_a_trace_is_an_empty_conjunction() -> None:
    """SMT-LIB has none: a bare ``and`` would be read as a name."""

    def amplify(agent: Any, p: Knobs, nature: Nature) -> Any:
        return SmallExpert(error=agent.error, malign=agent.malign)

    def distill(expert: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=expert.error, malign=expert.malign)

    both = Scheme[Knobs, Small[Unvetted], SmallExpert[Unvetted]](
        "both", parameters=Knobs, seed=perfect, amplify=amplify, distill=distill
    )
    problem = pose(Claim("both", both, Unvetted()))
    composed = problem.composed()
    terms = [problem.safe(position) for position in problem.traced.positions]
    for stage in (*trace(both).stages, *problem.traced.stages, *composed.traced.stages):
        terms += [stage.constraint, stage.bounds, *(side.condition for side in stage.sides)]
    nobody = symbolic(AnyAgent, "nobody")
    for node in topological([*terms, domain_of(*nobody), all_of().term, any_of().term]):
        empty = node.num_args() == 0
        assert not (empty and node.decl().kind() in (z3.Z3_OP_AND, z3.Z3_OP_OR)), node.sexpr()
