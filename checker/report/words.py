"""Words for facts: the one place where what was found becomes text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import singledispatch

from checker.backends.rounding import cut_off, short_decimal
from checker.system.findings import (
    AssumptionFails,
    AssumptionsContradict,
    Blocked,
    Cause,
    Method,
    NotTried,
    Stopped,
    Trying,
    Undecided,
)
from checker.system.obligations import Duty, Label
from checker.system.problem import Bound
from checker.system.replay import Arithmetic, ArithmeticKind, Enclosure, Run, TraceStep
from checker.system.verdict import Blame, Shortest

SHORT = 9
"""Characters up to which an exact number is shown as it is."""

FEW = 3
"""Significant digits that a reader takes for all there are."""

METHODS = {
    Method.LIMITS: "the limits are inductive",
    Method.REGION: "inductive region",
    Method.POST_FIXPOINT: "monotone comparison",
    Method.RETURN: "the first iterations come back",
    Method.K_INDUCTION: "k-induction",
    Method.POLYHEDRON: "inductive polyhedron",
    Method.ELLIPSOID: "inductive ellipsoid",
    Method.POLYNOMIAL: "inductive polynomial set",
    Method.POTENTIAL: "potential that no step raises",
    Method.CLAUSE_BY_CLAUSE: "clause by clause",
    Method.BOX_UNION: "union of boxes",
    Method.BREADTH_FIRST: "all states, breadth first",
    Method.SEARCH: "search over nature's choices",
    Method.LONG_SEARCH: "long search over nature's choices",
    Method.PLANNED: "planned choices of nature",
    Method.HYPOTHESIS: "Hypothesis",
    Method.WORST_RUN: "monotone comparison",
    Method.VALUE_ITERATION: "value iteration",
    Method.BOUNDED_MODEL_CHECKING: "bounded model checking",
    Method.ASSUMPTIONS: "assumptions",
    Method.ALL_ENGINES: "all engines",
    Method.QUICK_ENGINES: "quick engines",
    Method.CHOSEN_ENGINES: "chosen engines",
    Method.UNINTERPRETED: "induction over uninterpreted agents",
    Method.FINITE_MODEL: "finite model",
    Method.TREE_INDUCTION: "induction over the structure of trees",
    Method.TREE_INDUCTION_WITH_BOUNDS: "induction, strengthened by bounds on the fields",
    Method.TREE_STATES: "least fixpoint of the states of nodes",
    Method.SMALLEST_TREE: "smallest tree",
    Method.TREE_SEARCH: "induction and search",
    Method.ONE_STEP: "one step",
    Method.SHRINKING_BOXES: "shrinking boxes",
    Method.GROWTH: "the invariant kept, and a least gain in every iteration",
    Method.NO_GROWTH: "a bound on the rank that no iteration leaves",
    Method.STAYS_OUT: "a run that stays out",
    Method.TOLERANCES: "certified tolerances",
    Method.TWO_PROOFS: "comparison of two proofs",
    Method.CONTRACTS: "contracts",
    Method.LIFTING: "lifting from one question",
    Method.SMALLEST_WORLD: "smallest world",
    Method.WORLDS: "lifting, and a search for a world",
}


@singledispatch
def describe(fact: object) -> str:
    """A fact in one line; one of an unknown class as ``str`` gives it."""
    return str(fact)


@singledispatch
def detail(fact: object) -> Iterator[str]:
    """A fact in full, line by line; most facts are one line."""
    yield describe(fact)


def roman(number: int) -> str:
    """A small number as obligations are numbered: (i), (ii), (iii), (iv)."""
    pairs = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for value, letters in pairs:
        while number >= value:
            text, number = text + letters, number - value
    return text


@describe.register
def _(label: Label) -> str:
    step = f"({roman(label.number)}) {label.step}" if label.number else label.step
    words = {
        Duty.SEED: "(i) seed",
        Duty.PRESERVATION: step,
        Duty.WELL_DEFINED: f"{step} is well defined",
        Duty.OVERSIGHT: "(ii) smart enough",
        Duty.LIMITS: "(iv) limits",
        Duty.PREFIX: f"prefix of {counted(label.number, 'iteration')}",
        Duty.INDUCTION: f"{label.number}-induction step",
    }
    return words[label.duty]


@describe.register
def _(blame: Blame) -> str:
    where = "" if blame.iteration is None else f", at iteration {blame.iteration}"
    return describe(blame.obligation) + where


def at_fault(blame: Blame) -> str:
    """Who is to blame, for those to whom the numbers of obligations say nothing."""
    who = {Duty.SEED: "the seed", Duty.OVERSIGHT: "the expert, who cannot oversee the student"}
    where = "" if blame.iteration is None else f", at iteration {blame.iteration}"
    return who.get(blame.obligation.duty, blame.obligation.step) + where


@describe.register
def _(arithmetic: Arithmetic) -> str:
    if arithmetic.kind is ArithmeticKind.EXACT:
        return "exact"
    ends = "two-ended " if arithmetic.kind is ArithmeticKind.TWO_ENDED else ""
    return f"{ends}balls of {arithmetic.bits} bits"


@describe.register
def _(method: Method) -> str:
    return METHODS[method]


@describe.register
def _(fact: AssumptionFails) -> str:
    return f"the assumption {fact.name} fails at these parameters: {fact.text}"


@describe.register
def _(fact: AssumptionsContradict) -> str:
    return "the assumptions contradict each other: " + "; ".join(fact.texts)


@describe.register
def _(_fact: NotTried) -> str:
    return "not tried thoroughly"


@describe.register
def _(fact: Undecided) -> str:
    text = f"tried: {', '.join(fact.tried)}; clear to iteration {fact.clear}"
    if fact.out_of_time:
        text += "; the time was up (raise --timeout)"
    if fact.blocked is not None:
        text += f"; the induction is blocked: {describe(fact.blocked)}"
    return text


@describe.register
def _(fact: Stopped) -> str:
    text = ending(fact) + (f" (at {fact.at})" if fact.at else "")
    return text if fact.trying is None else f"{text}; {describe(fact.trying)}"


@describe.register
def _(fact: Trying) -> str:
    text = f"{fact.engine} was under way"
    return f"{text}, tried before: {', '.join(fact.before)}" if fact.before else text


def ending(fact: Stopped) -> str:
    """Why work ended without an answer."""
    match fact.cause:
        case Cause.TIME:
            return f"ended at the limit of {fact.limit:g} s (raise --timeout)"
        case Cause.MEMORY:
            return f"ended at the limit of {fact.limit:g} GiB of memory (raise --memory)"
        case Cause.CRASH:
            return f"its process was ended by {fact.what}, as the system does when memory runs out"
        case Cause.EXIT:
            return f"its process ended itself with status {fact.what}"
        case Cause.ERROR:
            return f"internal error, please report it: {fact.what}"


@describe.register
def _(fact: Blocked) -> str:
    values = ", ".join(f"{name} = {value}" for name, value in sorted(fact.values.items()))
    how = "fails" if fact.fails else "is undecided"
    return f"{describe(fact.obligation)}, {fact.clause} {how}" + (f" at {values}" if values else "")


def shortest(what: Shortest, iteration: int) -> str:
    """Whether a shorter run than one that breaks at this iteration was ruled out."""
    before = counted(iteration - 1, "iteration")
    words = {
        Shortest.NOT_ASKED: "found",
        Shortest.SHORTEST_FOUND: "the shortest found",
        Shortest.NONE_SHORTER: "proved: no run is shorter",
        Shortest.CLEAR_BEFORE: f"proved: all runs are clear for {before}",
        Shortest.WORST_RUN_CLEAR: "proved: the worst run is clear until then",
        Shortest.WORST_RUN: "the worst run",
        Shortest.FROM_INSIDE: "from an agent that satisfies it",
    }
    return words[what]


def false_conditions(run: Run) -> str:
    """Which of the conditions of the broken clause are false, as they are written."""
    texts = [conjunct.text for conjunct in run.conjuncts]
    which = "the condition that is" if len(texts) == 1 else "the conditions that are"
    return f"{which} false: {'; '.join(texts)}"


def counted(many: int, what: str) -> str:
    """So many of something, in the singular for one."""
    return f"{many} {what}" if many == 1 else f"{many} {what}s"


def number(value: Fraction) -> str:
    """The exact value where it is short, as a decimal or a ratio; else its first four digits."""
    decimal, text = cut_off(value, 6), str(value)
    if "e" not in decimal and "..." not in decimal:
        return decimal
    return text if len(text) <= SHORT else cut_off(value, 4)


def amount(value: Enclosure) -> str:
    """A number of a run: an exact one as ``number`` shows it, else six digits, rounded.

    Where rounding leaves so few digits that they look like an exact number, a limit perhaps, and
    it is another than that, twelve digits are given, or the number is cut off.
    """
    if value.low == value.high:
        return number(value.low)
    middle = (value.low + value.high) / 2
    for digits in (6, 12):
        text = short_decimal(middle, digits)
        left = len(Decimal(text).normalize().as_tuple().digits)
        if left > FEW or value.low <= Fraction(text) <= value.high:
            return text
    return cut_off(value.low, 6)


def move(before: Enclosure, after: Enclosure) -> tuple[str, str] | None:
    """Two numbers of a run, with as many digits, up to twelve, as tell them apart.

    None where those do not.
    """
    first, last = amount(before), amount(after)
    if first == last and before.low == before.high and after.low == after.high:
        first, last = cut_off(before.low), cut_off(after.low)
    elif first == last:
        first, last = (short_decimal((v.low + v.high) / 2, 12) for v in (before, after))
    return None if first == last else (first, last)


def unmoved(step: TraceStep) -> str:
    """What is said of a step of which ``move`` shows nothing: its fields may move by less."""
    both = [(step.before[name], after) for name, after in step.after.items() if name in step.before]
    if all(before == after and after.low == after.high for before, after in both):
        return "nothing changes"
    return "nothing changes in the first twelve digits"


def short_bound(bound: Bound) -> str:
    """A bound; of a long fraction the first digits are shown."""
    value = str(bound.value)
    text = value if len(value) <= SHORT else cut_off(bound.value, 6)
    return f"{bound.quantity} {bound.relation} {text}"
