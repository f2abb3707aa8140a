"""Security amplification: inputs on which the agent misbehaves are made hard to find.

An attacker looks for a bad input, one attempt after the other; the hardness of the agent is the
expected number of attempts, one over the probability that an attempt succeeds. An overseer puts
each question to several copies in wordings of its own and takes the majority, so that one bad input
must turn most of them. (Meta-execution, which the source proposes, would also take the question
apart; that is not modelled.) The next agent is trained to imitate that, which may open new holes.

Sources: Christiano, "Security amplification" (2016). That attacks transfer between models: Szegedy
et al., "Intriguing properties of neural networks" (2014). Training against an attacker: Madry et
al., "Towards deep learning models resistant to adversarial attacks" (2018).
"""

from __future__ import annotations

from fractions import Fraction

from models.enclosures import Enclosure, outward, power_of_ten
from models.steps import ILLUSTRATIVE, voted
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    minimum,
    parameter,
    structural,
)
from spec.alignment import Secure


class Target(Agent[I]):
    """An agent under attack."""

    exposure: Real = between(
        0, 1, "bound on the probability that one attempt, whichever it is, finds a bad input"
    )


class Guarded(Expert[I]):
    """The overseer with copies of the agent, under the same attack."""

    exposure: Real = between(0, 1, "bound on the probability that one attempt finds a bad input")


class Hardened(Target[I]):
    """An agent under attack that remembers how hard its predecessor was to break."""

    exposure_before: Real = between(0, 1, "the exposure of the agent before the step")


class Hardens(Invariant):
    """The hardness is a multiple of what it was, or as great as the ceiling.

    With x the probability that an attempt succeeds, hardness is 1 / x: the share is one over the
    factor by which hardness must grow, the floor one over the hardness from which on it need not.
    """

    share: Real = budget(0, 1, "one over the factor on hardness", limit="1/10")
    floor: Real = budget(0, 1, "one over the hardness that is enough", limit=0)

    def holds(self, target: Hardened[I]) -> Bool:
        """exposure <= share exposure before, or exposure <= floor."""
        hardened = target.exposure <= self.share * target.exposure_before
        return hardened | (target.exposure <= self.floor)


class Wordings(Parameters):
    """Parameters of the overseer's defence."""

    seed_exposure: Real = parameter(
        "1/100", 0, 1, "probability that one attempt breaks the first agent", source=ILLUSTRATIVE
    )
    transfer: Real = parameter(
        "1/50",
        0,
        1,
        "probability that an attempt that breaks one wording breaks all of them",
        source=ILLUSTRATIVE,
    )
    wordings: int = structural(
        3, 1, 15, "wordings of a question, each put to its own copy (odd)", source="smallest"
    )


def missed(attempts: int, nines: int) -> Enclosure:
    """The exposure x at which n attempts in a row fail with probability 10^-nines: (1 - x)^n.

    An agent that is exposed more withstands n attempts with less than that probability. So one that
    has withstood them is exposed at most x = 1 - 10^(-nines / n), with this confidence; as -ln(1 -
    x) >= x that is at most ln(1 / delta) / n, delta = 10^-nines. It is not 1 / n: with one attempt
    in n an agent withstands n attempts more than every third time.
    """
    kept = power_of_ten(Fraction(-nines, attempts))
    return outward(1 - kept.high, 1 - kept.low)


SEARCH, NINES = 10_000, 2


class AdversarialTraining(Wordings):
    """Parameters of training against an attacker of one's own."""

    left: Real = parameter(
        missed(SEARCH, NINES).high,
        0,
        1,
        "new holes that training leaves, as the probability that an attempt finds one",
        source="10,000 attempts at 99 % confidence; the attempts are illustrative",
    )


class AverageCase(Wordings):
    """Parameters of training on questions as they come."""

    imitation_error: Real = parameter(
        "1/10000",
        0,
        1,
        "probability that the student departs from the expert, on questions as they come",
        source=ILLUSTRATIVE,
    )
    density: Real = parameter(
        1_000,
        1,
        10**9,
        "how much likelier a question may be from an attacker than as they come",
        source=ILLUSTRATIVE,
    )


