"""Security amplification, as far as training on questions as they come goes: a mean over attempts.

Training on questions as they come bounds how often a student departs in the mean. Of an attacker
who asks no question more than so many times as often as it comes, that says how often an attempt
succeeds in the mean over its attempts; it is no bound at every attempt. A majority over
wordings gains on a bound at every attempt, and loses on a mean: the mean may sit on attempts that
break most wordings. So this is the loop that ``security-average-case`` and ``security-screened``
are of every world, with what they assume beyond taken away.

Sources: as for ``models.security_amplification``; the factor is that of ``steps.vote_factor``.
"""

from __future__ import annotations

from models.security_amplification import AverageCase, Screening, odd_wordings
from models.steps import voted_on_average
from spec import Agent, Expert, I, Nature, Real, Scheme, between, minimum
from spec.alignment import Secure


class Attacked(Agent[I]):
    """An agent, and how its worst attacker fares on average."""

    exposure: Real = between(
        0, 1, "mean probability, over the attempts of the worst attacker, that one succeeds"
    )


class Shielded(Expert[I]):
    """The overseer with copies of the agent, before the same attackers."""

    exposure: Real = between(0, 1, "mean probability, over attempts, that one succeeds")


def untried(p: AverageCase) -> Attacked[Secure]:
    """An agent that withstands most attempts."""
    return Attacked(exposure=p.seed_exposure)


def reword_in_the_mean(agent: Attacked[I], p: AverageCase, nature: Nature) -> Shielded[I]:
    """Amplify: the majority over several wordings loses to an attempt with at most r x + (1 - r)
    c_k x in the mean, as to attempts each of which breaks a wording of its own so often."""
    most = voted_on_average(p.wordings, agent.exposure)
    return Shielded(exposure=minimum(1, p.transfer * agent.exposure + (1 - p.transfer) * most))


def learn_as_they_come(expert: Shielded[I], p: AverageCase, nature: Nature) -> Attacked[I]:
    """Distill: imitate the expert on questions as they come; an attacker asks others."""
    opened = nature.choose(
        "holes opened",
        at_most=minimum(1, p.density * p.imitation_error),
        metric="mean over the attempts of the worst attacker",
    )
    return Attacked(exposure=minimum(1, expert.exposure + opened))


def learn_and_screen(expert: Shielded[I], p: Screening, nature: Nature) -> Attacked[I]:
    """Distill, and stop inputs that look bad, a bad one whichever it is."""
    student: Attacked[I] = learn_as_they_come(expert, p, nature)
    return Attacked(exposure=(1 - p.detection) * student.exposure)


security_in_the_mean = Scheme[AverageCase, Attacked[Secure], Shielded[Secure]](
    "security-in-the-mean",
    parameters=AverageCase,
    seed=untried,
    amplify=reword_in_the_mean,
    distill=learn_as_they_come,
    assumptions=[odd_wordings],
    about="Security amplification, trained on questions as they come: what holds of every world.",
)

security_screened_in_the_mean = Scheme[Screening, Attacked[Secure], Shielded[Secure]](
    "security-screened-in-the-mean",
    parameters=Screening,
    seed=untried,
    amplify=reword_in_the_mean,
    distill=learn_and_screen,
    assumptions=[odd_wordings],
    about="The same before a screen: what holds of every world.",
)
