"""What a step itself leaves arbitrary is shown, also where oversight holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import alignspec

CARELESS = '''
from typing import Any

from spec import Agent, Bool, Expert, I, Invariant, Nature, Parameters, Real, Scheme
from spec import between, budget, when


class Pupil(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class Teacher(Expert[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class Seldom(Invariant):
    """It is seldom wrong."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/5")

    def holds(self, agent: Any) -> Bool:
        return agent.error <= self.error


class Nothing(Parameters):
    pass


def seed(p: Nothing) -> Pupil[Seldom]:
    """It begins well."""
    return Pupil(error=Real("1/10"))


def amplify(pupil: Pupil[I], p: Nothing, nature: Nature) -> Teacher[I]:
    """Nothing is added."""
    return Teacher(error=pupil.error)


def careless(teacher: Teacher[I], p: Nothing, nature: Nature) -> Pupil[I]:
    """Anybody will do."""
    return nature.anything(Pupil)


def careful(teacher: Teacher[I], p: Nothing, nature: Nature) -> Pupil[I]:
    """The teacher is copied, with a slip."""
    slip = nature.choose("slip", at_most="1/2")
    return Pupil(error=when(teacher.error + slip <= 1, teacher.error + slip, 1))


def always(teacher: Teacher[Any], pupil: Pupil[Any], p: Nothing) -> Bool:
    """Every teacher will do."""
    return teacher.error <= 1


scheme = Scheme[Nothing, Pupil[Seldom], Teacher[Seldom]](
    "scheme", parameters=Nothing, seed=seed, amplify=amplify, distill=DISTILL, smart_enough=always
)
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("careless", "careful"):
        (tmp_path / f"{name}.py").write_text(CARELESS.replace("DISTILL", name), "utf-8")
    return tmp_path


def test_the_choice_that_breaks_the_claim_is_shown(folder: Path) -> None:
    done = alignspec("check", "careless.py", cwd=folder)
    assert "REFUTED" in done.stdout, done.stderr
    assert "nature chooses arbitrary error = 1" in done.stdout


def test_the_story_names_the_step_that_leaves_the_agent_to_nature(folder: Path) -> None:
    done = alignspec("explain", "careless.py", "--no-ablate", cwd=folder)
    assert "Within its bounds nature takes arbitrary error = 1." in done.stdout, done.stderr
    assert "What gave way was distill, which leaves the agent to nature." in done.stdout
    assert "crept up" not in done.stdout


def test_one_round_is_not_said_to_creep_up(folder: Path) -> None:
    done = alignspec("explain", "careful.py", "--no-ablate", cwd=folder)
    assert "One round was enough." in done.stdout, done.stderr
    assert "crept up" not in done.stdout


def test_the_student_that_nobody_oversees_is_shown_only_where_oversight_fails(folder: Path) -> None:
    """Oversight always holds in this file, so its free choices are never made."""
    done = alignspec("check", "careful.py", cwd=folder)
    assert "nature chooses slip = 0.5" in done.stdout, done.stderr
    assert "arbitrary" not in done.stdout
