"""Wrong Python in a step names its line and its mend, and an error keeps its place."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import z3

from spec import Agent, I, Nature, Real, SpecError, uninterpreted, when
from spec.fields import field_domains
from tests.spec.knobs import Knobs, Small, SmallExpert, traced
from tests.spec.traps import Trap, Traps, spring

TRAPS = Traps()
trap, step_trap = TRAPS.trap, TRAPS.step_trap


@step_trap("symbolic condition", "write when(condition, a, b), all_of, any_of or ~condition")
def if_on_a_condition(agent: Any, p: Knobs, nature: Nature) -> Any:
    if agent.error <= "1/2":  # trap
        return agent
    return Small(error=Real(0), malign=Real(0))


@step_trap("symbolic number", "when(condition, a, b)")
def if_on_a_number(agent: Any, p: Knobs, nature: Nature) -> Any:
    if agent.error:  # trap
        return agent
    return Small(error=Real(0), malign=Real(0))


@step_trap("chained comparisons", "all_of")
def chained_comparison(agent: Any, p: Knobs, nature: Nature) -> Any:
    inside = 0 <= agent.error <= "1/2"  # trap
    return when(inside, agent, agent)


@step_trap("`and`", "all_of")
def python_and(agent: Any, p: Knobs, nature: Nature) -> Any:
    both = agent.error <= "1/2" and agent.malign <= "1/2"  # trap
    return when(both, agent, agent)


@step_trap("`not`", "~condition")
def python_not(agent: Any, p: Knobs, nature: Nature) -> Any:
    return when(not (agent.error <= "1/2"), agent, agent)  # trap


@step_trap("`if`", "when(condition, a, b)")
def python_min(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=min(agent.error, agent.malign), malign=agent.malign)  # trap


@step_trap("returns_nothing returned nothing", "wants Small(...)")  # trap
def returns_nothing(agent: Any, p: Knobs, nature: Nature) -> Any:
    return None


@step_trap("returns_another_class returned a SmallExpert", "wants Small(...)")  # trap
def returns_another_class(agent: Any, p: Knobs, nature: Nature) -> Any:
    return SmallExpert(error=agent.error, malign=agent.malign)


@step_trap("raises_something_else raised ZeroDivisionError")
def raises_something_else(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error * (1 // (p.copies - 3)), malign=agent.malign)  # trap


@step_trap("the two sides of when(...) differ: Small and SmallExpert", "one agent class")
def when_with_two_classes(agent: Any, p: Knobs, nature: Nature) -> Any:
    other: Any = SmallExpert(error=Real(0), malign=Real(0))
    return when(agent.error <= 0, agent, other)  # trap


@step_trap("FrozenInstanceError", "return a new one that names every field")
def assignment_to_a_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    agent.error = Real(0)  # trap
    return agent


@trap("step reads parameter.noise0, which is none of its arguments")
def number_kept_from_elsewhere() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:  # trap
        return Small(error=Real(z3.Real("parameter.noise0")), malign=agent.malign)

    traced(step)


@step_trap('uninterpreted("good") speaks of arbitrary sets, but Small has fields')
def relation_on_a_record_with_fields(agent: Any, p: Knobs, nature: Nature) -> Any:
    return when(uninterpreted("good", agent), agent, agent)  # trap


def test_an_error_says_the_same_in_another_process() -> None:
    for error in (SpecError("wrong", "mine.py:3"), SpecError("wrong", "")):
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.message, again.location) == (str(error), "wrong", error.location)


def test_a_place_in_code_without_a_file() -> None:
    """As in a notebook: the place is the cell, and the class needs no source."""
    text = "class Bare(Agent[I]):\n    error: Real\n\nslots_of(Bare)"
    with pytest.raises(SpecError) as caught:
        exec(
            compile(text, "<cell 3>", "exec"),
            {**globals(), "Agent": Agent, "I": I, "slots_of": field_domains},
        )
    assert str(caught.value).startswith("<cell 3>:1: Bare.error has no domain")


def test_a_place_outside_the_working_folder_is_a_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as caught:
        Real(0.1)
    assert caught.value.location.rsplit(":", 1)[0] == str(Path(__file__).resolve())


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
