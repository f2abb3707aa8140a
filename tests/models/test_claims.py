"""The shipped claims are not vacuous, and the coupling through oversight is what decides some."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

import attrs
import pytest

from checker import decide
from checker.cli.shipped import shipped_claims, shipped_schemes, shipped_statements
from checker.report.words import describe
from checker.system.findings import AssumptionFails, AssumptionsContradict, Blocked
from checker.system.obligations import OVERSIGHT
from checker.system.problem import pose
from checker.system.replay import replay
from checker.system.verdict import Refutation
from models import decision_processes, filters, lifts, not_instances
from models.alphago_zero import alpha_zero, alphago_zero
from models.cross_examination import examined_once
from models.debate import debate, debate_followed, debate_with_person
from models.expert_iteration import expert_iteration
from models.imitation import Imitation, imitation
from models.reward_modeling import recursive_reward_modeling
from models.untrusted_monitoring import untrusted_monitoring
from spec import (
    Assistant,
    Bool,
    Claim,
    Closed,
    Number,
    Overseer,
    Process,
    Scheme,
    Settles,
    Threshold,
)
from spec.alignment import Aligned, Benign, Corrigible, Trusted
from spec.fields import fields_of
from spec.invariants import Unvetted, conjuncts
from spec.nodes import topological
from spec.parameters import parameter_domains
from spec.statements.base import Answer
from spec.trace import trace
from spec.trees import Fold

# What is cut from a scheme, to show that the rest is no instance or what one step does, leaves some
# of its parameters unread.
CUT = [
    debate_followed,
    *(s for m in (decision_processes, filters, lifts, not_instances) for s in vars(m).values()),
]
SCHEMES = [
    scheme
    for scheme in shipped_schemes()
    if not isinstance(scheme, Fold) and fields_of(scheme.agent.cls) and scheme not in CUT
]
# A search looks at values alone: wrong moves are reported, out of the gap, and not read again.
SEARCHES = (expert_iteration, alphago_zero, alpha_zero)
REPORTED = {"agent.error", "agent.malign", "expert.error", "expert.malign", "expert.cost"}
# What an episode loses is reported, out of the errors, and not read again.
LOST = "agent.regret"
# An attack that a monitor spared is among those that got through, which is what is read of both.
# A debate before one person starts from that person's rank in every round; evaluations show that a
# verdict is wrong, not why.
UNREAD: dict[Process, set[str]] = {
    debate_with_person: {"agent.capability"},
    recursive_reward_modeling: {"expert.malign", "expert.regret"},
    untrusted_monitoring: {"expert.collusion"},
}
# A gate may keep the network it has; a debate before one person never gets beyond its first round.
STUCK = (alphago_zero, debate_with_person)
# One debate of the whole scheme's, of which only the ruling is looked at.
LEMMAS = (examined_once,)
ABLE = [s for s in SCHEMES if issubclass(s.agent.cls, Assistant) and s not in STUCK]
MAIN = [c for c in shipped_claims() if c.over and c.expected == "proved"]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_every_field_is_read_by_some_step_or_invariant(scheme: Process) -> None:
    """A field that remembers the round before is read by the invariant that compares the two."""
    traced = trace(scheme)
    terms = [
        term
        for stage in traced.stages
        for term in [*stage.outputs, *(t for c in stage.choices for t in (c.low, c.high))]
    ]
    said = [
        s.invariant
        for s in shipped_statements()
        if isinstance(s, Claim | Closed | Settles | Threshold) and scheme in s.subjects
    ]
    agent = traced.positions[0]
    terms += [c.term for invariant in said for _, c in conjuncts(invariant, agent.record)]
    read = {str(node) for node in topological(terms)}
    for position in traced.positions:
        reported = REPORTED if scheme in SEARCHES else set()
        reported = {*reported, LOST, *UNREAD.get(scheme, ())}
        missing = {str(symbol) for symbol in position.symbols} - read - reported
        # distillation returns cost to base, whatever the expert's cost was is met by the labels
        assert not missing, f"{scheme.name} never reads {missing}"


def everything_traced(scheme: Process, chosen: dict[str, Fraction]) -> list[str]:
    """Every term that a scheme's meaning consists of, as text."""
    traced = trace(scheme, chosen)
    terms = [*traced.seed, *(condition for _, _, condition in traced.assumptions)]
    for stage in traced.stages:
        terms += [*stage.outputs, *(t for c in stage.choices for t in (c.low, c.high))]
        terms += [] if stage.oversight_holds is None else [stage.oversight_holds]
    return [term.sexpr() for term in terms]


@pytest.mark.parametrize(
    "scheme", [s for s in SCHEMES if s not in LEMMAS], ids=lambda scheme: scheme.name
)
def test_every_parameter_is_read(scheme: Process) -> None:
    """A parameter that no step reads would look as if it had been studied."""
    as_it_is = everything_traced(scheme, {})
    for name, domain in parameter_domains(scheme.parameters).items():
        if domain.structural:
            others = {domain.low, domain.default + 1, domain.high} - {domain.default}
            read = any(everything_traced(scheme, {name: v}) != as_it_is for v in others)
        else:
            read = any(f"parameter.{name}" in re.split(r"[\s()]+", term) for term in as_it_is)
        assert read, f"{scheme.name} never reads {name}"


