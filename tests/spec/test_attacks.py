"""Schemes that mypy accepts and that say one thing and do another: each is refused or refuted.

Every attack is a scheme whose claim, read naively, would be proved although what is written is not
kept. What must come of it is an error that names the file, or a refutation; never a proof.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import spec.terms
from checker import decide
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    SpecError,
    between,
    budget,
    parameter,
    when,
)
from spec.statements.base import Answer

Step = Callable[[Any, Any, Nature], Any]


class Box(Agent[I]):
    x: Real = between(0, 1, "what is to stay low")


class Low(Invariant):
    x: Real = budget(0, 1, "the most that it may be", limit="1/2")

    def holds(self, box: Box[Any]) -> Bool:
        return box.x <= self.x


class Push(Parameters):
    push: Real = parameter("1/10", 0, 1, "what is added")


def empty(p: Push) -> Box[Any]:
    return Box(x=Real(0))


def pushed(box: Box[Any], p: Push) -> Box[Any]:
    """What the attacks really do: it leaves the invariant after a few iterations."""
    return Box(x=when(box.x + p.push <= 1, box.x + p.push, 1))


def loop_of(step: Step, seed: Callable[[Any], Any] = empty) -> Any:
    return Loop[Push, Box[Low]]("box", parameters=Push, seed=seed, step=step)


def outcome(scheme: Any, invariant: Invariant | None = None) -> str:
    """What became of the claim: "refuted", or the message of the error."""
    try:
        verdict = decide(Claim("box/low", scheme, invariant or Low()))
    except SpecError as error:
        return str(error)
    assert verdict.answer is Answer.REFUTED, verdict
    return "test_attacks.py: refuted"


STEPS: dict[str, tuple[Step, str]] = {}


def attack(words: str) -> Callable[[Step], Step]:
    def add(step: Step) -> Step:
        STEPS[step.__name__] = (step, words)
        return step

    return add


@attack("an error was caught")
def swallows_a_condition_without_a_truth_value(box: Any, p: Any, nature: Nature) -> Any:
    try:
        return pushed(box, p) if box.x > 0 else box
    except Exception:
        return box


@attack("an error was caught")
def swallows_it_in_a_thread(box: Any, p: Any, nature: Nature) -> Any:
    found = [box]

    def look() -> None:
        with contextlib.suppress(BaseException):
            found.append(pushed(box, p) if box.x > 0 else box)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[-1]


@attack("changes the Box that it was given")
def changes_its_agent(box: Any, p: Any, nature: Nature) -> Any:
    result = pushed(box, p)
    object.__setattr__(box, "x", Real(0))
    return result


@attack("changes the Box that it was given")
def changes_its_agents_field(box: Any, p: Any, nature: Nature) -> Any:
    result = pushed(box, p)
    object.__setattr__(box.x, "term", Real(0).term)
    return result


@attack("changes the Push that it was given")
def changes_its_parameters(box: Any, p: Any, nature: Nature) -> Any:
    vars(p)["push"] = Real(0)
    return pushed(box, p)


@attack("gives something else each time")
def keeps_the_first_agent_in_a_default(
    box: Any,
    p: Any,
    nature: Nature,
    memo: list[Any] = [],  # noqa: B006
) -> Any:
    memo.append(box)
    return memo[0]


KEPT: list[Any] = []


@attack("gives something else each time")
def keeps_the_first_agent_outside(box: Any, p: Any, nature: Nature) -> Any:
    KEPT.append(box.x)
    return Box(x=KEPT[0])


@attack("gives something else each time")
def reads_the_name_of_a_symbol(box: Any, p: Any, nature: Nature) -> Any:
    return box if "agent.x" in repr(box.x) else pushed(box, p)


LAST: Any = None


@attack("writes LAST, which stands outside it")
def writes_a_global(box: Any, p: Any, nature: Nature) -> Any:
    global LAST
    LAST = box.x
    return Box(x=LAST)


@functools.cache
def _once() -> list[Any]:
    return []


@attack("gives something else each time")
def keeps_a_choice(box: Any, p: Any, nature: Nature) -> Any:
    chosen = nature.choose("slip", at_most=p.push)
    _once().append(chosen)
    return Box(x=when(box.x + _once()[0] <= 1, _once()[0], 0))


@attack("draws a random number")
def is_seldom_harmful(box: Any, p: Any, nature: Nature) -> Any:
    return pushed(box, p) if random.random() < 1e-9 else box


OWN = random.Random(1)


@attack("random")
def draws_from_a_generator_of_its_own(box: Any, p: Any, nature: Nature) -> Any:
    return pushed(box, p) if OWN.random() < 1e-9 else box


@attack("time.time")
def reads_the_clock(box: Any, p: Any, nature: Nature) -> Any:
    return box if time.time() < 4e9 else pushed(box, p)


@attack("datetime.now")
def reads_the_date(box: Any, p: Any, nature: Nature) -> Any:
    return box if datetime.datetime.now().year < 2100 else pushed(box, p)


@attack("compared or looked up")
@functools.cache
def is_cached(box: Any, p: Any, nature: Nature) -> Any:
    return pushed(box, p)


@attack("returned")
async def is_a_coroutine(box: Any, p: Any, nature: Nature) -> Any:
    return pushed(box, p)


@attack("refuted")
def pushes(box: Any, p: Any, nature: Nature) -> Any:
    """No attack: what the others would hide is found."""
    return pushed(box, p)


STEPS["a partial"] = (functools.partial(pushes), "refuted")


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_is_no_function_of_its_arguments_is_refused(name: str) -> None:
    step, words = STEPS[name]
    said = outcome(loop_of(step))
    assert words in said
    assert "test_attacks.py:" in said


def test_a_step_does_not_change_what_another_is_given() -> None:
    """The seed cannot change the parameters that the step reads."""

    def greedy(p: Any) -> Any:
        object.__setattr__(p.push, "term", Real(0).term)
        return Box(x=Real(0))

    assert "changes the Push" in outcome(loop_of(pushes, greedy))


def holding(holds: Callable[[Any, Any], Any]) -> type[Invariant]:
    return type("Sly", (Invariant,), {"holds": holds, "__module__": __name__})


SEEN: list[Any] = []


def _stale(self: Any, box: Any) -> Bool:
    SEEN.append(box.x)
    return box.x <= SEEN[0]  # type: ignore[no-any-return]


def _drawn(self: Any, box: Any) -> Bool:
    return box.x <= ("1/2" if random.random() < 1e-9 else 1)  # type: ignore[no-any-return]


def _changing(self: Any, box: Any) -> Bool:
    object.__setattr__(box, "x", Real(0))
    return box.x <= 0  # type: ignore[no-any-return]


def _swallowing(self: Any, box: Any) -> Bool:
    with contextlib.suppress(Exception):
        if box.x > "1/2":
            return Bool(False)
    return box.x <= 1  # type: ignore[no-any-return]


HOLDS = {
    "reads another agent's symbol": (_stale, "gives something else each time"),
    "draws": (_drawn, "draws a random number"),
    "changes the agent": (_changing, "changes the Box"),
    "swallows": (_swallowing, "an error was caught"),
}


@pytest.mark.parametrize("name", HOLDS)
def test_an_invariant_that_is_no_function_of_the_agent_is_refused(name: str) -> None:
    holds, words = HOLDS[name]
    sly = holding(holds)
    scheme = Loop[Push, Box[sly]](  # type: ignore[valid-type]
        "box", parameters=Push, seed=empty, step=pushes
    )
    assert words in outcome(scheme, sly())


def test_an_invariant_reads_no_number_of_a_step() -> None:
    kept: list[Any] = []

    def step(box: Any, p: Any, nature: Nature) -> Any:
        kept[:] = [p.push]
        return pushed(box, p)

    sly = holding(lambda self, box: box.x <= kept[0] if kept else box.x <= 1)
    scheme = Loop[Push, Box[sly]](  # type: ignore[valid-type]
        "box", parameters=Push, seed=empty, step=step
    )
    assert "which is none of its arguments" in outcome(scheme, sly())


class Changed(Invariant):
    def holds(self, box: Box[Any]) -> Bool:
        return box.x <= "1/2"


def test_an_invariant_is_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    scheme = Loop[Push, Box[Changed]]("box", parameters=Push, seed=empty, step=pushes)
    monkeypatch.setattr(Changed, "holds", lambda self, box: box.x <= 1)
    assert "Changed.holds was replaced" in outcome(scheme, Changed())


def test_an_agents_fields_are_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Box, "x", property(lambda self: Real(0)), raising=False)
    assert "Box.x was added" in outcome(loop_of(pushes))


def test_a_plain_class_gives_an_invariant_no_method() -> None:
    """It would not be seen as the class that inherits it, and could look at who asks."""

    class Plain:
        def holds(self, box: Box[Any]) -> Bool:
            return box.x <= ("1/2" if type(self).__name__ == "Mixed" else 1)

    with pytest.raises(SpecError, match=r"Plain.*derive"):
        type("Mixed", (Plain, Invariant), {})


@pytest.mark.parametrize(
    "name", ["__getattribute__", "__getattr__", "__class_getitem__", "__init_subclass__", "__new__"]
)
def test_an_agent_defines_no_name_that_python_reads(name: str) -> None:
    with pytest.raises(SpecError, match=f"defines {name}"):
        type("Sly", (Box,), {name: lambda *_: None})
    with pytest.raises(SpecError, match=f"defines {name}"):
        type("Sly", (Parameters,), {name: lambda *_: None})


def test_a_metaclass_is_refused() -> None:
    class Meta(type):
        pass

    with pytest.raises(SpecError, match="metaclass"):
        Meta("Sly", (Agent,), {})


def test_a_scheme_class_does_not_replace_what_the_checker_reads() -> None:
    with pytest.raises(SpecError, match="replaces stages"):

        class Sly(Loop[Push, Box[Low]]):
            @property
            def stages(self) -> tuple[Any, ...]:
                return ()


def test_two_invariants_of_one_name_are_refused() -> None:
    """What mypy reads as the one is the other when the scheme is made."""
    other = type("Low", (Invariant,), {"holds": lambda s, b: b.x <= 1, "__module__": __name__})
    scheme = Loop[Push, Box[other]](  # type: ignore[valid-type]
        "box", parameters=Push, seed=empty, step=pushes
    )
    assert "another class Low" in outcome(scheme, other())


@pytest.mark.parametrize("name", ["Real.__le__", "when", "Nature.choose"])
def test_the_language_is_what_was_imported(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, _, attribute = name.rpartition(".")
    place = getattr(spec, owner) if owner else spec.terms
    monkeypatch.setattr(place, attribute, lambda *_, **__: Bool(True))
    with pytest.raises(SpecError, match=f"{attribute} was replaced"):
        decide(Claim("box/low", loop_of(pushes), Low()))


def test_an_assumption_is_a_function_of_the_parameters() -> None:
    def lucky(p: Any) -> Bool:
        return p.push <= (0 if random.random() < 1e-9 else 1)  # type: ignore[no-any-return]

    scheme = Loop[Push, Box[Low]](
        "box", parameters=Push, seed=empty, step=pushes, assumptions=[lucky]
    )
    assert "draws a random number" in outcome(scheme)
