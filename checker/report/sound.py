"""Words for soundness: a world as a researcher would draw it, and what becomes of each bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from checker.report.words import describe, detail, number
from checker.statements.sound import (
    Covered,
    NeitherShown,
    NoQuestion,
    NoWorld,
    Role,
    Tightness,
    Unmeasured,
    Without,
)
from checker.worlds.lifting import Condition, Lifted, NotLifted
from checker.worlds.world import AskedQuestion, BoundInWorld, End

CONDITIONS = {
    Condition.DEFINED: "nothing is divided by zero",
    Condition.POINTWISE: "on each question no more happens than the step says",
    Condition.CONCAVE: "the bound is concave in what differs from question to question",
    Condition.MONOTONE: "the bound does not fall as the numbers it is given rise",
    Condition.CHOICE: "on each question nature may choose what is said to happen",
    Condition.IN_DOMAIN: "what happens is within the field's domain",
}


@describe.register
def _(condition: Condition) -> str:
    return CONDITIONS[condition]


@describe.register
def _(fact: NotLifted) -> str:
    how = "fails" if fact.fails else "is undecided"
    return f"{fact.of}: that {describe(fact.condition)} {how}"


@describe.register
def _(fact: Lifted) -> str:
    head = "proved for one question, and so for worlds of every size"
    if not fact.everywhere:
        return f"{head}, at these values of the parameters"
    return f"{head}, for all values of the parameters" if fact.free else head


@describe.register
def _(fact: Covered) -> str:
    shares = ", ".join(map(str, fact.shares))
    kinds = f"{fact.kinds} kinds of question" + ("" if fact.whole else ", a sample")
    found = "no world of any size breaks it" if fact.settled else "no world was found to break it"
    return f"{found} whose numbers are at {shares} of their ranges ({kinds})"


@describe.register
def _(fact: Tightness) -> str:
    share = fact.seen.share
    assert share is not None
    if share == 1:
        return f"the bound on {fact.seen.of} is attained in some world"
    return f"{percent(share)} of the bound on {fact.seen.of} is attained in some world"


def percent(share: Fraction) -> str:
    """A share in hundredths, to three digits."""
    return f"{float(100 * share):.3g}%"


@describe.register
def _(fact: Unmeasured) -> str:
    return f"how tight the bound on {fact.of} is was not found out"


@describe.register
def _(fact: Without) -> str:
    head = f"without {fact.assumption.name}"
    if fact.role is Role.IDLE:
        return f"{head} it is proved all the same"
    if fact.broken is not None:
        return f"{head}: {describe(fact.broken)}"
    assert fact.covered is not None
    return f"{head} it is open: {describe(fact.covered)}"


@detail.register
def _(fact: Without) -> Iterator[str]:
    yield describe(fact)
    if fact.broken is not None:
        yield from _story(fact.broken)


@describe.register
def _(fact: NeitherShown) -> str:
    return f"{describe(fact.stopped)}; {describe(fact.covered)}"


@describe.register
def _(_fact: NoWorld) -> str:
    return "no world was found at all, whether the bound holds in it or not"


@describe.register
def _(_fact: NoQuestion) -> str:
    return "there is no question: its draws and its table contradict each other"


# --- a world --------------------------------------------------------------------------------------


@describe.register
def _(fact: BoundInWorld) -> str:
    count = len(fact.world.asked)
    where = f"in a world of {count} question{'' if count == 1 else 's'}"
    if fact.of_choice:
        end = f"{'at least' if fact.end is End.LOW else 'at most'} {number(fact.limit)}"
        return f"{where} {fact.of} is {number(fact.value)}, and nature may choose {end}"
    relation = "the step says" if fact.broken else "and the step says"
    return f"{where} {fact.of} is {number(fact.happens)}, {relation} {number(fact.says)}"


@detail.register
def _(fact: BoundInWorld) -> Iterator[str]:
    yield describe(fact)
    yield from _story(fact)


def _story(fact: BoundInWorld) -> Iterator[str]:
    world = fact.world
    for place, (asked, does) in enumerate(zip(world.asked, fact.on_each, strict=True), 1):
        often = _often(asked.weight)
        yield f"  question {place}, asked {often}: {_on_question(asked, does)}"
    for place, question in enumerate(world.table):
        under = f" under {question.under}" if question.under else ""
        yield (
            f"  table {_letter(place)}{under}, {_often(question.weight)} of training: "
            f"{_values(question.does)}"
        )
    if fact.given:
        yield f"  the step is given {_values(fact.given)}"


def _on_question(asked: AskedQuestion, does: Mapping[str, Fraction]) -> str:
    parts = []
    if asked.draws:
        parts.append(_values(asked.draws))
    if asked.parts:
        letters = ", ".join(_letter(part) for part in asked.parts)
        parts.append(f"part{'' if len(asked.parts) == 1 else 's'} {letters}")
    return "; ".join([*parts, f"then {_values(does)}"])


def _letter(place: int) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[place] if place < len(letters) else str(place)


def _often(weight: Fraction) -> str:
    return "always" if weight == 1 else ("never" if weight == 0 else number(weight))


def _values(values: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} = {number(value)}" for name, value in values.items())
