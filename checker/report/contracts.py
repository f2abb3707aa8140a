"""Words for the contracts of an instance: which hold, which fail, and what shows it."""

from __future__ import annotations

from checker.contracts.findings import (
    Amplified,
    Contract,
    CostMovesChoices,
    CostMovesExpert,
    CountedCalls,
    DearStudent,
    FarStudent,
    Finding,
    Fulfilment,
    HiddenMovesChoices,
    HiddenMovesStudent,
    Improves,
    Landed,
    NothingTied,
    Raised,
    Remark,
    SeenThrough,
    Spoiled,
    Tie,
    TieKind,
    ToldApart,
    TooFewCalls,
    Unimproved,
    UnpaidCalls,
    Values,
)
from checker.report.words import counted, describe, number
from checker.statements.instance import LeftOpen, NoExpert, OwnValuesExcluded, Tally

CONTRACTS = {
    Contract.PROGRAM: "amplify is a program over oracle calls to the agent",
    Contract.CONSULTS: "amplify consults the agent",
    Contract.RAISES: "amplify raises capability",
    Contract.IMPROVES: "amplify errs less at a higher rank",
    Contract.COSTS: "amplify costs more than the agent",
    Contract.SEES: "distill sees the expert only through its channel",
    Contract.RETURNS: "distill returns cost to base",
    Contract.LANDS: "distill lands within eps in the stated metric",
}

FULFILMENTS = {
    Fulfilment.HOLDS: "holds",
    Fulfilment.FAILS: "fails",
    Fulfilment.UNDECIDED: "undecided",
}

REMARKS = {
    Remark.AT_EVERY_AGENT: "at every agent",
    Remark.AT_EVERY_COST: "whatever the expert costs",
    Remark.AGENT_IGNORED: "the expert is the same whatever the agent answers",
    Remark.NEVER_OVERSEEN: "oversight never works, whatever the student",
    Remark.ALL_WITHIN: "no student at all is further from the first expert",
    Remark.NOT_SETTLED: "neither proved nor refuted in the time allowed",
    Remark.NOBODY_IMPROVED: "the statement says that nobody is improved, though every agent would",
    Remark.NO_PAIR_FOUND: "no two agents were found that it tells apart",
    Remark.EXCLUSION_OPEN: "whether it excludes any student is open",
}

TIES = {TieKind.SAME: "the same", TieKind.NO_MORE: "no more", TieKind.BOUNDED: "bounded"}


def _named(values: Values) -> str:
    """Values by name; a question mark for one that is not defined."""
    return ", ".join(f"{n} = {'?' if v is None else number(v)}" for n, v in values.items())


def _pair(values: tuple[Values, Values], join: str) -> str:
    """Two records of values."""
    return join.join(map(_named, values))


def _calls(count: int) -> str:
    return counted(count, "call")


# --- the verdict ----------------------------------------------------------------------------------


@describe.register
def _(contract: Contract) -> str:
    return CONTRACTS[contract]


@describe.register
def _(finding: Finding) -> str:
    head = f"{FULFILMENTS[finding.fulfilment]}: {describe(finding.contract)}"
    at = f", at {_named(finding.at)}" if finding.at else ""
    return f"{head}: {describe(finding.evidence)}{at}"


@describe.register
def _(tally: Tally) -> str:
    head = f"meets {tally.holding} of {len(CONTRACTS)} contracts"
    if tally.failing:
        return f"{head}, not: {'; '.join(map(describe, tally.failing))}"
    if tally.free:
        return (
            f"{head}, for all values of {tally.free} parameters within their bounds at which the "
            "statement says that some agents are improved"
        )
    return head


@describe.register
def _(fact: NoExpert) -> str:
    return (
        f"fails: it has no expert: {fact.step} leads from agent to agent, so nothing is amplified "
        "that could be distilled"
    )


@describe.register
def _(fact: LeftOpen) -> str:
    named = "; ".join(map(describe, fact.contracts))
    return f"left open: {named} (of {len(CONTRACTS)} contracts)"


@describe.register
def _(_fact: OwnValuesExcluded) -> str:
    return "the parameters' own values do not meet the scheme's assumptions"


@describe.register
def _(remark: Remark) -> str:
    return REMARKS[remark]


# --- evidence about amplification -----------------------------------------------------------------


@describe.register
def _(evidence: CountedCalls) -> str:
    return f"{_calls(evidence.calls)} and an overhead"


@describe.register
def _(evidence: TooFewCalls) -> str:
    return f"it makes {evidence.calls} calls"