class Screening(AverageCase):
    """Parameters of a screen before the student."""

    detection: Real = parameter(
        "19/20",
        0,
        1,
        "probability that the screen stops an input that would break the student; 0 against an "
        "attacker that evades it",
        source=ILLUSTRATIVE,
    )


class AnyExposure(Parameters):
    """Parameters of one amplification of a target that is exposed at most so far."""

    transfer: Real = parameter(
        "1/50",
        0,
        1,
        "probability that an attempt that breaks one wording breaks all of them",
        source=ILLUSTRATIVE,
    )
    wordings: int = structural(
        3, 1, 15, "wordings of a question, each put to its own copy (odd)", source="smallest"
    )

    most_exposed: Real = parameter(
        "1/100", 0, 1, "greatest exposure looked at", source=ILLUSTRATIVE
    )


def odd_wordings(p: Wordings | AnyExposure) -> Bool:
    """The number of wordings is odd, so there is no tie."""
    return Bool(p.wordings % 2 == 1)


def reworded(exposure: Real, p: Wordings | AnyExposure) -> Real:
    """P(an attempt turns most of the wordings): r x + (1 - r) P(most of k independent ones).

    Assumes that the attacker does not see how its input will be worded, that each wording is broken
    independently of the others except where the attack transfers, and that broken copies agree.
    """
    return voted(p.wordings, exposure, p.transfer)


def seed(p: Wordings) -> Target[Secure]:
    """An agent that withstands most attempts."""
    return Target(exposure=p.seed_exposure)


def reword(agent: Target[I], p: Wordings, nature: Nature) -> Guarded[I]:
    """Amplify: the majority over several wordings of the question."""
    return Guarded(exposure=reworded(agent.exposure, p))


def train_against_attacks(expert: Guarded[I], p: AdversarialTraining, nature: Nature) -> Target[I]:
    """Distill: imitate the expert, with an attacker who looks for where the student departs.

    The student is kept when n attempts in a row have found nothing; ``missed`` says what they can
    have missed, with a confidence for each round. What is shown of all rounds is shown of the runs
    in which no search was mistaken (``searches`` below). Assumes that the attacker in training is
    as able as any later one, and that a student is not trained anew until it happens to pass.
    """
    left = nature.choose(
        "holes left", at_most=p.left, metric="probability per attempt of the best attacker"
    )
    return Target(exposure=minimum(1, expert.exposure + left))


def train_as_they_come(expert: Guarded[I], p: AverageCase, nature: Nature) -> Target[I]:
    """Distill: imitate the expert on questions as they come; an attacker asks others.

    A departure of probability eps on questions as they come has probability at most density times
    eps on those of an attacker, by a change of measure. That is a mean over what the attacker asks,
    and no bound at every attempt: taken for one, it assumes that no attempt finds more than others.
    """
    opened = nature.choose(
        "holes opened",
        at_most=minimum(1, p.density * p.imitation_error),
        metric="probability per attempt of the best attacker",
    )
    return Target(exposure=minimum(1, expert.exposure + opened))


def train_and_screen(expert: Guarded[I], p: Screening, nature: Nature) -> Target[I]:
    """Distill: imitate the expert on questions as they come, and stop inputs that look bad.

    Assumes that the screen stops a bad input with the same probability whichever hole it uses, so
    that the attacker gains nothing by looking for inputs that pass. Where it does, detection is 0:
    Carlini and Wagner, "Adversarial examples are not easily detected" (2017).
    """
    student = train_as_they_come(expert, p, nature)
    return Target(exposure=(1 - p.detection) * student.exposure)


security = Scheme[AdversarialTraining, Target[Secure], Guarded[Secure]](
    "security",
    parameters=AdversarialTraining,
    seed=seed,
    amplify=reword,
    distill=train_against_attacks,
    assumptions=[odd_wordings],
    about="Security amplification, distilled with an attacker in training.",
)

security_average_case = Scheme[AverageCase, Target[Secure], Guarded[Secure]](
    "security-average-case",
    parameters=AverageCase,
    seed=seed,
    amplify=reword,
    distill=train_as_they_come,
    assumptions=[odd_wordings],
    about="Security amplification, distilled on questions as they come.",
)


