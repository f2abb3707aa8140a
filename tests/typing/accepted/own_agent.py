"""A scheme over agents of the user's own, with fields of every kind: no step is generic in it."""

from spec import (
    Agent,
    Bool,
    Count,
    Expert,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    flag,
    minimum,
    structural,
    whole,
)


class Pupil(Agent[I]):
    doubt: Real = between(0, 1, "probability that it gives no answer")
    lessons: Count = whole(0, 9, "lessons taken, counted modulo ten")
    vetted: Bool = flag("somebody has looked at its answers")


class Tutor(Expert[I]):
    doubt: Real = between(0, 1, "probability that it gives no answer")
    lessons: Count = whole(0, 9, "lessons taken by the pupil it was")
    pupils: Count = whole(1, 10, "pupils that it consults")


class Sure(Invariant):
    """It seldom declines to answer."""

    doubt: Real = budget(0, 1, "probability of no answer", limit="1/10")

    def holds(self, agent: Pupil[Invariant] | Tutor[Invariant]) -> Bool:
        return agent.doubt <= self.doubt


class School(Parameters):
    size: int = structural(3, 1, 10, "pupils that a tutor consults")


def enrol(p: School) -> Pupil[Sure]:
    return Pupil(doubt=Real("1/20"), lessons=Count(0), vetted=Bool(True))


def gather(pupil: Pupil[I], p: School, nature: Nature) -> Tutor[I]:
    return Tutor(doubt=pupil.doubt**p.size, lessons=pupil.lessons, pupils=Count(p.size))


def teach(tutor: Tutor[I], p: School, nature: Nature) -> Pupil[I]:
    forgotten = nature.choose("forgotten", at_most="1/20")
    return Pupil(
        doubt=minimum(1, tutor.doubt + forgotten),
        lessons=tutor.lessons,
        vetted=tutor.pupils >= 1,
    )


school = Scheme[School, Pupil[Sure], Tutor[Sure]](
    "school", parameters=School, seed=enrol, amplify=gather, distill=teach
)