@describe.register
def _(evidence: CostMovesChoices) -> str:
    return f"agents alike but for {_pair(evidence.agents, ' and ')} leave nature different choices"


@describe.register
def _(evidence: CostMovesExpert) -> str:
    wanted = "" if evidence.calls is None else f", not {_calls(evidence.calls)} apart"
    return (
        f"agents alike but for {_pair(evidence.agents, ' and ')} give experts with "
        f"{_pair(evidence.experts, ' and with ')}{wanted}"
    )


@describe.register
def _(evidence: UnpaidCalls) -> str:
    return (
        f"an agent with {_named(evidence.agent)} gives an expert with {_named(evidence.expert)}, "
        f"which does not pay for {_calls(evidence.calls)}"
    )


@describe.register
def _(evidence: ToldApart) -> str:
    can, cannot = map(_named, evidence.agents)
    text = (
        f"an agent with {can} can give an expert that shows {_named(evidence.seen)}, one with "
        f"{cannot} cannot"
    )
    if not evidence.idle:
        return text
    makes = "makes" if len(evidence.idle) == 1 else "make"
    return f"{text}; its {', '.join(evidence.idle)} alone {makes} no difference"


@describe.register
def _(evidence: Raised) -> str:
    up_to = "" if evidence.top is None else f", up to the top of {number(evidence.top)}"
    return f"strictly{up_to}"


@describe.register
def _(evidence: Unimproved) -> str:
    known = "more" if evidence.known is None else number(evidence.known)
    chosen = f" (nature chooses {_named(evidence.chosen)})" if evidence.chosen else ""
    text = (
        f"an agent with {_named(evidence.agent)} gives an expert with {_named(evidence.expert)}, "
        f"where {known} is known without it{chosen}"
    )
    return f"nobody is improved: {text}" if evidence.nobody else text


@describe.register
def _(evidence: Spoiled) -> str:
    edge = "?" if evidence.edge is None else number(evidence.edge)
    return (
        f"an agent with {_named(evidence.agent)}, which was within {edge}, gives an expert with "
        f"{_named(evidence.expert)}"
    )


@describe.register
def _(evidence: Improves) -> str:
    edge, last = ("?" if v is None else number(v) for v in (evidence.edge, evidence.last))
    known = "its own" if evidence.known is None else number(evidence.known)
    below = evidence.edge is None or evidence.last is None or evidence.last < evidence.edge
    span = f"below {edge}" if below else f"above {edge} and up to {last}"
    who = f"{evidence.loss} {span}"
    text = f"every agent with {who} gives an expert with less {evidence.loss} than {known}"
    if evidence.sharp:
        text = f"{text}, and not every agent at {edge}"
    return (
        f"{text}; at parameters that leave no such agent, none is improved"
        if evidence.exact
        else text
    )


@describe.register
def _(evidence: Amplified) -> str:
    chosen = f", where nature chooses {_named(evidence.chosen)}" if evidence.chosen else ""
    return (
        f"an agent with {_named(evidence.agent)} gives an expert with "
        f"{_named(evidence.expert)}{chosen}"
    )


# --- evidence about distillation ------------------------------------------------------------------


@describe.register
def _(evidence: SeenThrough) -> str:
    return f"{evidence.channel} ({', '.join(evidence.shows)}), and the cost as their price"


@describe.register
def _(evidence: HiddenMovesChoices) -> str:
    experts = _pair(evidence.experts, " and with ")
    return f"experts with {experts} show the same, but bound nature apart"


@describe.register
def _(evidence: HiddenMovesStudent) -> str:
    return (
        f"experts with {_pair(evidence.experts, ' and with ')} show the same, and make students "
        f"with {_pair(evidence.students, ' and with ')}"
    )


@describe.register
def _(evidence: DearStudent) -> str:
    return (
        f"an expert with {_named(evidence.expert)} makes a student with "
        f"{_named(evidence.student)}, and the seed had {_named(evidence.seed)}"
    )


@describe.register
def _(evidence: FarStudent) -> str:
    return (
        f"an expert with {_named(evidence.expert)} makes a student with "
        f"{_named(evidence.student)}: {_named(evidence.measured)} ({evidence.metric})"
    )


@describe.register
def _(tie: Tie) -> str:
    return f"{TIES[tie.kind]} {tie.field}"


@describe.register
def _(evidence: Landed) -> str:
    return (
        f"{evidence.metric}; {_named(evidence.first)} at the first expert; distance 0 from it "
        f"means {', '.join(map(describe, evidence.ties))}"
    )


@describe.register
def _(evidence: NothingTied) -> str:
    return f"distance 0 says nothing of the student ({evidence.metric})"
