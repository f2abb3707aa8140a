"""A step is a function of its arguments, and symbols are not read as if they were known."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from spec import Agent, Bool, I, Invariant, Loop, Nature, Parameters, Real, SpecError, between, when
from spec import budget as budget_
from spec.trace import trace


class Memory(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class Seldom(Invariant):
    error: Real = budget_(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error


class Nothing(Parameters):
    pass


def perfect(p: Nothing) -> Memory[Seldom]:
    return Memory(error=Real(0))


Step = Callable[[Memory[Any], Nothing, Nature], Memory[Any]]


def loop(step: Step, seed: Callable[[Nothing], Memory[Seldom]] = perfect) -> Any:
    return Loop[Nothing, Memory[Seldom]]("memory", parameters=Nothing, seed=seed, step=step)


def refusal(step: Step) -> str:
    with pytest.raises(SpecError) as caught:
        trace(loop(step))
    assert "test_functions.py:" in caught.value.location
    return caught.value.message


def test_a_step_that_draws_a_random_number_is_refused() -> None:
    def step(memory: Memory[Any], p: Nothing, nature: Nature) -> Memory[Any]:
        return Memory(error=Real(random.choice(["0", "1", "1/2", "1/3"])))

    assert "draws a random number" in refusal(step)


def test_a_step_that_counts_its_calls_is_refused() -> None:
    calls = itertools.count()

    def step(memory: Memory[Any], p: Nothing, nature: Nature) -> Memory[Any]:
        return Memory(error=Real(0) if next(calls) else memory.error)

    assert "something else each time" in refusal(step)


def test_a_step_that_asks_nature_for_more_each_time_is_refused() -> None:
    calls = itertools.count(1)

    def step(memory: Memory[Any], p: Nothing, nature: Nature) -> Memory[Any]:
        return Memory(error=nature.choose("slip", at_most=Real(1) / next(calls)))

    assert "something else each time" in refusal(step)


def test_a_seed_that_is_drawn_is_refused() -> None:
    def drawn(p: Nothing) -> Memory[Seldom]:
        return Memory(error=Real(random.choice(["0", "1", "1/2", "1/3"])))

    def step(memory: Memory[Any], p: Nothing, nature: Nature) -> Memory[Any]:
        return memory

    with pytest.raises(SpecError, match="the seed draws a random number"):
        trace(loop(step, drawn))


def test_tracing_leaves_random_numbers_as_they_were() -> None:
    def step(memory: Memory[Any], p: Nothing, nature: Nature) -> Memory[Any]:
        getattr(__import__("random"), "rand" + "om")()
        return memory

    random.seed(7)
    expected = random.random()
    random.seed(7)
    assert "draws a random number" in refusal(step)
    assert random.random() == expected


FRESH: Memory[Any] = Memory(error=Real(0))

SILENT: dict[str, tuple[Step, str]] = {
    "in a set": (
        lambda m, p, n: Memory(error=Real(1)) if m.error in {Real(0)} else FRESH,
        "no hash",
    ),
    "a key of a dict": (lambda m, p, n: {m.error: m}[m.error], "no hash"),
    "a condition in a set": (lambda m, p, n: m if (m.error <= 0) in {True} else FRESH, "no hash"),
    "agents equal": (lambda m, p, n: m if m == Memory(error=Real(0)) else FRESH, "compared"),
    "agents different": (lambda m, p, n: m if m != Memory(error=Real(0)) else FRESH, "compared"),
    "an agent in a list": (
        lambda m, p, n: m if m in [Memory(error=Real(0))] else FRESH,
        "compared",
    ),
    "an agent in a set": (lambda m, p, n: m if m in {1} else FRESH, "compared"),
    "a text": (lambda m, p, n: m if str(m.error) == "0" else FRESH, "no text yet"),
    "an f-string": (lambda m, p, n: m if f"{m.error}" == "0" else FRESH, "no text yet"),
    "a condition's text": (lambda m, p, n: m if str(m.error <= 0) == "True" else FRESH, "no text"),
}


@pytest.mark.parametrize("name", SILENT)
def test_a_symbol_is_not_read_as_if_it_were_known(name: str) -> None:
    """Python would take one branch without a word, and a scheme that breaks would be proved."""
    step, words = SILENT[name]
    assert words in refusal(step)


def test_constants_have_a_text() -> None:
    assert str(Real("1/6")) == "1/6"
    assert f"{Real(3)}" == "3"
    assert str(Bool(True)) == "True"
    assert repr(when(Bool(True), Real(1), Real(2)))
