"""Each row on instances fails the contract that it names."""

from __future__ import annotations

import pytest

from checker.contracts.findings import Contract, ToldApart
from checker.report.words import describe
from checker.statements.registry import judge
from models.imitation import imitation
from models.reward_modeling import recursive_reward_modeling
from properties import instances as rows
from spec import EVALUATIONS, SAMPLED_ANSWERS, Channel, Instance, Process, Statement
from tests.contracts.school import ON_AMPLIFICATION, failing, findings_of


def consulting(statement: Statement) -> tuple[ToldApart, str]:
    """What shows that amplification consults the agent, as data and in words."""
    finding = findings_of(judge(statement))[Contract.CONSULTS]
    assert finding.holds
    assert isinstance(finding.evidence, ToldApart)
    return finding.evidence, describe(finding)


def test_answers_that_make_no_difference_are_named() -> None:
    """Evaluations show that a verdict is wrong, not why, nor what the evaluator would lose."""
    evidence, words = consulting(rows.rrm_instance.statements[0])
    assert evidence.idle == ("malign", "regret")
    assert words.endswith("; its malign, regret alone make no difference")
    evidence, words = consulting(rows.imitation_instance.statements[0])
    assert evidence.idle == ("regret",)
    assert words.endswith("; its regret alone makes no difference")


@pytest.mark.parametrize(
    ("name", "contracts"),
    [
        ("what-is-not/fixed-evaluator", ON_AMPLIFICATION),
        ("what-is-not/self-distillation", {Contract.RAISES, Contract.IMPROVES, Contract.COSTS}),
        ("what-is-not/amplification-alone", {Contract.SEES, Contract.RETURNS}),
        ("what-is-not/overoptimised", {Contract.LANDS}),
        ("what-is-not/anything", set(Contract) - {Contract.LANDS}),
        ("rrm-instance/no-gain", {Contract.RAISES, Contract.IMPROVES}),
        ("rrm-instance/always-wrong", {Contract.IMPROVES}),
        ("rrm-instance/wrong-as-a-guess", {Contract.IMPROVES}),
        ("rrm-instance/rejects-everything", {Contract.IMPROVES}),
        ("imitation-instance/always-wrong", {Contract.IMPROVES}),
        ("debate-by-adapter/blind-debaters", {Contract.IMPROVES}),
        ("imitation-instance/cloning-compounds", {Contract.LANDS}),
        ("rrm-strict-subset/imitation-needs-answers", {Contract.SEES}),
        ("rrm-strict-subset/rrm-is-not-near", {Contract.LANDS}),
        ("debate-not-prima-facie/contracts", set(Contract) - {Contract.RETURNS}),
    ],
)
def test_which_contract_fails(name: str, contracts: set[Contract]) -> None:
    row = next(r for r in vars(rows).values() if getattr(r, "name", "") == name.split("/")[0])
    assert failing(judge(next(s for s in row.statements if s.name == name))) == contracts


def test_the_bare_judge_stops_following() -> None:
    """Nothing goes wrong until a debater is beyond the judge, and then at once."""
    run = judge(rows.debate_not_prima_facie.statements[0]).run
    assert run is not None
    oversight_holds = [step.oversight_holds for step in run.steps if step.step == "distill"]
    assert oversight_holds == [*[True] * 8, False]


@pytest.mark.parametrize("process", [imitation, recursive_reward_modeling], ids=lambda p: p.name)
@pytest.mark.parametrize("short", [-1, 1])
def test_shipped_schemes_make_exactly_their_calls(process: Process, short: int) -> None:
    statement = Instance(
        "calls",
        process,
        channel=SAMPLED_ANSWERS,
        calls=lambda p: p.fan_out * p.copies + short,
        improvement=rows.PARTS,
        distance=rows.total_variation,
        eps=lambda e, p: 1,
    )
    assert Contract.PROGRAM in failing(judge(statement))


@pytest.mark.parametrize("channel", [EVALUATIONS, SAMPLED_ANSWERS], ids=lambda c: c.name)
def test_who_sees_answers_sees_evaluations(channel: Channel) -> None:
    statement = Instance(
        "seen",
        recursive_reward_modeling,
        channel=channel,
        calls=rows.consultations,
        improvement=rows.PARTS,
        distance=rows.beyond_the_verdicts,
        eps=rows.fitted,
    )
    assert failing(judge(statement)) == set()
