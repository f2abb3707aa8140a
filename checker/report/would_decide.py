"""What would decide a statement that was left open: for each reason, the concrete thing to try."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from checker.invariants.uninterpreted import ConsistencyUndecided, NoCounterModel
from checker.refinement.agreement import CellsDiffer, NotBothDecided, RangeLeft
from checker.refinement.refinement import NotFollowed
from checker.report.certificate import method_of
from checker.statements.closed import StepUndecided
from checker.statements.grows import GrowthUndecided
from checker.statements.instance import LeftOpen
from checker.statements.settles import NotSettled, Shrinking
from checker.statements.sound import NeitherShown, NoWorld
from checker.statements.threshold import Undetermined
from checker.statements.tolerances import NotEnclosed, SharesUndecided
from checker.statements.transfers import NoStepwiseProof
from checker.system.findings import Cause, Method, NotTried, Stopped, Undecided
from checker.system.verdict import Unknown, Verdict
from checker.trees.findings import TreesUndecided

FIX = "fewer unknowns: fix a parameter (--param NAME=VALUE)"
STRENGTHEN = (
    "a second invariant that every run keeps and that this state breaks, claimed together with it "
    "(class Both(This, Other)); or a run that reaches the state and goes on to break the claim"
)
LONGER = "more time (--timeout)"


def would_decide(verdict: Verdict) -> str:
    """What would settle a statement that was left open; "" for one that was not."""
    result = verdict.result
    if not isinstance(result, Unknown):
        return ""
    if result.method is Method.CHOSEN_ENGINES:
        return "the other engines: leave out --engine"
    return f"{LONGER}, or {FIX}" if result.reason is None else remedy(result.reason)


def open_lines(verdict: Verdict) -> Iterator[str]:
    """Of a statement that was left open: by what it was tried, where the reason does not say it,
    and what would decide it."""
    result = verdict.result
    if not isinstance(result, Unknown):
        return
    if result.method is not None and not isinstance(result.reason, Undecided | Stopped):
        yield f"tried: {method_of(result)}"
    yield f"what would decide it: {would_decide(verdict)}"


@singledispatch
def remedy(_reason: object) -> str:
    """What to try, given why a statement is open."""
    return f"{LONGER}, or {FIX}"


@remedy.register
def _(reason: Undecided) -> str:
    if reason.blocked is not None and reason.blocked.fails:
        return STRENGTHEN
    if reason.out_of_time or reason.blocked is None:
        return f"{LONGER}, the one engine that fits (--engine, see `alignspec engines`), or {FIX}"
    return f"{LONGER} for this query, or a simpler formula in the step that it is about"


@remedy.register
def _(reason: Stopped) -> str:
    match reason.cause:
        case Cause.TIME if reason.at:
            return "a step or `holds` that comes to an end, at the line that is named; or --timeout"
        case Cause.TIME:
            return f"{LONGER}, another engine (--engine, see `alignspec engines`), or {FIX}"
        case Cause.MEMORY:
            return f"more memory (--memory), another engine (--engine), or {FIX}"
        case Cause.CRASH:
            return "more memory (--memory), or fewer statements at once (--jobs 1)"
        case Cause.EXIT:
            return "a file that does not end the process that reads it"
        case Cause.ERROR:
            return f"a mend in alignspec: please report it; until then another engine, or {FIX}"


@remedy.register
def _(_reason: NotTried) -> str:
    return "all engines: `alignspec check` with its name"


@remedy.register
def _(reason: TreesUndecided) -> str:
    if reason.blocked.fails:
        return (
            "a second invariant that every node keeps and that this state breaks, claimed together "
            "with it (class Both(This, Other)); or a tree with such a node"
        )
    return f"{LONGER}, or a simpler formula in the step that the induction is blocked at"


@remedy.register
def _(_reason: ConsistencyUndecided) -> str:
    return f"{LONGER}, or premises with fewer quantifiers"


@remedy.register
def _(reason: NoCounterModel) -> str:
    return (
        f"a premise that is missing from the steps' types; or a counter-model of more than "
        f"{reason.iterations} iterations, given by hand"
    )


@remedy.register
def _(_reason: GrowthUndecided) -> str:
    return (
        "a least gain, claimed of one step in a statement of its own; or a bound on the field as "
        f"an invariant; or {FIX}"
    )


@remedy.register
def _(reason: Undetermined) -> str:
    if reason is Undetermined.AT_THE_VALUE:
        return "`alignspec check` of the claim with the parameter at the value itself (--param)"
    why = "`alignspec threshold`, which says why none is exact"
    longer = f"{LONGER}; or " if reason is not Undetermined.ONLY_A_BRACKET else ""
    return f"{longer}{why}; or other parameters fixed (--param NAME=VALUE)"


@remedy.register
def _(_reason: LeftOpen) -> str:
    return f"{LONGER}, or a simpler formula in the step that the contract is about; or {FIX}"


@remedy.register
def _(_reason: StepUndecided) -> str:
    return f"{LONGER}, or a simpler formula in the step; or {FIX}"


@remedy.register
def _(reason: NotSettled) -> str:
    if reason.ended is Shrinking.LATE:
        return f"{LONGER}; or {FIX}"
    starts = "a narrower set of starts, stated as an invariant that is claimed first"
    if reason.ended is Shrinking.NOT_SHOWN:
        return f"{starts}, or a simpler formula in the step; or {FIX}"
    return f"{starts}; or stronger contraction in the step; or {FIX}"


@remedy.register
def _(_reason: NeitherShown) -> str:
    return (
        "the step written so that it is affine in the sub-answers (docs/theory/worlds.md), an "
        f"assumption that excludes the condition, or {LONGER} for larger worlds"
    )


@remedy.register
def _(_reason: NoWorld) -> str:
    return "weaker assumptions about worlds: those stated may contradict each other; or --timeout"


@remedy.register
def _(reason: NotEnclosed) -> str:
    return (
        f"`alignspec threshold` along {reason.parameter} with a longer --timeout; or {FIX}, so "
        "that the other half is perfect"
    )


@remedy.register
def _(reason: SharesUndecided) -> str:
    return f"a share that is not so near to {reason.wanted}, or {LONGER}"


@remedy.register
def _(reason: NoStepwiseProof) -> str:
    return (
        f"`alignspec explain {reason.scheme}` says how it is proved; an invariant that each step "
        "keeps by itself has a proof that can be compared"
    )


@remedy.register
def _(reason: NotFollowed) -> str:
    if reason.stuck:
        return (
            "a run that reaches the state, or an invariant that excludes it; or other fields "
            "compared (--relate LEFT=RIGHT)"
        )
    return f"{LONGER}, fields related in another way (--relate LEFT=RIGHT), or {FIX}"


@remedy.register
def _(_reason: NotBothDecided) -> str:
    return f"each claim by itself first: `alignspec check`; then {LONGER}, or {FIX}"


@remedy.register
def _(_reason: CellsDiffer) -> str:
    return f"{LONGER}, or a narrower range (--over NAME=LOW..HIGH)"


@remedy.register
def _(_reason: RangeLeft) -> str:
    return f"{LONGER}, or a narrower range (--over NAME=LOW..HIGH)"
