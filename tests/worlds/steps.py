"""Abstract steps and their concrete versions that the tests of worlds share."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from spec import (
    INDEPENDENT,
    Agent,
    Bool,
    Count,
    Entry,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Question,
    Real,
    between,
    budget,
    minimum,
    parameter,
    structural,
    whole,
)

F = Fraction


class Pupil(Agent[I]):
    """An agent with two means over its table, and a count."""

    error: Real = between(0, 1, "mean error")
    malign: Real = between(0, 1, "mean malign", coupled=lambda a: 1 - a.error)
    debt: Real = between(-1, 1, "something that may be negative")
    rounds: Count = whole(0, 9, "rounds")


class Fine(Invariant):
    """It errs seldom."""

    error: Real = budget(0, 1, "error", limit="1/10")

    def holds(self, pupil: Pupil[Any]) -> Bool:
        """The error is within the budget."""
        return pupil.error <= self.error


class School(Parameters):
    """Parameters of the steps."""

    slip: Real = parameter("1/200", 0, 1)
    eps: Real = parameter("1/50", 0, 1)
    density: Real = parameter(2, 1, 8)
    low_density: Real = parameter(2, "1/2", 8)
    harm: Real = parameter(0, 0, 1)
    parts: int = structural(2, 1, 9)


Step = Callable[[Pupil[Any], School, Nature], Pupil[Any]]


def first(p: School) -> Pupil[Fine]:
    """The first agent."""
    return made(Real(0))


def made(error: Real, malign: Any = 0) -> Pupil[Any]:
    """An agent of which nothing else is said."""
    return Pupil[Any](error=error, malign=Real(malign), debt=Real(0), rounds=Count(0))


def loop(step: Step) -> Loop[School, Pupil[Fine]]:
    """A loop of one step."""
    return Loop[School, Pupil[Fine]](step.__name__, parameters=School, seed=first, step=step)


def whole_table(entry: Entry) -> Bool:
    """Nothing is answered both wrongly and malignly."""
    return entry.error + entry.malign <= 1


# --- decomposition --------------------------------------------------------------------------------


def split(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """The union bound over the slip and the parts, at run time."""
    return made(minimum(1, p.slip + p.density * p.parts * pupil.error))


def split_without_density(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """A mutant: the parts are taken to be asked as in training."""
    return made(minimum(1, p.slip + p.parts * pupil.error))


def split_without_slip(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """A mutant: the overseer makes no slip."""
    return made(minimum(1, p.density * p.parts * pupil.error))


def split_of_means(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """A mutant: a product of means where parts may be hard together."""
    return made(1 - (1 - p.slip) * (1 - pupil.error) ** p.parts)


def asked(question: Question, p: School) -> dict[str, Real]:
    """Any part, or the overseer, may spoil the answer."""
    slip = question.draw("slip")
    question.mean("slip", slip)
    wrong = slip
    for number in range(p.parts):
        wrong = wrong + question.part(number).error
    return {"error": minimum(1, wrong)}


# --- distillation ---------------------------------------------------------------------------------


def learn(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """The student departs from its teacher on a share of questions."""
    departs = nature.choose("departs", at_most=p.eps)
    return made(minimum(1, pupil.error + departs))


def learn_little(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """A mutant: nature may choose only half of what happens."""
    departs = nature.choose("departs", at_most=p.eps / 2)
    return made(minimum(1, pupil.error + 2 * departs))


def learned(question: Question, p: School) -> dict[str, Real]:
    """It is wrong where the teacher is, or where it departs."""
    departs = question.draw("departs")
    question.mean("eps", departs)
    question.chooses("departs", departs)
    error = question.draw("the teacher errs")
    question.mean("error", error)
    return {"error": minimum(1, error + departs)}


# --- two copies -----------------------------------------------------------------------------------


def confirm(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """Both of two copies must be wrong: no more than one of them is."""
    return made(pupil.error)


def confirm_squared(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
    """A mutant unless every question is equally hard and the copies are independent."""
    return made(pupil.error**2)


def confirmed(question: Question, p: School) -> dict[str, Real]:
    """Two copies answer the question itself."""
    each = question.part().error
    if question.assumes(INDEPENDENT):
        return {"error": each**2}
    return {"error": question.draw("both are wrong", at_most=each)}
