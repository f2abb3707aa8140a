"""A step and what entitles it to its formula: every world of questions and answers.

    alignspec check starter.py

Three copies of a model vote, a person puts a share of the answers right, and a new model learns
them. The step says what that does to the *mean* error. Is it right about every world, that is every
set of questions, some hard and some easy, with any table of what the model does on each?
"""

from typing import Any

from alignspec import INDEPENDENT, Agent, Bool, Claim, I, Invariant, Loop, Nature, Parameters
from alignspec import Question, Real, Sound, between, budget, minimum, parameter


# 1. The abstract agent, the invariant and the parameters, as in any scheme.
class Model(Agent[I]):
    error: Real = between(0, 1, "mean probability of a wrong answer, at most")


class Accurate(Invariant):
    """At most one answer in ten is wrong."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/10")

    def holds(self, model: Model[Any]) -> Bool:
        return model.error <= self.error


class Voting(Parameters):
    audited: Real = parameter("1/2", 0, 1, "share of the answers that a person puts right")
    departure: Real = parameter("1/50", 0, 1, "most that one training adds to the mean error")


def vetted(p: Voting) -> Model[Accurate]:
    return Model(error=p.departure)


# 2. The abstract step. A mean error may sit on few hard questions, on which a vote of three is
#    mostly wrong: the mean is bounded by 9/8 of it, not by 3 e^2 - 2 e^3.
def vote_and_learn(model: Model[I], p: Voting, nature: Nature) -> Model[I]:
    departs = nature.choose("departure", at_most=p.departure)
    return Model(error=minimum(1, (1 - p.audited) * Real("9/8") * model.error + departs))


starter = Loop[Voting, Model[Accurate]](
    "starter", parameters=Voting, seed=vetted, step=vote_and_learn
)


# 3. The concrete step: what happens on *one* question, whose table says how often a copy errs.
def one_question(question: Question, p: Voting) -> dict[str, Real]:
    each = question.part().error
    if question.assumes(INDEPENDENT):
        voted = 3 * each**2 - 2 * each**3
    else:  # copies that depend on each other in any way
        voted = question.draw("two copies are wrong", at_most=minimum(1, Real("3/2") * each))
    departs = question.draw("the new model departs")
    question.mean("departure", departs)
    question.chooses("departure", departs)
    return {"error": minimum(1, (1 - p.audited) * voted + departs)}


# 4. The claims: the step covers every world, and the scheme keeps the invariant forever.
sound = Sound("starter/sound", starter, "vote_and_learn", one_question, assumptions=(INDEPENDENT,))

kept = Claim("starter/accurate", starter, Accurate(), over="audited")


# 5. Break it: a step that votes on the mean itself is wrong in some world, and the checker tells
#    the smallest it finds: `alignspec explain starter.py:broken`. The scheme above breaks with
#    `alignspec check starter.py --param audited=1/4`.
def hope(model: Model[I], p: Voting, nature: Nature) -> Model[I]:
    departs = nature.choose("departure", at_most=p.departure)
    voted = 3 * model.error**2 - 2 * model.error**3
    return Model(error=minimum(1, (1 - p.audited) * voted + departs))


hopeful = Loop[Voting, Model[Accurate]]("hopeful", parameters=Voting, seed=vetted, step=hope)

broken = Sound(
    "starter/hopeful",
    hopeful,
    "hope",
    one_question,
    assumptions=(INDEPENDENT,),
    expected="refuted",
)