@pytest.mark.parametrize("scheme", ABLE, ids=lambda scheme: scheme.name)
def test_some_run_is_not_trivial(scheme: Process) -> None:
    """Capability strictly rises in a run in which nature does something."""
    problem = pose(Claim("run", scheme, Unvetted()))  # a random start need not be trusted

    def units(iteration: int, stage: int) -> Sequence[Fraction]:
        names = [choice.name for choice in problem.steps[stage].stage.choices]
        return [Fraction(int("capability" in name)) for name in names]

    run = replay(problem, units, 3)
    assert run is not None
    assert run.broken is None
    ranks = [m.after["capability"].low for m in run.steps if m.step != "amplify"]
    assert run.seed["capability"].low < ranks[0] < ranks[-1]
    assert any(value.low > 0 for m in run.steps for value in m.chosen.values())


@pytest.mark.parametrize("claim", MAIN, ids=lambda claim: claim.name)
def test_loosening_the_distillation_error_breaks_the_claim(claim: Claim) -> None:
    most = parameter_domains(claim.scheme.parameters)[claim.over].high
    assert decide(claim, {claim.over: most}).answer is Answer.REFUTED


def without_oversight(scheme: Process) -> Process:
    assert isinstance(scheme, Scheme)
    return Scheme[scheme.parameters, Assistant[Trusted], Overseer[Trusted]](  # type: ignore[name-defined]
        f"{scheme.name}, unseen",
        parameters=scheme.parameters,
        seed=cast(Any, scheme.seed),
        amplify=scheme.amplify,
        distill=scheme.distill,
        assumptions=scheme.assumptions,
    )


@pytest.mark.parametrize(
    ("scheme", "at"),
    [
        (imitation, {"imitation_error": "1/50"}),
        (recursive_reward_modeling, {"reward_error": "1/100"}),
        (debate, {"imitation_error": "1/4", "correction": "9/10"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_deleting_the_coupling_changes_a_verdict(scheme: Process, at: dict[str, Number]) -> None:
    """The overrun is in error; what breaks is resistance, through oversight that fails."""
    with_it = decide(Claim("coupled", scheme, Corrigible(), at=at))
    assert with_it.answer is Answer.REFUTED
    assert with_it.run is not None
    assert isinstance(with_it.result, Refutation)
    assert with_it.result.blame is not None
    assert with_it.result.blame.obligation == OVERSIGHT
    bare = without_oversight(scheme)
    without_it = decide(Claim("uncoupled", bare, Corrigible(), at=at))
    assert without_it.answer is Answer.PROVED


def test_the_weaker_half_of_a_conjunction_may_need_the_other() -> None:
    """Corrigible alone is not inductive: nothing would bound the error that oversight needs."""
    from checker.backends.solver import QueryBudget
    from checker.invariants.certificate import discharge

    claim = Claim("corrigible", imitation, Corrigible(), at={"checked": "7/10"})
    problem = pose(claim)
    alone = discharge(problem, problem.clauses, QueryBudget(5.0))
    assert isinstance(alone, Blocked)
    verdict = decide(claim)
    assert verdict.certificate is not None
    assert {"wrong", "malign", "resistance"} <= set(verdict.certificate.budgets["agent"])


def test_an_assumption_that_fails_makes_a_claim_vacuous() -> None:
    verdict = decide(Claim("even", imitation, Aligned(), at={"copies": 4}))
    assert verdict.answer is Answer.VACUOUS
    assert isinstance(verdict.reason, AssumptionFails)
    assert verdict.reason.name == "odd_copies"
    assert "odd_copies" in describe(verdict.reason)


def test_contradictory_assumptions_are_said_to_be_so() -> None:
    def little(p: Imitation) -> Bool:
        """The slip is small."""
        return p.slip < "1/100"

    def much(p: Imitation) -> Bool:
        """The slip is large."""
        return p.slip > "1/100"

    torn = Scheme[Imitation, Assistant[Trusted], Overseer[Trusted]](
        "torn",
        parameters=Imitation,
        seed=cast(Any, imitation.seed),
        amplify=imitation.amplify,
        distill=imitation.distill,
        assumptions=[little, much],
    )
    verdict = decide(Claim("torn", torn, Benign()))
    assert verdict.answer is Answer.VACUOUS
    assert isinstance(verdict.reason, AssumptionsContradict)
    assert {"The slip is small.", "The slip is large."} <= set(verdict.reason.texts)
    assert "contradict" in describe(verdict.reason)


def test_claims_have_names_of_their_own() -> None:
    names = [claim.name for claim in shipped_claims()]
    assert len(names) == len(set(names))


def test_a_bound_on_the_expert_is_checked_too() -> None:
    claim = Claim("aligned", imitation, Aligned(), at={"checked": "7/10"})
    generous = attrs.evolve(claim, expert_limit=Aligned())
    assert decide(generous).answer is Answer.PROVED
    from spec import Real

    severe = attrs.evolve(claim, expert_limit=Aligned(wrong=Real("1/1000")))
    verdict = decide(severe)
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.position == "expert"