security_screened = Scheme[Screening, Target[Secure], Guarded[Secure]](
    "security-screened",
    parameters=Screening,
    seed=seed,
    amplify=reword,
    distill=train_and_screen,
    assumptions=[odd_wordings],
    about="Security amplification, distilled on questions as they come, before a screen.",
)


# --- one amplification, and rounds remembered -----------------------------------------------------


def unbroken(p: AnyExposure) -> Hardened[Hardens]:
    """A target that was exposed as far as is looked at, and that no attempt breaks any more."""
    return Hardened(exposure=Real(0), exposure_before=p.most_exposed)


def harden_once(agent: Hardened[I], p: AnyExposure, nature: Nature) -> Hardened[I]:
    """The amplification of a target that is exposed as nature likes, up to a bound."""
    before = nature.choose(
        "exposure of the target", at_most=p.most_exposed, metric="probability per attempt"
    )
    return Hardened(exposure=reworded(before, p), exposure_before=before)


def harden_at_most(agent: Hardened[I], p: AnyExposure, nature: Nature) -> Hardened[I]:
    """The amplification of a target that is exposed just so far."""
    return Hardened(exposure=reworded(p.most_exposed, p), exposure_before=p.most_exposed)


def remembered_seed(p: AdversarialTraining) -> Hardened[Hardens]:
    """The first agent, which no amplification has hardened yet: one attempt broke what it was."""
    return Hardened(exposure=p.seed_exposure, exposure_before=Real(1))


def harden(agent: Hardened[I], p: AdversarialTraining, nature: Nature) -> Hardened[I]:
    """One round of security amplification, with the round before remembered."""
    guarded = reword(Target[I](exposure=agent.exposure), p, nature)
    student = train_against_attacks(guarded, p, nature)
    return Hardened(exposure=student.exposure, exposure_before=agent.exposure)


one_hardening = Loop[AnyExposure, Hardened[Hardens]](
    "one-hardening",
    parameters=AnyExposure,
    seed=unbroken,
    step=harden_once,
    assumptions=[odd_wordings],
    about="One security amplification of any target that is exposed at most so far.",
)

hardening_at_most = Loop[AnyExposure, Hardened[Hardens]](
    "hardening-at-most",
    parameters=AnyExposure,
    seed=unbroken,
    step=harden_at_most,
    assumptions=[odd_wordings],
    about="One security amplification of a target that is exposed just so far.",
)

security_remembered = Loop[AdversarialTraining, Hardened[Hardens]](
    "security-remembered",
    parameters=AdversarialTraining,
    seed=remembered_seed,
    step=harden,
    assumptions=[odd_wordings],
    about="Security amplification with the exposure of the round before remembered.",
)


# --- how long the searches can be relied upon -----------------------------------------------------


class Searched(Agent[I]):
    """The searches of all rounds so far."""

    doubt: Real = between(0, 1, "probability with which the next search misses what it may not")
    mistaken: Real = between(
        0, 2, "bound on the probability that some search so far was mistaken, vain beyond 1"
    )


class Relied(Invariant):
    """All searches so far were probably right."""

    mistaken: Real = budget(0, 1, "probability that some search was mistaken", limit="1/10")

    def holds(self, searched: Searched[I]) -> Bool:
        """The bound is within the budget."""
        return searched.mistaken <= self.mistaken


class Doubt(Parameters):
    """Parameters of searches, round after round."""

    doubt: Real = parameter(
        "1/100", 0, 1, "probability that a round's search is mistaken", source="99 % confidence"
    )
    shrink: Real = parameter(
        1, 0, 1, "what each search leaves of the doubt of the one before", source="equal searches"
    )


def unsearched(p: Doubt) -> Searched[Relied]:
    """No search is made yet."""
    return Searched(doubt=p.doubt, mistaken=Real(0))


def search_again(searched: Searched[I], p: Doubt, nature: Nature) -> Searched[I]:
    """One more search: a union bound over rounds.

    To shrink the doubt by s, the next search takes ln(1 / s) / x attempts more, x what may be left.
    """
    return Searched(doubt=p.shrink * searched.doubt, mistaken=searched.mistaken + searched.doubt)


searches = Loop[Doubt, Searched[Relied]](
    "searches",
    parameters=Doubt,
    seed=unsearched,
    step=search_again,
    about="How probably all searches for holes were right, round after round.",
)
