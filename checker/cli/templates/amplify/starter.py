"""A person and copies of a student answer harder questions together; a new student learns from it.

    alignspec check starter.py

Does the student stay accurate, forever, while the questions get harder? The file goes from top to
bottom: who is there, what is to be kept, the numbers, the two steps, and what is claimed.
"""

from typing import Any

from alignspec import Agent, Bool, Claim, Expert, Grows, I, Invariant, Nature, Parameters, Real
from alignspec import Scheme, Threshold, between, budget, minimum, parameter, structural, unbounded


# 1. The agent, and the amplified one: what is known of each. Every number has a domain.
class Student(Agent[I]):
    rank: Real = unbounded("rank of the hardest questions to which the error applies")
    error: Real = between(0, 1, "mean probability of a wrong answer, up to that rank")


class Team(Expert[I]):
    rank: Real = unbounded("rank of the hardest questions to which the error applies")
    error: Real = between(0, 1, "mean probability of a wrong answer, up to that rank")


# 2. The invariant: a condition on both, within a budget.
class Accurate(Invariant):
    """At most one answer in twenty is wrong."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/20")

    def holds(self, who: Any) -> Bool:
        return Bool(who.error <= self.error)


# 3. The parameters: a default and a domain each. Numbers are exact, so they are texts.
class Teaching(Parameters):
    parts: int = structural(2, 1, 4, "parts that a question is split into")
    slip: Real = parameter("1/200", 0, 1, "probability that the person puts them together wrongly")
    checked: Real = parameter("9/10", 0, 1, "share of the wrong parts that the person notices")
    imitation: Real = parameter("1/100", 0, 1, "most that one training adds to the error")
    tolerated: Real = parameter("1/4", 0, 1, "error up to which a team can oversee a student")


# 4. The steps. The types say what they carry: mypy rejects a student of nobody's.
def vetted(p: Teaching) -> Student[Accurate]:
    return Student(rank=Real(1), error=p.slip)


def ask(student: Student[I], p: Teaching, nature: Nature) -> Team[I]:
    """Amplify: split the question, ask a copy for each part, check, put together."""
    unnoticed = (1 - p.checked) * student.error
    return Team(rank=student.rank + 1, error=minimum(1, p.slip + p.parts * unnoticed))


def imitate(team: Team[I], p: Teaching, nature: Nature) -> Student[I]:
    """Distill: learn to answer as the team does. How far it departs is nature's to choose."""
    departure = nature.choose("departure from the team", at_most=p.imitation)
    return Student(rank=team.rank, error=minimum(1, team.error + departure))


def can_oversee(team: Team[Any], student: Student[Any], p: Teaching) -> Bool:
    """Smart enough: where this fails, the student may be anything at all."""
    return (team.rank >= student.rank) & (team.error <= p.tolerated)


starter = Scheme[Teaching, Student[Accurate], Team[Accurate]](
    "starter",
    parameters=Teaching,
    seed=vetted,
    amplify=ask,
    distill=imitate,
    smart_enough=can_oversee,
)

# 5. The claims. `over` asks how far along a parameter each holds.
kept = Claim("starter/accurate", starter, Accurate(), over="checked")

grows = Grows("starter/grows", starter, Accurate(), field="rank")

edge = Threshold("starter/edge", starter, Accurate(), parameter="checked", value="13/20")

# A claim that is known to fail is worth keeping: it fails the build if it ever stops failing.
lost = Claim(
    "starter/checked-too-little", starter, Accurate(), at={"checked": "1/2"}, expected="refuted"
)

# 6. Break it: `alignspec check starter.py --param checked=1/2`, or set the default above to
#    "1/2", and read the run that breaks it: `alignspec explain starter.py:starter accurate`.
